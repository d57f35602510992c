"""The double of Reaper: `cassandra-reaper` serves, `schema-migration` makes the tables. See tests/reaper/README.md."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import server
from settings import Refused, read, write
from storage import Broken, Storage

TERMINATED = 143


def end(number: int, frame: FrameType | None) -> None:
    """The exit code of a JVM that was asked to end; process 1 of a container is not ended otherwise."""
    os._exit(TERMINATED)


def main() -> int:
    """Serve until a signal comes, or migrate."""
    signal.signal(signal.SIGTERM, end)
    is_server = sys.argv[1:] == ["cassandra-reaper"]
    try:
        settings = read(os.environ, is_server)
        write(settings)
        if is_server:
            server.start(settings)
            print("Reaper is ready to serve", flush=True)
            signal.pause()
        Storage(settings).migrate()
    except (Refused, *Broken) as error:
        print(f"ERROR {error}", file=sys.stderr, flush=True)
        return 1
    print("the tables are current", flush=True)
    return 0


sys.exit(main())
