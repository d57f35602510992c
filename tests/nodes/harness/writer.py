"""Writes rows all the time, as an application would, and remembers which were acknowledged. Nothing is retried: what was
not acknowledged is counted, and may be there or not.

usage: writer.py FILE < {"addresses": […], "login": [NAME, PASSWORD], "table": "shop.rows", "first": 0}
Runs until it is sent SIGTERM. FILE gets the id of every acknowledged row; what went wrong is printed as JSON.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, Session
from cassandra.policies import DCAwareRoundRobinPolicy, FallthroughRetryPolicy

from cassandra import ConsistencyLevel

PAUSE = 0.05  # seconds between two rows

running = True


def end(*_: object) -> None:
    """The row under way is the last one."""
    global running  # noqa: PLW0603 (a signal handler has nothing else)
    running = False


def connect(settings: dict) -> tuple[Cluster, Session]:
    """A session that waits for whatever it is told to wait for, and tries nothing twice."""
    profile = ExecutionProfile(
        load_balancing_policy=DCAwareRoundRobinPolicy(),
        retry_policy=FallthroughRetryPolicy(),
        consistency_level=ConsistencyLevel.LOCAL_QUORUM,
        request_timeout=15,
    )
    cluster = Cluster(
        settings["addresses"],
        auth_provider=PlainTextAuthProvider(*settings["login"]),
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        connect_timeout=30,
        control_connection_timeout=30,
    )
    return cluster, cluster.connect()


def write(session: Session, settings: dict, acknowledged) -> Counter:  # noqa: ANN001 (an open file)
    """Write until asked to end. What failed, by kind."""
    insert = session.prepare(f"INSERT INTO {settings['table']} (id, word) VALUES (?, ?)")
    failed: Counter = Counter()
    number = settings["first"]
    while running:
        try:
            session.execute(insert, (number, f"word {number}"))
            acknowledged.write(f"{number}\n")
        except Exception as error:  # noqa: BLE001 (every kind of failure is counted)
            failed[type(error).__name__] += 1
        number += 1
        time.sleep(PAUSE)
    return failed


def main() -> None:
    """Connect, write, say what went wrong."""
    signal.signal(signal.SIGTERM, end)
    settings = json.load(sys.stdin)
    cluster, session = connect(settings)
    with open(sys.argv[1], "a", buffering=1) as acknowledged:
        failed = write(session, settings, acknowledged)
    print(json.dumps(failed), flush=True)
    cluster.shutdown()


main()
