"""The program in the cluster, `cassc-step`, as its user meets it: a commit is rendered and applied, its Job runs, and
says what it does in its log, in Events and in the ConfigMap `<cluster>-state`. Called by the stories.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from .processes import run, wait_until
from .ring import Ring

SECONDS = 1800


@dataclass(frozen=True)
class Told:
    """An Event of the program."""

    reason: str
    about: str
    message: str


class Program:
    """The Jobs of one ring."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    # --- Delivery ---------------------------------------------------------------------------------------------------

    def commit(self, topology: dict) -> str:
        """Render the topology over what is deployed, as in a repository. What cassc says: the plan of the change."""
        ring = self.ring
        ring.folder.mkdir(parents=True, exist_ok=True)
        file = ring.folder / "ring.yaml"
        file.write_text(json.dumps(topology, indent=2))
        return run(str(ring.cassc), "render", str(file), "-o", str(ring.folder / "tree"), all_words=True)

    def apply(self, *stages: str) -> None:
        """`kubectl apply -k` of these stages in turn, or of everything at once."""
        for stage in stages or ("",):
            self.ring.machine.kubectl("apply", "-k", str(self.ring.tree / stage))

    # --- The Job ----------------------------------------------------------------------------------------------------

    def job(self) -> str:
        """The name of the Job of the last commit."""
        (file,) = (self.ring.tree / "steps").rglob(f"*_job_{self.ring.name}-settle-*.yaml")
        return re.findall(r"^  name: (\S+)$", file.read_text(), re.MULTILINE)[0]

    def status(self) -> dict:
        """The status of that Job; empty while there is none, and while the API server does not answer."""
        try:
            found = self.ring.kubectl("get", "job", self.job(), "-o", "json", "--ignore-not-found")
        except RuntimeError:
            return {}
        return json.loads(found)["status"] if found else {}

    def ended(self) -> str:
        """`Complete` or `Failed`; nothing while it runs."""
        ends = [it["type"] for it in self.status().get("conditions", []) if it["status"] == "True"]
        return next((end for end in ends if end in ("Complete", "Failed")), "")

    def wait_ended(self, how: str, seconds: float = SECONDS) -> str:
        """Until the Job has ended in that way; its verdict, which is also the termination message of its pod."""
        try:
            end = wait_until(f"the Job {self.job()} has ended", seconds, self.ended, pause=5)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.last_lines()}") from error
        if end != how:
            raise RuntimeError(f"the Job {self.job()} is {end} and not {how}\n{self.last_lines()}")
        return self.verdict()

    def last_lines(self, number: int = 25) -> str:
        """The end of the Job's log."""
        return "\n".join(self.log()[-number:])

    def log(self) -> list[str]:
        """What the Job said: reason, object and message of every line."""
        text = self.ring.kubectl("logs", f"job/{self.job()}", "--tail=-1", check=False)
        return [_line(line) for line in text.splitlines()]

    def verdict(self) -> str:
        """The termination message of the newest pod of the Job."""
        selector = f"batch.kubernetes.io/job-name={self.job()}"
        pods = self.ring.machine.get("pods", "-n", self.ring.namespace, "-l", selector)["items"]
        pod = max(pods, key=lambda it: it["metadata"]["creationTimestamp"])
        states = [status["state"] for status in pod["status"].get("containerStatuses", [])]
        return next((it["terminated"].get("message", "") for it in states if "terminated" in it), "")

    def wait_logged(self, words: str, seconds: float = 300) -> str:
        """Until a line of its log contains these words; that line."""
        found = wait_until(
            f"the Job says: {words}", seconds, lambda: [line for line in self.log() if words in line], pause=2
        )
        return found[-1]

    # --- What it tells ----------------------------------------------------------------------------------------------

    def events(self, since: datetime | None = None) -> list[Told]:
        """Its Events, the first one first; only those that were told since then, also once more."""
        items = self.ring.machine.get("events", "-n", self.ring.namespace)["items"]
        ours = [it for it in items if it.get("reportingComponent") == "cassc-step"]
        ours.sort(key=lambda it: it["lastTimestamp"])
        begin = since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else ""
        return [
            Told(it["reason"], it["involvedObject"]["name"], it["message"])
            for it in ours
            if it["lastTimestamp"] >= begin
        ]

    def state(self) -> dict[str, str]:
        """The keys of the ConfigMap `<cluster>-state`."""
        found = self.ring.kubectl("get", "configmap", f"{self.ring.name}-state", "-o", "json", "--ignore-not-found")
        return json.loads(found).get("data", {}) if found else {}

    def conditions(self) -> dict[str, bool]:
        """The conditions."""
        memory = json.loads(self.state().get("settle.json", "{}"))
        return {name: it["status"] for name, it in memory.get("conditions", {}).items()}


def _line(text: str) -> str:
    try:
        line = json.loads(text)
    except json.JSONDecodeError:
        return text
    return " ".join(filter(None, (line.get("time"), line.get("reason"), line.get("about"), line.get("message"))))
