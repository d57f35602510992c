"""A ring that is made with data in it from the start, and that grows from three nodes to six."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.processes import wait_until

from . import Stories, data
from .joining import expect_one_at_a_time
from .topology import three_racks


class Growth(Stories):
    """The stories in the order in which they are told."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            (
                "seed-evicted",
                "a seed that is evicted in the middle of its bootstrap streams in the end",
                self.seed_evicted,
            ),
            ("growth-waits", "growth waits for a node that is down, and says so", self.growth_waits),
            ("growth", "three new nodes join one at a time, and every row is read back", self.growth),
        ]

    @property
    def second(self) -> list[str]:
        """The pods that are there after the growth, the second of each rack."""
        return [self.ring.pod(rack, 1) for rack in (1, 2, 3)]

    def seed_evicted(self) -> None:
        """The founder has data when the second pod, a seed, begins to join; it is evicted while it does."""
        ring, report, seed = self.ring, self.report, self.pods[1]
        ring.render(three_racks(ring.name, self.version, 3, sharing=True))
        ring.make_namespace()
        with ring.cordoned("node2", "node3"):
            ring.apply()
            ring.wait_ready([self.pods[0]], 600)
            data.write(ring, self.pods[0], "once", copies=1)
        report.saw(f"{data.ROWS} rows with one copy each lie on {self.pods[0]}; the other workers are let in")
        wait_until(f"{seed} bootstraps", 300, lambda: "JOINING" in ring.log(seed))
        uid = ring.pods()[seed]["metadata"]["uid"]
        ring.evict(seed)
        report.saw(f"{seed} evicted while its log says: {ring.last_logged(seed, 'JOINING')}")
        wait_until(f"{seed} is another pod", 180, lambda: ring.is_other(seed, uid))
        ring.wait_ready(self.pods, 900)
        report.saw(ring.gate_says(seed))
        report.expect(data.streamed(ring, seed), f"{seed} streamed when it joined")
        read = data.count(ring, self.pods[0], "once", "ONE")
        report.expect(read == data.ROWS, f"{read} of {data.ROWS} rows with one copy are read back")
        self.ids = ring.host_ids(self.pods)

    def growth_waits(self) -> None:
        """The topology asks for six nodes while the worker of the third rack is down."""
        ring, report = self.ring, self.report
        data.write(ring, self.pods[0], "thrice", copies=3)
        ring.render(three_racks(ring.name, self.version, 6, sharing=True))
        ring.machine.node_down("node3")
        wait_until(f"{self.pods[2]} is not ready", 120, lambda: not ring.is_ready(self.pods[2]))
        ring.apply()
        newcomer = self.second[0]
        words = wait_until(
            f"{newcomer} says whom it waits for",
            120,
            lambda: f"waiting for {self.pods[2]}" in ring.gate_says(newcomer),
        )
        report.expect(words, f"{newcomer}: {ring.gate_says(newcomer)}")
        states = sorted(member.state for member in ring.members(self.pods[0]))
        report.expect(states == ["DN", "UN", "UN"], f"nobody joins meanwhile: {states}")
        with ring.machine.without_names():
            silence = "the name service does not answer"
            wait_until("its gate notices that names are not answered", 120, lambda: silence in ring.gate_says(newcomer))
            report.saw(f"without CoreDNS: {ring.gate_says(newcomer)}")
        ring.machine.node_up("node3")
        report.saw("the name service and the worker are back")

    def growth(self) -> None:
        """The three new pods started at the same time; the order lets them in one by one."""
        ring, report, everyone = self.ring, self.report, self.pods + self.second
        since = datetime.now(UTC)
        ring.wait_ready(everyone, 1500)
        expect_one_at_a_time(ring, report, self.second, since)
        for pod in self.second:
            report.expect(data.streamed(ring, pod), f"{pod} streamed when it joined")
        members = ring.members(self.pods[0])
        report.expect([member.state for member in members] == ["UN"] * 6, "six nodes, all Up/Normal")
        ids = ring.host_ids(everyone)
        report.expect(all(ids[pod] == self.ids[pod] for pod in self.pods), "the old nodes have their old host ids")
        for keyspace, level in (("thrice", "QUORUM"), ("once", "ONE")):
            read = data.count(ring, self.second[0], keyspace, level)
            report.expect(read == data.ROWS, f"{read} of {data.ROWS} rows of {keyspace} are read at {level}")


class SixAtOnce(Stories):
    """A ring of six nodes, all applied at once."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [("install-six", "three racks of two nodes applied at once become one ring, in order", self.install)]

    def install(self) -> None:
        """One pod of each rack first, then the second of each."""
        ring, report = self.ring, self.report
        order = [ring.pod(rack, ordinal) for ordinal in (0, 1) for rack in (1, 2, 3)]
        ring.render(three_racks(ring.name, self.version, 6, sharing=True))
        ring.make_namespace()
        since = datetime.now(UTC)
        ring.apply()
        ring.wait_ready(order, 2400)
        expect_one_at_a_time(ring, report, order, since)
        report.expect(
            [member.state for member in ring.members(order[0])] == ["UN"] * 6, "one ring of six nodes, all Up/Normal"
        )
