"""Bad answers of the Management API, by the double's own switch (../cassandra/server/README.md): answers that come late or
never, requests that are lost or carried out twice, bodies that are cut or changed. Called by the stories of crashes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .background import again_and_again
from .ring import Ring

_FILE = "/tmp/management-api-faults.json"
_KINDS = ("delay", "lose", "drop", "double", "corrupt")


@contextmanager
def answering_badly(ring: Ring, rate: float, seed: str) -> Iterator[Counter]:
    """Meanwhile every node has faults of every kind, each in that share of its answers. How many there were, by kind, of the
    pods that are there at the end.
    """
    seen, done = Counter(), set()
    try:
        with again_and_again(3, lambda: done.update(_switch_on(ring, rate, seed, done))):
            yield seen
    finally:
        for pod in ring.pods():
            seen.update(_seen(ring, pod))
            ring.kubectl("exec", pod, "-c", "cassandra", "--", "rm", "-f", _FILE, check=False)


def _switch_on(ring: Ring, rate: float, seed: str, done: set[str]) -> set[str]:
    """Switch it on in the pods that have none yet; their UIDs."""
    new = set()
    for name, pod in ring.pods().items():
        uid = pod["metadata"]["uid"]
        if uid not in done and pod["status"]["phase"] == "Running":
            wanted = {"seed": f"{seed} {name}", "seconds": 15, **dict.fromkeys(_KINDS, rate)}
            command = f"echo '{json.dumps(wanted)}' > {_FILE} && echo written"
            if "written" in ring.kubectl("exec", name, "-c", "cassandra", "--", "sh", "-c", command, check=False):
                new.add(uid)
    return new


def _seen(ring: Ring, pod: str) -> Counter:
    log = ring.kubectl("logs", pod, "-c", "cassandra", "--tail=-1", check=False)
    lines = [line.split() for line in log.splitlines() if line.startswith("fault: ")]
    return Counter(words[1] for words in lines)
