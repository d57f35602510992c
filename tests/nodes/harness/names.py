"""The names of two Kubernetes clusters in each other: in both, `<name>.<cluster>.test` is what `<name>.cluster.local` is in
the cluster of that name. The name service of each also watches the API server of the other. Called by the stories of two
clusters.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from .machine import Machine

_COREFILE = """.:53 {{
  errors
  health
  ready
  kubernetes cluster.local {own}.test in-addr.arpa ip6.arpa {{
    pods insecure
    ttl 5
  }}
  cache 5
}}
{other}.test:53 {{
  errors
  kubernetes {other}.test {{
    kubeconfig /etc/coredns/kubeconfig
    ttl 5
  }}
  cache 5
}}
"""


def share(machines: dict[str, Machine]) -> None:
    """Two machines by the names of their Kubernetes clusters. They reach each other."""
    for own, machine in machines.items():
        ((other, beside),) = ((name, it) for name, it in machines.items() if name != own)
        data = {"Corefile": _COREFILE.format(own=own, other=other), "kubeconfig": _kubeconfig(beside)}
        metadata = {"name": "coredns", "namespace": "kube-system"}
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
        machine.kubectl("replace", "-f", "-", stdin=json.dumps(config))
        machine.kubectl("-n", "kube-system", "rollout", "restart", "deployment/coredns")
        machine.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s")


def _kubeconfig(machine: Machine) -> str:
    """The machine's kubeconfig, with everything in it."""
    config = json.loads(machine.kubeconfig.read_text())
    for cluster in config["clusters"]:
        authority = Path(cluster["cluster"].pop("certificate-authority"))
        cluster["cluster"]["certificate-authority-data"] = base64.b64encode(authority.read_bytes()).decode()
    return json.dumps(config)
