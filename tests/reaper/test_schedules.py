"""The double's schedules, row by row of README.md. Needs no Cassandra: `python3 tests/reaper/test_schedules.py`."""

from __future__ import annotations

import json
import unittest
from datetime import UTC, datetime, timedelta

import stand_in

import schedules
from replies import Request
from server import run_what_is_due
from storage import RUNS, SCHEDULES

IN_PARALLEL = {"repairParallelism": "PARALLEL", "incrementalRepair": "true"}


class Schedules(stand_in.RestCase):
    """What becomes of schedules."""

    def test_defaults(self) -> None:
        found = self.made()
        expected = {
            "owner": "cassc", "state": "ACTIVE", "column_families": [], "intensity": 0.8999999761581421,
            "segment_count_per_node": 0, "repair_thread_count": 1, "segment_timeout": 30,
            "percent_unrepaired_threshold": -1, "adaptive": False, "repair_parallelism": "DATACENTER_AWARE",
        }  # fmt: skip
        self.assertEqual({key: found[key] for key in expected}, expected)
        midnight = datetime.now(UTC).date() + timedelta(days=1)
        self.assertEqual(found["next_activation"], f"{midnight}T00:00:00Z")

    def test_the_list_wants_the_symbolic_name(self) -> None:
        self.made()
        self.assertEqual((len(self.list()), self.list("Shop 1"), self.list("other")), (1, [], []))

    def test_refused(self) -> None:
        past = schedules.text(datetime.now(UTC) - timedelta(hours=1))
        for status, changes in (
            (404, {"keyspace": "none"}),
            (404, {"keyspace": "empty"}),
            (404, {"tables": "none"}),
            (404, {"clusterName": "other"}),
            (404, {"scheduleDaysBetween": "abc"}),
            (400, {"scheduleDaysBetween": None}),
            (400, {"clusterName": None}),
            (400, {"keyspace": None}),
            (400, {"owner": None}),
            (400, {"intensity": "0"}),
            (400, {"intensity": "1.1"}),
            (400, {"segmentCountPerNode": "1001"}),
            (400, {"incrementalRepair": "true"}),
            (400, {"subrangeIncrementalRepair": "true"}),
            (400, {"scheduleTriggerTime": past}),
            (400, {"nodes": "a", "datacenters": "dc1"}),
            (400, {"tables": "orders", "blacklistedTables": "lines"}),
            (400, {"percentUnrepairedThreshold": "10"}),
            (400, {"timeout": "0"}),
        ):
            with self.subTest(changes):
                self.assertEqual(self.post(**changes).status, status)
        self.assertEqual(self.list(), [])

    def test_an_unknown_datacenter_is_taken(self) -> None:
        self.assertEqual(self.made(datacenters="nowhere")["datacenters"], ["nowhere"])

    def test_nothing_is_made_without_jmx(self) -> None:
        self.rest = self.make(jmx_port=1)
        self.assertEqual(self.post().status, 500)

    def test_another_schedule_is_in_the_way(self) -> None:
        self.made()
        for status, changes in (
            (204, {"intensity": "0.5"}),
            (204, {"owner": "alice"}),
            (204, {"repairThreadCount": "2", "timeout": "60"}),
            (204, {"scheduleDaysBetween": "3"}),
            (204, {"tables": "orders"}),
            (409, {"tables": "orders", "owner": "alice"}),
            (409, {"tables": "orders", "scheduleDaysBetween": "3"}),
            (409, IN_PARALLEL),
            (409, {"datacenters": "dc1", "owner": "alice"}),
            (201, {"tables": "orders", "owner": "alice", "force": "true"}),
        ):
            with self.subTest(changes):
                reply = self.post(**changes)
                self.assertEqual((reply.status, bool(reply.location)), (status, True))

    def test_simultaneous_posts_make_two(self) -> None:
        asked = Request("POST", "/repair_schedule", stand_in.USUAL)
        for _ in range(2):
            made = schedules.asked(asked, "shop1", datetime.now(UTC))
            self.rest.storage.add(SCHEDULES, made["id"], json.dumps(made))
        self.assertEqual(len(self.list()), 2)

    def test_patch(self) -> None:
        path = schedules.place(self.made(**IN_PARALLEL, adaptive="true", percentUnrepairedThreshold="10"))
        reply = self.ask("PATCH", path, {"scheduled_days_between": 3})
        found = json.loads(reply.body)
        kept = (found["scheduled_days_between"], found["adaptive"], found["percent_unrepaired_threshold"])
        self.assertEqual((reply.status, kept), (200, (3, False, -1)))
        for body in ({}, {"scheduledDaysBetween": 3}, {"intensity": 1.1}, {"scheduled_days_between": 32}):
            self.assertEqual(self.ask("PATCH", path, body).status, 422, body)
        self.assertEqual(self.ask("PATCH", path, {"intensity": 0.0, "scheduled_days_between": 0}).status, 200)

    def test_state_and_delete(self) -> None:
        path = schedules.place(self.made())
        for method, query, status in (
            ("PUT", "state=ACTIVE", 204),
            ("PUT", "state=no", 400),
            ("DELETE", "owner=cassc", 409),
            ("PUT", "state=PAUSED", 200),
            ("PUT", "state=PAUSED", 204),
            ("DELETE", "owner=alice", 409),
            ("DELETE", "owner=cassc", 202),
            ("DELETE", "owner=cassc", 404),
        ):
            self.assertEqual(self.ask(method, f"{path}?{query}").status, status, query)

    def test_sets_have_no_order(self) -> None:
        self.made(datacenters="a,b,c,d,e,f,g,h")
        orders = {tuple(self.list()[0]["datacenters"]) for _ in range(20)}
        self.assertGreater(len(orders), 1)

    def test_a_run_at_the_next_poll_repairs_nothing(self) -> None:
        found, path = self.made(), "/repair_run?cluster_name=shop1&state=DONE"
        now = datetime.now(UTC) + timedelta(seconds=1)
        run_what_is_due(self.rest.storage, now)
        self.assertEqual(json.loads(self.ask("GET", path).body), [])
        self.assertEqual(self.ask("POST", f"/repair_schedule/start/{found['id']}").status, 200)
        for _ in range(2):
            run_what_is_due(self.rest.storage, now)
        (run,) = json.loads(self.ask("GET", path).body)
        self.assertEqual((run["repair_unit_id"], run["state"]), (found["repair_unit_id"], "DONE"))
        self.assertEqual(len(self.rest.storage.all(RUNS)), 1)
        self.assertGreater(self.list()[0]["next_activation"], schedules.text(now))

    def test_a_change_meanwhile_is_not_lost(self) -> None:
        found, others = self.made(), [{"scheduled_days_between": 3}]

        def change(schedule: dict) -> None:
            if others:
                self.ask("PATCH", schedules.place(found), others.pop())
            schedule["state"] = "PAUSED"

        changed = self.rest.storage.change(SCHEDULES, found["id"], change)
        self.assertEqual((changed["scheduled_days_between"], changed["state"]), (3, "PAUSED"))


if __name__ == "__main__":
    unittest.main(buffer=True, warnings="ignore")
