"""Rows that a story writes and reads back."""

from __future__ import annotations

from harness.ring import Ring

ROWS = 2000


def write(ring: Ring, pod: str, keyspace: str, copies: int) -> None:
    """A keyspace with that many copies of every row in dc1, and ROWS rows in it."""
    replication = f"{{'class': 'NetworkTopologyStrategy', 'dc1': {copies}}}"
    ring.cql(
        pod,
        {"cql": f"CREATE KEYSPACE {keyspace} WITH replication = {replication}"},
        {"cql": f"CREATE TABLE {keyspace}.rows (id int PRIMARY KEY, word text)"},
    )
    level = "ONE" if copies == 1 else "QUORUM"
    values = [[number, f"word {number}"] for number in range(ROWS)]
    insert = f"INSERT INTO {keyspace}.rows (id, word) VALUES (?, ?)"
    ring.cql(pod, {"cql": insert, "values": values, "consistency": level})
    ring.nodetool(pod, "flush", keyspace)


def count(ring: Ring, pod: str, keyspace: str, consistency: str) -> int:
    """How many of the rows are read back."""
    rows = ring.cql(pod, {"cql": f"SELECT id, word FROM {keyspace}.rows", "consistency": consistency})
    return sum(1 for number, word in rows if word == f"word {number}")


def streamed(ring: Ring, pod: str) -> bool:
    """Whether the node's log tells that it took its share of the data when it joined."""
    log = ring.log(pod)
    return "Bootstrap completed" in log and "will not auto bootstrap" not in log
