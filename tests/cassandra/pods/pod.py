"""One pod, played by a thread: init containers, containers, probes, restarts, preStop and the end, as with a kubelet.

In: a pod template, an image, folders for its volumes. Out: a life that cluster.py watches through the fields.
"""

import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from container import Container, Place
from machine import Image, Network
from manifest import PodTemplate, environment

Say = Callable[[str], None]
INIT_PATIENCE = 3600


@dataclass
class Probe:
    """A probe's rhythm and its count; defaults are those of the API server."""

    definition: dict[str, Any]
    due: float = 0.0
    failures: int = 0

    @staticmethod
    def of(container: dict[str, Any], kind: str, now: float) -> "Probe | None":
        """The probe of a container that started now, None where it has none."""
        definition = container.get(kind)
        return Probe(definition, now + definition.get("initialDelaySeconds", 0)) if definition else None

    def ask(self, container: Container, address: str) -> tuple[bool, str]:
        """Ask once, and count: true when it succeeded, with the words of a failure."""
        self.due = time.monotonic() + self.definition.get("periodSeconds", 10)
        seconds = self.definition.get("timeoutSeconds", 1)
        if "exec" in self.definition:
            status, words = container.run(self.definition["exec"]["command"], seconds)
        else:
            request = self.definition["httpGet"]
            url = f"{request.get('scheme', 'HTTP').lower()}://{address}:{request['port']}{request['path']}"
            result = subprocess.run(
                ["curl", "-sS", "-m", str(seconds), "-o", "/dev/null", "--fail", "--noproxy", "*", url],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            status, words = result.returncode, result.stderr
        self.failures = 0 if status == 0 else self.failures + 1
        return status == 0, words.strip()

    def failed(self) -> bool:
        """Whether it failed often enough to count."""
        return self.failures >= int(self.definition.get("failureThreshold", 3))


def is_sidecar(definition: dict[str, Any]) -> bool:
    """Whether an init container goes on beside the containers, and ends after them."""
    return definition.get("restartPolicy") == "Always"


@dataclass
class Played:
    """A container of the pod with its probes."""

    definition: dict[str, Any]
    running: Container
    readiness: Probe | None
    liveness: Probe | None
    restarts: int = 0


@dataclass
class Pod:
    """A pod from its creation to its end. `changed` is called whenever its address or readiness changes."""

    template: PodTemplate
    image: Image
    network: Network
    volumes: dict[str, Path]
    folder: Path
    say: Say
    changed: Callable[[], None]
    address: str = ""
    ready: bool = False
    restarts: int = 0
    created: float = field(default_factory=time.monotonic)
    init_ended: float = 0.0
    ready_since: float = 0.0
    first_ready: float = 0.0
    failure: str = ""

    def __post_init__(self) -> None:
        """Nothing runs before start()."""
        self.wish_to_end = threading.Event()
        self.lock = threading.RLock()
        self.namespace = ""
        self.played: dict[str, Played] = {}
        self.current_init: Container | None = None
        self.thread = threading.Thread(target=self.live, name=self.template.name, daemon=True)

    def start(self) -> None:
        """Give the pod its address and let it live."""
        self.folder.mkdir(parents=True)
        (self.folder / "names").mkdir()
        self.namespace, self.address = self.network.add()
        self.changed()
        self.thread.start()

    # --- The life of the pod, in its own thread -----------------------------------------------------------------------

    def live(self) -> None:
        """Init containers in order, sidecars among them, then the containers, until somebody wishes the end."""
        try:
            for definition in self.template.spec.get("initContainers", []):
                if is_sidecar(definition):
                    with self.lock:
                        self.played[definition["name"]] = self.play(definition)
                elif not self.run_init(definition):
                    return
            self.init_ended = time.monotonic()
            with self.lock:
                for definition in self.template.spec["containers"]:
                    if not self.wish_to_end.is_set():
                        self.played[definition["name"]] = self.play(definition)
            while not self.wish_to_end.wait(0.5):
                for played in self.played.values():
                    self.look_after(played)
        except Exception as error:  # Shown by the story; a thread's exception would be lost.
            self.failure = repr(error)
            self.say(f"{self.template.name}: {error!r}")

    def run_init(self, definition: dict[str, Any]) -> bool:
        """Run an init container until it succeeds, telling its words; false when the pod ends before."""
        while not self.wish_to_end.is_set():
            with self.lock:
                container = self.current_init = self.create(definition)
            told = 0
            end = time.monotonic() + INIT_PATIENCE
            while container.status() is None and time.monotonic() < end and not self.wish_to_end.wait(0.2):
                told = self.tell(container.log, told)
            if self.wish_to_end.is_set():
                container.kill()
                return False
            self.tell(container.log, told)
            if container.status() == 0:
                return True
            self.say(f"{self.template.name}: {definition['name']} ended with status {container.status()}")
            self.wish_to_end.wait(10)
        return False

    def tell(self, log: Path, told: int) -> int:
        """Say what was added to a log since `told` bytes; the new number of bytes."""
        text = log.read_bytes()
        complete = text.rfind(b"\n") + 1
        for line in text[told:complete].decode().splitlines():
            self.say(f"{self.template.name}: {line}")
        return max(told, complete)

    def play(self, definition: dict[str, Any]) -> Played:
        """Start a container, with its probes."""
        container, now = self.create(definition), time.monotonic()
        readiness, liveness = (Probe.of(definition, kind, now) for kind in ("readinessProbe", "livenessProbe"))
        return Played(definition, container, readiness, liveness)

    def create(self, definition: dict[str, Any]) -> Container:
        """Start the processes of a container, with its volumes mounted."""
        mounts = []
        for mount in definition.get("volumeMounts", []):
            mode = "ro" if mount.get("readOnly") else "rw"
            mounts.append((str(self.volumes[mount["name"]]), mount["mountPath"], mode))
        mounts.append((str(self.folder / "names"), "/run/names", "ro"))
        variables = {"HOSTNAME": self.template.name} | environment(definition, self.template, self.address)
        read_only = bool(definition.get("securityContext", {}).get("readOnlyRootFilesystem"))
        place = Place(self.namespace, self.folder, self.template.user(), self.template.name, read_only)
        return Container(definition["name"], place, self.image, mounts, variables, definition["command"])

    def look_after(self, played: Played) -> None:
        """Restart what ended, and ask the probes that are due."""
        now = time.monotonic()
        if played.running.status() is not None:
            self.restart(played, f"ended with status {played.running.status()}")
        elif played.liveness and played.liveness.due <= now:
            good, words = played.liveness.ask(played.running, self.address)
            if not good and played.liveness.failed():
                played.running.kill()
                self.restart(played, f"killed, because it is not alive: {words}")
        elif played.readiness and played.readiness.due <= now:
            good, _ = played.readiness.ask(played.running, self.address)
            if good or played.readiness.failed():
                self.set_ready(good)

    def restart(self, played: Played, why: str) -> None:
        """Start a container again, at once the first time and ten seconds later after that."""
        name = played.definition["name"]
        self.say(f"{self.template.name}: container {name} {why}; starting it again")
        if played.readiness:
            self.set_ready(False)
        if played.restarts > 0:
            self.wish_to_end.wait(10)
        with self.lock:
            if not self.wish_to_end.is_set():
                restarts = played.restarts + 1
                self.played[name] = again = self.play(played.definition)
                again.restarts = restarts
                self.restarts += 1

    def set_ready(self, ready: bool) -> None:
        """Note a change of readiness, and tell the name service."""
        if ready != self.ready:
            self.ready = ready
            self.ready_since = time.monotonic() if ready else 0.0
            if ready and not self.first_ready:
                self.first_ready = self.ready_since
                self.say(f"{self.template.name}: ready {self.ready_since - self.created:.0f} s after its creation")
            elif not ready:
                self.say(f"{self.template.name}: no longer ready")
            self.changed()

    # --- The end ------------------------------------------------------------------------------------------------------

    def lose_power(self) -> None:
        """Kill everything at this instant, and take the pod away."""
        self.wish_to_end.set()
        with self.lock:
            containers = [played.running for played in self.played.values()]
            containers += [self.current_init] if self.current_init else []
        for container in containers:
            container.kill()
        self.remove()

    def end(self) -> str:
        """End as a deleted pod does: preStop, SIGTERM, and SIGKILL when the grace period is over; sidecars last."""
        self.wish_to_end.set()
        self.set_ready(False)
        self.thread.join(timeout=30)
        deadline = time.monotonic() + self.template.grace_seconds
        words: list[str] = []
        with ThreadPoolExecutor(max_workers=len(self.played) + 1) as threads:
            for last in (False, True):
                group = [played for played in self.played.values() if is_sidecar(played.definition) is last]
                words += threads.map(lambda played: self.end_container(played, deadline), group)
        self.remove()
        return "; ".join(words)

    def end_container(self, played: Played, deadline: float) -> str:
        """End one container, at the latest when the pod's grace period is over. What happened."""
        words = ""
        hook = played.definition.get("lifecycle", {}).get("preStop")
        if hook:
            begin = time.monotonic()
            status, output = played.running.run(hook["exec"]["command"], deadline - begin)
            words = f" preStop status {status} after {time.monotonic() - begin:.1f} s {output.strip()}".rstrip() + ","
        seconds = played.running.end(max(0.0, deadline - time.monotonic()))
        return f"{played.definition['name']}:{words} ended {seconds:.1f} s after SIGTERM"

    def remove(self) -> None:
        """Take the address away."""
        self.thread.join(timeout=30)
        self.ready = False
        self.address = ""
        self.changed()
        self.network.remove(self.namespace)
