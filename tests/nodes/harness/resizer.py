"""A double of a CSI driver's resizer. Local volumes cannot grow, and the test machine has no storage driver: for claims that
ask for more than they have it does to the API server what the external resizer does when the driver has grown a volume
(first the capacity of the volume, then that of the claim), and nothing to any disk. Called by the stories of volumes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .background import again_and_again
from .machine import Machine

CLASS = "expanding"
_SECONDS = 25  # that a volume takes to grow: longer than the program sleeps between two looks


def make_class(machine: Machine) -> None:
    """A StorageClass whose claims may grow, with a volume for one claim on every worker."""
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
    volumes = [one.new_volume(CLASS, CLASS) for one in machine.nodes]
    machine.apply([storage_class, *volumes])


@contextmanager
def resizing(machine: Machine, namespace: str) -> Iterator[None]:
    """Meanwhile the claims of that namespace grow."""

    def work() -> None:
        for claim in machine.get("pvc", "-n", namespace)["items"]:
            _resize(machine, claim)

    with again_and_again(2, work):
        yield


def _resize(machine: Machine, claim: dict) -> None:
    wanted = claim["spec"]["resources"]["requests"]["storage"]
    if claim["spec"]["storageClassName"] != CLASS or claim["status"].get("capacity", {}).get("storage") == wanted:
        return
    time.sleep(_SECONDS)
    capacity = {"capacity": {"storage": wanted}}
    machine.kubectl("patch", "pv", claim["spec"]["volumeName"], "--type=merge", "-p", json.dumps({"spec": capacity}))
    name = ("-n", claim["metadata"]["namespace"], claim["metadata"]["name"])
    patch = json.dumps({"status": capacity})
    machine.kubectl("patch", "pvc", *name, "--subresource=status", "--type=merge", "-p", patch)
