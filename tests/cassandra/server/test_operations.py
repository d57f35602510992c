"""Tests of what the double asks Cassandra for: calls of the agent, and the server's words around its answers.

Run as `python3 tests/cassandra/server/test_operations.py`, by .ci/run.
"""

import http.client
import os
import signal
import unittest
import urllib.parse
from typing import Any

from stand_in import TestCase, until


class OperationsTest(TestCase):
    """Each test has its own server, with a stand-in for the agent behind it."""

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
        for body in ("{", "[]", "7", '{"keyspace_name":"k","more":1}'):
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
        repair = '{"keyspace":"k","full_repair":true,"associated_tokens":[{"start":-5,"end":7},{"start":9,"end":11}]}'
        self.agent_answers("repair", 'ok\n"repair-3"')
        self.assertEqual(self.ask("PUT", "/api/v2/repairs", repair), (202, '{"repair_id":"repair-3"}'))
        self.assertEqual(self.last_call()["associatedTokens"], ["-5:7", "9:11"])
        for wrong in ('"primary_range":true', '"repair_parallelism":"fast"'):
            self.assertEqual(self.ask("PUT", "/api/v2/repairs", '{"keyspace":"k",' + wrong + "}")[0], 400, wrong)
        self.agent_answers("getJobStatus", "ok\n{}")
        self.assertEqual(self.ask("GET", "ops/executor/job?job_id=8b1c0e1e"), (404, "{}"))
        self.assertEqual(self.ask("GET", "ops/executor/job")[0], 500)

    def test_answers_go_wrong_on_request(self) -> None:
        """Until the file is gone: a connection that ends without an answer, a request that is carried out twice, a wrong body."""
        self.serve_member()
        roles = '[{"name":"cassandra","super":false,"login":false}]'
        self.agent_answers("listRoles", f"ok\n{roles}")
        faults = self.home / "faults.json"
        for kind, calls in (("lose", 0), ("drop", 1), ("double", 2), ("corrupt", 1)):
            (self.home / "calls").write_text("", encoding="utf-8")
            faults.write_text(f'{{"{kind}": 1}}', encoding="utf-8")
            if kind in ("lose", "drop"):
                self.assertRaises(http.client.RemoteDisconnected, self.ask, "GET", "ops/auth/role")
            else:
                self.assertEqual(self.ask("GET", "ops/auth/role") == (200, roles), kind == "double")
            self.assertEqual(len((self.home / "calls").read_text(encoding="utf-8").splitlines()), calls, kind)
            self.assertEqual(self.probes(), (200, 200), "probes are spared")
        faults.unlink()
        self.assertEqual(self.ask("GET", "ops/auth/role"), (200, roles))


if __name__ == "__main__":
    unittest.main()
