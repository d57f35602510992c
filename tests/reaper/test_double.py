"""The double's start, its tables and its end, row by row of README.md. Needs no Cassandra: `python3 tests/reaper/test_double.py`."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import stand_in

import server
from cql import Connection, Failed
from settings import Refused, read
from storage import SCHEDULES, Storage

ENVIRONMENT = {
    "REAPER_STORAGE_TYPE": "cassandra",
    "REAPER_CASS_CONTACT_POINTS": '[{"host":"127.0.0.1","port":9042}]',
    "REAPER_CASS_LOCAL_DC": '"dc1"',
    "REAPER_CASS_AUTH_ENABLED": "true",
    "REAPER_CASS_AUTH_USERNAME": "reaper",
    "REAPER_CASS_AUTH_PASSWORD": "secret",
    "REAPER_DATACENTER_AVAILABILITY": "SIDECAR",
    "REAPER_SKIP_SCHEMA_MIGRATION": "true",
    "REAPER_AUTH_USER": "ui",
    "REAPER_AUTH_PASSWORD": "word",
    "JWT_SECRET": "x" * 32,
}


class Environment(unittest.TestCase):
    """What a process refuses to start with."""

    def test_a_rendered_environment(self) -> None:
        settings = read(ENVIRONMENT, is_server=True)
        self.assertEqual(settings.contacts, (("127.0.0.1", 9042),))
        self.assertEqual((settings.datacenter, settings.users), ("dc1", {"ui": ("word", "operator")}))

    def test_refused(self) -> None:
        for change in (
            {"REAPER_AUTH_USER": ""},
            {"REAPER_AUTH_PASSWORD": ""},
            {"REAPER_AUTH_PASSWORD": 'a"b'},
            {"JWT_SECRET": "x" * 31},
            {"REAPER_CASS_CONTACT_POINTS": '["127.0.0.1"]'},
            {"REAPER_CASS_CONTACT_POINTS": "[]"},
        ):
            with self.subTest(change), self.assertRaises(Refused):
                read(ENVIRONMENT | change, is_server=True)

    def test_a_migration_needs_no_users(self) -> None:
        kept = {name: value for name, value in ENVIRONMENT.items() if "_AUTH_USER" not in name or "CASS" in name}
        del kept["JWT_SECRET"]
        self.assertEqual(read(kept, is_server=False).users, {})

    def test_the_third_reaper_names_no_ports(self) -> None:
        third = {"REAPER_DOUBLE_VERSION": "3.8.0", "REAPER_CASS_CONTACT_POINTS": '["127.0.0.1"]'}
        self.assertEqual(read(ENVIRONMENT | third, is_server=True).contacts, (("127.0.0.1", 9042),))
        with self.assertRaises(Refused):
            read(ENVIRONMENT | {"REAPER_DOUBLE_VERSION": "3.8.0"}, is_server=True)


class Migration(stand_in.TestCase):
    """The tables."""

    def test_current_tables_stay_as_they_are(self) -> None:
        for _ in range(2):
            Storage(self.settings()).migrate()
        made = [text for text in self.ring.statements if text.startswith("CREATE")]
        self.assertEqual(len(made), len(self.ring.keyspaces[stand_in.KEYSPACE]))
        Storage(self.settings()).check()

    def test_what_is_missing_ends_it(self) -> None:
        for break_it in (
            lambda: self.ring.rights.discard("CREATE"),
            lambda: self.ring.keyspaces.clear(),
            lambda: self.ring.roles.clear(),
            lambda: setattr(self.ring, "datacenter", "dc2"),
        ):
            self.ring.__init__()
            break_it()
            with self.assertRaises(Failed):
                Storage(self.settings()).migrate()

    def test_rows_of_all_pages_come(self) -> None:
        Storage(self.settings()).migrate()
        rows = self.ring.keyspaces[stand_in.KEYSPACE][SCHEDULES]
        rows.update({str(number): "{}" for number in range(7)})
        self.assertEqual(Storage(self.settings()).all(SCHEDULES), rows)


class Start(stand_in.TestCase):
    """A server waits for its storage, and then serves."""

    def start(self, **changes: object) -> None:
        self.app, self.admin = server.start(self.settings(**changes))
        for port in (self.app, self.admin):
            self.addCleanup(port.server_close)
            self.addCleanup(port.shutdown)

    def ask(self, port: server.Port, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port.server_address[1], timeout=20)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def test_role_keyspace_and_tables_may_come_one_after_the_other(self) -> None:
        self.ring.roles.clear()
        self.ring.keyspaces.clear()
        starting = threading.Thread(target=self.start, kwargs={"tries": 3000})
        starting.start()
        steps = (
            lambda: self.ring.roles.update([stand_in.LOGIN]),
            lambda: self.ring.keyspaces.update({stand_in.KEYSPACE: {}}),
            lambda: Storage(self.settings()).migrate(),
        )
        for step in steps:
            time.sleep(0.1)
            self.assertTrue(starting.is_alive())
            step()
        starting.join(20)
        self.assertFalse(starting.is_alive())
        self.assertEqual(self.ask(self.app, "/ping"), 204)

    def test_it_gives_up_after_its_tries(self) -> None:
        with self.assertRaises(Refused):
            self.start(tries=61, pause=0)
        self.assertEqual(len([text for text in self.ring.statements if "schema_migration" in text]), 61)

    def test_without_select_or_modify_it_is_not_ready(self) -> None:
        Storage(self.settings()).migrate()
        for right in ("SELECT", "MODIFY"):
            self.ring.rights = {"CREATE", "SELECT", "MODIFY"} - {right}
            with self.assertRaises(Refused):
                self.start(tries=2)

    def test_a_sidecar_registers_the_ring(self) -> None:
        Storage(self.settings()).migrate()
        self.start()
        self.assertEqual(Storage(self.settings()).all("cluster"), {"shop1": '{"seed": "127.0.0.1"}'})

    def test_a_sidecar_without_jmx_ends_at_once(self) -> None:
        Storage(self.settings()).migrate()
        with self.assertRaises(Refused):
            self.start(jmx_port=1)

    def test_health_while_cassandra_is_away(self) -> None:
        Storage(self.settings()).migrate()
        self.start(users={})
        asked = ((self.admin, "/ping"), (self.admin, "/healthcheck"), (self.app, "/ping"), (self.app, "/cluster"))
        self.assertEqual([self.ask(*it) for it in asked], [200, 200, 204, 200])
        self.ring.keyspaces.clear()
        self.assertEqual([self.ask(*it) for it in asked], [200, 500, 500, 200])

    def test_a_lost_connection_is_made_again(self) -> None:
        Storage(self.settings()).migrate()
        self.start()
        self.lose_connections()
        statuses = [self.ask(self.admin, "/healthcheck") for _ in range(2)]
        self.assertEqual(statuses[-1], 200)


class Process(stand_in.TestCase):
    """The process itself."""

    def run_double(self, word: str, **changes: str) -> subprocess.Popen:
        """Its configuration goes to a folder of the test, and the port of JMX is the test's."""
        port = self.cassandra.server_address[1]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "reaper.yml"
        environment = ENVIRONMENT | {
            "REAPER_CASS_CONTACT_POINTS": json.dumps([{"host": "127.0.0.1", "port": port}]),
            "REAPER_SERVER_APP_PORT": "0",
            "REAPER_SERVER_ADMIN_PORT": "0",
        }
        script = (
            "import pathlib, runpy, sys, settings;"
            f"settings.Settings.__init__.__defaults__ = (pathlib.Path({str(self.file)!r}),"
            f" {self.jmx.server_address[1]}, *settings.Settings.__init__.__defaults__[2:]);"
            f"sys.argv = ['reaper', {word!r}]; runpy.run_path({str(stand_in.CODE / '__main__.py')!r}, run_name='__main__')"
        )
        command = [sys.executable, "-B", "-c", script]
        path = {"PYTHONPATH": str(stand_in.CODE), "PATH": os.environ["PATH"]}
        child = subprocess.Popen(
            command, env=environment | path | changes, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.addCleanup(child.kill)
        return child

    def test_exit_codes(self) -> None:
        for word, changes, code in (
            ("schema-migration", {}, 0),
            ("schema-migration", {}, 0),
            ("schema-migration", {"REAPER_CASS_AUTH_PASSWORD": "wrong"}, 1),
            ("cassandra-reaper", {"JWT_SECRET": "short"}, 1),
        ):
            child = self.run_double(word, **changes)
            output, _ = child.communicate(timeout=60)
            self.assertEqual(child.returncode, code, output)

    def test_it_serves_until_it_is_told_to_end(self) -> None:
        Storage(self.settings()).migrate()
        child = self.run_double("cassandra-reaper")
        for line in child.stdout:
            if "ready to serve" in line:
                break
        self.assertIn("word", self.file.read_text())
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        self.assertEqual(child.returncode, 143)


class Client(stand_in.TestCase):
    """The protocol's errors."""

    def test_a_wrong_password_has_cassandras_words(self) -> None:
        with self.assertRaisesRegex(Failed, "0x0100: Provided username"):
            Connection(self.settings().contacts, ("reaper", "wrong"))

    def test_another_contact_point_is_tried(self) -> None:
        Connection((("127.0.0.1", 1), *self.settings().contacts), stand_in.LOGIN).close()
        with self.assertRaises(OSError):
            Connection((("127.0.0.1", 1),), stand_in.LOGIN)


if __name__ == "__main__":
    unittest.main(buffer=True, warnings="ignore")
