"""A datacenter as Cass Operator keeps it: every object with the names, labels, selectors, owners and fields that the operator gives
it (versions 1.2x to 1.32; shared knowledge, no text of the operator). Called by the stories.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from operated_pod import pod_spec

GROUP = "cassandra.datastax.com"
FINALIZER = "finalizer.cassandra.datastax.com"
# The name under which the operator writes fields of objects: that of its binary.
MANAGER = "manager"
_PASSWORDS = {"authenticator": "PasswordAuthenticator", "authorizer": "CassandraAuthorizer"}


@dataclass
class Datacenter:
    """What a user asked the operator for."""

    cluster: str
    name: str
    racks: list[str]
    size: int
    namespace: str
    version: str = "4.1.9"
    size_of_volumes: str = "10Gi"
    class_of_volumes: str = "server-storage"
    memory: str = "4Gi"
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    # Addresses of nodes of this Cassandra cluster that run elsewhere.
    additional_seeds: list[str] = field(default_factory=list)
    # Of the resource itself; the seed service has a copy.
    own_annotations: dict[str, str] = field(default_factory=dict)
    config: dict = field(default_factory=lambda: {"cassandra-yaml": {"num_tokens": 16, **_PASSWORDS}})

    def nodes_of_racks(self) -> dict[str, int]:
        """Nodes per rack: the same for all, and one more for the first ones."""
        each, more = divmod(self.size, len(self.racks))
        return {rack: each + (number < more) for number, rack in enumerate(self.racks)}

    def set_of(self, rack: str) -> str:
        """The StatefulSet of a rack."""
        return f"{self.cluster}-{self.name}-{rack}-sts"

    def pods(self) -> list[str]:
        """All pods."""
        return [f"{self.set_of(rack)}-{n}" for rack, nodes in self.nodes_of_racks().items() for n in range(nodes)]

    def resources(self) -> dict:
        """Of the Cassandra container."""
        return {"requests": {"cpu": "1", "memory": self.memory}, "limits": {"memory": self.memory}}

    def pod_spec(self, rack: str) -> dict:
        """What a pod of a rack is."""
        return pod_spec(self, rack)

    # --- Labels -------------------------------------------------------------------------------------------------------

    def labels_of_cluster(self) -> dict[str, str]:
        """Those that the seed service selects by."""
        return {f"{GROUP}/cluster": self.cluster}

    def labels_of_datacenter(self) -> dict[str, str]:
        """Those of a datacenter."""
        return {**self.labels_of_cluster(), f"{GROUP}/datacenter": self.name}

    def labels_of_rack(self, rack: str) -> dict[str, str]:
        """Those of a rack: the selector of its StatefulSet."""
        return {**self.labels_of_datacenter(), f"{GROUP}/rack": rack}

    def labels_of_operator(self) -> dict[str, str]:
        """What every object has beside."""
        return {
            "app.kubernetes.io/managed-by": "cass-operator",
            "app.kubernetes.io/name": "cassandra",
            "app.kubernetes.io/version": self.version,
            "app.kubernetes.io/instance": f"cassandra-{self.cluster}",
            "app.kubernetes.io/created-by": "cass-operator",
            **self.labels,
        }

    # --- Objects ------------------------------------------------------------------------------------------------------

    def custom_resource(self) -> dict:
        """The CassandraDatacenter, with the finalizer that the operator adds."""
        claim = {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": self.class_of_volumes,
            "resources": {"requests": {"storage": self.size_of_volumes}},
        }
        spec = {
            "clusterName": self.cluster,
            "serverType": "cassandra",
            "serverVersion": self.version,
            "managementApiAuth": {"insecure": {}},
            "size": self.size,
            "racks": [{"name": rack} for rack in self.racks],
            "resources": self.resources(),
            "storageConfig": {"cassandraDataVolumeClaimSpec": claim},
            "config": self.config,
            **({"additionalSeeds": self.additional_seeds} if self.additional_seeds else {}),
            **({"additionalLabels": self.labels} if self.labels else {}),
            **({"additionalAnnotations": self.annotations} if self.annotations else {}),
        }
        metadata = {"name": self.name, "namespace": self.namespace, "finalizers": [FINALIZER]}
        metadata["annotations"] = self.own_annotations
        return {"apiVersion": f"{GROUP}/v1beta1", "kind": "CassandraDatacenter", "metadata": metadata, "spec": spec}

    def status(self, generation: int, host_ids: dict[str, str]) -> dict:
        """The status of the custom resource when every node is ready; host ids by pod."""
        conditions = {"Healthy": True, "Initialized": True, "Ready": True, "Valid": True, "Stopped": False}
        conditions |= {"ScalingUp": False, "Updating": False, "ReplacingNodes": False, "RollingRestart": False}
        at = "2026-03-01T10:00:00Z"
        told = [
            {"type": kind, "status": str(holds), "reason": "", "message": "", "lastTransitionTime": at}
            for kind, holds in conditions.items()
        ]
        nodes = {pod: {"hostID": host_ids[pod]} for pod in self.pods()}
        return {
            "cassandraOperatorProgress": "Ready",
            "conditions": told,
            "datacenterName": self.name,
            "lastServerNodeStarted": at,
            "nodeReplacements": [],
            "nodeStatuses": nodes,
            "observedGeneration": generation,
            "quietPeriod": at,
            "superUserUpserted": at,
            "usersUpserted": at,
        }

    def objects(self, owner: str) -> list[dict]:
        """Services, StatefulSets and the disruption budget; `owner` is the UID of the custom resource."""
        made = [*self._services(), *(self._stateful_set(rack) for rack in self.racks), self._budget()]
        reference = {
            "apiVersion": f"{GROUP}/v1beta1",
            "kind": "CassandraDatacenter",
            "name": self.name,
            "uid": owner,
            "controller": True,
            "blockOwnerDeletion": True,
        }
        made += [self._addresses()] if self.additional_seeds else []
        for one in made:
            one["metadata"]["ownerReferences"] = [reference]
        return [*made, self._superuser()]

    def _metadata(self, name: str, labels: dict[str, str]) -> dict:
        annotations = {**self.annotations, f"{GROUP}/resource-hash": _hash(name)}
        labels = {**labels, **self.labels_of_operator()}
        return {"name": name, "namespace": self.namespace, "labels": labels, "annotations": annotations}

    def _services(self) -> list[dict]:
        of_pods = {"mgmt-api": 8080, "prometheus": 9103, "metrics": 9000}
        cql = {"native": 9042, "tls-native": 9142, **of_pods}
        if self.version.startswith("3."):
            cql["thrift"] = 9160
        datacenter, cluster = self.labels_of_datacenter(), self.labels_of_cluster()
        prefix, name = f"{self.cluster}-{self.name}", f"{self.cluster}-seed-service"
        seeds = self._service(name, cluster, {**cluster, f"{GROUP}/seed-node": "true"}, {}, is_of_all=True)
        seeds["metadata"]["annotations"] |= self.own_annotations
        return [
            self._service(f"{prefix}-service", datacenter, datacenter, cql, is_of_all=False),
            seeds,
            self._service(
                f"{prefix}-all-pods-service",
                {**datacenter, f"{GROUP}/prom-metrics": "true"},
                datacenter,
                {"native": 9042, **of_pods},
                is_of_all=True,
            ),
            self._service(f"{prefix}-additional-seed-service", datacenter, None, {}, is_of_all=True),
        ]

    def _service(self, name: str, labels: dict, selector: dict | None, ports: dict, is_of_all: bool) -> dict:
        spec = {
            "type": "ClusterIP",
            "clusterIP": "None",
            **({"selector": selector} if selector else {}),
            **({"publishNotReadyAddresses": True} if is_of_all else {}),
            **({"ports": [{"name": of, "port": n, "targetPort": n} for of, n in ports.items()]} if ports else {}),
        }
        return {"apiVersion": "v1", "kind": "Service", "metadata": self._metadata(name, labels), "spec": spec}

    def _addresses(self) -> dict:
        service = f"{self.cluster}-{self.name}-additional-seed-service"
        metadata = self._metadata(f"{service}-ipv4", self.labels_of_datacenter())
        metadata["labels"] |= {
            "kubernetes.io/service-name": service,
            "endpointslice.kubernetes.io/managed-by": "cass-operator",
        }
        return {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": metadata,
            "addressType": "IPv4",
            "endpoints": [{"addresses": self.additional_seeds}],
        }

    def _budget(self) -> dict:
        labels = self.labels_of_datacenter()
        spec = {"minAvailable": self.size - 1, "selector": {"matchLabels": labels}}
        metadata = self._metadata(f"{self.name}-pdb", labels)
        return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec}

    def _superuser(self) -> dict:
        """It has no owner: it outlives the datacenter."""
        name = f"{self.cluster}-superuser"
        metadata = self._metadata(name, self.labels_of_datacenter())
        data = {"username": name, "password": "not a real one"}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}

    # --- The StatefulSet ----------------------------------------------------------------------------------------------

    def _stateful_set(self, rack: str) -> dict:
        labels = self.labels_of_rack(rack)
        metadata = self._metadata(self.set_of(rack), labels)
        # Claim templates share labels and annotations with the StatefulSet, the hash of it included.
        claim = {
            "metadata": {"name": "server-data", "labels": metadata["labels"], "annotations": metadata["annotations"]},
            "spec": self.custom_resource()["spec"]["storageConfig"]["cassandraDataVolumeClaimSpec"],
        }
        pod_labels = {**metadata["labels"], f"{GROUP}/node-state": "Ready-to-Start"}
        spec = {
            "replicas": self.nodes_of_racks()[rack],
            "serviceName": f"{self.cluster}-{self.name}-all-pods-service",
            "podManagementPolicy": "Parallel",
            "minReadySeconds": 5,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": pod_labels, "annotations": self.annotations},
                "spec": self.pod_spec(rack),
            },
            "volumeClaimTemplates": [claim],
        }
        return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec}

    def image(self) -> str:
        """The server image of this version."""
        return f"docker.io/k8ssandra/cass-management-api:{self.version}-ubi"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
