"""How healthy Argo CD finds an Application whose Job works, refuses and is done, by the rules of its own library."""

from __future__ import annotations

import functools

from harness.world import World
from nodes.harness.processes import wait_until
from stories.commits import Repository
from stories.topology import with_program


class _Application:
    """The cluster of a story as Argo CD sees it; the pods of Jobs are simulated."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.repository = Repository(world, "argocd", "health", functools.partial(with_program, client="argocd"))

    def commit(self, **changes: object) -> None:
        self.let_job("running")
        self.repository.deliver(f"a commit with {changes}", **changes)

    def let_job(self, become: str) -> None:
        self.world.wish(self.repository.namespace, jobs=become)

    def health(self) -> dict[str, dict]:
        """Of every object that has one."""
        told = self.world.sync(self.repository.tree, self.repository.namespace, "-server-side", "-only-look")
        return {name: it for name, it in told["health"].items() if not name.startswith("CronJob/")}

    def becomes(self, expected: str, why: str) -> str:
        """Waits until the Job is so and everything else is healthy; the health of an Application is its worst object's."""
        wait_until(f"the Application is {expected}", 60, lambda: self._worst() == {expected}, pause=0.5)
        (job, *others) = [name for name in self.health() if name.startswith("Job/")]
        self.world.report.expect(not others, f"{why}: {expected}, by {job} alone")
        return job

    def _worst(self) -> set[str]:
        found = self.health()
        of_jobs = {it["status"] for name, it in found.items() if name.startswith("Job/")}
        others = {it["status"] for name, it in found.items() if not name.startswith("Job/")}
        return of_jobs if others <= {"Healthy"} else of_jobs | others


def follows_the_job(world: World) -> None:
    """The Job is what says whether the program works, has refused or is done; a commit begins anew."""
    application = _Application(world)
    application.commit(nodes=3)
    first = application.becomes("Progressing", "the program works or waits")
    application.let_job("failed")
    application.becomes("Degraded", "the program refused")
    message = application.health()[first]["message"]
    world.report.expect("exit code 1" in message, f"what Argo CD shows then: {message}")
    application.commit(nodes=6)
    second = application.becomes("Progressing", "the commit that puts it right")
    world.report.expect(second != first, f"another Job, {second}")
    application.let_job("succeeded")
    application.becomes("Healthy", "everything is as declared")


STORIES = [
    (
        "health",
        "an Application is Progressing while the program works, Degraded when it refused, and a commit begins anew",
        follows_the_job,
        True,
    ),
]
