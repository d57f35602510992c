"""The machine under the pods: a network for one story, a root folder for the image, cassc and the jars.

In: the target folder, a Cassandra version. Out: namespaces with addresses, and paths. Called by cluster.py and pod.py.
Everything lives in the namespaces that tests/cassandra/run made, and vanishes with them.
"""

import itertools
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATH = "/opt/cassandra/bin:/usr/local/bin:/usr/bin:/bin"


def command(*words: str | Path) -> str:
    """Run a program that must succeed; what it printed."""
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def prepare_machine() -> None:
    """Once per run: a place for named network namespaces that nobody else sees, and a loopback that works."""
    Path("/run/netns").mkdir(parents=True, exist_ok=True)
    command("mount", "-t", "tmpfs", "netns", "/run/netns")
    command("ip", "link", "set", "lo", "up")


def versions() -> dict[str, str]:
    """Minor → version, from tests/cassandra/versions."""
    text = (HERE.parent / "versions").read_text(encoding="utf-8")
    return {version.rpartition(".")[0]: version for version in text.split()}


def render(topology: Path, binary: Path) -> str:
    """What `cassc render` prints for a topology."""
    return command(binary, "render", topology)


@dataclass(frozen=True)
class Image:
    """Stands for the server image: what a container mounts before its volumes (source → target), its variables."""

    mounts: dict[str, str]
    environment: dict[str, str]
    configuration: Path


def image(folder: Path, version: str) -> Image:
    """Make the image of a version in a folder: the double's files and agent, the jars, tini and the machine's own Java 17."""
    jars = command(HERE.parent / "jars.sh", version).strip()
    tini, java = shutil.which("tini"), shutil.which("java")
    if tini is None or java is None:
        raise RuntimeError("tini or java is not installed")
    shutil.copytree(HERE.parent / "server/root", folder, symlinks=True)
    (folder / "opt/cassandra/lib").mkdir()
    agent = command(HERE.parent / "server/agent.sh").strip()
    shutil.copy(agent, folder / "opt/management-api/datastax-mgmtapi-agent.jar")
    mounts = {str(folder / name): f"/{name}" for name in ("opt", "etc/cassandra", "docker-entrypoint.sh")}
    mounts |= {jars: "/opt/cassandra/lib", tini: "/tini"}
    java_home = Path(java).resolve().parents[1]
    if not java_home.is_relative_to("/usr"):
        mounts[str(java_home)] = str(java_home)
    return Image(mounts, {"JAVA_HOME": str(java_home), "PATH": PATH, "HOME": "/"}, folder / "etc/cassandra")


_numbers = itertools.count(1)
_subnets = itertools.count(1)


@dataclass
class Network:
    """One story's bridge. Pods get 10.<subnet>.0.2 and on; an address is never given out twice."""

    subnet: int = field(default_factory=lambda: next(_subnets))
    addresses: "itertools.count[int]" = field(default_factory=lambda: itertools.count(2))

    def __post_init__(self) -> None:
        """Make the bridge; the runner itself is .0.1, where a kubelet and clients would be."""
        command("ip", "link", "add", self.bridge, "type", "bridge")
        command("ip", "address", "add", f"10.{self.subnet}.0.1/16", "dev", self.bridge)
        command("ip", "link", "set", self.bridge, "up")

    @property
    def bridge(self) -> str:
        """The bridge's name."""
        return f"pods{self.subnet}"

    def add(self) -> tuple[str, str]:
        """A new namespace on the bridge: its name and its address."""
        number, host = next(_numbers), next(self.addresses)
        name, link = f"pod{number}", f"veth{number}"
        address = f"10.{self.subnet}.{host // 250}.{host % 250 + 1}"
        command("ip", "netns", "add", name)
        command("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name)
        command("ip", "link", "set", link, "master", self.bridge, "up")
        command("ip", "-n", name, "address", "add", f"{address}/16", "dev", "eth0")
        command("ip", "-n", name, "link", "set", "lo", "up")
        command("ip", "-n", name, "link", "set", "eth0", "up")
        return name, address

    @staticmethod
    def remove(name: str) -> None:
        """Take a namespace away, with its end of the link."""
        command("ip", "netns", "delete", name)
