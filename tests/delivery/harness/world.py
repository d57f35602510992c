"""What every story works with: namespaces, rendered trees, and how things stand. Called by the stories."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from nodes.harness.processes import wait_until
from nodes.harness.report import Report

from .machine import Machine

STAGES = ("base", "prepare", "cluster", "steps")
DIALECTS = ("argocd", "flux", "plain")
_RENDERED = (
    "statefulsets",
    "deployments",
    "services",
    "configmaps",
    "poddisruptionbudgets",
    "serviceaccounts",
    "jobs",
    "cronjobs",
    "roles",
    "rolebindings",
    "networkpolicies",
)
_ENFORCED = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}


class Tree:
    """The folder of one cluster, as `cassc render -o` writes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def stages(self) -> list[Path]:
        """The folders that a client applies, in order."""
        return [self.folder / stage for stage in STAGES if (self.folder / stage).is_dir()]

    def manifests(self) -> list[Path]:
        """What stands in the stages, without kustomizations."""
        files = [file for stage in self.stages() for file in sorted(stage.rglob("*.yaml"))]
        return [file for file in files if file.name != "kustomization.yaml"]

    def objects_of_clients(self) -> list[Path]:
        """Applications and Kustomizations that stand beside the stages, if the topology says where its repository is."""
        return [file for name in ("argocd", "flux") for file in sorted((self.folder / name).rglob("*.yaml"))]

    def files(self) -> list[str]:
        """The manifests as arguments of kubectl."""
        return [argument for manifest in self.manifests() for argument in ("-f", str(manifest))]


class World:
    """The machine, the compiler, and the report that the stories write."""

    def __init__(self, machine: Machine, cassc: Path, definitions: list[Path], folder: Path, report: Report) -> None:
        self.machine = machine
        self.cassc = cassc
        self.definitions = definitions
        self.folder = folder
        self.report = report
        self.namespaces: list[str] = []
        self.is_short = False

    # --- Namespaces -------------------------------------------------------------------------------------------------

    def make_namespace(self, name: str) -> None:
        """A namespace in which no pod may do more than the `restricted` profile allows."""
        self.machine.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": _ENFORCED}})
        self.namespaces.append(name)

    def forget_namespaces(self) -> None:
        """What a story has made goes while the next one is told; its pods at once, for they take room."""
        for name in self.namespaces:
            self.machine.ask("delete", "namespace", name, "--wait=false")
        self.namespaces = []

    def wish(self, namespace: str, **wishes: str) -> None:
        """What simulated pods become: tests/kubernetes/nodes/wishes.go. Dots in keys are written as two underscores."""
        data = {key.replace("__", "."): wish for key, wish in wishes.items()}
        metadata = {"name": "simulated-nodes", "namespace": namespace}
        self.machine.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})

    # --- Trees ------------------------------------------------------------------------------------------------------

    def compile(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """cassc, whatever becomes of it."""
        return subprocess.run([str(self.cassc), *arguments], capture_output=True, text=True, timeout=120)

    def render(self, topology: str, dialect: str, output: str) -> Tree:
        """The topology's tree; a later call with the same output is the next commit, and judged as one."""
        file = self.folder / f"{output}.yaml"
        file.write_text(topology)
        folder = self.folder / "trees" / output
        ended = self.compile("render", str(file), "--dialect", dialect, "-o", str(folder))
        if ended.returncode != 0:
            raise RuntimeError(f"cassc render of {output}: {ended.stdout}{ended.stderr}")
        (tree,) = [path for path in folder.iterdir() if path.is_dir()]
        return Tree(tree)

    def plan(self, before: str, after: str, dialect: str) -> str:
        """What `cassc plan` tells a person about the step from one topology to the next."""
        files = [self.folder / f"{when}-the-commit.yaml" for when in ("before", "after")]
        for file, topology in zip(files, (before, after), strict=True):
            file.write_text(topology)
        ended = self.compile("plan", str(files[1]), "--against", str(files[0]), "--dialect", dialect)
        if ended.returncode != 0:
            raise RuntimeError(f"cassc plan: {ended.stdout}{ended.stderr}")
        return ended.stdout

    # --- How things stand -------------------------------------------------------------------------------------------

    def pods(self, namespace: str) -> dict[str, dict]:
        """Pods by name."""
        return {pod["metadata"]["name"]: pod for pod in self.machine.list(namespace, "pods")}

    def uids(self, namespace: str) -> dict[str, str]:
        """What tells whether a pod is still the same one."""
        return {name: pod["metadata"]["uid"] for name, pod in self.pods(namespace).items()}

    def statefulsets(self, namespace: str) -> dict[str, dict]:
        """StatefulSets by name."""
        return {it["metadata"]["name"]: it for it in self.machine.list(namespace, "statefulsets")}

    def settle(self, *namespaces: str, seconds: float = 180) -> None:
        """Until the controllers have nothing more to do: every pod is available, every budget has counted
        them, and every Job has ended."""
        for namespace in namespaces:
            wait_until(f"{namespace} has settled", seconds, lambda it=namespace: self._has_settled(it), pause=0.3)

    def _has_settled(self, namespace: str) -> bool:
        listed = self.machine.list(namespace, "statefulsets", "poddisruptionbudgets", "jobs")
        return bool(listed) and all(_is_at_rest(it) for it in listed)

    def names(self, namespace: str) -> set[str]:
        """`kind/name` of what is there, without what controllers make of StatefulSets."""
        listed = self.machine.list(namespace, *_RENDERED, "secrets", "persistentvolumeclaims")
        return {f"{it['kind']}/{it['metadata']['name']}" for it in listed}

    def versions(self, namespace: str) -> dict[str, str]:
        """The resourceVersion of everything that cassc renders."""
        listed = self.machine.list(namespace, *_RENDERED)
        return {f"{it['kind']}/{it['metadata']['name']}": it["metadata"]["resourceVersion"] for it in listed}

    def dialects(self, example: Path) -> tuple[str, ...]:
        """All, or in the shortened form the one that the example itself names."""
        named = re.search(r"\bdialect: (\w+)", example.read_text())
        return (named[1],) if self.is_short and named else DIALECTS

    # --- The double of the step program ------------------------------------------------------------------------------

    def restart(self, namespace: str, pod: str) -> None:
        """Delete a pod, which comes back with the template of now. Who does this in life is not part of these stories:
        applying never restarts anything."""
        before = self.uids(namespace)[pod]
        self.machine.kubectl("delete", "pod", pod, "-n", namespace, "--wait=false")
        wait_until(f"{pod} is another pod", 60, lambda: self.uids(namespace).get(pod, before) != before, pause=0.2)

    # --- Clients ----------------------------------------------------------------------------------------------------

    def sync(self, tree: Tree, namespace: str, *options: str) -> dict:
        """What Argo CD does with this tree, and how it then compares: tests/kubernetes/argocd."""
        folders = [str(stage) for stage in tree.stages()]
        _, told = self.run_to_end("argocd", "-name", namespace, "-namespace", namespace, *options, *folders)
        return told

    def define_custom_resources(self) -> None:
        """The definitions of Argo CD's and Flux's objects, and the namespaces in which they usually are."""
        for folder in self.definitions:
            for file in sorted(folder.glob("*.yaml")):
                if file.name != "kustomization.yaml":
                    self.machine.kubectl("apply", "--server-side", "-f", str(file))
        # Not `kubectl wait`, which fails where a new definition has no conditions yet.
        wait_until("every definition is established", 60, self._definitions_are_established, pause=0.2)
        for name in ("argocd", "flux-system"):
            self.machine.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    def _definitions_are_established(self) -> bool:
        definitions = self.machine.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
        return bool(definitions) and all(
            any(
                (it["type"], it["status"]) == ("Established", "True")
                for it in definition.get("status", {}).get("conditions") or []
            )
            for definition in definitions
        )

    def run_to_end(self, program: str, *arguments: str, stdin: str | None = None) -> tuple[int, dict]:
        """One of the clients of tests/kubernetes: its exit code and what it told."""
        command = [str(self.machine.programs / program), "-kubeconfig", str(self.machine.kubeconfig), *arguments]
        ended = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=300)
        if not ended.stdout:
            raise RuntimeError(f"{' '.join(command)}: {ended.stderr[-2000:]}")
        return ended.returncode, json.loads(ended.stdout)


def _is_at_rest(it: dict) -> bool:
    status, spec = it.get("status", {}), it["spec"]
    if it["kind"] == "Job":
        return any(done["type"] in ("Complete", "Failed") for done in status.get("conditions") or [])
    if status.get("observedGeneration") != it["metadata"]["generation"]:
        return False
    if it["kind"] == "PodDisruptionBudget":
        return status["currentHealthy"] == status["expectedPods"]
    counts = (status.get(count, 0) for count in ("replicas", "readyReplicas", "availableReplicas"))
    return all(count == spec["replicas"] for count in counts)
