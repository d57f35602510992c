"""What Cassandra is and holds: nodes, roles, keyspaces. In: requests. Out: answers, by the table of the contract."""

from process import Answer
from request import Request, Route, entity

FEATURES = [
    "async_sstable_tasks", "full_query_logging", "rebuild", "async_upgrade_sstable_task", "async_compaction_task",
    "async_scrub_task", "async_move_task", "async_gc_task", "reload_internode_truststore", "async_flush_task",
]  # fmt: skip


def features(request: Request) -> Answer:
    """What this server can do."""
    version = request.call("getReleaseVersion")
    return 200, {"cassandra_version": version, "mgmt_version": "", "features": FEATURES}


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


def replicate(method: str, words: str) -> Route:
    """Make or alter a keyspace."""

    def route(request: Request) -> Answer:
        body = request.body("keyspace_name", "replication_settings")
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
}
