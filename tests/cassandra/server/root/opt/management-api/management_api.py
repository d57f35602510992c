"""Stands in for the server of the Management API (see ../../../README.md for its contract).

In: the image's environment variables, HTTP requests, the pid file that bin/cassandra writes. Out: a Cassandra process
that is started and kept alive, answers to the probes, to drain and to the lifecycle calls. Started by the entry point.
Needs nothing but Debian's python3 package, and spends no processor time between requests.
"""

import os
import re
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, str]

UNKNOWN, STARTED, STOPPED = "unknown", "started", "stopped"
CLOSED: Answer = (500, "Internal connection to Cassandra closed")
IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp


@dataclass(frozen=True)
class Settings:
    """Where things lie, what the environment asks for; in seconds the rhythm of the keep-alive task, and of the connection to
    Cassandra: until a request that it does not answer is given up for lost, until it is made again, for a query then."""

    home: Path = Path("/opt/cassandra")
    configuration: Path = Path("/etc/cassandra")
    pid_file: Path = Path("/tmp/cassandra.pid")
    log_directory: Path = Path("/var/log/cassandra")
    port: int = 8080
    explicit_start: bool = False
    keep_alive: bool = True
    first_look: float = 10.0
    between_looks: float = 30.0
    between_kills: float = 5.0
    heartbeat: float = 7.0
    reconnection: float = 30.0
    query: float = 30.0
    tls: tuple[str, str, str] | None = None


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Read the variables that the image knows; all three TLS files or none, else the server's own exit codes."""
    names = ("MGMT_API_TLS_CA_CERT_FILE", "MGMT_API_TLS_CERT_FILE", "MGMT_API_TLS_KEY_FILE")
    authority, certificate, key = (environment.get(name, "") for name in names)
    if any((authority, certificate, key)):
        for name, path, code in zip(names, (authority, certificate, key), (10, 13, 16), strict=True):
            if not Path(path).is_file():
                print(f"{name}: no such file: {path!r}", file=sys.stderr)
                sys.exit(code)
    return Settings(
        home=Path(environment.get("CASSANDRA_HOME", "/opt/cassandra")),
        configuration=Path(environment.get("CASSANDRA_CONF", "/etc/cassandra")),
        log_directory=Path(environment.get("MGMT_API_LOG_DIR", "/var/log/cassandra")),
        port=int(environment.get("MGMT_API_LISTEN_TCP_PORT") or 8080),
        explicit_start=environment.get("MGMT_API_EXPLICIT_START") == "true",
        keep_alive=environment.get("MGMT_API_NO_KEEP_ALIVE") != "true",
        tls=(authority, certificate, key) if authority else None,
    )


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
        self.nodetool: subprocess.Popen[str] | None = None
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
            "-Ddb.unix_socket_file=/tmp/cassandra.sock", *extra,
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
                os.kill(pid, number)
                time.sleep(self.settings.between_kills)
            return (200, "OK\n") if self.pid() is None else (500, "Killing Cassandra Failed")

    def drain(self) -> Answer:
        """Have the node drained by nodetool, and wait for it until the connection would be lost. The drain goes on then."""
        if not self.is_bootstrapped():
            return CLOSED
        with self.draining:
            if time.monotonic() < self.disconnected_until:
                return CLOSED
            seconds = self.settings.query if self.nodetool else self.settings.heartbeat
            tool = self.nodetool or subprocess.Popen(
                [str(self.settings.home / "bin/nodetool"), "drain"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            try:
                words, _ = tool.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.nodetool, self.disconnected_until = tool, time.monotonic() + self.settings.reconnection
                return CLOSED
            self.nodetool = None
            if tool.returncode == 0:
                return 200, "OK"
            print(words, file=sys.stderr, flush=True)
            return 500, "Failed to execute method NodeOps.drain"

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


def answer(cassandra: Cassandra, method: str, target: str) -> Answer:
    """The status and body of a request, by the table of the contract."""
    url = urlsplit(target)
    pid = cassandra.pid()
    match method, url.path.rstrip("/"):
        case "GET", "/api/v0/probes/liveness":
            return (500, "") if cassandra.requested == STARTED and pid is None else (200, "OK")
        case "GET", "/api/v0/probes/readiness":
            return (200, "OK") if cassandra.is_bootstrapped() else CLOSED
        case "POST", "/api/v0/ops/node/drain":
            return cassandra.drain()
        case "POST", "/api/v0/lifecycle/start":
            return cassandra.start(parse_qs(url.query).get("replace_ip", [None])[0])
        case "POST", "/api/v0/lifecycle/stop":
            return cassandra.stop()
        case "GET", "/api/v0/lifecycle/pid":
            return (204, "") if pid is None else (200, str(pid))
        case _, path if re.match(r"/api/v[012]/(ops|metadata|lifecycle|probes|repairs|tokens)(/|$)", path):
            return 501, f"not in this double of the Management API: {method} {path}"
    return 404, ""


class Handler(BaseHTTPRequestHandler):
    """One connection: hands the requests to `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def respond(self) -> None:
        """Answer the request that was just read; its body, if any, is of no interest."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = answer(self.server.cassandra, self.command, self.path)  # type: ignore[attr-defined]
        data = body.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = respond

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing about single requests: probes come every few seconds."""


class Server(ThreadingHTTPServer):
    """The HTTP server, with TLS and a client's certificate required where the settings name the files."""

    daemon_threads = True

    def __init__(self, settings: Settings, cassandra: Cassandra) -> None:
        """Listen on every IPv4 address; port 0 chooses one."""
        self.cassandra = cassandra
        super().__init__(("0.0.0.0", settings.port), Handler)
        if settings.tls is not None:
            authority, certificate, key = settings.tls
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
            context.load_cert_chain(certificate, key)
            context.verify_mode = ssl.CERT_REQUIRED
            # The handshake happens in the connection's own thread, at its first read.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        """Bind without asking the name service for the own name, as HTTPServer would: it may not answer."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that showed no certificate: one line, and the server goes on. One that hung up: nothing."""
        error = sys.exc_info()[1]
        if isinstance(error, ssl.SSLError) or not isinstance(error, ConnectionError):
            print(f"{client_address}: {error!r}", file=sys.stderr, flush=True)


def serve(settings: Settings) -> Server:
    """A server that listens, and the keep-alive task where there is one. The caller runs serve_forever."""
    cassandra = Cassandra(settings)
    server = Server(settings, cassandra)
    if settings.keep_alive:
        if settings.explicit_start:
            cassandra.requested = STOPPED
        threading.Thread(target=cassandra.keep_alive, daemon=True).start()
    return server


def main() -> None:
    """Serve until the process is ended."""
    settings = settings_of(os.environ)
    server = serve(settings)
    print(f"Started service on tcp://0.0.0.0:{settings.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
