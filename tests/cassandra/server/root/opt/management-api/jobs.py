"""What a node is told to do. In: requests. Out: answers, by the table of the contract: mostly the id of a job."""

import time
from typing import Any

import agent
from process import Answer
from request import UNREADABLE, BadRequest, Request, Route, entity

NODE_LOCAL = ("system", "system_schema")
# Fields of bodies.
OF_KEYSPACE = ("jobs", "keyspace_name", "tables")
OF_REPAIR = (
    "keyspace", "tables", "full_repair", "associated_tokens", "repair_parallelism", "datacenters", "repair_thread_count",
)  # fmt: skip
SCRUB = {
    "disable_snapshot": "disableSnapshot", "skip_corrupted": "skipCorrupted", "check_data": "checkData",
    "reinsert_overflowed_ttl": "reinsertOverflowedTTL",
}  # fmt: skip
NOT_OF_COMPACT = ("user_defined", "user_defined_files", "start_token", "end_token")
NOT_OF_SNAPSHOT = ("table_name", "skip_flush", "keyspace_tables")


def job(request: Request) -> Answer:
    """How a job goes."""
    if not request.text("job_id"):
        raise agent.Failed("getJobStatus")
    found = request.call("getJobStatus", job_id=request.text("job_id"))
    return (200, found) if found else (404, {})


def started(request: Request, method: str, body: dict[str, Any], every: str, **own: agent.Parameter) -> Answer:
    """Start a job on tables of a keyspace, or of `every` one; `own` are the parameters that only this job has."""
    keyspace, tables = body.get("keyspace_name") or every, body.get("tables") or []
    return 202, request.call(method, keyspaceName=keyspace, tables=tables, jobs=body.get("jobs", 0), **own)


def cleanup(request: Request) -> Answer:
    """Drop what other nodes have now; no job where nothing can be dropped."""
    body = request.body(*OF_KEYSPACE)
    if (body.get("keyspace_name") or "").lower() in NODE_LOCAL:
        return 200, "OK"
    return started(request, "forceKeyspaceCleanup", body, "NON_LOCAL_STRATEGY")


def upgrade(request: Request) -> Answer:
    """Rewrite files of an older version. The server turns its flag round: `true` rewrites every file."""
    flag = request.text("excludeCurrentVersion") == "true"
    return started(request, "upgradeSSTables", request.body(*OF_KEYSPACE), "ALL", excludeCurrentVersion=not flag)


def scrub(request: Request) -> Answer:
    """Rewrite all files, and skip what cannot be read where that is asked for."""
    body = request.body(*OF_KEYSPACE, *SCRUB)
    return started(request, "scrub", body, "ALL", **{name: body.get(key) is True for key, name in SCRUB.items()})


def compact(request: Request) -> Answer:
    """Compact whole tables; not some files or tokens."""
    body = request.body("keyspace_name", "tables", "split_output", *NOT_OF_COMPACT)
    if any(body.get(field) for field in NOT_OF_COMPACT):
        return 501, f"not in this double of the Management API: {', '.join(NOT_OF_COMPACT)}"
    return started(request, "forceKeyspaceCompaction", body, "ALL", splitOutput=body.get("split_output") is True)


def must_exist(request: Request, body: dict[str, Any]) -> None:
    """Refuse a keyspace that Cassandra does not have, which only two of the jobs do."""
    keyspace = body.get("keyspace_name")
    if keyspace and keyspace not in request.call("getKeyspaces"):
        raise BadRequest(400, f"keyspace {keyspace} does not exists")


def flush(request: Request) -> Answer:
    """Write memtables to disk."""
    body = request.body(*OF_KEYSPACE)
    must_exist(request, body)
    return started(request, "forceKeyspaceFlush", body, "ALL")


def garbage_collect(request: Request) -> Answer:
    """Drop what was deleted or overwritten, and is not needed to hide anything."""
    body, option = request.body(*OF_KEYSPACE), request.text("tombstoneOption") or "ROW"
    must_exist(request, body)
    if option.upper() not in ("ROW", "CELL"):
        return 400, "tombstoneOption must be either ROW or CELL"
    return started(request, "garbageCollect", body, "ALL", tombstoneOption=option)


def repair(request: Request) -> Answer:
    """Start a repair of all ranges of a keyspace that the node has, or of those that are named."""
    body = request.body(*OF_REPAIR)
    if body.get("repair_parallelism") not in (None, "sequential", "parallel", "dc_parallel"):
        raise UNREADABLE
    if not body.get("keyspace"):
        return 400, "keyspaceName must be specified"
    ranges_of = [f"{it['start']}:{it['end']}" for it in body.get("associated_tokens") or []]
    repair_id = request.call(
        "repair", keyspaceName=body["keyspace"], tables=body.get("tables"), full=body.get("full_repair"),
        repairParallelism=body.get("repair_parallelism"), datacenters=body.get("datacenters"),
        associatedTokens=ranges_of, repairThreadCount=body.get("repair_thread_count"),
    )  # fmt: skip
    return 202, {"repair_id": repair_id}


def move(request: Request) -> Answer:
    """Give a node with one token another one."""
    if not request.text("newToken").strip():
        return 400, "newToken must be specified"
    return 202, request.call("move", newToken=request.text("newToken"))


def snapshot(request: Request) -> Answer:
    """Take a snapshot of some keyspaces, or of all; returns when it is taken."""
    body = request.body("snapshot_name", "keyspaces", *NOT_OF_SNAPSHOT)
    if any(body.get(field) for field in NOT_OF_SNAPSHOT):
        return 501, f"not in this double of the Management API: {', '.join(NOT_OF_SNAPSHOT)}"
    name = body.get("snapshot_name") or str(int(time.time() * 1000))
    request.call("takeSnapshot", snapshotName=name, keyspaces=body.get("keyspaces"))
    return 200, "OK"


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/api/v0/ops/executor/job"): job,
    ("POST", "/api/v1/ops/node/decommission"): lambda it: (
        202, it.call("decommission", force=it.text("force") == "true")
    ),
    ("POST", "/api/v1/ops/node/rebuild"): lambda it: (202, it.call("rebuild", srcDatacenter=it.text("src_dc") or None)),
    ("POST", "/api/v0/ops/node/move"): move,
    ("PUT", "/api/v2/repairs"): repair,
    ("POST", "/api/v1/ops/keyspace/cleanup"): cleanup,
    ("POST", "/api/v1/ops/tables/sstables/upgrade"): upgrade,
    ("POST", "/api/v1/ops/tables/scrub"): scrub,
    ("POST", "/api/v1/ops/tables/compact"): compact,
    ("POST", "/api/v1/ops/tables/flush"): flush,
    ("POST", "/api/v1/ops/tables/garbagecollect"): garbage_collect,
    ("POST", "/api/v0/ops/node/snapshots"): snapshot,
    ("GET", "/api/v0/ops/node/snapshots"): lambda it: entity(it.call("getSnapshotDetails")),
}  # fmt: skip
