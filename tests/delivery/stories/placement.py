"""Where pods go and when they may be taken: examples/multi-rack.yaml on three zones of three workers."""

from __future__ import annotations

import json
from pathlib import Path

from harness.machine import WORKERS_PER_ZONE, ZONES
from harness.world import World
from nodes.harness.processes import wait_until
from stories.applied import render

_EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "multi-rack.yaml"
_RACK = "multi-rack-multi-rack-{}-sts-{}"


def _install(world: World, namespace: str) -> None:
    tree = render(world, _EXAMPLE, "plain", namespace)
    world.machine.kubectl("apply", "--server-side", "-k", str(tree.folder))


def spread(world: World) -> None:
    """Nine pods, a worker for each, each rack in its zone; on workers that only Cassandra may use."""
    world.machine.kubectl("taint", "nodes", "--all", "dedicated=cassandra:NoSchedule")
    try:
        _install(world, "spread")
        world.settle("spread")
    finally:
        world.machine.kubectl("taint", "nodes", "--all", "dedicated-")
    pods = world.pods("spread")
    used = {pod["spec"]["nodeName"] for pod in pods.values()}
    world.report.expect(len(pods) == len(used) == 9, "nine pods are on nine workers, which are tainted for them")
    misplaced = [name for name, pod in pods.items() if _rack(pod) != _zone(world, pod)]
    world.report.expect(not misplaced, f"every pod is in the zone of its rack {misplaced or ''}")


def _rack(pod: dict) -> str:
    return pod["metadata"]["labels"]["cassandra.datastax.com/rack"]


def _zone(world: World, pod: dict) -> str:
    labels = world.machine.get(f"/api/v1/nodes/{pod['spec']['nodeName']}")["metadata"]["labels"]
    return labels["topology.kubernetes.io/zone"]


def budget(world: World) -> None:
    """While one pod is away no second one may be taken, from whatever rack."""
    _install(world, "budget")
    world.settle("budget")
    first, second = _RACK.format(ZONES[0], 0), _RACK.format(ZONES[1], 0)
    world.wish("budget", **{first: "running"})
    world.report.expect(_evict(world, "budget", first) == "", f"{first} is evicted")
    wait_until("it is not ready", 90, lambda: _disruptions_allowed(world, "budget") == 0, pause=0.3)
    said = _evict(world, "budget", second)
    world.report.expect("disruption budget" in said, f"{second} is not: {said}")
    world.wish("budget", **{first: "ready"})
    wait_until("a disruption is allowed again", 90, lambda: _disruptions_allowed(world, "budget") == 1, pause=0.3)
    world.report.expect(_evict(world, "budget", second) == "", f"when {first} is ready again, {second} may go")


def _disruptions_allowed(world: World, namespace: str) -> int:
    (budget,) = world.machine.list(namespace, "poddisruptionbudgets")
    is_current = budget["status"]["observedGeneration"] == budget["metadata"]["generation"]
    return budget["status"]["disruptionsAllowed"] if is_current else -1


def _evict(world: World, namespace: str, pod: str) -> str:
    """What the API server says against it; empty when the pod goes."""
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace}}
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
    ended = world.machine.ask("create", "--raw", path, "-f", "-", stdin=json.dumps(eviction))
    return "" if ended.returncode == 0 else ended.stderr.strip()


def no_room(world: World) -> None:
    """A zone lacks a worker: a pod waits for one, and goes nowhere else."""
    missing = f"{ZONES[2]}-{WORKERS_PER_ZONE - 1}"
    world.machine.kubectl("cordon", missing)
    try:
        _install(world, "no-room")
        wait_until("all but one are placed", 90, lambda: len(_placed(world, "no-room")) == 8, pause=0.3)
        (waiting,) = set(world.pods("no-room")) - set(_placed(world, "no-room"))
        wait_until("the scheduler has said why", 90, lambda: _why(world, "no-room", waiting), pause=0.3)
        said = _why(world, "no-room", waiting)
        world.report.expect(ZONES[2] in waiting and "unschedulable" in said, f"{waiting} is not placed: {said}")
        elsewhere = [name for name, pod in _placed(world, "no-room").items() if _rack(pod) != _zone(world, pod)]
        world.report.expect(not elsewhere, f"no pod is in a zone that is not its own {elsewhere or ''}")
    finally:
        world.machine.kubectl("uncordon", missing)
    world.settle("no-room")
    node = world.pods("no-room")[waiting]["spec"]["nodeName"]
    world.report.expect(node == missing, f"with the worker back, {waiting} is on {node}")


def _placed(world: World, namespace: str) -> dict[str, dict]:
    return {name: pod for name, pod in world.pods(namespace).items() if pod["spec"].get("nodeName")}


def _why(world: World, namespace: str, pod: str) -> str:
    conditions = world.pods(namespace)[pod]["status"].get("conditions", [])
    return " ".join(it.get("message", "") for it in conditions if it["type"] == "PodScheduled")


STORIES = [
    (
        "placement:spread",
        "nine pods in three zones, one per worker, on workers that are tainted for them",
        spread,
        True,
    ),
    ("placement:budget", "the disruption budget blocks a second eviction", budget, True),
    ("placement:no-room", "a zone without room leaves a pod pending rather than misplaced", no_room, True),
]
