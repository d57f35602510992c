"""Makes golden/monitoring/crds/<version>.json: strict JSON schemas of the kinds of the Prometheus Operator that cassc renders.

Run from the root of the repository: python3 tests/monitoring/schemas.py. It needs go and PyYAML. The source is the Go module of the
operator (Apache License 2.0), folder example/prometheus-operator-crd: the CustomResourceDefinitions that are installed with it.
Descriptions and Kubernetes' own hints (x-kubernetes-…) are left out, and an unknown field is an error: an API server would drop it
silently. One kind per line, so that a difference can be read.
"""

import json
import subprocess
from pathlib import Path

import yaml

MODULE = "github.com/prometheus-operator/prometheus-operator"
# The oldest that cassc supports, and the newest that the module proxy has.
VERSIONS = ["0.66.0", "0.93.1"]
KINDS = ["PodMonitor", "PrometheusRule", "ServiceMonitor"]


def strict(schema):
    """A schema without hints, that takes no field which it does not name."""
    kept = {}
    for key, value in schema.items():
        if key == "description" or key.startswith("x-"):
            continue
        if key == "properties":
            value = {name: strict(field) for name, field in value.items()}
        elif isinstance(value, dict):
            value = strict(value)
        elif isinstance(value, list):
            value = [strict(item) if isinstance(item, dict) else item for item in value]
        kept[key] = value
    if "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept


def definition(folder, kind):
    path = folder / "example" / "prometheus-operator-crd" / f"monitoring.coreos.com_{kind.lower()}s.yaml"
    (version,) = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["versions"]
    assert version["name"] == "v1", version["name"]
    return strict(version["schema"]["openAPIV3Schema"])


def main():
    target = Path(__file__).parents[2] / "golden" / "monitoring" / "crds"
    for version in VERSIONS:
        download = ["go", "mod", "download", "-json", f"{MODULE}@v{version}"]
        folder = Path(json.loads(subprocess.run(download, check=True, capture_output=True, cwd="/").stdout)["Dir"])
        kinds = {kind: definition(folder, kind) for kind in KINDS}
        lines = [
            f"{json.dumps(kind)}:{json.dumps(schema, separators=(',', ':'), sort_keys=True)}"
            for kind, schema in kinds.items()
        ]
        (target / f"{version}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
