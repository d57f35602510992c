"""Tests of the Management API's double against its contract (README.md), with a small process in Cassandra's place.

Run as `python3 tests/cassandra/server/test_double.py`, by tests/cassandra/run and .ci/run. Linux only: it reads /proc.
"""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# What lies below root/ is copied into images as it is.
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "root/opt/management-api"))
import http_server  # noqa: E402
import process  # noqa: E402
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
SCRIPTS = HERE.parents[2] / "templates/scripts"


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(condition: Callable[[], bool], words: str) -> None:
    """Wait up to ten seconds for something to become true."""
    end = time.monotonic() + 10
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within ten seconds: {words}")
        time.sleep(0.02)


class DoubleTest(unittest.TestCase):
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
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=10)
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

    def test_probes_follow_a_node_through_its_life(self) -> None:
        """Not started, joining, joined, drained, dead, started again."""
        self.serve(first_look=0.5)
        closed = (500, "Internal connection to Cassandra closed")
        self.assertEqual(self.ask("GET", "probes/liveness"), (200, "OK"))
        self.assertEqual(self.ask("GET", "probes/readiness"), closed)
        self.assertEqual(self.ask("POST", "ops/node/drain"), closed)
        until(lambda: self.pid() > 0, "started by the keep-alive task")
        self.assertEqual(self.probes(), (200, 500))
        self.assertEqual(self.ask("POST", "lifecycle/start")[0], 204)
        (self.home / "join").touch()
        until(lambda: self.probes() == (200, 200), "ready once joined")
        self.assertEqual(self.ask("GET", "probes/readiness"), (200, "OK"))
        self.assertEqual(self.ask("POST", "lifecycle/start")[0], 202)
        self.assertEqual(self.ask("POST", "ops/node/drain"), (200, "OK"))
        pid = self.pid()
        cassandra = self.server.cassandra
        until(lambda: not process.listens(pid, cassandra.native_port()), "the port closes when drained")
        self.assertEqual(self.probes(), (200, 200), "a drained node stays ready")

    def serve_slow_drain(self) -> None:
        """A member of a ring whose drain takes longer than its connection lives."""
        self.serve(heartbeat=0.3, reconnection=1.0)
        (self.home / "join").touch()
        until(lambda: self.probes() == (200, 200), "ready")
        (self.home / "seconds").write_text("2", encoding="utf-8")

    def test_a_slow_drain_is_answered_with_an_error_while_it_goes_on(self) -> None:
        """An error once the connection is lost, errors until there is another one, then the answer of the same drain."""
        self.serve_slow_drain()
        for _ in range(2):
            self.assertEqual(self.ask("POST", "ops/node/drain")[0], 500)
        self.assertEqual(self.probes(), (200, 200))
        self.assertFalse((self.home / "drain").exists(), "it goes on")
        time.sleep(1.0)
        self.assertEqual(self.ask("POST", "ops/node/drain"), (200, "OK"))
        self.assertTrue((self.home / "drain").exists(), "it is done")

    def test_the_pods_script_waits_for_a_slow_drain(self) -> None:
        """The preStop hook of the newest scripts ends when the drain is done, whatever is answered meanwhile."""
        self.serve_slow_drain()
        scripts = self.home / "scripts"
        scripts.mkdir()
        for name in ("drain.sh", "management-api.sh"):
            shutil.copy(SCRIPTS / name, scripts)
        port = self.server.cassandra.native_port()
        (scripts / "cassandra.yaml").write_text(f"native_transport_port: {port}\n", encoding="utf-8")
        environment = os.environ | {"MGMT_API_LISTEN_TCP_PORT": str(self.server.server_port), "DRAIN_SECONDS": "30"}
        result = subprocess.run(
            ["sh", str(scripts / "drain.sh")], env=environment, capture_output=True, text=True, check=False
        )
        self.assertEqual((result.returncode, (self.home / "drain").exists()), (0, True), result.stderr)

    def test_a_dead_cassandra_is_not_alive_and_is_started_again(self) -> None:
        """Liveness 500 while it is dead, and readiness forgets the dead process."""
        self.serve(between_looks=1.0)
        (self.home / "join").touch()
        until(lambda: self.probes() == (200, 200), "ready")
        first = self.pid()
        (self.home / "join").unlink()
        os.kill(first, signal.SIGKILL)
        until(lambda: self.ask("GET", "probes/liveness") == (500, ""), "not alive")
        until(lambda: self.pid() not in (0, first), "another process")
        self.assertEqual(self.probes(), (200, 500))

    def test_what_was_stopped_stays_stopped(self) -> None:
        """Stop answers 200, twice; liveness 200, readiness 500; the keep-alive task leaves it alone."""
        self.serve()
        until(lambda: self.pid() > 0, "started")
        self.assertEqual(self.ask("POST", "lifecycle/stop"), (200, "OK\n"))
        self.assertEqual(self.ask("POST", "lifecycle/stop"), (200, "OK\n"))
        time.sleep(0.6)
        self.assertEqual((self.pid(), self.probes()), (0, (200, 500)))
        self.assertEqual(self.ask("POST", "lifecycle/start"), (201, "OK\n"))

    def test_explicit_start_and_no_keep_alive_start_nothing(self) -> None:
        """Both leave it to POST /lifecycle/start, which passes the address of a replaced node on."""
        for changes in ({"explicit_start": True}, {"keep_alive": False}):
            with self.subTest(**changes):
                self.serve(**changes)
                time.sleep(0.6)
                self.assertEqual(self.pid(), 0)
                self.assertEqual(self.ask("POST", "lifecycle/start?replace_ip=fd00::1")[0], 400)
                self.assertEqual(self.ask("POST", "lifecycle/start?replace_ip=10.0.0.9"), (201, "OK\n"))
                self.ask("POST", "lifecycle/stop")
        arguments = (self.home / "arguments").read_text(encoding="utf-8")
        self.assertIn("-Dcassandra.skip_default_role_setup=true", arguments)
        self.assertIn("-Dcassandra.replace_address_first_boot=10.0.0.9", arguments)

    def test_a_stale_pid_file_with_the_number_of_somebody_else_is_believed(self) -> None:
        """The trap for which the pods' start command removes the file."""
        other = subprocess.Popen(["sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        (self.home / "pid").write_text(str(other.pid), encoding="utf-8")
        self.serve()
        time.sleep(0.6)
        self.assertEqual((self.pid(), self.probes()), (other.pid, (200, 500)))
        self.assertFalse((self.home / "arguments").exists(), "nothing was started")
        (self.home / "pid").write_text("4194999", encoding="utf-8")
        until(lambda: (self.home / "arguments").exists(), "a number that is nobody's starts Cassandra")

    def test_other_paths(self) -> None:
        """Unknown ones are 404 without a body; those that only the real server has say so."""
        self.serve(keep_alive=False)
        self.assertEqual(self.ask("GET", "nothing"), (404, ""))
        status, words = self.ask("POST", "ops/node/assassinate?address=10.0.0.9")
        self.assertEqual(status, 501)
        self.assertIn("not in this double", words)

    def serve_member(self, **changes: Any) -> None:
        """A member of a ring, whose agent answers what `agent_answers` says."""
        self.serve(**changes)
        (self.home / "answers").mkdir()
        (self.home / "join").touch()
        until(lambda: self.probes() == (200, 200), "ready")

    def agent_answers(self, method: str, text: str) -> None:
        """What the agent answers from now on."""
        (self.home / "answers" / method).write_text(text, encoding="utf-8")

    def last_call(self) -> dict[str, list[str]]:
        """The last call that the agent got: its parameters, and its name as `method`."""
        line = (self.home / "calls").read_text(encoding="utf-8").splitlines()[-1]
        method, _, parameters = line.partition("?")
        return {"method": [method]} | urllib.parse.parse_qs(parameters)

    def test_nothing_is_asked_of_a_cassandra_that_does_not_serve(self) -> None:
        """Not while it joins, and not when it is dead, although its socket may be there."""
        self.serve(between_looks=5.0)
        until(lambda: (self.home / "socket").exists(), "the agent listens")
        closed = (500, "Internal connection to Cassandra closed")
        self.assertEqual(self.ask("GET", "metadata/endpoints"), closed)
        self.assertFalse((self.home / "calls").exists())
        (self.home / "join").touch()
        until(lambda: self.ask("GET", "metadata/endpoints")[0] == 200, "asked")
        os.kill(self.pid(), signal.SIGKILL)
        until(lambda: self.ask("GET", "metadata/endpoints") == closed, "not asked")

    def test_what_goes_wrong_in_the_agent_has_the_words_of_the_server(self) -> None:
        """An exception, an answer that is cut off, and one that does not come."""
        self.serve_member(query=0.5)
        self.agent_answers("listRoles", "failed\njava.lang.RuntimeException: the cause")
        self.assertEqual(self.ask("GET", "ops/auth/role"), (500, "Failed to execute method NodeOps.listRoles"))
        self.agent_answers("listRoles", "")
        self.assertEqual(self.ask("GET", "ops/auth/role"), (500, "Internal connection to Cassandra closed"))
        (self.home / "answers/listRoles").unlink()
        os.mkfifo(self.home / "answers/listRoles")
        self.assertEqual(self.ask("GET", "ops/auth/role"), (500, "Query timed out after PT0S"))

    def test_roles_travel_in_the_query(self) -> None:
        """Names are decoded once, flags are false unless given, and nobody is made without a password."""
        self.serve_member()
        self.assertEqual(
            self.ask("POST", "ops/auth/role?username=o%27brien&password=p%20w%2F%2B%26&can_login=true"), (200, "OK")
        )
        expected = {
            "method": ["createRole"], "username": ["o'brien"], "password": ["p w/+&"],
            "login": ["true"], "superuser": ["false"],
        }  # fmt: skip
        self.assertEqual(self.last_call(), expected)
        for query in ("", "?username=a", "?username=a&password=", "?password=b"):
            self.assertEqual(self.ask("POST", f"ops/auth/role{query}"), (400, ""), query)
        self.assertEqual(self.ask("DELETE", "ops/auth/role?username=a"), (200, "OK"))
        self.assertEqual(self.last_call(), {"method": ["dropRole"], "username": ["a"]})

    def test_bodies(self) -> None:
        """None: 415; not an object: 400; a keyspace and its replicas arrive."""
        self.serve_member()
        self.assertEqual(self.ask("POST", "ops/keyspace/alter")[0], 415)
        for body in ("{", "[]", "7"):
            answer = self.ask("POST", "ops/keyspace/alter", body)
            self.assertEqual(answer, (400, "Not able to deserialize data provided."))
        self.assertEqual(self.ask("POST", "ops/keyspace/alter", '{"keyspace_name":"k"}')[0], 400)
        settings = '[{"dc_name":"dc1","replication_factor":3},{"dc_name":"dc2","replication_factor":2}]'
        body = f'{{"keyspace_name":"Shop","replication_settings":{settings}}}'
        self.assertEqual(self.ask("POST", "ops/keyspace/alter", body), (200, "OK"))
        expected = {"method": ["alterKeyspace"], "keyspaceName": ["Shop"], "replication": ["dc1:3", "dc2:2"]}
        self.assertEqual(self.last_call(), expected)

    def test_replication_of_a_keyspace(self) -> None:
        """As Cassandra says; 404 where there is no such keyspace, 400 where none is named."""
        self.serve_member()
        self.assertEqual(self.ask("GET", "ops/keyspace/replication?keyspaceName=nope")[0], 404)
        self.assertEqual(self.ask("GET", "ops/keyspace/replication")[0], 400)
        self.agent_answers("getReplication", 'ok\n{"class":"x.NetworkTopologyStrategy","dc1":"3"}')
        answer = self.ask("GET", "ops/keyspace/replication?keyspaceName=Shop")
        self.assertEqual(answer, (200, '{"class":"x.NetworkTopologyStrategy","dc1":"3"}'))

    def test_jobs(self) -> None:
        """What starts one answers its id with 202; a job that is not known is 404."""
        self.serve_member()
        for method in ("decommission", "forceKeyspaceCleanup", "upgradeSSTables"):
            self.agent_answers(method, 'ok\n"8b1c0e1e"')
        self.assertEqual(self.ask("POST", "/api/v1/ops/node/decommission?force=true"), (202, "8b1c0e1e"))
        self.assertEqual(self.last_call(), {"method": ["decommission"], "force": ["true"]})
        self.assertEqual(self.ask("POST", "/api/v1/ops/keyspace/cleanup", "{}"), (202, "8b1c0e1e"))
        self.assertEqual(self.last_call()["keyspaceName"], ["NON_LOCAL_STRATEGY"])
        self.assertEqual(self.ask("POST", "/api/v1/ops/keyspace/cleanup", '{"keyspace_name":"system"}'), (200, "OK"))
        upgrade = "/api/v1/ops/tables/sstables/upgrade"
        self.assertEqual(self.ask("POST", upgrade, '{"keyspace_name":"k","tables":["a","b"]}'), (202, "8b1c0e1e"))
        call = self.last_call()
        self.assertEqual((call["tables"], call["excludeCurrentVersion"]), (["a", "b"], ["true"]))
        self.ask("POST", f"{upgrade}?excludeCurrentVersion=true", "{}")
        self.assertEqual(self.last_call()["excludeCurrentVersion"], ["false"], "the server turns it round")
        self.agent_answers("getJobStatus", "ok\n{}")
        self.assertEqual(self.ask("GET", "ops/executor/job?job_id=8b1c0e1e"), (404, "{}"))
        self.assertEqual(self.ask("GET", "ops/executor/job")[0], 500)

    def test_mutual_tls_refuses_whoever_shows_no_certificate(self) -> None:
        """The three files of the image: with a certificate 200, without none of it."""
        certificate, key = self.home / "tls.crt", self.home / "tls.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=node",
             "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True,
        )  # fmt: skip
        self.serve(keep_alive=False, tls=(str(certificate), str(certificate), str(key)))
        context = ssl.create_default_context(cafile=str(certificate))
        context.check_hostname = False
        with self.assertRaises((ssl.SSLError, OSError)):
            self.ask_tls(context)
        context.load_cert_chain(certificate, key)
        self.assertEqual(self.ask_tls(context), 200)

    def ask_tls(self, context: ssl.SSLContext) -> int:
        """The status of liveness over TLS."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.server_port, timeout=5, context=context)
        try:
            connection.request("GET", "/api/v0/probes/liveness")
            return connection.getresponse().status
        finally:
            connection.close()


if __name__ == "__main__":
    unittest.main()
