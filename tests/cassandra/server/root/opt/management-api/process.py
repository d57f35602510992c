"""The one Cassandra process of the container. In: settings. Out: a process that is started, found, ended and drained."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from pathlib import Path
from typing import Any

import agent
from settings import Settings

Answer = tuple[int, Any]

UNKNOWN, STARTED, STOPPED = "unknown", "started", "stopped"
CLOSED: Answer = (500, "Internal connection to Cassandra closed")
IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp
LONGEST_DRAIN = 3600.0


def process_ids() -> list[str]:
    """Every process of the container, as ps lists them."""
    return [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def start_time(pid: int) -> str:
    """When a process began, in ticks: tells two processes with the same number apart. Empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""


def listens(pid: int, port: int) -> bool:
    """Whether this very process accepts connections on the port, asked from the kernel so that nobody is disturbed."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="utf-8").splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    if not sockets:
        return False
    return any(os.readlink(descriptor) in sockets for descriptor in Path(f"/proc/{pid}/fd").iterdir())


class Cassandra:
    """The one Cassandra process of the container: started through bin/cassandra, found through its pid file."""

    def __init__(self, settings: Settings) -> None:
        """Remember the settings; nothing is started."""
        self.settings = settings
        self.requested = UNKNOWN
        self.starting = threading.RLock()
        self.served: tuple[int, str] | None = None
        self.draining = threading.Lock()
        self.waiting = ThreadPoolExecutor(max_workers=1)
        self.drained: Future[Any] | None = None
        self.disconnected_until = 0.0

    def pid(self) -> int | None:
        """The number in the pid file, when it occurs among those of all processes.

        As the real server does: the number of some other live process, left behind by an earlier container, counts.
        """
        try:
            text = self.settings.pid_file.read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return int(text) if text.isdigit() and text in "\n".join(process_ids()) else None

    def native_port(self) -> int:
        """The CQL port of the cassandra.yaml that the process was started with."""
        text = (self.settings.configuration / "cassandra.yaml").read_text(encoding="utf-8")
        found = re.search(r"^native_transport_port: *\"?(\d+)", text, re.MULTILINE)
        return int(found[1]) if found else 9042

    def is_bootstrapped(self) -> bool:
        """Whether the running process ever opened its CQL port, which Cassandra does once it has joined.

        It stays true when the port closes (a drained node), and ends with the process.
        """
        pid = self.pid()
        if pid is None:
            return False
        process = (pid, start_time(pid))
        if self.served != process:
            try:
                if not listens(pid, self.native_port()):
                    return False
            except OSError:  # The process ended, or is not ours.
                return False
            self.served = process
        return True

    def start(self, replaced: str | None) -> Answer:
        """Start Cassandra unless a process exists; `replaced` is the address whose place it takes."""
        with self.starting:
            self.requested = STARTED
            if self.pid() is not None:
                return (202 if self.is_bootstrapped() else 204), ""
            if replaced is not None and not IPV4.fullmatch(replaced):
                return 400, f"Invalid replace IP passed: {replaced}"
            extra = [f"-Dcassandra.replace_address_first_boot={replaced}"] if replaced else []
            if self.launch(extra):
                print("Started Cassandra", flush=True)
                return 201, "OK\n"
            print("Error starting Cassandra", file=sys.stderr, flush=True)
            return 420, "Error starting Cassandra"

    def launch(self, extra: list[str]) -> bool:
        """Run bin/cassandra, which goes into the background by itself; false when it does not get that far."""
        logs = self.settings.log_directory
        command = [
            "nohup", str(self.settings.home / "bin/cassandra"), "-p", str(self.settings.pid_file), "-R",
            "-Dcassandra.server_process", "-Dcassandra.skip_default_role_setup=true",
            f"-Ddb.unix_socket_file={self.settings.socket}", *extra,
        ]  # fmt: skip
        with (logs / "stdout.log").open("wb") as output, (logs / "stderr.log").open("wb") as errors:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, check=False)
        return result.returncode == 0

    def stop(self) -> Answer:
        """End Cassandra and leave it ended: seven times politely, five seconds apart, then with SIGKILL."""
        with self.starting:
            self.requested = STOPPED
            for number in [signal.SIGTERM] * 7 + [signal.SIGKILL]:
                pid = self.pid()
                if pid is None:
                    return 200, "OK\n"
                with suppress(ProcessLookupError):  # It ended just now.
                    os.kill(pid, number)
                time.sleep(self.settings.between_kills)
            return (200, "OK\n") if self.pid() is None else (500, "Killing Cassandra Failed")

    def drain(self) -> Answer:
        """Have the node drained, and wait for it until the connection would be lost. The drain goes on then."""
        if not self.is_bootstrapped():
            return CLOSED
        with self.draining:
            if time.monotonic() < self.disconnected_until:
                return CLOSED
            seconds = self.settings.query if self.drained else self.settings.heartbeat
            drained = self.drained or self.waiting.submit(agent.call, self.settings.socket, LONGEST_DRAIN, "drain")
            try:
                drained.result(timeout=seconds)
            except NotYet:
                self.drained, self.disconnected_until = drained, time.monotonic() + self.settings.reconnection
                return CLOSED
            finally:
                if drained.done():
                    self.drained = None
            return 200, "OK"

    def keep_alive(self) -> None:
        """For ever: start Cassandra where it does not run and nobody stopped it. Has a thread of its own."""
        next_look = time.monotonic() + self.settings.first_look
        while True:
            time.sleep(max(0.0, next_look - time.monotonic()))
            next_look += self.settings.between_looks
            try:
                with self.starting:
                    if self.requested != STOPPED:
                        self.start(None)
            except (OSError, ValueError) as error:
                print(f"Error checking state: {error}", file=sys.stderr, flush=True)
