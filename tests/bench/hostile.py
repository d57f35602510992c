"""Times cassc on inputs of 8 MiB that somebody made to be slow: none may take more than two seconds of processor time.

Run: cargo build --release && python3 tests/bench/hostile.py [--size BYTES] [--seed N] [KIND…]
Each kind is a function below; what varies in it comes from a generator with a fixed seed. Every kind is validated in
every format, and the kinds whose result depends on more than reading are planned too. The table has the processor time
of the whole process (user and system, all threads), the worst format, and the size of what was written. Exit code 1
when any took more than the limit, was killed by a signal, or wrote more than ten times what it read.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASSC = Path(os.environ.get("CASSC", ROOT / "target/release/cassc"))
FORMATS = ("human", "short", "json", "sarif", "github", "gitlab")
MOST_SECONDS = 2.0
PART = 60_000
KINDS: dict[str, Callable[[random.Random, int], str]] = {}

HEAD = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: %s}\nspec:\n"
REST = (
    "  resources: {requests: {cpu: '4', memory: 16Gi}, limits: {memory: 16Gi}}\n  storage: {class: fast, size: 500Gi}\n"
)
VERSION = "  cassandra: {version: 4.1.9}\n"
RACKS = "  datacenters: [{name: dc1, nodes: 3, racks: [{name: a, zone: a}, {name: b, zone: b}, {name: c, zone: c}]}]\n"


def kind(function: Callable[[random.Random, int], str]) -> Callable[[random.Random, int], str]:
    KINDS[function.__name__] = function
    return function


def word(rng: random.Random, length: int = 8) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=length))


def filled(size: int, head: str, items: Iterator[str], tail: str = "") -> str:
    """The head, as many of the items as fit, and the tail."""
    room = size - len(head.encode()) - len(tail.encode())
    parts = [head]
    for item in items:
        room -= len(item.encode())
        if room < 0:
            break
        parts.append(item)
    return "".join(parts) + tail


def numbered(form: str) -> Iterator[str]:
    number = 0
    while True:
        yield form.replace("#", str(number))
        number += 1


def repeated(item: str) -> Iterator[str]:
    while True:
        yield item


def spec(fields: str, name: str = "shop") -> str:
    """A sound topology up to the given fields of its `spec`."""
    return HEAD % name + VERSION + REST + RACKS + fields


def config(fields: str) -> str:
    return HEAD % "shop" + REST + RACKS + "  cassandra:\n    version: 4.1.9\n    config:\n" + fields


# Many of one thing.


@kind
def unknown_configuration_keys(rng: random.Random, size: int) -> str:
    return filled(size, config(""), (f"      {word(rng)}: 1\n" for _ in repeated("")))


@kind
def misspelt_configuration_keys(rng: random.Random, size: int) -> str:
    return filled(size, config(""), numbered("      read_request_timeut#: 5s\n"))


@kind
def wrong_configuration_values(rng: random.Random, size: int) -> str:
    return filled(size, config("      data_file_directories:\n"), repeated("        - {a: 1}\n"))


@kind
def disputed_scalars(rng: random.Random, size: int) -> str:
    return filled(size, config(""), numbered("      k#: yes\n"))


@kind
def unknown_fields(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), (f"  {word(rng)}: 1\n" for _ in repeated("")))


@kind
def fields_from_elsewhere(rng: random.Random, size: int) -> str:
    racks = numbered("        - {name: r#, nodeSelector: {a: b}, tolerations: [], env: []}\n")
    return filled(size, HEAD % "shop" + VERSION + REST + "  datacenters:\n    - name: dc1\n      racks:\n", racks)


@kind
def wrong_types(rng: random.Random, size: int) -> str:
    return filled(size, HEAD % "shop" + VERSION + REST + "  datacenters:\n", numbered("    - {name: d#, nodes: x}\n"))


@kind
def missing_fields(rng: random.Random, size: int) -> str:
    return filled(size, HEAD % "shop" + VERSION + REST + "  datacenters:\n", repeated("    - {}\n"))


@kind
def documents(rng: random.Random, size: int) -> str:
    return filled(size, "", (spec("---\n", f"c{number}") for number in numbered("#")))


@kind
def documents_that_collide(rng: random.Random, size: int) -> str:
    return filled(size, "", repeated(spec("---\n")))


@kind
def documents_of_another_kind(rng: random.Random, size: int) -> str:
    return filled(size, "", repeated("---\na: 1\n"))


@kind
def documents_without_anything(rng: random.Random, size: int) -> str:
    return filled(size, "", repeated("---\n"))


@kind
def broken_documents(rng: random.Random, size: int) -> str:
    return filled(size, "", (HEAD % f"c{number}" + "  nodes: x\n---\n" for number in numbered("#")))


@kind
def racks(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + VERSION + REST + "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
    return filled(size, head, numbered("        - {name: r#, zone: z#}\n"))


@kind
def racks_of_one_name(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + VERSION + REST + "  datacenters:\n    - name: dc1\n      racks:\n"
    return filled(size, head, repeated("        - {name: a, nodes: 1}\n"))


@kind
def racks_that_write_configuration(rng: random.Random, size: int) -> str:
    keys = filled(size // 2, config(""), numbered("      k#: 1\n"))
    head = keys.replace(RACKS, "") + "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
    return filled(size, head, numbered("        - {name: r#, cassandra: {config: {num_tokens: 8}}}\n"))


PATCH = "{spec: {minReadySeconds: 9, template: {spec: {containers: [{name: cassandra, env: [{name: A, value: b}]}]}}}}"


@kind
def overrides(rng: random.Random, size: int) -> str:
    return filled(size, spec("  overrides:\n"), numbered(f"    - {{kind: StatefulSet, name: s#, patch: {PATCH}}}\n"))


@kind
def a_large_override(rng: random.Random, size: int) -> str:
    head = spec(
        "  overrides:\n    - kind: StatefulSet\n      all: true\n      patch:\n        metadata:\n          annotations:\n"
    )
    return filled(size, head, numbered("            example.com/k#: x\n"))


@kind
def clusters_with_overrides(rng: random.Random, size: int) -> str:
    tail = f"  overrides: [{{kind: StatefulSet, all: true, patch: {PATCH}}}]\n---\n"
    clusters = (spec(tail, f"c{number}, namespace: n{number}") for number in numbered("#"))
    return filled(size, "", clusters)


@kind
def overrides_of_many_racks(rng: random.Random, size: int) -> str:
    def cluster(name: str) -> str:
        head = HEAD % f"{name}, namespace: {name}" + VERSION + REST
        head += "  overrides:\n" + "".join(
            f"    - {{kind: StatefulSet, name: {name}-dc1-r{rack}-sts, patch: {PATCH}}}\n" for rack in range(50)
        )
        head += "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
        return filled(50_000, head, numbered("        - {name: r#}\n"), "---\n")

    return filled(size, "", (cluster(f"c{number}") for number in numbered("#")))


@kind
def clusters_with_racks_that_write_configuration(rng: random.Random, size: int) -> str:
    def cluster(name: str) -> str:
        keys = filled(20_000, config(""), numbered("      k#: 1\n")).replace("name: shop", f"name: {name}")
        head = keys.replace(RACKS, "") + "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
        return filled(50_000, head, numbered("        - {name: r#, cassandra: {config: {num_tokens: 8}}}\n"), "---\n")

    return filled(size, "", (cluster(f"c{number}") for number in numbered("#")))


@kind
def racks_that_override_known_keys(rng: random.Random, size: int) -> str:
    table = json.loads((ROOT / "crates/cassandra/src/config_keys/4.1.json").read_text())
    numbers = [key["key"] for key in table if key["type"] == "int" and "." not in key["key"]]
    head = config("".join(f"      {key}: 7\n" for key in numbers)).replace(RACKS, "")
    head += "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
    racks = (
        f"        - {{name: r{n}, cassandra: {{config: {{{rng.choice(numbers)}: {n}}}}}}}\n" for n in numbered("#")
    )
    return filled(size, head, racks)


@kind
def racks_that_nest_configuration(rng: random.Random, size: int) -> str:
    entry = "        - {name: r#, cassandra: {config: {client_encryption_options: {enabled: true}}}}\n"
    nested = "      client_encryption_options:\n" + filled(size // 2, "", numbered("        k#: 1\n"))
    head = config(nested).replace(RACKS, "") + "  datacenters:\n    - name: dc1\n      nodes: 2000\n      racks:\n"
    return filled(size, head, numbered(entry))


@kind
def datacenters(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + VERSION + REST + "  datacenters:\n"
    return filled(size, head, numbered("    - {name: d#, nodes: 1, kubeCluster: k#}\n"))


@kind
def datacenters_of_one_name(rng: random.Random, size: int) -> str:
    return filled(size, HEAD % "shop" + VERSION + REST + "  datacenters:\n", repeated("    - {name: a, nodes: 1}\n"))


@kind
def acceptances(rng: random.Random, size: int) -> str:
    codes = (f"    - {{code: {rng.choice('EW')}{rng.randrange(100, 1000)}, reason: x}}\n" for _ in repeated(""))
    return filled(size, spec("  accept:\n"), codes)


@kind
def acceptances_that_are_used(rng: random.Random, size: int) -> str:
    environment = filled(size // 2, "", numbered("      PASSWORD_#: x\n"))
    head = spec("  accept:\n") + "    - {code: W425, reason: x}\n"
    head = head.replace(VERSION, "  cassandra:\n    version: 4.1.9\n    environment:\n" + environment)
    return filled(size, head, repeated("    - {code: W113, reason: x}\n"))


@kind
def secrets_in_the_environment(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + REST + RACKS + "  cassandra:\n    version: 4.1.9\n    environment:\n"
    return filled(size, head, numbered("      PASSWORD_#: x\n"))


@kind
def jvm_options(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + REST + RACKS + "  cassandra:\n    version: 4.1.9\n    jvm:\n      options:\n"
    return filled(size, head, (f"        - -XX:{rng.choice('+-')}{word(rng)}\n" for _ in repeated("")))


@kind
def loggers(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + REST + RACKS + "  cassandra:\n    version: 4.1.9\n    logging:\n"
    return filled(size, head, numbered("      ' #': INFO\n"))


@kind
def labels(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      a/b/#: x y\n"))


@kind
def wide_flow_map(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod: {labels: {"), numbered("a#: b, "), "}}\n")


@kind
def containers(rng: random.Random, size: int) -> str:
    return filled(
        size, spec("  pod:\n    containers:\n"), repeated("      - {name: a, image: b, ports: [{containerPort: 1}]}\n")
    )


@kind
def unknown_fields_of_containers(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    containers:\n      - name: a\n"), numbered("        f#: 1\n"))


@kind
def variables(rng: random.Random, size: int) -> str:
    head = spec("  pod:\n    containers:\n      - name: a\n        image: b\n        env:\n")
    return filled(size, head, numbered("        - {name: A, value: x}\n"))


@kind
def volumes(rng: random.Random, size: int) -> str:
    head = spec("").replace("500Gi}\n", "500Gi, additionalVolumes: [")
    head, tail = head.split("additionalVolumes: [")
    return filled(
        size, head + "additionalVolumes: [", numbered("{name: v, mountPath: /a/#, emptyDir: {}}, "), "]}\n" + tail
    )


@kind
def tolerations(rng: random.Random, size: int) -> str:
    return filled(size, spec("  scheduling:\n    tolerations:\n"), numbered("      - {key: a, operator: Exist}\n"))


@kind
def topology_spread(rng: random.Random, size: int) -> str:
    return filled(
        size, spec("  scheduling:\n    topologySpread:\n"), repeated("      - {topologyKey: a, maxSkew: 0}\n")
    )


@kind
def additional_seeds(rng: random.Random, size: int) -> str:
    return filled(size, spec("  additionalSeeds:\n"), numbered("    - 10.0.0.256\n"))


@kind
def resources(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + VERSION + RACKS + "  resources:\n    requests:\n"
    return filled(size, head, numbered("      example.com/r#: 1x\n"))


@kind
def duplicate_keys(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), repeated("      a: b\n"))


@kind
def anchors(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      a#: &a# b\n"))


@kind
def tags(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      a#: !a b\n"))


@kind
def merge_conflicts(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), repeated("<<<<<<< HEAD\n  a: 1\n=======\n  a: 2\n>>>>>>> other\n"))


@kind
def helm_templates(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), numbered("  a#: {{ .Values.a }}\n"))


@kind
def invisible_characters(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      a#:\u00a0b\n"))


@kind
def control_characters(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered('      a#: "\\u0085\\e[31m"\n'))


@kind
def fleet_of_the_example(rng: random.Random, size: int) -> str:
    example = (ROOT / "examples/multi-rack.yaml").read_text()
    names = (f"  name: cluster-{number}\n  namespace: cass-{number}\n" for number in numbered("#"))
    return filled(
        size, "", ("---\n" + re.sub(r"  name: .*\n  namespace: .*\n", name, example, count=1) for name in names)
    )


@kind
def sound_fleet(rng: random.Random, size: int) -> str:
    return filled(
        size, "", (spec("  accept: [{code: W112, reason: x}]\n---\n", f"c{number}") for number in numbered("#"))
    )


# One thing that is long.


@kind
def long_name(rng: random.Random, size: int) -> str:
    return filled(size, HEAD.split("%s")[0], repeated("a" * 1000), "}\nspec:\n" + VERSION + REST + RACKS)


@kind
def long_key(rng: random.Random, size: int) -> str:
    return filled(size, spec("  ? "), repeated("a" * 1000), "\n  : 1\n")


@kind
def long_configuration_key(rng: random.Random, size: int) -> str:
    return filled(size, config("      ? "), repeated("a" * 1000), "\n      : 1\n")


@kind
def long_configuration_value(rng: random.Random, size: int) -> str:
    return filled(size, config("      num_tokens: "), repeated("1" * 1000), "\n")


@kind
def long_quantity(rng: random.Random, size: int) -> str:
    head = HEAD % "shop" + VERSION + RACKS + "  storage: {size: "
    return filled(size, head, repeated("9" * 1000), "}\n")


@kind
def long_version(rng: random.Random, size: int) -> str:
    return filled(size, HEAD % "shop" + REST + RACKS + "  cassandra: {version: ", repeated("4." * 500), "}\n")


@kind
def long_wrong_type(rng: random.Random, size: int) -> str:
    return filled(
        size, HEAD % "shop" + VERSION + REST + "  datacenters: [{name: a, nodes: '", repeated("9" * 1000), "'}]\n"
    )


@kind
def long_choice(rng: random.Random, size: int) -> str:
    return filled(size, spec("  founding: "), repeated("a" * 1000), "\n")


@kind
def long_block_scalar(rng: random.Random, size: int) -> str:
    return filled(size, config("      data_file_directories: |\n"), repeated("        /a\n"))


@kind
def long_escaped_scalar(rng: random.Random, size: int) -> str:
    return filled(size, config('      data_file_directories: "'), repeated("\\u0085\\n"), '"\n')


@kind
def long_line(rng: random.Random, size: int) -> str:
    head = '{apiVersion: cassc/v1alpha1, kind: CassandraTopology, metadata: {name: "A"}, spec: {'
    return filled(size, head, numbered("a#: [1, 2, {}], "), "}}")


@kind
def long_line_with_many_complaints(rng: random.Random, size: int) -> str:
    head = "{apiVersion: cassc/v1alpha1, kind: CassandraTopology, metadata: {name: a}, spec: {cassandra: {version: 5.0.6}, datacenters: ["
    return filled(size, head, numbered("{name: A#, nodes: 0}, "), "]}}")


@kind
def long_comment(rng: random.Random, size: int) -> str:
    return filled(size, spec("  # "), repeated("x" * 1000), "\n  a: 1\n")


@kind
def many_comments(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), repeated("  # \u202e\n"), "  a: 1\n")


@kind
def empty_lines(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), repeated("\n"), "  a: 1\n")


@kind
def carriage_returns(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      A B#: c\r\n"))


@kind
def characters_of_four_bytes(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod:\n    labels:\n"), numbered("      😀#: 😀😀😀\n"))


# Shapes that a reader may stumble over.


@kind
def open_brackets(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a: "), repeated("["))


@kind
def open_braces(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a: "), repeated("{a: "))


@kind
def lists_in_lists(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a:\n    "), repeated("- "))


@kind
def deep_blocks(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a:\n"), (" " * depth + "a:\n" for depth in range(3, 10_000)))


@kind
def questions(rng: random.Random, size: int) -> str:
    return filled(size, spec("  "), repeated("? "))


@kind
def unclosed_bracket(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod: {labels: {"), numbered("a#: b,\n "))


@kind
def unclosed_quote(rng: random.Random, size: int) -> str:
    return filled(size, spec('  pod: {labels: {a: "'), numbered("b #\n "))


@kind
def unclosed_single_quote(rng: random.Random, size: int) -> str:
    return filled(size, spec("  pod: {labels: {a: '"), numbered("b #\n "))


@kind
def tabs(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a:\n"), repeated("\t"), "b: 1\n")


@kind
def zero_bytes(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), repeated("\0"))


@kind
def spaces(rng: random.Random, size: int) -> str:
    return filled(size, spec("  a:"), repeated(" "), "b: c: d\n")


@kind
def directives(rng: random.Random, size: int) -> str:
    return filled(size, "", repeated("%TAG ! a\n"), "---\n" + spec(""))


@kind
def random_characters(rng: random.Random, size: int) -> str:
    return filled(size, spec(""), ("".join(rng.choices(" \n-:{}[],'\"#&*!|>%@`?aé\t", k=1000)) for _ in repeated("")))


def in_parts(name: str, rng: random.Random, size: int) -> str:
    """The same kind in many small documents, each below the limits of what is read."""
    parts = (KINDS[name](rng, PART - 100).replace("shop", f"shop{number}") + "\n---\n" for number in numbered("#"))
    return filled(size, "", parts)


def stop_when_hopeless() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(5 * MOST_SECONDS), int(5 * MOST_SECONDS)))


def spent(command: list[str], folder: Path) -> tuple[float, int, int]:
    """Seconds of processor time, the exit code, and how much was written."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(folder / "written", "wb") as written:
        done = subprocess.run(
            command, stdout=written, stderr=subprocess.STDOUT, preexec_fn=stop_when_hopeless, check=False
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, done.returncode, os.path.getsize(folder / "written")


def measured(title: str, text: bytes, size: int, folder: Path, formats: tuple[str, ...]) -> bool:
    assert len(text) <= size, (title, len(text))
    file = folder / "input.yaml"
    file.write_bytes(text)
    runs = [[CASSC, "validate", "--format", form, file] for form in formats] + [[CASSC, "plan", file]]
    results = [(*spent([str(part) for part in run], folder), run) for run in runs]
    seconds, _, _, slowest = max(results)
    most_written = max(written for _, _, written, _ in results)
    sound = all(code in (0, 1) for _, code, _, _ in results)
    passed = seconds <= MOST_SECONDS and sound and most_written <= 10 * size
    verdict = "" if passed else "  TOO MUCH"
    codes = ",".join(sorted({str(code) for _, code, _, _ in results}))
    print(
        f"{title:58} {seconds:6.2f} s  {slowest[3] if len(slowest) > 3 else 'plan':6} exit {codes:4}"
        f" {most_written / 1024:10.0f} KiB{verdict}",
        flush=True,
    )
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=8 * 1024 * 1024)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", action="append", choices=FORMATS)
    parser.add_argument("kinds", nargs="*", default=[])
    arguments = parser.parse_args()
    names = arguments.kinds or list(KINDS)
    formats = tuple(arguments.format or FORMATS)
    with tempfile.TemporaryDirectory() as folder:
        passed = []
        for name in names:
            whole = KINDS[name](random.Random(arguments.seed), arguments.size)
            parts = in_parts(name, random.Random(arguments.seed), arguments.size)
            for title, text in ((name, whole), (f"{name}, in parts", parts)):
                passed.append(measured(title, text.encode(), arguments.size, Path(folder), formats))
    print(f"{passed.count(True)} of {len(passed)} inputs within {MOST_SECONDS:g} s of processor time")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
