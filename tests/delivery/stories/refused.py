"""What the API server refuses the compiler refuses first: every commit of golden/transitions that `cassc plan` lets through
is one that the API server takes, upon what was deployed before."""

from __future__ import annotations

import json
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.machine import Server
from harness.world import World
from nodes.harness.report import Refuted
from stories.topology import topology

_TRANSITIONS = Path(__file__).resolve().parents[3] / "golden" / "transitions"
_KIND = "kind: CassandraTopology"


class Judges:
    """The compiler and an API server, asked about the same change."""

    def __init__(self, world: World, server: Server, folder: Path) -> None:
        self.world, self.server, self.folder = world, server, folder

    def compiler_refuses(self, before: Path, after: Path) -> str:
        """What `cassc plan` says against it; empty when it lets it through."""
        ended = self.world.compile("plan", str(after), "--against", str(before))
        if ended.returncode not in (0, 1):
            raise Refuted(f"cassc plan {after} --against {before}: {ended.stderr}")
        return ", ".join(re.findall(r"error\[(E\d+)\]", ended.stdout + ended.stderr)) if ended.returncode else ""

    def server_refuses(self, before: Path, after: Path) -> str:
        """What the API server says against it; empty when it takes it."""
        ended = self._apply(before)
        if ended.returncode != 0:
            raise Refuted(f"{before}: {ended.stderr}")
        ended = self._apply(after, "--dry-run=server")
        return ended.stderr.strip() if ended.returncode else ""

    def _apply(self, topology_file: Path, *options: str):  # noqa: ANN202 (a CompletedProcess)
        # A stream is judged by itself alone: nothing is refused because of what was before.
        rendered = self.world.compile("render", str(topology_file), "--dialect", "plain")
        if rendered.returncode != 0:
            raise Refuted(f"cassc render {topology_file}: {rendered.stderr}")
        command = ("apply", "--server-side", "--validate=strict", *options, "-f", "-")
        return self.server.ask(*command, stdin=rendered.stdout)


def _commits(story: Path, number: int, folder: Path) -> list[Path]:
    """The commits of a story that have a topology, in namespaces of the story's own."""
    commits = []
    for file in sorted(story.glob("*.yaml")):
        text = file.read_text()
        if _KIND in text:
            copy = folder / story.name / file.name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(re.sub(r"(\bnamespace: )([a-z0-9-]+)", rf"\g<1>s{number}-\g<2>", text))
            commits.append(copy)
    return commits


def _namespaces(commits: list[Path]) -> set[str]:
    return {name for file in commits for name in re.findall(r"\bnamespace: ([a-z0-9-]+)", file.read_text())}


def transitions(world: World) -> None:
    """Every story of a change, as it is documented."""
    with (
        tempfile.TemporaryDirectory(dir=world.folder) as name,
        Server(Path(name, "server"), world.machine.programs) as server,
    ):
        stories = sorted(path for path in _TRANSITIONS.iterdir() if path.is_dir())
        told = {story: _commits(story, number, Path(name)) for number, story in enumerate(stories)}
        names = {namespace for commits in told.values() for namespace in _namespaces(commits)}
        server.apply(*[{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": it}} for it in names])
        judges = Judges(world, server, Path(name))
        with ThreadPoolExecutor(max_workers=3) as pool:
            verdicts = [
                verdict for of_story in pool.map(lambda it: _walk(judges, it), told.values()) for verdict in of_story
            ]
    _report(world, verdicts)


def _walk(judges: Judges, commits: list[Path]) -> list[tuple[Path, str, str]]:
    """Each commit against the last that was let through: its file, what the compiler and what the server said."""
    verdicts = []
    deployed = commits[0] if commits else None
    for wanted in commits[1:]:
        refused = judges.compiler_refuses(deployed, wanted)
        verdicts.append((wanted, refused, judges.server_refuses(deployed, wanted)))
        deployed = deployed if refused else wanted
    return verdicts


def _report(world: World, verdicts: list[tuple[Path, str, str]]) -> None:
    by_server = [(file, code) for file, code, said in verdicts if said]
    for file, code in by_server:
        world.report.saw(f"the API server refuses {file.parent.name}/{file.name}; cassc: {code or 'lets it through'}")
    slipped = [f"{file.parent.name}/{file.name}: {said[:300]}" for file, code, said in verdicts if said and not code]
    world.report.expect(
        not slipped, f"of {len(verdicts)} commits, none that is let through is refused later {slipped or ''}"
    )
    # Or the API server would have judged nothing.
    world.report.expect(len(by_server) >= 4, f"the API server itself refuses {len(by_server)} of them")


# A change of each field of a StatefulSet that is fixed, as far as the language can say it.
_EDITS = {
    "the size of data volumes": ("size: 50Gi", "size: 60Gi"),
    "the class of data volumes": ("class: fast-ssd", "class: standard"),
    "the access mode of data volumes": ("size: 50Gi", "size: 50Gi, accessMode: ReadWriteOncePod"),
    "another volume": (
        "size: 50Gi",
        "size: 50Gi, additionalVolumes: [{name: more, mountPath: /more, claim: {class: standard, size: 1Gi}}]",
    ),
}
# A change of each such field, planted into a manifest: cassc never makes it, the API server has to notice.
_PLANTED = {
    "serviceName": lambda spec: spec.update(serviceName="another"),
    "selector": lambda spec: spec["selector"]["matchLabels"].update(team="data"),
    "podManagementPolicy": lambda spec: spec.update(podManagementPolicy="OrderedReady"),
    "labels of claims": lambda spec: spec["volumeClaimTemplates"][0]["metadata"]["labels"].update(team="data"),
    "size of claims": lambda spec: spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"].update(
        storage="60Gi"
    ),
}


def fixed_fields(world: World) -> None:
    """The fields of a StatefulSet that cannot be changed, one after the other."""
    with (
        tempfile.TemporaryDirectory(dir=world.folder) as name,
        Server(Path(name, "server"), world.machine.programs) as server,
    ):
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "fixed"}})
        judges = Judges(world, server, Path(name))
        before = Path(name, "before.yaml")
        before.write_text(topology("fixed"))
        for what, (old, new) in _EDITS.items():
            after = Path(name, "after.yaml")
            after.write_text(topology("fixed").replace(old, new))
            server_said, code = judges.server_refuses(before, after), judges.compiler_refuses(before, after)
            world.report.expect("Forbidden" in server_said and code, f"{what}: both refuse it, cassc with {code}")
        for what, plant in _PLANTED.items():
            live = server.get("/apis/apps/v1/namespaces/fixed/statefulsets/shop-dc1-r1-sts")
            plant(live["spec"])
            for key in ("managedFields", "resourceVersion"):
                live["metadata"].pop(key, None)
            live["spec"]["template"]["metadata"]["labels"]["team"] = "data"
            command = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-")
            said = server.ask(*command, stdin=json.dumps(live)).stderr
            world.report.expect("Forbidden" in said, f"planted by hand, the API server refuses another {what}")


STORIES = [
    (
        "refused:transitions",
        "what the API server refuses in golden/transitions the compiler refuses first",
        transitions,
        False,
    ),
    ("refused:fixed-fields", "every fixed field of a StatefulSet: refused by both", fixed_fields, True),
]
