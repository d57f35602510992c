"""The test machine: etcd, API server, controllers, scheduler, and real nodes with kubelet, proxy, containerd and runc.

In: a state folder, the folder of built programs, images. Out: `kubectl`, and nodes that can be taken down and brought
back. One zone per node: zone-1, zone-2, … Needs root. Called by the command line in __main__.py.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from . import node
from .network import SERVICES, Network
from .processes import Processes, ShareOfCpu, alone, in_namespace, kill_all, run, wait_until

# Short paths: sockets lie below them, and their names may have 107 characters.
FOLDERS = Path("/var/tmp/cassc-nodes")
_PEERS = "http://127.0.0.1:2380"
_CLIENTS = "http://127.0.0.1:2379"
# What kubectl says when the API server has not taken the request, and how often that is borne.
_BUSY, _TRIES = "TLS handshake timeout", 10
_HERE = Path(__file__).resolve().parent.parent
_STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "local"},
    "provisioner": "kubernetes.io/no-provisioner",
    "volumeBindingMode": "WaitForFirstConsumer",
}


class Machine:
    """A running Kubernetes, from `start` to `stop`. Its letter tells it from other machines that run beside it."""

    def __init__(self, letter: str, programs: Path, nodes: int) -> None:
        self.letter = letter
        self.network = Network(letter, nodes)
        self.folder = FOLDERS / letter
        self.programs = programs
        self.run_folder = self.folder / "run"
        self.kubeconfig = self.run_folder / "kubeconfig"
        self.nodes = [node.Node(number, self.network, self.folder, programs) for number in range(1, nodes + 1)]
        self.processes = Processes(self.run_folder, ShareOfCpu(f"cassc-{letter}-kubernetes"))

    # --- Life -------------------------------------------------------------------------------------------------------

    def start(self, images: list[Path]) -> None:
        """Bring everything up; every node has the images. What an earlier run left behind is removed first."""
        self.clean()
        (self.run_folder / "certificates").mkdir(parents=True)
        self.network.build()
        self._start_control_plane()
        for one in self.nodes:
            one.prepare(self.kubeconfig)
            one.start_containerd(self.processes)
        self.import_images(images)
        for one in self.nodes:
            self._start_kubelet(one)
        self._start_services()

    def import_images(self, images: list[Path]) -> None:
        """Give them to every node; those that it has stay."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda one: one.import_images(images), self.nodes))

    def is_running(self) -> bool:
        """Whether an earlier run left it running."""
        if not self.kubeconfig.exists():
            return False
        for one in self.nodes:
            one.kubeconfig = self.kubeconfig
        return self.kubectl("get", "--raw", "/readyz", check=False, timeout=20) == "ok"

    def stop(self) -> None:
        """End everything that was started and remove it; logs of the parts stay in <folder>/logs."""
        for one in self.nodes:
            one.kill_containers()
        self.processes.stop_all()
        logs = self.folder / "logs"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        for log in self.run_folder.glob("*.log"):
            shutil.copy(log, logs)
        self.clean()

    def clean(self) -> None:
        """Remove processes, mounts, namespaces and folders of this machine, whichever run left them. Its processes are those
        in its network namespaces (parts of Kubernetes, containerd and its shims) and in its control groups (containers).
        """
        kill_all("the machine's network", self.network.processes)
        for one in self.nodes:
            kill_all(f"{one.name}'s control group", one.processes)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((path for path in mounts if path.startswith(f"{self.folder}/")), reverse=True):
            run("umount", "-l", mount, check=False)
        self.network.remove()
        self.processes.group.remove()
        shutil.rmtree(self.run_folder, ignore_errors=True)
        for one in self.nodes:
            one.remove()

    # --- Control plane ----------------------------------------------------------------------------------------------

    def _control(self, part: str, *arguments: str) -> None:
        self.processes.start(part, self.network.control_plane, str(self.programs / "kubernetes"), part, *arguments)

    def _start_control_plane(self) -> None:
        folder, token = self.run_folder, secrets.token_hex(16)
        key, tokens, certificates = folder / "service-accounts.key", folder / "tokens.csv", folder / "certificates"
        run("openssl", "genrsa", "-out", str(key), "2048", check=False)
        tokens.write_text(f'{token},admin,admin,"system:masters"\n')
        self._control(
            "etcd", "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync", "--log-level", "warn",
            "--listen-client-urls", _CLIENTS, "--advertise-client-urls", _CLIENTS, "--listen-peer-urls", _PEERS,
            "--initial-advertise-peer-urls", _PEERS, "--initial-cluster", f"default={_PEERS}",
        )  # fmt: skip
        self.start_api_server()
        self._write_kubeconfig(token, certificates / "apiserver.crt")
        self._wait_for_api_server()
        self._start_controllers()

    def _start_controllers(self) -> None:
        key, authority = self.run_folder / "service-accounts.key", self.run_folder / "certificates" / "apiserver.crt"
        self._control(
            "controller-manager", "--kubeconfig", str(self.kubeconfig), "--leader-elect=false",
            "--service-account-private-key-file", str(key), "--root-ca-file", str(authority),
            "--controllers=*,-node-ipam-controller,-cloud-node-lifecycle-controller", "--node-monitor-grace-period=20s",
        )  # fmt: skip
        self._control("scheduler", "--kubeconfig", str(self.kubeconfig), "--leader-elect=false")

    def start_api_server(self) -> None:
        """Start it, for the first time or again."""
        key, folder = self.run_folder / "service-accounts.key", self.run_folder
        self._control(
            "apiserver", "--etcd-servers", _CLIENTS, "--bind-address=0.0.0.0", f"--advertise-address={self.network.address}",
            "--secure-port=6443", "--cert-dir", str(folder / "certificates"), f"--service-cluster-ip-range={SERVICES}",
            "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file", str(key),
            "--service-account-signing-key-file", str(key), "--token-auth-file", str(folder / "tokens.csv"), "--authorization-mode=RBAC",
            "--allow-privileged", "--kubelet-preferred-address-types=InternalIP",
        )  # fmt: skip

    @contextmanager
    def without_api_server(self) -> Iterator[None]:
        """The API server is away meanwhile, and what runs beside it, as when its host restarts. (A scheduler that lives on may find
        its memory in disorder and end itself, and nobody here starts it again as a kubelet does.)
        """
        parts = ("scheduler", "controller-manager", "apiserver")
        for part in parts:
            self.processes.stop(part)
        try:
            yield
        finally:
            self.start_api_server()
            self._wait_for_api_server()
            self._start_controllers()

    def _wait_for_api_server(self) -> None:
        wait_until("the API server answers", 120, lambda: self.kubectl("get", "--raw", "/readyz", check=False) == "ok")

    def _write_kubeconfig(self, token: str, authority: Path) -> None:
        cluster = {"server": f"https://{self.network.address}:6443", "certificate-authority": str(authority)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "admin", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
            "current-context": "test",
        }
        self.kubeconfig.write_text(json.dumps(config))

    def _start_kubelet(self, one: node.Node) -> None:
        """All kubelets, those of other machines too, share the path of the device plugins' socket: two that start together
        collide.
        """
        with alone(FOLDERS / "kubelet.lock"):
            one.start_kubelet(self.processes)
            self.wait_for_node(one.name)

    def _start_services(self) -> None:
        """The cluster's DNS, and local volumes that are bound when a pod is placed."""
        self.kubectl("apply", "-f", str(_HERE / "coredns" / "coredns.yaml"))
        volumes = [volume for one in self.nodes for volume in one.volumes()]
        self.apply([_STORAGE_CLASS, *volumes])
        self.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s")

    # --- Use --------------------------------------------------------------------------------------------------------

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True, timeout: float = 300) -> str:
        """Run kubectl, inside the control plane's network. What a busy API server did not even take is asked for again."""
        program = (str(self.programs / "kubernetes"), "kubectl", f"--kubeconfig={self.kubeconfig}")
        command = in_namespace(self.network.control_plane, *program, *arguments)
        if not check:
            return run(*command, stdin=stdin, check=False, timeout=timeout)
        for _ in range(_TRIES):
            try:
                return run(*command, stdin=stdin, timeout=timeout)
            except RuntimeError as error:
                if _BUSY not in str(error):
                    raise
        return run(*command, stdin=stdin, timeout=timeout)

    def get(self, *arguments: str) -> dict:
        """`kubectl get … -o json`."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, objects: list[dict]) -> None:
        """Apply objects, at once."""
        listed = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(listed))

    def wait_for_node(self, name: str, ready: bool = True) -> None:
        """Until the control plane believes that the node is (or is not) ready."""

        def believes() -> bool:
            line = self.kubectl("get", "node", name, "--no-headers", check=False).split()
            return len(line) > 1 and line[1].startswith("Ready") is ready

        wait_until(f"node {name} is {'' if ready else 'not '}ready", 120, believes)

    @contextmanager
    def without_names(self) -> Iterator[None]:
        """CoreDNS is away meanwhile."""
        self.kubectl("-n", "kube-system", "scale", "deployment/coredns", "--replicas=0")
        try:
            yield
        finally:
            self.kubectl("-n", "kube-system", "scale", "deployment/coredns", "--replicas=1")
            self.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s")

    def node_down(self, name: str) -> None:
        """The node dies: its agent and all its containers, at once, as when the power goes."""
        one = next(one for one in self.nodes if one.name == name)
        one.stop_kubelet(self.processes)
        one.kill_containers()
        self.wait_for_node(name, ready=False)

    def node_up(self, name: str) -> None:
        """The node comes back."""
        one = next(one for one in self.nodes if one.name == name)
        self._start_kubelet(one)
