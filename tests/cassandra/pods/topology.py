"""The topologies of the stories: as small as a machine with two cores wants them. Called by stories.py."""

from typing import Any

NAME, DATACENTER = "demo", "dc1"
HEAP = "512Mi"
TOKENS = 16


def topology(version: str, racks: int, authenticator: str = "AllowAll") -> dict[str, Any]:
    """One node in each of the racks r1, r2, …; whatever the image is called, the double stands in for it."""
    cassandra: dict[str, Any] = {"version": version, "jvm": {"heap": HEAP}}
    if version.startswith("3.11."):
        # There is no published image of the last releases of 3.11.
        cassandra["image"] = f"docker.io/local/server:{version}"
    spec: dict[str, Any] = {
        "cassandra": cassandra,
        "auth": {"authenticator": authenticator},
        "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
        "storage": {"size": "10Gi"},
        "datacenters": [
            {
                "name": DATACENTER,
                "nodes": racks,
                "racks": [{"name": f"r{number}", "zone": f"zone-{number}"} for number in range(1, racks + 1)],
            }
        ],
        "delivery": {"dialect": "plain"},
    }
    return {
        "apiVersion": "cassc/v1alpha1",
        "kind": "CassandraTopology",
        "metadata": {"name": NAME, "namespace": "stories"},
        "spec": spec,
    }


def pod_of(rack: int) -> str:
    """The name of the only pod of a rack."""
    return f"{NAME}-{DATACENTER}-r{rack}-sts-0"
