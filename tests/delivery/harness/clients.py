"""The clients that deliver a tree, each by its own library: Argo CD, Flux, `kubectl apply -k`. Called by the stories."""

from __future__ import annotations

import shutil
from pathlib import Path

from .world import Tree, World


class Client:
    """What delivers. `without` are lines that somebody takes out of the Application or the Kustomizations that cassc rendered."""

    def __init__(self, world: World, namespace: str, without: tuple[str, ...] = ()) -> None:
        self.world, self.namespace, self.without = world, namespace, without

    def _settings(self, tree: Tree, name: str) -> Path | None:
        """The manifest of an Application or a Kustomization of this tree, if the topology says where its repository is."""
        found = [file for file in tree.objects_of_clients() if file.name.endswith(f"_{name}.yaml")]
        if not found:
            return None
        lines = found[0].read_text().splitlines(keepends=True)
        copy = self.world.folder / f"{self.namespace}-{found[0].name}"
        copy.write_text("".join(line for line in lines if not any(words in line for words in self.without)))
        return copy


class ArgoCd(Client):
    """An Application with automated sync, pruning and ServerSideApply=true, by Argo CD's sync library. Where cassc rendered one,
    its settings hold."""

    dialect = "argocd"

    def _options(self, tree: Tree) -> tuple[str, ...]:
        application = self._settings(tree, "application_shop")
        return ("-application", str(application)) if application else ("-server-side",)

    def deliver(self, tree: Tree, *options: str) -> str:
        """Sync this commit; empty when it came to its end, else what it said."""
        self.told = self.world.sync(tree, self.namespace, *self._options(tree), *options)
        return "" if self.told["phase"] == "Succeeded" else f"{self.told['phase']}: {self.told['message']}"

    def complaints(self, tree: Tree) -> list[str]:
        """What an administrator sees as OutOfSync or not Healthy, when nothing is to be done any more."""
        told = self.world.sync(tree, self.namespace, *self._options(tree), "-only-look")
        differing = [f"{way}: {it}" for way, found in told["outOfSync"].items() for it in found]
        extra = [f"{it['object']} is extraneous" for it in told["extra"] if not it["ignored"]]
        return differing + extra + [f"{name}: {it}" for name, it in told["health"].items() if it["status"] != "Healthy"]


class Flux(Client):
    """A Kustomization per stage, each after the one before it, by Flux's apply library. Doubles are the inventory,
    which is a file, and the order, which is this loop: `dependsOn` and `wait` of kustomize-controller."""

    dialect = "flux"
    # Wait also for what cassc renders no waiting for.
    waits = False

    def deliver(self, tree: Tree, *options: str) -> str:
        """Reconcile every stage; empty when all became ready, else what the first that did not said."""
        for stage in tree.stages():
            built = self.world.machine.kubectl("kustomize", str(self._kustomization(stage)))
            inventory = self.world.folder / f"{self.namespace}-{stage.name}.inventory"
            name = f"{self.namespace}-{stage.name}"
            manifest = self._settings(tree, f"kustomization_shop-{stage.name}")
            settings = ("-kustomization", str(manifest)) if manifest and not self.waits else ()
            arguments = ("-name", name, "-inventory", str(inventory), *settings, *options)
            _, told = self.world.run_to_end("flux", *arguments, stdin=built)
            if told.get("failure"):
                return f"{stage.name}: {told['failure']}"
        return ""

    def _kustomization(self, stage: Path) -> Path:
        """A copy of the stage with the kustomization that Flux makes where none is: it lists every manifest."""
        folder = self.world.folder / "kustomizations" / self.namespace / stage.name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(stage, folder)
        if not (folder / "kustomization.yaml").exists():
            listed = "".join(f"- {file.relative_to(folder)}\n" for file in sorted(folder.rglob("*.yaml")))
            (folder / "kustomization.yaml").write_text(f"resources:\n{listed}")
        return folder

    def complaints(self, tree: Tree) -> list[str]:
        """Drift: what reconciling once more would change."""
        before = self.world.versions(self.namespace)
        said = self.deliver(tree)
        changed = [name for name, version in self.world.versions(self.namespace).items() if before.get(name) != version]
        return [*changed, *([said] if said else [])]


class Plain(Client):
    """`kubectl apply -k` of the whole tree, server-side."""

    dialect = "plain"

    def deliver(self, tree: Tree) -> str:
        """Apply the root; empty when it was accepted without a word."""
        return self._apply(tree.folder)

    def _apply(self, folder: Path) -> str:
        ended = self.world.machine.ask("apply", "--server-side", "--validate=strict", "-k", str(folder))
        return ended.stderr or ("" if ended.returncode == 0 else ended.stdout)

    def complaints(self, tree: Tree) -> list[str]:
        """`kubectl diff -k`."""
        ended = self.world.machine.ask("diff", "--server-side", "-k", str(tree.folder))
        return [f"{ended.stdout}{ended.stderr}"] if ended.returncode != 0 else []


class PlainByStages(Plain):
    """`kubectl apply -k` of one stage after the other."""

    def deliver(self, tree: Tree) -> str:
        """Apply every stage; empty when all were accepted without a word."""
        return "".join(self._apply(stage) for stage in tree.stages())


CLIENTS = {"argocd": ArgoCd, "flux": Flux, "plain": Plain, "stages": PlainByStages}
