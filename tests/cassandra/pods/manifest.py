"""The rendered objects, read as a kubelet and the StatefulSet controller would: nothing else is known here.

In: the YAML stream that `cassc render` prints. Out: pod templates, services, ConfigMaps. Called by cluster.py.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]


@dataclass(frozen=True)
class PodTemplate:
    """One pod of a StatefulSet: what the controller and the API server make of the template."""

    name: str
    namespace: str
    labels: dict[str, str]
    governing_service: str
    spec: Object
    claims: tuple[str, ...]

    @property
    def grace_seconds(self) -> int:
        """How long the pod has from the wish to end it until SIGKILL."""
        return int(self.spec.get("terminationGracePeriodSeconds", 30))

    def user(self) -> int:
        """The user that every container runs as."""
        return int(self.spec["securityContext"]["runAsUser"])


def environment(container: Object, pod: PodTemplate, address: str) -> dict[str, str]:
    """The variables of a container, with the pod's fields filled in."""
    fields = {
        "metadata.name": pod.name,
        "metadata.namespace": pod.namespace,
        "status.podIP": address,
        "status.hostIP": address,
        "spec.nodeName": f"worker-of-{pod.name}",
    }
    found = {}
    for variable in container.get("env", []):
        if "valueFrom" in variable:
            found[variable["name"]] = fields[variable["valueFrom"]["fieldRef"]["fieldPath"]]
        else:
            found[variable["name"]] = variable.get("value", "")
    return found


@dataclass(frozen=True)
class Manifest:
    """Everything that was rendered, by kind and name."""

    objects: tuple[Object, ...]

    @staticmethod
    def read(text: str) -> "Manifest":
        """Read a YAML stream."""
        return Manifest(tuple(found for found in yaml.safe_load_all(text) if found))

    def of_kind(self, kind: str) -> list[Object]:
        """The objects of a kind, in the order in which they were printed."""
        return [found for found in self.objects if found["kind"] == kind]

    def config_map(self, name: str) -> dict[str, str] | None:
        """The files of a ConfigMap, None where there is none of that name."""
        for found in self.of_kind("ConfigMap"):
            if found["metadata"]["name"] == name:
                return dict(found["data"])
        return None

    def pods(self) -> dict[str, PodTemplate]:
        """Name → pod, of all StatefulSets."""
        found = {}
        for owner in self.of_kind("StatefulSet"):
            template = owner["spec"]["template"]
            for index in range(owner["spec"]["replicas"]):
                name = f"{owner['metadata']['name']}-{index}"
                # The labels that the controller adds (Kubernetes 1.28 and later).
                labels = {"apps.kubernetes.io/pod-index": str(index), "statefulset.kubernetes.io/pod-name": name}
                found[name] = PodTemplate(
                    name=name,
                    namespace=owner["metadata"]["namespace"],
                    labels=template["metadata"]["labels"] | labels,
                    governing_service=owner["spec"]["serviceName"],
                    spec=template["spec"],
                    claims=tuple(claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates", [])),
                )
        return found


def selects(service: Object, pod: PodTemplate) -> bool:
    """Whether a service has a selector, and the pod every label of it."""
    selector = service["spec"].get("selector") or {}
    return bool(selector) and all(pod.labels.get(key) == value for key, value in selector.items())


def write_config_map(folder: Path, files: dict[str, str]) -> None:
    """Lay out a ConfigMap's volume as a kubelet does: the files in a hidden folder, behind symbolic links."""
    number = len(list(folder.glob("..files-*")))
    data = folder / f"..files-{number}"
    data.mkdir(parents=True)
    for name, text in files.items():
        (data / name).write_text(text, encoding="utf-8")
    link = folder / "..data.new"
    link.symlink_to(data.name)
    link.rename(folder / "..data")
    for name in files:
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"..data/{name}")
