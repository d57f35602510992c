"""The pod template that Cass Operator makes: the configuration is built by an init container, Cassandra is started by the operator
alone, and Vector prints its log. Called by operated.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from operated import Datacenter

GROUP = "cassandra.datastax.com"


def pod_spec(it: Datacenter, rack: str) -> dict:
    """What a pod of a rack is."""
    exists = [{"key": f"{GROUP}/{of}", "operator": "Exists"} for of in ("cluster", "datacenter", "rack")]
    term = {"labelSelector": {"matchExpressions": exists}, "topologyKey": "kubernetes.io/hostname"}
    volumes = ["server-config", "server-logs", "tmp", "vector-lib"]
    volumes += ["etc-cassandra", "server-config-base"] if _begins_with_image(it) else []
    return {
        "terminationGracePeriodSeconds": 120,
        "securityContext": {"runAsUser": 999, "runAsGroup": 999, "fsGroup": 999, "runAsNonRoot": True},
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
        "volumes": [{"name": name, "emptyDir": {}} for name in volumes],
        "initContainers": [*([_base(it)] if _begins_with_image(it) else []), _builder(it, rack)],
        "containers": [_cassandra(it), _logger(it)],
    }


def _begins_with_image(it: Datacenter) -> bool:
    """From 4.1 on the configuration is built on that of the image, and the root of the file system is read-only."""
    return not it.version.startswith(("3.", "4.0."))


def _base(it: Datacenter) -> dict:
    return {
        "name": "server-config-init-base",
        "image": it.image(),
        "command": ["/bin/sh"],
        "args": ["-c", "cp -rf /etc/cassandra/* /cassandra-base-config/"],
        "volumeMounts": [{"name": "server-config-base", "mountPath": "/cassandra-base-config"}],
    }


def _builder(it: Datacenter, rack: str) -> dict:
    told = {
        **it.config,
        "cluster-info": {
            "name": it.cluster,
            "seeds": f"{it.cluster}-seed-service,{it.cluster}-{it.name}-additional-seed-service",
        },
        "datacenter-info": {"name": it.name, "graph-enabled": 0, "solr-enabled": 0, "spark-enabled": 0},
    }
    values = {
        "USE_HOST_IP_FOR_BROADCAST": "false",
        "RACK_NAME": rack,
        "PRODUCT_VERSION": it.version,
        "PRODUCT_NAME": "cassandra",
        "CONFIG_FILE_DATA": json.dumps(told, sort_keys=True),
    }
    fields = {"POD_IP": "status.podIP", "HOST_IP": "status.hostIP", "POD_NAME": "metadata.name"}
    of_image = {"image": "docker.io/k8ssandra/k8ssandra-client:v0.8.12", "args": ["config", "build"]}
    own = {"image": "docker.io/datastax/cass-config-builder:1.0-ubi"}
    return {
        "name": "server-config-init",
        **(of_image if _begins_with_image(it) else own),
        "env": [*_fields(fields), *_values(values)],
        "resources": {"requests": {"cpu": "1", "memory": "256M"}, "limits": {"cpu": "1", "memory": "384M"}},
        "volumeMounts": [
            {"name": "server-config", "mountPath": "/config"},
            *(
                [{"name": "server-config-base", "mountPath": "/cassandra-base-config"}]
                if _begins_with_image(it)
                else []
            ),
        ],
    }


def _cassandra(it: Datacenter) -> dict:
    ports = {"native": 9042, "tls-native": 9142, "internode": 7000, "tls-internode": 7001, "jmx": 7199}
    ports |= {"mgmt-api-http": 8080, "prometheus": 9103, "metrics": 9000}
    if it.version.startswith("3."):
        ports["thrift"] = 9160
    values = {
        "DS_LICENSE": "accept",
        "USE_MGMT_API": "true",
        "MGMT_API_NO_KEEP_ALIVE": "true",
        "MGMT_API_EXPLICIT_START": "true",
        "MGMT_API_LISTEN_TCP_PORT": "8080",
    }
    mounts = {"tmp": "/tmp", "server-logs": "/var/log/cassandra"}
    mounts |= {"server-data": "/var/lib/cassandra", "server-config": "/config"}
    if _begins_with_image(it):
        mounts["etc-cassandra"] = "/etc/cassandra"
    is_read_only = {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}
    drain = ["curl", "-X", "POST", "-s", "-m", "0", "-o", "/dev/null", "--show-error", "--fail"]
    return {
        "name": "cassandra",
        "image": it.image(),
        "env": [*_fields({"POD_NAME": "metadata.name", "NODE_NAME": "spec.nodeName"}), *_values(values)],
        "ports": [{"name": name, "containerPort": number} for name, number in ports.items()],
        "resources": it.resources(),
        "livenessProbe": _probe("liveness", delay=15, period=15),
        "readinessProbe": _probe("readiness", delay=20, period=10),
        "lifecycle": {"preStop": {"exec": {"command": [*drain, "http://localhost:8080/api/v0/ops/node/drain"]}}},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in mounts.items()],
        "securityContext": is_read_only if _begins_with_image(it) else {},
    }


def _logger(it: Datacenter) -> dict:
    return {
        "name": "server-system-logger",
        "image": "docker.io/k8ssandra/system-logger:v1.32.0",
        "env": [
            *_fields({"POD_NAME": "metadata.name", "NODE_NAME": "spec.nodeName"}),
            *_values({"CLUSTER_NAME": it.cluster, "DATACENTER_NAME": it.name}),
            *_fields({"RACK_NAME": f"metadata.labels['{GROUP}/rack']", "NAMESPACE": "metadata.namespace"}),
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "64M"}, "limits": {"memory": "128M"}},
        "volumeMounts": [
            {"name": "server-logs", "mountPath": "/var/log/cassandra"},
            {"name": "vector-lib", "mountPath": "/var/lib/vector"},
        ],
    }


def _probe(path: str, delay: int, period: int) -> dict:
    get = {"path": f"/api/v0/probes/{path}", "port": 8080}
    return {"httpGet": get, "initialDelaySeconds": delay, "periodSeconds": period, "timeoutSeconds": 10}


def _fields(paths: dict[str, str]) -> list[dict]:
    return [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in paths.items()]


def _values(values: dict[str, str]) -> list[dict]:
    return [{"name": name, "value": value} for name, value in values.items()]
