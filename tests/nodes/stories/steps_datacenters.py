"""A second datacenter joins a ring with data, copies it, and leaves again."""

from __future__ import annotations

from harness.writing import replication

from .settled import BASE, STEPS
from .steps_install import SettledInstall
from .steps_size import KEYSPACE

_BOTH = {"dc1": 3, "dc2": 3}


class Datacenters(SettledInstall):
    """A ring of three nodes, and three more in a second datacenter."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("datacenters-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            (
                "datacenter-joins",
                "a second datacenter joins and copies the data once it is replicated to it",
                self.join,
            ),
            ("datacenter-leaves", "it leaves only when no keyspace is replicated to it", self.leave),
        ]

    @property
    def second_pods(self) -> list[str]:
        """The pods of the second datacenter."""
        return [f"{self.ring.name}-dc2-r{rack}-sts-0" for rack in (1, 2, 3)]

    def _replicate(self, copies: dict[str, int]) -> None:
        statement = f"ALTER KEYSPACE written WITH replication = {replication(copies)}"
        self.ring.cql(self.pods[0], {"cql": statement})

    def join(self) -> None:
        """The Job waits until the user's keyspace is replicated; then each node copies from the first datacenter."""
        report = self.report
        self.writing.make_table(self.pods[0], KEYSPACE)
        self.writing.start()
        racks = [{"name": f"r{rack}", "zone": f"zone-{rack}"} for rack in (1, 2, 3)]
        self.spec["datacenters"].append({"name": "dc2", "nodes": 3, "racks": racks, "rebuildFrom": "dc1"})
        self.commit()
        report.saw(self.program.wait_logged("NotReplicated", 1200))
        self._replicate(_BOTH)
        report.saw(self.wait_settled())
        self.writing.stop()
        report.expect(self.everyone_is_up(6), "six nodes, all Up/Normal")
        copied = self.started("rebuild")
        self.expect_event(copied == self.second_pods, f"copied, one after the other: {', '.join(copied)}")
        self.writing.expect_nothing_lost(self.second_pods[0])
        rows = self.ring.cql(self.pods[0], {"cql": "SELECT keyspace_name, replication FROM system_schema.keyspaces"})
        found = {name: copies.get("dc2") for name, copies in rows if name.startswith("system_") and "dc1" in copies}
        report.expect(set(found.values()) == {"3"}, f"replicas of the system keyspaces in dc2: {found}")

    def leave(self) -> None:
        """0 nodes, then no datacenter."""
        report, before = self.report, self.uids()
        self.writing.start()
        self.spec["datacenters"][1]["nodes"] = 0
        self.commit(BASE, STEPS)
        verdict = self.program.wait_ended("Failed", 600)
        report.saw(verdict)
        report.expect("StillReplicated" in verdict and self.uids() == before, "refused while data is replicated to it")
        self._replicate(KEYSPACE)
        self.spec["rollout"] = {"retry": "replicated to dc1 alone"}
        self.settle(BASE, STEPS)
        self.program.apply()
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        self.spec["datacenters"].pop()
        self.settle()
        self.ring.kubectl("delete", "statefulset", *(pod.removesuffix("-0") for pod in self.second_pods))
        self.writing.stop()
        report.expect(not set(self.second_pods) & set(self.ring.pods()), "no pod of the second datacenter is there")
        self.writing.expect_nothing_lost(self.pods[0])
