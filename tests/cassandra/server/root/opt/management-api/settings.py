"""Where things lie and what the environment asks for. In: the image's environment variables. Out: values."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where things lie, what the environment asks for; in seconds the rhythm of the keep-alive task, and of the connection to
    Cassandra: until a request that it does not answer is given up for lost, until it is made again, for a query then."""

    home: Path = Path("/opt/cassandra")
    configuration: Path = Path("/etc/cassandra")
    pid_file: Path = Path("/tmp/cassandra.pid")
    socket: Path = Path("/tmp/cassandra.sock")
    faults: Path = Path("/tmp/management-api-faults.json")
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
