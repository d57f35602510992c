"""A small process in Cassandra's place, and the server before it. Imported by the tests of the double.

Linux only: the server reads /proc.
"""

import http.client
import socket
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What lies below root/ is copied into images as it is.
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent / "root/opt/management-api"))
import http_server  # noqa: E402
from settings import Settings  # noqa: E402

# In Cassandra's place: goes into the background, writes its pid file; opens the port once `join` exists. At the agent's socket
# it writes down every call, and answers with the file answers/METHOD where there is one. `drain` closes the port, takes as
# many seconds as the file `seconds` says, and makes the file `drain`. The shell in the background stays to reap its node: the
# container has tini for that, but process 1 of the machine that runs the tests may take its time.
CASSANDRA = r"""#!/bin/bash
home=$(dirname "$(dirname "$0")"); echo "$@" >>"$home/arguments"; shift
exec 3<&-
rm -f "$1"
{ "$home/bin/node" "$home" & printf %d $! >"$1.new"; mv "$1.new" "$1"; wait; } &
until [ -s "$1" ]; do kill -0 $! || exit 1; sleep 0.01; done
"""
NODE = r"""#!/usr/bin/python3 -I
import pathlib, socket, sys, threading, time
home = pathlib.Path(sys.argv[1])
drained = threading.Event()

def serve():
    (home / "socket").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "socket"))
        server.listen()
        while True:
            connection = server.accept()[0]
            threading.Thread(target=answer, args=[connection], daemon=True).start()

def answer(connection):
    with connection, connection.makefile("rw") as stream:
        line = stream.readline()
        method = line.strip().partition("?")[0]
        with (home / "calls").open("a") as calls:
            calls.write(line)
        if method == "drain":
            drained.set()
            time.sleep(float((home / "seconds").read_text()) if (home / "seconds").exists() else 0)
            (home / "drain").touch()
        file = home / "answers" / method
        stream.write(file.read_text() if file.exists() else "ok\nnull")

threading.Thread(target=serve, daemon=True).start()
listener = None
while True:
    if (home / "join").exists() and not drained.is_set() and listener is None:
        listener = socket.create_server(("127.0.0.1", int((home / "port").read_text())))
    if drained.is_set() and listener is not None:
        listener.close()
    time.sleep(0.02)
"""


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(condition: Callable[[], bool], words: str) -> None:
    """Wait up to a minute for something to become true."""
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within a minute: {words}")
        time.sleep(0.02)


class TestCase(unittest.TestCase):
    """One server in front of one stand-in for Cassandra, each test with its own folder."""

    def setUp(self) -> None:
        """Write the stand-in's programs and the little of cassandra.yaml that is read."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        (self.home / "bin").mkdir()
        for name, text in (("cassandra", CASSANDRA), ("node", NODE)):
            (self.home / "bin" / name).write_text(text, encoding="utf-8")
            (self.home / "bin" / name).chmod(0o755)
        native_port = free_port()
        (self.home / "port").write_text(str(native_port), encoding="utf-8")
        (self.home / "cassandra.yaml").write_text(f"native_transport_port: {native_port}\n", encoding="utf-8")

    def serve(self, **changes: Any) -> None:
        """Start the server; the keep-alive task looks every fifth of a second instead of every 30."""
        rhythm = {"first_look": 0.1, "between_looks": 0.2, "between_kills": 0.2}
        settings = Settings(
            home=self.home, configuration=self.home, pid_file=self.home / "pid", socket=self.home / "socket",
            faults=self.home / "faults.json", log_directory=self.home,
            port=0, **(rhythm | changes),
        )  # fmt: skip
        self.server = http_server.serve(settings)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.end)

    def end(self) -> None:
        """End what was started."""
        self.server.cassandra.stop()
        self.server.shutdown()
        self.server.server_close()

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """Status and body of a request; a path without a slash before it is below /api/v0."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=60)
        try:
            connection.request(method, path if path.startswith("/") else f"/api/v0/{path}", body)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def probes(self) -> tuple[int, int]:
        """The statuses of liveness and readiness."""
        return self.ask("GET", "probes/liveness")[0], self.ask("GET", "probes/readiness")[0]

    def pid(self) -> int:
        """The number of the running process, 0 for none."""
        return int(self.ask("GET", "lifecycle/pid")[1] or 0)
