"""What is looked at from outside a node: its Java process, its log, its files. Called by stories.py."""

import time
from collections.abc import Callable
from pathlib import Path

from cluster import Cluster, StoryFailed
from cql import KEYSPACE
from pod import Pod


def expect(condition: object, words: str) -> None:
    """Fail the story unless something is so."""
    if not condition:
        raise StoryFailed(words)


def java_process(pod: Pod) -> tuple[int, list[str]]:
    """The number and the command line of the pod's Cassandra."""
    for number in pod.played["cassandra"].running.processes():
        try:
            words = Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8").split("\0")
        except OSError:
            continue
        if "org.apache.cassandra.service.CassandraDaemon" in words:
            return number, words
    raise StoryFailed(f"{pod.template.name}: no Cassandra runs")


def memory(pod: Pod) -> str:
    """Resident memory of Cassandra now, in MiB."""
    number, _ = java_process(pod)
    for line in Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return f"{int(line.split()[1]) // 1024} MiB"
    return "unknown"


def log(pod: Pod) -> str:
    """The system.log of the pod's Cassandra."""
    return written(pod, "system.log")


def written(pod: Pod, name: str) -> str:
    """A file of the pod's logs volume."""
    path = pod.volumes["server-logs"] / name
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def wait_for(words: str, seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"not within {seconds:.0f} s: {words}")
        time.sleep(0.5)


def gate_words(pod: Pod) -> list[str]:
    """What the gate said."""
    path = pod.folder / "server-config-init.log"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line.removeprefix("gate: ") for line in text.splitlines() if line.startswith("gate: ")]


def expect_gate(pod: Pod, beginning: str) -> None:
    """The gate's last words, with which it let the node start."""
    words = gate_words(pod)
    last = words[-1] if words else "nothing"
    expect(last.startswith(beginning), f"{pod.template.name}: the gate was to say {beginning!r} at last, not {last!r}")


def expect_rendered_files(pod: Pod) -> None:
    """The JVM has the rendered options and none of the image's; the rendered logback.xml is in force."""
    _, words = java_process(pod)
    expect("-Doption.file.of.the.image=true" not in words, "the image's option file is in force")
    for option in ("-Xmx512M", "-Djava.net.preferIPv4Stack=true", "-Dcassandra.skip_default_role_setup=true"):
        expect(option in words, f"{option} is not on the command line")
    expect(log(pod), "there is no system.log, so the rendered logback.xml is not in force")


def streamed_tables(cluster: Cluster, pod: str) -> int:
    """How many SSTables of the story's table lie in a pod's volume."""
    return len(list((cluster.volume(pod) / "data" / KEYSPACE).glob("rows-*/*-Data.db")))


def ring(pod: Pod) -> list[str]:
    """The nodes as `nodetool status` of this pod lists them: state, address, rack."""
    status, output = pod.played["cassandra"].running.run(["nodetool", "status"], 60)
    expect(status == 0, f"nodetool status: {output}")
    nodes = [line.split() for line in output.splitlines() if line[:2] in ("UN", "DN", "UJ", "UL", "DJ", "DL")]
    return [f"{words[0]} {words[1]} {words[-1]}" for words in nodes]


def wait_for_ring(pod: Pod, states: list[str], seconds: float) -> list[str]:
    """Wait until a pod sees so many nodes in these states; the ring as it lists them."""
    end = time.monotonic() + seconds
    while True:
        found = ring(pod)
        if sorted(node[:2] for node in found) == sorted(states):
            return found
        expect(time.monotonic() < end, f"the ring did not become {states} within {seconds:.0f} s: {found}")
        time.sleep(2)
