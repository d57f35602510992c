"""What restarts pods: a configuration, a second one in the middle, a broken one and its fix; a canary, a token; a stop."""

from __future__ import annotations

from harness.processes import wait_until

from .steps_install import SettledInstall
from .steps_size import KEYSPACE

# Nobody put it there; cassc cannot know, because the folder is a volume.
_NO_SUCH_AGENT = "-javaagent:/var/lib/cassandra/agent.jar"


class Rolls(SettledInstall):
    """A ring of three nodes whose pods restart for one reason after the other, while a client writes."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("rolls-install", "one commit: ring, superuser, roles, conditions and Events", self.tell_install),
            ("roll", "a configuration: one pod at a time, in order, nothing is lost", self.roll),
            ("roll-overtaken", "a second commit in the middle takes over", self.overtaken),
            ("roll-canary", "a canary: one pod, and the rest when it is removed", self.canary),
            ("roll-token", "another restart token restarts every pod once", self.token),
            ("roll-stopped", "a stopped roll goes on when it is resumed", self.stopped),
            ("cluster-stopped", "`stopped`: no pod runs, all PVCs stay; then all come back", self.cluster_stopped),
            ("roll-broken", "a configuration that no node starts with stops after one pod; its fix heals", self.broken),
        ]

    def set_config(self, value: int) -> None:
        """A key that changes nothing but the pod template."""
        self.spec["cassandra"]["config"] = {"concurrent_reads": value}

    def reads(self, pod: str) -> str:
        """The value of that key in the configuration that the pod runs with."""
        file = "/etc/cassandra/cassandra.yaml"
        return self.ring.kubectl("exec", pod, "-c", "cassandra", "--", "grep", "^concurrent_reads:", file).split()[-1]

    def roll(self) -> None:
        """Three pods, in the order of racks, each only while the others are up."""
        self.writing.make_table(self.pods[0], KEYSPACE)
        self.writing.start()
        self.set_config(33)
        uids = self.uids()
        self.settle()
        self.writing.stop()
        report = self.report
        restarted = [event.about for event in self.told("RestartingCassandra")]
        self.expect_event(restarted == self.pods, f"restarted: {', '.join(restarted)}")
        report.expect(not set(uids.values()) & set(self.uids().values()), "three other pods")
        report.expect({self.reads(pod) for pod in self.pods} == {"33"}, "every node has the configuration")
        report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        self.writing.expect_nothing_lost(self.pods[0])

    def _commit_until_one_restarts(self) -> None:
        first, before = self.pods[0], self.uids()
        self.commit()
        wait_until("the first pod restarts", 300, lambda: self.uids().get(first) != before[first], pause=2)

    def overtaken(self) -> None:
        """The first pod is restarting with one configuration when the next is committed."""
        self.writing.start()
        self.set_config(34)
        self._commit_until_one_restarts()
        first = self.program.job()
        self.set_config(35)
        self.settle()
        self.writing.stop()
        report = self.report
        report.expect(first != self.program.job(), f"{first} was overtaken by {self.program.job()}")
        report.expect({self.reads(pod) for pod in self.pods} == {"35"}, "every node has the second configuration")
        self.writing.expect_nothing_lost(self.pods[0])

    def canary(self) -> None:
        """The Job is complete when one pod has restarted, and says what waits."""
        report, before = self.report, self.uids()
        self.set_config(36)
        self.spec["rollout"] = {"canary": {"pods": 1}}
        self.settle()
        self._expect_restarted(before, self.pods[:1])
        report.expect("Canary" in self.program.verdict(), "its verdict says that the canary holds the rest back")
        self.spec["rollout"] = {}
        self.settle()
        self._expect_restarted(before, self.pods)

    def _expect_restarted(self, before: dict[str, str], pods: list[str]) -> None:
        now = self.uids()
        restarted = [pod for pod in self.pods if now[pod] != before[pod]]
        self.report.expect(restarted == pods, f"restarted: {', '.join(restarted) or 'none'}")

    def token(self) -> None:
        """The same token again restarts nobody."""
        before = self.uids()
        self.spec["rollout"] = {"restart": "once"}
        self.settle()
        self._expect_restarted(before, self.pods)
        before = self.uids()
        self.settle()
        self._expect_restarted(before, [])

    def stopped(self) -> None:
        """The pod that restarts is let go on; the others wait."""
        before = self.uids()
        self.set_config(37)
        self._commit_until_one_restarts()
        self.spec["rollout"] = {"restart": "once", "stopped": True}
        self.settle()
        self._expect_restarted(before, self.pods[:1])
        self.report.expect("RolloutStopped" in self.program.verdict(), "its verdict says that the roll is stopped")
        self.spec["rollout"] = {"restart": "once"}
        self.settle()
        self._expect_restarted(before, self.pods)

    def cluster_stopped(self) -> None:
        """All nodes drain and end; all come back on their volumes, with their host ids."""
        ring, report = self.ring, self.report
        ids, claims = ring.host_ids(self.pods), self.claims()
        self.spec["stopped"] = True
        self.settle()
        report.expect(not ring.pods() and self.claims() == claims, "no pod runs, every PVC is there")
        report.expect(self.program.conditions()["Stopped"], "the condition Stopped is true")
        self.spec["stopped"] = False
        self.settle()
        report.expect(ring.host_ids(self.pods) == ids and self.everyone_is_up(3), "three nodes, host ids as before")
        self.writing.expect_nothing_lost(self.pods[0])

    def broken(self) -> None:
        """cassc cannot know what lies in a volume."""
        report, before = self.report, self.uids()
        options = self.spec["cassandra"]["jvm"]["options"]
        self.writing.start()
        self.spec["cassandra"]["jvm"]["options"] = [*options, _NO_SUCH_AGENT]
        self.commit()
        verdict = self.program.wait_ended("Failed", 1500)
        report.saw(verdict)
        report.expect("PodNeverReady" in verdict and "agent.jar" in verdict, "refused, in the words of the JVM")
        self._expect_restarted(before, self.pods[:1])
        self.spec["cassandra"]["jvm"]["options"] = options
        self.settle()
        self.writing.stop()
        report.expect(self.everyone_is_up(3), "healed by the next commit: three nodes, all Up/Normal")
        self.writing.expect_nothing_lost(self.pods[0])
