"""The stories: what is done to the pods, and what must be seen then. Called by __main__.py through stories.py.

Each gets a cluster, the version and a way to speak; it raises StoryFailed when something went otherwise than told.
"""

import os
import shutil
import signal
import time

import cql
from api import jobs, roles_and_keyspaces
from cluster import Cluster
from observe import (
    expect, expect_gate, expect_rendered_files, gate_words, java_process, log, memory, streamed_tables, wait_for,
    wait_for_ring, written,
)  # fmt: skip
from pod import Pod, Say
from topology import NAME, TOKENS, pod_of, topology

ROWS = 2000
# Far beyond what was seen: a start alone takes about 45 s, a join 80 s, on two cores that others use as well.
START, JOIN = 600, 900
# What gate and readiness say of a node that was decommissioned.
LEFT = "this node left the ring"


def management_api(cluster: Cluster, version: str, say: Say) -> None:
    """The Management API of a node answers what was observed of the real one."""
    cluster.configure(topology(version, 1, authenticator="Password"))
    pod = cluster.apply()[0]
    cluster.wait_ready([pod_of(1)], START)
    roles_and_keyspaces(pod, say)
    jobs(pod, version, say)


def one_node(cluster: Cluster, version: str, say: Say) -> None:
    """A node founds its ring, refuses strangers, is drained and deleted, comes back elsewhere, survives a SIGKILL."""
    name = pod_of(1)
    cluster.configure(topology(version, 1, authenticator="Password"))
    pod = cluster.apply()[0]
    cluster.wait_ready([name], START)
    expect_gate(pod, "founding the ring")
    expect_rendered_files(pod)
    expect((cluster.volume(name) / ".bootstrapped").exists(), "readiness left no marker")
    expect(not (cluster.volume(name) / ".joining").exists(), "the sign of a start that is under way is still there")
    for login, wanted in ((None, "requires authentication"), (("nobody", "guess"), "incorrect")):
        words = cql.login_is_refused(pod.address, login)
        expect(wanted in words, f"login {login} was to be refused with {wanted!r}, not {words!r}")
        say(f"login {login} refused: {words}")
    say(f"Cassandra {memory(pod)} resident")
    end_orderly(cluster, name, version)

    cluster.configure(topology(version, 1))
    pod = cluster.apply()[0]
    cluster.wait_ready([name], START)
    expect_gate(pod, "this node is a member of the ring")
    expect_identity(cql.local(pod.address), version, "r1")
    cql.write(pod.address, 100)
    expect(cql.count_found(pod.address, 100) == 100, "rows that were just written are not there")

    pod.played["cassandra"].running.kill()
    begin = time.monotonic()
    while pod.ready:
        time.sleep(0.1)
    cluster.wait_ready([name], START)
    expect(pod.restarts >= 1, "the container was not started again")
    found = cql.count_found(pod.address, 100)
    expect(found == 100, f"{found} of 100 rows after the container was killed")
    say(f"container killed: ready again after {time.monotonic() - begin:.0f} s, 100 of 100 rows read")


def end_orderly(cluster: Cluster, name: str, version: str) -> None:
    """Delete a pod; preStop must have drained the node. That the double drains 3.11 was not seen, so it is not asked for."""
    pod = cluster.pods[name]
    begin = time.monotonic()
    words = cluster.delete(name)
    seconds = time.monotonic() - begin
    can_drain = not version.startswith("3.11.")
    longest = pod.template.grace_seconds / (2 if can_drain else 1)
    expect(seconds < longest, f"{name}: ending took {seconds:.0f} s: {words}")
    if can_drain:
        expect("preStop status 0" in words, f"{name}: {words}")
        expect("DRAINED" in log(pod), f"{name}: the node's log does not say that it was drained")


def expect_identity(found: dict[str, str], version: str, rack: str) -> None:
    """The node is what the topology says, not what the image's own configuration says."""
    wanted = {
        "cluster_name": NAME, "release_version": version, "data_center": "dc1", "rack": rack,
        "bootstrapped": "COMPLETED", "tokens": str(TOKENS),
    }  # fmt: skip
    differing = {key: found[key] for key, value in wanted.items() if found[key] != value}
    expect(not differing, f"system.local says {differing}, wanted {wanted}")


def three_racks(cluster: Cluster, version: str, say: Say) -> None:
    """Three racks at once: a ring in order, data streamed; then the power goes; then one node is deleted."""
    pods = found_ring(cluster, version, 3, say)
    for before, after in zip(pods, pods[1:], strict=False):
        expect(after.init_ended > before.first_ready, f"{after.template.name} did not wait for {before.template.name}")
        expect_gate(after, "joining the ring")
        waited = any(words.startswith("waiting for") for words in gate_words(after))
        expect(waited, f"{after.template.name} did not say for whom it waits")
        tables = streamed_tables(cluster, after.template.name)
        expect(tables > 0, f"{after.template.name}: nothing of the table was streamed to it")
        expect("will not auto bootstrap" not in log(after), f"{after.template.name} joined without its data")
    say(f"ring: {wait_for_ring(pods[0], ['UN'] * 3, 60)}")
    read_all(pods[0], say)
    identities = host_ids(pods)

    power_loss(cluster, identities, say)
    pods = [cluster.pods[pod_of(rack)] for rack in (1, 2, 3)]
    read_all(pods[2], say)

    end_orderly(cluster, pod_of(2), version)
    say(f"ring without it: {wait_for_ring(pods[0], ['UN', 'UN', 'DN'], 60)}")
    cluster.apply()
    say(f"back after {cluster.wait_ready([pod_of(2)], START):.0f} s")
    wait_for_ring(pods[0], ["UN"] * 3, 60)
    read_all(pods[0], say)


def found_ring(cluster: Cluster, version: str, racks: int, say: Say) -> list[Pod]:
    """Apply so many racks at once, write the rows while only the founder is there, and wait for all."""
    begin = time.monotonic()
    cluster.configure(topology(version, racks))
    pods = cluster.apply()
    cluster.wait_ready([pod_of(1)], START)
    expect_gate(pods[0], "founding the ring")
    cql.write(pods[0].address, ROWS)
    say(f"wrote {ROWS} rows, each kept once, on {pods[0].template.name}")
    cluster.wait_ready([pod.template.name for pod in pods], 2 * JOIN)
    say(
        f"{racks} racks ready after {time.monotonic() - begin:.0f} s, Cassandra {', '.join(map(memory, pods))} resident"
    )
    return pods


def read_all(pod: Pod, say: Say) -> None:
    """Every row must be found."""
    found = cql.count_found(pod.address, ROWS)
    expect(found == ROWS, f"{found} of {ROWS} rows are there")
    say(f"read {found} of {ROWS} rows")


def host_ids(pods: list[Pod]) -> dict[str, str]:
    """Pod name → host id, as each node says itself."""
    return {pod.template.name: cql.local(pod.address)["host_id"] for pod in pods}


def power_loss(cluster: Cluster, identities: dict[str, str], say: Say) -> None:
    """All pods die at the same instant and come back at the same instant, with other addresses and the old volumes."""
    old = {name: pod.address for name, pod in cluster.pods.items()}
    cluster.lose_power()
    say("power lost")
    begin = time.monotonic()
    pods = cluster.apply()
    cluster.wait_ready(list(identities), JOIN)
    say(f"all ready {time.monotonic() - begin:.0f} s after the power came back")
    for pod in pods:
        expect_gate(pod, "this node is a member of the ring")
        expect(pod.address != old[pod.template.name], f"{pod.template.name} kept its address")
        waited = pod.init_ended - pod.created
        expect(waited < 20, f"{pod.template.name} waited {waited:.0f} s in the gate")
    expect(host_ids(pods) == identities, "host ids changed")
    wait_for_ring(pods[0], ["UN"] * 3, 90)


def leaves_and_joins_again(cluster: Cluster, version: str, say: Say) -> None:
    """A node is decommissioned, and its claim stays. The gate keeps it from starting until the claim is deleted as it says."""
    pods, leaver = found_ring(cluster, version, 2, say), pod_of(2)
    identity = host_ids(pods)[leaver]
    # Nothing of the story may be lost: --force is for system_distributed, which wants three copies of everything.
    status, words = pods[1].played["cassandra"].running.run(["nodetool", "decommission", "--force"], JOIN)
    expect(status == 0, f"decommission: {words}")
    say(f"decommissioned; ring: {wait_for_ring(pods[0], ['UN'], 60)}")
    read_all(pods[0], say)

    # In the same pod the gate does not run again: there readiness has to say it.
    os.kill(java_process(pods[1])[0], signal.SIGKILL)
    wait_for("readiness gives its advice", JOIN, lambda: LEFT in written(pods[1], "stderr.log"))
    expect("will not rejoin the ring" in log(pods[1]), "Cassandra does not say why it refuses to start")

    cluster.delete(leaver)
    pod = cluster.apply()[0]
    wait_for("the gate holds the node back", START, lambda: any(LEFT in words for words in gate_words(pod)))
    expect(
        f"delete pvc/server-data-{leaver} pod/{leaver}" in gate_words(pod)[-1], f"not the command: {gate_words(pod)}"
    )
    cluster.delete(leaver)
    shutil.rmtree(cluster.volume(leaver))
    pod = cluster.apply()[0]
    cluster.wait_ready([leaver], JOIN)
    expect_gate(pod, "joining the ring")
    say(f"ring: {wait_for_ring(pods[0], ['UN'] * 2, 60)}")
    expect(host_ids([pod])[leaver] != identity, "the node has its old host id")
    expect(streamed_tables(cluster, leaver) > 0, "nothing of the table was streamed to it")
    read_all(pod, say)
