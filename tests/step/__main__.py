"""The tests of the program in the cluster against a real API server. Started by `tests/step/run`, which builds what it needs.

In: names of tests. Out: what `cargo test` says, and its exit code.
"""

from __future__ import annotations

import argparse
import difflib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent / "delivery"), str(_HERE.parent)]

from harness.machine import Machine  # noqa: E402 (the path is set above)

# The names under which topology.yaml is delivered: rights.rs has the one, needed.rs the other.
_NAMES = ("rights", "needed")


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
        for cluster in _NAMES:
            deliver(machine, chosen.root / "target/debug/cassc", Path(name, "rendered"), cluster)
        make_old_configurations(machine)
        what_is_listed = compare_rights(machine)
        kubeconfig = Path(name, "kubeconfig")
        machine.write_kubeconfig(kubeconfig, {cluster: account(cluster) for cluster in _NAMES})
        command = ["cargo", "test", "--locked", "--package", "cassc-step", "--test", "api_server", "--"]
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        environment.pop("KUBERNETES_SERVICE_HOST", None)
        tested = subprocess.run([*command, "--ignored", *chosen.tests], cwd=chosen.root, env=environment).returncode
        return tested or what_is_listed


def namespaces(cluster: str) -> tuple[str, str]:
    """Those of topology.yaml under another name."""
    return f"step-{cluster}", f"step-{cluster}-2"


def account(cluster: str) -> str:
    """Whom the program of a cluster calls as."""
    return f"system:serviceaccount:step-{cluster}:{cluster}-step"


def deliver(machine: Machine, cassc: Path, folder: Path, cluster: str) -> None:
    """Render topology.yaml under a name and apply it: the account, its rights, and what they are for."""
    topology = folder.with_name(f"{cluster}.yaml")
    topology.write_text((_HERE / "topology.yaml").read_text().replace("rights", cluster))
    subprocess.run([cassc, "--quiet", "render", topology, "-o", folder], check=True, capture_output=True)
    machine.apply(
        *[{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in namespaces(cluster)]
    )
    machine.kubectl("apply", "--server-side", "-k", str(folder / cluster))


def make_old_configurations(machine: Machine) -> None:
    """One in each namespace of `needed` that nothing refers to."""
    for number, namespace in enumerate(namespaces("needed")):
        labels = {"cassandra.datastax.com/cluster": "needed"}
        name = f"needed-dc{number + 1}-config-00000000"
        machine.make_old({"kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace, "labels": labels}})


def compare_rights(machine: Machine) -> int:
    """What kubectl lists as the rights of the account, in its own namespaces and elsewhere: as rights.txt has it, or 1."""
    listed = "".join(
        f"# {namespace}\n" + machine.kubectl("auth", "can-i", "--list", "-n", namespace, f"--as={account('rights')}")
        for namespace in (*namespaces("rights"), "default")
    )
    if os.environ.get("UPDATE_GOLDEN") == "1":
        (_HERE / "rights.txt").write_text(listed)
    expected = (_HERE / "rights.txt").read_text()
    for line in difflib.unified_diff(expected.splitlines(), listed.splitlines(), "rights.txt", "listed", lineterm=""):
        print(line)
    return int(listed != expected)


if __name__ == "__main__":
    sys.exit(main())
