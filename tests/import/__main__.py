"""Imports every sample that public repositories hold, and counts what becomes of them. README.md says how to run it."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What the language calls a value that is left to decide.
TO_DECIDE = "E013"
FENCE = re.compile(r"^([ \t]*)```[ \t]*(?:ya?ml)\b[^\n]*\n(.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
KINDS = {
    "cass-operator": ["CassandraDatacenter"],
    "casskop": ["CassandraCluster", "MultiCasskop"],
    "k8ssandra": ["K8ssandraCluster"],
}


@dataclass
class Sample:
    """A text that holds a resource, by its path; `path#2` is the second block of a document."""

    name: str
    text: str


@dataclass
class Outcome:
    """What became of a sample, and why."""

    what: str
    why: list[str]


def holds(text: str, kinds: list[str]) -> bool:
    """Whether a text has a resource of one of the kinds, and not only their definitions."""
    if re.search(r"^kind: (?:CustomResourceDefinition|ClusterServiceVersion)$", text, re.MULTILINE):
        return False
    return any(re.search(rf"^\s*(?:- )?kind:\s*[\"']?{kind}[\"']?\s*(?:#.*)?$", text, re.MULTILINE) for kind in kinds)


def dedented(indent: str, block: str) -> str:
    return "\n".join(line.removeprefix(indent) for line in block.split("\n"))


def samples(checkout: Path, kinds: list[str]) -> Iterator[Sample]:
    """The files, and the fenced blocks of documents, that hold a resource of one of the kinds."""
    for path in sorted(checkout.rglob("*")):
        name = str(path.relative_to(checkout))
        if not path.is_file() or path.suffix not in {".yaml", ".yml", ".md", ".json"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix != ".md":
            if holds(text, kinds):
                yield Sample(name, text)
            continue
        blocks = [dedented(*match.groups()) for match in FENCE.finditer(text)]
        for number, block in enumerate((block for block in blocks if holds(block, kinds)), start=1):
            yield Sample(f"{name}#{number}", block)


class Cassc:
    """The program, in a folder of its own."""

    def __init__(self, program: Path, memory: str, folder: Path) -> None:
        self.program, self.memory, self.folder = program.resolve(), memory, folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.program), *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def outcome(self, sample: Sample) -> Outcome | None:
        """`None` for a text that only speaks of the kind: a definition, a template."""
        (self.folder / "sample.yaml").write_text(sample.text, encoding="utf-8")
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        arguments = ["--memory", self.memory, "--format", "json", "--report", "report.json"]
        imported = self.run("import", "sample.yaml", *arguments)
        if "no resource of a Cassandra cluster" in imported.stderr:
            return None
        if imported.returncode not in {0, 1} or not report.exists():
            return Outcome("failed", [imported.stderr.strip()])
        refused = [refusal["message"] for refusal in json.loads(report.read_text())["refused"]]
        if not imported.stdout:
            return Outcome("refused", refused)
        (self.folder / "topology.yaml").write_text(imported.stdout, encoding="utf-8")
        return self.judged(refused)

    def judged(self, refused: list[str]) -> Outcome:
        """What cassc says of the topologies."""
        validated = self.run("validate", "topology.yaml", "--format", "json")
        complaints = json.loads(validated.stdout)["complaints"]
        errors = [complaint for complaint in complaints if complaint["severity"] == "error"]
        others = [f"{error['code']}: {error['message']}" for error in errors if error["code"] != TO_DECIDE]
        if others:
            return Outcome("wrong", others)
        if errors:
            return Outcome("to decide", [error["message"] for error in errors])
        rendered = self.run("render", "topology.yaml")
        if rendered.returncode:
            return Outcome("wrong", [rendered.stderr.strip()])
        return Outcome("in part" if refused else "rendered", refused)


def told(repository: str, counts: Counter[str]) -> str:
    columns = ["rendered", "to decide", "in part", "refused", "wrong", "failed"]
    return f"| {repository} | {sum(counts.values())} | " + " | ".join(str(counts[it]) for it in columns) + " |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cassc", type=Path, default=Path("target/debug/cassc"), help="the program")
    parser.add_argument("--memory", default="8Gi", help="what a sample without memory is given")
    parser.add_argument("--quiet", action="store_true", help="only the table")
    for repository in KINDS:
        parser.add_argument(f"--{repository}", type=Path, metavar="DIR", help="a checkout of that repository")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    rows, is_right = [], True
    with tempfile.TemporaryDirectory() as folder:
        cassc = Cassc(options.cassc, options.memory, Path(folder))
        for repository, kinds in KINDS.items():
            checkout = getattr(options, repository.replace("-", "_"))
            if checkout is None:
                continue
            counts: Counter[str] = Counter()
            for sample in samples(checkout, kinds):
                outcome = cassc.outcome(sample)
                if outcome is None:
                    continue
                counts[outcome.what] += 1
                if not options.quiet:
                    print(f"{outcome.what:10} {sample.name}")
                    for reason in outcome.why:
                        print(f"           {reason}")
            is_right = is_right and not counts["wrong"] and not counts["failed"]
            rows.append(told(repository, counts))
    print("| repository | samples | rendered | to decide | in part | refused | wrong | failed |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
