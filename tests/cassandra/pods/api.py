"""What the program in the cluster asks of the Management API, asked of one node: the double and Cassandra together.

In: the pod of a node that founded its ring with authentication. Called by lives.py. What is expected is what the published
server was seen to answer (tests/cassandra/server/README.md).
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import cql
from observe import expect, wait_for
from pod import Pod, Say
from topology import DATACENTER

SUPERUSER = ("it's me", "p w/+&%")
DEFAULT = ("cassandra", "cassandra")
NETWORK = "org.apache.cassandra.locator.NetworkTopologyStrategy"
BORN_BY_DATACENTER = ("system_auth", "system_distributed", "system_traces")


def ask(pod: Pod, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:
    """Status and body of a request."""
    url = f"http://{pod.address}:8080/api/{path}"
    if query:
        url += "?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def asked(pod: Pod, method: str, path: str, body: Any = None, **query: str) -> str:
    """The body of a request that must succeed."""
    status, text = ask(pod, method, path, body, **query)
    expect(status in (200, 202), f"{method} {path}: {status} {text}")
    return text


def replication(pod: Pod, keyspace: str) -> dict[str, str]:
    """The replication of a keyspace."""
    return json.loads(asked(pod, "GET", "v0/ops/keyspace/replication", keyspaceName=keyspace))


def ended(pod: Pod, job: str) -> dict[str, Any]:
    """Wait for the end of a job."""
    end = time.monotonic() + 60
    while True:
        told = json.loads(asked(pod, "GET", "v0/ops/executor/job", job_id=job))
        if told["status"] != "WAITING":
            return told
        expect(time.monotonic() < end, f"{told} after a minute")
        time.sleep(0.5)


def roles_and_keyspaces(pod: Pod, say: Say) -> None:
    """The ring is founded by datacenter; nobody knows `cassandra`; the first superuser is made without a login."""
    found = [replication(pod, keyspace) for keyspace in BORN_BY_DATACENTER]
    expect(found == [{"class": NETWORK, DATACENTER: "1"}] * 3, f"born with another replication: {found}")
    # The role manager is ready some ten seconds after the node.
    wait_for("there is a role", 60, lambda: ask(pod, "GET", "v0/ops/auth/role")[1].startswith("[{"))
    roles = {it["name"]: (it["super"], it["login"]) for it in json.loads(asked(pod, "GET", "v0/ops/auth/role"))}
    expect(roles == {"cassandra": (False, False)}, f"a fresh ring has the roles {roles}")
    words = cql.login_is_refused(pod.address, DEFAULT)
    expect("incorrect" in words or "not permitted" in words, f"the default login was not refused, but {words!r}")
    username, password = SUPERUSER
    flags = {"can_login": "true", "is_superuser": "true"}
    asked(pod, "POST", "v0/ops/auth/role", username=username, password=password, **flags)
    words = cql.login_is_refused(pod.address, SUPERUSER)
    expect(not words, f"the superuser may not log in: {words}")
    alter = {
        "keyspace_name": "system_traces",
        "replication_settings": [{"dc_name": DATACENTER, "replication_factor": 2}],
    }
    asked(pod, "POST", "v0/ops/keyspace/alter", alter)
    expect(replication(pod, "system_traces")[DATACENTER] == "2", "system_traces was not altered")
    alter["replication_settings"] = [{"dc_name": "nowhere", "replication_factor": 1}]
    status, words = ask(pod, "POST", "v0/ops/keyspace/alter", alter)
    expected = (500, "Failed to execute method NodeOps.alterKeyspace")
    expect((status, words) == expected, f"an unknown datacenter is answered {status} {words}")
    say("born by datacenter; the default login is refused, the superuser's is not")


def jobs(pod: Pod, version: str, say: Say) -> None:
    """The endpoint as gossip has it; jobs that go well, one that Cassandra refuses, and one that nobody knows."""
    endpoints = json.loads(asked(pod, "GET", "v0/metadata/endpoints"))["entity"]
    expect(len(endpoints) == 1, f"not one endpoint: {endpoints}")
    wanted = {
        "ENDPOINT_IP": pod.address,
        "IS_ALIVE": "true",
        "IS_LOCAL": "true",
        "DC": DATACENTER,
        "RELEASE_VERSION": version,
    }
    differing = {key: endpoints[0].get(key) for key, value in wanted.items() if endpoints[0].get(key) != value}
    expect(not differing, f"the endpoint says {differing}, wanted {wanted}")
    status = endpoints[0].get("STATUS_WITH_PORT") or endpoints[0]["STATUS"]
    expect(status.startswith("NORMAL,"), f"the endpoint's status is {status}")
    for path in ("keyspace/cleanup", "tables/flush", "tables/sstables/upgrade", "tables/compact", "tables/scrub"):
        told = ended(pod, asked(pod, "POST", f"v1/ops/{path}", {"keyspace_name": "system_auth"}))
        expect(told["status"] == "COMPLETED", f"{path}: {told}")
    refused = ended(pod, asked(pod, "POST", "v1/ops/node/decommission"))
    expect(refused["status"] == "ERROR" and "no other normal nodes in the ring" in refused["error"], f"{refused}")
    unknown = ask(pod, "GET", "v0/ops/executor/job", job_id="nobody")
    expect(unknown == (404, "{}"), f"an unknown job is answered {unknown}")
    asked(pod, "POST", "v0/ops/node/snapshots", {"snapshot_name": "before", "keyspaces": ["system_auth"]})
    taken = json.loads(asked(pod, "GET", "v0/ops/node/snapshots"))["entity"]
    expect(any(it["Snapshot name"] == "before" for it in taken), f"the snapshot is not listed: {taken}")
    say(f"six jobs and a snapshot, the last job refused with {refused['error']!r}")
