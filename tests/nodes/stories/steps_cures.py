"""Nodes that are lost, and what their user commits: replaceNode, removeNode; and two pods with each other's address."""

from __future__ import annotations

from harness.processes import wait_until
from harness.report import Report
from harness.ring import Ring

from .settled import BASE, CLUSTER, STEPS
from .steps_install import SettledInstall
from .steps_size import KEYSPACE


class Cures(SettledInstall):
    """A ring of three nodes in three racks that may lie on any worker."""

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        for rack in self.spec["datacenters"][0]["racks"]:
            del rack["zone"]
        self.spec["operations"] = []

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("cures-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            ("replace-alive", "replaceNode of a node that is alive is refused", self.replace_alive),
            ("replace-volume", "replaceNode of a node whose volume is lost", self.replace_volume),
            ("replace-worker", "replaceNode of a node whose worker is gone, with its volume", self.replace_worker),
            ("swapped-addresses", "two pods come back with each other's address; both serve again", self.swapped),
            ("remove-node", "removeNode of a fourth node whose worker is gone", self.remove_node),
        ]

    def ask(self, operation: dict, how: str, *stages: str) -> str:
        """A commit with this operation alone; the verdict of its Job."""
        self.spec["operations"] = [operation]
        self.commit(*stages)
        verdict = self.wait_settled() if how == "Complete" else self.program.wait_ended(how)
        self.report.saw(verdict)
        return verdict

    def replace_alive(self) -> None:
        """A typing error must not cost a node."""
        before = self.uids(), self.claims()
        self.writing.make_table(self.pods[0], KEYSPACE)
        verdict = self.ask(_replace("typo", self.pods[0]), "Failed", BASE, STEPS)
        self.report.expect(self.pods[0] in verdict, "refused, and the pod is named")
        self.report.expect((self.uids(), self.claims()) == before and self.everyone_is_up(3), "nothing was stopped")

    def replace_volume(self) -> None:
        """The volume of the second pod is empty when it comes back."""
        ring, pod = self.ring, self.pods[1]
        self.ids = ring.host_ids(self.pods)
        self.writing.start()
        ring.lose_volume(pod)
        wait_until("its gate says so", 300, lambda: "volume lost" in ring.gate_log(pod))
        self.report.saw(ring.gate_says(pod))
        self.ask(_replace("volume-lost", pod), "Complete", BASE, STEPS)
        self.writing.stop()
        self._expect_replaced(pod)

    def _expect_replaced(self, pod: str) -> None:
        report, before = self.report, self.ids
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal, nobody else is listed")
        self.ids = self.ring.host_ids(self.pods)
        others = [other for other in self.pods if other != pod]
        report.expect(all(self.ids[other] == before[other] for other in others), "the others have their host ids")
        report.expect(self.ids[pod] not in (before[pod], "absent"), f"{pod}: host id {before[pod]} → {self.ids[pod]}")
        report.expect(f"replace.{pod}" not in self.program.state(), "the state says no more that it replaces a node")
        report.expect(self.program.state()[f"host-id.{pod}"] == self.ids[pod], "the state has the new host id")
        self.writing.expect_nothing_lost(pod)

    def replace_worker(self) -> None:
        """The worker of the third pod dies and does not come back; its volume is on that worker."""
        ring, pod = self.ring, self.pods[2]
        volume = self.claims()[f"server-data-{pod}"]
        node = self._lose_worker(pod)
        try:
            self.writing.start()
            self.ask(_replace("worker-gone", pod), "Complete", BASE, STEPS)
            self.writing.stop()
            self.report.expect(ring.pods()[pod]["spec"]["nodeName"] != node, f"{pod} no longer runs on {node}")
            self.report.expect(self.claims()[f"server-data-{pod}"] != volume, "it has another volume")
            self._expect_replaced(pod)
        finally:
            ring.machine.node_up(node)

    def _lose_worker(self, pod: str) -> str:
        """The pod's worker dies, and Kubernetes is told that the pod is not wanted there; the worker's name."""
        node = self.ring.pods()[pod]["spec"]["nodeName"]
        self.ring.machine.node_down(node)
        self.report.saw(f"{node}, where {pod} ran, is down")
        self.ring.kubectl("delete", "pod", pod, "--wait=false")
        return node

    def swapped(self) -> None:
        """Cassandra starts neither of them; the program deletes one, which gets another address then."""
        ring, report = self.ring, self.report
        self.resize(4)
        everyone = [*self.pods, ring.pod(1, 1)]
        self.ids = ring.host_ids(everyone)
        pods = self._on_one_worker()
        before = {pod: ring.address(pod) for pod in pods}
        tries = 0
        while [ring.address(pod) for pod in pods] != [before[pod] for pod in reversed(pods)]:
            tries += 1
            report.expect(tries <= 8, f"try {tries} to have Kubernetes swap them")
            ring.wait_ready(everyone, 300)
            self._restart_with_their_addresses(pods)
        report.saw(f"{', '.join(pods)} have each other's address")
        self.spec["rollout"] = {"retry": "swapped"}
        self.settle(BASE, STEPS)
        report.saw("; ".join(event.message for event in self.told("DeletingStuckPod")))
        report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")
        report.expect(ring.host_ids(everyone) == self.ids, "all host ids as before")

    def _on_one_worker(self) -> list[str]:
        """Two pods of one worker: there are more pods than workers."""
        by_worker: dict[str, list[str]] = {}
        for name, pod in self.ring.pods().items():
            by_worker.setdefault(pod["spec"]["nodeName"], []).append(name)
        return max(by_worker.values(), key=len)[:2]

    def _restart_with_their_addresses(self, pods: list[str]) -> None:
        """Delete both; on their worker nothing is free but their two addresses, and either may get either."""
        ring = self.ring
        worker = ring.pods()[pods[0]]["spec"]["nodeName"]
        node = next(one for one in ring.machine.nodes if one.name == worker)
        addresses = [ring.address(pod) for pod in pods]
        with node.only_free(*addresses):
            with ring.cordoned(worker):
                ring.kubectl("delete", "pod", *pods, "--grace-period=1")
                wait_until("their addresses are free", 120, lambda: not any(map(node.is_in_use, addresses)))
            wait_until("both are in use again", 120, lambda: all(map(node.is_in_use, addresses)))
            wait_until("both have one", 120, lambda: all("podIP" in ring.pods()[pod]["status"] for pod in pods))

    def remove_node(self) -> None:
        """The ring is to have three nodes again, and the fourth cannot be decommissioned."""
        ring, report, fourth = self.ring, self.report, self.ring.pod(1, 1)
        node = self._lose_worker(fourth)
        try:
            self.writing.start()
            self.spec["datacenters"][0]["nodes"] = 3
            self.ask({"id": "gone", "kind": "removeNode", "pods": [fourth]}, "Complete", BASE, STEPS)
            self.program.apply(CLUSTER)
            self.writing.stop()
            report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal, nobody else is listed")
            report.expect(f"host-id.{fourth}" not in self.program.state(), "the state no longer has its host id")
            self.writing.expect_nothing_lost(self.pods[0])
        finally:
            ring.machine.node_up(node)


def _replace(name: str, pod: str) -> dict:
    return {"id": name, "kind": "replaceNode", "pods": [pod]}
