"""A small server in Cassandra's place: the native protocol, a login, rights, and the statements that the double sends. Imported by the
tests of the double. It shows that the double's client speaks as it should, no more: tests/nodes has the real Cassandra.
"""

from __future__ import annotations

import json
import re
import socketserver
import struct
import sys
import threading
import time
import unittest
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

# What lies below root/ is copied into images as it is.
sys.dont_write_bytecode = True
CODE = Path(__file__).resolve().parent / "root/opt/reaper"
sys.path.insert(0, str(CODE))
import cql  # noqa: E402 (the path is set above)
import tokens  # noqa: E402
from replies import Reply, Request  # noqa: E402
from rest import Rest  # noqa: E402
from settings import Settings  # noqa: E402
from storage import Storage  # noqa: E402

LOGIN = ("reaper", "secret")
KEYSPACE = "reaper_db"
# What a POST must say.
USUAL = {"clusterName": "shop1", "keyspace": "shop", "owner": "cassc", "scheduleDaysBetween": "7"}
KEY = b"0123456789abcdef0123456789abcdef"
_BAD_CREDENTIALS, _UNAUTHORIZED, _INVALID, _UNSET = 0x0100, 0x2100, 0x2200, 0x2500
_TEXT, _BOOLEAN = 13, 4
_PAGE = 2  # rows


@dataclass
class Ring:
    """What is in it."""

    roles: dict[str, str] = field(default_factory=lambda: dict([LOGIN]))
    rights: set[str] = field(default_factory=lambda: {"CREATE", "SELECT", "MODIFY"})
    keyspaces: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: {KEYSPACE: {}})
    datacenter: str = "dc1"
    statements: list[str] = field(default_factory=list)


class Wrong(Exception):
    """An error with its code."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self, ring: Ring) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.ring = ring
        self.sessions: list[socketserver.BaseRequestHandler] = []


class _Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.server.sessions.append(self)
        while header := self.rfile.read(9):
            _, _, _, opcode, length = struct.unpack(">BBhBi", header)
            try:
                kind, body = self._answer(opcode, cql.Reader(self.rfile.read(length)))
            except Wrong as error:
                code, text = error.args
                kind, body = cql.ERROR, struct.pack(">i", code) + _string(text)
            body = struct.pack(">H", 1) + _string("a warning") + body
            self.wfile.write(struct.pack(">BBhBi", 0x84, 0x08, 0, kind, len(body)) + body)

    def _answer(self, opcode: int, reader: cql.Reader) -> tuple[int, bytes]:
        if opcode == cql.STARTUP:
            return cql.AUTHENTICATE, _string("org.apache.cassandra.auth.PasswordAuthenticator")
        if opcode == cql.AUTH_RESPONSE:
            _, name, password = (reader.bytes() or b"").decode().split("\0")
            if self.server.ring.roles.get(name) != password:
                raise Wrong(_BAD_CREDENTIALS, "Provided username and/or password are incorrect")
            return cql.AUTH_SUCCESS, struct.pack(">i", -1)
        text = reader.take(reader.int()).decode()
        reader.short()
        flags = reader.take(1)[0]
        values = [(reader.bytes() or b"").decode() for _ in range(reader.short() if flags & 1 else 0)]
        page = int((reader.bytes() or b"0").decode()) if flags & 8 else 0
        self.server.ring.statements.append(text)
        return cql.RESULT, _rows(answered(self.server.ring, text, values), page)


def answered(ring: Ring, text: str, values: list[str]) -> list[list[str | bool]] | None:
    """The rows of a statement; nothing where it has none."""
    if found := re.match(r"SELECT (\w+) FROM system\.(local|peers)", text):
        told = {"data_center": ring.datacenter, "cluster_name": "Shop 1", "schema_version": "one"}
        return [[told[found[1]]]] if found[2] == "local" else []
    if "system_schema.tables" in text:
        return [[name] for name in ring.keyspaces.get(values[0], {})]
    found = re.match(r"(CREATE|SELECT|INSERT|UPDATE|DELETE) .*?(\w+)\.(\w+)", text)
    verb, keyspace, table = found.groups()
    right = {"CREATE": "CREATE", "SELECT": "SELECT"}.get(verb, "MODIFY")
    if keyspace not in ring.keyspaces:
        raise Wrong(_INVALID, f"keyspace {keyspace} does not exist")
    if right not in ring.rights:
        raise Wrong(_UNAUTHORIZED, f"User has no {right} permission on <keyspace {keyspace}>")
    if verb == "CREATE":
        ring.keyspaces[keyspace].setdefault(table, {})
        return None
    if table not in ring.keyspaces[keyspace]:
        raise Wrong(_INVALID, f"table {table} does not exist")
    return _changed(ring.keyspaces[keyspace][table], verb, text, values)


def _changed(rows: dict[str, str], verb: str, text: str, values: list[str]) -> list[list[str | bool]] | None:
    if verb == "SELECT":
        return [[key, content] for key, content in rows.items()]
    if verb == "INSERT":
        applies = values[0] not in rows or "IF NOT EXISTS" not in text
        rows.update({values[0]: values[1]} if applies else {})
    elif verb == "UPDATE":
        content, key, old = values
        applies = rows.get(key) == old
        rows.update({key: content} if applies else {})
    else:
        applies = rows.pop(values[0], None) is not None
    return [[applies]] if " IF " in text else None


def _string(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()


def _rows(rows: list[list[str | bool]] | None, page: int) -> bytes:
    """An answer with the rows of a page; conditional statements have a boolean."""
    if rows is None:
        return struct.pack(">i", 1)
    shown, more = rows[page : page + _PAGE], len(rows) > page + _PAGE
    kinds = [_BOOLEAN if isinstance(cell, bool) else _TEXT for cell in (rows or [[]])[0]]
    body = struct.pack(">iii", 2, 1 | (2 if more else 0), len(kinds))
    if more:
        body += _cell(str(page + _PAGE))
    body += _string("keyspace") + _string("table")
    body += b"".join(_string("column") + struct.pack(">H", kind) for kind in kinds)
    return body + struct.pack(">i", len(shown)) + b"".join(_cell(cell) for row in shown for cell in row)


def _cell(cell: str | bool) -> bytes:
    content = bytes([cell]) if isinstance(cell, bool) else cell.encode()
    return struct.pack(">i", len(content)) + content


class TestCase(unittest.TestCase):
    """A ring without tables, and settings for it: a sidecar that is in a hurry."""

    def setUp(self) -> None:
        """Listen in Cassandra's place, and on the port of JMX."""
        self.ring = Ring()
        self.cassandra = _Server(self.ring)
        self.jmx = _Server(self.ring)
        for server in (self.cassandra, self.jmx):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)

    def settings(self, **changes: object) -> Settings:
        """Those of a sidecar."""
        usual = {
            "contacts": (("127.0.0.1", self.cassandra.server_address[1]),), "datacenter": "dc1", "keyspace": KEYSPACE,
            "login": LOGIN, "is_sidecar": True, "calls_management_api": False, "skips_migration": True,
            "users": {"ui": ("p w", "operator"), "guest": ("guest", "user")}, "key": KEY, "app_port": 0, "admin_port": 0,
            "jmx_port": self.jmx.server_address[1], "pause": 0.02, "between_polls": 3600,
        }  # fmt: skip
        return Settings(**(usual | changes))

    def lose_connections(self) -> None:
        """Cassandra closes the connections that it has."""
        for session in self.cassandra.sessions:
            session.connection.close()


class RestCase(TestCase):
    """A sidecar whose ring has a keyspace with tables, and one without."""

    def setUp(self) -> None:
        """Migrate and register."""
        super().setUp()
        self.ring.keyspaces |= {"shop": {"orders": {}, "lines": {}}, "empty": {}}
        self.rest = self.make()
        self.rest.storage.migrate()
        self.rest.register("shop1", "127.0.0.1")

    def make(self, **changes: object) -> Rest:
        """Another Reaper on the same tables."""
        settings = self.settings(**changes)
        return Rest(settings, Storage(settings))

    def ask(
        self, method: str, address: str, body: object = None, token: str | None = None, rest: Rest | None = None
    ) -> Reply:
        """Ask as the operator, unless another token is given."""
        path, _, query = address.partition("?")
        token = tokens.made("ui", KEY, time.time()) if token is None else token
        text = "" if body is None else json.dumps(body)
        return (rest or self.rest).answer(
            Request(method, path, dict(urllib.parse.parse_qsl(query)), "application/json", token, text)
        )

    def post(self, **changes: str | None) -> Reply:
        """Ask for a schedule; what is None is left out."""
        query = {name: value for name, value in (USUAL | changes).items() if value is not None}
        return self.ask("POST", f"/repair_schedule?{urllib.parse.urlencode(query)}")

    def list(self, name: str = "shop1") -> list[dict]:
        """The schedules."""
        return json.loads(self.ask("GET", f"/repair_schedule?clusterName={name}").body)

    def made(self, **changes: str) -> dict:
        """A schedule that was made."""
        reply = self.post(**changes)
        self.assertEqual(reply.status, 201, reply.body)
        return json.loads(self.ask("GET", reply.location).body)
