"""The tests of the program in the cluster against a real API server. Started by `tests/step/run`, which builds what it needs.

In: names of tests. Out: what `cargo test` says, and its exit code.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent / "delivery"), str(_HERE.parent)]

from harness.machine import Machine  # noqa: E402 (the path is set above)


def main() -> int:
    """Start the machine, run the tests, stop it."""
    parser = argparse.ArgumentParser(prog="tests/step/run", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="run these only; a part of a name is enough")
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with (
        tempfile.TemporaryDirectory(prefix=f"cassc-step-{os.getpid()}-") as name,
        Machine(Path(name, "main"), chosen.programs) as machine,
    ):
        print(f"control plane and nodes are ready after {machine.seconds_to_start:.1f} s", flush=True)
        # A test is a client of one thread; together they would only wait for each other's pods.
        command = ["cargo", "test", "--locked", "--package", "cassc-step", "--test", "api_server", "--"]
        environment = {**os.environ, "KUBECONFIG": str(machine.kubeconfig)}
        environment.pop("KUBERNETES_SERVICE_HOST", None)
        return subprocess.run([*command, "--ignored", *chosen.tests], cwd=chosen.root, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
