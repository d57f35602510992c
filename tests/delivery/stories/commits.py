"""One commit after another, by every client: a first install in which every rack waits, a configuration that breaks pods
and the commit that repairs them, growth, and the removal of a datacenter."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable

from harness.clients import CLIENTS, ArgoCd
from harness.world import Tree, World
from nodes.harness.processes import wait_until
from stories.topology import topology

_SLOWER, _FASTER, _REPAIRED = "{concurrent_reads: 16}", "{concurrent_reads: 64}", "{concurrent_reads: 48}"
_NO_REPLICAS = '{code: E352, reason: "nothing is replicated to dc2 any more"}'


class Repository:
    """The commits of one cluster, and the client that delivers them into a namespace."""

    def __init__(
        self, world: World, client: str, story: str, make: Callable[..., str] = topology, without: tuple[str, ...] = ()
    ) -> None:
        self.world, self.report, self.make = world, world.report, make
        self.namespace = f"{story}-{client}"
        world.make_namespace(self.namespace)
        self.client = CLIENTS[client](world, self.namespace, without)
        self.tree: Tree | None = None
        self.topologies: list[str] = []

    def commit(self, **changes: object) -> Tree:
        """Render the next commit."""
        self.topologies.append(self.make(self.namespace, **changes))
        self.tree = self.world.render(self.topologies[-1], self.client.dialect, self.namespace)
        return self.tree

    def deliver(self, what: str, **changes: object) -> None:
        """The next commit, delivered to its end."""
        said = self.client.deliver(self.commit(**changes))
        self.report.expect(not said, f"{what}: delivered to the end {said}")

    def deliver_again(self, what: str, *options: str) -> None:
        """The same commit once more."""
        said = self.client.deliver(self.tree, *options)
        self.report.expect(not said, f"{what}: delivered to the end {said}")

    def install(self, **changes: object) -> None:
        """The first commit, until it rests."""
        self.deliver("the first commit", **changes)
        self.world.settle(self.namespace)

    def configurations(self, datacenter: str = "dc1") -> set[str]:
        """The names of configuration ConfigMaps that pod templates of now mount."""
        return {_configuration(it["spec"]["template"]) for it in self._of(datacenter).values()}

    def _of(self, datacenter: str) -> dict[str, dict]:
        found = self.world.statefulsets(self.namespace)
        return {name: it for name, it in found.items() if name.startswith(f"shop-{datacenter}-")}

    def rests_without_complaint(self) -> None:
        """Everything is ready, and the client has nothing to say."""
        self.world.settle(self.namespace)
        said = self.client.complaints(self.tree)
        self.report.expect(not said, f"all pods are ready, the client sees no difference {said or ''}")


def _configuration(template: dict) -> str:
    (name,) = [it["configMap"]["name"] for it in template["spec"]["volumes"] if it["name"] == "cassc-config"]
    return name


def _is_ready(pod: dict) -> bool:
    return any(it["type"] == "Ready" and it["status"] == "True" for it in pod["status"].get("conditions", []))


def install_while_all_wait(world: World, client: str) -> None:
    """Nothing waits for a rack, so a commit that cures comes through."""
    repository = Repository(world, client, "waiting")
    world.wish(repository.namespace, pods="running")
    repository.deliver("the first commit, while no pod becomes ready", dc2=3)
    wait_until("all pods run", 90, lambda: len(world.pods(repository.namespace)) == 6, pause=0.3)
    if isinstance(repository.client, ArgoCd):
        world.report.expect(repository.client.told["waves"] == [0], "everything in one wave")
    first = repository.configurations()
    repository.deliver("a second commit, while still no pod is ready", dc2=3, config=_FASTER)
    world.report.expect(repository.configurations().isdisjoint(first), "the second commit has arrived in every rack")
    ready = [name for name, pod in world.pods(repository.namespace).items() if _is_ready(pod)]
    world.report.expect(not ready, f"all the time no pod was ready {ready or ''}")
    world.wish(repository.namespace, pods="ready")
    repository.rests_without_complaint()


def broken_and_repaired(world: World, client: str) -> None:
    """A configuration with which pods do not become ready, and the commit that repairs it."""
    repository = Repository(world, client, "broken")
    namespace = repository.namespace
    repository.install()
    before, good = world.uids(namespace), repository.configurations()
    broken_tree = repository.commit(config=_SLOWER)
    said = repository.client.deliver(broken_tree)
    world.report.expect(not said, f"the broken commit: delivered to the end {said}")
    (broken,) = repository.configurations()
    world.wish(namespace, **{f"with.{broken}": "running"})
    time.sleep(2)
    world.report.expect(world.uids(namespace) == before, "applying a configuration restarts nothing")
    world.restart(namespace, "shop-dc1-r1-sts-0")
    wait_until("the pod runs", 90, lambda: _runs(world, namespace, "shop-dc1-r1-sts-0"), pause=0.3)
    time.sleep(2)
    pods = world.pods(namespace)
    world.report.expect(
        [name for name, pod in pods.items() if not _is_ready(pod)] == ["shop-dc1-r1-sts-0"],
        "the pod that restarts with it does not become ready; the others serve on",
    )
    repository.deliver("the repairing commit, while the pod is not ready", config=_REPAIRED)
    world.report.expect(not repository.configurations() & {broken, *good}, "the repair has arrived in every rack")
    for pod in sorted(before):
        world.restart(namespace, pod)
        world.settle(namespace)
    used = {_configuration(pod) for pod in world.pods(namespace).values()}
    world.report.expect(used == repository.configurations(), "restarted, every pod has the repaired configuration")
    kept = {f"ConfigMap/{name}" for name in (*good, broken)}
    world.report.expect(kept <= world.names(namespace), "earlier configurations are there for who rolls back")
    repository.rests_without_complaint()


def _runs(world: World, namespace: str, pod: str) -> bool:
    return world.pods(namespace).get(pod, {}).get("status", {}).get("phase") == "Running"


def growth(world: World, client: str) -> None:
    """More nodes, then a rack in front of another datacenter's: nothing that is there moves."""
    repository = Repository(world, client, "growth")
    repository.install(dc2=3)
    pods, objects = world.uids(repository.namespace), world.names(repository.namespace)
    for what, expected, changes in (
        ("three more nodes", 9, {"nodes": 6}),
        ("a rack in the middle", 11, {"nodes": 8, "racks": 4}),
    ):
        repository.deliver(what, dc2=3, **changes)
        world.settle(repository.namespace)
        now = world.uids(repository.namespace)
        world.report.expect(len(now) == expected, f"{what}: there are {expected} pods")
        moved = sorted(name for name, uid in pods.items() if now.get(name) != uid)
        world.report.expect(not moved, f"{what}: no pod that was there has restarted {moved or ''}")
        gone = objects - world.names(repository.namespace)
        world.report.expect(not gone, f"{what}: no object has gone {sorted(gone) or ''}")
    repository.rests_without_complaint()


# What Argo CD and Flux take away when a datacenter is no longer rendered, and what a person does.
_PRUNED = {
    "PodDisruptionBudget/dc2-pdb",
    "Service/shop-dc2-service",
    "Service/shop-dc2-all-pods-service",
    "Service/shop-dc2-additional-seed-service",
}
_RACKS = {f"StatefulSet/shop-dc2-r{number}-sts" for number in (1, 2)}


def removal(world: World, client: str) -> None:
    """Pruning takes what it should, and only that."""
    repository = Repository(world, client, "removal")
    namespace = repository.namespace
    repository.install(dc2=3)
    _make_in_the_cluster(world, namespace)
    repository.deliver("dc2 without nodes", dc2=0, accept=_NO_REPLICAS)
    wait_until("its pods have gone", 90, lambda: len(world.pods(namespace)) == 3, pause=0.3)
    before, configurations = world.names(namespace), repository.configurations()
    repository.deliver("dc2 is not rendered any more", config=_FASTER)
    world.report.expect(
        configurations.isdisjoint(repository.configurations()), "what else the commit brings has arrived"
    )
    pruned = _PRUNED if client in ("argocd", "flux") else set()
    wait_until("what is pruned has gone", 90, lambda: not pruned & world.names(namespace), pause=0.3)
    _gone_are_exactly(world, namespace, before, pruned)
    if isinstance(repository.client, ArgoCd):
        ignored = {it["object"] for it in repository.client.told["extra"] if it["ignored"]}
        world.report.expect(ignored >= _RACKS, "the StatefulSets stay, and Argo CD does not call that a difference")
    repository.rests_without_complaint()
    _a_person_deletes_the_rest(repository)
    _gone_are_exactly(world, namespace, before, pruned | _RACKS)
    repository.rests_without_complaint()


def _gone_are_exactly(world: World, namespace: str, before: set[str], expected: set[str]) -> None:
    gone = before - world.names(namespace)
    world.report.expect(
        gone == expected, f"gone are exactly {sorted(expected)}; more or less: {sorted(gone ^ expected)}"
    )


def _a_person_deletes_the_rest(repository: Repository) -> None:
    """By the command that the plan of the last commit names, word for word."""
    told = repository.world.plan(*repository.topologies[-2:], repository.client.dialect)
    (command,) = re.findall(r"kubectl .*\bdelete statefulset .*", told)
    program, *arguments = shlex.split(command)
    repository.world.machine.kubectl(*arguments)
    repository.report.saw(f"by hand, as the plan says: {program} {' '.join(arguments)}")


def _make_in_the_cluster(world: World, namespace: str) -> None:
    """What people and the step program make, and no commit knows."""
    for kind, name in (("Secret", "shop-superuser"), ("ConfigMap", "shop-state"), ("ConfigMap", "of-somebody-else")):
        labels = {"cassandra.datastax.com/cluster": "shop"}
        metadata = {"name": name, "namespace": namespace, "labels": labels}
        world.machine.apply({"apiVersion": "v1", "kind": kind, "metadata": metadata})


_TOLD = (
    ("waiting", "a first install and a second commit arrive while no pod is ready", install_while_all_wait),
    (
        "broken",
        "a configuration breaks pods, the next commit repairs them; applying restarts nothing",
        broken_and_repaired,
    ),
    ("growth", "nodes and a rack are added; nothing that is there moves", growth),
    ("removal", "a datacenter goes; pruning takes what it should, and only that", removal),
)
# `.ci/run` tells the acceptance story of every client, and what only Argo CD and Flux do.
_IN_CI = {"argocd": ("waiting", "broken", "removal"), "flux": ("broken", "removal"), "plain": ("broken",)}

STORIES = [
    (
        f"{client}:{name}",
        promise,
        lambda world, tell=tell, client=client: tell(world, client),
        name in _IN_CI.get(client, ()),
    )
    for client in CLIENTS
    for name, promise, tell in _TOLD
]
