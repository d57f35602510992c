"""The part of the API that asks Cassandra: its metadata, roles, keyspaces, jobs.

In: a request's method, path, query and body. Out: status and body, by the table of the contract. Every request of ROUTES
is a call of the agent, which throws where Cassandra refuses.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agent
from process import CLOSED, Answer

MEDIA_TYPE = {
    "type": "application", "subtype": "json", "parameters": {}, "wildcardType": False, "wildcardSubtype": False,
}  # fmt: skip
FEATURES = [
    "async_sstable_tasks", "full_query_logging", "rebuild", "async_upgrade_sstable_task", "async_compaction_task",
    "async_scrub_task", "async_move_task", "async_gc_task", "reload_internode_truststore", "async_flush_task",
]  # fmt: skip
NODE_LOCAL = ("system", "system_schema")


class BadRequest(Exception):
    """The server itself refuses a request: with this answer."""

    def __init__(self, status: int, words: str) -> None:
        """Status and body."""
        super().__init__(words)
        self.answer = (status, words)


@dataclass(frozen=True)
class Request:
    """A request, and how the agent is reached."""

    socket: Path
    seconds: float
    query: dict[str, list[str]]
    content: bytes

    def call(self, method: str, **parameters: agent.Parameter) -> Any:
        """Ask the agent."""
        return agent.call(self.socket, self.seconds, method, **parameters)

    def text(self, name: str) -> str:
        """A value of the query; empty where it is missing."""
        return self.query.get(name, [""])[0]

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        if not self.content:
            raise BadRequest(415, "")
        try:
            body = json.loads(self.content)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise BadRequest(400, "Not able to deserialize data provided.")
        return body


def answered(action: Callable[[], Answer], seconds: float) -> Answer:
    """The answer of an action that calls the agent, with the words of whatever goes wrong."""
    try:
        return action()
    except BadRequest as refusal:
        return refusal.answer
    except agent.Closed:
        return CLOSED
    except agent.TimedOut:
        return 500, f"Query timed out after PT{seconds:.0f}S"
    except agent.Failed as failure:
        return 500, f"Failed to execute method NodeOps.{failure}"


# --- Metadata -----------------------------------------------------------------------------------------------------------


def entity(value: Any) -> Answer:
    """A value in the wrapping that the server gives some of them."""
    wrapping = {"variant": {"language": None, "mediaType": MEDIA_TYPE, "encoding": None, "languageString": None}}
    rest = {"annotations": [], "mediaType": MEDIA_TYPE, "language": None, "encoding": None}
    return 200, {"entity": value} | wrapping | rest


def features(request: Request) -> Answer:
    """What this server can do."""
    version = request.call("getReleaseVersion")
    return 200, {"cassandra_version": version, "mgmt_version": "", "features": FEATURES}


# --- Roles --------------------------------------------------------------------------------------------------------------


def put_role(request: Request) -> Answer:
    """Make a role or change it; flags are false unless given."""
    username, password = request.text("username"), request.text("password")
    if not username.strip() or not password.strip():
        return 400, ""
    superuser, login = request.text("is_superuser") == "true", request.text("can_login") == "true"
    request.call("createRole", username=username, password=password, superuser=superuser, login=login)
    return 200, "OK"


def drop_role(request: Request) -> Answer:
    """Drop a role, if it is there."""
    if not request.text("username").strip():
        return 400, ""
    request.call("dropRole", username=request.text("username"))
    return 200, "OK"


# --- Keyspaces ----------------------------------------------------------------------------------------------------------


def keyspaces(request: Request) -> Answer:
    """All keyspaces, or the one that was asked for."""
    wanted = request.text("keyspaceName")
    return 200, [name for name in request.call("getKeyspaces") if not wanted or name == wanted]


def replication(request: Request) -> Answer:
    """The replication of a keyspace."""
    name = request.text("keyspaceName")
    if not name:
        return 400, "Get keyspace replication failed. Non-empty 'keyspaceName' must be provided"
    found = request.call("getReplication", keyspaceName=name)
    if found is None:
        return 404, f"Get keyspace replication failed. Keyspace '{name}' does not exist."
    return 200, found


def replicate(method: str, words: str) -> "Route":
    """Make or alter a keyspace."""

    def route(request: Request) -> Answer:
        body = request.body()
        name, settings = body.get("keyspace_name"), body.get("replication_settings")
        if not name:
            return 400, f"{words} failed. Non-empty 'keyspace_name' must be provided"
        if not settings:
            return 400, f"{words} failed. 'replication_settings' must be provided"
        replicas = [f"{item['dc_name']}:{item['replication_factor']}" for item in settings]
        request.call(method, keyspaceName=name, replication=replicas)
        return 200, "OK"

    return route


def tables(request: Request) -> Answer:
    """The tables of a keyspace."""
    if not request.text("keyspaceName"):
        return 400, "List tables failed. Non-empty 'keyspaceName' must be provided"
    return 200, request.call("getTables", keyspaceName=request.text("keyspaceName"))


def ranges(request: Request) -> Answer:
    """Who has which range of a keyspace, in the order of the replicas."""
    name = request.text("keyspaceName") or None
    if name is not None and name not in request.call("getKeyspaces"):
        return 404, "keyspace not found"
    found = request.call("getRangeToEndpointMap", keyspaceName=name)
    return 200, {
        "token_range_to_endpoints": [
            {"tokens": [int(token) for token in it["range"]], "endpoints": it["endpoints"]} for it in found
        ]
    }


# --- Jobs ---------------------------------------------------------------------------------------------------------------


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


def of_tables(method: str, must_exist: bool, extra: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> "Route":
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


Route = Callable[[Request], Answer]

ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/api/v0/metadata/endpoints"): lambda it: entity(it.call("getEndpointStates")),
    ("GET", "/api/v0/metadata/versions/release"): lambda it: (200, it.call("getReleaseVersion")),
    ("GET", "/api/v0/metadata/versions/features"): features,
    ("GET", "/api/v0/metadata/localdc"): lambda it: (200, it.call("getLocalDataCenter")),
    ("GET", "/api/v1/ops/node/schema/versions"): lambda it: (200, it.call("getSchemaVersions")),
    ("GET", "/api/v0/ops/node/streaminfo"): lambda it: entity(it.call("getStreamInfo")),
    ("GET", "/api/v2/tokens/rangetoendpoint"): ranges,
    ("GET", "/api/v0/ops/auth/role"): lambda it: (200, it.call("listRoles")),
    ("POST", "/api/v0/ops/auth/role"): put_role,
    ("DELETE", "/api/v0/ops/auth/role"): drop_role,
    ("GET", "/api/v0/ops/keyspace"): keyspaces,
    ("GET", "/api/v0/ops/keyspace/replication"): replication,
    ("POST", "/api/v0/ops/keyspace/create"): replicate("createKeyspace", "Keyspace creation"),
    ("POST", "/api/v0/ops/keyspace/alter"): replicate("alterKeyspace", "Altering Keyspace"),
    ("GET", "/api/v0/ops/tables"): tables,
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
