"""The number of nodes changes by commits, and once by hand, while a client writes."""

from __future__ import annotations

from harness.processes import wait_until
from harness.program import Told
from harness.writing import replication

from .settled import BASE, STEPS, Settled
from .steps_install import SettledInstall

KEYSPACE = {"dc1": 3}


class Steps(SettledInstall):
    """A ring of three nodes with the program in the cluster: six nodes, three, six again; what it refuses; a hand."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("steps-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            ("steps-grow", "3 → 6: one node joins at a time, cleanup, nothing is lost", self.grow),
            ("steps-refuse", "6 → 3 with four copies is refused, nothing stops, the next commit settles", self.refuse),
            ("steps-shrink", "6 → 3: one node leaves at a time, its PVCs stay, nothing is lost", self.shrink),
            ("steps-grow-again", "3 → 6: each pod that comes back has a fresh volume", self.grow_again),
            ("steps-shrink-at-once", "6 → 3 applied at once: members' pods come back, then leave", self.shrink_at_once),
            ("steps-hand", "replicas that a hand lowers come back, those that it raises go", self.hand),
        ]

    def grow(self) -> None:
        """Base and steps alone: the program gives a StatefulSet its replica when the node before has joined."""
        ring, report = self.ring, self.report
        self.writing.make_table(self.pods[0], KEYSPACE)
        self.writing.start()
        self.resize(6)
        self.writing.stop()
        report.expect(self.everyone_is_up(6), "six nodes, all Up/Normal")
        expect_joins_in_turn(self, self.second)
        cleaned = set(self.started("cleanup"))
        self.expect_event(cleaned >= {*self.pods, *self.second[:2]}, f"cleanup on {', '.join(sorted(cleaned))}")
        self.writing.expect_nothing_lost(self.second[0])
        self.ids = ring.host_ids(self.pods + self.second)

    @property
    def second(self) -> list[str]:
        """The second pod of each rack."""
        return [self.ring.pod(rack, 1) for rack in (1, 2, 3)]

    def shrink(self) -> None:
        """The pods with the highest ordinals leave, the last in start order first."""
        before = self.claims()
        self.writing.start()
        self.resize(3)
        self.writing.stop()
        report = self.report
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        expect_leaves_in_turn(self, self.second)
        report.expect(self.claims() == before, "every PVC is still there")
        report.expect(
            {self.ids[pod] for pod in self.pods} == set(self.ring.host_ids(self.pods).values()),
            "the three that stayed have their host ids",
        )
        self.writing.expect_nothing_lost(self.pods[0])

    def grow_again(self) -> None:
        """A decommissioned volume holds a node that may not come back."""
        before = self.claims()
        self.writing.start()
        self.resize(6)
        self.writing.stop()
        report, after = self.report, self.claims()
        report.expect(self.everyone_is_up(6), "six nodes, all Up/Normal")
        for pod in self.second:
            claim = f"server-data-{pod}"
            report.expect(after[claim] != before[claim], f"{pod}: {before[claim]} → {after[claim]}")
        kept = [f"server-data-{pod}" for pod in self.pods]
        report.expect(all(after[claim] == before[claim] for claim in kept), "the others have the volumes that they had")
        fresh = self.ring.host_ids(self.second)
        report.expect(not set(fresh.values()) & set(self.ids.values()), "the three are new nodes, with other host ids")
        self.writing.expect_nothing_lost(self.second[0])

    def shrink_at_once(self) -> None:
        """What the stages are for: everything is applied at once, and three pods are deleted whose nodes are members. The
        program brings them back, and only then they leave, in turn. Their PVCs go, by the other policy.
        """
        report = self.report
        self.spec["storage"]["whenNodesLeave"] = "delete"
        self.spec["datacenters"][0]["nodes"] = 3
        self.writing.start()
        self.commit()
        wait_until("three members have no pod", 120, lambda: not set(self.second) & set(self.ring.pods()))
        states = [member.state for member in self.ring.members(self.pods[0])]
        report.expect(len(states) == 6, f"they are members, and their pods are gone: {' '.join(states)}")
        report.saw(self.wait_settled())
        self.writing.stop()
        back = {event.about for event in self.told("RestoringReplicas")}
        self.expect_event(back == {set_of(pod) for pod in self.second}, f"brought back: {', '.join(sorted(back))}")
        expect_leaves_in_turn(self, self.second)
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        left = [claim for claim in self.claims() if claim.endswith("-1")]
        report.expect(not left, "no PVC of a node that left is there")
        self.writing.expect_nothing_lost(self.pods[0])

    def refuse(self) -> None:
        """With four copies of everything, four of the six nodes have to stay."""
        report, before = self.report, (self.uids(), self.claims())
        statement = f"CREATE KEYSPACE wide WITH replication = {replication({'dc1': 4})}"
        self.ring.cql(self.pods[0], {"cql": statement})
        self.spec["datacenters"][0]["nodes"] = 3
        self.commit(BASE, STEPS)
        verdict = self.program.wait_ended("Failed", 600)
        report.saw(verdict)
        report.expect("ReplicationTooHigh" in verdict and "keyspace wide" in verdict, "refused, the keyspace is named")
        report.expect(self.program.conditions()["Refused"], "the condition Refused is true")
        report.expect((self.uids(), self.claims()) == before and self.everyone_is_up(6), "nothing was stopped")
        self.resize(6)
        report.expect(not self.program.conditions()["Refused"], "the commit that takes it back settles")
        self.ring.cql(self.pods[0], {"cql": "DROP KEYSPACE wide"})

    def hand(self) -> None:
        """`kubectl scale`, in a cluster where the program runs every minute."""
        ring, report = self.ring, self.report
        self.spec["steps"]["schedule"] = "* * * * *"
        self.settle()
        name = self.pods[2].removesuffix("-0")
        ring.kubectl("scale", "statefulset", name, "--replicas=0")
        wait_until("the pod is gone", 180, lambda: self.pods[2] not in ring.pods())
        ring.wait_ready(self.pods, 600)
        report.saw(_last(self.told("RestoringReplicas")))
        report.expect(ring.host_ids(self.pods) == {pod: self.ids[pod] for pod in self.pods}, "host ids as before")
        ring.kubectl("scale", "statefulset", name, "--replicas=2")
        wait_until("the second pod is there", 60, lambda: self.second[2] in ring.pods())
        wait_until("the second pod is gone", 600, lambda: self.second[2] not in ring.pods())
        report.saw(_last([event for event in self.told("ScalingDownRack") if "never joined" in event.message]))
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")


def _last(events: list[Told]) -> str:
    event = events[-1]
    return f"{event.reason} {event.about}: {event.message}"


def expect_joins_in_turn(ring: Settled, pods: list[str]) -> None:
    """A StatefulSet gets one replica more only when the node before has started."""
    words = {"ScalingUpRack": "more", "StartedCassandra": "joined"}
    wanted = [turn for pod in pods for turn in (f"more {set_of(pod)}", f"joined {pod}")]
    _expect_turns(ring, words, wanted)


def expect_leaves_in_turn(ring: Settled, pods: list[str]) -> None:
    """Decommission, then one replica less, then the next: the last in start order first."""
    words = {"StartingJob": "leaves", "NodeLeft": "left", "ScalingDownRack": "less"}
    wanted = [turn for pod in reversed(pods) for turn in (f"leaves {pod}", f"left {pod}", f"less {set_of(pod)}")]
    _expect_turns(ring, words, wanted)


def _expect_turns(ring: Settled, words: dict[str, str], wanted: list[str]) -> None:
    turns = [f"{words[event.reason]} {event.about}" for event in ring.told(*words)]
    ring.expect_event(turns == wanted, f"in turn: {', '.join(turns)}")


def set_of(pod: str) -> str:
    """The StatefulSet of a pod."""
    return pod.rpartition("-")[0]
