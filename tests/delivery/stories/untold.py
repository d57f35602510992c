"""The planted errors: what goes wrong without one line of what cassc renders for Argo CD and Flux, and what no setting prevents.
No program runs here."""

from __future__ import annotations

import functools
import time

from harness.world import World
from nodes.harness.processes import wait_until
from stories.commits import Repository
from stories.replicas import RACKS, nodes
from stories.topology import with_program

# What tells each client to leave replicas alone; without any one of these lines it does not.
_TOLD = {
    "argocd": (("RespectIgnoreDifferences=true",), ("/spec/replicas", "jsonPointers:")),
    "flux": (("ignore:", "- paths:", "/spec/replicas", "target:", "kind: StatefulSet"),),
}


def made_again_while_it_shrinks(world: World, client: str) -> None:
    """What no setting prevents, and `cassc guard` refuses: a StatefulSet that is made again has the number in Git at once."""
    repository = Repository(world, client, "made-again", functools.partial(with_program, client=client))
    namespace = repository.namespace
    repository.install(nodes=6)
    repository.deliver("a commit with three nodes", nodes=3)
    world.machine.kubectl("delete", "statefulset", RACKS[0], "-n", namespace, "--cascade=orphan")
    repository.deliver_again("a StatefulSet is deleted without its pods, and the same commit again")
    wait_until("a pod is gone", 60, lambda: len(nodes(world, namespace)) == 5, pause=0.3)
    gone = f"{RACKS[0]}-1" not in nodes(world, namespace)
    world.report.expect(gone, "it shrinks at once: one node is gone that had not left the ring")


def _would_wait_for_jobs(repository: Repository) -> None:
    """kustomize-controller does not take a Job that runs for ready, so the Kustomization of steps must not wait."""
    repository.client.waits = True
    said = repository.client.deliver(repository.tree, "-timeout", "5s")
    repository.client.waits = False
    repository.report.expect(
        said.startswith("steps: ") and "Job" in said, f"told to wait, it would not be ready: {said}"
    )


def untold(world: World, client: str) -> None:
    """The planted error: what the rendered settings prevent. No program runs."""
    for number, lines in enumerate(_TOLD[client]):
        repository = Repository(world, client, f"untold-{number}", functools.partial(with_program, client=client))
        namespace = repository.namespace
        world.wish(namespace, jobs="running")
        repository.deliver("the first commit, whose Job has only begun", nodes=6)
        if client == "flux":
            _would_wait_for_jobs(repository)
        world.wish(namespace, jobs="succeeded")
        world.settle(namespace)
        repository.deliver("a commit with three nodes", nodes=3)
        pods = nodes(world, namespace)
        time.sleep(1)
        world.report.expect(len(pods) == 6 and nodes(world, namespace) == pods, "every pod is the same")
        repository.client.without = lines
        repository.deliver_again(f"the same, without {lines[0]} in what cassc rendered")
        wait_until("three pods are gone", 60, lambda it=namespace: len(nodes(world, it)) == 3, pause=0.3)
        world.report.expect(True, "it shrinks at once: three nodes are gone, and none had left the ring")


STORIES = [
    *(
        (
            f"untold:{client}",
            "without one line of the settings that cassc renders for it, a client shrinks at once",
            functools.partial(untold, client=client),
            False,
        )
        for client in _TOLD
    ),
    (
        "untold:made-again",
        "a StatefulSet that is deleted without its pods while nodes are to leave: it shrinks at once",
        functools.partial(made_again_while_it_shrinks, client="argocd"),
        False,
    ),
]
