"""What stories of rings with the program in the cluster have in common: a commit is rendered, applied, and settled."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from harness.program import SECONDS, Program, Told
from harness.report import Report
from harness.ring import Ring
from harness.runs import Runs
from harness.writing import Writing

from . import Stories
from .topology import with_steps

BASE, STEPS, CLUSTER = "base", "steps", "cluster"


class Settled(Stories):
    """A ring with the program, and a client that writes while things happen to it."""

    quick = True

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        self.program = Program(ring)
        self.writing = Writing(ring, report)
        self.topology = with_steps(ring.name, version, 3, self.quick)
        self.plan = ""  # of the last commit
        self.since = datetime.now(UTC)
        self.runs_of: dict[Program, Runs] = {}

    def begin(self, name: str) -> None:
        """A story begins: its kills are counted from here on."""
        super().begin(name)
        self.runs_of = {}

    @property
    def spec(self) -> dict:
        """What the next commit says, to be changed in place."""
        return self.topology["spec"]

    def commit(self, *stages: str) -> None:
        """One commit: rendered over what is deployed, and applied: these stages in turn, or everything at once."""
        self.plan = self.program.commit(self.topology)
        self.since = datetime.now(UTC)
        self.program.apply(*stages)

    def settle(self, *stages: str, seconds: float = SECONDS) -> None:
        """One commit, until its Job is complete."""
        self.commit(*stages)
        verdict = self.wait_settled(seconds)
        took = (datetime.now(UTC) - self.since).seconds
        self.report.saw(f"{self.program.job()} complete after {took} s: {verdict.strip()}")

    def wait_settled(self, seconds: float = SECONDS, program: Program | None = None) -> str:
        """Until what was committed last is done, and its Job is complete: by the Job, or, with `--killed` or `--two`, by runs in its
        place. The verdict of the Job.
        """
        program = program or self.program
        if not self.way:
            return program.wait_ended("Complete", seconds)
        if program not in self.runs_of:
            seed = f"{self.seed} {self.story} {program.ring.machine.letter}"
            self.runs_of[program] = Runs(program, self.report, seed)
        runs = self.runs_of[program]
        verdict = runs.settle(self.way)
        told = "two runs at once" if self.way.two else "runs"
        self.report.saw(f"by {told} in the place of the Job; in this story {runs.kills}; again: --seed {self.seed}")
        return verdict

    def expect_event(self, holds: object, words: str) -> None:
        """A promise about Events. Whoever is killed after an act tells nobody of it, and the next one may tell it twice."""
        if self.way.kills:
            self.report.saw(f"not asked, because Events of runs that are killed are lost: {words}")
        else:
            self.report.expect(holds, words)

    def expect_logged(self, holds: object, words: str) -> None:
        """A promise about the Job's log."""
        if self.way:
            self.report.saw(f"not asked, because the Job did not do it: {words}")
        else:
            self.report.expect(holds, words)

    def resize(self, nodes: int, seconds: float = SECONDS) -> None:
        """Another number of nodes, as docs/delivery.md has it for kubectl: base and steps, wait for the Job, then cluster."""
        self.spec["datacenters"][0]["nodes"] = nodes
        self.settle(BASE, STEPS, seconds=seconds)
        self.program.apply(CLUSTER)

    def install(self) -> None:
        """Make the namespace, apply everything at once, and log in as the superuser from then on."""
        self.ring.make_namespace()
        self.settle()
        self.ring.login = self.secret(f"{self.ring.name}-superuser")

    def secret(self, name: str) -> tuple[str, str]:
        """Name and password in a Secret."""
        data = self.ring.machine.get("secret", name, "-n", self.ring.namespace)["data"]
        username, password = (base64.b64decode(data[key]).decode() for key in ("username", "password"))
        return username, password

    def logs_in(self, login: tuple[str, str]) -> bool:
        """Whether Cassandra takes that name and password."""
        mine, self.ring.login = self.ring.login, login
        try:
            self.ring.cql(self.pods[0], {"cql": "SELECT key FROM system.local"})
        except RuntimeError as error:
            if "AuthenticationFailed" not in str(error):
                raise
            return False
        finally:
            self.ring.login = mine
        return True

    def told(self, *reasons: str) -> list[Told]:
        """The program's Events of these kinds since the last commit, the first one first."""
        return [event for event in self.program.events(self.since) if event.reason in reasons]

    def started(self, job: str) -> list[str]:
        """The pods that were asked to run a job since the last commit, the first one first."""
        return [event.about for event in self.told("StartingJob") if event.message.endswith(f"runs {job}")]

    def uids(self) -> dict[str, str]:
        """The UIDs of the pods: another one is another life."""
        return {name: pod["metadata"]["uid"] for name, pod in self.ring.pods().items()}

    def everyone_is_up(self, number: int) -> bool:
        """Whether the first pod sees that many nodes, all Up and Normal."""
        return [member.state for member in self.ring.members(self.pods[0])] == ["UN"] * number

    def claims(self) -> dict[str, str]:
        """The volume of each claim, by the claim's name."""
        items = self.ring.machine.get("pvc", "-n", self.ring.namespace)["items"]
        return {item["metadata"]["name"]: item["spec"].get("volumeName", "") for item in items}

    def explain(self) -> str:
        """The pods, and the end of the Job's log."""
        return f"{super().explain()}\n{self.program.last_lines()}"

    def end(self) -> None:
        """The client does not outlive the ring."""
        self.writing.kill()
