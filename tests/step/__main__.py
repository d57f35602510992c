"""The tests of the program in the cluster against a real API server. Started by `tests/step/run`, which builds what it needs.

In: names of tests. Out: what `cargo test` says, and its exit code.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent / "delivery"), str(_HERE.parent)]

from harness.machine import Machine  # noqa: E402 (the path is set above)

# The namespaces of topology.yaml, and the account that is rendered for it.
_NAMESPACES = ("step-rights", "step-rights-2")
_ACCOUNT = "system:serviceaccount:step-rights:rights-step"


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
        deliver(machine, chosen.root / "target/debug/cassc", Path(name, "rendered"))
        kubeconfig = Path(name, "kubeconfig")
        kubeconfig.write_text(with_account(machine.kubeconfig.read_text()))
        kubeconfig.chmod(0o600)
        command = ["cargo", "test", "--locked", "--package", "cassc-step", "--test", "api_server", "--"]
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        environment.pop("KUBERNETES_SERVICE_HOST", None)
        return subprocess.run([*command, "--ignored", *chosen.tests], cwd=chosen.root, env=environment).returncode


def deliver(machine: Machine, cassc: Path, folder: Path) -> None:
    """Render topology.yaml and apply it: the account, its rights, and what they are for."""
    subprocess.run([cassc, "--quiet", "render", _HERE / "topology.yaml", "-o", folder], check=True, capture_output=True)
    machine.apply(*[{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in _NAMESPACES])
    machine.kubectl("apply", "--server-side", "-k", str(folder / "rights"))


def with_account(config: str) -> str:
    """The kubeconfig with a second context, `rights`, that acts as the rendered account. JSON is YAML."""
    server, authority, token = (
        re.search(rf'{key}: "([^"]+)"', config)[1] for key in ("server", "certificate-authority", "token")
    )
    users = {"admin": {"token": token}, "rights": {"token": token, "as": _ACCOUNT}}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority": authority}}],
            "users": [{"name": name, "user": user} for name, user in users.items()],
            "contexts": [{"name": name, "context": {"cluster": "test", "user": name}} for name in users],
            "current-context": "admin",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
