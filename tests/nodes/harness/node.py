"""One real node: containerd, kubelet and kube-proxy in a network namespace, with local volumes. Called by machine.py."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .network import Network
from .processes import Processes, run, wait_until

_CGROUPS = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "pids", "blkio", "devices", "freezer", "systemd")
_VOLUMES = 16
# The kernel weighs a group of version 1 against single processes outside of it, which have 1024 each. With the group's own
# 1024 all pods of a node together get no more than one compiler that runs beside them, and probes time out.
_SHARES = 8 * 1024

# restrict_oom_score_adj: where the machine grants no CAP_SYS_RESOURCE, a sandbox may not lower its score.
_CONTAINERD = """version = 2
root = "{folder}/containerd"
state = "{run}/containerd{number}"
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/cassc/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/cni"
"""


class Node:
    """The node with that number, from 1, in the network of its machine."""

    def __init__(self, number: int, network: Network, folder: Path, programs: Path) -> None:
        self.number = number
        self.network = network
        self.name = f"node{number}"
        self.zone = f"zone-{number}"
        self.folder = folder / self.name
        self.run_folder = folder / "run"
        self.programs = programs
        self.socket = self.run_folder / f"containerd{number}.sock"
        self.namespace = network.namespace_of(number)
        self.cgroup = self.namespace

    def prepare(self, kubeconfig: Path) -> None:
        """Write the configuration of containerd, of the network plugin and of the kubelet."""
        self.kubeconfig = kubeconfig
        (self.folder / "cni").mkdir(parents=True)
        values = {"folder": self.folder, "run": self.run_folder, "number": self.number, "socket": self.socket}
        (self.folder / "containerd.toml").write_text(_CONTAINERD.format(**values))
        (self.folder / "cni" / "10-pods.conflist").write_text(json.dumps(self._pod_network()))
        (self.folder / "kubelet.yaml").write_text(json.dumps(self._kubelet_configuration()))
        self._make_cgroups()

    def _pod_network(self) -> dict:
        addresses = {
            "type": "host-local",
            "ranges": [[{"subnet": self.network.pods_of(self.number)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": str(self._addresses.parent),
        }
        bridge = {
            "type": "bridge",
            "bridge": "cni0",
            "isGateway": True,
            "hairpinMode": True,
            "ipMasq": False,
            "ipam": addresses,
        }
        return {"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge]}

    @property
    def _addresses(self) -> Path:
        """Where the plugin keeps a file per address that is in use."""
        return self.run_folder / f"addresses{self.number}" / "pods"

    def is_in_use(self, address: str) -> bool:
        """Whether a pod of this node has the address."""
        return (self._addresses / address).exists()

    @contextmanager
    def only_free(self, *addresses: str) -> Iterator[None]:
        """Pods that start on this node meanwhile get one of these addresses."""
        start = self.network.pods_of(self.number).rpartition(".")[0]
        others = {f"{start}.{number}" for number in range(2, 255)} - set(addresses)
        taken = [self._addresses / other for other in others if not self.is_in_use(other)]
        for file in taken:
            file.write_text("kept free\r\neth0")
        try:
            yield
        finally:
            for file in taken:
                file.unlink()

    def _kubelet_configuration(self) -> dict:
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "containerRuntimeEndpoint": f"unix://{self.socket}",
            "failCgroupV1": False,
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{self.cgroup}",
            "failSwapOn": False,
            # A full disk must not make the kubelet delete the images.
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
            "authorization": {"mode": "AlwaysAllow"},
            "clusterDNS": ["10.96.0.10"],
            "clusterDomain": "cluster.local",
            "syncFrequency": "10s",
            "resolvConf": "",
            "podLogsDir": str(self.folder / "logs"),
            "enforceNodeAllocatable": [],
        }

    def _make_cgroups(self) -> None:
        """A root of its own for the kubelet, in every hierarchy of version 1 or in the one of version 2."""
        if (_CGROUPS / "cgroup.controllers").exists():
            (_CGROUPS / self.cgroup).mkdir(exist_ok=True)
            return
        for controller in _CONTROLLERS:
            if (_CGROUPS / controller).is_dir():
                (_CGROUPS / controller / self.cgroup).mkdir(exist_ok=True)
        for kind in ("cpuset.cpus", "cpuset.mems"):
            allowed = (_CGROUPS / "cpuset" / kind).read_text()
            (_CGROUPS / "cpuset" / self.cgroup / kind).write_text(allowed)
        (_CGROUPS / "cpu" / self.cgroup / "cpu.shares").write_text(str(_SHARES))

    def _cgroups(self) -> list[Path]:
        """The roots of the node's control groups that exist."""
        roots = [_CGROUPS / controller / self.cgroup for controller in (*_CONTROLLERS, ".")]
        return [root for root in roots if root.is_dir()]

    def start_containerd(self, processes: Processes) -> None:
        """Start the container runtime."""
        configuration = str(self.folder / "containerd.toml")
        processes.start(f"containerd{self.number}", self.namespace, "containerd", "--config", configuration)
        wait_until(f"containerd of {self.name} answers", 30, lambda: "server:" in self._ctr("version").lower())

    def _ctr(self, *arguments: str, timeout: float = 120) -> str:
        return run("ctr", "-a", str(self.socket), "-n", "k8s.io", *arguments, check=False, timeout=timeout)

    def import_images(self, images: list[Path]) -> None:
        """Give the node these image archives."""
        for image in images:
            imported = self._ctr("images", "import", str(image), timeout=900)
            if "done" not in imported and "saved" not in imported:
                raise RuntimeError(f"{self.name} does not take {image}: {imported[-1000:]}")

    def start_kubelet(self, processes: Processes) -> None:
        """Start the node's agent and its proxy."""
        kubernetes, labels = str(self.programs / "kubernetes"), f"topology.kubernetes.io/zone={self.zone}"
        processes.start(
            f"kubelet{self.number}", self.namespace, kubernetes, "kubelet", "--config", str(self.folder / "kubelet.yaml"),
            "--kubeconfig", str(self.kubeconfig), "--root-dir", str(self.folder / "kubelet"),
            "--cert-dir", str(self.folder / "certificates"), "--hostname-override", self.name,
            "--node-ip", self.network.address_of(self.number), "--node-labels", labels, "--v=1",
        )  # fmt: skip
        processes.start(
            f"proxy{self.number}", self.namespace, kubernetes, "proxy", "--kubeconfig", str(self.kubeconfig),
            "--hostname-override", self.name, "--proxy-mode", "iptables", "--cluster-cidr", self.network.pods,
            "--conntrack-max-per-core", "0", "--conntrack-tcp-timeout-established", "0",
            "--conntrack-tcp-timeout-close-wait", "0",
        )  # fmt: skip

    def stop_kubelet(self, processes: Processes) -> None:
        """Stop the agent and the proxy; containers go on."""
        processes.stop(f"kubelet{self.number}")
        processes.stop(f"proxy{self.number}")

    def kill_containers(self) -> None:
        """Kill every process of every container of this node."""
        if self.socket.exists():
            for task in self._ctr("tasks", "ls", "-q").split():
                self._ctr("tasks", "kill", "--all", "-s", "KILL", task, timeout=20)

    def processes(self) -> list[int]:
        """Every process of every container of this node, as its control groups have them."""
        files = [file for root in self._cgroups() for file in root.rglob("cgroup.procs")]
        return sorted({int(line) for file in files for line in file.read_text().split()})

    def volumes(self) -> list[dict]:
        """The node's persistent volumes."""
        return [self.new_volume(name, "local") for name in map(str, range(_VOLUMES))]

    def new_volume(self, name: str, storage_class: str) -> dict:
        """A persistent volume of that class, in a folder of that name."""
        folder = self.folder / "volumes" / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o777)
        here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [self.name]}
        spec = {
            "capacity": {"storage": "1Ti"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "persistentVolumeReclaimPolicy": "Retain",
            "local": {"path": str(folder)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        }
        metadata = {"name": f"{self.name}-{name}"}
        return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}

    def remove(self) -> None:
        """Delete the node's folders; its control groups go when they are empty."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for root in self._cgroups():
            for group in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
                _remove_group(group)
            _remove_group(root)


def _remove_group(group: Path) -> None:
    try:
        group.rmdir()
    except OSError:
        return
