"""What the guards of the program are for where nodes join and leave; told after the stories of `unguarded`, in the same ring."""

from __future__ import annotations

import json

from harness.processes import wait_until
from harness.program import SECONDS
from harness.writing import replication

from . import data
from .settled import BASE, CLUSTER, STEPS
from .without_guards import WithoutGuards

_ALONE = "alone"  # a keyspace with one copy of each row


class UnguardedSize(WithoutGuards):
    """Three nodes become four by other ways, and three again; then a second datacenter of one node."""

    quick = False  # a node that leaves sends nothing for so long: 30 s, in which its pod can go

    def stories_of_size(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            (
                "unguarded-claim",
                "without ClaimCleared a pod comes back on the volume of a node that left",
                self.cleared,
            ),
            (
                "unguarded-copies",
                "without ReplicationFits Cassandra is asked for what it refuses",
                self.too_many_copies,
            ),
            ("unguarded-left", "without LeftBeforeLower a node goes with its data: rows are lost", self.lowered),
            ("unguarded-rebuild", "without ReplicatedFirst a new datacenter copies nothing", self.not_replicated),
            ("unguarded-last", "without NothingReplicated Cassandra is asked for what it refuses", self.last_leaves),
        ]

    @property
    def newcomer(self) -> str:
        """The fourth node's pod."""
        return self.ring.pod(1, 1)

    @property
    def other(self) -> str:
        """The only pod of the second datacenter."""
        return f"{self.ring.name}-dc2-r1-sts-0"

    # --- ClaimCleared: held in `steps-grow-again`, and here afterwards ----------------------------------------------

    def cleared(self) -> None:
        """Four nodes, three, four: the fourth finds the claim of its predecessor. The gate of the pod is the second protection: the
        node never joins, instead of never starting.
        """
        ring, report, claim = self.ring, self.report, f"server-data-{self.newcomer}"
        self.resize(4)
        self.resize(3)
        volume = self.claims()[claim]
        self.spec["datacenters"][0]["nodes"] = 4
        self.commit(BASE, STEPS)
        with self.without("ClaimCleared") as without:
            wait_until("the gate says so", 600, lambda: "this node left the ring" in ring.gate_says(self.newcomer))
        report.expect(self.claims()[claim] == volume, f"{self.newcomer} is there again, on the volume {volume}")
        report.expect(self.everyone_is_up(3), f"it does not join; {ring.gate_says(self.newcomer)}")
        without.runs.give_back()
        self.program.apply(CLUSTER)
        report.expect(self.claims()[claim] != volume, "the Job, with the guard, gives it another volume")
        report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")

    # --- ReplicationFits: held in `steps-refuse` --------------------------------------------------------------------

    def too_many_copies(self) -> None:
        """4 → 3 with four copies. Cassandra's own check is the second protection; without both nothing is left to be seen."""
        statement = f"CREATE KEYSPACE wide WITH replication = {replication({'dc1': 4})}"
        self.ring.cql(self.pods[0], {"cql": statement})
        self.spec["datacenters"][0]["nodes"] = 3
        self.commit(BASE, STEPS)
        self._expect_refused_by_cassandra("ReplicationFits", self.newcomer)
        self.ring.cql(self.pods[0], {"cql": "DROP KEYSPACE wide"})

    def _expect_refused_by_cassandra(self, guard: str, pod: str) -> None:
        """The run asks the node to leave, three times, and nobody leaves."""
        with self.without(guard) as without:
            codes, asked = without.wait(900), without.started("decommission")
        self.report.expect(asked and set(asked) == {pod}, f"{pod} was asked to leave {len(asked)} times")
        failed = json.loads(self.program.state()["settle.json"]).get("failed", {})
        self.report.expect(codes == [1] and pod in failed, f"Cassandra refused: {failed.get(pod, {}).get('message')}")
        self.report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")

    # --- LeftBeforeLower, with ForeignNodes: held in `steps-shrink` -------------------------------------------------

    def lowered(self) -> None:
        """4 → 3. A member that no pod is known for is the second protection (ForeignNodes): it is switched off, too."""
        ring, report = self.ring, self.report
        data.write(ring, self.pods[0], _ALONE, copies=1)
        address = ring.address(self.newcomer)
        self.spec["rollout"] = {"retry": "no keyspace has four copies"}
        self.commit(BASE, STEPS)
        with self.without("LeftBeforeLower", "ForeignNodes") as without:
            wait_until("its pod goes", 300, lambda: self.newcomer not in ring.pods())
            wait_until("its node is down", 300, lambda: self._state_at(address).startswith("D"))
        report.saw(f"{self._state_at(address)}: {'; '.join(without.lines('ScalingDownRack'))}")
        report.expect(not self._can_be_read(), "rows with one copy cannot be read")
        ring.nodetool(self.pods[0], "assassinate", address)
        wait_until("three nodes are left", 120, lambda: self.everyone_is_up(3))
        read = data.count(ring, self.pods[0], _ALONE, "ONE")
        report.expect(read < data.ROWS, f"without the lost node only {read} of {data.ROWS} rows are there")
        without.runs.give_back()
        self.program.apply(CLUSTER)

    def _can_be_read(self) -> bool:
        """Whether all nodes that have rows with one copy are up, as far as Cassandra knows."""
        try:
            data.count(self.ring, self.pods[0], _ALONE, "ONE")
        except RuntimeError as error:
            if not any(words in str(error) for words in ("Unavailable", "Timeout", "TimedOut")):
                raise
            return False
        return True

    def _state_at(self, address: str) -> str:
        """The state of the node at that address, as the first node says; nothing where it lists none."""
        members = self.ring.members(self.pods[0])
        return next((member.state for member in members if member.address == address), "")

    # --- ReplicatedFirst: held in `datacenter-joins` ----------------------------------------------------------------

    def not_replicated(self) -> None:
        """The run believes that the datacenter has the data, and nobody copies it once the keyspace is replicated to it."""
        ring, report = self.ring, self.report
        racks = [{"name": "r1", "zone": "zone-1"}]
        self.spec["replication"] = {"system": 1}
        self.spec["datacenters"].append({"name": "dc2", "nodes": 1, "racks": racks, "rebuildFrom": "dc1"})
        self.commit()
        with self.without("ReplicatedFirst") as without:
            codes, rebuilt = without.wait(SECONDS), without.started("rebuild")
        report.expect(
            codes == [0] and rebuilt == [self.other], "it says that all is as declared, after a rebuild of nothing"
        )
        both = replication({"dc1": 1, "dc2": 1})
        ring.cql(self.pods[0], {"cql": f"ALTER KEYSPACE {_ALONE} WITH replication = {both}"})
        without.runs.give_back()
        here, there = (data.count(ring, pod, _ALONE, "LOCAL_ONE") for pod in (self.pods[0], self.other))
        report.expect(here > 0 and there == 0, f"{here} rows are read in dc1 and {there} in dc2, whatever runs later")

    # --- NothingReplicated: held in `datacenter-leaves` -------------------------------------------------------------

    def last_leaves(self) -> None:
        """The last node of the datacenter, to which a keyspace is replicated. Cassandra's own check is the second protection."""
        self.spec["datacenters"][1]["nodes"] = 0
        self.commit(BASE, STEPS)
        self._expect_refused_by_cassandra("NothingReplicated", self.other)
