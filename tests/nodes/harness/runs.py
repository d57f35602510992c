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

from .processes import in_namespace
from .program import Program
from .report import Report

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
KILLED = -9  # the exit code of a process that was killed
LEASE = 90  # seconds after which a run surely has the Lease of another that was killed


class Runs:
    """Runs of the program for one ring. Its Job is suspended meanwhile, because the Lease lets only one of them act."""

    def __init__(self, program: Program, report: Report, seed: str) -> None:
        self.program, self.ring, self.report = program, program.ring, report
        self.random = random.Random(seed)
        self.folder = self.ring.machine.folder / "runs" / self.ring.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kills = 0
        self.started = 0
        self.arguments: list[str] = []

    # --- In the place of the Job ------------------------------------------------------------------------------------

    def take_over(self) -> None:
        """Suspend the Job of the last commit, wait for its pod to go, and use its arguments."""
        ring, job = self.ring, self.program.job()
        ring.kubectl("patch", "job", job, "--type=merge", "-p", '{"spec": {"suspend": true}}')
        ring.kubectl(
            "wait", "pod", "-l", f"batch.kubernetes.io/job-name={job}", "--for=delete", "--timeout=90s", check=False
        )
        container = ring.machine.get("job", job, "-n", ring.namespace)["spec"]["template"]["spec"]["containers"][0]
        self.arguments = container["args"]

    def give_back(self) -> None:
        """Let the Job run again: it finds that nothing is left to do."""
        patch = '{"spec": {"suspend": false}}'
        self.ring.kubectl("patch", "job", self.program.job(), "--type=merge", "-p", patch)
        self.program.wait_ended("Complete", 600)

    def start(self, holder: str, clock: Path | None = None) -> subprocess.Popen[bytes]:
        """A run that holds the Lease under that name. All lines of all runs of that holder are in <folder>/<holder>.log. The
        file `clock` says how far its clock is from the machine's, such as `+3h`, and may change while it runs.
        """
        self.started += 1
        # A library that changes the time can be put before a dynamic program only.
        binary = str(self.ring.machine.programs / ("cassc-step-dynamic" if clock else "cassc-step"))
        environment = {
            "KUBECONFIG": str(self._kubeconfig()),
            "POD_NAME": holder,
            "POD_UID": f"{holder}-uid",
            "CASSC_NAMESPACE": self.ring.namespace,
            "CASSC_LOG_FORMAT": "text",
            **(_clock(clock) if clock else {}),
        }
        with self.log(holder).open("ab") as log:
            command = in_namespace(self.ring.machine.network.control_plane, binary, *self.arguments)
            return subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)

    def log(self, holder: str) -> Path:
        """The file with what the runs of that holder said."""
        return self.folder / f"{holder}.log"

    def _kubeconfig(self) -> Path:
        """The administrator's kubeconfig with the token of the program's account in the place of his."""
        account = f"{self.ring.name}-step"
        config = json.loads(self.ring.machine.kubeconfig.read_text())
        token = self.ring.kubectl("create", "token", account, "--duration=6h").strip()
        config["users"] = [{"name": "admin", "user": {"token": token}}]
        file = self.folder / "kubeconfig"
        file.write_text(json.dumps(config))
        return file

    # --- Stories of it ----------------------------------------------------------------------------------------------

    def alone(self, seconds: float = 1800) -> None:
        """One run, until it ends by itself."""
        self._expect_done(self.start("one").wait(seconds), "one")

    def killed(self, latest: float, seconds: float = 2400) -> int:
        """A run that is killed at a random moment, at the latest after so many seconds, and started again, until one ends by
        itself. Every twentieth kill is that of a machine: the next run has another name, and waits for the Lease to expire.
        How often one was killed.
        """
        before, deadline = self.kills, time.monotonic() + seconds
        holder, waits = "killed-0", 0
        while time.monotonic() < deadline:
            code = self._run_for(holder, waits + self.random.uniform(0, latest))
            if code != KILLED:
                self._expect_done(code, holder)
                return self.kills - before
            self.kills += 1
            is_other = self.kills % 20 == 0
            holder, waits = f"killed-{self.kills}" if is_other else holder, LEASE if is_other else 0
        raise TimeoutError(f"after {seconds:.0f} s and {self.kills - before} kills nothing has settled")

    def _run_for(self, holder: str, seconds: float) -> int:
        """The exit code of a run that is killed after so many seconds."""
        run = self.start(holder)
        try:
            return run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            return run.wait()

    def two(self, latest: float | None = None, seconds: float = 2400) -> None:
        """Two runs at once, until both have ended by themselves. With `latest` one of the two, by chance, is killed again and
        again, at the latest after so many seconds.
        """
        deadline = time.monotonic() + seconds
        runs = {holder: self.start(holder) for holder in ("first", "second")}
        next_kill = time.monotonic() + (self.random.uniform(0, latest) if latest else seconds)
        while runs:
            for holder, run in list(runs.items()):
                if run.poll() is not None:
                    self._expect_done(run.returncode, holder)
                    del runs[holder]
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {seconds:.0f} s these have not ended: {', '.join(runs)}")
            if runs and latest and time.monotonic() > next_kill:
                holder = self.random.choice(sorted(runs))
                runs[holder].kill()
                runs[holder].wait()
                self.kills += 1
                runs[holder] = self.start(holder)
                next_kill = time.monotonic() + self.random.uniform(0, latest)
            time.sleep(0.5)

    def _expect_done(self, code: int, holder: str) -> None:
        if code != 0:
            last = "\n".join(self.log(holder).read_text(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"the run {holder} ended with {code}:\n{last}")


def _clock(file: Path) -> dict[str, str]:
    """What lets libfaketime read the file at every look at the clock. Clocks that only measure are left alone."""
    return {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
