"""Runs of the program with guards switched off by name (crates/settle/src/guard.rs), in the place of the Job of a commit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.runs import Runs

from .steps_install import SettledInstall


@dataclass(frozen=True)
class Without:
    """Runs that were started together, and what they said."""

    runs: Runs
    processes: dict[str, subprocess.Popen[bytes]]

    def lines(self, words: str) -> list[str]:
        """The lines of their logs with these words."""
        texts = [self.runs.log(holder).read_text(errors="replace") for holder in self.processes]
        return [line for text in texts for line in text.splitlines() if words in line]

    def started(self, job: str = "") -> list[str]:
        """The pods that were asked to run a job, once for each time."""
        lines = "\n".join(self.lines("StartingJob"))
        return re.findall(rf"^\S+ StartingJob +(\S+): .*runs {job}", lines, re.MULTILINE)

    def wait(self, seconds: float) -> list[int]:
        """Until all have ended by themselves. Their exit codes: 0 when all is as declared, 1 when something was refused."""
        return [process.wait(seconds) for process in self.processes.values()]

    def end(self) -> None:
        """None of them acts any more."""
        for process in self.processes.values():
            process.kill()
            process.wait()


class WithoutGuards(SettledInstall):
    """A ring whose commits are settled by such runs."""

    has_own_runs = True

    @contextmanager
    def without(self, *guards: str, at_once: int = 1) -> Iterator[Without]:
        """So many runs without these guards. They do not outlive the block; the Job of the commit is suspended until it is given
        its work back.
        """
        runs = Runs(self.program, self.report, self.seed, guards)
        holders = [f"without-{guards[0]}-{number}" for number in range(at_once)]
        for holder in holders:
            runs.log(holder).unlink(missing_ok=True)
        runs.take_over()
        without = Without(runs, {holder: runs.start(holder) for holder in holders})
        try:
            yield without
        finally:
            without.end()
