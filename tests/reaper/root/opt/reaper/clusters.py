"""Rings: what Reaper calls them, and whether it reaches their nodes."""

from __future__ import annotations

import json
import re
import socket
import urllib.request

from settings import Settings

LOOPBACK = "127.0.0.1"


class Unreachable(Exception):
    """The node does not answer, or has no such name."""


def symbolic_name(name: str) -> str:
    """Lower case, without what is no letter, digit, `_`, `-` or `.`."""
    return re.sub(r"[^a-z0-9_\-.]", "", name.lower())


def reach(settings: Settings, host: str) -> str | None:
    """Reach a node, as this Reaper reaches nodes; what the node says that its ring is called, where it is asked that.

    By the Management API it is asked. Of JMX it is only seen whether somebody listens there: on the loopback interface in a sidecar.
    """
    try:
        if settings.calls_management_api:
            address = f"http://{host}:{settings.management_port}/api/v0/metadata/endpoints"
            with urllib.request.urlopen(address, timeout=20) as answer:
                return json.load(answer)["entity"][0]["CLUSTER_NAME"]
        where = (LOOPBACK if settings.is_sidecar else host, settings.jmx_port)
        socket.create_connection(where, 20).close()
    except (OSError, ValueError, LookupError) as error:
        raise Unreachable(f"{host}: {error}") from error
    return None
