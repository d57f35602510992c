"""The program is killed again and again, runs twice at once, and hears nonsense: what becomes of the ring is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime

from harness.kills import Kills, Way
from harness.nonsense import answering_badly
from harness.report import Report
from harness.ring import Ring
from harness.runs import Runs

from .settled import BASE, CLUSTER, STEPS
from .steps_install import SettledInstall
from .steps_size import KEYSPACE

_KILLS = 50  # of each commit
_RATE = 0.01  # of the answers, of each kind of fault: one look asks each node several things


class Crashes(SettledInstall):
    """A ring of three nodes that goes through the same changes several times: a roll, growth, an operation, shrinking. The
    first time nothing is in the way; what it comes to then is what it has to come to later.
    """

    has_own_runs = True

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        self.rounds = 0
        self.wanted: list[dict] = []
        self.switches: dict[str, int] = {}

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("crashes-install", "a ring is made by a program that is killed again and again", self.install_killed),
            ("crashes-without", "roll, growth, operation, shrinking with nothing in the way", self.without),
            ("crashes-killed", f"the same, each commit with {_KILLS} times SIGKILL at random moments", self.killed),
            ("crashes-two", "the same by two runs at once", self.two),
            (
                "crashes-bad-answers",
                "the same, with answers that are late, lost, doubled and corrupt",
                self.bad_answers,
            ),
            ("crashes-two-killed", "the same by two runs at once that are killed in turns", self.two_killed),
        ]

    def begin(self, name: str) -> None:
        """A story begins. The seed says when its runs are killed."""
        super().begin(name)
        self.runs = Runs(self.program, self.report, f"{self.seed} {name}")

    # --- The stories ------------------------------------------------------------------------------------------------

    def install_killed(self) -> None:
        """The Secret of the superuser, the founding, the roles: each is done once."""
        self.report.saw(f"seed {self.seed}: repeat it with --seed {self.seed}")
        self.ring.make_namespace()
        self.commit()
        self.runs.settle(Way(_KILLS))
        self.ring.login = self.secret(f"{self.ring.name}-superuser")
        self.report.saw(str(self.runs.kills))
        self.expect_logins()
        self.report.expect(self.everyone_is_up(3), "one ring of three nodes, all Up/Normal")
        self.writing.make_table(self.pods[0], KEYSPACE)

    def without(self) -> None:
        """The Jobs do it."""
        self.compare(self.go_through(lambda: self.report.saw(self.program.wait_ended("Complete"))))

    def killed(self) -> None:
        """One run after the other, none of which lives long."""
        self.repeat(Way(_KILLS))

    def two(self) -> None:
        """Each has its own name for the Lease."""
        for name in ("first", "second"):
            self.runs.log(name).unlink(missing_ok=True)
        self.repeat(Way(two=True))
        waited = sum("LeaseHeld" in self.runs.log(name).read_text() for name in ("first", "second"))
        self.report.expect(waited, "one waited for the Lease of the other")

    def two_killed(self) -> None:
        """Whoever is killed while it has the Lease leaves it to the other."""
        self.repeat(Way(_KILLS, two=True))

    def bad_answers(self) -> None:
        """The Jobs do it, and hear much that is wrong."""
        with answering_badly(self.ring, _RATE, self.seed) as seen:
            self.compare(self.go_through(lambda: self.report.saw(self.program.wait_ended("Complete"))))
        self.report.expect(seen, f"faults, of the pods that are there in the end: {dict(seen)}")

    # --- The changes ------------------------------------------------------------------------------------------------

    def repeat(self, way: Way) -> None:
        """Go through the changes with runs in the place of the Job, as many kills at each, and compare."""

        def by_runs() -> None:
            self.runs.kills = Kills()
            self.runs.settle(way)
            if way.kills:
                self.report.expect(self.runs.kills.total >= way.kills, str(self.runs.kills))

        self.compare(self.go_through(by_runs))

    def compare(self, pictures: list[dict]) -> None:
        """With what it came to when nothing was in the way, or the first time."""
        if not self.wanted:
            self.wanted = pictures
            for picture in pictures:
                self.report.saw(json.dumps(picture, sort_keys=True))
        # What the fourth node of the round before left behind is there until it joins again.
        left_behind = {key: self.wanted[-1][key] for key in ("claims", "state")} if self.rounds > 1 else {}
        for number, picture in enumerate(pictures):
            wanted = self.wanted[number] | (left_behind if number == 0 else {})
            differing = [
                f"{key}: {picture[key]} and not {wanted[key]}" for key in wanted if picture[key] != wanted[key]
            ]
            self.report.expect(
                not differing, f"commit {number + 1}: as with nothing in the way {differing or ''}".rstrip()
            )

    def go_through(self, settle: Callable[[], object]) -> list[dict]:
        """A client writes. What the ring has come to after each of the commits."""
        self.rounds += 1
        self.writing.start()
        pictures = [self.change(change, settle) for change in (self.roll, self.grow, self.operate, self.shrink)]
        self.writing.stop()
        self.writing.expect_nothing_lost(self.pods[0])
        return pictures

    def change(self, change: Callable[[], None], settle: Callable[[], object]) -> dict:
        """One commit: base and steps, settled, then the StatefulSets with the new number of replicas."""
        self.report.saw(change.__doc__)
        with self.no_pod_restarts_twice():
            change()
            settle()
        self.program.apply(CLUSTER)
        self.expect_flushed()
        return self.picture()

    def roll(self) -> None:
        """A configuration."""
        self.spec["cassandra"]["config"] = {"concurrent_reads": 32 + self.rounds}
        self.commit()

    def grow(self) -> None:
        """A fourth node."""
        self.spec["datacenters"][0]["nodes"] = 4
        self.commit(BASE, STEPS)

    def operate(self) -> None:
        """An operation on every node."""
        operations = self.spec.setdefault("operations", [])
        operations.append({"id": f"flush-{self.rounds}", "kind": "flush", "keyspaces": ["written"]})
        self.switches = self.flushes()
        self.commit()

    def flushes(self) -> dict[str, int]:
        """How often each node has flushed the table of the client since it started."""
        told = {pod: self.ring.nodetool(pod, "tablestats", "written.rows") for pod in self.ring.pods()}
        return {pod: int(re.findall(r"Memtable switch count: (\d+)", text)[0]) for pod, text in told.items()}

    def expect_flushed(self) -> None:
        """After the operation: no node restarts meanwhile, and nothing else flushes."""
        before, self.switches = self.switches, {}
        if before:
            now = self.flushes()
            told = ", ".join(f"{pod} {before[pod]} → {now[pod]}" for pod in before)
            all_have = all(now[pod] > before[pod] for pod in before)
            self.report.expect(len(before) == 4 and all_have, f"flushes of written.rows: {told}")

    def shrink(self) -> None:
        """Three nodes."""
        self.spec["datacenters"][0]["nodes"] = 3
        self.commit(BASE, STEPS)

    @contextmanager
    def no_pod_restarts_twice(self):  # noqa: ANN201 (a context)
        """No pod lives more than two lives meanwhile: the one that it had, and the one that it has then."""
        since = datetime.now(UTC)
        yield
        pods = self.ring.ended(since)
        self.report.expect(len(pods) == len(set(pods)), f"restarted: {', '.join(pods) or 'none'}")

    # --- What it has come to ----------------------------------------------------------------------------------------

    def picture(self) -> dict:
        """What there is, without what differs from one life to the next: addresses, host ids, times."""
        ring, memory = self.ring, json.loads(self.program.state()["settle.json"])
        sets = ring.machine.get("statefulsets", "-n", ring.namespace)["items"]
        rows = ring.cql(self.pods[0], {"cql": "SELECT keyspace_name, replication FROM system_schema.keyspaces"})
        return {
            "members": sorted((member.state, member.rack) for member in ring.members(self.pods[0])),
            "replicas": {it["metadata"]["name"]: it["spec"]["replicas"] for it in sets},
            "behind": sorted(name for name, pod in ring.pods().items() if _revision(pod) not in _revisions(sets)),
            "ready": sorted(name for name in ring.pods() if ring.is_ready(name)),
            "claims": sorted(self.claims()),
            "replication": {name: dict(sorted(copies.items())) for name, copies in sorted(rows)},
            "conditions": sorted(name for name, is_true in self.program.conditions().items() if is_true),
            "state": sorted(self.program.state()),
            "under way": sorted(key for key in ("jobs", "needsCleanup", "needsRepair", "failed") if memory.get(key)),
            "operation": _outcome(memory.get("operations", {}).get(f"flush-{self.rounds}", {})),
        }


def _outcome(record: dict) -> dict:
    """What became of an operation: whether it has ended, and for how many nodes."""
    counts = {key: record.get(key) for key in ("done", "leftOut", "todo", "failed")}
    return {"ended": "ended" in record, **counts}


def _revision(pod: dict) -> str:
    return pod["metadata"]["labels"]["controller-revision-hash"]


def _revisions(sets: list[dict]) -> set[str]:
    return {it["status"]["updateRevision"] for it in sets}
