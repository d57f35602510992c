"""The stories of a ring that only those reach who are named: everything works under default deny, and strangers are refused."""

from __future__ import annotations

from harness.policies import Policies as Enforced
from harness.processes import in_namespace, run
from harness.report import Report
from harness.ring import Ring

from .steps_install import SettledInstall
from .steps_size import KEYSPACE

CQL, MANAGEMENT, METRICS, JMX, INTERNODE = 9042, 8080, 9000, 7199, 7000
# An address of a machine outside that no policy names.
STRANGER = "172.31.255.9"


class Policies(SettledInstall):
    """Three nodes under policies, with a client that writes from the address of the control plane."""

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        self.enforced = Enforced(ring.machine)
        self.client = ring.machine.network.address
        self.walls = {"policies": True, "clients": [{"cidr": f"{self.client}/32"}]}
        self.spec["network"] = self.walls

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("policies-install", "under default deny one commit makes a ring, and the program settles it", self.form),
            ("policies-refuse", "strangers reach no port, the named client CQL alone", self.refuse),
            ("policies-restart", "every pod restarts, grows and shrinks under default deny, no row is lost", self.live),
            (
                "policies-off-and-on",
                "they go and come while a client writes: nothing restarts, nothing is refused",
                self.again,
            ),
            ("policies-forgotten", "without its line the client is refused", self.forget),
        ]

    def form(self) -> None:
        """Enforced from the beginning, so that gates, seeds and the program are under them too."""
        self.enforced.start()
        self.tell_install()

    def refuse(self) -> None:
        """Who is refused, and that those who are named are not."""
        pod, other = self.pods[1], self.pods[2]
        self.expect_reached(
            self.client, pod, {CQL: True, MANAGEMENT: False, METRICS: False, JMX: False, INTERNODE: False}
        )
        with self.stranger():
            self.expect_reached(STRANGER, pod, {CQL: False, MANAGEMENT: False, METRICS: False, INTERNODE: False})
        nodes = {INTERNODE: True, CQL: True, MANAGEMENT: False, METRICS: False, JMX: False}
        self.expect_reached_by_pod(other, pod, nodes)
        self.expect_reached_by_pod(self.pods[0], pod, {**nodes, MANAGEMENT: True})
        out = self.reaches_from(pod, "192.0.2.1", 443)
        self.report.expect(not out, "a Cassandra pod opens no connection to an address outside")

    def live(self) -> None:
        """What the program does, with a client that writes."""
        self.writing.make_table(self.pods[0], KEYSPACE)
        self.writing.start()
        self.spec.setdefault("rollout", {})["restart"] = "under-policies"
        before = self.uids()
        self.settle()
        self.report.expect(not set(before.values()) & set(self.uids().values()), "every pod is another one")
        self.resize(4)
        self.report.expect(self.everyone_is_up(4), "four nodes, all Up/Normal")
        self.resize(3)
        self.writing.stop()
        self.report.expect(self.everyone_is_up(3), "three nodes, all Up/Normal")
        self.writing.expect_nothing_lost(self.pods[0])

    def again(self) -> None:
        """Two commits, while the client goes on with the connections that it has, and opens new ones."""
        before = self.uids()
        self.writing.start()
        for walls in (None, self.walls):
            self.change_walls(walls)
        failed = self.writing.stop()
        self.report.expect(not failed, "no write was refused")
        self.report.expect(self.uids() == before, "the same pods")
        self.writing.expect_nothing_lost(self.pods[0])

    def forget(self) -> None:
        """The line of the client is removed, and comes back."""
        self.change_walls({"policies": True})
        self.report.expect("may no longer reach CQL" in self.plan, "the plan says who may no longer reach CQL")
        self.expect_reached(self.client, self.pods[0], {CQL: False})
        self.change_walls(self.walls)
        self.expect_reached(self.client, self.pods[0], {CQL: True})

    # --- Helpers ----------------------------------------------------------------------------------------------------

    def change_walls(self, walls: dict | None) -> None:
        """A commit with these policies, or without any. With kubectl nobody removes what is no longer rendered."""
        self.spec.pop("network", None)
        if walls is not None:
            self.spec["network"] = walls
        self.settle()
        if walls is None:
            self.ring.kubectl("delete", "networkpolicy", "--all")

    def stranger(self) -> _Address:
        """Another address of the machine that the client is on."""
        return _Address(self.ring, STRANGER)

    def reaches(self, source: str, address: str, port: int) -> bool:
        """Whether a connection from that address of the control plane is accepted."""
        command = ("curl", "-s", "-o", "/dev/null", "--interface", source, "--connect-timeout", "4", "-m", "5")
        told = run(
            *in_namespace(
                self.ring.machine.network.control_plane, *command, "-w", "%{time_connect}", f"http://{address}:{port}/"
            ),
            check=False,
        )
        return float(told.strip() or 0) > 0

    def reaches_from(self, pod: str, address: str, port: int) -> bool:
        """Whether a connection from that pod is accepted."""
        asks = f"curl -s -o /dev/null --connect-timeout 4 -m 5 -w '%{{time_connect}}' http://{address}:{port}/"
        told = self.ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", f"{asks}; true", check=False)
        return float(told.strip() or 0) > 0

    def expect_reached(self, source: str, pod: str, wanted: dict[int, bool]) -> None:
        """Exactly these ports are reached from that address."""
        found = {port: self.reaches(source, self.ring.address(pod), port) for port in wanted}
        self.report.expect(found == wanted, f"{source} reaches of {pod}: {_told(found)}")

    def expect_reached_by_pod(self, source: str, pod: str, wanted: dict[int, bool]) -> None:
        """Exactly these ports are reached from that pod."""
        found = {port: self.reaches_from(source, self.ring.address(pod), port) for port in wanted}
        self.report.expect(found == wanted, f"{source} reaches of {pod}: {_told(found)}")

    def explain(self) -> str:
        """Also the last words of the daemons."""
        return f"{super().explain()}\n{self.enforced.says()}"

    def end(self) -> None:
        """The machine enforces nothing for the next ring."""
        super().end()
        self.enforced.stop()


class _Address:
    """An address that the control plane has meanwhile; the nodes send their answers there by their default route."""

    def __init__(self, ring: Ring, address: str) -> None:
        self.network, self.address = ring.machine.network.control_plane, address

    def __enter__(self) -> None:
        run(*in_namespace(self.network, "ip", "addr", "add", f"{self.address}/32", "dev", "lo"))

    def __exit__(self, *_: object) -> None:
        run(*in_namespace(self.network, "ip", "addr", "del", f"{self.address}/32", "dev", "lo"))


def _told(found: dict[int, bool]) -> str:
    return ", ".join(f"{port} {'yes' if reached else 'no'}" for port, reached in found.items())
