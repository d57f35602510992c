"""Runs CQL for a story, inside the network of the pods, and prints the rows as JSON.

usage: cql.py ADDRESS < {"statements": [{"cql": …, "values": [[…], …], "consistency": "QUORUM"}, …]}
Each statement runs once per row of `values` (once when there are none); the rows of the last one are printed.
"""

from __future__ import annotations

import json
import sys

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy
from cassandra.query import SimpleStatement

from cassandra import ConsistencyLevel


def main() -> None:
    """Connect, run, print."""
    profile = ExecutionProfile(load_balancing_policy=DCAwareRoundRobinPolicy(), request_timeout=60)
    cluster = Cluster([sys.argv[1]], execution_profiles={EXEC_PROFILE_DEFAULT: profile}, connect_timeout=30)
    session = cluster.connect()
    rows: list[list] = []
    for statement in json.load(sys.stdin)["statements"]:
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
    print(json.dumps(rows, default=str))
    cluster.shutdown()


main()
