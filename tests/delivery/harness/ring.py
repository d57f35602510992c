"""A double of the Management API of all pods of a namespace: simulated pods run nothing, and with the wish `addresses:
loopback` they have addresses of this machine. It answers what crates/step asks, in the form that was observed of a real server
(crates/step/src/management has it in its tests), and knows of Cassandra only what the program decides by: who is a member.

A node is its data volume: the host id is the UID of the claim. It is a member from the moment when its pod is ready, until it is
decommissioned. In: the machine, a namespace. Out: a port, and what was asked."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .machine import Machine

_NETWORK = "org.apache.cassandra.locator.NetworkTopologyStrategy"
_SIMPLE = {"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "1"}
_LOCAL = {"class": "org.apache.cassandra.locator.LocalStrategy"}
# How long a job takes, so that somebody sees it run.
_JOB_SECONDS = 1.0


class Ring:
    """All nodes, as each of them sees them, and their server; a context."""

    def __init__(self, machine: Machine, namespace: str) -> None:
        self.machine, self.namespace = machine, namespace
        self.lock = threading.Lock()
        self.nodes: dict[str, dict] = {}
        self.left: dict[str, float] = {}
        self.jobs: dict[str, tuple[str, float]] = {}
        self.asked: list[str] = []
        self.keyspaces = {"system": _LOCAL, "system_auth": dict(_SIMPLE), "system_distributed": dict(_SIMPLE)}
        self.roles = {"cassandra": {"super": True, "login": True}}

    def __enter__(self) -> Ring:
        handler = type("Handler", (_Handler,), {"ring": self})
        self.server = ThreadingHTTPServer(("0.0.0.0", 0), handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def members(self) -> list[str]:
        """The pods whose nodes are in the ring."""
        with self.lock:
            self._look()
            return sorted(node["pod"] for host, node in self.nodes.items() if not self._has_left(host))

    def decommissioned(self) -> list[str]:
        """The pods whose nodes left, in order."""
        return [self.nodes[host]["pod"] for host in sorted(self.left, key=self.left.get)]

    def answer(self, method: str, target: str, body: dict, address: str) -> tuple[int, object]:
        """Status and body of an answer of the node at an address."""
        path, query = urlsplit(target).path, {key: it[0] for key, it in parse_qs(urlsplit(target).query).items()}
        with self.lock:
            self._look()
            self.asked.append(f"{method} {path}")
            host = next((host for host, node in self.nodes.items() if node["address"] == address), None)
            if host is None or not self.nodes[host]["is_up"]:
                return 500, "Internal connection to Cassandra closed"
            match (method, path):
                case ("GET", "/api/v0/metadata/endpoints"):
                    return 200, {"entity": [self._endpoint(it, it == host) for it in self.nodes]}
                case ("GET", "/api/v0/ops/keyspace"):
                    return 200, list(self.keyspaces)
                case ("GET", "/api/v0/ops/keyspace/replication"):
                    return 200, self.keyspaces[query["keyspaceName"]]
                case ("POST", "/api/v0/ops/keyspace/alter"):
                    settings = {it["dc_name"]: str(it["replication_factor"]) for it in body["replication_settings"]}
                    self.keyspaces[body["keyspace_name"]] = {"class": _NETWORK, **settings}
                    return 200, "OK"
                case ("GET", "/api/v0/ops/auth/role"):
                    return 200, [{"name": name, "datacenters": "ALL", **it} for name, it in self.roles.items()]
                case ("POST", "/api/v0/ops/auth/role"):
                    is_true = {
                        name: query[key] == "true" for name, key in (("super", "is_superuser"), ("login", "can_login"))
                    }
                    self.roles[query["username"]] = is_true
                    return 200, "OK"
                case ("POST", "/api/v1/ops/node/decommission"):
                    self.left[host] = time.monotonic() + _JOB_SECONDS
                    return 202, self._job("decommission")
                case ("PUT", "/api/v2/repairs"):
                    return 202, {"repair_id": self._job("repair")}
                case ("POST", "/api/v1/ops/keyspace/cleanup" | "/api/v1/ops/tables/sstables/upgrade"):
                    return 202, self._job("tables")
                case ("GET", "/api/v0/ops/executor/job"):
                    return self._status(query["job_id"])
                case ("GET", "/api/v0/ops/node/streaminfo"):
                    return 200, {"entity": []}
                case _:
                    return 404, ""

    def _look(self) -> None:
        """Pods come and go, and nodes with them."""
        pods = self.machine.list(self.namespace, "pods")
        claims = {
            it["metadata"]["name"]: it["metadata"]["uid"]
            for it in self.machine.list(self.namespace, "persistentvolumeclaims")
        }
        for node in self.nodes.values():
            node["is_up"] = False
        for pod in pods:
            host = claims.get(f"server-data-{pod['metadata']['name']}")
            labels, status = pod["metadata"].get("labels", {}), pod["status"]
            is_ready = any((it["type"], it["status"]) == ("Ready", "True") for it in status.get("conditions", []))
            if host is None or not (is_ready or host in self.nodes) or "podIP" not in status:
                continue
            image = next(it["image"] for it in pod["spec"]["containers"] if it["name"] == "cassandra")
            self.nodes[host] = {
                "pod": pod["metadata"]["name"],
                "address": status["podIP"],
                "is_up": is_ready,
                "datacenter": labels["cassandra.datastax.com/datacenter"],
                "rack": labels["cassandra.datastax.com/rack"],
                "cluster": labels["cassandra.datastax.com/cluster"],
                "release": re.search(r":(\d+\.\d+\.\d+)", image)[1],
            }

    def _has_left(self, host: str) -> bool:
        return host in self.left and self.left[host] <= time.monotonic()

    def _endpoint(self, host: str, is_local: bool) -> dict[str, str]:
        node = self.nodes[host]
        has_left, leaves = self._has_left(host), host in self.left
        state = "LEFT,1,1796083200000" if has_left else "LEAVING,1" if leaves else "NORMAL,1"
        flag = {True: "true", False: "false"}
        return {
            "CLUSTER_NAME": node["cluster"],
            "DC": node["datacenter"],
            "RACK": node["rack"],
            "ENDPOINT_IP": node["address"],
            "HOST_ID": host,
            "IS_ALIVE": flag[node["is_up"] and not has_left],
            "IS_LOCAL": flag[is_local],
            "LOAD": "106654.0",
            "RELEASE_VERSION": node["release"],
            "SCHEMA": "11111111-1111-1111-1111-111111111111",
            "STATUS_WITH_PORT": state,
        }

    def _job(self, kind: str) -> str:
        name = f"{kind}-{len(self.jobs) + 1}"
        self.jobs[name] = (kind, time.monotonic() + _JOB_SECONDS)
        return name

    def _status(self, name: str) -> tuple[int, object]:
        if name not in self.jobs:
            return 404, {}
        kind, ends = self.jobs[name]
        status = "COMPLETED" if ends <= time.monotonic() else "WAITING"
        return 200, {"id": name, "type": kind, "status": status, "error": None, "status_changes": []}


class _Handler(BaseHTTPRequestHandler):
    """Which pod is asked is the address that the connection was made to."""

    ring: Ring

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode()
        address = self.connection.getsockname()[0]
        status, said = self.ring.answer(self.command, self.path, json.loads(text or "{}"), address)
        body = (said if isinstance(said, str) else json.dumps(said)).encode()
        # Whoever asked may have given up meanwhile.
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = _serve  # noqa: N815 (http.server asks for these names)

    def log_message(self, *_: object) -> None:
        """Nothing: a story says what it sees."""
