"""Stories that switch off one rule of the pods' scripts and must see the failure that it prevents.

Each gets a cluster, the version and a way to speak, as those in lives.py, whose proofs these are. Called by stories.py.
"""

from collections.abc import Callable

import cql
from cluster import Cluster
from lives import JOIN, ROWS, START, found_ring
from observe import expect, expect_gate, log, ring
from pod import Say
from topology import pod_of, topology


def rewriting(file: str, rule: str, instead: str) -> Callable[[dict[str, str]], dict[str, str]]:
    """A change of one place in one script; a script that no longer has the place fails the story."""

    def change(files: dict[str, str]) -> dict[str, str]:
        """The files of a ConfigMap, changed where it has the script."""
        if file not in files:
            return files
        expect(rule in files[file], f"{file} has no {rule!r} that could be switched off")
        return files | {file: files[file].replace(rule, instead)}

    return change


def without_self_exclusion(cluster: Cluster, version: str, say: Say) -> None:
    """A newcomer stays on its own seed list: rows are lost, and nothing says so."""
    cluster.change_scripts = rewriting("gate-ring.sh", 'is_own "$name" || append_seed "$name"', 'append_seed "$name"')
    pods = found_ring(cluster, version, 2, say)
    found = cql.count_found(pods[0].address, ROWS)
    expect(found < ROWS, "all rows are there although a node seeded itself: the other stories prove nothing")
    expect("will not auto bootstrap" in log(pods[1]), "the newcomer's log does not say that it seeds itself")
    say(f"only {found} of {ROWS} rows are there, as it must be without the gate's self-exclusion")


def without_founder_rule(cluster: Cluster, version: str, say: Say) -> None:
    """Every pod may found: each makes a ring of its own."""
    cluster.change_scripts = rewriting("gate.sh", '[ "$own_position" -gt 1 ]', "false")
    cluster.configure(topology(version, 2))
    pods = cluster.apply()
    cluster.wait_ready([pod.template.name for pod in pods], 2 * START)
    rings = [ring(pod) for pod in pods]
    for pod, found in zip(pods, rings, strict=True):
        expect_gate(pod, "founding the ring")
        expect(len(found) == 1, f"{pod.template.name} sees {found}: one ring, so the founder rule prevents nothing")
    say(f"two rings, as it must be without the founder rule: {rings}")


def without_marker(cluster: Cluster, version: str, say: Say) -> None:
    """Readiness leaves no marker: after a power loss the nodes wait for one another."""
    cluster.change_scripts = rewriting("ready.sh", '>"$marker.new" && mv -f "$marker.new" "$marker"', ">/dev/null")
    found_ring(cluster, version, 2, say)
    cluster.lose_power()
    pods = cluster.apply()
    cluster.wait_ready([pod_of(1), pod_of(2)], JOIN)
    waited = pods[1].init_ended - pods[1].created
    expect(pods[1].init_ended > pods[0].first_ready, "the second node started at once: the marker serves nothing")
    say(f"{pods[1].template.name} waited {waited:.0f} s for the first one, as it must without the marker")
