"""From Cassandra 4.0 to 5.0 by commits, with the tables rewritten after each, while a client writes."""

from __future__ import annotations

from harness.report import Report
from harness.ring import Ring

from .steps_install import SettledInstall
from .steps_size import KEYSPACE


class Upgrades(SettledInstall):
    """A ring of three nodes that begins with 4.0."""

    versions = ("4.0.19", "4.1.10", "5.0.9")

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, self.versions[0])

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("upgrade-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            ("upgrade-4.1", "4.0 → 4.1: restarted one at a time, tables rewritten, nothing is lost", self.to_4_1),
            ("upgrade-5.0", "4.1 → 5.0: the same", self.to_5_0),
            ("storage-modes", "storage_compatibility_mode to UPGRADING, then to NONE", self.modes),
        ]

    def _upgrade(self, version: str) -> None:
        report = self.report
        self.spec["cassandra"]["version"] = version
        self.writing.start()
        self.settle()
        self.writing.stop()
        for pod in self.pods:
            said = self.ring.nodetool(pod, "version").strip()
            report.expect(said.endswith(version), f"{pod}: {said}")
        rewritten = self.started("upgradesstables")
        self.expect_event(rewritten == self.pods, f"tables rewritten one after the other: {', '.join(rewritten)}")
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        report.saw(f"files of written.rows: {', '.join(sorted(self._formats()))}")
        self.writing.expect_nothing_lost(self.pods[0])

    def _formats(self) -> set[str]:
        """The formats of the files that the client's table lies in, such as `nb`."""
        found = set()
        for pod in self.pods:
            self.ring.nodetool(pod, "flush", "written")
            script = "ls /var/lib/cassandra/data/written/rows-*/*-Data.db"
            listed = self.ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", script)
            found |= {line.rsplit("/", 1)[-1].split("-")[0] for line in listed.split()}
        return found

    def to_4_1(self) -> None:
        """The first minor version."""
        self.writing.make_table(self.pods[0], KEYSPACE)
        self._upgrade(self.versions[1])

    def to_5_0(self) -> None:
        """The next major version, in whose format nothing is written yet."""
        self._upgrade(self.versions[2])

    def modes(self) -> None:
        """Two commits, a rolling restart each; rule E336 refuses one that skips a mode."""
        report = self.report
        self._set_mode("NONE")
        try:
            self.commit()
            refused = ""
        except RuntimeError as error:
            refused = str(error)
        report.expect("E336" in refused, "from CASSANDRA_4 to NONE at once is refused: E336")
        for mode in ("UPGRADING", "NONE"):
            before = self.uids()
            self._set_mode(mode)
            self.writing.start()
            self.settle()
            self.writing.stop()
            restarted = [pod for pod in self.pods if self.uids()[pod] != before[pod]]
            report.expect(restarted == self.pods and self.everyone_is_up(3), f"{mode}: every pod restarted once")
            report.saw(f"files of written.rows: {', '.join(sorted(self._formats()))}")
        self.writing.expect_nothing_lost(self.pods[0])

    def _set_mode(self, mode: str) -> None:
        self.spec["cassandra"]["config"] = {"storage_compatibility_mode": mode}
