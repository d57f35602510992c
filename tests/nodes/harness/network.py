"""A machine's network: a bridge in the namespace of the control plane, a namespace per node, routes to their pods.

Every address lives in namespaces that are made here; nothing reaches outside. A machine is named by a letter, from which
its ranges follow, so that two machines run beside each other and can be connected. The range of the Services is the same
in all of them, as in many Kubernetes clusters. Called by machine.py.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from .processes import in_namespace, run

LETTERS = string.ascii_lowercase
SERVICES = "10.96.0.0/16"


@dataclass(frozen=True)
class Network:
    """The network of the machine with that letter and so many nodes. Nodes have numbers from 1."""

    letter: str
    nodes: int

    @property
    def _number(self) -> int:
        return LETTERS.index(self.letter)

    @property
    def control_plane(self) -> str:
        """The namespace of the control plane, through which the nodes reach each other."""
        return f"cassc-{self.letter}-control"

    @property
    def address(self) -> str:
        """The address of the control plane."""
        return f"172.30.{self._number}.1"

    @property
    def pods(self) -> str:
        """The range of all pods."""
        return f"10.{200 + self._number}.0.0/16"

    def namespace_of(self, node: int) -> str:
        """The network namespace of that node."""
        return f"cassc-{self.letter}-node{node}"

    def address_of(self, node: int) -> str:
        """The address of that node."""
        return f"172.30.{self._number}.{10 + node}"

    def pods_of(self, node: int) -> str:
        """The range from which that node gives its pods addresses."""
        return f"10.{200 + self._number}.{node}.0/24"

    # --- Life -------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Make the namespaces, the bridge between them and all routes."""
        control, bridge = self.control_plane, "nodes"
        run("ip", "netns", "add", control)
        _ip(control, "link", "set", "lo", "up")
        _ip(control, "link", "add", bridge, "type", "bridge")
        _ip(control, "addr", "add", f"{self.address}/24", "dev", bridge)
        _ip(control, "link", "set", bridge, "up")
        _forward(control)
        numbers = range(1, self.nodes + 1)
        for node in numbers:
            self._plug_in(node, bridge)
        for node in numbers:
            for other in numbers:
                if other != node:
                    route = ("route", "add", self.pods_of(other), "via", self.address_of(other))
                    _ip(self.namespace_of(node), *route)

    def _plug_in(self, node: int, bridge: str) -> None:
        namespace, control, cable = self.namespace_of(node), self.control_plane, f"node{node}"
        run("ip", "netns", "add", namespace)
        _ip(namespace, "link", "set", "lo", "up")
        _ip(control, "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip(control, "link", "set", cable, "master", bridge, "up")
        _ip(namespace, "addr", "add", f"{self.address_of(node)}/24", "dev", "eth0")
        _ip(namespace, "link", "set", "eth0", "up")
        _ip(namespace, "route", "add", "default", "via", self.address)
        _ip(control, "route", "add", self.pods_of(node), "via", self.address_of(node))
        _forward(namespace)

    def connect(self, other: Network) -> None:
        """A cable between two machines: their nodes and pods reach each other by their own addresses. It goes with either."""
        run(*in_namespace(self.control_plane, "ip", "link", "del", f"to-{other.letter}"), check=False)
        end = ("peer", "name", f"to-{self.letter}", "netns", other.control_plane)
        _ip(self.control_plane, "link", "add", f"to-{other.letter}", "type", "veth", *end)
        for here, there in ((self, other), (other, self)):
            cable = f"to-{there.letter}"
            _ip(here.control_plane, "link", "set", cable, "up")
            _ip(here.control_plane, "route", "add", f"{there.address}/32", "dev", cable, "src", here.address)
        for here, there in ((self, other), (other, self)):
            for range_of in (f"{there.address.rsplit('.', 1)[0]}.0/24", there.pods):
                _ip(here.control_plane, "route", "add", range_of, "via", there.address, "dev", f"to-{there.letter}")

    # --- What is there ----------------------------------------------------------------------------------------------

    def _namespaces(self) -> list[str]:
        """The namespaces of this machine that exist, made in this run or in one that was killed."""
        return [name for name in _all_namespaces() if name.startswith(f"cassc-{self.letter}-")]

    def _namespaces_of_pods(self) -> list[str]:
        """The namespaces that containerd made for pods and did not remove, because it was killed first."""
        start = self.pods.removesuffix("0.0/16")
        of_containerd = [name for name in _all_namespaces() if name.startswith("cni-")]
        return [
            name for name in of_containerd if f" {start}" in run("ip", "-n", name, "-brief", "address", check=False)
        ]

    def processes(self) -> list[int]:
        """Every process in these namespaces. Nobody but this machine's parts is in there."""
        found = [run("ip", "netns", "pids", name, check=False).split() for name in self._namespaces()]
        return [int(process) for one in found for process in one if process.isdigit()]

    def remove(self) -> None:
        """Delete these namespaces. A pod's is known by its address, which it has while its node's namespace is there."""
        for name in self._namespaces_of_pods() + self._namespaces():
            run("ip", "netns", "del", name, check=False)


def _all_namespaces() -> list[str]:
    return [line.split()[0] for line in run("ip", "netns", "list", check=False).splitlines() if line.split()]


def _ip(namespace: str, *arguments: str) -> None:
    run(*in_namespace(namespace, "ip", *arguments))


def _forward(namespace: str) -> None:
    run(*in_namespace(namespace, "sysctl", "-qw", "net.ipv4.ip_forward=1"))
