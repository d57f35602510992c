"""One ring in two Kubernetes clusters: each has its control plane, its workers, and its own run of the program."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from harness import names
from harness.background import again_and_again
from harness.processes import wait_until
from harness.program import Program
from harness.report import Report
from harness.ring import Ring
from harness.writing import replication

from .settled import BASE, CLUSTER, STEPS, Settled

EAST, WEST = "east", "west"
_LOGIN = ("admin", "the same in both clusters")


class TwoClusters(Settled):
    """A datacenter in each, with one node, then two; then the second datacenter leaves."""

    machines = 2

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        self.topology = _in_two(self.topology)
        self.pods = [self.in_east(0)]
        self.programs: dict[str, Program] = {}

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            (
                "two-install",
                "both are applied at the same time: one ring, and both Jobs are complete",
                self.tell_install,
            ),
            ("two-grow", "both grow at the same time: one node joins at a time", self.grow),
            ("two-leave", "the second datacenter leaves, when nothing is replicated to it", self.leave),
        ]

    @property
    def other(self) -> Ring:
        """The ring's part in the west."""
        return self.others[0]

    def in_east(self, ordinal: int) -> str:
        """A pod of the first datacenter."""
        return f"{self.ring.name}-dc1-r1-sts-{ordinal}"

    def in_west(self, ordinal: int) -> str:
        """A pod of the second datacenter."""
        return f"{self.ring.name}-dc2-r1-sts-{ordinal}"

    # --- Both at once -----------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Pods reach each other by their addresses and by names."""
        west = self.other
        self.ring.machine.network.connect(west.machine.network)
        names.share({EAST: self.ring.machine, WEST: west.machine})
        west.folder, west.login = self.ring.folder, _LOGIN
        west.tree, self.ring.tree = self.ring.tree / WEST, self.ring.tree / EAST
        self.ring.login = _LOGIN
        self.programs = {EAST: self.program, WEST: Program(west)}

    def commit_both(self, *stages: str) -> None:
        """One commit for both, applied at the same time."""
        self.program.commit(copy.deepcopy(self.topology))
        threads = [threading.Thread(target=program.apply, args=stages) for program in self.programs.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def wait_both(self, seconds: float = 2400) -> None:
        """Both Jobs are complete."""
        with ThreadPoolExecutor() as pool:
            verdicts = list(pool.map(lambda it: self.wait_settled(seconds, it), self.programs.values()))
        for name, verdict in zip(self.programs, verdicts, strict=True):
            self.report.saw(f"{name}: {verdict}")

    # --- The stories ------------------------------------------------------------------------------------------------

    def tell_install(self) -> None:
        """The superuser's Secret is made by hand, the same in both."""
        report = self.report
        self.connect()
        for ring in (self.ring, self.other):
            ring.make_namespace()
            secret = ("secret", "generic", f"{ring.name}-superuser")
            ring.kubectl(
                "create", *secret, f"--from-literal=username={_LOGIN[0]}", f"--from-literal=password={_LOGIN[1]}"
            )
        self.commit_both()
        self.wait_both()
        for ring, pod in ((self.ring, self.in_east(0)), (self.other, self.in_west(0))):
            report.saw(f"{pod}: {ring.gate_says(pod)}")
            states = [member.state for member in ring.members(pod)]
            report.expect(states == ["UN"] * 2, f"{pod} sees two nodes, both Up/Normal")
        for name, program in self.programs.items():
            state = program.state()
            known = sorted(key for key in state if key.startswith("host-id."))
            report.expect(state.get("founded") == "true" and len(known) == 1, f"{name} remembers its own node: {known}")
        self.writing.make_table(self.in_east(0), {"dc1": 1, "dc2": 1})

    def grow(self) -> None:
        """Base and steps of both are applied at the same time, the StatefulSets afterwards."""
        report = self.report
        for datacenter in self.spec["datacenters"]:
            datacenter["nodes"] = 2
        self.writing.start()
        with self.watching() as most:
            self.commit_both(BASE, STEPS)
            self.wait_both()
        self.writing.stop()
        for program in self.programs.values():
            program.apply(CLUSTER)
        report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")
        report.expect(most["joining"] == 1, f"at no time did more than {most['joining']} node join")
        waits = [line for it in self.programs.values() for line in it.log() if "OtherDatacenterFirst" in line]
        for line in waits:
            report.saw(line)
        self.expect_logged(waits, "one Job waited for the node that the other let join")
        for pod, ring in ((self.in_east(1), self.ring), (self.in_west(1), self.other)):
            restarts = ring.restarts(pod)
            report.expect(restarts == 0, f"{pod} joined at its first start")
        self.writing.expect_nothing_lost(self.in_east(0))
        found = self.system_replication()
        report.expect(set(found.values()) == {("2", "2")}, f"replicas of the system keyspaces in dc1 and dc2: {found}")

    def system_replication(self) -> dict[str, tuple[str, str]]:
        """The copies of the system keyspaces in both datacenters."""
        rows = self.ring.cql(self.pods[0], {"cql": "SELECT keyspace_name, replication FROM system_schema.keyspaces"})
        ours = {name: copies for name, copies in rows if name.startswith("system_") and "dc1" in copies}
        return {name: (copies.get("dc1"), copies.get("dc2")) for name, copies in ours.items()}

    def leave(self) -> None:
        """0 nodes in the west; then the topology without it."""
        report, west = self.report, self.programs[WEST]
        self.spec["datacenters"][1]["nodes"] = 0
        self.writing.start()
        self.commit_both(BASE, STEPS)
        verdict = west.wait_ended("Failed", 900)
        report.saw(verdict)
        report.expect("StillReplicated" in verdict, "the west refuses while data is replicated to it")
        report.expect(self.everyone_is_up(4), "nothing was stopped")
        statement = f"ALTER KEYSPACE written WITH replication = {replication({'dc1': 1})}"
        self.ring.cql(self.in_east(0), {"cql": statement})
        self.spec["rollout"] = {"retry": "replicated to dc1 alone"}
        self.commit_both(BASE, STEPS)
        self.wait_both()
        for program in self.programs.values():
            program.apply(CLUSTER)
        report.expect(self.everyone_is_up(2), "two nodes, both Up/Normal")
        wait_until("no pod runs in the west", 180, lambda: not self.other.pods())
        self.spec["datacenters"].pop()
        self.program.commit(copy.deepcopy(self.topology))
        self.program.apply()
        report.saw(f"without dc2: {self.wait_settled()}")
        self.writing.stop()
        self.writing.expect_nothing_lost(self.in_east(0))
        found = self.system_replication()
        report.expect(
            all(west is None for _, west in found.values()), f"the system keyspaces are in dc1 alone: {found}"
        )

    # --- Watching ---------------------------------------------------------------------------------------------------

    @contextmanager
    def watching(self):  # noqa: ANN201 (a context)
        """How many nodes joined at the same time, at most, as the first node saw it."""
        most = {"joining": 0}

        def watch() -> None:
            states = [member.state for member in self.ring.members(self.in_east(0))]
            most["joining"] = max(most["joining"], states.count("UJ"))

        with again_and_again(2, watch):
            yield most

    def explain(self) -> str:
        """Both clusters."""
        logs = [f"{name}:\n{program.last_lines()}" for name, program in self.programs.items()]
        return "\n".join([self.ring.explain(), self.other.explain(), *logs])

    def end(self) -> None:
        """The west goes with the east."""
        super().end()
        self.other.delete()


def _in_two(topology: dict) -> dict:
    """A datacenter in each cluster. Their seeds have names in both."""
    name, spec = topology["metadata"]["name"], topology["spec"]
    spec["auth"] = {}
    rack = [{"name": "r1", "zone": "zone-1"}]
    spec["datacenters"] = [
        {"name": "dc1", "kubeCluster": EAST, "nodes": 1, "racks": rack},
        {"name": "dc2", "kubeCluster": WEST, "nodes": 1, "racks": copy.deepcopy(rack)},
    ]
    spec["additionalSeeds"] = [f"{name}-seed-service.{name}.svc.{cluster}.test" for cluster in (EAST, WEST)]
    return topology
