"""The stories of Cassandra on real Kubernetes nodes. Started by `tests/nodes/run`, which builds what it needs.

In: names of stories. Out: what was observed, and a table; exit code 1 when a story failed, 2 when another run is at it.
"""

from __future__ import annotations

import argparse
import fcntl
import random
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import images, reaper, server, step  # noqa: E402 (the path is set above)
from harness.kills import Way  # noqa: E402
from harness.machine import FOLDERS, Machine  # noqa: E402
from harness.network import LETTERS  # noqa: E402
from harness.processes import alone  # noqa: E402
from harness.report import Report  # noqa: E402
from harness.ring import Ring  # noqa: E402
from stories.adopted import Adopted  # noqa: E402
from stories.crashes import Crashes  # noqa: E402
from stories.disturbed import Disturbed  # noqa: E402
from stories.first_ring import FirstRing  # noqa: E402
from stories.growth import Growth, SixAtOnce  # noqa: E402
from stories.policies import Policies  # noqa: E402
from stories.repairs import Repairs  # noqa: E402
from stories.repairs_locks import RepairsLocked, WithoutBareSidecar  # noqa: E402
from stories.steps_cures import Cures  # noqa: E402
from stories.steps_datacenters import Datacenters  # noqa: E402
from stories.steps_roll import Rolls  # noqa: E402
from stories.steps_short import Short  # noqa: E402
from stories.steps_size import Steps  # noqa: E402
from stories.steps_upgrade import Upgrades  # noqa: E402
from stories.topology import with_steps  # noqa: E402
from stories.two_clusters import TwoClusters  # noqa: E402
from stories.unguarded import Unguarded  # noqa: E402
from stories.volumes import Volumes  # noqa: E402
from stories.without import WithoutMarker, WithoutSelfExclusion  # noqa: E402

RINGS = (
    FirstRing,
    Growth,
    SixAtOnce,
    WithoutSelfExclusion,
    WithoutMarker,
    Steps,
    Rolls,
    Upgrades,
    Datacenters,
    TwoClusters,
    Volumes,
    Disturbed,
    Cures,
    Crashes,
    Unguarded,
    Repairs,
    RepairsLocked,
    WithoutBareSidecar,
    Adopted,
    Policies,
    Short,
)
NODES = 3  # of the first machine; a story that needs a second one needs one node there


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
    parser.add_argument(
        "--seed", default=str(random.randrange(10**6)), help="when the program is killed (default: by chance)"
    )
    parser.add_argument(
        "--killed",
        type=int,
        default=0,
        metavar="N",
        help="with the program in the cluster: what is committed is done by runs that are killed at random moments, at least so "
        "often in each story in which something is settled",
    )
    parser.add_argument(
        "--two", action="store_true", help="… by two runs at once; with --killed one of the two is killed each time"
    )
    parser.add_argument("--keep", action="store_true", help="leave the machine running; the next run takes it over")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cassc", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--step", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen_rings(chosen: argparse.Namespace) -> list[type]:
    """The rings that are asked for: all but the short one, which only repeats others, unless they are named."""
    return [ring for ring in RINGS if ring.__name__ in chosen.rings or not chosen.rings and ring is not Short]


def archives(chosen: argparse.Namespace) -> tuple[list[Path], str]:
    """All image archives that the nodes need, and what those of others are."""
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
        for version in sorted({version for ring in chosen_rings(chosen) for version in ring.reapers}):
            archive, reaper_words = reaper.archive(version, build)
            found.append(archive)
            words = f"{words}; {reaper_words}"
    return found, words


def own_machine(letter: str, chosen: argparse.Namespace, nodes: int) -> tuple[Machine, object]:
    """The machine of that name, and the lock that makes it this run's own."""
    # Namespaces, control groups and folders have the machine's letter: a second run would remove those of the first.
    FOLDERS.mkdir(exist_ok=True)
    lock = (FOLDERS / f"{letter}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"another run uses the machine {letter}; name another one with --machine", file=sys.stderr)
        raise SystemExit(2) from None
    return Machine(letter, chosen.build / "bin", nodes), lock


def start(machine: Machine, chosen: argparse.Namespace) -> None:
    """Start it, or take over the one that an earlier run left running, which may lack images."""
    began = time.monotonic()
    image_archives, words = archives(chosen)
    print(f"images: {words}; made after {time.monotonic() - began:.0f} s", flush=True)
    if machine.is_running():
        machine.import_images(image_archives)
    else:
        machine.start(image_archives)
    print(f"machine {machine.letter} runs after {time.monotonic() - began:.0f} s", flush=True)
    print(machine.kubectl("get", "nodes", "-L", "topology.kubernetes.io/zone"), flush=True)


def main() -> int:
    """Start the machines, tell the stories, stop them."""
    chosen = arguments()
    rings, report = chosen_rings(chosen), Report()
    number = 1 if chosen.down else max(ring.machines for ring in rings)
    letters = LETTERS[LETTERS.index(chosen.machine) :][:number]
    owned = [own_machine(letter, chosen, 1 if beside else NODES) for beside, letter in enumerate(letters)]
    machines = [machine for machine, _ in owned]
    if chosen.down:
        machines[0].stop()
        return 0
    try:
        for kind in rings:
            for machine in machines[: kind.machines]:
                start(machine, chosen)
            tell(kind, machines, chosen, report)
    finally:
        if not chosen.keep:
            for machine in machines:
                machine.stop()
    print(f"\n{report.table()}")
    return 0 if all(passed for _, passed, _, _ in report.verdicts) else 1


def tell(kind: type, machines: list[Machine], chosen: argparse.Namespace, report: Report) -> None:
    """All stories of one ring; they build upon each other, so the first that fails ends them."""
    ring, *others = (Ring(machine, chosen.cassc, kind.__name__.lower()) for machine in machines[: kind.machines])
    for one in (ring, *others):
        shutil.rmtree(one.folder, ignore_errors=True)  # what an earlier run rendered is deployed no more
    told = kind(ring, report, chosen.version)
    told.seed, told.others = chosen.seed, others
    if not kind.has_own_runs:
        told.way = Way(chosen.killed, chosen.two)
    try:
        for name, promise, story in told.stories():
            told.begin(name)
            if not report.tell(name, promise, story):
                print(told.explain(), flush=True)
                break
        told.end()
        ring.delete()
    except (RuntimeError, OSError) as error:  # TimeoutError is an OSError.
        report.verdicts.append((f"{kind.__name__}, its end", False, 0.0, str(error).replace("\n", " ")))


if __name__ == "__main__":
    sys.exit(main())
