"""A client that writes while a story goes on; afterwards every acknowledged row must be read back. Called by the stories."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from .processes import in_namespace, wait_until
from .report import Report
from .ring import Ring

_WRITER = Path(__file__).with_name("writer.py")
_TABLE = "written.rows"


class Writing:
    """Rows of one table with three copies in dc1. It may be stopped and started again: each time with the addresses that
    the pods have then, and with rows that were not written before.
    """

    def __init__(self, ring: Ring, report: Report) -> None:
        self.ring, self.report = ring, report
        self.acknowledged = ring.machine.folder / f"acknowledged-{ring.name}"
        self.acknowledged.unlink(missing_ok=True)
        self.client: subprocess.Popen[str] | None = None
        self.starts = 0

    def make_table(self, pod: str, copies: dict[str, int]) -> None:
        """A keyspace with that many copies per datacenter, and its table."""
        keyspace = _TABLE.split(".")[0]
        self.ring.cql(
            pod,
            {"cql": f"CREATE KEYSPACE {keyspace} WITH replication = {replication(copies)}"},
            {"cql": f"CREATE TABLE {_TABLE} (id int PRIMARY KEY, word text)"},
        )

    def start(self) -> None:
        """Begin to write, from inside the network of the pods. Returns when the first row was acknowledged: what a story does to
        the nodes does not keep the client from logging in.
        """
        self.starts += 1
        before = self.acknowledged.stat().st_size if self.acknowledged.exists() else 0
        addresses = [self.ring.address(pod) for pod in self.ring.pods() if self.ring.is_ready(pod)]
        first = self.starts * 1_000_000
        settings = {"addresses": addresses, "login": self.ring.login, "table": _TABLE, "first": first}
        command = in_namespace(
            self.ring.machine.network.control_plane, sys.executable, str(_WRITER), str(self.acknowledged)
        )
        pipe = subprocess.PIPE
        self.client = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.client.stdin.write(json.dumps(settings))
        self.client.stdin.close()
        self.client.stdin = None

        def writes() -> bool:
            if self.client.poll() is not None:
                raise RuntimeError(f"the writing client ended at once: {self.client.stderr.read()[-1000:]}")
            return self.acknowledged.exists() and self.acknowledged.stat().st_size > before

        wait_until("the writing client writes", 120, writes)

    def stop(self) -> dict[str, int]:
        """End the client, and tell what it counted. What was not acknowledged, by the kind of failure."""
        client, self.client = self.client, None
        if client is None:
            return {}
        client.send_signal(signal.SIGTERM)
        output, complaints = client.communicate(timeout=60)
        if client.returncode != 0:
            raise RuntimeError(f"the writing client ended with {client.returncode}: {complaints[-1000:]}")
        failed = json.loads(output)
        self.report.saw(f"{len(self.ids())} rows acknowledged so far, not acknowledged: {failed or 'none'}")
        return failed

    def kill(self) -> None:
        """End the client at once, after a story that failed."""
        if self.client is not None:
            self.client.kill()
            self.client.wait()

    def ids(self) -> set[int]:
        """The acknowledged rows."""
        return {int(line) for line in self.acknowledged.read_text().split()}

    def expect_nothing_lost(self, pod: str) -> None:
        """Read every row that was ever acknowledged."""
        acknowledged = self.ids()
        rows = self.ring.cql(pod, {"cql": f"SELECT id, word FROM {_TABLE}", "consistency": "LOCAL_QUORUM"})
        lost = acknowledged - {number for number, word in rows if word == f"word {number}"}
        self.report.expect(acknowledged, "rows were acknowledged")
        told = f"{len(lost)} of {len(acknowledged)} acknowledged rows are lost at LOCAL_QUORUM"
        self.report.expect(not lost, f"{told} {sorted(lost)[:10] or ''}".rstrip())


def replication(copies: dict[str, int]) -> str:
    """The replication of a keyspace, in CQL."""
    return str({"class": "NetworkTopologyStrategy", **copies})
