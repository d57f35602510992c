"""What the program in the cluster meets at the API server: a disruption budget that refuses, leftovers of earlier commits, and
kubectl, which nobody tells to leave replicas alone."""

from __future__ import annotations

import json
import time

from harness.world import Tree, World
from nodes.harness.processes import wait_until
from stories.replicas import Story, installed, nodes

_LEFT = '{code: E352, reason: "the Job takes them out of the ring before cluster is applied"}'
_UNUSED = "shop-dc1-config-00000000"


def with_kubectl(world: World) -> None:
    """The order of the plan where nodes leave; then a person who does not keep to it."""
    with installed(world, "plain", "replicas-kubectl") as story:
        _leftovers(story)
        _a_budget_refuses(story)
        _shrinks_by_stages(story)
        _is_in_conflict(story)


def _apply(story: Story, *stages: str, options: tuple[str, ...] = ("--server-side",)) -> tuple[int, str]:
    code, said = 0, ""
    for stage in stages:
        ended = story.world.machine.ask("apply", *options, "-k", str(story.repository.tree.folder / stage))
        code, said = code or ended.returncode, said + ended.stderr
    return code, said


def _is_applied(story: Story, *stages: str) -> None:
    code, said = _apply(story, *stages)
    story.report.expect(code == 0 and not said, f"applied: {', '.join(stages)} {said}")


def _leftovers(story: Story) -> None:
    """Another image, of which only base and steps are applied for a long while: its configuration is in Git, and nothing uses
    it yet."""
    machine, jobs = story.world.machine, story.jobs()
    labels = {"cassandra.datastax.com/cluster": "shop"}
    machine.make_old(
        {"kind": "ConfigMap", "metadata": {"name": _UNUSED, "namespace": story.namespace, "labels": labels}}
    )
    story.let_jobs("running")
    new = _configuration(story.repository.commit(nodes=6, version="4.1.10"))
    _is_applied(story, "base", "steps")
    _grow_old(story, new)
    run = story.program.start()
    story.program.waits_for("NotApplied", run)
    time.sleep(5)
    found = story.world.names(story.namespace)
    story.report.expect(f"ConfigMap/{new}" in found, f"{new} is in Git, and stays while no StatefulSet uses it")
    _is_applied(story, "cluster")
    story.program.end("when cluster is applied, it goes on", [run])
    found = story.world.names(story.namespace)
    story.report.expect(f"ConfigMap/{new}" in found, f"{new} is there")
    story.report.expect(f"ConfigMap/{_UNUSED}" not in found, f"{_UNUSED} has gone, which nothing uses")
    left = story.jobs()
    story.report.expect(len(left) == 1 and not left & jobs, f"the Job of the commit before has gone: {left}")
    pods = [name for name in story.world.pods(story.namespace) if name.startswith(tuple(jobs))]
    story.report.expect(not pods, f"and its pods {pods or ''}")
    story.is_at_rest(6, "4.1.10")


def _configuration(tree: Tree) -> str:
    (file,) = (tree.folder / "base").glob("*configmap*shop-dc1-config-*.yaml")
    return file.stem.partition("configmap_")[2]


def _grow_old(story: Story, name: str) -> None:
    """The same ConfigMap, as if it had been made years ago."""
    found = story.world.machine.get(f"/api/v1/namespaces/{story.namespace}/configmaps/{name}")
    metadata = {key: found["metadata"][key] for key in ("name", "namespace", "labels", "managedFields")}
    metadata["annotations"] = found["metadata"].get("annotations", {})
    thing = {"kind": "ConfigMap", "metadata": metadata, "data": found["data"], "immutable": True}
    story.world.machine.kubectl("delete", "configmap", name, "-n", story.namespace)
    story.world.machine.make_old(thing)


def _a_budget_refuses(story: Story) -> None:
    """An eviction that a disruption budget refuses is asked for again until it does not."""
    budget = ("patch", "poddisruptionbudget", "dc1-pdb", "-n", story.namespace, "--type=merge", "--patch")
    before = nodes(story.world, story.namespace)
    story.commit("another version", nodes=6, version="4.1.11")
    story.world.machine.kubectl(*budget, json.dumps({"spec": {"maxUnavailable": 0}}))
    run = story.program.start()
    story.program.waits_for("disruption budget", run)
    story.report.expect(nodes(story.world, story.namespace) == before, "every pod is the same")
    story.world.machine.kubectl(*budget, json.dumps({"spec": {"maxUnavailable": 1}}))
    story.program.end("when the budget allows it, it goes on", [run])
    _is_applied(story, "base")
    story.is_at_rest(6, "4.1.11")


def _shrinks_by_stages(story: Story) -> None:
    story.let_jobs("running")
    story.repository.commit(nodes=3, version="4.1.11", accept=_LEFT)
    _is_applied(story, "base", "steps")
    story.program.run("base and steps are applied")
    story.keeps_replicas("the program has lowered them", 1, 1, 1)
    _is_applied(story, "cluster")
    story.is_at_rest(3, "4.1.11")


def _is_in_conflict(story: Story) -> None:
    """A person who applies cluster first. Growth, so that nothing is lost."""
    story.let_jobs("running")
    story.repository.commit(nodes=6, version="4.1.11")
    code, said = _apply(story, "cluster")
    owned = 'conflict with "cassc-step"'
    story.report.expect(code != 0 and owned in said and ".spec.replicas" in said, f"server-side: {said[:200]}")
    story.keeps_replicas("nothing has changed", 1, 1, 1)
    code, said = _apply(story, "cluster", options=())
    story.report.expect(code == 0, f"client-side: nobody says a word of it {said[:200]}")
    story.keeps_replicas("kubectl has changed them", 2, 2, 2)
    wait_until("all nodes are members", 90, lambda: len(story.ring.members()) == 6, pause=0.3)


STORIES = [
    (
        "replicas:kubectl",
        "a shrink in the order of the plan; conflicts, a budget that refuses; what is in Git stays, what is not goes",
        with_kubectl,
        False,
    ),
]
