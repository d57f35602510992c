"""The stories of adoption, on a real API server. Started by `tests/adopt/run`, which builds what it needs.

In: names of stories. Out: what was observed, and a table; exit code 1 when a story failed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent / "delivery"), str(_HERE.parent)]

import operator_parts  # noqa: E402 (the path is set above)
from harness.machine import Machine  # noqa: E402
from harness.world import World  # noqa: E402
from nodes.harness.processes import wait_until  # noqa: E402
from nodes.harness.report import Report  # noqa: E402
from stories import STORIES  # noqa: E402


def main() -> int:
    """Start the machine with what an operator brings, tell the stories, stop it."""
    parser = argparse.ArgumentParser(prog="tests/adopt/run", description=__doc__)
    parser.add_argument(
        "stories", nargs="*", metavar="STORY", help="tell these only; the beginning of a name is enough"
    )
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cassc", type=Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    report = Report()
    with (
        tempfile.TemporaryDirectory(prefix=f"cassc-adopt-{os.getpid()}-") as name,
        Machine(Path(name, "main"), chosen.programs) as machine,
    ):
        print(f"control plane and nodes are ready after {machine.seconds_to_start:.1f} s", flush=True)
        machine.apply(operator_parts.definition(), *operator_parts.operator())
        world = World(machine, chosen.cassc, [], Path(name), report)
        wait_until("the definition is established", 60, world._definitions_are_established, pause=0.2)
        # Everybody writes before nobody answers.
        for title, promise, story in STORIES:
            if chosen.stories and not title.startswith(tuple(chosen.stories)):
                continue
            machine.ask("delete", "validatingwebhookconfiguration", operator_parts.webhook()["metadata"]["name"])
            report.tell(title, promise, lambda story=story: story(world))
            world.forget_namespaces()
    print(report.table())
    return int(not all(passed for _, passed, _, _ in report.verdicts))


if __name__ == "__main__":
    sys.exit(main())
