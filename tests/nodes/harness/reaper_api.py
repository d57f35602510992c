"""Reaper's REST interface, as its user calls it: at the address of one pod, from inside the network of the pods. Called by the stories."""

from __future__ import annotations

import json
import urllib.parse

from .processes import in_namespace, run
from .ring import Ring

_PORT = 7080


class ReaperApi:
    """The interface in one pod."""

    def __init__(self, ring: Ring, address: str, login: tuple[str, str]) -> None:
        self.ring, self.login = ring, login
        self.place = f"http://{address}:{_PORT}"

    def ask(self, method: str, path: str, **query: str) -> tuple[int, str]:
        """Status and body. It is logged in anew for each call."""
        username, password = self.login
        form = urllib.parse.urlencode({"username": username, "password": password})
        status, text = self._curl("--data", "@-", f"{self.place}/login", stdin=form)
        if status != 200:
            raise RuntimeError(f"Reaper does not accept the login: {status} {text}")
        header = f"Authorization: Bearer {json.loads(text)['token']}"
        address = f"{self.place}{path}?{urllib.parse.urlencode(query)}"
        return self._curl("--request", method, "--header", "@-", address, stdin=header)

    def _curl(self, *arguments: str, stdin: str) -> tuple[int, str]:
        """Passwords and tokens come by the standard input: a list of processes does not show them."""
        command = ("curl", "--silent", "--show-error", "--max-time", "60", "--write-out", "\n%{http_code}", *arguments)
        text = run(*in_namespace(self.ring.machine.network.control_plane, *command), stdin=stdin)
        body, _, status = text.rpartition("\n")
        return int(status), body

    def expect(self, status: int, method: str, path: str, **query: str) -> str:
        """The body of an answer with that status."""
        found, body = self.ask(method, path, **query)
        if found != status:
            raise RuntimeError(f"{method} {path} was answered with {found} instead of {status}: {body[:500]}")
        return body

    def answers(self) -> bool:
        """Whether it has what it knows, and tells it."""
        try:
            return self.ask("GET", "/repair_schedule")[0] == 200
        except RuntimeError:
            return False

    def schedules(self) -> dict[str, dict]:
        """The schedules of the ring by their keyspaces; no story has two for one."""
        listed = json.loads(self.expect(200, "GET", "/repair_schedule", clusterName=self.ring.name))
        return {it["keyspace_name"]: it for it in listed}

    def seed_is(self, host: str) -> bool:
        """Whether the ring is registered with that host."""
        return json.loads(self.expect(200, "GET", "/cluster", seedHost=host)) == [self.ring.name]
