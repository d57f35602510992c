"""Stands in for the server of the Management API (see ../../../README.md for its contract).

In: the image's environment variables, HTTP requests, the pid file that bin/cassandra writes. Out: a Cassandra process
that is started and kept alive, answers to what is asked. Started by the entry point as `python3 -I /opt/management-api`.
Needs nothing but Debian's python3 package, and spends no processor time between requests.
"""

import os

from http_server import serve
from settings import settings_of


def main() -> None:
    """Serve until the process is ended."""
    settings = settings_of(os.environ)
    server = serve(settings)
    print(f"Started service on tcp://0.0.0.0:{settings.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
