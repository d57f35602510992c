"""What is told: adoption by each delivery tool, the way back, an adoption that is interrupted, and the program in the cluster
that goes on from there."""

from __future__ import annotations

import operated
from adoption import STEPS, Adoption, operator_runs, policies, topology, written
from harness.clients import CLIENTS
from harness.program import Program
from harness.ring import Ring
from harness.world import World
from nodes.harness.processes import wait_until

_STEPS_ON = "  steps: {enabled: true, image: registry.test/cassc-step:0}\n"


def _ring(namespace: str, racks: int, each: int, **more: object) -> operated.Datacenter:
    names = [f"r{number + 1}" for number in range(racks)]
    return operated.Datacenter("shop", "dc1", names, racks * each, namespace, **more)


def _stays(adoption: Adoption, before: dict, step: str) -> None:
    adoption.world.report.expect(
        adoption.lives() == before, f"{step}: every pod and every PVC is the same, none restarted"
    )


def _all_steps(adoption: Adoption, times: int = 1) -> None:
    """Each step, as often as that: the second time does no harm."""
    before = adoption.lives()
    for step in STEPS:
        for time in range(times):
            adoption.step(step)
            _stays(adoption, before, f"{step} again" if time else step)


def _adopted(world: World, dialect: str, ring: operated.Datacenter, times: int = 1) -> None:
    """The whole way, with what is deleted, and what the delivery tool says afterwards."""
    operator_runs(world, True)
    adoption, report = Adoption(world, ring), world.report
    adoption.make()
    before, all_pods = adoption.everything(), set(ring.pods())
    adoption.names(f"{ring.cluster}-seed-service", {f"{ring.set_of(rack)}-0" for rack in ring.racks})
    adoption.write(topology(ring, dialect))
    report.saw(f"written: {' '.join(written(adoption.folder))}")
    _all_steps(adoption, times)
    after = adoption.everything()
    new_sets = {f"StatefulSet/{ring.set_of(rack)}" for rack in ring.racks}
    gone = {name for name, uid in before.items() if after.get(name) != uid}
    budget = f"PodDisruptionBudget/{ring.name}-pdb"
    report.expect(gone == new_sets | {budget}, f"made anew: {sorted(gone)}, and nothing else was deleted")
    made = sorted(name for name in after if name not in before)
    report.expect(all(it.startswith(("ConfigMap/", "ServiceAccount/")) for it in made), f"made: {made}")
    report.expect(not adoption.has_resource(), "the CassandraDatacenter is gone")
    report.expect(policies(world) == ["Fail"], "the webhook refuses again when nobody answers")
    adoption.names(f"{ring.cluster}-seed-service", {pod for pod in all_pods if pod.endswith("-0")})
    adoption.names(f"{ring.cluster}-{ring.name}-service", all_pods)
    _is_delivered(adoption, dialect)


def _is_delivered(adoption: Adoption, dialect: str) -> None:
    """The delivery tool has nothing to do, and owns what it delivers: a field that a later commit drops goes."""
    world, before = adoption.world, adoption.lives()
    client, tree = CLIENTS[dialect](world, adoption.ring.namespace), adoption.tree()
    versions = world.versions(adoption.ring.namespace)
    world.report.expect(not (said := client.deliver(tree)), f"{dialect} delivers the same commit {said}")
    try:
        wait_until("nothing differs", 30, lambda: not client.complaints(tree), pause=1.0)
    except TimeoutError as error:
        raise TimeoutError(f"{error}: {client.complaints(tree)}") from error
    _stays(adoption, before, dialect)
    if dialect == "plain":  # The others write their own labels and annotations into everything.
        changed = [it for it, version in world.versions(adoption.ring.namespace).items() if versions.get(it) != version]
        world.report.expect(not changed, f"nothing was written {changed}")
    owners = {
        (entry["manager"], entry["operation"])
        for it in world.machine.list(adoption.ring.namespace, "services", "statefulsets", "poddisruptionbudgets")
        for entry in it["metadata"]["managedFields"]
        if "subresource" not in entry
    }
    world.report.expect(len(owners) == 1, f"fields belong to {owners}")


def with_kubectl(world: World) -> None:
    """Three racks of one node, by `kubectl apply`."""
    _adopted(world, "plain", _ring("adopt-plain", racks=3, each=1, labels={"team": "shop"}), times=2)


def with_argocd(world: World) -> None:
    """Two nodes per rack, by Argo CD; an old version, and annotations."""
    ring = _ring("adopt-argocd", racks=3, each=2, version="3.11.17", annotations={"example.com/owner": "shop"})
    _adopted(world, "argocd", ring)


def with_flux(world: World) -> None:
    """One rack, by Flux; seeds elsewhere. (Argo CD's structured comparison finds `conditions: {}` of EndpointSlices that cassc does
    not render, adopted or not.)"""
    _adopted(world, "flux", _ring("adopt-flux", racks=1, each=2, additional_seeds=["192.0.2.7"]))


def back(world: World) -> None:
    """Everything but the last step, and back; then all the way."""
    operator_runs(world, True)
    ring = _ring("adopt-back", racks=2, each=1)
    adoption, report = Adoption(world, ring), world.report
    adoption.make()
    before, lives = _operators(adoption), adoption.lives()
    adoption.write(topology(ring, "plain"))
    for step in STEPS[:5]:
        adoption.step(step)
    adoption.step("back")
    _stays(adoption, lives, "back")
    adoption.step("back")
    _stays(adoption, lives, "back again")
    report.expect(
        _operators(adoption) == before, "StatefulSets, services and budget are as the operator made them, and its own"
    )
    operator_runs(world, True)
    adoption.write(topology(ring, "plain"))
    _all_steps(adoption)
    ended = adoption.ask("back")
    report.expect("no way back" in ended.stderr and ended.returncode == 1, "after the last step there is no way back")
    _stays(adoption, lives, "refused")


def _operators(adoption: Adoption) -> dict[str, dict]:
    """Spec, labels, annotations and owners of what the operator makes."""
    listed = adoption.world.machine.list(adoption.ring.namespace, "statefulsets", "services", "poddisruptionbudgets")
    told = {}
    for it in listed:
        metadata = {key: it["metadata"].get(key) for key in ("labels", "annotations", "ownerReferences")}
        told[f"{it['kind']}/{it['metadata']['name']}"] = {"spec": it["spec"], **metadata}
    return told


def interrupted(world: World) -> None:
    """Steps out of order, an operator that runs, a StatefulSet that was deleted when the script was killed, a pod that is another
    one than in the dump."""
    operator_runs(world, True)
    ring = _ring("adopt-killed", racks=2, each=1)
    adoption, report = Adoption(world, ring), world.report
    adoption.make()
    adoption.write(topology(ring, "plain"))
    lives = adoption.lives()
    for step, words in (
        ("state", "the operator runs"),
        ("base", "the operator runs"),
        ("custom-resource", "operator runs"),
    ):
        ended = adoption.ask(step)
        report.expect(
            ended.returncode == 1 and words in ended.stderr, f"{step} before its time: {ended.stderr.strip()}"
        )
    adoption.step("operator")
    for step, words in (
        ("base", "first: sh adopt.sh state"),
        ("statefulsets", "base"),
        ("custom-resource", "statefulsets"),
    ):
        ended = adoption.ask(step)
        report.expect(
            ended.returncode == 1 and words in ended.stderr, f"{step} before its time: {ended.stderr.strip()}"
        )
    adoption.step("state")
    adoption.step("base")
    set_of = ring.set_of("r1")
    world.machine.kubectl("-n", ring.namespace, "delete", "statefulset", set_of, "--cascade=orphan")
    _stays(adoption, lives, f"killed after {set_of} was deleted")
    adoption.step("statefulsets")
    _stays(adoption, lives, "statefulsets")
    pod = f"{set_of}-0"
    world.restart(ring.namespace, pod)
    world.settle(ring.namespace)
    image = world.pods(ring.namespace)[pod]["spec"]["initContainers"][0]["name"]
    report.expect(image == "server-config-init", f"{pod} was lost and came back with cassc's template")
    adoption.step("custom-resource")
    operator_runs(world, True)
    report.expect("done      custom-resource" in adoption.step(), "the list of steps")


def taken_over(world: World) -> None:
    """The program in the cluster: nothing restarts while the topology holds it back, then all pods do, one at a time."""
    operator_runs(world, True)
    ring = _ring("adopt-steps", racks=3, each=1)
    adoption, report = Adoption(world, ring, {"addresses": "loopback"}), world.report
    adoption.make()
    adoption.write(topology(ring, "plain", steps=_STEPS_ON))
    for step in STEPS:
        adoption.step(step)
    client, lives = CLIENTS["plain"](world, ring.namespace), adoption.lives()
    with Ring(world.machine, ring.namespace) as double:
        program = Program(world, double)
        report.expect(not (said := client.deliver(adoption.tree())), f"the first commit is delivered {said}")
        program.run("the rolling restart is held back")
        _stays(adoption, _of_ring(lives, adoption), "the program")
        said = program.log.read_text()
        report.expect("3 pods wait until rollout.stopped is removed" in said, "it says what it waits for")
        claims = adoption.uids("persistentvolumeclaims")
        _next_commit(adoption, topology(ring, "plain", is_held=False, steps=_STEPS_ON))
        report.expect(not (said := client.deliver(adoption.tree())), f"the next commit is delivered {said}")
        program.run("the first rolling restart")
        pods = world.pods(ring.namespace)
        evicted = program.lines("RestartingCassandra")
        report.expect(len(evicted) == len(ring.pods()), f"one after the other: {evicted}")
        explicit = [pod for pod in ring.pods() if "MGMT_API_EXPLICIT_START" in str(pods[pod]["spec"])]
        report.expect(not explicit, f"no pod has the operator's template any more {explicit or ''}")
        report.expect(adoption.uids("persistentvolumeclaims") == claims, "with the same PVCs")
        report.expect(
            double.members() == sorted(ring.pods()) and not double.left, "every node is the member that it was"
        )


def _of_ring(lives: dict, adoption: Adoption) -> dict:
    """The Job of the program has a pod too."""
    jobs = {name for name in adoption.lives() if name not in lives}
    return {**lives, **{name: adoption.lives()[name] for name in jobs}}


def _next_commit(adoption: Adoption, text: str) -> None:
    """The plan of the commit, and its render."""
    world, file = adoption.world, adoption.folder / f"{adoption.ring.cluster}.yaml"
    lock = adoption.folder / "deploy" / adoption.ring.cluster / "cassc.lock"
    for words, topology_text in (("nothing changes", None), ("a rolling restart resumes", text)):
        if topology_text:
            file.write_text(topology_text)
        ended = world.compile("plan", str(file), "--against", str(lock), "-o", str(adoption.folder / "deploy"))
        world.report.expect(ended.returncode == 0 and words in ended.stdout, f"the plan: {ended.stdout}{ended.stderr}")
    ended = world.compile("render", str(file), "-o", str(adoption.folder / "deploy"))
    world.report.expect(ended.returncode == 0, f"it is rendered {ended.stderr if ended.returncode else ''}")


STORIES = [
    (
        "kubectl",
        "three racks; nothing but StatefulSets and the budget is made anew, and kubectl has nothing to do",
        with_kubectl,
    ),
    ("argocd", "two nodes per rack; Argo CD finds nothing out of sync", with_argocd),
    ("flux", "one rack; Flux has nothing to do", with_flux),
    ("back", "the way back gives the operator what it had, and the cluster can be adopted again", back),
    ("interrupted", "steps out of order are refused; whatever was killed goes on; a lost pod comes back", interrupted),
    (
        "program",
        "the program in the cluster waits until the topology lets it, then restarts one pod after the other",
        taken_over,
    ),
]
