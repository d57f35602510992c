"""What the guards of the program are for (crates/settle/src/guard.rs): a run has some of them switched off, and the failure is seen.

These stories pass when things go wrong, as those of `without`. Where something else catches the mistake, the story shows that. Then
the Job of the commit, which has all guards, makes the ring as the next story expects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.processes import wait_until

from . import data
from .settled import BASE, STEPS
from .steps_size import KEYSPACE
from .unguarded_size import UnguardedSize

_ONCE = "once"  # a keyspace with one copy of each row
_TRIES = 10


class Unguarded(UnguardedSize):
    """A ring of three nodes, one on each worker; four, and a second datacenter, in the stories of UnguardedSize."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("unguarded-install", "one commit: ring, superuser, roles, conditions and Events", self.make),
            ("unguarded-alive", "without NodeIsDead replaceNode takes the volume of a node that is up", self.alive),
            ("unguarded-others", "without OthersUp a second node restarts, and writes fail", self.others_up),
            ("unguarded-twice", "without Lease, Fence and StateVersion two runs start the same job", self.twice),
            *self.stories_of_size(),
        ]

    def make(self) -> None:
        """Two keyspaces with data: three copies, and one."""
        self.tell_install()
        self.writing.make_table(self.pods[0], KEYSPACE)
        data.write(self.ring, self.pods[0], _ONCE, copies=1)

    # --- NodeIsDead: held in `replace-alive` ------------------------------------------------------------------------

    def alive(self) -> None:
        """The worker of a pod is cut off from the control plane, its node lives, and somebody takes it for lost."""
        ring, report, pod = self.ring, self.report, self._away_from_names()
        host_id, uid, claim = ring.host_ids(self.pods)[pod], self.uids()[pod], self._claim(pod)
        with self._cut_off(pod):
            self.spec["operations"] = [{"id": "not-lost", "kind": "replaceNode", "pods": [pod]}]
            self.commit(BASE, STEPS)
            report.saw(f"with the guard: {self.program.wait_logged('NodeAlive')}")
            with self.without("NodeIsDead") as without:
                wait_until(f"{pod} is another pod", 600, lambda: ring.is_other(pod, uid))
                wait_until("its claim is another one", 120, lambda: self._claim(pod) not in (claim, ""))
            states = [member.state for member in ring.members(self.pods[0]) if member.host_id == host_id]
            report.expect(states == ["UN"], f"the claim and the pod of {host_id} were deleted, and it is {states}")
        without.runs.give_back()
        report.expect(self.everyone_is_up(3), "a new node took its place when its worker came back")
        report.expect(ring.host_ids(self.pods)[pod] != host_id, "with another host id")
        read = data.count(ring, self.pods[0], _ONCE, "ONE")
        report.expect(read < data.ROWS, f"only {read} of {data.ROWS} rows with one copy are read back")

    def _away_from_names(self) -> str:
        """A pod whose worker does not run the name service, which the others need."""
        names = self.ring.machine.get("pods", "-n", "kube-system", "-l", "k8s-app=kube-dns")["items"]
        workers = {pod["spec"].get("nodeName") for pod in names}
        pods = self.ring.pods()
        return next(pod for pod in self.pods[1:] if pods[pod]["spec"]["nodeName"] not in workers)

    def _claim(self, pod: str) -> str:
        """The UID of the pod's claim; nothing while there is none."""
        items = self.ring.machine.get("pvc", "-n", self.ring.namespace)["items"]
        uids = [it["metadata"]["uid"] for it in items if it["metadata"]["name"] == f"server-data-{pod}"]
        return uids[0] if uids else ""

    @contextmanager
    def _cut_off(self, pod: str) -> Iterator[None]:
        """The kubelet of the pod's worker is gone, Kubernetes is told to end the pod, and Cassandra goes on."""
        machine, worker = self.ring.machine, self.ring.pods()[pod]["spec"]["nodeName"]
        next(one for one in machine.nodes if one.name == worker).stop_kubelet(machine.processes)
        try:
            machine.wait_for_node(worker, ready=False)
            self.ring.kubectl("delete", "pod", pod, "--grace-period=10", "--wait=false")
            yield
        finally:
            machine.node_up(worker)

    # --- OthersUp: held in `worker-drained` -------------------------------------------------------------------------

    def others_up(self) -> None:
        """One node is down, and the configuration changes. The disruption budget is the second protection: it is deleted, too."""
        ring, report, first, down = self.ring, self.report, self.pods[0], self.pods[2]
        worker, uid = ring.pods()[down]["spec"]["nodeName"], self.uids()[first]
        with ring.cordoned(worker):
            ring.kubectl("delete", "pod", down)
            self._expect_down(1)
            self.writing.start()
            self.spec["cassandra"]["config"] = {"concurrent_reads": 48}
            self.commit()
            with self.without("OthersUp") as without:
                said = wait_until("the budget refuses", 300, lambda: without.lines("disruption budget"))
                report.expect(self.uids()[first] == uid, f"the budget catches it: {said[-1]}")
                failed = self.writing.stop()
                report.expect("Unavailable" not in failed, "with one node down writes at LOCAL_QUORUM succeed")
                ring.kubectl("delete", "poddisruptionbudget", "--all")
                self.writing.start()
                wait_until(f"{first} restarts", 300, lambda: self.uids().get(first) != uid)
            ring.wait_ready([first], 600)
            failed = self.writing.stop()
            report.expect(failed.get("Unavailable"), f"without the budget a second node restarts; failed: {failed}")
        ring.wait_ready(self.pods, 600)
        self.program.apply()
        without.runs.give_back()
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")

    def _expect_down(self, number: int) -> None:
        """Until the first node says that so many nodes are down."""

        def are_down() -> bool:
            return [member.state[0] for member in self.ring.members(self.pods[0])].count("D") == number

        wait_until(f"{number} node is down", 300, are_down)

    # --- Lease, Fence, StateVersion: held in `crashes-two` ----------------------------------------------------------

    def twice(self) -> None:
        """Two runs at once, started at the same moment. It is a matter of chance which job both start, so it is tried several times;
        a flush does no harm.
        """
        guards = ("Lease", "Fence", "StateVersion")
        for number in range(1, _TRIES + 1):
            self.spec["operations"] = [{"id": f"flush-{number}", "kind": "flush", "keyspaces": ["written"]}]
            self.commit(BASE, STEPS)
            with self.without(*guards, at_once=2) as without:
                without.wait(300)
            without.runs.give_back()
            started = without.started()
            again = sorted(pod for pod in set(started) if started.count(pod) > 1)
            if again:
                break
        self.report.expect(again, f"operation {number}: the job of {', '.join(again)} was started more than once")
