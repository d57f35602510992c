"""What the guards of the program are for (crates/settle/src/guard.rs): a run has some of them switched off, and the failure is seen.

These stories pass when things go wrong, as those of `without`. Where something else catches the mistake, the story shows that. Then
the Job of the commit, which has all guards, makes the ring as the next story expects it.
"""

from __future__ import annotations

from harness.processes import wait_until

from .settled import BASE, STEPS
from .steps_size import KEYSPACE
from .unguarded_size import UnguardedSize

_TRIES = 10


class Unguarded(UnguardedSize):
    """A ring of three nodes, one on each worker; four, and a second datacenter, in the stories of UnguardedSize."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("unguarded-install", "one commit: ring, superuser, roles, conditions and Events", self.make),
            ("unguarded-others", "without OthersUp a second node restarts, and writes fail", self.others_up),
            ("unguarded-twice", "without Lease, Fence and StateVersion two runs start the same job", self.twice),
            *self.stories_of_size(),
        ]

    def make(self) -> None:
        """A keyspace with three copies of each row."""
        self.tell_install()
        self.writing.make_table(self.pods[0], KEYSPACE)

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
                self.writing.start()
                ring.kubectl("delete", "poddisruptionbudget", "--all")
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
