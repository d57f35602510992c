"""One adoption: a ring as the operator keeps it, the dump of it, what `cassc adopt` writes, and the runbook, run literally.
Called by the stories.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import operated
import operator_parts
from harness.world import Tree, World
from nodes.harness.processes import wait_until

STEPS = ("check", "operator", "state", "base", "statefulsets", "custom-resource", "diff")
# What `cassc adopt --help` has people ask for.
_KINDS = "sts,svc,pdb,pvc,cm,pods,endpointslices,cassdc"
# Everything in a namespace that somebody could miss.
_ALL = (
    *"statefulsets services poddisruptionbudgets persistentvolumeclaims configmaps pods secrets".split(),
    "serviceaccounts",
)


def topology(it: operated.Datacenter, dialect: str, is_held: bool = True, steps: str = "") -> str:
    """The topology of a ring; held back, as it is adopted."""
    racks = ", ".join(f"{{name: {rack}}}" for rack in it.racks)
    rollout = "  rollout: {stopped: true}\n" if is_held else ""
    seeds = f"  additionalSeeds: [{', '.join(it.additional_seeds)}]\n" if it.additional_seeds else ""
    return (
        f"apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: {it.cluster}, namespace: {it.namespace}}}\n"
        f"spec:\n  cassandra: {{version: {it.version}}}\n"
        '  resources: {requests: {cpu: "1", memory: 4Gi}, limits: {memory: 4Gi}}\n'
        f"  storage: {{class: server-storage, size: {it.size_of_volumes}}}\n{rollout}{seeds}{steps}"
        f"  datacenters:\n    - {{name: {it.name}, nodes: {it.size}, racks: [{racks}]}}\n"
        f"  delivery: {{dialect: {dialect}}}\n"
    )


class Adoption:
    """A ring in a namespace of its own, and the folder of its runbook."""

    def __init__(self, world: World, ring: operated.Datacenter, wishes: dict[str, str] | None = None) -> None:
        self.world, self.ring = world, ring
        self.folder = world.folder / ring.namespace
        self.folder.mkdir()
        # Pods of the operator run as its images want it; what keeps `restricted` out is no part of this story.
        world.machine.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ring.namespace}})
        world.namespaces.append(ring.namespace)
        if wishes:
            world.wish(ring.namespace, **wishes)

    # --- As the operator does -----------------------------------------------------------------------------------------

    def make(self) -> None:
        """Everything that the operator makes, until all nodes are ready."""
        machine, namespace = self.world.machine, self.ring.namespace
        self._create(self.ring.custom_resource())
        uid, generation = self._resource("{.metadata.uid} {.metadata.generation}").split()
        for one in self.ring.objects(uid):
            self._create(one)
        self.world.settle(namespace)
        claims = self.uids("persistentvolumeclaims")
        # As the double of the Management API has it: a node is its volume.
        host_ids = {pod: claims[f"server-data-{pod}"] for pod in self.ring.pods()}
        status = json.dumps({"status": self.ring.status(int(generation), host_ids)})
        arguments = ("-n", namespace, "--subresource=status", "--type=merge", "-p", status)
        machine.kubectl("patch", "cassandradatacenter", self.ring.name, *arguments)
        for pod in (f"{self.ring.set_of(rack)}-0" for rack in self.ring.racks):
            machine.kubectl("-n", namespace, "label", "pod", pod, f"{operated.GROUP}/seed-node=true")
        # Last: from here on nobody answers for it.
        machine.apply(operator_parts.webhook())

    def _create(self, one: dict) -> None:
        self.world.machine.kubectl("create", f"--field-manager={operated.MANAGER}", "-f", "-", stdin=json.dumps(one))

    def _resource(self, path: str) -> str:
        arguments = ("-n", self.ring.namespace, "-o", f"jsonpath={path}")
        return self.world.machine.kubectl("get", "cassandradatacenter", self.ring.name, *arguments)

    # --- As a person does ---------------------------------------------------------------------------------------------

    def write(self, topology_of_user: str | None) -> str:
        """Take the dump, and have cassc write the runbook; what it said."""
        dump = self.folder / "dump.yaml"
        dump.write_text(self.world.machine.kubectl("-n", self.ring.namespace, "get", _KINDS, "-o", "yaml"))
        named = ()
        if topology_of_user is not None:
            file = self.folder / f"{self.ring.cluster}.yaml"
            file.write_text(topology_of_user)
            named = ("--topology", str(file))
        ended = self.world.compile("adopt", "--from", str(dump), *named, "-o", str(self.folder))
        if ended.returncode != 0:
            raise RuntimeError(f"cassc adopt: {ended.stdout}{ended.stderr}")
        return ended.stderr

    def ask(self, *step: str) -> subprocess.CompletedProcess[str]:
        """The runbook, whatever becomes of it."""
        machine = self.world.machine
        kubectl = f"{machine.programs / 'kubernetes'} kubectl --kubeconfig={machine.kubeconfig}"
        environment = {**os.environ, "KUBECTL": kubectl}
        command = ["sh", str(self.folder / "adopt.sh"), *step]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)

    def step(self, *step: str) -> str:
        """A step that must succeed; what it said."""
        ended = self.ask(*step)
        if ended.returncode != 0:
            raise RuntimeError(f"adopt.sh {' '.join(step)}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def tree(self) -> Tree:
        """What is rendered."""
        return Tree(self.folder / "deploy" / self.ring.cluster)

    # --- How things stand ---------------------------------------------------------------------------------------------

    def uids(self, *kinds: str) -> dict[str, str]:
        """UIDs by name."""
        listed = self.world.machine.list(self.ring.namespace, *kinds)
        return {it["metadata"]["name"]: it["metadata"]["uid"] for it in listed}

    def lives(self) -> dict[str, tuple]:
        """What must stay: UID of each pod and PVC, and the restarts of the pods' containers."""
        found = {}
        for it in self.world.machine.list(self.ring.namespace, "pods", "persistentvolumeclaims"):
            restarts = [one["restartCount"] for one in it["status"].get("containerStatuses", [])]
            found[f"{it['kind']}/{it['metadata']['name']}"] = (it["metadata"]["uid"], *restarts)
        return found

    def everything(self) -> dict[str, str]:
        """UIDs of all objects by kind and name."""
        listed = self.world.machine.list(self.ring.namespace, *_ALL)
        return {f"{it['kind']}/{it['metadata']['name']}": it["metadata"]["uid"] for it in listed}

    def has_resource(self) -> bool:
        """Whether the CassandraDatacenter is there."""
        arguments = ("-n", self.ring.namespace, "--ignore-not-found", "-o", "name")
        return bool(self.world.machine.kubectl("get", "cassandradatacenter", self.ring.name, *arguments))

    def addresses(self, service: str) -> set[str]:
        """The pods that a service names."""
        path = f"/apis/discovery.k8s.io/v1/namespaces/{self.ring.namespace}/endpointslices"
        slices = self.world.machine.get(path)["items"]
        own = [it for it in slices if it["metadata"]["labels"].get("kubernetes.io/service-name") == service]
        return {end["targetRef"]["name"] for it in own for end in it["endpoints"] or [] if end.get("targetRef")}

    def names(self, service: str, pods: set[str]) -> None:
        """Until a service names exactly these pods."""
        wait_until(f"{service} names {sorted(pods)}", 30, lambda: self.addresses(service) == pods, pause=0.3)


def operator_runs(world: World, is_running: bool) -> None:
    """Scale the operator, and wait until its pod is there, or is not."""
    namespace = operator_parts.OPERATOR_NAMESPACE
    number = str(int(is_running))
    world.machine.kubectl(
        "-n", namespace, "scale", "deployment", operator_parts.OPERATOR_DEPLOYMENT, f"--replicas={number}"
    )
    wait_until("the operator is so", 60, lambda: len(world.pods(namespace)) == is_running, pause=0.3)


def policies(world: World) -> list[str]:
    """What the operator's webhook does when nobody answers."""
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    found = world.machine.get(path)["items"]
    return [hook["failurePolicy"] for it in found for hook in it["webhooks"]]


def written(folder: Path) -> list[str]:
    """The files of a runbook, without the tree."""
    files = [it.relative_to(folder).as_posix() for it in folder.rglob("*") if it.is_file()]
    return sorted(it for it in files if not it.startswith("deploy/"))
