"""The two ports, and the look for schedules that are due."""

from __future__ import annotations

import json
import threading
import time
import urllib.parse
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import clusters
import schedules
from replies import Reply, Request
from rest import Rest
from settings import Refused, Settings
from storage import RUNS, SCHEDULES, Broken, Storage


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, and writes what the server's `reply` says."""

    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        request = Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=address.path.rstrip("/") or "/",
            query=dict(urllib.parse.parse_qsl(address.query)),
            kind=self.headers.get("Content-Type", "").partition(";")[0],
            token=self.headers.get("Authorization", "").removeprefix("Bearer "),
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(),
        )
        reply = self.server.reply(request)
        content = reply.body.encode()
        self.send_response(reply.status)
        if reply.location:
            self.send_header("Location", reply.location)
        if reply.status != 204:
            self.send_header("Content-Type", "application/json" if content[:1] in (b"{", b"[") else "text/plain")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and reply.status != 204:
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 (the names are the library's)

    def log_message(self, form: str, *arguments: object) -> None:
        """The path without its query, and the status."""
        print(form.replace("?", " ") % arguments, flush=True)


class Port(ThreadingHTTPServer):
    """A port, and the function that answers its requests."""

    daemon_threads = True

    def __init__(self, port: int, reply) -> None:  # noqa: ANN001 (a function from a Request to a Reply)
        super().__init__(("0.0.0.0", port), _Handler)
        self.reply = reply


def start(settings: Settings) -> tuple[Port, Port]:
    """Wait for the storage, register the ring where this is a sidecar, and listen: the REST interface, and the port for health."""
    storage = Storage(settings)
    storage.wait()
    rest = Rest(settings, storage)
    if settings.is_sidecar:
        _register(settings, rest)
    threading.Thread(target=_poll, args=(settings, storage), daemon=True).start()
    app, admin = Port(settings.app_port, rest.answer), Port(settings.admin_port, lambda it: _health(rest, it))
    for port in (app, admin):
        threading.Thread(target=port.serve_forever, daemon=True).start()
    return app, admin


def _register(settings: Settings, rest: Rest) -> None:
    try:
        clusters.reach(settings, clusters.LOOPBACK)
    except clusters.Unreachable as error:
        raise Refused(f"JMX does not answer: {error}") from error
    rest.register(clusters.symbolic_name(rest.storage.ring()), clusters.LOOPBACK)


def _health(rest: Rest, request: Request) -> Reply:
    """The port for health: it asks nobody who he is."""
    if request.path == "/ping":
        return Reply(200, "pong\n")
    if request.path == "/healthcheck":
        is_healthy = rest.is_healthy()
        return Reply(200 if is_healthy else 500, json.dumps({"reaper": {"healthy": is_healthy}}))
    return Reply(404)


def _poll(settings: Settings, storage: Storage) -> None:
    while True:
        time.sleep(settings.between_polls)
        try:
            run_what_is_due(storage, datetime.now(UTC))
        except Broken as error:
            print(f"cannot look for schedules that are due: {error}", flush=True)


def run_what_is_due(storage: Storage, now: datetime) -> None:
    """A run of every active schedule that is due. **It repairs nothing**: it is written down as done."""
    for key, text in storage.all(SCHEDULES).items():
        found = json.loads(text)
        due = found["next_activation"]
        if found["state"] != "ACTIVE" or due > schedules.text(now):
            continue
        run = {name: found[name] for name in ("cluster_name", "keyspace_name", "repair_unit_id", "owner")}
        run |= {"id": f"{key}@{due}", "state": "DONE", "start_time": due, "end_time": schedules.text(now)}
        # All sidecars look at the same time; the run of one moment is one.
        storage.add(RUNS, run["id"], json.dumps(run))
        following = schedules.following(found, now)
        storage.change(SCHEDULES, key, lambda it, old=due, new=following: _advance(it, old, new))


def _advance(schedule: dict, due: str, following: str) -> None:
    if schedule["next_activation"] == due:
        schedule["next_activation"] = following
