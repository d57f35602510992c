"""Runs CQL for a story, inside the network of the pods, and prints the rows as JSON.

usage: cql.py ADDRESS < {"login": [NAME, PASSWORD] or null, "statements": [{"cql": …, "values": [[…], …], "consistency": "QUORUM"}, …]}
Each statement runs once per row of `values` (once when there are none); the rows of the last one are printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy
from cassandra.query import SimpleStatement

from cassandra import ConsistencyLevel


def main() -> None:
    """Connect, run, print."""
    asked = json.load(sys.stdin)
    profile = ExecutionProfile(load_balancing_policy=DCAwareRoundRobinPolicy(), request_timeout=60)
    cluster = Cluster(
        [sys.argv[1]],
        auth_provider=PlainTextAuthProvider(*asked["login"]) if asked["login"] else None,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=30,
        control_connection_timeout=30,
    )
    session = cluster.connect()
    rows: list[list] = []
    for statement in asked["statements"]:
        prepared = session.prepare(statement["cql"]) if statement.get("values") else None
        level = getattr(ConsistencyLevel, statement.get("consistency", "ONE"))
        if prepared is not None:
            prepared.consistency_level = level
            for success, result in execute_concurrent_with_args(session, prepared, statement["values"], concurrency=20):
                if not success:
                    raise result
        else:
            rows = [
                list(row) for row in session.execute(SimpleStatement(statement["cql"], consistency_level=level)) or []
            ]
    print(json.dumps(rows, default=plain))
    cluster.shutdown()


def plain(value: object) -> object:
    """A value that JSON does not have: a map of the driver's own kind, or something that is told as text."""
    return dict(value) if isinstance(value, Mapping) else str(value)


main()
