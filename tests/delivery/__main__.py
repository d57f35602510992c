"""The stories of delivery to a real API server. Started by `tests/delivery/run`, which builds what it needs.

In: names of stories. Out: what was observed, and a table; exit code 1 when a story failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

from harness.machine import Machine  # noqa: E402 (the path is set above)
from harness.world import World  # noqa: E402
from nodes.harness.report import Report  # noqa: E402
from stories import (  # noqa: E402
    applied,
    by_program,
    commits,
    guarded,
    health,
    placement,
    refused,
    refused_once,
    replicas,
    untold,
)

_PREFIX = "cassc-delivery-"
# One by one they show what the others show too; these two have Applications and Kustomizations beside them.
_EXAMPLES_IN_CI = ("multi-rack", "two-datacenters")


def stories(examples: list[Path]) -> list[tuple[str, str, object, bool]]:
    """Name, promise, story, and whether `.ci/run` tells it too."""
    told = [story for example in examples for story in applied.stories(example, in_ci=example.stem in _EXAMPLES_IN_CI)]
    for module in (applied, commits, refused_once, replicas, by_program, untold, guarded, health, placement, refused):
        told += module.STORIES
    return told


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/delivery/run", description=__doc__)
    parser.add_argument(
        "stories", nargs="*", metavar="STORY", help="tell these only; the beginning of a name is enough"
    )
    parser.add_argument("--list", action="store_true", help="name the stories")
    parser.add_argument(
        "--ci", action="store_true", help="the shortened form of .ci/run: fewer examples, each in its dialect"
    )
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cassc", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--definitions", type=Path, nargs="+", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def remove_leftovers() -> None:
    """Folders of runs that were killed; their processes have died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        process = folder.name.removeprefix(_PREFIX).split("-")[0]
        if process.isdigit() and not Path("/proc", process).exists():
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Start the machine, tell the stories, stop it."""
    chosen = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    # This API server has no types of the Prometheus Operator.
    examples = sorted((_HERE.parent.parent / "examples").glob("*.yaml"))
    told = stories([it for it in examples if "serviceMonitor:" not in it.read_text()])
    told = [one for one in told if not chosen.stories or one[0].startswith(tuple(chosen.stories))]
    told = [one for one in told if one[3] or not chosen.ci]
    if chosen.list:
        print("\n".join(f"{name:<32} {promise}" for name, promise, _, _ in told))
        return 0
    if not told:
        print("no story has such a name; --list names them", file=sys.stderr)
        return 2
    report = Report()
    remove_leftovers()
    with (
        tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as name,
        Machine(Path(name, "main"), chosen.programs) as machine,
    ):
        world = World(machine, chosen.cassc, chosen.definitions, Path(name), report)
        world.is_short = chosen.ci
        print(f"control plane and nodes are ready after {machine.seconds_to_start:.1f} s", flush=True)
        for name, promise, story, _ in told:
            report.tell(name, promise, lambda story=story: story(world))
            world.forget_namespaces()
    print(f"\n{report.table()}")
    return 0 if all(passed for _, passed, _, _ in report.verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
