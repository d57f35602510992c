"""A client of Cassandra's native protocol, version 4: one connection, a login with name and password, a question at a time.

Texts go in and come out; of a value of another type the bytes come out. Rows of all pages.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from types import TracebackType

ERROR, STARTUP, READY, AUTHENTICATE, QUERY, RESULT, AUTH_RESPONSE, AUTH_SUCCESS = 0, 1, 2, 3, 7, 8, 15, 16
ONE, QUORUM = 1, 4
_REQUEST = 4  # the version, in the first byte
_WARNED = 0x08  # in the second byte of an answer
_WITH_VALUES, _WITH_PAGING_STATE = 0x01, 0x08
_GLOBAL_TABLE, _MORE_PAGES = 0x0001, 0x0002
_ROWS = 2
_TEXTS = {1, 10, 13}  # ascii, blob-free texts: ascii, text (an alias), varchar
_CUSTOM, _LIST, _MAP, _SET = 0x00, 0x20, 0x21, 0x22

Row = list[str | bytes | None]


class Failed(Exception):
    """Cassandra answered with an error; or the answer is none of those that are expected."""


class Connection:
    """A connection to the first of the addresses that answers."""

    def __init__(
        self, contacts: tuple[tuple[str, int], ...], login: tuple[str, str] | None, seconds: float = 10
    ) -> None:
        self.socket = _connect(contacts, seconds)
        try:
            self._start(login)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self.socket.close()

    def _start(self, login: tuple[str, str] | None) -> None:
        options = {"CQL_VERSION": "3.0.0"}
        body = struct.pack(">H", len(options)) + b"".join(_string(name) + _string(it) for name, it in options.items())
        kind, _ = self._ask(STARTUP, body)
        if kind != AUTHENTICATE:
            return
        name, password = login or ("", "")
        token = b"\0" + name.encode() + b"\0" + password.encode()
        kind, _ = self._ask(AUTH_RESPONSE, struct.pack(">i", len(token)) + token)
        if kind != AUTH_SUCCESS:
            raise Failed(f"the login ended with the answer {kind}")

    def query(self, text: str, *values: str | int, level: int = QUORUM) -> list[Row]:
        """The rows of a statement with these values in the places of its question marks; numbers are 32 bits long."""
        rows: list[Row] = []
        state = b""
        while True:
            kind, reader = self._ask(QUERY, _question(text, values, level, state))
            if kind != RESULT:
                raise Failed(f"the answer to {text} is {kind}")
            if reader.int() != _ROWS:
                return rows
            state, more = reader.rows()
            rows += more
            if not state:
                return rows

    def _ask(self, opcode: int, body: bytes) -> tuple[int, Reader]:
        self.socket.sendall(struct.pack(">BBhBi", _REQUEST, 0, 0, opcode, len(body)) + body)
        _, flags, _, kind, length = struct.unpack(">BBhBi", self._read(9))
        reader = Reader(self._read(length))
        for _ in range(reader.short() if flags & _WARNED else 0):
            reader.string()
        if kind == ERROR:
            raise Failed(f"{reader.int():#06x}: {reader.string()}")
        return kind, reader

    def _read(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            part = self.socket.recv(length - len(found))
            if not part:
                raise ConnectionError("Cassandra closed the connection")
            found += part
        return found


def _connect(contacts: tuple[tuple[str, int], ...], seconds: float) -> socket.socket:
    for number, contact in enumerate(contacts, 1):
        try:
            return socket.create_connection(contact, seconds)
        except OSError:
            if number == len(contacts):
                raise
    raise ConnectionError("no contact point")


def _string(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()


def _value(value: str | int) -> bytes:
    content = value.to_bytes(4, "big", signed=True) if isinstance(value, int) else value.encode()
    return struct.pack(">i", len(content)) + content


def _question(text: str, values: tuple[str | int, ...], level: int, state: bytes) -> bytes:
    flags = (_WITH_VALUES if values else 0) | (_WITH_PAGING_STATE if state else 0)
    body = struct.pack(">i", len(text.encode())) + text.encode() + struct.pack(">HB", level, flags)
    if values:
        body += struct.pack(">H", len(values)) + b"".join(map(_value, values))
    return body + (struct.pack(">i", len(state)) + state if state else b"")


class Reader:
    """Reads an answer from its beginning."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, length: int) -> bytes:
        """The next bytes."""
        self.at += length
        return self.content[self.at - length : self.at]

    def int(self) -> int:
        """Of 32 bits."""
        return int.from_bytes(self.take(4), "big", signed=True)

    def short(self) -> int:
        """Of 16 bits, without a sign."""
        return int.from_bytes(self.take(2), "big")

    def string(self) -> str:
        """With its length in 16 bits."""
        return self.take(self.short()).decode()

    def bytes(self) -> bytes | None:
        """With their length in 32 bits; a negative one is null."""
        length = self.int()
        return None if length < 0 else self.take(length)

    def kind(self) -> int:
        """The number of a type; what a collection is made of is skipped."""
        kind = self.short()
        if kind == _CUSTOM:
            self.string()
        for _ in range({_LIST: 1, _SET: 1, _MAP: 2}.get(kind, 0)):
            self.kind()
        return kind

    def rows(self) -> tuple[bytes, list[Row]]:
        """Where the next page begins, and the rows of this one."""
        flags, columns = self.int(), self.int()
        state = (self.bytes() or b"") if flags & _MORE_PAGES else b""
        kinds = list(self._kinds(columns, bool(flags & _GLOBAL_TABLE)))
        return state, [[self._cell(kind) for kind in kinds] for _ in range(self.int())]

    def _kinds(self, columns: int, has_one_table: bool) -> Iterator[int]:
        if has_one_table:
            self.string(), self.string()
        for _ in range(columns):
            if not has_one_table:
                self.string(), self.string()
            self.string()
            yield self.kind()

    def _cell(self, kind: int) -> str | bytes | None:
        content = self.bytes()
        return content.decode() if content is not None and kind in _TEXTS else content
