"""Schedules: what may be asked for, which ones are in each other's way, and how they are answered. No input or output."""

from __future__ import annotations

import json
import random
import struct
import uuid
from datetime import UTC, datetime, timedelta

from replies import Reply, Request

PARALLELISMS = ("SEQUENTIAL", "PARALLEL", "DATACENTER_AWARE")
_FORM = "%Y-%m-%dT%H:%M:%SZ"
_SETS = ("column_families", "blacklisted_tables", "datacenters", "nodes")
# The keys of a PATCH, and which values they may have.
_PATCHED = {
    "owner": lambda it: bool(it),
    "repair_parallelism": lambda it: it in PARALLELISMS,
    "intensity": lambda it: 0 <= it <= 1,
    "scheduled_days_between": lambda it: 0 <= it <= 31,
    "segment_count_per_node": lambda it: 0 <= it <= 1000,
    "percent_unrepaired_threshold": lambda it: -1 <= it <= 99,
    "adaptive": lambda it: isinstance(it, bool),
}


def text(moment: datetime) -> str:
    """A moment as Reaper writes it."""
    return moment.strftime(_FORM)


def single(intensity: float) -> float:
    """A number as single precision has it: 0.9 comes back as 0.8999999761581421."""
    return struct.unpack(">f", struct.pack(">f", intensity))[0]


def asked(request: Request, ring: str, now: datetime) -> dict:
    """The schedule that a POST asks for. Tables, datacenters and nodes are not looked up."""
    query = request.query
    for name in ("keyspace", "owner"):
        if name not in query:
            raise Reply(400, f'missing query parameter "{name}"')
    _refuse(query)
    days, segments, threads, timeout, percent = _numbers(query)
    subrange = query.get("subrangeIncrementalRepair", "false").lower() == "true"
    incremental = subrange or query.get("incrementalRepair", "false").lower() == "true"
    parallelism = query.get("repairParallelism", "DATACENTER_AWARE").upper()
    if incremental and parallelism != "PARALLEL":
        raise Reply(400, "Incremental repairs only supports PARALLEL parallelism mode.")
    if percent > 0 and not incremental:
        raise Reply(400, "a threshold is only allowed for incremental repairs")
    return {
        "id": str(uuid.uuid4()),
        "owner": query["owner"],
        "state": "ACTIVE",
        "cluster_name": ring,
        "keyspace_name": query["keyspace"],
        "column_families": _list(query, "tables"),
        "blacklisted_tables": _list(query, "blacklistedTables"),
        "datacenters": _list(query, "datacenters"),
        "nodes": _list(query, "nodes"),
        "intensity": single(float(query.get("intensity", "0.9"))),
        "incremental_repair": incremental,
        "subrange_incremental_repair": subrange,
        "repair_parallelism": parallelism,
        "scheduled_days_between": days,
        "segment_count_per_node": segments,
        "repair_thread_count": threads,
        "repair_unit_id": str(uuid.uuid4()),
        "segment_timeout": timeout,
        "adaptive": query.get("adaptive", "false").lower() == "true",
        "percent_unrepaired_threshold": percent,
        "creation_time": text(now),
        "next_activation": _first(query, now),
        "pause_time": None,
    }


def _refuse(query: dict[str, str]) -> None:
    """What is refused whatever else is asked for."""
    for one, other in (("tables", "blacklistedTables"), ("nodes", "datacenters")):
        if query.get(one) and query.get(other):
            raise Reply(400, f'"{one}" and "{other}" are mutually exclusive')
    if query.get("repairParallelism", "PARALLEL").upper() not in PARALLELISMS:
        raise Reply(400, f"No enum constant {query['repairParallelism']}")
    try:
        is_right = 0 < float(query.get("intensity", "0.9")) <= 1
    except ValueError:
        is_right = False
    if not is_right:
        raise Reply(400, 'invalid query parameter "intensity", expecting (0.0, 1.0]')


def _numbers(query: dict[str, str]) -> tuple[int, int, int, int, int]:
    """Days, segments, threads, timeout, threshold. What is no number is an address that does not exist."""
    defaults = {"scheduleDaysBetween": 0, "segmentCountPerNode": 0, "repairThreadCount": 1, "timeout": 30}
    try:
        found = {name: int(query.get(name, default)) for name, default in defaults.items()}
        percent = int(query.get("percentUnrepairedThreshold", -1))
    except ValueError as error:
        raise Reply(404, "HTTP 404 Not Found") from error
    if found["segmentCountPerNode"] > 1000:
        raise Reply(400, 'invalid query parameter "segmentCountPerNode"')
    if found["timeout"] == 0:
        raise Reply(400, 'invalid query parameter "timeout", should be higher than 0')
    if found["scheduleDaysBetween"] == 0:
        raise Reply(400, "missing required parameter: scheduleDaysBetween")
    return (*found.values(), percent)


def _list(query: dict[str, str], name: str) -> list[str]:
    return sorted(filter(None, query.get(name, "").split(",")))


def _first(query: dict[str, str], now: datetime) -> str:
    """The first run: the next midnight, unless another moment is named."""
    if "scheduleTriggerTime" not in query:
        return text((now + timedelta(days=1)).replace(hour=0, minute=0, second=0))
    try:
        moment = datetime.fromisoformat(query["scheduleTriggerTime"].replace("Z", "+00:00"))
    except ValueError as error:
        raise Reply(400, "invalid schedule_trigger_time") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment < now - timedelta(minutes=15):
        raise Reply(400, "given schedule_trigger_time is too far in the past")
    return text(moment.astimezone(UTC))


def in_the_way(wanted: dict, others: list[dict], tables: set[str], forces: bool) -> Reply | None:
    """The answer where another schedule is for the same; nothing where none is."""
    for other in others:
        if _unit(other) == _unit(wanted):
            return Reply(204, location=place(other))
    for other in others:
        if other["keyspace_name"] != wanted["keyspace_name"] or not _tables(other, tables) & _tables(wanted, tables):
            continue
        alike = ("scheduled_days_between", "owner", "repair_parallelism")
        if all(other[key] == wanted[key] for key in alike):
            return Reply(204, location=place(other))
        if not forces:
            words = f'A repair schedule already exists for keyspace "{wanted["keyspace_name"]}"'
            return Reply(409, words, place(other))
    return None


def _unit(schedule: dict) -> list:
    """What makes two schedules identical: days, intensity, owner, threads and timeout do not."""
    keys = ("keyspace_name", "incremental_repair", "subrange_incremental_repair", *_SETS)
    return [schedule[key] for key in keys]


def _tables(schedule: dict, all_tables: set[str]) -> set[str]:
    return (set(schedule["column_families"]) or all_tables) - set(schedule["blacklisted_tables"])


def place(schedule: dict) -> str:
    """Where it is."""
    return f"/repair_schedule/{schedule['id']}"


def patch(body: str) -> dict:
    """What a PATCH changes. What is not in it is reset, where the real one does so."""
    try:
        found = json.loads(body)
        known = {key: found[key] for key in _PATCHED if found.get(key) is not None}
        is_right = bool(known) and all(_PATCHED[key](value) for key, value in known.items())
    except (ValueError, TypeError, AttributeError) as error:
        raise Reply(400, "Unable to process JSON") from error
    if not is_right:
        raise Reply(422, '{"errors":["nothing that can be changed"]}')
    if "intensity" in known:
        known["intensity"] = single(known["intensity"])
    return {"adaptive": False, "percent_unrepaired_threshold": -1, **known}


def told(schedule: dict) -> dict:
    """A schedule as it is answered: its sets in any order."""
    return {**schedule, **{key: random.sample(schedule[key], len(schedule[key])) for key in _SETS}}


def following(schedule: dict, now: datetime) -> str:
    """The activation after one that is due."""
    moment = datetime.strptime(schedule["next_activation"], _FORM).replace(tzinfo=UTC)
    while moment <= now:
        moment += timedelta(days=max(1, schedule["scheduled_days_between"]))
    return text(moment)
