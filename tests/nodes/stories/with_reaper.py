"""What stories of rings with Reaper have in common: its interface, its Job, and what the program remembers of it."""

from __future__ import annotations

import json
import re

from harness.processes import wait_until
from harness.reaper_api import ReaperApi
from harness.report import Report
from harness.ring import Ring

from .steps_install import SettledInstall

OLDER, NEWER = "4.2.5", "5.0.1"
SIDECAR = "reaper"
KEYSPACE = "reaper_db"
# Keyspaces that have tables in every ring.
ROLES, TRACES, FOREIGN = "system_auth", "system_traces", "system_distributed"


class WithReaper(SettledInstall):
    """A ring with Reaper in its pods and two schedules."""

    reapers = (OLDER, NEWER)
    more_roles = ("reaper",)
    conditions = {"Initialized", "Ready", "RepairsScheduled"}

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        resources = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "448Mi"}}
        self.spec["repair"] = {"reaper": {"resources": resources}}
        self.declare({"keyspace": ROLES}, {"keyspace": TRACES, "everyDays": 10})

    @property
    def reaper(self) -> dict:
        """What the next commit says of Reaper, to be changed in place."""
        return self.spec["repair"]["reaper"]

    def declare(self, *schedules: dict) -> None:
        """The schedules of the next commit."""
        self.reaper["schedules"] = list(schedules)

    def api(self, pod: str | None = None) -> ReaperApi:
        """The interface of the Reaper in a pod of Cassandra, the first one by itself, as soon as it answers."""
        return self._answering(self.ring.address(pod or self.pods[0]))

    def _answering(self, address: str) -> ReaperApi:
        api = ReaperApi(self.ring, address, self.secret(f"{self.ring.name}-reaper-ui"))
        wait_until(f"Reaper at {address} answers", 180, api.answers, pause=3)
        return api

    def api_of_deployment(self) -> ReaperApi:
        """The interface of the Reaper in a pod of its own."""
        ring = self.ring
        ring.kubectl("rollout", "status", f"deployment/{ring.name}-reaper", "--timeout=300s")
        (pod,) = ring.machine.get("pods", "-n", ring.namespace, "-l", "app.kubernetes.io/name=reaper")["items"]
        return self._answering(pod["status"]["podIP"])

    @property
    def job(self) -> str:
        """The Job that makes role, keyspace and tables."""
        return f"{self.ring.name}-reaper-init-schema"

    def expect_job(self, image: str) -> None:
        """It is complete, with that version of Reaper."""
        self.ring.kubectl("wait", f"job/{self.job}", "--for=condition=complete", "--timeout=300s")
        job = self.ring.machine.get("job", self.job, "-n", self.ring.namespace)
        (container,) = job["spec"]["template"]["spec"]["containers"]
        self.report.expect(container["image"].endswith(f":{image}"), f"{self.job} is complete: {container['image']}")

    def settle_with_another_job(self, seconds: float = 1800) -> None:
        """A commit that changes that Job, which is immutable. The plan says so; with kubectl it is deleted first."""
        self.ring.kubectl("delete", "job", self.job, "--ignore-not-found")
        self.settle(seconds=seconds)
        self.expect_planned(f"delete job {self.job}")

    def expect_planned(self, words: str) -> None:
        """The plan of the last commit has these words."""
        self.report.expect(words in self.plan, f"the plan says: … {words} …")

    def remembered(self) -> dict:
        """What the state says of Reaper."""
        return json.loads(self.program.state()["settle.json"])["reaper"]

    def expect_schedules(self, api: ReaperApi, days: dict[str, int]) -> dict[str, str]:
        """Active schedules for these keyspaces, every so many days, in Reaper's list and in the state; their ids."""
        live = {name: it for name, it in api.schedules().items() if it["owner"] == "cassc"}
        told = {name: (it["state"], it["scheduled_days_between"]) for name, it in live.items()}
        wanted = {name: ("ACTIVE", number) for name, number in days.items()}
        self.report.expect(told == wanted, f"Reaper has {told}")
        state = {it["what"]: (it["id"], it["everyDays"], it["paused"]) for it in self.remembered()["schedules"]}
        wanted = {name: (it["id"], days[name], False) for name, it in live.items()}
        self.report.expect(state == wanted, f"the state has {state}")
        return {name: it["id"] for name, it in live.items()}

    def expect_rights(self) -> None:
        """The role may do four things in its keyspace, and what it likes with the tables that it made."""
        statement = "SELECT resource, permissions FROM system_auth.role_permissions WHERE role = 'reaper'"
        rows = self.ring.cql(self.pods[0], {"cql": statement})
        granted = {resource: set(re.findall("[A-Z]{4,}", permissions)) for resource, permissions in rows}
        rights = granted.pop(f"data/{KEYSPACE}", set())
        self.report.expect(rights == {"CREATE", "ALTER", "SELECT", "MODIFY"}, f"rights on {KEYSPACE}: {rights}")
        others = [resource for resource in granted if not resource.startswith(f"data/{KEYSPACE}/")]
        self.report.expect(not others, f"nothing elsewhere {others or ''}".rstrip())

    def expect_restarted_once(self, before: dict[str, str]) -> None:
        """Every pod is another one than before, and none of its containers was restarted."""
        uids = self.uids()
        restarted = [pod for pod in self.pods if uids[pod] != before[pod]]
        ended = self.ring.ended(self.since)
        self.report.expect(restarted == self.pods == ended, f"restarted, one after the other: {', '.join(ended)}")
        self.report.expect(not any(map(self.ring.restarts, self.pods)), "and no container of Cassandra beside that")
        self.report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
