"""What Reaper knows, in tables of its keyspace: a text in JSON per id. Called by everything that answers or repairs.

The tables have names of the real ones and columns of their own. A text is replaced only where it is still the one that was read, and
all of it with QUORUM, because the sidecars of all nodes share it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable

from cql import ONE, Connection, Failed, Row
from settings import Refused, Settings

CLUSTERS, SCHEDULES, RUNS, HEARTBEATS = "cluster", "repair_schedule_v1", "repair_run", "running_reapers"
_MIGRATIONS = "schema_migration"
_TABLES = (CLUSTERS, SCHEDULES, RUNS, HEARTBEATS, _MIGRATIONS)
_VERSION = json.dumps({"version": 34})
_APPLIED = b"\x01"
_AGREEMENT = 10  # seconds
Broken = (OSError, Failed)


class Storage:
    """One connection, made again when it is lost."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: Connection | None = None
        self.lock = threading.Lock()

    # --- Start ------------------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Until it works: every 10 s, 61 times."""
        for number in range(1, self.settings.tries + 1):
            try:
                if not self.settings.skips_migration:
                    self.migrate()
                return self.check()
            except Broken as error:
                print(f"Storage is not ready yet ({number} of {self.settings.tries}): {error}", flush=True)
            if number < self.settings.tries:
                time.sleep(self.settings.pause)
        raise Refused("the storage did not become ready")

    def check(self) -> None:
        """Read and write as a server does; an error where it may not, or where something is missing."""
        self._check_datacenter()
        self.all(_MIGRATIONS)
        if _VERSION not in self.all(_MIGRATIONS).values():
            raise Failed("the tables are not there yet")
        for table in (CLUSTERS, SCHEDULES, RUNS):
            self.all(table)
        self._ask(f"INSERT INTO {self._name(HEARTBEATS)} (id, content) VALUES (?, ?) USING TTL 90", "any", "{}")

    def migrate(self) -> None:
        """Make the tables that are missing. It needs CREATE on the keyspace, and waits for all nodes to know them."""
        self._check_datacenter()
        for table in _TABLES:
            if table not in self.tables(self.settings.keyspace):
                print(f"making the table {table}", flush=True)
                self._ask(f"CREATE TABLE IF NOT EXISTS {self._name(table)} (id text PRIMARY KEY, content text)")
        end = time.monotonic() + _AGREEMENT
        while len(self._schema_versions()) > 1 and time.monotonic() < end:
            time.sleep(0.2)
        self.add(_MIGRATIONS, "34", _VERSION)

    def _check_datacenter(self) -> None:
        ((found,),) = self._ask("SELECT data_center FROM system.local", level=ONE)
        if found != self.settings.datacenter:
            raise Failed(f"the local datacenter is {found} and not {self.settings.datacenter}")

    def _schema_versions(self) -> set[str | bytes | None]:
        tables = ("system.local", "system.peers")
        return {row[0] for table in tables for row in self._ask(f"SELECT schema_version FROM {table}", level=ONE)}

    # --- The ring ---------------------------------------------------------------------------------------------------

    def ring(self) -> str:
        """What the ring is called in its configuration."""
        ((name,),) = self._ask("SELECT cluster_name FROM system.local", level=ONE)
        return str(name)

    def tables(self, keyspace: str) -> set[str]:
        """The tables of a keyspace; none where there is no such keyspace."""
        rows = self._ask("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", keyspace, level=ONE)
        return {str(name) for (name,) in rows}

    # --- Texts ------------------------------------------------------------------------------------------------------

    def all(self, table: str) -> dict[str, str]:
        """The texts of a table, by their ids."""
        rows = self._ask(f"SELECT id, content FROM {self._name(table)}")
        return {str(key): str(content) for key, content in rows if content is not None}

    def add(self, table: str, key: str, content: str) -> bool:
        """Whether it was not there before."""
        text = f"INSERT INTO {self._name(table)} (id, content) VALUES (?, ?) IF NOT EXISTS"
        return _applied(self._ask(text, key, content))

    def change(self, table: str, key: str, change: Callable[[dict], None]) -> dict | None:
        """Change a text, however often others change it meanwhile; nothing where it is gone."""
        while (old := self.all(table).get(key)) is not None:
            content = json.loads(old)
            change(content)
            text = f"UPDATE {self._name(table)} SET content = ? WHERE id = ? IF content = ?"
            if _applied(self._ask(text, json.dumps(content), key, old)):
                return content
        return None

    def remove(self, table: str, key: str) -> None:
        """Remove a text."""
        self._ask(f"DELETE FROM {self._name(table)} WHERE id = ? IF EXISTS", key)

    def _name(self, table: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.settings.keyspace):
            raise Refused(f"not a keyspace of lower-case letters: {self.settings.keyspace}")
        return f"{self.settings.keyspace}.{table}"

    def _ask(self, text: str, *values: str, level: int | None = None) -> list[Row]:
        levels = {} if level is None else {"level": level}
        with self.lock:
            try:
                return self._connected().query(text, *values, **levels)
            except OSError:
                self._forget()
                raise

    def _connected(self) -> Connection:
        if self.connection is None:
            self.connection = Connection(self.settings.contacts, self.settings.login)
        return self.connection

    def _forget(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _applied(rows: list[Row]) -> bool:
    return rows[0][0] == _APPLIED
