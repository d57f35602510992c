"""What a node is told to do. In: requests. Out: answers, by the table of the contract: mostly the id of a job."""

import time
from collections.abc import Callable
from typing import Any

import agent
from process import Answer
from request import Request, Route, entity

NODE_LOCAL = ("system", "system_schema")


def job(request: Request) -> Answer:
    """How a job goes."""
    if not request.text("job_id"):
        raise agent.Failed("getJobStatus")
    found = request.call("getJobStatus", job_id=request.text("job_id"))
    return (200, found) if found else (404, {})


def cleanup(request: Request) -> Answer:
    """Drop what other nodes have now; no job where nothing can be dropped."""
    body = request.body()
    keyspace = body.get("keyspace_name") or "NON_LOCAL_STRATEGY"
    if keyspace.lower() in NODE_LOCAL:
        return 200, "OK"
    jobs, names = body.get("jobs", 0), body.get("tables") or []
    return 202, request.call("forceKeyspaceCleanup", keyspaceName=keyspace, tables=names, jobs=jobs)


def of_tables(method: str, must_exist: bool, extra: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> Route:
    """Start a job on the tables of a keyspace, or of all. `extra` gives the parameters that only this job has."""

    def route(request: Request) -> Answer:
        body = request.body()
        keyspace = body.get("keyspace_name") or "ALL"
        if must_exist and keyspace != "ALL" and keyspace not in request.call("getKeyspaces"):
            return 400, f"keyspace {keyspace} does not exists"
        jobs, names = body.get("jobs", 0), body.get("tables") or []
        own = extra(request, body)
        return 202, request.call(method, keyspaceName=keyspace, tables=names, jobs=jobs, **own)

    return route


def repair(request: Request) -> Answer:
    """Start a repair of all ranges of a keyspace that the node has, or of those that are named."""
    body = request.body()
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
    body = request.body()
    name = body.get("snapshot_name") or str(int(time.time() * 1000))
    request.call("takeSnapshot", snapshotName=name, keyspaces=body.get("keyspaces"))
    return 200, "OK"


def scrub_flags(_: Request, body: dict[str, Any]) -> dict[str, Any]:
    """What a scrub is told beside its tables."""
    names = ("disableSnapshot", "skipCorrupted", "checkData", "reinsertOverflowedTTL")
    keys = ("disable_snapshot", "skip_corrupted", "check_data", "reinsert_overflowed_ttl")
    return {name: body.get(key) is True for name, key in zip(names, keys, strict=True)}


def upgraded(request: Request, _: dict[str, Any]) -> dict[str, Any]:
    """The server turns this flag round: `true` rewrites every file."""
    return {"excludeCurrentVersion": request.text("excludeCurrentVersion") != "true"}


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/api/v0/ops/executor/job"): job,
    ("POST", "/api/v1/ops/node/decommission"): lambda it: (
        202, it.call("decommission", force=it.text("force") == "true")
    ),
    ("POST", "/api/v1/ops/node/rebuild"): lambda it: (202, it.call("rebuild", srcDatacenter=it.text("src_dc") or None)),
    ("POST", "/api/v0/ops/node/move"): move,
    ("PUT", "/api/v2/repairs"): repair,
    ("POST", "/api/v1/ops/keyspace/cleanup"): cleanup,
    ("POST", "/api/v1/ops/tables/sstables/upgrade"): of_tables("upgradeSSTables", False, upgraded),
    ("POST", "/api/v1/ops/tables/scrub"): of_tables("scrub", False, scrub_flags),
    ("POST", "/api/v1/ops/tables/compact"): of_tables(
        "forceKeyspaceCompaction", False, lambda _, body: {"splitOutput": body.get("split_output") is True}
    ),
    ("POST", "/api/v1/ops/tables/flush"): of_tables("forceKeyspaceFlush", True, lambda *_: {}),
    ("POST", "/api/v1/ops/tables/garbagecollect"): of_tables(
        "garbageCollect", True, lambda request, _: {"tombstoneOption": request.text("tombstoneOption") or "ROW"}
    ),
    ("POST", "/api/v0/ops/node/snapshots"): snapshot,
    ("GET", "/api/v0/ops/node/snapshots"): lambda it: entity(it.call("getSnapshotDetails")),
}  # fmt: skip
