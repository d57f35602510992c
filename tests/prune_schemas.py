"""Makes schemas/kubernetes/<minor>.json: the strict JSON schemas of the kinds that cassc renders or is about to.

Run from the root of the repository: python3 tests/prune_schemas.py
It downloads the source (see schemas/kubernetes/README.md) with pip, keeps the kinds below with every definition that
they reach, drops descriptions and all hints of Kubernetes but those for merging lists (see HINTS), and writes one definition
per line.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SOURCE = "kubernetes-validate==1.37.0"
MINORS = ["1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]
KINDS = [
    "io.k8s.api.apps.v1.Deployment",
    "io.k8s.api.apps.v1.StatefulSet",
    "io.k8s.api.batch.v1.CronJob",
    "io.k8s.api.batch.v1.Job",
    "io.k8s.api.core.v1.ConfigMap",
    "io.k8s.api.core.v1.PersistentVolumeClaim",
    "io.k8s.api.core.v1.Secret",
    "io.k8s.api.core.v1.Service",
    "io.k8s.api.core.v1.ServiceAccount",
    "io.k8s.api.discovery.v1.EndpointSlice",
    "io.k8s.api.networking.v1.NetworkPolicy",
    "io.k8s.api.policy.v1.PodDisruptionBudget",
    "io.k8s.api.rbac.v1.Role",
    "io.k8s.api.rbac.v1.RoleBinding",
]
PREFIX = "#/$defs/"
# What a strategic merge patch needs to know: how the elements of a list are told apart.
HINTS = ["x-kubernetes-patch-merge-key", "x-kubernetes-list-map-keys"]


def pruned(schema):
    """A definition without what no validator reads. Names of properties are kept, whatever they are."""
    kept = {}
    for key, value in schema.items():
        if key == "description" or key.startswith("x-") and key not in HINTS:
            continue
        if key == HINTS[1] and HINTS[0] not in schema:
            continue
        if key == "properties":
            value = {name: pruned(property) for name, property in value.items()}
        elif isinstance(value, dict):
            value = pruned(value)
        elif isinstance(value, list):
            value = [pruned(item) if isinstance(item, dict) else item for item in value]
        kept[key] = value
    return kept


def references(value):
    """The names of the definitions that a definition refers to."""
    if isinstance(value, list):
        return {name for item in value for name in references(item)}
    if not isinstance(value, dict):
        return set()
    found = {name for item in value.values() for name in references(item)}
    reference = value.get("$ref")
    if isinstance(reference, str):
        assert reference.startswith(PREFIX), reference
        found.add(reference.removeprefix(PREFIX))
    return found


def reachable(definitions):
    """The definitions of KINDS and of everything below them, by name."""
    kept = {}
    waiting = list(KINDS)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = pruned(definitions[name])
            waiting.extend(references(kept[name]))
    return dict(sorted(kept.items()))


def text(definitions):
    lines = [
        f"{json.dumps(name)}:{json.dumps(schema, separators=(',', ':'), sort_keys=True)}"
        for name, schema in definitions.items()
    ]
    head = '{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{\n'
    return head + ",\n".join(lines) + "\n}}\n"


def main():
    target = Path(__file__).parent.parent / "schemas" / "kubernetes"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, SOURCE], check=True
        )
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for minor in MINORS:
                path = f"kubernetes_validate/kubernetes-json-schema/v{minor}.0-local-strict/_definitions.json"
                definitions = json.loads(archive.read(path))["$defs"]
                (target / f"{minor}.json").write_text(text(reachable(definitions)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
