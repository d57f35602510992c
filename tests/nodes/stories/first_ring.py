"""A ring of three racks with one node each, every node on a worker of its own, and what happens to it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from harness.processes import wait_until

from . import Stories
from .joining import expect_one_at_a_time
from .topology import three_racks


class FirstRing(Stories):
    """The stories in the order in which they are told; each leaves the ring whole for the next."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("install", "three racks applied at once become one ring, in order", self.install),
            ("placement", "a rack stays in its zone and a worker holds one node of the ring", self.placement),
            ("sigkill", "a killed container comes back, and its node with the same host id", self.sigkill),
            ("power-loss", "all pods deleted at once come back without waiting for one another", self.power_loss),
            (
                "founder-rack-gone",
                "without the founder's rack the others come back all the same",
                self.founder_rack_gone,
            ),
            ("drain", "the disruption budget lets one node go at a time", self.drain),
            ("bad-configuration", "a pod that cannot start says why, and the others live on", self.bad_configuration),
            (
                "founder-volume",
                "a founder that lost its volume founds no second ring, and is replaced",
                self.founder_volume,
            ),
        ]

    def install(self) -> None:
        """Everything is applied at once into a namespace that enforces `restricted`."""
        ring, report = self.ring, self.report
        ring.render(three_racks(ring.name, self.version, 3, sharing=False))
        ring.make_namespace()
        since = datetime.now(UTC)
        ring.apply()
        ring.wait_ready(self.pods, 1200)
        expect_one_at_a_time(ring, report, self.pods, since)
        members = ring.members(self.pods[0])
        report.saw("\n".join(f"{member.state} {member.rack} {member.address}" for member in members))
        report.expect([member.state for member in members] == ["UN"] * 3, "one ring of three nodes, all Up/Normal")
        report.expect({member.rack for member in members} == {"r1", "r2", "r3"}, "a rack per zone")
        self.ids = ring.host_ids(self.pods)
        for pod in self.pods:
            warnings = [event for event in ring.events(pod) if event.startswith("Failed")]
            report.expect(not warnings, f"no event of {pod} tells of a failure {warnings or ''}")

    def placement(self) -> None:
        """Zones hold; a second node of the ring does not go where one is already, however few workers there are."""
        ring, report = self.ring, self.report
        for number, pod in enumerate(self.pods, 1):
            report.expect(
                ring.pods()[pod]["spec"]["nodeName"] == f"node{number}", f"{pod} runs on node{number} in zone-{number}"
            )
        set_name = self.pods[0].removesuffix("-0")
        ring.kubectl("scale", "statefulset", set_name, "--replicas=2")
        second = ring.pod(1, 1)
        told = wait_until(
            "the scheduler says why",
            60,
            lambda: [event for event in ring.events(second) if "FailedScheduling" in event],
        )
        report.saw(told[-1])
        report.expect("anti-affinity" in told[-1], f"{second} is not placed beside {self.pods[0]}")
        ring.kubectl("scale", "statefulset", set_name, "--replicas=1")
        wait_until("the second pod is gone", 60, lambda: second not in ring.pods())

    def sigkill(self) -> None:
        """The container's processes die at once; init containers do not run again."""
        ring, report, pod = self.ring, self.report, self.pods[1]
        uid, since = ring.pods()[pod]["metadata"]["uid"], datetime.now(UTC)
        ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", "kill -9 -1", check=False)
        wait_until("the kubelet restarted it", 120, lambda: ring.restarts(pod) > 0)
        ring.wait_ready([pod], 300)
        report.saw(f"ready again {(datetime.now(UTC) - since).seconds} s after SIGKILL")
        report.expect(ring.pods()[pod]["metadata"]["uid"] == uid, "the same pod")
        report.expect(ring.host_ids(self.pods) == self.ids, "all host ids as before")

    def power_loss(self) -> None:
        """Every pod is deleted by force at once: new addresses, nobody there to ask."""
        ring, report = self.ring, self.report
        old = {pod: ring.address(pod) for pod in self.pods}
        self._all_at_once()
        since = datetime.now(UTC)
        ring.wait_ready(self.pods, 600)
        rows = ring.times(self.pods, since)
        for pod, opened, ready in rows:
            report.saw(
                f"{pod}: {old[pod]} → {ring.address(pod)}, gate open after {opened:.0f} s, ready after {ready:.0f} s"
            )
        last_gate, first_ready = max(row[1] for row in rows), min(row[2] for row in rows)
        report.expect(last_gate < first_ready, "every gate was open before anybody was ready: nobody waited")
        report.expect(ring.host_ids(self.pods) == self.ids, "all host ids as before")

    def _all_at_once(self) -> None:
        self.ring.kubectl("delete", "pod", "--all", "--grace-period=0", "--force")

    def founder_rack_gone(self) -> None:
        """The power goes, and the founder's worker stays down."""
        ring, report, others = self.ring, self.report, self.pods[1:]
        node = ring.pods()[self.pods[0]]["spec"]["nodeName"]
        with ring.cordoned(node):
            self._all_at_once()
            ring.wait_ready(others, 600)
            states = [member.state for member in ring.members(others[0])]
            report.expect(sorted(states) == ["DN", "UN", "UN"], f"two nodes serve without the founder: {states}")
        ring.wait_ready(self.pods, 600)
        report.expect(ring.host_ids(self.pods) == self.ids, "the founder came back last, all host ids as before")

    def drain(self) -> None:
        """Two workers are drained at the same time."""
        ring, report, machine = self.ring, self.report, self.ring.machine
        uids = {pod: ring.pods()[pod]["metadata"]["uid"] for pod in self.pods}
        said: dict[str, str] = {}

        def drain(node: str) -> None:
            arguments = (
                "--ignore-daemonsets",
                "--delete-emptydir-data",
                # The pods of this ring alone: others may be there.
                f"--pod-selector=cassandra.datastax.com/cluster={ring.name}",
            )
            said[node] = machine.kubectl("drain", node, *arguments, "--timeout=240s", check=False)

        threads = [threading.Thread(target=drain, args=(node,)) for node in ("node2", "node3")]
        for thread in threads:
            thread.start()
        try:
            gone = wait_until("one pod was evicted", 180, lambda: [pod for pod in self.pods if not ring.is_ready(pod)])
            report.saw(f"first to go: {gone}")
            since = datetime.now(UTC)
            wait_until(
                "its pod waits for a worker", 180, lambda: any(ring.phase(pod) == "Pending" for pod in self.pods[1:])
            )
            seconds = (datetime.now(UTC) - since).seconds
            report.expect(seconds < 60, f"drained and ended after {seconds} s of its 120")
            report.expect(sum(ring.is_ready(pod) for pod in self.pods) == 2, "the other two are ready")
            first = next(pod for pod in self.pods[1:] if ring.phase(pod) == "Pending")
            second = next(pod for pod in self.pods[1:] if pod != first)
            machine.kubectl("uncordon", f"node{self.pods.index(first) + 1}")
            seen_down = self._watch_until_moved(second, uids[second])
            report.expect(seen_down <= 1, "at no time was more than one node away")
        finally:
            for thread in threads:
                thread.join()
            for node in ("node2", "node3"):
                machine.kubectl("uncordon", node)
        waited = [line for text in said.values() for line in text.splitlines() if "disruption budget" in line]
        report.expect(waited, "the second drain was told to wait")
        report.saw(waited[0])
        ring.wait_ready(self.pods, 300)
        report.expect(ring.host_ids(self.pods) == self.ids, "all host ids as before")

    def _watch_until_moved(self, pod: str, uid: str) -> int:
        """Until `pod` was evicted; the most pods that were away at once before it."""
        away = 0

        def moved() -> bool:
            nonlocal away
            here = self.ring.pods()
            if pod not in here or here[pod]["metadata"]["uid"] != uid:
                return True
            away = max(away, sum(not self.ring.is_ready(one) for one in self.pods))
            return False

        wait_until(f"{pod} is evicted in its turn", 240, moved, pause=2)
        return away

    def bad_configuration(self) -> None:
        """A commit brings a cassandra.yaml that Cassandra refuses; one pod is restarted with it; a commit repairs it."""
        ring, report, pod = self.ring, self.report, self.pods[2]
        ring.edit_configuration("\n    partitioner:", "\n    no_such_key: 1\n    partitioner:")
        ring.apply()
        ring.kubectl("delete", "pod", pod)
        told = wait_until(
            "its log says why", 240, lambda: [line for line in ring.log(pod).splitlines() if "no_such_key" in line]
        )
        report.saw(told[0][:200])
        report.expect(not ring.is_ready(pod), "the pod is not ready")
        report.expect(all(ring.is_ready(other) for other in self.pods[:2]), "the others live on")
        ring.edit_configuration("\n    no_such_key: 1\n    partitioner:", "\n    partitioner:")
        ring.apply()
        ring.kubectl("delete", "pod", pod)
        ring.wait_ready(self.pods, 300)
        report.expect(ring.host_ids(self.pods) == self.ids, "repaired by the next commit, all host ids as before")

    def founder_volume(self) -> None:
        """The first pod of the start order comes back with nothing, while the ring lives; a person says what it is."""
        ring, report, founder, others = self.ring, self.report, self.pods[0], self.pods[1:]
        before, address = {self.ids[pod] for pod in self.pods}, ring.address(founder)
        ring.lose_volume(founder)
        advice = f'patch configmap {ring.name}-state --type merge -p \'{{"data":{{"replace.{founder}":'
        wait_until("its log says what to do", 600, lambda: advice in ring.log(founder))
        report.saw(ring.gate_says(founder))
        report.saw(ring.last_logged(founder, advice))
        for pod in others:
            seen = {member.host_id for member in ring.members(pod) if member.state[1] == "N"}
            report.expect(seen == before, f"{pod} knows the three nodes of before and no other: no second ring")
        ring.kubectl("create", "configmap", f"{ring.name}-state", f"--from-literal=replace.{founder}={address}")
        ring.kubectl("delete", "pod", founder)
        ring.wait_ready(self.pods, 900)
        report.saw(ring.gate_says(founder))
        states = {member.host_id: member.state for member in ring.members(others[0])}
        report.expect(sorted(states.values()) == ["UN"] * 3, "replaced: three nodes, all Up/Normal")
        self.ids = ring.host_ids(self.pods)
        kept = all(self.ids[pod] in before for pod in others)
        report.expect(
            kept and set(states) == set(self.ids.values()), "the others kept their host ids, the lost node is gone"
        )
