"""The cluster of the stories that deliver one commit after another. Called by argocd, flux, plain and refused."""

from __future__ import annotations

_ZONES = ("us-east1-b", "us-east1-c", "us-east1-d")


def topology(
    namespace: str, nodes: int = 3, config: str = "{}", racks: int = 3, dc2: int | None = None, accept: str = ""
) -> str:
    """A cluster `shop` of one datacenter whose racks have a zone each, and perhaps of a second one."""
    listed = ", ".join(f"{{name: r{number + 1}, zone: {_ZONES[number % 3]}}}" for number in range(racks))
    second = "" if dc2 is None else f"\n    - {{name: dc2, nodes: {dc2}, racks: [{{name: r1}}, {{name: r2}}]}}"
    return f"""
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: shop, namespace: {namespace}}}
spec:
  cassandra: {{version: 4.1.9, config: {config}}}
  resources: {{requests: {{cpu: "1", memory: 4Gi}}, limits: {{memory: 4Gi}}}}
  storage: {{class: fast-ssd, size: 50Gi}}
  scheduling: {{severalNodesPerWorker: true}}
  datacenters:
    - name: dc1
      nodes: {nodes}
      racks: [{listed}]{second}
  accept: [{accept}]
"""
