"""Processes that belong to the test machine: started in a network namespace, logged to a file, ended without fail.

Called by machine.py for every part of Kubernetes, and for commands that have to run inside its network.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path


def run(*command: str, stdin: str | None = None, check: bool = True, timeout: float = 600) -> str:
    """Run a command to its end and return what it printed; its complaint is in the error when it fails."""
    ended = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if check and ended.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:300]}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return ended.stdout if check else ended.stdout + ended.stderr


def in_namespace(namespace: str, *command: str) -> tuple[str, ...]:
    """The command, to be run inside a network namespace. `ip netns exec` would hide the cgroup mounts."""
    return ("nsenter", f"--net=/run/netns/{namespace}", *command)


class Processes:
    """Processes by name. Their ids lie in files, so that a later run can end what an earlier one left running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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
        self.children[name] = child
        (self.folder / f"{name}.pid").write_text(str(child.pid))

    def stop(self, name: str) -> None:
        """End one process, at once: nothing that it does is needed any more, or it is meant to die."""
        file = self.folder / f"{name}.pid"
        if not file.exists():
            return
        process = int(file.read_text())
        if not self._is_gone(name, process):
            os.kill(process, signal.SIGKILL)
            wait_until(f"{name} is gone", 20, lambda: self._is_gone(name, process), pause=0.1)
        file.unlink()

    def _is_gone(self, name: str, process: int) -> bool:
        child = self.children.get(name)
        if child is not None and child.pid == process:
            return child.poll() is not None
        return not Path(f"/proc/{process}").exists()

    def stop_all(self) -> None:
        """End everything, the last that was started first."""
        for file in sorted(self.folder.glob("*.pid"), key=lambda file: file.stat().st_mtime, reverse=True):
            self.stop(file.stem)


def kill_by_argument(program: str, argument: str) -> None:
    """Kill every process whose program's name is `program` and whose arguments contain `argument`."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if Path(arguments[0]).name.startswith(program) and argument in " ".join(arguments):
                os.kill(int(entry.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue


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
