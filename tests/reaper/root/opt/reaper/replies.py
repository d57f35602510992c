"""Requests and replies, as far as the double cares."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """A request; names and values of its query are decoded."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    token: str = ""
    body: str = ""


@dataclass
class Reply(Exception):
    """A status, a body and where to look. It is raised where a request goes no further."""

    status: int
    body: str = ""
    location: str = ""


def listed(status: int, value: object) -> Reply:
    """A reply in JSON."""
    return Reply(status, json.dumps(value))
