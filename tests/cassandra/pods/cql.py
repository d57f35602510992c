"""What a client sees: rows written and read over CQL, who is in the ring, who may log in.

In: addresses of pods. Out: counts and identities. Called by the stories.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile, NoHostAvailable, Session
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import WhiteListRoundRobinPolicy

# The driver tells of every node that goes away, which the stories do on purpose.
logging.getLogger("cassandra").setLevel(logging.CRITICAL)

KEYSPACE = "story"


@contextmanager
def session(address: str, *, only: bool = False, login: tuple[str, str] | None = None) -> Iterator[Session]:
    """A session that begins at one node; `only` never speaks to another one."""
    profile = ExecutionProfile(request_timeout=60)
    if only:
        profile = ExecutionProfile(load_balancing_policy=WhiteListRoundRobinPolicy([address]), request_timeout=60)
    provider = PlainTextAuthProvider(*login) if login else None
    client = Cluster(
        [address], execution_profiles={EXEC_PROFILE_DEFAULT: profile}, auth_provider=provider, connect_timeout=10
    )
    try:
        yield client.connect()
    finally:
        client.shutdown()


def login_is_refused(address: str, login: tuple[str, str] | None) -> str:
    """The words with which a login is refused; empty when it is not."""
    try:
        with session(address, only=True, login=login):
            return ""
    except NoHostAvailable as error:
        return "; ".join(str(reason) for reason in error.errors.values())


def local(address: str) -> dict[str, str]:
    """What a node says about itself."""
    with session(address, only=True) as client:
        row = client.execute("SELECT * FROM system.local").one()
        names = ("cluster_name", "release_version", "data_center", "rack", "host_id", "bootstrapped")
        return {name: str(getattr(row, name)) for name in names} | {"tokens": str(len(row.tokens))}


def write(address: str, count: int) -> None:
    """Make a keyspace that keeps every row once, and write rows 0 to count - 1."""
    with session(address) as client:
        client.execute(
            f"CREATE KEYSPACE IF NOT EXISTS {KEYSPACE} WITH replication ="
            " {'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
        client.execute(f"CREATE TABLE IF NOT EXISTS {KEYSPACE}.rows (id int PRIMARY KEY, word text)")
        statement = client.prepare(f"INSERT INTO {KEYSPACE}.rows (id, word) VALUES (?, ?)")
        statement.consistency_level = ConsistencyLevel.ONE
        rows = [(number, f"row {number}") for number in range(count)]
        execute_concurrent_with_args(client, statement, rows, concurrency=50, raise_on_first_error=True)


def count_found(address: str, count: int) -> int:
    """How many of the rows can be read one by one, at ONE: a replica that did not get its data answers with nothing."""
    with session(address) as client:
        statement = client.prepare(f"SELECT word FROM {KEYSPACE}.rows WHERE id = ?")
        statement.consistency_level = ConsistencyLevel.ONE
        keys = [(number,) for number in range(count)]
        results = execute_concurrent_with_args(client, statement, keys, concurrency=50, raise_on_first_error=True)
        rows = [result.result_or_exc.one() for result in results]
        return sum(row is not None and row.word == f"row {number}" for number, row in enumerate(rows))
