"""Passwords and Reaper: switched on in a ring with sidecars; and the deadlock that a readiness probe of the sidecar makes."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from harness.processes import wait_until
from harness.report import Refuted

from .with_reaper import NEWER, ROLES, SIDECAR, TRACES, WithReaper

_PROBE = """        readinessProbe:
          httpGet:
            path: /healthcheck
            port: admin
          periodSeconds: 5
"""
_WATCHED = 300  # seconds


class RepairsLocked(WithReaper):
    """A ring of three nodes that begins without passwords."""

    reapers = (NEWER,)

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("repairs-open", "one commit without passwords: sidecars and schedules", self.make),
            ("repairs-locked", "passwords are switched on: each pod restarts once, Reaper gets its role", self.lock),
        ]

    def make(self) -> None:
        """Reaper has no role. The superuser is there already: nobody asks for its password yet."""
        self.spec["auth"]["authenticator"] = "AllowAll"
        self.ring.make_namespace()
        self.settle()
        self.report.expect(self.everyone_is_up(3), "one ring of three nodes, all Up/Normal")
        self.expect_job(NEWER)
        self.ids = self.expect_schedules(self.api(), {ROLES: 7, TRACES: 10})

    def lock(self) -> None:
        """Rule E340 wants a reason. No sidecar holds the restarts up, and the Job of the tables, which may run while nodes are left that
        know no rights, grants them all the same.
        """
        ring, report, before = self.ring, self.report, self.uids()
        del self.spec["auth"]["authenticator"]
        self.spec["accept"] = [{"code": "E340", "reason": "a story without clients"}]
        self.settle_with_another_job(2400)
        self.expect_restarted_once(before)
        ring.login = self.secret(f"{ring.name}-superuser")
        self.expect_logins()
        self.expect_job(NEWER)
        self.expect_rights()
        report.expect(not any(ring.restarts(pod, SIDECAR) for pod in self.pods), "no container of Reaper restarted")
        for pod in self.pods:
            ids = self.expect_schedules(self.api(pod), {ROLES: 7, TRACES: 10})
            report.expect(ids == self.ids, f"{pod}: the schedules are the same ones")


class WithoutBareSidecar(WithReaper):
    """The ring of `repairs-install`, with a readiness probe on the sidecar. It passes when nothing becomes ready."""

    reapers = (NEWER,)

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("without-bare-sidecar", "a sidecar that is probed for readiness: no pod is ever ready", self.never_ready)
        ]

    def never_ready(self) -> None:
        """Cassandra serves, Reaper waits for its role, the role for a pod that is ready, the pod for Reaper."""
        ring, report, first = self.ring, self.report, self.pods[0]
        ring.make_namespace()
        self.program.commit(self.topology)
        probed = [self._probe(file) for file in ring.tree.rglob("apps_v1_statefulset_*.yaml")]
        report.expect(probed == [1, 1, 1], "the sidecar of each rack is probed")
        self.since = datetime.now(UTC)
        self.program.apply()
        wait_until("Cassandra of the first pod is ready", 900, lambda: self._is_ready(first, "cassandra"), pause=3)
        report.saw(f"Cassandra of {first} is ready after {(datetime.now(UTC) - self.since).seconds} s")
        end = time.monotonic() + _WATCHED
        while time.monotonic() < end:
            if any(map(ring.is_ready, self.pods)):
                raise Refuted("NOT SO: no pod is ever ready")
            time.sleep(5)
        report.expect(self._is_ready(first, "cassandra"), f"Cassandra of {first} is ready after {_WATCHED} s more")
        report.expect(not self._is_ready(first, SIDECAR), "its Reaper is not")
        said = ring.kubectl("logs", first, "-c", SIDECAR, "--tail=3")
        report.saw(said)
        # The code of "bad credentials" in the CQL protocol. The words differ: the role is not there, or it cannot be asked for.
        report.expect("0x0100" in said, "which cannot log in")
        waiting = [ring.gate_says(pod) for pod in self.pods[1:]]
        report.expect(all("waiting for" in words for words in waiting), f"the others wait: {waiting}")
        job = ring.machine.get("job", self.job, "-n", ring.namespace)["status"]
        report.expect(not job.get("succeeded"), "the Job of the tables has made nothing")
        report.expect(not self.program.ended(), "the program waits")

    def _probe(self, file) -> int:  # noqa: ANN001 (a Path)
        """Put a readiness probe onto the sidecar in a manifest; to how many containers."""
        text, number = re.subn(r"(?m)^        name: reaper\n", rf"\g<0>{_PROBE}", file.read_text())
        file.write_text(text)
        return number

    def _is_ready(self, pod: str, container: str) -> bool:
        found = self.ring.pods().get(pod, {"status": {}})
        statuses = found["status"].get("containerStatuses", [])
        return any(status["ready"] for status in statuses if status["name"] == container)
