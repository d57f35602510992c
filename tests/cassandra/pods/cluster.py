"""A rendered cluster on this machine: pods of all StatefulSets, the names that its services give, its volumes.

In: a topology, a folder. Out: pods that can be applied, deleted, watched. Called by the stories.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from machine import Image, Network, image, render
from manifest import Manifest, PodTemplate, selects, write_config_map
from pod import Pod, Say

# kubernetes.default, which the gate asks for to see whether the name service answers. Nobody is there.
CONTROL = ("10.255.0.1", "kubernetes.default.svc.cluster.local")
DOMAIN = "svc.cluster.local"
MOST_RESTARTS = 5


class StoryFailed(Exception):
    """Something went otherwise than told."""


class Cluster:
    """Pods by name. Every method may be called from the story's thread; pods call `publish` from theirs."""

    def __init__(self, folder: Path, cassc: Path, version: str, say: Say) -> None:
        """An empty folder becomes the cluster's; nothing runs yet."""
        self.folder, self.cassc, self.say = folder, cassc, say
        self.network = Network()
        self.image: Image = image(folder / "image", version)
        self.pods: dict[str, Pod] = {}
        self.manifest = Manifest(())
        self.change_scripts: Callable[[dict[str, str]], dict[str, str]] = lambda files: files
        self.publishing = threading.Lock()
        self.births = 0

    # --- What the user and the controllers do -------------------------------------------------------------------------

    def configure(self, topology: dict[str, Any]) -> None:
        """Render a topology. Pods that run stay as they are; those created from now on follow it."""
        path = self.folder / "topology.yaml"
        path.write_text(yaml.safe_dump(topology, sort_keys=False), encoding="utf-8")
        text = render(path, self.cassc)
        (self.folder / "rendered.yaml").write_text(text, encoding="utf-8")
        self.manifest = Manifest.read(text)

    def apply(self) -> list[Pod]:
        """Create every pod that is missing, all at once, as `kubectl apply` and Parallel StatefulSets do."""
        missing = [template for name, template in self.manifest.pods().items() if name not in self.pods]
        self.say(f"applied: {', '.join(template.name for template in missing)}")
        new = [self.create(template) for template in missing]
        for pod in new:
            self.pods[pod.template.name] = pod
        for pod in new:
            pod.start()
        return new

    def create(self, template: PodTemplate) -> Pod:
        """A pod with its volumes, not started. Claims outlive pods; everything else is new."""
        self.births += 1
        folder = self.folder / "pods" / f"{self.births:02}-{template.name}"
        volumes = {}
        for volume in template.spec["volumes"]:
            path = folder / "volumes" / volume["name"]
            path.mkdir(parents=True)
            if "configMap" in volume:
                files = self.manifest.config_map(volume["configMap"]["name"])
                if files is None and not volume["configMap"].get("optional"):
                    raise StoryFailed(f"{template.name} waits for ConfigMap {volume['configMap']['name']}")
                write_config_map(path, self.change_scripts(files or {}))
            else:
                self.own(path, template)
            volumes[volume["name"]] = path
        for claim in template.claims:
            volumes[claim] = self.volume(template.name, claim)
            volumes[claim].mkdir(parents=True, exist_ok=True)
            self.own(volumes[claim], template)
        return Pod(template, self.image, self.network, volumes, folder / "containers", self.say, self.publish)

    @staticmethod
    def own(path: Path, template: PodTemplate) -> None:
        """Give a volume to the pod's group, as fsGroup asks for."""
        os.chown(path, 0, template.spec["securityContext"]["fsGroup"])
        path.chmod(0o2775)

    def volume(self, pod: str, claim: str = "server-data") -> Path:
        """Where a pod's claim keeps its files."""
        return self.folder / "claims" / f"{claim}-{pod}"

    # --- Names --------------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Write every pod's hosts file anew: what the cluster's DNS would answer now."""
        with self.publishing:
            pods = [published(pod) for pod in self.pods.values()]
            lines = [line(*CONTROL)]
            for service in self.manifest.of_kind("Service"):
                lines += self.names_of(service, [found for found in pods if found[1]])
            for pod in self.pods.values():
                own = [line("127.0.0.1", "localhost"), line(pod.address, pod.template.name)] if pod.address else []
                if (pod.folder / "names").is_dir():
                    new = pod.folder / "names/hosts.new"
                    new.write_text("".join(own + lines), encoding="utf-8")
                    new.rename(pod.folder / "names/hosts")

    @staticmethod
    def names_of(service: dict[str, Any], pods: list[tuple[PodTemplate, str, bool]]) -> list[str]:
        """The records of a headless service: its own name, and those of the pods that it governs."""
        name = f"{service['metadata']['name']}.{service['metadata']['namespace']}.{DOMAIN}"
        lines = []
        for template, address, ready in pods:
            if selects(service, template) and (ready or service["spec"].get("publishNotReadyAddresses")):
                lines.append(line(address, name))
                if template.governing_service == service["metadata"]["name"]:
                    lines.append(line(address, f"{template.name}.{name}"))
        return lines

    # --- Waiting and ending -------------------------------------------------------------------------------------------

    def wait_ready(self, names: list[str], seconds: float) -> float:
        """Wait until the pods are ready; how long it took. A pod that failed, or time that ran out, fails the story."""
        begin = time.monotonic()
        while not all(self.pods[name].ready for name in names):
            for name in names:
                if self.pods[name].failure or self.pods[name].restarts > MOST_RESTARTS:
                    raise StoryFailed(f"{name}: {self.pods[name].failure or 'restarts again and again'}")
            if time.monotonic() - begin > seconds:
                unready = [name for name in names if not self.pods[name].ready]
                raise StoryFailed(f"not ready within {seconds:.0f} s: {', '.join(unready)}")
            time.sleep(0.2)
        return time.monotonic() - begin

    def lose_power(self, names: list[str] | None = None) -> None:
        """All pods at once, or the named ones: SIGKILL to everything, as when the power goes. They are gone then."""
        chosen = list(self.pods) if names is None else names
        for name in chosen:
            self.pods[name].wish_to_end.set()
        with ThreadPoolExecutor(max_workers=len(chosen) or 1) as threads:
            list(threads.map(lambda name: self.pods[name].lose_power(), chosen))
        for name in chosen:
            del self.pods[name]

    def delete(self, name: str) -> str:
        """Delete one pod the orderly way; what happened."""
        words = self.pods[name].end()
        del self.pods[name]
        self.say(f"{name}: deleted; {words}")
        return words

    def close(self, keep_logs: bool) -> None:
        """End everything; keep what the pods said when asked to, never their data."""
        self.lose_power()
        shutil.rmtree(self.folder / "claims", ignore_errors=True)
        shutil.rmtree(self.folder / "image", ignore_errors=True)
        if not keep_logs:
            shutil.rmtree(self.folder, ignore_errors=True)


def published(pod: Pod) -> tuple[PodTemplate, str, bool]:
    """What the name service must know of a pod, read once."""
    return pod.template, pod.address, pod.ready


def line(address: str, name: str) -> str:
    """A line of a hosts file. The gate asks for full names with their last dot, which the file must hold as well."""
    return f"{address} {name} {name}.\n"
