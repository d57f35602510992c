"""What the REST interface answers; which call is which. In: a request. Out: a reply."""

from __future__ import annotations

import json
import time
import urllib.parse
import uuid
from datetime import UTC, datetime

import clusters
import schedules
import tokens
from replies import Reply, Request, listed
from settings import Settings
from storage import CLUSTERS, RUNS, SCHEDULES, Broken, Storage


class Rest:
    """The interface of one process."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self.settings, self.storage = settings, storage
        self.seeds: dict[str, str] = {}  # the rings that were seen last, for when the storage is away

    def answer(self, request: Request) -> Reply:
        """The reply, whatever goes wrong."""
        try:
            return self._answer(request)
        except Reply as reply:
            return reply
        except Broken as error:
            return Reply(500, f"Server Error: {error}")

    def is_healthy(self) -> bool:
        """Whether what Reaper knows can be read."""
        try:
            self.storage.all(CLUSTERS)
            self.storage.all(SCHEDULES)
        except Broken:
            return False
        return True

    def _answer(self, request: Request) -> Reply:
        if request.path == "/ping":
            return Reply(204 if self.is_healthy() else 500)
        if request.path == "/login":
            return self._login(request)
        self._authorize(request)
        match request.method, *request.path.strip("/").split("/"):
            case ["GET", "cluster"]:
                return self._rings(request.query.get("seedHost"))
            case ["GET", "cluster", name]:
                return self._ring(name)
            case ["PUT", "cluster", name]:
                return self.register(name, request.query.get("seedHost"))
            case ["DELETE", "cluster", name]:
                return self._unregister(name, request.query.get("force") == "true")
            case ["GET", "repair_schedule"]:
                return self._list(request.query)
            case ["POST", "repair_schedule"]:
                return self._create(request)
            case ["POST", "repair_schedule", "start", key]:
                now = schedules.text(datetime.now(UTC))
                return self._changed(key, lambda found: found.update(next_activation=now))
            case ["GET", "repair_schedule", key]:
                return listed(200, schedules.told(self._schedule(key)))
            case ["PATCH", "repair_schedule", key]:
                patch = schedules.patch(request.body)
                return self._changed(key, lambda found: found.update(patch))
            case ["PUT", "repair_schedule", key]:
                return self._set_state(key, request.query.get("state", ""))
            case ["DELETE", "repair_schedule", key]:
                return self._delete(key, request.query.get("owner"))
            case ["GET", "repair_run"]:
                return self._runs(request.query)
        return Reply(404, "HTTP 404 Not Found")

    # --- Who asks ---------------------------------------------------------------------------------------------------

    def _login(self, request: Request) -> Reply:
        users = self.settings.users
        if not users:
            return Reply(404, "HTTP 404 Not Found")
        if request.method != "POST":
            return Reply(405, "HTTP 405 Method Not Allowed")
        if request.kind != "application/x-www-form-urlencoded":
            return Reply(415, "HTTP 415 Unsupported Media Type")
        form = dict(urllib.parse.parse_qsl(request.body))
        name, password = form.get("username", ""), form.get("password", "")
        if not name or not password:
            return Reply(400, "Username and password are required")
        if users.get(name, ("", ""))[0] != password:
            return Reply(401, "Invalid credentials")
        token = tokens.made(name, self.settings.key, time.time())
        return listed(200, {"token": token, "username": name, "roles": [users[name][1]]})

    def _authorize(self, request: Request) -> None:
        if not self.settings.users:
            return
        role = tokens.role(request.token, self.settings.key, self.settings.users, time.time())
        if role is None:
            raise Reply(401, "Credentials are required to access this resource.")
        if role != "operator" and request.method != "GET":
            raise Reply(403, "User not authorized.")

    # --- Rings ------------------------------------------------------------------------------------------------------

    def _known(self) -> dict[str, str]:
        """The seed of every ring."""
        self.seeds = {name: json.loads(text)["seed"] for name, text in self.storage.all(CLUSTERS).items()}
        return self.seeds

    def _rings(self, seed: str | None) -> Reply:
        try:
            seeds = self._known()
        except Broken:
            seeds = self.seeds
        return listed(200, [name for name, of_it in seeds.items() if seed in (None, of_it)])

    def _ring(self, name: str) -> Reply:
        seeds = self._known()
        if name not in seeds:
            return Reply(404, f'cluster with name "{name}" not found')
        try:
            clusters.reach(self.settings, seeds[name])
        except clusters.Unreachable as error:
            return Reply(500, str(error))
        return listed(200, {"name": name, "seed_hosts": [seeds[name]]})

    def register(self, name: str, seed: str | None) -> Reply:
        """Register a ring; a sidecar does so itself when it starts."""
        if seed is None:
            return Reply(400, 'query parameter "seedHost" required')
        if name in self._known():
            return Reply(204)
        try:
            ring = clusters.reach(self.settings, seed) or self.storage.ring()
        except clusters.Unreachable as error:
            return Reply(400, f"failed to connect: {error}")
        if clusters.symbolic_name(ring) != name:
            return Reply(400, f'"{name}" is not the name of the ring')
        self.storage.add(CLUSTERS, name, json.dumps({"seed": seed}))
        return Reply(201, location=f"/cluster/{name}")

    def _unregister(self, name: str, forces: bool) -> Reply:
        of_it = [schedule["id"] for schedule in self._schedules() if schedule["cluster_name"] == name]
        if of_it and not forces:
            return Reply(409, f'cluster "{name}" cannot be deleted, as it has repair schedules')
        for key in of_it:
            self.storage.remove(SCHEDULES, key)
        self.storage.remove(CLUSTERS, name)
        return Reply(202)

    # --- Schedules --------------------------------------------------------------------------------------------------

    def _schedules(self) -> list[dict]:
        return [json.loads(text) for text in self.storage.all(SCHEDULES).values()]

    def _schedule(self, key: str) -> dict:
        _expect_id(key)
        found = self.storage.all(SCHEDULES).get(key)
        if found is None:
            raise Reply(404, f"schedule with id {key} not found")
        return json.loads(found)

    def _list(self, query: dict[str, str]) -> Reply:
        keys = {"clusterName": "cluster_name", "keyspace": "keyspace_name"}
        wanted = {key: query[name] for name, key in keys.items() if name in query}
        found = [it for it in self._schedules() if all(it[key] == value for key, value in wanted.items())]
        return listed(200, [schedules.told(it) for it in found])

    def _create(self, request: Request) -> Reply:
        if "clusterName" not in request.query:
            return Reply(400, 'missing query parameter "clusterName"')
        ring = clusters.symbolic_name(request.query["clusterName"])
        seed = self._known().get(ring)
        if seed is None:
            return Reply(404, f'No cluster found with name "{ring}"')
        wanted = schedules.asked(request, ring, datetime.now(UTC))
        try:
            clusters.reach(self.settings, seed)
        except clusters.Unreachable as error:
            return Reply(500, str(error))
        tables = self.storage.tables(wanted["keyspace_name"])
        if not tables:
            return Reply(404, "no column families found for keyspace")
        for table in wanted["column_families"] + wanted["blacklisted_tables"]:
            if table not in tables:
                return Reply(404, f'keyspace doesn\'t contain a table named "{table}"')
        forces = request.query.get("force", "").lower() == "true"
        others = [it for it in self._schedules() if it["cluster_name"] == ring]
        reply = schedules.in_the_way(wanted, others, tables, forces)
        if reply is None:
            self.storage.add(SCHEDULES, wanted["id"], json.dumps(wanted))
            reply = Reply(201, location=schedules.place(wanted))
        return reply

    def _changed(self, key: str, change) -> Reply:  # noqa: ANN001 (a function that changes a schedule in place)
        _expect_id(key)
        found = self.storage.change(SCHEDULES, key, change)
        if found is None:
            return Reply(404, f"schedule with id {key} not found")
        return listed(200, schedules.told(found))

    def _set_state(self, key: str, state: str) -> Reply:
        if state.upper() not in ("ACTIVE", "PAUSED"):
            return Reply(400, 'invalid "state" argument')
        if self._schedule(key)["state"] == state.upper():
            return Reply(204)
        paused = schedules.text(datetime.now(UTC)) if state.upper() == "PAUSED" else None
        return self._changed(key, lambda found: found.update(state=state.upper(), pause_time=paused))

    def _delete(self, key: str, owner: str | None) -> Reply:
        if owner is None:
            return Reply(400, 'required query parameter "owner" is missing')
        found = self._schedule(key)
        if found["state"] == "ACTIVE" or found["owner"] != owner:
            return Reply(409, f"Repair schedule with id {key} is active, or of another owner")
        self.storage.remove(SCHEDULES, key)
        return Reply(202)

    def _runs(self, query: dict[str, str]) -> Reply:
        if query.get("cluster_name") not in (None, *self._known()):
            return Reply(500, "no such cluster")
        found = [json.loads(text) for text in self.storage.all(RUNS).values()]
        keys = ("cluster_name", "keyspace_name", "state")
        return listed(200, [it for it in found if all(query.get(key) in (None, it[key]) for key in keys)])


def _expect_id(key: str) -> None:
    try:
        uuid.UUID(key)
    except ValueError as error:
        raise Reply(404, "HTTP 404 Not Found") from error
