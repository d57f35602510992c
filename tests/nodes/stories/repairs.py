"""Reaper in every pod: made by one commit, its schedules, what it survives; in a pod of its own and back; another version; off."""

from __future__ import annotations

import time

from harness.processes import wait_until

from .with_reaper import FOREIGN, KEYSPACE, NEWER, OLDER, ROLES, SIDECAR, TRACES, WithReaper


class Repairs(WithReaper):
    """A ring of three nodes with passwords."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("repairs-install", "one commit: ring, passwords, sidecars, schedules; no Cassandra restarts", self.make),
            ("repairs-schedules", "changed, made anew, removed; that of somebody else stays", self.change),
            ("repairs-killed", "a killed Cassandra and a killed Reaper come back without one another", self.kill),
            ("repairs-version", "another version: each pod restarts once, schedules stay", self.upgrade),
            ("repairs-deployment", "a pod of its own: the ring is registered anew, others' schedules first", self.move),
            ("repairs-sidecar", "back into the pods: the same schedules", self.move_back),
            ("repairs-off", "turned off: the keyspace stays", self.turn_off),
        ]

    def make(self) -> None:
        """As every ring; and then what Reaper needs was made in the right order, by itself."""
        ring, report = self.ring, self.report
        self.reaper["version"] = OLDER
        self.tell_install()
        report.expect(not any(map(ring.restarts, self.pods)), "no Cassandra was restarted")
        ended = sum(ring.restarts(pod, SIDECAR) for pod in self.pods)
        report.expect(ended == 0, "no container of Reaper was restarted")
        self.expect_job(OLDER)
        self.expect_rights()
        rows = ring.cql(self.pods[0], {"cql": "SELECT keyspace_name, replication FROM system_schema.keyspaces"})
        report.expect(dict(rows)[KEYSPACE]["dc1"] == "3", f"{KEYSPACE} has a replica in every rack")
        for pod in self.pods:
            self.expect_schedules(self.api(pod), {ROLES: 7, TRACES: 10})
            report.expect(self.api(pod).seed_is("127.0.0.1"), f"{pod} has the registration of the sidecars")

    def change(self) -> None:
        """One by PATCH, one made anew, one removed. Nobody restarts."""
        report, before = self.report, self.uids()
        self.api().expect(
            201,
            "POST",
            "/repair_schedule",
            clusterName=self.ring.name,
            keyspace=FOREIGN,
            owner="alice",
            scheduleDaysBetween="9",
        )
        foreign = self.api().schedules()[FOREIGN]
        old = self.expect_schedules(self.api(), {ROLES: 7, TRACES: 10})
        self.declare({"keyspace": ROLES, "everyDays": 3, "intensity": 0.7}, {"keyspace": TRACES, "threads": 2})
        self.settle()
        new = self.expect_schedules(self.api(), {ROLES: 3, TRACES: 7})
        report.expect(new[ROLES] == old[ROLES], f"{ROLES} was changed in place")
        report.expect(new[TRACES] != old[TRACES], f"{TRACES} was made anew: no PATCH changes its threads")
        intensity = self.api().schedules()[ROLES]["intensity"]
        report.expect(round(intensity * 10000) == 7000, f"its intensity is {intensity}")
        self.declare({"keyspace": ROLES, "everyDays": 3, "intensity": 0.7})
        self.settle()
        self.expect_schedules(self.api(), {ROLES: 3})
        report.expect(self.api().schedules()[FOREIGN] == foreign, "alice's schedule is as it was")
        others = [(it["id"], it["owner"]) for it in self.remembered()["others"]]
        report.expect(others == [(foreign["id"], "alice")], f"and the state shows it: {others}")
        report.expect(self.uids() == before, "no pod restarted")
        for event in self.told("AskedReaper"):
            report.saw(event.message)

    def kill(self) -> None:
        """Reaper lives while Cassandra is away; when Reaper ends, its pod stays ready."""
        ring, report, pod = self.ring, self.report, self.pods[1]
        ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", "kill -9 -1", check=False)
        wait_until("the kubelet restarted Cassandra", 120, lambda: ring.restarts(pod) > 0)
        ring.wait_ready([pod], 300)
        self._expect_answers(pod)
        report.expect(ring.restarts(pod, SIDECAR) == 0, "Reaper's container lived on")
        ring.kubectl("exec", pod, "-c", SIDECAR, "--", "pkill", "-9", "-f", "cassandra-reaper")
        end, unready = time.monotonic() + 30, 0
        while time.monotonic() < end:
            unready += not ring.is_ready(pod)
            time.sleep(1)
        self._expect_answers(pod)
        report.expect(not unready, "its pod was ready all the time")
        report.expect(ring.restarts(pod, SIDECAR) == 0, "Reaper was started again in its container")
        report.saw(ring.kubectl("logs", pod, "-c", SIDECAR, "--tail=500").partition("Reaper ended with")[2][:80])

    def _expect_answers(self, pod: str) -> None:
        self.report.expect(ROLES in self.api(pod).schedules(), f"Reaper in {pod} has the schedules again")

    def upgrade(self) -> None:
        """The version that is rendered when none is written."""
        ids, before = self.expect_schedules(self.api(), {ROLES: 3}), self.uids()
        del self.reaper["version"]
        self.settle_with_another_job()
        self.expect_restarted_once(before)
        self.expect_job(NEWER)
        images = {self.ring.container(pod, SIDECAR)["image"].rsplit(":", 1)[-1] for pod in self.pods}
        self.report.expect(images == {NEWER}, f"the sidecars have the version {', '.join(images)}")
        self.report.expect(self.expect_schedules(self.api(), {ROLES: 3}) == ids, "the schedules are the same ones")

    def move(self) -> None:
        """To register the ring anew deletes its schedules, so that somebody else's hold it up."""
        report, ring, before = self.report, self.ring, self.uids()
        self.reaper["mode"] = "deployment"
        self.settle()
        self.expect_restarted_once(before)
        report.saw(self.program.verdict())
        report.expect("RegistrationKept" in self.program.verdict(), "the verdict says whose schedule holds it up")
        report.expect(not self.program.conditions()["RepairsScheduled"], "the condition RepairsScheduled is false")
        api = self.api_of_deployment()
        foreign = f"/repair_schedule/{api.schedules()[FOREIGN]['id']}"
        report.expect(api.seed_is("127.0.0.1"), "the registration is that of the sidecars, alice's schedule is there")
        api.expect(200, "PUT", foreign, state="PAUSED")
        api.expect(202, "DELETE", foreign, owner="alice")
        seeds = f"{ring.name}-seed-service.{ring.namespace}.svc.cluster.local"
        self.spec["rollout"] = {"retry": "alice's schedule is gone"}
        self.settle()
        report.expect(api.seed_is(seeds), f"the ring is registered with {seeds}")
        self.expect_schedules(api, {ROLES: 3})
        report.expect(self.program.conditions()["RepairsScheduled"], "the condition RepairsScheduled is true")

    def move_back(self) -> None:
        """kubectl does not delete what is no longer rendered: the plan names the Deployment."""
        before, ids = self.uids(), self.expect_schedules(self.api_of_deployment(), {ROLES: 3})
        del self.reaper["mode"], self.spec["rollout"]
        deployment = f"{self.ring.name}-reaper"
        self.ring.kubectl("delete", "deployment", deployment)
        self.settle()
        self.expect_planned(f"delete by hand once nothing uses it: Deployment {deployment}")
        self.expect_restarted_once(before)
        self.report.expect(self.expect_schedules(self.api(), {ROLES: 3}) == ids, "the schedules are the same ones")

    def turn_off(self) -> None:
        """The sidecars go, the keyspace does not."""
        before = self.uids()
        del self.spec["repair"]
        self.settle()
        self.expect_planned(f"the keyspace `{KEYSPACE}` with schedules and history")
        self.expect_restarted_once(before)
        pods = self.ring.pods().values()
        names = {container["name"] for pod in pods for container in pod["spec"]["containers"]}
        self.report.expect(SIDECAR not in names, f"containers: {', '.join(sorted(names))}")
        rows = self.ring.cql(self.pods[0], {"cql": f"SELECT id FROM {KEYSPACE}.repair_schedule_v1"})
        self.report.expect(len(rows) == 1, f"{KEYSPACE} still has the schedule")
        self.report.expect("RepairsScheduled" not in self.program.conditions(), "nothing is said of repairs")
