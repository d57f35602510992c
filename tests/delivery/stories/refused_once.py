"""A first install of which the cluster refuses one StatefulSet for a while: the sync fails instead of waiting for ever, and
the next one installs it. Beside it, as a contrast, the same tree with sync waves, which is why Argo CD gets none."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from harness.world import Tree, World
from nodes.harness.processes import wait_until
from stories.commits import Repository

_REFUSED = "shop-dc1-r2-sts"
_OTHERS = {"shop-dc1-r1-sts", "shop-dc1-r3-sts"}
_POLICY = "refuses-a-rack"
_REFUSAL = "this rack is not wanted now"
# How long the contrast is watched: several times what the sync in one wave takes.
_PATIENCE = "20s"


def refused_once(world: World) -> None:
    """An admission policy stands for a webhook or a quota: it refuses, and later it does not."""
    one_wave, waves = (Repository(world, "argocd", name) for name in ("refused-once", "refused-once-in-waves"))
    # In life the pods of the other racks wait for those of the rack that is missing.
    for repository in (one_wave, waves):
        world.wish(repository.namespace, pods="running")
    in_waves = _in_waves(world, waves.commit())
    with ThreadPoolExecutor(max_workers=1) as pool:
        with _policy(world, one_wave.namespace):
            hanging = pool.submit(waves.client.deliver, in_waves, "-patience", _PATIENCE)
            _fails_by_itself(world, one_wave)
            wait_until("the other racks run", 90, lambda: len(world.pods(waves.namespace)) == 2, pause=0.2)
        one_wave.deliver("the next sync, while no pod is ready")
        found = set(world.statefulsets(one_wave.namespace))
        world.report.expect(found == {_REFUSED, *_OTHERS}, "the rack that was refused is there")
        world.wish(one_wave.namespace, pods="ready")
        one_wave.rests_without_complaint()
        said = hanging.result()
    found = set(world.statefulsets(waves.namespace))
    world.report.expect(
        "Running: waiting for healthy state of apps/StatefulSet" in said and found == _OTHERS,
        f"in two waves the sync would not have ended after {_PATIENCE}, and tries nothing again: {said}",
    )


def _fails_by_itself(world: World, repository: Repository) -> None:
    began = time.monotonic()
    said = repository.client.deliver(repository.commit())
    world.report.expect(
        said.startswith("Failed: "), f"the sync has ended by itself, after {time.monotonic() - began:.0f} s: {said}"
    )
    failed = {it["object"]: it["message"] for it in repository.client.told["results"] if it["status"] == "SyncFailed"}
    world.report.expect(
        set(failed) == {f"StatefulSet/{_REFUSED}"} and _REFUSAL in str(failed), f"for one reason: {failed}"
    )
    found = set(world.statefulsets(repository.namespace))
    world.report.expect(found == _OTHERS, f"everything else is there, also {', '.join(sorted(found))}")


def _in_waves(world: World, tree: Tree) -> Tree:
    """The planted error: a copy of the tree whose base has a sync wave before the StatefulSets'."""
    folder = tree.folder.with_name(f"{tree.folder.name}-in-waves")
    shutil.copytree(tree.folder, folder)
    planted = Tree(folder)
    for file in planted.manifests():
        if file.is_relative_to(folder / "base"):
            command = ("annotate", "--local", "-o", "yaml", "-f", str(file), "argocd.argoproj.io/sync-wave=-20")
            file.write_text(world.machine.kubectl(*command))
    return planted


@contextmanager
def _policy(world: World, namespace: str) -> Iterator[None]:
    """While this lasts, the API server refuses what is named like that rack: the StatefulSet, and a ConfigMap that shows
    whether the policy is in force, for it takes effect a moment after it is there."""
    rules = {"apiGroups": ["", "apps"], "apiVersions": ["v1"], "operations": ["CREATE"]}
    policy = {
        "matchConstraints": {"resourceRules": [{**rules, "resources": ["configmaps", "statefulsets"]}]},
        "matchConditions": [{"name": "one-rack", "expression": f"object.metadata.name == '{_REFUSED}'"}],
        "validations": [{"expression": "false", "message": _REFUSAL}],
    }
    binding = {"policyName": _POLICY, "validationActions": ["Deny"]}
    kinds = {"ValidatingAdmissionPolicy": policy, "ValidatingAdmissionPolicyBinding": binding}
    version, metadata = "admissionregistration.k8s.io/v1", {"name": _POLICY}
    world.machine.apply(
        *[{"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec} for kind, spec in kinds.items()]
    )
    try:
        wait_until("the policy is in force", 60, lambda: _REFUSAL in _asked(world, namespace), pause=0.2)
        yield
    finally:
        for kind in kinds:
            world.machine.kubectl("delete", kind, _POLICY)
        wait_until("the policy is gone", 60, lambda: _REFUSAL not in _asked(world, namespace), pause=0.2)


def _asked(world: World, namespace: str) -> str:
    return world.machine.ask("create", "configmap", _REFUSED, "-n", namespace, "--dry-run=server").stderr


STORIES = [
    (
        "argocd:refused-once",
        "one StatefulSet is refused for a while: the sync fails, and the next one installs it",
        refused_once,
        True,
    ),
]
