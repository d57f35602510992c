"""Who changes the number of replicas: the program in the cluster, and neither Argo CD nor Flux nor kubectl, as long as they are
told what cassc renders. The program itself runs here, and lowers replicas when a node has left; doubles are the nodes."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness.program import Program
from harness.ring import Ring
from harness.world import World
from nodes.harness.processes import wait_until
from stories.commits import Repository
from stories.guarded import guard
from stories.topology import with_program

RACKS = tuple(f"shop-dc1-r{number}-sts" for number in (1, 2, 3))


def nodes(world: World, namespace: str) -> dict[str, str]:
    """The UIDs of the pods of StatefulSets; a Job has pods too."""
    return {name: uid for name, uid in world.uids(namespace).items() if name.startswith(RACKS)}


class Story:
    """A cluster of six nodes that is installed and at rest, its client, its ring and its program."""

    def __init__(self, world: World, client: str, ring: Ring, repository: Repository) -> None:
        self.world, self.report, self.client = world, world.report, client
        self.ring, self.repository, self.namespace = ring, repository, repository.namespace
        self.program = Program(world, ring)

    def replicas(self) -> list[int]:
        """Of each rack."""
        found = self.world.statefulsets(self.namespace)
        return [found[rack]["spec"]["replicas"] for rack in RACKS]

    def keeps_replicas(self, what: str, *expected: int) -> None:
        """The numbers are those, and no pod of another number goes or comes."""
        time.sleep(1)
        counts = self.replicas()
        self.report.expect(counts == list(expected), f"{what}: the replicas are {counts}")

    def is_at_rest(self, count: int, version: str) -> None:
        """As many members, all of this version, and nobody sees a difference."""
        self.let_jobs("succeeded")
        members, counts = self.ring.members(), self.replicas()
        self.report.expect(
            len(members) == count == sum(counts), f"{count} nodes are members, the replicas are {counts}"
        )
        releases = {it["release"] for it in self.ring.nodes.values() if it["is_up"]}
        self.report.expect(releases == {version}, f"all run {releases}")
        self.repository.rests_without_complaint()

    def let_jobs(self, wish: str) -> None:
        """Simulated pods of Jobs become this; what the program does is done here."""
        self.world.wish(self.namespace, addresses="loopback", jobs=wish)

    def jobs(self) -> set[str]:
        """The Jobs that are there."""
        return {it["metadata"]["name"] for it in self.world.machine.list(self.namespace, "jobs")}

    def runs_twice_at_once(self) -> None:
        """The Job of the commit, and a run that the CronJob has started beside it: one works at a time."""
        name = ("shop-by-hand", "--from=cronjob/shop-cron")
        self.world.machine.kubectl("create", "job", *name, "-n", self.namespace)
        runs = [self.program.start(), self.program.start(is_scheduled=True)]
        self.program.end("the Job's run and the CronJob's at once", runs)
        held = self.program.lines("LeaseHeld")
        self.report.expect(held, f"one waits for the other: {held[:1]}")

    def commit(self, what: str, **changes: object) -> None:
        """Deliver a commit whose Job runs for as long as the program does."""
        self.let_jobs("running")
        self.repository.deliver(what, **changes)


@contextmanager
def installed(world: World, client: str, name: str, without: tuple[str, ...] = ()) -> Iterator[Story]:
    """Six nodes, installed by a client."""
    make = functools.partial(with_program, client=client)
    repository = Repository(world, client, name, make, without)
    with Ring(world.machine, repository.namespace) as ring:
        story = Story(world, client, ring, repository)
        story.commit("the first commit, whose Job has only begun", nodes=6)
        story.keeps_replicas("as in the manifests", 2, 2, 2)
        wait_until("all nodes are members", 90, lambda: len(ring.members()) == 6, pause=0.3)
        story.program.run("the install")
        roles = {name: it["login"] for name, it in ring.roles.items()}
        world.report.expect(roles == {"cassandra": False, "shop-superuser": True}, f"who may log in: {roles}")
        story.is_at_rest(6, "4.1.9")
        yield story


def behind_the_guard(world: World, client: str) -> None:
    """With the policies of `cassc guard`: the same, and the program's account may lower replicas."""
    with guard(world), installed(world, client, "replicas-guarded") as story:
        _shrinks(story)


def whole_life(world: World, client: str, name: str, without: tuple[str, ...] = ()) -> None:
    """A shrink together with another image, growth, hands: the client leaves replicas alone, the program does not."""
    with installed(world, client, name, without) as story:
        _shrinks(story)
        if not world.is_short:
            _grows(story)
            _hands(story)
            _is_made_again(story)


def _shrinks(story: Story) -> None:
    before, jobs = nodes(story.world, story.namespace), story.jobs()
    story.commit("a commit with three nodes less and another image", nodes=3, version="4.1.10")
    images = {
        it["image"].rpartition(":")[2].partition("-")[0]
        for found in story.world.statefulsets(story.namespace).values()
        for it in found["spec"]["template"]["spec"]["containers"]
        if it["name"] == "cassandra"
    }
    story.report.expect(images == {"4.1.10"}, f"the image has arrived: {images}")
    story.keeps_replicas("it shrinks nothing", 2, 2, 2)
    if story.client == "argocd":
        story.repository.deliver_again("a manual sync without pruning", "-prune=false")
        story.repository.deliver_again("a selective sync", "-prune=false", "-only", f"StatefulSet/{RACKS[2]}")
        story.keeps_replicas("they shrink nothing", 2, 2, 2)
    story.report.expect(nodes(story.world, story.namespace) == before, "every pod is the same")
    with _somebody_writes_the_state(story):
        story.runs_twice_at_once()
    left = story.ring.decommissioned()
    story.report.expect(left == [f"{rack}-1" for rack in reversed(RACKS)], f"left one after the other: {left}")
    asked = story.ring.asked.count("POST /api/v1/ops/node/decommission")
    story.report.expect(asked == 3, f"each was asked once ({asked})")
    kept = {pod for pod, uid in nodes(story.world, story.namespace).items() if before[pod] == uid}
    story.report.expect(not kept, f"all others have restarted {kept or ''}")
    story.is_at_rest(3, "4.1.10")
    left = story.jobs() - {"shop-by-hand"}
    story.report.expect(len(left) == 1 and not left & jobs, f"of the Jobs that commits brought, one is left: {left}")
    story.repository.deliver_again("the same commit again")
    story.keeps_replicas("it grows nothing", 1, 1, 1)
    _describes(story)


def _describes(story: Story) -> None:
    told = story.world.machine.kubectl("describe", "statefulset", RACKS[0], "-n", story.namespace)
    lines = [" ".join(line.split()) for line in told.splitlines() if "cassc-step" in line]
    story.report.expect(lines, f"`kubectl describe` tells of it: {lines}")


@contextmanager
def _somebody_writes_the_state(story: Story) -> Iterator[None]:
    """A hand that annotates the state again and again: each time what the program has read is old."""
    ends = threading.Event()
    arguments = ("annotate", "configmap", "shop-state", "-n", story.namespace, "--overwrite")

    def write() -> None:
        for number in range(10_000):
            if ends.wait(2):
                return
            story.world.machine.ask(*arguments, f"somebody={number}")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    yield
    ends.set()
    writer.join()
    found = story.world.machine.get(f"/api/v1/namespaces/{story.namespace}/configmaps/shop-state")
    number = int(found["metadata"]["annotations"]["somebody"])
    story.report.expect(number > 1, f"somebody has written it {number + 1} times, and that is still there")


def _grows(story: Story) -> None:
    story.commit("a commit with six nodes", nodes=6, version="4.1.10")
    story.keeps_replicas("it grows nothing", 1, 1, 1)
    story.program.run("the growth")
    story.is_at_rest(6, "4.1.10")


def _hands(story: Story) -> None:
    scale = ("scale", "statefulset", RACKS[0], "-n", story.namespace)
    for replicas, what in ((1, "a hand lowers replicas"), (3, "a hand raises replicas")):
        story.world.machine.kubectl(*scale, f"--replicas={replicas}")
        story.repository.deliver_again(f"{what}, and the same commit again")
        story.keeps_replicas(f"{what}: the client does not fight", replicas, 2, 2)
        story.repository.rests_without_complaint()
        story.program.run("the program puts it right")
        story.is_at_rest(6, "4.1.10")


def _is_made_again(story: Story) -> None:
    before = nodes(story.world, story.namespace)
    story.world.machine.kubectl("delete", "statefulset", RACKS[0], "-n", story.namespace, "--cascade=orphan")
    story.repository.deliver_again("a StatefulSet is deleted without its pods, and the same commit again")
    story.keeps_replicas("it is there again, with the number in Git", 2, 2, 2)
    story.world.settle(story.namespace)
    story.report.expect(nodes(story.world, story.namespace) == before, "every pod is the same")
    story.program.run("the program finds nothing to do")
    story.is_at_rest(6, "4.1.10")


_PROMISE = "a shrink with another image, growth, hands, orphans: the client leaves replicas alone, the program does not"
STORIES = [
    ("replicas:argocd", _PROMISE, functools.partial(whole_life, client="argocd", name="replicas-argocd"), True),
    (
        "replicas:argocd-client-side",
        _PROMISE,
        functools.partial(whole_life, client="argocd", name="replicas-client-side", without=("ServerSideApply=true",)),
        False,
    ),
    ("replicas:flux", _PROMISE, functools.partial(whole_life, client="flux", name="replicas-flux"), False),
    *(
        (
            f"guard:replicas:{client}",
            "with the policies of `cassc guard`: a shrink comes through, by the program alone",
            functools.partial(behind_the_guard, client=client),
            False,
        )
        for client in ("argocd", "flux")
    ),
]
