"""NetworkPolicies are enforced on the nodes, by kube-network-policies, the reference implementation of Kubernetes.

One daemon for each node, unchanged. It decides about the first packet of each connection, which the kernel hands to it by a
queue. The rules of nftables that it makes for that need a kernel with CONFIG_NFT_QUEUE; the same packets are queued here by
iptables, whose target every kernel with netfilter has. Called by the stories.
"""

from __future__ import annotations

from pathlib import Path

from .machine import Machine
from .node import Node
from .processes import in_namespace, run, wait_until

_ROOT = Path(__file__).resolve().parents[3]
_DAEMON = _ROOT / "target" / "network" / "daemon"
_QUEUE = 100
_CHAIN = "CASSC-POLICIES"


class Policies:
    """The daemons on the nodes of a machine, from `start` to `stop`."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.is_started = False

    def start(self) -> None:
        """From now on policies are enforced for pods of all nodes."""
        self.is_started = True
        run(str(_ROOT / "tests" / "network" / "build"), _DAEMON.name)
        for node in self.machine.nodes:
            self._start_daemon(node)
            for command in self._rules(node):
                run(*in_namespace(node.namespace, *command))

    def _start_daemon(self, node: Node) -> None:
        name, log = self._name(node), self.machine.run_folder / f"{self._name(node)}.log"
        self.machine.processes.start(
            name, node.namespace, str(_DAEMON), f"-kubeconfig={node.kubeconfig}",
            f"-hostname-override={node.name}", f"-nfqueue-id={_QUEUE}", "-fail-open=false", "-disable-nri",
            "-netfilter-bug-1766-fix=false",
        )  # fmt: skip
        wait_until(f"{name} knows the policies", 60, lambda: "Policy engine is ready" in log.read_text())

    def _name(self, node: Node) -> str:
        return f"policies{node.number}"

    def _rules(self, node: Node) -> list[tuple[str, ...]]:
        """New connections of pods, after the address of a Service was replaced; also those between two pods of one node, which
        only the bridge sees. The node itself reaches its pods always, as the kubelet does.
        """
        table = ("iptables", "-w", "-t", "mangle")
        new = ("-m", "conntrack", "--ctstate", "NEW", "-j", "NFQUEUE", "--queue-num", str(_QUEUE))
        pods = node.network.pods_of(node.number)
        ends = [("-p", protocol, end, pods) for protocol in ("tcp", "udp") for end in ("-s", "-d")]
        return [
            ("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1"),
            (*table, "-N", _CHAIN),
            (*table, "-A", _CHAIN, "-m", "addrtype", "--src-type", "LOCAL", "-j", "RETURN"),
            *[(*table, "-A", _CHAIN, *end, *new) for end in ends],
            (*table, "-A", "POSTROUTING", "-j", _CHAIN),
        ]

    def stop(self) -> None:
        """Nothing is enforced any more."""
        if not self.is_started:
            return
        self.is_started = False
        table = ("iptables", "-w", "-t", "mangle")
        for node in self.machine.nodes:
            for command in (("-D", "POSTROUTING", "-j", _CHAIN), ("-F", _CHAIN), ("-X", _CHAIN)):
                run(*in_namespace(node.namespace, *table, *command), check=False)
            self.machine.processes.stop(self._name(node))

    def says(self) -> str:
        """The last words of the daemons."""
        logs = [self.machine.run_folder / f"{self._name(node)}.log" for node in self.machine.nodes]
        return "\n".join(log.read_text()[-500:] for log in logs if log.exists())
