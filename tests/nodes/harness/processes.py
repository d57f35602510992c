"""Processes that belong to the test machine: started in a network namespace, logged to a file, ended without fail.

Called by machine.py for every part of Kubernetes, and for commands that have to run inside its network.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path


def run(
    *command: str, stdin: str | None = None, check: bool = True, timeout: float = 600, all_words: bool = False
) -> str:
    """Run a command to its end and return what it printed; its complaint is in the error when it fails. `all_words`: also what it
    said on its standard error.
    """
    ended = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if check and ended.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:300]}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return ended.stdout if check and not all_words else ended.stdout + ended.stderr


def in_namespace(namespace: str, *command: str) -> tuple[str, ...]:
    """The command, to be run inside a network namespace. `ip netns exec` would hide the cgroup mounts."""
    return ("nsenter", f"--net=/run/netns/{namespace}", *command)


class ShareOfCpu:
    """A control group of version 1 for the parts of Kubernetes. Outside of every group each of them would weigh as much as one
    compiler that runs beside it, and an eighth of a node's pods: with a busy machine TLS handshakes time out. Nothing is done
    where the CPU has no hierarchy of its own.
    """

    _HIERARCHY = Path("/sys/fs/cgroup/cpu")
    _SHARES = 32 * 1024  # four times what a node's pods have

    def __init__(self, name: str) -> None:
        self.folder = self._HIERARCHY / name

    def take_in(self, process: int) -> None:
        """Put a process, and what it starts from now on, into the group."""
        if not (self._HIERARCHY / "cpu.shares").exists():
            return
        self.folder.mkdir(exist_ok=True)
        (self.folder / "cpu.shares").write_text(str(self._SHARES))
        with contextlib.suppress(ProcessLookupError):
            (self.folder / "cgroup.procs").write_text(str(process))

    def remove(self) -> None:
        """Remove the group, when its last process is gone."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


class Processes:
    """Processes by name. Their ids lie in files, so that a later run can end what an earlier one left running. The time when a
    process began stands beside its id: after a while, or a restart of the machine, another process has the id.
    """

    def __init__(self, folder: Path, group: ShareOfCpu) -> None:
        self.folder = folder
        self.group = group
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, namespace: str, *command: str) -> None:
        """Start a process whose output goes to <folder>/<name>.log."""
        with open(self.folder / f"{name}.log", "ab") as log:
            child = subprocess.Popen(
                in_namespace(namespace, *command),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.group.take_in(child.pid)
        self.children[name] = child
        (self.folder / f"{name}.pid").write_text(f"{child.pid} {_began(child.pid)}")

    def stop(self, name: str) -> None:
        """End one process, at once: nothing that it does is needed any more, or it is meant to die."""
        file = self.folder / f"{name}.pid"
        if not file.exists():
            return
        process, began = file.read_text().split(" ", 1)
        if not self._is_gone(name, int(process), began):
            os.kill(int(process), signal.SIGKILL)
            wait_until(f"{name} is gone", 20, lambda: self._is_gone(name, int(process), began), pause=0.1)
        file.unlink()

    def _is_gone(self, name: str, process: int, began: str) -> bool:
        child = self.children.get(name)
        if child is not None and child.pid == process:
            return child.poll() is not None
        return _began(process) != began

    def stop_all(self) -> None:
        """End everything, the last that was started first."""
        for file in sorted(self.folder.glob("*.pid"), key=lambda file: file.stat().st_mtime, reverse=True):
            self.stop(file.stem)


def _began(process: int) -> str:
    """When a process began: the start of the machine that it belongs to, and the ticks since. Empty when it is gone."""
    try:
        state, *fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if state == "Z" else f"{boot} {fields[18]}"


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Only one process at a time gets here with the same lock file; the others wait."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def kill_all(what: str, find) -> None:  # noqa: ANN001 (a function that gives the ids of processes)
    """Kill the processes that are found, until none is found any more: some may be starting others."""

    def are_gone() -> bool:
        found = find()
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return not found

    wait_until(f"{what} has no process", 30, are_gone, pause=0.2)


def wait_until(what: str, seconds: float, condition, pause: float = 1.0):  # noqa: ANN001, ANN201 (any condition, its own value)
    """The first true value of `condition`; after that many seconds an error that says what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:.0f} s still not so: {what}")
        time.sleep(pause)
