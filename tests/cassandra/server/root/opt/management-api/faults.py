"""Bad answers on request: what a bad network, or a server in trouble, makes of good ones.

In: a control file, looked at with each request. Out: for each request a fault, or none. Without the file nothing goes
wrong. The file is JSON: {"seed": 7, "paths": "/api/v[012]/(ops|metadata)", "seconds": 15, "delay": 0.1, "lose": 0.1,
"drop": 0.1, "double": 0.1, "corrupt": 0.1}: a rate for each kind of fault, none for a kind that is missing. The same seed
and the same order of requests have the same faults; writing the file anew begins anew.
"""

import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = ("delay", "lose", "drop", "double", "corrupt")
# The probes of the kubelet are left alone unless somebody says otherwise.
PATHS = "/api/v[012]/(ops|metadata|repairs|tokens)"


@dataclass(frozen=True)
class Fault:
    """What happens to one request: `kind` is one of KINDS, or nothing."""

    kind: str = ""
    seconds: float = 0.0
    number: float = 0.0

    def around(self, action: Callable[[], tuple[int, Any]]) -> tuple[int, Any] | None:
        """Carry a request out; None closes the connection without an answer."""
        if self.kind == "lose":  # on the way here: nothing is done
            return None
        result = action()
        if self.kind == "double":  # as by a proxy that tries again: it is done twice
            result = action()
        if self.kind == "delay":
            time.sleep(self.seconds)
        return None if self.kind == "drop" else result  # dropped on the way back: it is done, and nobody is told

    def changed(self, data: bytes) -> bytes:
        """The body that is sent: whole, or cut, or with a wrong byte, or another one."""
        if self.kind != "corrupt":
            return data
        place = int(self.number * len(data))
        if self.number < 1 / 3:
            return data[:place]
        if self.number < 2 / 3:
            return data[:place] + b"\x00" + data[place + 1 :]
        return b"<html><body>bad gateway</body></html>"


@dataclass
class Faults:
    """The faults that the control file asks for. May be asked from several threads."""

    file: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    written: int = 0
    wanted: dict[str, Any] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    def next(self, path: str) -> Fault:
        """The fault of the next request; told on standard output."""
        with self.lock:
            self.look()
            if not self.wanted or not re.match(self.wanted.get("paths", PATHS), path):
                return Fault()
            number, change = self.dice.random(), self.dice.random()
            for kind in KINDS:
                number -= self.wanted.get(kind, 0.0)
                if number < 0:
                    print(f"fault: {kind} {path.partition('?')[0]}", flush=True)
                    return Fault(kind, self.wanted.get("seconds", 15.0), change)
            return Fault()

    def look(self) -> None:
        """Read the file where it is another one than before."""
        try:
            written = self.file.stat().st_mtime_ns
        except OSError:
            self.written, self.wanted = 0, {}
            return
        if written == self.written:
            return
        self.written = written
        try:
            self.wanted = dict(json.loads(self.file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            print(f"{self.file} is not a JSON object, so there are no faults: {error}", file=sys.stderr, flush=True)
            self.wanted = {}
        self.dice = random.Random(self.wanted.get("seed", 0))
