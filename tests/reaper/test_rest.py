"""The double's REST interface: logins and rings, row by row of README.md. Needs no Cassandra: `python3 tests/reaper/test_rest.py`."""

from __future__ import annotations

import http.server
import json
import threading
import time
import unittest
import urllib.parse

import stand_in

import tokens
from replies import Reply, Request
from rest import Rest

FORM = "application/x-www-form-urlencoded"


class Login(stand_in.RestCase):
    """Who asks."""

    def login(self, rest: Rest, kind: str = FORM, **form: str) -> Reply:
        return rest.answer(Request("POST", "/login", {}, kind, "", urllib.parse.urlencode(form)))

    def test_login(self) -> None:
        reply = self.login(self.rest, username="ui", password="p w")
        self.assertEqual((reply.status, json.loads(reply.body)["roles"]), (200, ["operator"]))
        self.assertEqual(self.login(self.rest, username="ui", password="").status, 400)
        self.assertEqual(self.login(self.rest, username="ui", password="no").status, 401)
        self.assertEqual(self.login(self.rest, "application/json", username="ui", password="p w").status, 415)
        self.assertEqual(self.login(self.make(users={}), username="ui", password="p w").status, 404)
        token = json.loads(reply.body)["token"]
        self.assertEqual(self.ask("GET", "/cluster", token=token, rest=self.make()).status, 200, "another sidecar")

    def test_tokens(self) -> None:
        old = tokens.made("ui", stand_in.KEY, time.time() - tokens.LIFETIME)
        foreign = tokens.made("ui", b"y" * 32, time.time())
        unknown = tokens.made("nobody", stand_in.KEY, time.time())
        for token in ("", "a.b.c", old, foreign, unknown):
            self.assertEqual(self.ask("GET", "/cluster", token=token).status, 401, token)
        guest = tokens.made("guest", stand_in.KEY, time.time())
        self.assertEqual(self.ask("GET", "/cluster", token=guest).status, 200)
        self.assertEqual(self.ask("PUT", "/cluster/shop1?seedHost=a", token=guest).status, 403)


class Rings(stand_in.RestCase):
    """Registrations."""

    def test_a_sidecar_knows_its_ring_under_its_symbolic_name(self) -> None:
        self.assertEqual(json.loads(self.ask("GET", "/cluster").body), ["shop1"])
        self.assertEqual(self.ask("PUT", "/cluster/shop1?seedHost=anything").status, 204)
        self.assertEqual(json.loads(self.ask("GET", "/cluster?seedHost=127.0.0.1").body), ["shop1"])
        self.assertEqual(json.loads(self.ask("GET", "/cluster?seedHost=anything").body), [])

    def test_get(self) -> None:
        self.assertEqual(self.ask("GET", "/cluster/shop1").status, 200)
        self.assertEqual(self.ask("GET", "/cluster/Shop 1").status, 404)
        without_jmx = self.make(jmx_port=1)
        self.assertEqual(self.ask("GET", "/cluster/shop1", rest=without_jmx).status, 500)
        self.assertEqual(self.ask("PUT", "/cluster/shop1?seedHost=a", rest=without_jmx).status, 204)
        self.assertEqual(self.ask("GET", "/cluster", rest=without_jmx).status, 200)

    def test_delete(self) -> None:
        self.made()
        self.assertEqual(self.ask("DELETE", "/cluster/shop1").status, 409)
        self.assertEqual(self.ask("DELETE", "/cluster/shop1?force=true").status, 202)
        self.assertEqual((self.list(), json.loads(self.ask("GET", "/cluster").body)), ([], []))
        self.assertEqual(self.ask("DELETE", "/cluster/shop1").status, 202, "absent")

    def test_put_asks_the_management_api(self) -> None:
        self.ask("DELETE", "/cluster/shop1?force=true")
        rest = self.make(is_sidecar=False, calls_management_api=True, management_port=self.management_api())
        for address, status in (
            ("/cluster/shop1", 400),
            ("/cluster/shop1?seedHost=no.such.host.invalid", 400),
            ("/cluster/shop?seedHost=127.0.0.1", 400),
            ("/cluster/shop1?seedHost=127.0.0.1", 201),
            ("/cluster/shop1?seedHost=other", 204),
        ):
            self.assertEqual(self.ask("PUT", address, rest=rest).status, status, address)
        self.assertEqual(json.loads(self.ask("GET", "/cluster/shop1", rest=rest).body)["seed_hosts"], ["127.0.0.1"])

    def management_api(self) -> int:
        """The port of somebody who tells the ring's name."""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/api/v0/metadata/endpoints" else 404)
                self.end_headers()
                self.wfile.write(b'{"entity":[{"CLUSTER_NAME":"Shop 1"}]}')

        listener = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(listener.server_close)
        self.addCleanup(listener.shutdown)
        return listener.server_address[1]


if __name__ == "__main__":
    unittest.main(buffer=True, warnings="ignore")
