"""A container as processes: a command in its own mount and PID namespace, inside the pod's network namespace.

In: an image, mounts, variables, a command. Out: a running container, in which more can be run. Called by pod.py.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from machine import HERE, Image

CONFIGURATION = "/etc/cassandra"


@dataclass(frozen=True)
class Place:
    """Where a container runs: the pod's network namespace, a folder for its files, user, host name, kind of root."""

    network: str
    folder: Path
    user: int
    hostname: str
    read_only_root: bool


class Container:
    """One container, from its start to the end of its first process."""

    def __init__(
        self, name: str, place: Place, image: Image, mounts: list[tuple[str, str, str]], variables: dict[str, str],
        words: list[str],
    ) -> None:  # fmt: skip
        """Start the command; its output goes to <folder>/<name>.log, after that of earlier containers of the name."""
        self.name, self.place = name, place
        self.variables = [f"{key}={value}" for key, value in (image.environment | variables).items()]
        folder = place.folder
        root = folder / f"{name}.root"
        root.mkdir(exist_ok=True)
        lines = [(source, target, "ro") for source, target in image.mounts.items()]
        if not place.read_only_root:
            lines.append((str(self.own_configuration(image)), CONFIGURATION, "rw"))
        lines += mounts
        table = folder / f"{name}.mounts"
        table.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self.outer = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{place.network}", "unshare", "--mount", "--pid", "--uts", "--ipc",
                 "--fork", "--kill-child", HERE / "enter.sh", root, "ro" if place.read_only_root else "rw", table,
                 place.hostname, str(place.user),
                 *self.variables, *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.first = 0

    def own_configuration(self, image: Image) -> Path:
        """A copy of the image's /etc/cassandra that belongs to the container's user, as it does in the image."""
        copy = self.place.folder / f"{self.name}.configuration"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(image.configuration, copy)
        for path in (copy, *copy.iterdir()):
            os.chown(path, self.place.user, self.place.user)
        return copy

    def first_process(self) -> int:
        """The container's process 1, as a number of the runner's own namespace; 0 while there is none."""
        if self.first == 0:
            path = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children")
            try:
                self.first = int((path.read_text(encoding="utf-8").split() or ["0"])[0])
            except OSError:
                return 0
        return self.first

    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self.outer.poll()

    def run(self, words: list[str], seconds: float) -> tuple[int, str]:
        """Run a command inside, as exec probes and hooks do: its status (124 when it took too long) and output."""
        first = self.first_process()
        if first == 0 or self.status() is not None:
            return 125, "the container does not run"
        user = str(self.place.user)
        inside = ["nsenter", "--target", str(first), "--mount", "--pid", "--uts", "--ipc", "--net", "--root"]
        inside.append(f"--wd=/proc/{first}/root")
        drop = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
        try:
            result = subprocess.run(
                [*inside, *drop, "--no-new-privs", "env", "-i", *self.variables, *words],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return 124, f"not within {seconds} s"
        return result.returncode, result.stdout + result.stderr

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to process 1."""
        first = self.first_process()
        if first and self.status() is None:
            try:
                os.kill(first, number)
            except ProcessLookupError:
                pass

    def kill(self) -> None:
        """SIGKILL to process 1, and with it to everything in the container; waits for the end."""
        self.signal(signal.SIGKILL)
        try:
            self.outer.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.outer.kill()
            self.outer.wait()

    def end(self, seconds: float) -> float:
        """SIGTERM, and SIGKILL after the given time; the seconds that it took."""
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        try:
            self.outer.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - begin

    def processes(self) -> list[int]:
        """Every process of the container, as numbers of the runner's own namespace."""
        try:
            namespace = os.readlink(f"/proc/{self.first_process()}/ns/pid")
        except OSError:
            return []
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "ns/pid") == namespace:
                        found.append(int(entry.name))
                except OSError:
                    continue  # It ended while we looked.
        return found
