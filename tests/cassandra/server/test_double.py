"""Tests of the Management API's double against its contract (README.md): who starts Cassandra, probes, drain, TLS.

Run as `python3 tests/cassandra/server/test_double.py`, by .ci/run.
"""

import http.client
import os
import shutil
import signal
import ssl
import subprocess
import time
import unittest
from pathlib import Path

from stand_in import TestCase, until

import process  # found once stand_in is imported

SCRIPTS = Path(__file__).resolve().parents[3] / "templates/scripts"


class DoubleTest(TestCase):
    """Each test has its own server."""

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
