"""The program in the cluster, run here and not in a pod: crates/step/examples/settle_for_tests.rs, which waits less and does the
same, as the account that is rendered for it. Called by stories whose namespace has addresses of this machine (ring.py)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from nodes.harness.processes import wait_until

from .ring import Ring
from .world import World

_DONE, _LONGEST = 0, 300
_HURRY = "20"  # how many times faster than in life


class Program:
    """Runs of the program for the cluster `shop` of a namespace."""

    def __init__(self, world: World, ring: Ring) -> None:
        self.world, self.ring = world, ring
        self.kubeconfig = world.folder / f"{ring.namespace}.kubeconfig"
        account = f"system:serviceaccount:{ring.namespace}:shop-step"
        world.machine.write_kubeconfig(self.kubeconfig, {"program": account})
        self.log = world.folder / f"{ring.namespace}.log"
        self.log.touch()

    def start(self, is_scheduled: bool = False) -> subprocess.Popen[str]:
        """Start a run as the Job of the newest commit does, or as the CronJob; what it says goes to the log."""
        program = str(self.world.cassc.parent / "examples/settle_for_tests")
        arguments = ["--hurry", _HURRY, "settle", "--cluster=shop", f"--namespace={self.ring.namespace}"]
        if not is_scheduled:
            arguments.append(f"--generation={self._desired()['generation'].strip()}")
        with self.log.open("a") as log:
            return subprocess.Popen(
                [program, *arguments, "--context=program", f"--management-port={self.ring.port}"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stderr=log,
            )

    def run(self, what: str) -> None:
        """A run, until everything is as the topology says."""
        self.end(what, [self.start()])

    def end(self, what: str, runs: list[subprocess.Popen[str]]) -> None:
        """Runs that were started end well."""
        codes = [run.wait(timeout=_LONGEST) for run in runs]
        said = "" if set(codes) == {_DONE} else self.log.read_text()[-3000:]
        self.world.report.expect(not said, f"{what}: {len(runs)} of the program, done {codes}: {said}")

    def waits_for(self, words: str, run: subprocess.Popen[str]) -> None:
        """Until the log of a run that goes on has these words."""
        wait_until(f"the program says {words}", 60, lambda: words in self.log.read_text(), pause=0.2)
        self.world.report.expect(run.poll() is None, f"it says that, and goes on: {words}")

    def lines(self, reason: str) -> list[str]:
        """What the log says under a reason, of all runs."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [f"{line['about']}: {line['message']}" for line in lines if line["reason"] == reason]

    def _desired(self) -> dict[str, str]:
        path = f"/api/v1/namespaces/{self.ring.namespace}/configmaps/shop-desired-ring"
        return self.world.machine.get(path)["data"]

    def _environment(self) -> dict[str, str]:
        return {"KUBECONFIG": str(self.kubeconfig), "PATH": str(Path("/usr/bin"))}
