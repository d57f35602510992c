"""Things happen to the workers, the API server, the Job and the clock while the program restarts pods."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from harness.background import again_and_again
from harness.processes import wait_until
from harness.runs import Runs

from .steps_install import SettledInstall
from .steps_size import KEYSPACE

_AWAY = 40  # seconds that the API server is away


class Disturbed(SettledInstall):
    """A ring of three nodes. Every story rolls it once, while a client writes: each pod restarts once, in whatever way."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.rolls = 0

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("disturbed-install", "one commit: ring, superuser, roles, conditions and Events", self.make),
            ("worker-drained", "a worker is drained in the middle of a roll: one node is away at a time", self.drain),
            ("settle-drained", "the worker of the Job's own pod is drained: another pod goes on", self.drain_own),
            ("api-server", "the API server restarts in the middle of a roll", self.without_api_server),
            ("job-deleted", "the Job is deleted in the middle of a roll, and applied again", self.delete_job),
            ("clock", "the clock jumps three hours ahead in the middle of a roll, and back", self.clock),
        ]

    def make(self) -> None:
        """The client has a table from here on."""
        self.tell_install()
        self.writing.make_table(self.pods[0], KEYSPACE)

    # --- The roll ---------------------------------------------------------------------------------------------------

    @contextmanager
    def rolling(self, settle: Callable[[], object] | None = None) -> Iterator[None]:
        """A configuration is committed; something happens when the first pod has been restarted; it settles all the same."""
        if self.way and settle is None:
            self.report.saw("not asked of runs in the place of the Job: the story is about the Job")
        report, before, since = self.report, self.uids(), datetime.now(UTC)
        ids = self.ring.host_ids(self.pods)
        self.rolls += 1
        self.spec["cassandra"]["config"] = {"concurrent_reads": 64 + self.rolls}
        self.writing.start()
        with self.watching() as most:
            self.commit()
            yield
            report.saw((settle or self._by_the_job)())
        self.writing.stop()
        pods = self.ring.ended(since)
        report.expect(sorted(pods) == self.pods, f"restarted: {', '.join(pods)}")
        report.expect(not set(before.values()) & set(self.uids().values()), "three other pods")
        report.expect(most["away"] == 1, f"{most['away']} node was away at a time")
        report.expect(
            self.ring.host_ids(self.pods) == ids and self.everyone_is_up(3), "three nodes, host ids as before"
        )
        self.writing.expect_nothing_lost(self.pods[0])

    def _by_the_job(self) -> str:
        return self.program.wait_ended("Complete")

    def first_is_restarting(self) -> None:
        """Until the kubelet ends the first pod of the roll."""
        first = self.pods[0]
        wait_until(f"{first} restarts", 300, lambda: not self.ring.is_ready(first), pause=2)
        self.report.saw(f"{first} restarts")

    @contextmanager
    def watching(self) -> Iterator[dict[str, int]]:
        """How many pods were not ready at the same time, at most."""
        most = {"away": 0}

        def watch() -> None:
            with suppress(RuntimeError):  # the API server is away
                most["away"] = max(most["away"], sum(not self.ring.is_ready(pod) for pod in self.pods))

        with again_and_again(1, watch):
            yield most

    # --- What happens -----------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """As for its maintenance: cordoned, then all of the ring's pods evicted, by `kubectl drain`."""
        ring, machine = self.ring, self.ring.machine
        worker = ring.pods()[self.pods[2]]["spec"]["nodeName"]
        with self.rolling(self.wait_settled):
            self.first_is_restarting()
            with ring.cordoned(worker):
                said = machine.kubectl("drain", worker, *self._only(f"cassandra.datastax.com/cluster={ring.name}"))
                self.report.saw(
                    next((line for line in said.splitlines() if "disruption budget" in line), "evicted at once")
                )
                wait_until(f"{self.pods[2]} waits", 60, lambda: ring.phase(self.pods[2]) == "Pending")
                time.sleep(30)  # in which the program may do nothing

    def drain_own(self) -> None:
        """Only the program's pod leaves."""
        ring, machine = self.ring, self.ring.machine
        with self.rolling():
            self.first_is_restarting()
            (pod,) = self._runs_of_job()
            worker = pod["spec"]["nodeName"]
            with ring.cordoned(worker):
                machine.kubectl("drain", worker, *self._only(f"batch.kubernetes.io/job-name={self.program.job()}"))
                self.report.saw(f"{pod['metadata']['name']} is drained from {worker}")
                other = wait_until("another pod of the Job runs", 180, self._runs_of_job)[0]
            self.report.saw(f"{other['metadata']['name']} goes on on {other['spec']['nodeName']}")
        self.report.expect(not self.program.status().get("failed"), "the Job counts no failure")

    def _only(self, selector: str) -> tuple[str, ...]:
        arguments = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=280s")
        return (f"--pod-selector={selector}", *arguments)

    def _runs_of_job(self) -> list[dict]:
        """The pods of the Job that run."""
        selector = f"batch.kubernetes.io/job-name={self.program.job()}"
        found = self.ring.machine.get("pods", "-n", self.ring.namespace, "-l", selector)["items"]
        return [it for it in found if it["status"]["phase"] == "Running" and "deletionTimestamp" not in it["metadata"]]

    def without_api_server(self) -> None:
        """Cassandra's nodes do not notice."""
        with self.rolling():
            self.first_is_restarting()
            with self.ring.machine.without_api_server():
                time.sleep(_AWAY)
            self.report.saw(f"the API server was away for {_AWAY} s")
        told = [line for line in self.program.log() if "CallFailed" in line]
        self.report.expect(told, f"the Job went on through it: {(told or [''])[0]}")

    def delete_job(self) -> None:
        """By hand, and the same commit is applied again."""
        with self.rolling():
            self.first_is_restarting()
            self.ring.kubectl("delete", "job", self.program.job(), "--wait")
            self.report.saw("deleted")
            time.sleep(20)
            self.program.apply()

    def clock(self) -> None:
        """A run in the place of the Job, by the clock of another machine; libfaketime stands between them."""
        runs, file = Runs(self.program, self.report, self.seed), self.ring.folder / "clock"
        file.write_text("+0\n")

        def until_it_ends() -> str:
            code = self.run.wait(1800)
            log = runs.log("late").read_text()
            runs.give_back()
            self.report.saw(log)
            self.report.expect(code == 0, f"the run ended with {code}")
            return self.program.verdict()

        with self.rolling(until_it_ends):
            runs.take_over()
            self.run = runs.start("late", file)
            self.first_is_restarting()
            for offset in ("+3h", "+0"):
                file.write_text(f"{offset}\n")
                self.report.saw(f"its clock is now {offset}")
                time.sleep(40)
