"""One Cassandra cluster on the test machine: rendered by cassc, applied, watched and asked. Called by the stories."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .machine import Machine
from .processes import in_namespace, run, wait_until

GATE = "server-config-init"
_CQL = Path(__file__).with_name("cql.py")


@dataclass(frozen=True)
class Member:
    """A line of `nodetool status`."""

    state: str
    address: str
    host_id: str
    rack: str


class Ring:
    """The cluster `name` in a namespace of that name, which enforces the `restricted` profile. No other ring has the name, so
    that its pods can be told from those of other rings in the other namespaces.
    """

    def __init__(self, machine: Machine, cassc: Path, name: str) -> None:
        self.machine = machine
        self.cassc = cassc
        self.namespace = name
        self.name = name
        self.folder = machine.folder / "topologies" / name
        self.tree = self.folder / "tree" / name
        self.edits = 0
        self.login: tuple[str, str] | None = None

    # --- Making -----------------------------------------------------------------------------------------------------

    def render(self, topology: str) -> None:
        """Compile the topology into a fresh tree."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "ring.yaml").write_text(topology)
        run(str(self.cassc), "render", str(self.folder / "ring.yaml"), "-o", str(self.folder / "tree"))

    def edit_configuration(self, old: str, new: str) -> None:
        """Change the configuration's files by hand. The object is immutable: as in a render, it gets another name."""
        (file,) = [file for file in self.tree.rglob("v1_configmap_*-config-*.yaml") if old in file.read_text()]
        (name,) = re.findall(r"^  name: (\S+)$", file.read_text(), re.MULTILINE)
        self.edits += 1
        file.write_text(file.read_text().replace(old, new))
        for manifest in self.tree.rglob("*.yaml"):
            text = manifest.read_text()
            manifest.write_text(re.sub(rf"(?m)^( +name: ){name}$", rf"\g<1>{self._edited_name(name)}", text))

    def _edited_name(self, name: str) -> str:
        return f"{name.split('-edit')[0]}-edit{self.edits}"

    def apply(self) -> None:
        """`kubectl apply -k` of the whole tree, at once."""
        self.machine.kubectl("apply", "-k", str(self.tree))

    def make_namespace(self) -> None:
        """The namespace, in which no pod may do more than the `restricted` profile allows."""
        labels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}
        metadata = {"name": self.namespace, "labels": labels}
        self.machine.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])

    def delete(self) -> None:
        """Delete everything of it; the data of its volumes too."""
        # Nobody needs the grace of a ring that goes for good.
        self.kubectl("delete", "statefulset", "--all", "--wait=false")
        self.kubectl("delete", "pod", "--all", "--grace-period=0", "--force", check=False)
        self.machine.kubectl("delete", "namespace", self.namespace, "--timeout=180s")
        for volume in self.machine.get("pv")["items"]:
            if volume["spec"].get("claimRef", {}).get("namespace") == self.namespace:
                self.free_volume(volume)

    def free_volume(self, volume: dict) -> None:
        """Empty a volume that a claim has left, and offer it again."""
        _empty(Path(volume["spec"]["local"]["path"]))
        patch = '[{"op": "remove", "path": "/spec/claimRef"}]'
        self.machine.kubectl("patch", "pv", volume["metadata"]["name"], "--type=json", "-p", patch, check=False)

    def lose_volume(self, pod: str) -> None:
        """The pod dies, and its data volume is empty when it comes back. Its node takes no pod meanwhile."""
        found = self.pods()[pod]
        volume = self.machine.get("pvc", f"server-data-{pod}", "-n", self.namespace)["spec"]["volumeName"]
        folder = Path(self.machine.get("pv", volume)["spec"]["local"]["path"])
        with self.cordoned(found["spec"]["nodeName"]):
            self.kubectl("delete", "pod", pod, "--grace-period=1")
            _empty(folder)

    @contextmanager
    def cordoned(self, *nodes: str) -> Iterator[None]:
        """These nodes take no pods meanwhile."""
        for node in nodes:
            self.machine.kubectl("cordon", node)
        try:
            yield
        finally:
            for node in nodes:
                self.machine.kubectl("uncordon", node)

    # --- Watching ---------------------------------------------------------------------------------------------------

    def kubectl(self, *arguments: str, check: bool = True, timeout: float = 300) -> str:
        """kubectl in the ring's namespace."""
        return self.machine.kubectl("-n", self.namespace, *arguments, check=check, timeout=timeout)

    def pods(self) -> dict[str, dict]:
        """The pods of its nodes by name, without those that are being deleted."""
        selector = f"cassandra.datastax.com/cluster={self.name},cassandra.datastax.com/rack"
        items = self.machine.get("pods", "-n", self.namespace, "-l", selector)["items"]
        return {pod["metadata"]["name"]: pod for pod in items if "deletionTimestamp" not in pod["metadata"]}

    def pod(self, rack: int, ordinal: int = 0) -> str:
        """The name of a pod by its rack's number, from 1, and its ordinal."""
        return f"{self.name}-dc1-r{rack}-sts-{ordinal}"

    def is_ready(self, pod: str) -> bool:
        """Whether the pod is there and ready."""
        found = self.pods().get(pod)
        return found is not None and _condition(found, "Ready") == "True"

    def phase(self, pod: str) -> str:
        """The pod's phase; nothing when there is no such pod."""
        return self.pods().get(pod, {"status": {"phase": ""}})["status"]["phase"]

    def container(self, pod: str, name: str = "cassandra") -> dict:
        """The status of one of the pod's containers."""
        statuses = self.pods()[pod]["status"]["containerStatuses"]
        return next(status for status in statuses if status["name"] == name)

    def restarts(self, pod: str, container: str = "cassandra") -> int:
        """How often a container of the pod was restarted."""
        return self.container(pod, container)["restartCount"]

    def wait_ready(self, pods: list[str], seconds: float) -> None:
        """Until all of these pods are ready."""

        def all_are() -> bool:
            here = self.pods()
            return all(pod in here and _condition(here[pod], "Ready") == "True" for pod in pods)

        try:
            wait_until(f"ready: {', '.join(pods)}", seconds, all_are, pause=2)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.explain()}") from error

    def explain(self) -> str:
        """What a person would look at when pods are not ready."""
        told = [self.kubectl("get", "pods", "-o", "wide", check=False)]
        for pod in self.pods():
            told.append(f"{pod}: {self.gate_says(pod)}")
            told.append("\n".join(self.log(pod).splitlines()[-3:]))
        return "\n".join(told)

    def times(self, pods: list[str], since: datetime) -> list[tuple[str, float, float]]:
        """Per pod: seconds from `since` until its gate opened, and until it was ready; in the order of gates."""
        here = self.pods()
        rows = [(pod, _since(here[pod], "Initialized", since), _since(here[pod], "Ready", since)) for pod in pods]
        return sorted(rows, key=lambda row: row[1])

    def gate_says(self, pod: str) -> str:
        """The last words of a pod's gate."""
        lines = [line for line in self.gate_log(pod).splitlines() if line.startswith("gate: ")]
        return lines[-1].removeprefix("gate: ") if lines else ""

    def gate_log(self, pod: str) -> str:
        """Everything that a pod's gate said."""
        return self.kubectl("logs", pod, "-c", GATE, check=False)

    def log(self, pod: str) -> str:
        """Cassandra's system.log, as the logger's container shows it."""
        return self.kubectl("logs", pod, "-c", "server-system-logger", check=False)

    def last_logged(self, pod: str, words: str) -> str:
        """The last line of Cassandra's log that contains these words; nothing when none does."""
        return next((line for line in reversed(self.log(pod).splitlines()) if words in line), "")

    def events(self, about: str) -> list[str]:
        """The messages of the events about a pod."""
        found = self.machine.get("events", "-n", self.namespace, "--field-selector", f"involvedObject.name={about}")
        return [f"{event['reason']}: {event['message']}" for event in found["items"]]

    def ended(self, since: datetime) -> list[str]:
        """The pods whose Cassandra a kubelet has ended since then, the first one first; within the hour that Events live."""
        items = self.machine.get("events", "-n", self.namespace, "--field-selector", "reason=Killing")["items"]
        begin = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        killed = [(it["metadata"]["creationTimestamp"], it["involvedObject"]) for it in items]
        containers = [(at, it["name"]) for at, it in killed if at >= begin and "{cassandra}" in it.get("fieldPath", "")]
        return [name for _, name in sorted(containers)]

    def evict(self, pod: str) -> None:
        """Evict the pod through the eviction API, as a drain does."""
        metadata = {"name": pod, "namespace": self.namespace}
        eviction = json.dumps({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata})
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/eviction"
        self.machine.kubectl("create", "--raw", path, "-f", "-", stdin=eviction)

    def is_other(self, pod: str, uid: str) -> bool:
        """Whether a pod of that name exists that is not the one with the uid."""
        found = self.pods().get(pod)
        return found is not None and found["metadata"]["uid"] != uid

    # --- Asking -----------------------------------------------------------------------------------------------------

    def nodetool(self, pod: str, *arguments: str, check: bool = True) -> str:
        """nodetool inside a pod."""
        return self.kubectl(
            "exec", pod, "-c", "cassandra", "--", "/opt/cassandra/bin/nodetool", *arguments, check=check
        )

    def members(self, pod: str) -> list[Member]:
        """The ring as that pod sees it."""
        pattern = re.compile(r"^([UD][NLJM])\s+(\S+)\s.*\s([0-9a-f-]{36})\s+(\S+)\s*$", re.MULTILINE)
        return [Member(*match.groups()) for match in pattern.finditer(self.nodetool(pod, "status"))]

    def address(self, pod: str) -> str:
        """The pod's address."""
        return self.pods()[pod]["status"]["podIP"]

    def host_ids(self, pods: list[str]) -> dict[str, str]:
        """Every pod's host id, as the first of them sees the ring."""
        by_address = {member.address: member.host_id for member in self.members(pods[0])}
        return {pod: by_address.get(self.address(pod), "absent") for pod in pods}

    def cql(self, pod: str, *statements: dict) -> list[list]:
        """Run CQL as `login` with that pod as the first contact; the rows of the last statement."""
        command = in_namespace(self.machine.network.control_plane, sys.executable, str(_CQL), self.address(pod))
        asked = {"login": self.login, "statements": statements}
        return json.loads(run(*command, stdin=json.dumps(asked), timeout=300))


def _empty(folder: Path) -> None:
    """Remove what is in a folder, until nothing comes back: a process whose pod is gone may live for some seconds."""

    def stays_empty() -> bool:
        found = list(folder.iterdir())
        for child in found:
            shutil.rmtree(child, ignore_errors=True) if child.is_dir() else child.unlink(missing_ok=True)
        return not found

    wait_until(f"{folder} stays empty", 120, stays_empty, pause=3)


def _condition(pod: dict, kind: str) -> str:
    for condition in pod["status"].get("conditions", []):
        if condition["type"] == kind:
            return condition["status"]
    return "Unknown"


def _since(pod: dict, kind: str, since: datetime) -> float:
    for condition in pod["status"].get("conditions", []):
        if condition["type"] == kind and condition["status"] == "True":
            at = datetime.fromisoformat(condition["lastTransitionTime"].replace("Z", "+00:00"))
            return (at - since).total_seconds()
    return float("inf")
