"""The stories of Cassandra on real Kubernetes nodes. Started by `tests/nodes/run`, which builds what it needs.

In: names of stories. Out: what was observed, and a table; exit code 1 when a story failed, 2 when the machine cannot be.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import images, server  # noqa: E402 (the path is set above)
from harness.machine import FOLDERS, Machine  # noqa: E402
from harness.network import LETTERS  # noqa: E402
from harness.processes import alone  # noqa: E402
from harness.report import Report  # noqa: E402
from harness.ring import Ring  # noqa: E402
from stories.first_ring import FirstRing  # noqa: E402
from stories.growth import Growth, SixAtOnce  # noqa: E402
from stories.without import WithoutMarker, WithoutSelfExclusion  # noqa: E402

RINGS = (FirstRing, Growth, SixAtOnce, WithoutSelfExclusion, WithoutMarker)
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
    return parser.parse_args()


def archives(build: Path, version: str) -> tuple[list[Path], str]:
    """All image archives that the nodes need, and what the server image is."""
    small = []
    with alone(build / "archives.lock"):
        for name in ("pause", "coredns"):
            target, layer = build / f"{name}.tar", build / f"{name}-layer.tar"
            images.layer_of_file(build / "bin" / name, name, layer)
            images.write(f"docker.io/cassc/{name}:1", [layer], target, {"Entrypoint": [f"/{name}"]})
            small.append(target)
        server_archive, words = server.archive(version, build)
    return [*small, server_archive], words


def main() -> int:
    """Start the machine, tell the stories, stop it."""
    chosen = arguments()
    if os.geteuid() != 0:
        print("network namespaces and containers need root", file=sys.stderr)
        return 2
    # Namespaces, control groups and folders have the machine's letter: a second run would remove those of the first.
    FOLDERS.mkdir(exist_ok=True)
    lock = (FOLDERS / f"{chosen.machine}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another run uses the machine {chosen.machine}; name another one with --machine", file=sys.stderr)
        return 2
    report = Report()
    if chosen.down:
        Machine(chosen.machine, chosen.build / "bin", NODES).stop()
        return 0
    machine = Machine(chosen.machine, chosen.build / "bin", NODES)
    if not machine.is_running():
        image_archives, words = archives(chosen.build, chosen.version)
        print(f"server image: {words}", flush=True)
        machine.start(image_archives)
    print(machine.kubectl("get", "nodes", "-L", "topology.kubernetes.io/zone"), flush=True)
    try:
        for kind in RINGS:
            if not chosen.rings or kind.__name__ in chosen.rings:
                tell(kind, machine, chosen, report)
    finally:
        if not chosen.keep:
            machine.stop()
    print(f"\n{report.table()}")
    return 0 if all(passed for _, passed, _, _ in report.verdicts) else 1


def tell(kind: type, machine: Machine, chosen: argparse.Namespace, report: Report) -> None:
    """All stories of one ring; they build upon each other, so the first that fails ends them."""
    ring = Ring(machine, chosen.cassc, kind.__name__.lower())
    try:
        for name, promise, story in kind(ring, report, chosen.version).stories():
            if not report.tell(name, promise, story):
                print(ring.explain(), flush=True)
                break
        ring.delete()
    except (RuntimeError, OSError) as error:  # TimeoutError is an OSError.
        report.verdicts.append((f"{kind.__name__}, its end", False, 0.0, str(error).replace("\n", " ")))


if __name__ == "__main__":
    sys.exit(main())
