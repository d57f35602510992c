"""The HTTP side. In: requests. Out: answers: what the server knows by itself here, what it asks Cassandra in metadata.py and jobs.py."""

import json
import re
import socketserver
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import faults
import jobs
import metadata
from process import CLOSED, STARTED, STOPPED, Answer, Cassandra
from request import Request, Route, answered
from settings import Settings

ROUTES = metadata.ROUTES | jobs.ROUTES


def answer(cassandra: Cassandra, method: str, target: str, content: bytes) -> Answer:
    """The status and body of a request, by the table of the contract."""
    url = urlsplit(target)
    path, query, pid = url.path.rstrip("/"), parse_qs(url.query), cassandra.pid()
    match method, path:
        case "GET", "/api/v0/probes/liveness":
            return (500, "") if cassandra.requested == STARTED and pid is None else (200, "OK")
        case "GET", "/api/v0/probes/readiness":
            return (200, "OK") if cassandra.is_bootstrapped() else CLOSED
        case "POST", "/api/v0/lifecycle/start":
            return cassandra.start(query.get("replace_ip", [None])[0])
        case "POST", "/api/v0/lifecycle/stop":
            return cassandra.stop()
        case "GET", "/api/v0/lifecycle/pid":
            return (204, "") if pid is None else (200, str(pid))
        case "POST", "/api/v0/ops/node/drain":
            return answered(cassandra.drain, cassandra.settings.query)
    if (method, path) in ROUTES:
        return ask_cassandra(cassandra, ROUTES[method, path], query, content)
    if re.match(r"/api/v[012]/(ops|metadata|lifecycle|probes|repairs|tokens)(/|$)", path):
        return 501, f"not in this double of the Management API: {method} {path}"
    return 404, ""


def ask_cassandra(cassandra: Cassandra, route: Route, query: dict[str, list[str]], content: bytes) -> Answer:
    """The answer to a request that Cassandra has to answer."""
    if not cassandra.is_bootstrapped():
        return CLOSED
    settings = cassandra.settings
    request = Request(settings.socket, settings.query, query, content)
    return answered(lambda: route(request), settings.query)


class Handler(BaseHTTPRequestHandler):
    """One connection: hands the requests to `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def respond(self) -> None:
        """Answer the request that was just read, unless a fault that was asked for lets it go wrong."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cassandra: Cassandra = self.server.cassandra  # type: ignore[attr-defined]
        fault = self.server.faults.next(self.path)  # type: ignore[attr-defined]
        result = fault.around(lambda: answer(cassandra, self.command, self.path, content))
        if result is None:
            self.close_connection = True
            return
        status, body = result
        self.send_response(status)
        data = b""
        if status != 204:
            data = fault.changed((body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))).encode())
            self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
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
        self.faults = faults.Faults(settings.faults)
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
