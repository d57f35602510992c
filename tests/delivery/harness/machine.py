"""The test machine: a control plane with simulated nodes, as processes of an unprivileged user.

In: a folder, the folder of built programs. Out: `kubectl`. Everything dies with this process, however it ends. Called
by the command line in __main__.py.
"""

from __future__ import annotations

import base64
import ctypes
import json
import re
import signal
import ssl
import subprocess
import time
import urllib.request
import uuid
from pathlib import Path

from nodes.harness.processes import run, wait_until

_PR_SET_PDEATHSIG = 1
# Three zones of three workers, each zone on a street of its own: what the examples ask for.
ZONES = ("us-east1-b", "us-east1-c", "us-east1-d")
WORKERS_PER_ZONE = 3
# The classes that the examples name, and a default one for those that name none.
_CLASSES = ("standard", "server-storage", "local-storage", "local-nvme", "fast-ssd")

# Where the kinds are that are not in the core.
_API = {
    "statefulsets": "/apis/apps/v1",
    "deployments": "/apis/apps/v1",
    "poddisruptionbudgets": "/apis/policy/v1",
    "networkpolicies": "/apis/networking.k8s.io/v1",
    "jobs": "/apis/batch/v1",
    "cronjobs": "/apis/batch/v1",
    "roles": "/apis/rbac.authorization.k8s.io/v1",
    "rolebindings": "/apis/rbac.authorization.k8s.io/v1",
}


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Machine:
    """A running control plane, as a context."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self.kubeconfig = self.folder / "kubeconfig"
        self.seconds_to_start = 0.0

    def __enter__(self) -> Machine:
        began = time.monotonic()
        self._start()
        self.apply(*[worker(zone, number) for zone in ZONES for number in range(WORKERS_PER_ZONE)])
        self.apply(*[storage_class(name) for name in _CLASSES], storage_class("default", is_default=True))
        wait_until("the nodes are ready", 60, self._nodes_are_ready, pause=0.2)
        self.seconds_to_start = time.monotonic() - began
        return self

    def _start(self, *options: str) -> None:
        command = [self.programs / "kubernetes", "control-plane", "--folder", self.folder, *options]
        self.process = subprocess.Popen(command, preexec_fn=_die_with_parent)
        wait_until("the control plane is ready", 180, self._is_up, pause=0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def _is_up(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError("the control plane has ended; its words are above")
        return self.kubeconfig.exists()

    def _nodes_are_ready(self) -> bool:
        nodes = self.get("/api/v1/nodes")["items"]
        return len(nodes) == len(ZONES) * WORKERS_PER_ZONE and all(
            any(it["type"] == "Ready" for it in node["status"].get("conditions", [])) for node in nodes
        )

    def ask(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """kubectl, whatever becomes of it: the caller looks at exit code, output and complaints."""
        command = [str(self.programs / "kubernetes"), "kubectl", f"--kubeconfig={self.kubeconfig}", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=180)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """kubectl that must succeed; what it printed."""
        return run(
            str(self.programs / "kubernetes"), "kubectl", f"--kubeconfig={self.kubeconfig}", *arguments, stdin=stdin
        )

    def get(self, path: str) -> dict:
        """What the API server has there. Asked without kubectl, which would take most of the time of a story that waits."""
        server, authority, token = self._connection()
        request = urllib.request.Request(f"{server}{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(
            request, context=ssl.create_default_context(cafile=authority), timeout=60
        ) as answer:
            return json.load(answer)

    def list(self, namespace: str, *kinds: str) -> list[dict]:
        """The objects of these kinds, by their plural names."""
        return [
            {**it, "kind": answer["kind"].removesuffix("List")}
            for kind in kinds
            for answer in [self.get(f"{_API.get(kind, '/api/v1')}/namespaces/{namespace}/{kind}")]
            for it in answer["items"]
        ]

    def apply(self, *objects: dict) -> None:
        """Apply objects, at once."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(listed))

    def write_kubeconfig(self, file: Path, accounts: dict[str, str]) -> None:
        """Write a kubeconfig with a context `admin`, which is the current one, and one for each account, which acts as it.
        JSON is YAML."""
        server, authority, token = self._connection()
        users = {"admin": {"token": token}, **{name: {"token": token, "as": who} for name, who in accounts.items()}}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority": authority}}],
            "users": [{"name": name, "user": user} for name, user in users.items()],
            "contexts": [{"name": name, "context": {"cluster": "test", "user": name}} for name in users],
            "current-context": "admin",
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(config))

    def _connection(self) -> tuple[str, str, str]:
        """The server's address, the file of its authority, and the administrator's token."""
        config = self.kubeconfig.read_text()
        server, authority, token = (
            re.search(rf'{key}: "([^"]+)"', config)[1] for key in ("server", "certificate-authority", "token")
        )
        return server, authority, token

    def make_old(self, thing: dict) -> None:
        """Make an object of the core that was created years ago. No API server writes such a one: it goes into etcd, as JSON,
        which the API server reads as well as its own encoding."""
        metadata = {"uid": str(uuid.uuid4()), "creationTimestamp": "2020-01-01T00:00:00Z", **thing["metadata"]}
        thing = {"apiVersion": "v1", **thing, "metadata": metadata}
        key = f"/registry/{thing['kind'].lower()}s/{metadata['namespace']}/{metadata['name']}"
        pair = {"key": key, "value": json.dumps(thing)}
        body = json.dumps({name: base64.b64encode(text.encode()).decode() for name, text in pair.items()})
        address = (self.folder / "etcd-address").read_text()
        with urllib.request.urlopen(f"{address}/v3/kv/put", data=body.encode(), timeout=60) as answer:
            answer.read()


class Server(Machine):
    """An API server alone: it judges objects, and nobody acts upon them."""

    def __enter__(self) -> Server:
        self._start("--only-server")
        return self


def worker(zone: str, number: int) -> dict:
    """A Node object; simulated nodes make it ready."""
    name = f"{zone}-{number}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": zone,
        "location.example.com/street": f"street{ZONES.index(zone) + 1}",
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}


def storage_class(name: str, is_default: bool = False) -> dict:
    """A class whose volumes are simulated, and bound when a pod has its node, as a cloud's are."""
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if is_default else {}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "annotations": annotations},
        "provisioner": "simulated.test",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
