"""What the environment says, as the published image reads it; and what it refuses to start with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# HS256 takes no shorter key.
_SHORTEST_KEY = 32
# The image has a public constant in the place of a secret.
_PUBLIC_KEY = "public" * 8


class Refused(Exception):
    """The process ends with 1, and this is why."""


@dataclass(frozen=True)
class Settings:
    """Of a server or of a migration."""

    contacts: tuple[tuple[str, int], ...]
    datacenter: str
    keyspace: str
    login: tuple[str, str] | None
    is_sidecar: bool
    calls_management_api: bool
    skips_migration: bool
    users: Mapping[str, tuple[str, str]]  # name → password, role; none where nobody is asked who he is
    key: bytes
    app_port: int
    admin_port: int
    file: Path = Path("/etc/cassandra-reaper/config/cassandra-reaper.yml")
    jmx_port: int = 7199
    management_port: int = 8080
    pause: float = 10  # seconds between two tries to reach the storage
    tries: int = 61
    between_polls: float = 30  # seconds between two looks for schedules that are due


def read(environment: Mapping[str, str], is_server: bool) -> Settings:
    """The settings; or `Refused`, as the real one ends before it has tried anything."""

    def get(name: str, default: str = "") -> str:
        return environment.get(name, default)

    if get("REAPER_STORAGE_TYPE", "memory") != "cassandra":
        raise Refused("this double keeps what it knows in Cassandra alone")
    if get("REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED") == "true":
        raise Refused("this double speaks no TLS with Cassandra")
    is_sidecar = get("REAPER_DATACENTER_AVAILABILITY", "ALL") == "SIDECAR"
    login = (get("REAPER_CASS_AUTH_USERNAME", "cassandra"), get("REAPER_CASS_AUTH_PASSWORD", "cassandra"))
    return Settings(
        contacts=_contacts(environment),
        datacenter=get("REAPER_CASS_LOCAL_DC").strip('"'),
        keyspace=get("REAPER_CASS_KEYSPACE", "reaper_db"),
        login=login if get("REAPER_CASS_AUTH_ENABLED") == "true" else None,
        is_sidecar=is_sidecar,
        calls_management_api=get("REAPER_HTTP_MANAGEMENT_ENABLE") == "true",
        skips_migration=get("REAPER_SKIP_SCHEMA_MIGRATION") == "true",
        users=_users(environment) if is_server else {},
        key=_key(environment) if is_server else b"",
        app_port=int(get("REAPER_SERVER_APP_PORT", "8080")),
        admin_port=int(get("REAPER_SERVER_ADMIN_PORT", "8081")),
    )


def _contacts(environment: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Objects with their port since the fourth Reaper, names before, whose port is a variable of its own."""
    text = environment.get("REAPER_CASS_CONTACT_POINTS", "")
    try:
        points = json.loads(text)
        if environment.get("REAPER_DOUBLE_VERSION", "5").startswith("3."):
            port = int(environment.get("REAPER_CASS_PORT", "9042"))
            found = tuple((name, port) for name in points if isinstance(name, str))
        else:
            found = tuple((point["host"], point["port"]) for point in points)
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"REAPER_CASS_CONTACT_POINTS is not what this version reads: {text}") from error
    if not found or len(found) != len(points):
        raise Refused(f"REAPER_CASS_CONTACT_POINTS is not what this version reads: {text}")
    return found


def _users(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    if environment.get("REAPER_AUTH_ENABLED", "true") != "true":
        return {}
    users = {}
    for kind, role, is_needed in (("REAPER_AUTH", "operator", True), ("REAPER_READ_USER", "user", False)):
        name = environment.get(f"{kind}_USER" if is_needed else kind, "")
        password = environment.get(f"{kind}_PASSWORD", "")
        if name and password:
            users[name] = (password, role)
        elif is_needed:
            raise Refused("REAPER_AUTH_USER and REAPER_AUTH_PASSWORD must be set")
    (operator, (password, _)), *_ = users.items()
    # They are put between quotation marks of YAML as they are.
    if re.search(r'["\\]', operator + password):
        raise Refused("the configuration is not YAML: a quotation mark in REAPER_AUTH_USER or REAPER_AUTH_PASSWORD")
    return users


def _key(environment: Mapping[str, str]) -> bytes:
    key = environment.get("JWT_SECRET", _PUBLIC_KEY).encode()
    if len(key) < _SHORTEST_KEY:
        raise Refused(f"JWT_SECRET has {len(key)} bytes and must have {_SHORTEST_KEY}")
    return key


def write(settings: Settings) -> None:
    """The configuration with the passwords in it, as the real entry point writes it before Java starts."""
    lines = [
        f"keyspace: {settings.keyspace}",
        f"login: {json.dumps(settings.login)}",
        f"users: {json.dumps(settings.users)}",
    ]
    try:
        settings.file.write_text("\n".join(lines) + "\n")
    except OSError as error:
        raise Refused(f"the configuration cannot be written: {error}") from error
