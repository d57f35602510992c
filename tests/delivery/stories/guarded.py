"""The admission policies of `cassc guard`, on an API server that has them: what a delivery tool and a hand may do, what is
refused and in which words, and what the account of the program in the cluster may do."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness.clients import CLIENTS
from harness.world import World
from nodes.harness.processes import wait_until
from stories.commits import _FASTER, Repository

_OF_REPLICAS = "are changed by cassc-step alone"
_OF_SETS = "has Cassandra nodes and is not deleted"
_OF_CLAIMS = "cassc-step alone deletes it"
_NODES_LEFT = '{code: E352, reason: "they have left the ring"}'
_SET = "shop-dc1-r3-sts"
_HOME = "first-namespace"
_CLAIM = f"server-data-{_SET}-1"
# How long a policy takes to be in force, or out of it: the API server reads policies every second.
_PATIENCE = 60
# A namespace of an earlier story goes while the next one is told.
_NUMBERS = itertools.count(1)


@contextmanager
def guard(world: World) -> Iterator[None]:
    """While this lasts, the policies are in force; a StatefulSet of nobody shows when."""
    text = world.compile("guard").stdout
    probe = f"guard-probe-{next(_NUMBERS)}"
    world.make_namespace(probe)
    world.machine.apply(_stateful_set(probe, "shop-dc1-probe-sts", "cassc", replicas=0))
    ended = world.machine.ask("apply", "--server-side", "--validate=strict", "-f", "-", stdin=text)
    world.report.expect(ended.returncode == 0 and not ended.stderr, f"the policies are accepted {ended.stderr}")
    try:
        wait_until("the policies are in force", _PATIENCE, lambda: _OF_REPLICAS in _probed(world, probe), pause=0.3)
        # The policies are read together, but no document says so.
        time.sleep(2)
        yield
    finally:
        world.machine.kubectl("delete", "-f", "-", stdin=text)
        wait_until("the policies are gone", _PATIENCE, lambda: not _probed(world, probe), pause=0.3)


def _probed(world: World, namespace: str) -> str:
    # To another number each time: where nothing changes, nothing is refused.
    live = world.statefulsets(namespace)["shop-dc1-probe-sts"]["spec"]["replicas"]
    arguments = ("scale", "statefulset", "shop-dc1-probe-sts", "-n", namespace, f"--replicas={1 - live}")
    return world.machine.ask(*arguments).stderr


def _stateful_set(namespace: str, name: str, manager: str, replicas: int = 1) -> dict:
    """A StatefulSet of Cassandra's labels that nobody rendered."""
    labels = {"cassandra.datastax.com/cluster": "shop", "cassandra.datastax.com/datacenter": "dc1"}
    metadata = {"name": name, "namespace": namespace, "labels": {**labels, "app.kubernetes.io/managed-by": manager}}
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    container = {
        "name": "c",
        "image": "c",
        "securityContext": {**security, "seccompProfile": {"type": "RuntimeDefault"}},
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "serviceName": name, "template": template}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec}


class Hands:
    """What somebody does in a namespace, with kubectl."""

    def __init__(self, world: World, namespace: str) -> None:
        self.world, self.report, self.namespace = world, world.report, namespace

    def act(self, *arguments: str, account: str | None = None) -> subprocess.CompletedProcess[str]:
        """kubectl in the namespace, perhaps as one of its accounts, or as one with its namespace before its name."""
        home, _, name = account.rpartition("/") if account else ("", "", "")
        user = [f"--as=system:serviceaccount:{home or self.namespace}:{name}"] if account else []
        return self.world.machine.ask(*arguments, "-n", self.namespace, *user)

    def is_refused(self, what: str, sentence: str, *arguments: str, account: str | None = None) -> None:
        """It comes to nothing, and the reason is told."""
        ended = self.act(*arguments, account=account)
        told = ended.stderr.strip()
        self.report.expect(
            ended.returncode != 0 and sentence in told and "(Forbidden)" in told, f"refused: {what}: {told[-330:]}"
        )

    def is_done(self, what: str, *arguments: str, account: str | None = None) -> None:
        """Nobody refuses it."""
        ended = self.act(*arguments, account=account)
        self.report.expect(ended.returncode == 0, f"allowed: {what} {ended.stderr.strip()}")

    def replicas(self) -> int:
        """Of the StatefulSet that is played with."""
        return self.world.statefulsets(self.namespace)[_SET]["spec"]["replicas"]


def _mark_as_of_the_program(world: World, namespace: str) -> None:
    """The annotation that StatefulSets have where the program in the cluster changes their replicas. It is not taken from
    a topology here: with `steps` a Job would be delivered too, and no simulated pod does its work."""
    world.machine.kubectl("annotate", "statefulset", "--all", "cassc.io/template=0", "-n", namespace)


def _accounts(world: World, namespace: str) -> None:
    """The program's account of this cluster and that of another one, both with the rights to do harm."""
    rules = [
        {
            "apiGroups": ["apps"],
            "resources": ["statefulsets", "statefulsets/scale"],
            "verbs": ["get", "patch", "update"],
        },
        {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["get", "delete"]},
    ]
    api, names = "rbac.authorization.k8s.io", ("shop-step", "sho-step", "shop-cassandra")
    metadata = {"name": "harm", "namespace": namespace}
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": namespace} for name in names]
    # A cluster in several namespaces has its account in the first.
    subjects.append({"kind": "ServiceAccount", "name": "shop-step", "namespace": _HOME})
    common = {"apiVersion": f"{api}/v1", "metadata": metadata}
    reference = {"apiGroup": api, "kind": "Role", "name": "harm"}
    world.machine.apply(
        {**common, "kind": "Role", "rules": rules},
        {**common, "kind": "RoleBinding", "roleRef": reference, "subjects": subjects},
    )


def delivered(world: World, client: str) -> None:
    """A delivery tool with the guard: everything comes through but another number of replicas."""
    with guard(world):
        repository = Repository(world, client, "guarded")
        namespace = repository.namespace
        repository.install(nodes=6)
        _mark_as_of_the_program(world, namespace)
        first = repository.configurations()
        repository.deliver("another configuration", nodes=6, config=_FASTER)
        world.report.expect(repository.configurations().isdisjoint(first), "it has arrived in every rack")
        repository.rests_without_complaint()
        _is_refused(repository)
        world.report.expect(len(world.pods(namespace)) == 6, "all pods are there")
        repository.deliver("the commit that takes it back", nodes=6, config=_FASTER)
        repository.rests_without_complaint()


def _is_refused(repository: Repository) -> None:
    """A tool that nobody told to ignore replicas, and a commit with fewer nodes."""
    said = repository.client.deliver(repository.commit(nodes=3, config=_FASTER, accept=_NODES_LEFT))
    results = getattr(repository.client, "told", {}).get("results", [])
    reasons = said + "".join(it["message"] for it in results)
    repository.report.expect(bool(said) and _OF_REPLICAS in reasons, f"fewer nodes by a tool: {reasons[-600:]}")
    found = repository.world.statefulsets(repository.namespace)
    replicas = {name: it["spec"]["replicas"] for name, it in found.items()}
    repository.report.expect(set(replicas.values()) == {2}, f"the replicas are as they were: {replicas}")


def by_hand(world: World) -> None:
    """kubectl with the guard, and the account of the program."""
    with guard(world):
        _is_the_same_again(world)
        repository = Repository(world, "plain", "hands")
        repository.install(nodes=6)
        _mark_as_of_the_program(world, repository.namespace)
        _accounts(world, repository.namespace)
        hands = Hands(world, repository.namespace)
        _scaling(hands)
        _deleting_sets(hands)
        _deleting_claims(hands)
        _other_sets(hands)
        _lifted_for_all(hands)
    _dying_namespace(world)


def _is_the_same_again(world: World) -> None:
    text = world.compile("guard").stdout
    ended = world.machine.ask("diff", "--server-side", "-f", "-", stdin=text)
    world.report.expect(ended.returncode == 0, f"applied again, nothing differs {ended.stdout}{ended.stderr}")
    listed = world.machine.get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies")["items"]
    wait_until("types are checked", _PATIENCE, lambda: len(_checked(world)) == len(listed) == 3, pause=0.3)
    warnings = [warning for checked in _checked(world) for warning in checked.get("expressionWarnings") or []]
    world.report.expect(not warnings, f"the API server finds no fault with the expressions {warnings or ''}")


def _checked(world: World) -> list[dict]:
    listed = world.machine.get("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies")["items"]
    return [it["status"]["typeChecking"] for it in listed if "typeChecking" in it.get("status", {})]


def _scaling(hands: Hands) -> None:
    scale = ("scale", "statefulset", _SET)
    for number in (1, 3):
        hands.is_refused(f"a hand scales to {number}", _OF_REPLICAS, *scale, f"--replicas={number}")
        patch = json.dumps({"spec": {"replicas": number}})
        hands.is_refused(
            f"a hand patches replicas to {number}", _OF_REPLICAS, "patch", "statefulset", _SET, "--patch", patch
        )
    for account in ("sho-step", "shop-cassandra"):
        hands.is_refused(f"{account} scales", _OF_REPLICAS, *scale, "--replicas=1", account=account)
    patch = json.dumps({"spec": {"replicas": 1}})
    hands.is_refused(
        "the program itself, but not through scale",
        _OF_REPLICAS,
        *("patch", "statefulset", _SET, "--patch", patch),
        account="shop-step",
    )
    hands.is_done("a dry run of scale", *scale, "--replicas=1", "--dry-run=server")
    hands.is_done("a dry run of a patch", "patch", "statefulset", _SET, "--patch", patch, "--dry-run=server")
    hands.report.expect(hands.replicas() == 2, "until here nothing has changed")
    hands.is_done("the program lowers replicas through scale", *scale, "--replicas=1", account="shop-step")
    hands.report.expect(hands.replicas() == 1, "they are lowered")
    for number in (2, 1):
        hands.is_done(
            f"the program of a cluster in several namespaces scales to {number}",
            *(*scale, f"--replicas={number}"),
            account=f"{_HOME}/shop-step",
        )
    wait_until("the pod is gone", _PATIENCE, lambda: f"{_SET}-1" not in hands.world.pods(hands.namespace), pause=0.3)


def _deleting_sets(hands: Hands) -> None:
    delete = ("delete", "statefulset", _SET, "--wait=false")
    for cascade in ("background", "orphan", "foreground"):
        hands.is_refused(f"a StatefulSet is deleted, {cascade}", _OF_SETS, *delete, f"--cascade={cascade}")
    hands.is_refused("all of a collection", _OF_SETS, *_collection(hands, "/apis/apps/v1", "statefulsets"))
    hands.is_done("a dry run of it", *delete, "--dry-run=server")
    hands.report.expect(len(hands.world.statefulsets(hands.namespace)) == 3, "all StatefulSets are there")


def _collection(hands: Hands, api: str, plural: str) -> tuple[str, ...]:
    """One request that deletes all objects of a kind: kubectl has no other verb for it."""
    return ("delete", "--raw", f"{api}/namespaces/{hands.namespace}/{plural}")


def _deleting_claims(hands: Hands) -> None:
    def claims() -> set[str]:
        return {name for name in hands.world.names(hands.namespace) if name.startswith("PersistentVolumeClaim/")}

    delete = ("delete", "pvc", _CLAIM, "--wait=false")
    hands.is_refused("a hand deletes a PVC", _OF_CLAIMS, *delete)
    hands.is_refused("another cluster's program", _OF_CLAIMS, *delete, account="sho-step")
    collection = _collection(hands, "/api/v1", "persistentvolumeclaims")
    hands.is_refused("all of a collection", _OF_CLAIMS, *collection)
    hands.is_done("a dry run of it", *delete, "--dry-run=server")
    hands.report.expect(len(claims()) == 6, "all PVCs are there")
    hands.is_done("the program deletes one", *delete, account="shop-step")
    wait_until("it is gone", _PATIENCE, lambda: f"PersistentVolumeClaim/{_CLAIM}" not in claims(), pause=0.3)
    other = "server-data-shop-dc1-r2-sts-1"
    told = hands.act("delete", "pvc", other, "--wait=false").stderr
    (command,) = re.findall(r"kubectl (-n \S+ annotate pvc \S+ \S+),", told)
    hands.is_done(f"a hand does as it was told: {command}", *command.split())
    hands.is_done("and deletes it", "delete", "pvc", other, "--wait=false")


def _other_sets(hands: Hands) -> None:
    """Without nodes, and of others."""
    world, namespace = hands.world, hands.namespace
    scale = ("scale", "statefulset", _SET, "--replicas=0")
    hands.is_done("the program lowers to 0", *scale, account="shop-step")
    hands.is_done("a StatefulSet without nodes is deleted", "delete", "statefulset", _SET, "--wait=false")
    foreign = _stateful_set(namespace, "of-the-operator", "cass-operator")
    own = _stateful_set(namespace, "of-somebody-else", "helm")
    for one in (foreign, own):
        one["spec"]["template"]["metadata"]["labels"] = one["spec"]["selector"]["matchLabels"] = {"app": "other"}
    del own["metadata"]["labels"]
    world.machine.apply(foreign, own)
    hands.is_done(
        "a StatefulSet without Cassandra is scaled", "scale", "statefulset", "of-somebody-else", "--replicas=0"
    )
    patch = json.dumps({"spec": {"replicas": 0}})
    hands.is_done("Cass Operator's is patched", "patch", "statefulset", "of-the-operator", "--patch", patch)
    for name in ("of-the-operator", "of-somebody-else"):
        hands.is_done(f"{name} is deleted", "delete", "statefulset", name, "--wait=false")
    told = hands.act("delete", "statefulset", "shop-dc1-r2-sts", "--wait=false").stderr
    (command,) = re.findall(r"kubectl (-n \S+ annotate statefulset \S+ \S+)$", told.strip())
    hands.is_done(f"a hand does as it was told: {command}", *command.split())
    hands.is_done("and deletes it", "delete", "statefulset", "shop-dc1-r2-sts", "--wait=false")


def _lifted_for_all(hands: Hands) -> None:
    scale = ("scale", "statefulset", "shop-dc1-r1-sts")
    told = hands.act(*scale, "--replicas=3").stderr
    (command,) = re.findall(r"kubectl (label namespace \S+ [^ ,]+),", told)
    hands.is_done(f"a hand does as it was told: {command}", *command.split())
    # The namespace is read from a cache.
    wait_until("it counts", _PATIENCE, lambda: hands.act(*scale, "--replicas=3").returncode == 0, pause=0.3)
    hands.is_done("and scales", *scale, "--replicas=2")


def _dying_namespace(world: World) -> None:
    with guard(world):
        repository = Repository(world, "plain", "dying")
        repository.install()
        namespace = repository.namespace
        world.machine.kubectl("delete", "namespace", namespace, "--wait=false")
        world.namespaces.remove(namespace)

        def is_gone() -> bool:
            listed = world.machine.get("/api/v1/namespaces")["items"]
            return namespace not in {it["metadata"]["name"] for it in listed}

        wait_until("a namespace that is deleted goes, with all that is in it", 120, is_gone, pause=0.5)
        world.report.saw("a namespace that is deleted goes, with all that is in it")


STORIES = [
    (
        "guard:hands",
        "what a hand may not do, in which words, and what the program in the cluster may",
        by_hand,
        True,
    ),
    *[
        (
            f"guard:{client}",
            "with the guard everything is delivered but another number of replicas",
            lambda world, client=client: delivered(world, client),
            client in ("argocd", "flux"),
        )
        for client in CLIENTS
        if client != "stages"
    ],
]
