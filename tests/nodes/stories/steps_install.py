"""The first story of a ring with the program in the cluster: one commit, and everything that an operator would have done."""

from __future__ import annotations

from .settled import Settled


class SettledInstall(Settled):
    """Told by every ring with steps as its first story."""

    more_roles: tuple[str, ...] = ()  # that the program makes beside the superuser and the one that is declared
    conditions = {"Initialized", "Ready"}  # that are true in the end

    def tell_install(self) -> None:
        """Superuser, roles, conditions and Events; then the same once more, and nothing happens."""
        ring, report, program = self.ring, self.report, self.program
        self.install()
        report.expect(self.everyone_is_up(3), "one ring of three nodes, all Up/Normal")
        self.expect_logins()
        state = program.state()
        report.expect(state.get("founded") == "true", "the state says that the ring is founded")
        report.expect(
            {key.removeprefix("host-id."): value for key, value in state.items() if key.startswith("host-id.")}
            == ring.host_ids(self.pods),
            "the state has the host id of every pod",
        )
        true = {name for name, is_true in program.conditions().items() if is_true}
        report.expect(true == self.conditions, f"conditions that are true: {', '.join(sorted(true))}")
        self.expect_events()
        self.expect_replication()
        self.expect_quiet()

    def expect_logins(self) -> None:
        """The generated superuser and the role log in, and nobody as `cassandra`."""
        ring, report = self.ring, self.report
        superuser, role = self.secret(f"{ring.name}-superuser"), self.secret(f"{ring.name}-role-app")
        report.expect(self.logs_in(superuser), f"{superuser[0]} logs in with the generated password")
        report.expect(self.logs_in(role), f"{role[0]} logs in with its generated password")
        report.expect(not self.logs_in(("cassandra", "cassandra")), "nobody logs in as cassandra")
        rows = ring.cql(self.pods[0], {"cql": "SELECT role, is_superuser, can_login FROM system_auth.roles"})
        roles = {name: (is_superuser, login) for name, is_superuser, login in rows}
        wanted = {superuser[0]: (True, True), "app": (False, True), "cassandra": (False, False)}
        wanted |= {name: (False, True) for name in self.more_roles}
        report.expect(roles == wanted, f"roles, superuser, login: {roles}")

    def expect_events(self) -> None:
        """Each node's start, the superuser and the change of the conditions, in that order."""
        told = self.program.events()
        for event in told:
            self.report.saw(f"{event.reason} {event.about}: {event.message}")
        started = [event.about for event in told if event.reason == "StartedCassandra"]
        self.expect_event(started == self.pods, "an Event when each node has started, in the start order")
        order = [event.reason for event in told if event.reason in ("StartedCassandra", "CreatedRole")]
        wanted = ["StartedCassandra"] * 3 + ["CreatedRole"] * (2 + len(self.more_roles))
        self.expect_event(order == wanted, "then an Event for the superuser and one for each role")

    def expect_replication(self) -> None:
        """The system keyspaces have a replica in every rack."""
        rows = self.ring.cql(self.pods[0], {"cql": "SELECT keyspace_name, replication FROM system_schema.keyspaces"})
        copies = {name: replication.get("dc1") for name, replication in rows}
        wanted = {"system_auth": "3", "system_distributed": "3", "system_traces": "3"}
        found = {name: copies[name] for name in wanted}
        self.report.expect(found == wanted, f"replicas in dc1: {found}")

    def expect_quiet(self) -> None:
        """Applying the same commit again changes nothing and restarts nobody."""
        before = self.uids(), self.program.job(), self.ring.host_ids(self.pods)
        self.settle()
        self.report.expect(
            (self.uids(), self.program.job(), self.ring.host_ids(self.pods)) == before,
            "applied again: the same Job, the same pods, the same host ids",
        )
