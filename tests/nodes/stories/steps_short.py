"""The shortest stories with the program in the cluster: a ring with the program in the cluster is made, grows by a node, and shrinks by one."""

from __future__ import annotations

from harness.kills import Way
from harness.runs import Runs

from .settled import BASE, CLUSTER, STEPS
from .steps_install import SettledInstall
from .steps_size import KEYSPACE, expect_leaves_in_turn


class Short(SettledInstall):
    """Three nodes, four, three, with a client that writes."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("short-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            ("short-grow", "3 → 4 by a program that is killed again and again: nothing is lost", self.grow),
            ("short-shrink", "4 → 3: it leaves again, nothing is lost", self.shrink),
        ]

    @property
    def newcomer(self) -> str:
        """The fourth node's pod."""
        return self.ring.pod(1, 1)

    def grow(self) -> None:
        """The client writes from here on. No Event is asked for: who is killed after an act tells nobody of it."""
        runs = Runs(self.program, self.report, self.seed)
        way = Way(max(1, self.way.kills), self.way.two)
        self.writing.make_table(self.pods[0], KEYSPACE)
        self.writing.start()
        self.spec["datacenters"][0]["nodes"] = 4
        self.commit(BASE, STEPS)
        runs.settle(way)
        self.program.apply(CLUSTER)
        self.report.expect(runs.kills.before, f"{runs.kills}; the same moments again: --seed {self.seed}")
        self.report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")

    def shrink(self) -> None:
        """Its PVC stays."""
        before = self.claims()
        self.resize(3)
        self.writing.stop()
        self.report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        expect_leaves_in_turn(self, [self.newcomer])
        self.report.expect(self.claims() == before, "every PVC is still there")
        self.writing.expect_nothing_lost(self.pods[0])
