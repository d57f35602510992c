"""The topologies of the stories: small heaps, a rack per zone, and no passwords, so that a story can ask with CQL."""

from __future__ import annotations

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
    options = ', options: ["-Dcassandra.ring_delay_ms=8000"]' if quick else ""
    values = {"name": name, "version": version, "nodes": nodes, "options": options}
    return _TOPOLOGY.format(**values, sharing=str(sharing).lower())
