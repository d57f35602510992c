"""What an installation of Cass Operator brings, as objects: the definition of its resource, its Deployment, its webhook. Called by
the stories.
"""

from __future__ import annotations

from operated import GROUP

OPERATOR_NAMESPACE = "cass-operator"
OPERATOR_DEPLOYMENT = "cass-operator-controller-manager"


def definition() -> dict:
    """The definition of the custom resource, which takes any field."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1beta1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    names = {
        "kind": "CassandraDatacenter",
        "listKind": "CassandraDatacenterList",
        "plural": "cassandradatacenters",
        "singular": "cassandradatacenter",
        "shortNames": ["cassdc", "cassdcs"],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"cassandradatacenters.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def operator() -> list[dict]:
    """The operator's Deployment, whose pod is simulated as every other."""
    labels = {"name": "cass-operator", "control-plane": "controller-manager"}
    container = {"name": "manager", "image": "docker.io/k8ssandra/cass-operator:v1.32.0"}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OPERATOR_NAMESPACE}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": OPERATOR_DEPLOYMENT, "namespace": OPERATOR_NAMESPACE, "labels": labels},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        },
    ]


def webhook() -> dict:
    """The operator's webhook. Nobody answers for it here, as nobody does when the operator is stopped: it refuses every write."""
    rule = {
        "apiGroups": [GROUP],
        "apiVersions": ["v1beta1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["cassandradatacenters"],
    }
    service = {
        "name": "cass-operator-webhook-service",
        "namespace": OPERATOR_NAMESPACE,
        "path": "/validate-cassandra-datastax-com-v1beta1-cassandradatacenter",
    }
    hook = {
        "name": "vcassandradatacenter.kb.io",
        "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": service},
        "failurePolicy": "Fail",
        "rules": [rule],
        "sideEffects": "None",
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "cass-operator-validating-webhook-configuration"},
        "webhooks": [hook],
    }
