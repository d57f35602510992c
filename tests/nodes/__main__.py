"""The stories of Cassandra on real Kubernetes nodes. Started by `tests/nodes/run`, which builds what it needs.

In: names of stories. Out: what was observed, and a table; exit code 1 when a story failed, 2 when another run is at it.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import images, server, step  # noqa: E402 (the path is set above)
from harness.machine import FOLDERS, Machine  # noqa: E402
from harness.network import LETTERS  # noqa: E402
from harness.processes import alone  # noqa: E402
from harness.report import Report  # noqa: E402
from harness.ring import Ring  # noqa: E402
from stories.first_ring import FirstRing  # noqa: E402
from stories.growth import Growth, SixAtOnce  # noqa: E402
from stories.steps_datacenters import Datacenters  # noqa: E402
from stories.steps_roll import Rolls  # noqa: E402
from stories.steps_short import Short  # noqa: E402
from stories.steps_size import Steps  # noqa: E402
from stories.steps_upgrade import Upgrades  # noqa: E402
from stories.topology import with_steps  # noqa: E402
from stories.without import WithoutMarker, WithoutSelfExclusion  # noqa: E402

RINGS = (FirstRing, Growth, SixAtOnce, WithoutSelfExclusion, WithoutMarker, Steps, Rolls, Upgrades, Datacenters, Short)
NODES = 3


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tests/nodes/run", description=__doc__)
    parser.add_argument(
        "rings",
        nargs="*",
        metavar="RING",
        choices=[*(ring.__name__ for ring in RINGS), []],
        help=f"tell the stories of these rings only: {', '.join(ring.__name__ for ring in RINGS)}",
    )
    parser.add_argument("--ci", action="store_true", help="tell the stories of `.ci/run`: those of Short")
    parser.add_argument(
        "--machine",
        default="a",
        metavar="LETTER",
        choices=[*LETTERS],
        help="the machine's name, from a to z; runs on machines of different names do not disturb each other (default: a)",
    )
    parser.add_argument("--down", action="store_true", help="only stop a machine that an earlier --keep left running")
    parser.add_argument("--version", default="4.1.10", help="the version of Cassandra (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="leave the machine running; the next run takes it over")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cassc", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--step", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen_rings(chosen: argparse.Namespace) -> list[type]:
    """The rings that are asked for: all but the short one, which only repeats others, unless they are named."""
    if chosen.ci:
        return [Short]
    return [ring for ring in RINGS if ring.__name__ in chosen.rings or not chosen.rings and ring is not Short]


def archives(chosen: argparse.Namespace) -> tuple[list[Path], str]:
    """All image archives that the nodes need, and what the server image is."""
    build = chosen.build
    name = step.image_name(chosen.cassc, with_steps("any", chosen.version, 3))
    with alone(build / "archives.lock"):
        found = [step.archive(chosen.step, name, build)]
        for name in ("pause", "coredns"):
            target, layer = build / f"{name}.tar", build / f"{name}-layer.tar"
            images.layer_of_file(build / "bin" / name, name, layer)
            images.write(f"docker.io/cassc/{name}:1", [layer], target, {"Entrypoint": [f"/{name}"]})
            found.append(target)
        versions = {version for ring in chosen_rings(chosen) for version in ring.versions or [chosen.version]}
        words = ""
        for version in sorted(versions):
            archive, words = server.archive(version, build)
            found.append(archive)
    return found, words


def main() -> int:
    """Start the machine, tell the stories, stop it."""
    chosen = arguments()
    # Namespaces, control groups and folders have the machine's letter: a second run would remove those of the first.
    FOLDERS.mkdir(exist_ok=True)
    lock = (FOLDERS / f"{chosen.machine}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another run uses the machine {chosen.machine}; name another one with --machine", file=sys.stderr)
        return 2
    machine = Machine(chosen.machine, chosen.build / "bin", NODES)
    if chosen.down:
        machine.stop()
        return 0
    report = Report()
    if not machine.is_running():
        began = time.monotonic()
        image_archives, words = archives(chosen)
        print(f"server image: {words}; images made after {time.monotonic() - began:.0f} s", flush=True)
        machine.start(image_archives)
        print(f"the machine runs after {time.monotonic() - began:.0f} s", flush=True)
    print(machine.kubectl("get", "nodes", "-L", "topology.kubernetes.io/zone"), flush=True)
    try:
        for kind in chosen_rings(chosen):
            tell(kind, machine, chosen, report)
    finally:
        if not chosen.keep:
            machine.stop()
    print(f"\n{report.table()}")
    return 0 if all(passed for _, passed, _, _ in report.verdicts) else 1


def tell(kind: type, machine: Machine, chosen: argparse.Namespace, report: Report) -> None:
    """All stories of one ring; they build upon each other, so the first that fails ends them."""
    ring = Ring(machine, chosen.cassc, kind.__name__.lower())
    told = kind(ring, report, chosen.version)
    try:
        for name, promise, story in told.stories():
            if not report.tell(name, promise, story):
                print(told.explain(), flush=True)
                break
        told.end()
        ring.delete()
    except (RuntimeError, OSError) as error:  # TimeoutError is an OSError.
        report.verdicts.append((f"{kind.__name__}, its end", False, 0.0, str(error).replace("\n", " ")))


if __name__ == "__main__":
    sys.exit(main())
