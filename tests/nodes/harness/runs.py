"""The program in the cluster as processes of this machine: with the account, the arguments and the network that its Job
has, but started, killed and started again as a story wants. Called by the stories.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from pathlib import Path

from .kills import LIVES, Kills, Way
from .processes import in_namespace
from .program import SECONDS, Program
from .report import Report

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
KILLED = -9  # the exit code of a process that was killed
LEASE = 90  # seconds after which a run surely has the Lease of another that was killed
LONG = 3600  # seconds that runs which are killed may take in all


class Runs:
    """Runs of the program for one ring, with guards switched off by name where a story wants that. Its Job is suspended meanwhile,
    because the Lease lets only one of them act.
    """

    def __init__(self, program: Program, report: Report, seed: str, without: tuple[str, ...] = ()) -> None:
        self.program, self.ring, self.report, self.without = program, program.ring, report, without
        self.random = random.Random(seed)
        self.folder = self.ring.machine.folder / "runs" / self.ring.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kills = Kills()
        self.started = 0
        self.took = 0.0  # seconds of the last run that ended by itself
        self.arguments: list[str] = []
        self.suspended: list[str] = []
        self.kubeconfig: Path | None = None

    # --- In the place of the Job ------------------------------------------------------------------------------------

    def take_over(self) -> None:
        """Suspend the Job of the last commit, and those before it that have not ended, wait for their pods to go, and use its
        arguments.
        """
        ring, self.suspended = self.ring, self._unended()
        for job in self.suspended:
            ring.kubectl("patch", "job", job, "--type=merge", "-p", '{"spec": {"suspend": true}}')
            pods = ("pod", "-l", f"batch.kubernetes.io/job-name={job}")
            ring.kubectl("wait", *pods, "--for=delete", "--timeout=90s", check=False)
        job = ring.machine.get("job", self.program.job(), "-n", ring.namespace)
        self.arguments = job["spec"]["template"]["spec"]["containers"][0]["args"]

    def _unended(self) -> list[str]:
        """The Jobs of commits that have not ended; those of a CronJob have an owner."""
        items = self.ring.machine.get("jobs", "-n", self.ring.namespace)["items"]
        jobs = [it for it in items if "ownerReferences" not in it["metadata"]]
        return [it["metadata"]["name"] for it in jobs if "completionTime" not in it["status"] and not _failed(it)]

    def give_back(self, seconds: float = SECONDS) -> None:
        """Let the Jobs run again: they find that nothing is left to do, or do what is left. Older ones may be gone by then."""
        for job in self.suspended:
            patch = '{"spec": {"suspend": false}}'
            self.ring.kubectl("patch", "job", job, "--type=merge", "-p", patch, check=False)
        self.program.wait_ended("Complete", seconds)

    def settle(self, way: Way) -> str:
        """Do what the last commit says, so that all these runs together were killed as often as asked for. The verdict of the Job,
        which finds nothing left to do.
        """
        self.take_over()
        missing = max(0, way.kills - self.kills.total)
        if way.two:
            self.two(missing if way.kills else None)
        else:
            self.killed(missing)
        self.give_back()
        return self.program.verdict()

    def start(self, holder: str, clock: Path | None = None) -> subprocess.Popen[bytes]:
        """A run that holds the Lease under that name. All lines of all runs of that holder are in <folder>/<holder>.log. The
        file `clock` says how far its clock is from the machine's, such as `+3h`, and may change while it runs.
        """
        self.started += 1
        environment = {
            "KUBECONFIG": str(self._kubeconfig()),
            "POD_NAME": holder,
            "POD_UID": f"{holder}-uid",
            "CASSC_NAMESPACE": self.ring.namespace,
            "CASSC_LOG_FORMAT": "text",
            **(_clock(clock) if clock else {}),
        }
        with self.log(holder).open("ab") as log:
            command = in_namespace(self.ring.machine.network.control_plane, *self._program(clock), *self.arguments)
            return subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)

    def _program(self, clock: Path | None) -> tuple[str, ...]:
        """The program of the image; for tests, where guards are switched off; or one before which a library can be put."""
        programs = self.ring.machine.programs
        if self.without:
            return (str(programs / "settle_for_tests"), "--without", ",".join(self.without))
        return (str(programs / ("cassc-step-dynamic" if clock else "cassc-step")),)

    def log(self, holder: str) -> Path:
        """The file with what the runs of that holder said."""
        return self.folder / f"{holder}.log"

    def _kubeconfig(self) -> Path:
        """The administrator's kubeconfig with the token of the program's account in the place of his; made once."""
        if self.kubeconfig is None:
            account = f"{self.ring.name}-step"
            config = json.loads(self.ring.machine.kubeconfig.read_text())
            token = self.ring.kubectl("create", "token", account, "--duration=6h").strip()
            config["users"] = [{"name": "admin", "user": {"token": token}}]
            self.kubeconfig = self.folder / "kubeconfig"
            self.kubeconfig.write_text(json.dumps(config))
        return self.kubeconfig

    # --- One after the other ----------------------------------------------------------------------------------------

    def alone(self, holder: str = "one", seconds: float = SECONDS) -> None:
        """One run, until it ends by itself."""
        self._expect_done(self.start(holder).wait(seconds), holder)

    def killed(self, at_least: int = 0, seconds: float = LONG) -> None:
        """Runs that are killed at random moments and started again, until one ends by itself; then those that find nothing to do,
        until there were so many kills. Every twentieth of the first is the kill of a machine: the next run has another name,
        and waits for the Lease to expire. The last run is not killed.
        """
        wanted, deadline = self.kills.total + at_least, time.monotonic() + seconds
        holder, waits = "killed-0", 0
        while not self._lives(holder, waits + self._life(), deadline):
            self.kills.before += 1
            is_other = self.kills.before % 20 == 0
            holder, waits = f"killed-{self.kills.before}" if is_other else holder, LEASE if is_other else 0
        while self.kills.total < wanted:
            self.kills.after += not self._lives(holder, self.random.uniform(0, self.took), deadline)
        self.alone(holder)

    def _life(self) -> float:
        """The seconds after which the next run is killed, while there is something to do."""
        return self.random.uniform(0, LIVES[self.kills.before % len(LIVES)])

    def _lives(self, holder: str, seconds: float, deadline: float) -> bool:
        """Whether a run ends by itself before it is killed, after so many seconds."""
        self._expect_time(deadline, holder)
        began, run = time.monotonic(), self.start(holder)
        try:
            code = run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            code = run.wait()
        if code == KILLED:
            return False
        self._expect_done(code, holder)
        self.took = time.monotonic() - began
        return True

    # --- Two at once ------------------------------------------------------------------------------------------------

    def two(self, at_least: int | None = None, seconds: float = LONG) -> None:
        """Two runs at once, until both have ended by themselves. With a number one of the two, by chance, is killed again and again;
        then two that find nothing to do, until there were so many kills.
        """
        deadline = time.monotonic() + seconds
        if at_least is None:
            self._both(deadline, ())
            return
        wanted = self.kills.total + at_least
        self.kills.before += self._both(deadline, LIVES)
        while self.kills.total < wanted:
            # Whoever finds nothing to do ends soon; whoever waits for the other's Lease does not.
            self.kills.after += self._both(deadline, LIVES[:1], wanted - self.kills.total)

    def _both(self, deadline: float, lives: tuple[int, ...], most: float = float("inf")) -> int:
        """Two runs, until both have ended by themselves. How often one of them was killed, after so many seconds at the latest in
        turn, and not more often than `most` times.
        """
        runs, kills = {holder: self.start(holder) for holder in ("first", "second")}, 0
        moment = time.monotonic() + self.random.uniform(0, lives[0]) if lives else deadline
        try:
            while runs:
                for holder in [holder for holder, run in runs.items() if run.poll() is not None]:
                    self._expect_done(runs.pop(holder).returncode, holder)
                self._expect_time(deadline, ", ".join(runs))
                if runs and lives and kills < most and time.monotonic() > moment:
                    kills += self._kill(runs, self.random.choice(sorted(runs)))
                    moment = time.monotonic() + self.random.uniform(0, lives[kills % len(lives)])
                time.sleep(0.2)
        finally:
            for run in runs.values():
                run.kill()
        return kills

    def _kill(self, runs: dict[str, subprocess.Popen[bytes]], holder: str) -> bool:
        """Kill a run and start it again, unless it has just ended by itself."""
        runs[holder].kill()
        if runs[holder].wait() != KILLED:
            return False
        runs[holder] = self.start(holder)
        return True

    def _expect_time(self, deadline: float, holders: str) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{self.kills}; these have not settled in time: {holders}")

    def _expect_done(self, code: int, holder: str) -> None:
        if code != 0:
            last = "\n".join(self.log(holder).read_text(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"the run {holder} ended with {code}:\n{last}")


def _failed(job: dict) -> bool:
    return any(it["type"] == "Failed" and it["status"] == "True" for it in job["status"].get("conditions", []))


def _clock(file: Path) -> dict[str, str]:
    """What lets libfaketime read the file at every look at the clock. Clocks that only measure are left alone."""
    return {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
