"""The clusters of stories that take no example: of those that deliver one commit after another (commits.py, refused*.py), and
one in two Kubernetes clusters (applied.py)."""

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


def in_two_kubernetes_clusters(eu: str, us: str, seeds: str = '192.0.2.10, "2001:db8::10"') -> str:
    """A cluster `shop` with a datacenter in either, in these namespaces, and with objects for every tool."""
    racks = ", ".join(f"{{name: r{number + 1}, zone: {zone}}}" for number, zone in enumerate(_ZONES))
    return f"""
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: shop}}
spec:
  cassandra: {{version: 4.1.9}}
  resources: {{requests: {{cpu: "1", memory: 4Gi}}, limits: {{memory: 4Gi}}}}
  storage: {{class: fast-ssd, size: 50Gi}}
  scheduling: {{severalNodesPerWorker: true}}
  additionalSeeds: [{seeds}]
  datacenters:
    - {{name: dc1, kubeCluster: eu, namespace: {eu}, nodes: 3, racks: [{racks}]}}
    - {{name: dc2, kubeCluster: us, namespace: {us}, nodes: 3, racks: [{racks}]}}
  delivery:
    argocd: {{repoURL: https://git.example.com/clusters.git, path: deploy/shop}}
    flux: {{sourceRef: {{name: clusters}}, path: deploy/shop}}
"""


def with_program(namespace: str, nodes: int, version: str = "4.1.9", client: str = "plain", accept: str = "") -> str:
    """A cluster `shop` of three racks with the program in the cluster, and what the client has to be told."""
    delivery = {
        "argocd": "argocd: {repoURL: https://git.example.com/clusters.git, path: deploy/shop}",
        "flux": "flux: {sourceRef: {name: clusters}, path: deploy/shop}",
        "plain": "dialect: plain",
    }
    racks = ", ".join(f"{{name: r{number + 1}, zone: {zone}}}" for number, zone in enumerate(_ZONES))
    return f"""
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: shop, namespace: {namespace}}}
spec:
  cassandra: {{version: {version}}}
  resources: {{requests: {{cpu: "1", memory: 4Gi}}, limits: {{memory: 4Gi}}}}
  storage: {{class: fast-ssd, size: 50Gi, whenNodesLeave: delete}}
  scheduling: {{severalNodesPerWorker: true}}
  auth: {{superuser: {{generate: true}}}}
  steps: {{enabled: true, image: "registry.test/cassc-step:0", schedule: "17 3 * * *"}}
  datacenters: [{{name: dc1, nodes: {nodes}, racks: [{racks}]}}]
  delivery: {{{delivery[client]}}}
  accept: [{accept}]
"""
