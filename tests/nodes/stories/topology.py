"""The topologies of the stories: small heaps, a rack per zone; without steps also no passwords."""

from __future__ import annotations

QUICK = "-Dcassandra.ring_delay_ms=8000"

_TOPOLOGY = """apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: {name}, namespace: {name}}}
spec:
  kubernetes: {{version: "1.36"}}
  cassandra:
    version: "{version}"
    jvm: {{heap: 400Mi{options}}}
  auth: {{authenticator: AllowAll}}
  resources: {{requests: {{cpu: 100m, memory: 1400Mi}}, limits: {{memory: 1400Mi}}}}
  storage: {{class: local, size: 1Ti}}
  datacenters:
    - name: dc1
      nodes: {nodes}
      racks: [{{name: r1, zone: zone-1}}, {{name: r2, zone: zone-2}}, {{name: r3, zone: zone-3}}]
  scheduling: {{severalNodesPerWorker: {sharing}}}
  delivery: {{dialect: plain}}
"""


def three_racks(name: str, version: str, nodes: int, sharing: bool, quick: bool = False) -> str:
    """A datacenter of that many nodes in three racks. `quick` shortens the ring delay, where joining is not the matter."""
    options = f', options: ["{QUICK}"]' if quick else ""
    values = {"name": name, "version": version, "nodes": nodes, "options": options}
    return _TOPOLOGY.format(**values, sharing=str(sharing).lower())


def with_steps(name: str, version: str, nodes: int, quick: bool = True) -> dict:
    """A datacenter of that many nodes in three racks, with the program in the cluster, with passwords, and with one role. A
    story commits copies of it that it has changed. The delivery tool leaves replicas alone.
    """
    memory = "1400Mi"
    return {
        "apiVersion": "cassc/v1alpha1",
        "kind": "CassandraTopology",
        "metadata": {"name": name, "namespace": name},
        "spec": {
            "kubernetes": {"version": "1.36"},
            "cassandra": {"version": version, "jvm": {"heap": "400Mi", "options": [QUICK] if quick else []}},
            "auth": {"superuser": {"generate": True}, "roles": [{"name": "app", "generate": True}]},
            "resources": {"requests": {"cpu": "100m", "memory": memory}, "limits": {"memory": memory}},
            "storage": {"class": "local", "size": "1Ti"},
            "datacenters": [{"name": "dc1", "nodes": nodes, "racks": [_rack(number) for number in (1, 2, 3)]}],
            "scheduling": {"severalNodesPerWorker": True},
            "steps": {"enabled": True},
            "delivery": {"dialect": "plain", "ignoresReplicas": True},
        },
    }


def _rack(number: int) -> dict:
    return {"name": f"r{number}", "zone": f"zone-{number}"}
