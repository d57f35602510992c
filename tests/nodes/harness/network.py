"""The machine's network: a bridge in the namespace of the control plane, a namespace per node, routes to their pods.

Every address lives in namespaces that are made here; nothing reaches outside. Called by machine.py.
"""

from __future__ import annotations

from .processes import in_namespace, run

CONTROL_PLANE = "cassc-control"
ADDRESS = "172.30.0.1"
BRIDGE = "cassc0"


def namespace_of(node: int) -> str:
    """The network namespace of the node with that number, from 1."""
    return f"cassc-node{node}"


def address_of(node: int) -> str:
    """The address of that node."""
    return f"172.30.0.{10 + node}"


def pods_of(node: int) -> str:
    """The range from which that node gives its pods addresses."""
    return f"10.244.{node}.0/24"


def _ip(namespace: str, *arguments: str) -> None:
    run(*in_namespace(namespace, "ip", *arguments))


def _forward(namespace: str) -> None:
    run(*in_namespace(namespace, "sysctl", "-qw", "net.ipv4.ip_forward=1"))


def build(nodes: int) -> None:
    """Make the namespaces, the bridge between them and all routes."""
    run("ip", "netns", "add", CONTROL_PLANE)
    _ip(CONTROL_PLANE, "link", "set", "lo", "up")
    _ip(CONTROL_PLANE, "link", "add", BRIDGE, "type", "bridge")
    _ip(CONTROL_PLANE, "addr", "add", f"{ADDRESS}/24", "dev", BRIDGE)
    _ip(CONTROL_PLANE, "link", "set", BRIDGE, "up")
    _forward(CONTROL_PLANE)
    numbers = range(1, nodes + 1)
    for node in numbers:
        _plug_in(node)
    for node in numbers:
        for other in numbers:
            if other != node:
                _ip(namespace_of(node), "route", "add", pods_of(other), "via", address_of(other))


def _plug_in(node: int) -> None:
    namespace, cable = namespace_of(node), f"casscv{node}"
    run("ip", "netns", "add", namespace)
    _ip(namespace, "link", "set", "lo", "up")
    run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    run("ip", "link", "set", cable, "netns", CONTROL_PLANE)
    _ip(CONTROL_PLANE, "link", "set", cable, "master", BRIDGE, "up")
    _ip(namespace, "addr", "add", f"{address_of(node)}/24", "dev", "eth0")
    _ip(namespace, "link", "set", "eth0", "up")
    _ip(namespace, "route", "add", "default", "via", ADDRESS)
    _ip(CONTROL_PLANE, "route", "add", pods_of(node), "via", address_of(node))
    _forward(namespace)


def _namespaces(nodes: int) -> list[str]:
    """The namespaces of a machine with that many nodes which exist, made in this run or in one that was killed."""
    ours = [CONTROL_PLANE, *(namespace_of(node) for node in range(1, nodes + 1))]
    listed = [line.split()[0] for line in run("ip", "netns", "list", check=False).splitlines() if line.split()]
    return [name for name in ours if name in listed]


def processes(nodes: int) -> list[int]:
    """Every process in these namespaces. Nobody but this machine's parts is in there."""
    found = [run("ip", "netns", "pids", name, check=False).split() for name in _namespaces(nodes)]
    return [int(process) for one in found for process in one if process.isdigit()]


def remove(nodes: int) -> None:
    """Delete these namespaces."""
    for name in _namespaces(nodes):
        run("ip", "netns", "del", name, check=False)
