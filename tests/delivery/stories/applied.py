"""Every example in every dialect: accepted strictly and without a warning, the same when it is applied again, and no
client sees a difference, neither at once nor when the controllers have settled."""

from __future__ import annotations

import json
import re
from pathlib import Path

from harness.clients import Plain
from harness.world import DIALECTS, Tree, World
from stories.topology import in_two_kubernetes_clusters

# Of the EndpointSlice of an additional seed that is a name and not an address.
_ABOUT_NAMES = "Warning: spec.addressType: FQDN endpoints are deprecated"
_WAYS = ("three-way", "structured-merge", "server-side")


def stories(example: Path, in_ci: bool) -> list[tuple[str, str, object, bool]]:
    """The stories of one example."""
    name = example.stem
    return [
        (
            f"kubectl:{name}",
            "strictly accepted, no warnings, twice the same, no difference",
            _with_kubectl(example),
            in_ci,
        ),
        (
            f"synced:{name}",
            "none of Argo CD's three ways of comparing finds a difference",
            _with_argocd(example),
            in_ci,
        ),
    ]


def render(world: World, example: Path, dialect: str, namespace: str) -> Tree:
    """The example, in a namespace of its own; one that names none goes where the client is told to."""
    text = re.sub(r"(?m)^  namespace: .*$", f"  namespace: {namespace}", example.read_text())
    world.make_namespace(namespace)
    return world.render(text, dialect, namespace)


def _with_kubectl(example: Path):  # noqa: ANN202 (a story)
    def story(world: World) -> None:
        trees = {f"{example.stem}-{dialect}": dialect for dialect in world.dialects(example)}
        _deliver(world, {name: render(world, example, dialect, name) for name, dialect in trees.items()})

    return story


def _deliver(world: World, trees: dict[str, Tree]) -> None:
    """Each tree into its namespace, with everything that kubectl says about it."""
    for namespace, tree in trees.items():
        _objects_of_clients_are_accepted(world, tree)
        _apply(world, tree, namespace)
        _pods_are_accepted(world, tree, namespace)
        _no_difference(world, tree, namespace, "at once")
    world.settle(*trees)
    for namespace, tree in trees.items():
        _no_difference(world, tree, namespace, "settled")
        before = world.versions(namespace)
        _apply(world, tree, namespace)
        changed = sorted(name for name, version in world.versions(namespace).items() if before[name] != version)
        world.report.expect(
            not changed, f"{namespace}: applied again, {len(before)} objects stay as they were {changed}"
        )


def several_kubernetes_clusters(world: World) -> None:
    """The folder of each Kubernetes cluster, one after the other: what one would need of another's would be missing."""
    for dialect in ("plain",) if world.is_short else DIALECTS:
        namespaces = {kube_cluster: f"{kube_cluster}-{dialect}" for kube_cluster in ("eu", "us")}
        for namespace in namespaces.values():
            world.make_namespace(namespace)
        tree = world.render(in_two_kubernetes_clusters(**namespaces), dialect, f"two-kubernetes-clusters-{dialect}")
        _objects_of_clients_are_accepted(world, tree)
        for folder, namespace in namespaces.items():
            _deliver(world, {namespace: Tree(tree.folder / folder)})
        if dialect == "plain":
            for folder, namespace in namespaces.items():
                _the_same_with_kustomize(world, Tree(tree.folder / folder), namespace)
    _seed_by_name(world, namespaces)


def _seed_by_name(world: World, namespaces: dict[str, str]) -> None:
    """The one thing that cassc renders and Kubernetes 1.36 has something to say about."""
    named = in_two_kubernetes_clusters(**namespaces, seeds="seed.example.com")
    tree = world.render(named, "plain", "two-kubernetes-clusters-seed-by-name")
    files = Tree(tree.folder / "eu").files()
    ended = world.machine.ask("apply", "--server-side", "--force-conflicts", "--dry-run=server", *files)
    world.report.expect(
        ended.returncode == 0 and ended.stderr.splitlines() == [_ABOUT_NAMES],
        f"a seed by its name is accepted: {ended.stderr}",
    )


def _the_same_with_kustomize(world: World, tree: Tree, namespace: str) -> None:
    before, said = world.versions(namespace), Plain(world, namespace).deliver(tree)
    world.report.expect(
        not said and world.versions(namespace) == before, f"{namespace}: `kubectl apply -k` finds nothing to do {said}"
    )


def _apply(world: World, tree: Tree, namespace: str) -> None:
    """Server-side, strictly, stage by stage."""
    for stage in tree.stages():
        files = Tree(tree.folder).manifests()
        files = [argument for file in files if file.is_relative_to(stage) for argument in ("-f", str(file))]
        ended = world.machine.ask("apply", "--server-side", "--validate=strict", "-n", namespace, *files)
        said = ended.stderr.strip()
        world.report.expect(
            ended.returncode == 0 and not said, f"{namespace}: {stage.name} is accepted without a word {said}"
        )


def _pods_are_accepted(world: World, tree: Tree, namespace: str) -> None:
    """A StatefulSet is accepted whatever its pods are; so every pod template is tried as a pod by itself."""
    found = world.machine.list(namespace, "statefulsets", "jobs")
    pods = {"apiVersion": "v1", "kind": "List", "items": [_bare_pod(workload) for workload in found]}
    command = ("create", "--dry-run=server", "--validate=strict", "-n", namespace, "-f", "-")
    ended = world.machine.ask(*command, stdin=json.dumps(pods))
    said, accepted = ended.stderr.strip(), ended.stdout.count("created")
    templates = sum("\n  template:\n" in manifest.read_text() for manifest in tree.manifests())
    world.report.expect(
        ended.returncode == 0 and not said and accepted == templates > 0,
        f"{namespace}: pods of {accepted} templates are within `restricted` {said}",
    )


def _bare_pod(workload: dict) -> dict:
    """A pod of the template, with the volumes that the claims would bring."""
    template = workload["spec"]["template"]
    spec = dict(template["spec"])
    claims = [claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])]
    spec["volumes"] = [*spec.get("volumes", []), *({"name": name, "emptyDir": {}} for name in claims)]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": template["metadata"]["labels"], "name": f"bare-{workload['metadata']['name']}"},
        "spec": spec,
    }


def _no_difference(world: World, tree: Tree, namespace: str, when: str) -> None:
    """`kubectl diff`, both ways. A controller that writes in the middle of it makes an object differ from itself, so a
    difference counts when it is seen twice."""
    for way in ("client", "server"):
        options = ["--server-side"] if way == "server" else []
        ended = world.machine.ask("diff", *options, "-n", namespace, *tree.files())
        if ended.returncode == 1:
            ended = world.machine.ask("diff", *options, "-n", namespace, *tree.files())
        said = f"{ended.stdout}{ended.stderr}".strip()
        world.report.expect(ended.returncode == 0 and not said, f"{namespace}: no {way}-side difference, {when} {said}")


def _objects_of_clients_are_accepted(world: World, tree: Tree) -> None:
    """Applications and Kustomizations, by the schemas of the controllers' own definitions."""
    files = tree.objects_of_clients()
    if not files:
        return
    world.define_custom_resources()
    for file in files:
        ended = world.machine.ask("apply", "--server-side", "--validate=strict", "--dry-run=server", "-f", str(file))
        said = ended.stderr.strip()
        world.report.expect(ended.returncode == 0 and not said, f"{file.name} is accepted {said}")
        found = world.machine.ask("create", "--dry-run=client", "-o", "json", "-f", str(file))
        planted = json.loads(found.stdout)
        planted["spec"]["misspelt"] = "planted"
        command = ("apply", "--server-side", "--validate=strict", "--dry-run=server", "-f", "-")
        said = world.machine.ask(*command, stdin=json.dumps(planted)).stderr
        world.report.expect("misspelt" in said, f"{file.name} would not be, if a field were misspelt")


def _with_argocd(example: Path):  # noqa: ANN202 (a story)
    def story(world: World) -> None:
        trees = {f"{example.stem}-{dialect}-synced": dialect for dialect in world.dialects(example)}
        trees = {namespace: render(world, example, dialect, namespace) for namespace, dialect in trees.items()}
        # First as Argo CD applies where it is told nothing, then with ServerSideApply=true.
        for options in ((), ("-server-side",)):
            for namespace, tree in trees.items():
                told = world.sync(tree, namespace, *options)
                world.report.expect(told["phase"] == "Succeeded", f"{namespace}: synced {options} {told['message']}")
                # What the cache has not seen yet is looked at once more.
                if any(told["outOfSync"].values()):
                    told = world.sync(tree, namespace, "-only-look", *options)
                _none_out_of_sync(world, namespace, told, f"at once {options}")
            world.settle(*trees)
            for namespace, tree in trees.items():
                told = world.sync(tree, namespace, "-only-look", *options)
                _none_out_of_sync(world, namespace, told, f"settled {options}")
                sick = {name: health for name, health in told["health"].items() if health["status"] != "Healthy"}
                world.report.expect(not sick, f"{namespace}: {len(told['health'])} objects are healthy {sick or ''}")

    return story


def _none_out_of_sync(world: World, namespace: str, told: dict, when: str) -> None:
    for way in _WAYS:
        found = "\n".join(told["outOfSync"][way])
        world.report.expect(not found, f"{namespace}: {way} finds nothing OutOfSync, {when} {found}")


STORIES = [
    (
        "kubectl:kubeClusters",
        "the folder of each Kubernetes cluster, applied alone: as `kubectl:` of an example",
        several_kubernetes_clusters,
        True,
    ),
]
