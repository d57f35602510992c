"""A ring that lives as Cass Operator keeps it, with data, is taken over by `cassc adopt`; then the power goes.

The objects are those of tests/adopt (`operated.py`): explicit start, no keep-alive, no gate, no marker in the volumes. No operator
runs. What it would do is done here: a node is started through the Management API of its pod, one after the other. Its two images
cannot be had: the configuration is filled in by a shell, and the log is printed by `tail`, both in the server's image.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from harness.processes import in_namespace, run, wait_until

from . import Stories, data
from .topology import QUICK

sys.path.append(str(Path(__file__).resolve().parents[2] / "adopt"))

import operated  # noqa: E402 (the path is set above)
import operator_parts  # noqa: E402

KEYSPACE = "kept"
_STEPS = ("check", "operator", "state", "base", "statefulsets", "custom-resource", "diff")
_KINDS = "sts,svc,pdb,pvc,cm,pods,endpointslices,cassdc"

_TOPOLOGY = """apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {{name: {name}, namespace: {name}}}
spec:
  kubernetes: {{version: "1.36"}}
  cassandra: {{version: "{version}", jvm: {{heap: 400Mi, options: ["{quick}"]}}}}
  auth: {{authenticator: AllowAll}}
  resources: {{requests: {{cpu: 100m, memory: 1400Mi}}, limits: {{memory: 1400Mi}}}}
  storage: {{class: local, size: 1Ti}}
  rollout: {{stopped: true}}
  datacenters:
    - {{name: dc1, nodes: 3, racks: [{{name: r1, zone: zone-1}}, {{name: r2, zone: zone-2}}, {{name: r3, zone: zone-3}}]}}
  scheduling: {{severalNodesPerWorker: true}}
  delivery: {{dialect: plain}}
"""

# What the config builder does: the files of the image, and over them those that are mounted, filled in.
_BUILD = r"""set -eu
cp -R /etc/cassandra/. /config/
rm -f /config/cassandra-topology.properties
for file in /files/*; do
    case $file in *.sh) continue ;; esac
    rm -f "/config/${file##*/}"
    sed -e "s|@SEEDS@|$SEEDS|g" -e "s|@POD_IP@|$POD_IP|g" -e "s|@BROADCAST_RPC_ADDRESS@|$POD_IP|g" \
        -e "s|@RPC_ADDRESS@|0.0.0.0|g" -e "s|@DATACENTER@|$DATACENTER|g" -e "s|@RACK@|$RACK_NAME|g" \
        -e "s|@PREFER_IPV4@|true|g" -e "s|@PREFER_IPV6@|false|g" "$file" >"/config/${file##*/}"
done
"""


class _Datacenter(operated.Datacenter):
    """As the operator makes it, in the images that are at hand."""

    zones = {"r1": "zone-1", "r2": "zone-2", "r3": "zone-3"}

    def pod_spec(self, rack: str) -> dict:
        """The operator's, but for the two containers whose images cannot be had."""
        spec = super().pod_spec(rack)
        spec["initContainers"] = [self._builder(spec["initContainers"][-1], rack)]
        cassandra, logger = spec["containers"]
        cassandra["securityContext"] = {}
        cassandra["volumeMounts"] = [it for it in cassandra["volumeMounts"] if it["name"] != "etc-cassandra"]
        cassandra["resources"] = {"requests": {"cpu": "100m", "memory": "1400Mi"}, "limits": {"memory": "1400Mi"}}
        tail = ["sh", "-c", "tail -n+1 -F /var/log/cassandra/system.log"]
        logger |= {"image": self.image(), "command": tail, "resources": {}}
        spec["volumes"].append({"name": "files", "configMap": {"name": "files"}})
        spec["nodeSelector"] = {"topology.kubernetes.io/zone": self.zones[rack]}
        del spec["affinity"]
        return spec

    def _builder(self, builder: dict, rack: str) -> dict:
        told = {"SEEDS": f"{self.cluster}-seed-service", "DATACENTER": self.name}
        environment = [*builder["env"], *({"name": name, "value": value} for name, value in told.items())]
        mounts = [{"name": "server-config", "mountPath": "/config"}, {"name": "files", "mountPath": "/files"}]
        return {
            "name": builder["name"],
            "image": self.image(),
            "command": ["sh", "-c", _BUILD],
            "env": environment,
            "volumeMounts": mounts,
        }


class Adopted(Stories):
    """Three racks of one node."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("adopted-before", "a ring as the operator keeps it, with rows", self.make),
            ("adopted-adopt", "the runbook, literally: no pod restarts, every row is there", self.adopt),
            ("adopted-restart", "a container that restarts stays off; its pod, deleted, comes back", self.restart),
            (
                "adopted-power-loss",
                "all pods at once: they come back with cassc's template, and every row",
                self.power_loss,
            ),
        ]

    # --- As the operator does -----------------------------------------------------------------------------------------

    def make(self) -> None:
        """Objects, then one node after the other, the first of them labelled as a seed before it starts."""
        ring, machine = self.ring, self.ring.machine
        ring.render(_TOPOLOGY.format(name=ring.name, version=self.version, quick=QUICK))
        metadata = {"name": ring.namespace}
        machine.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, operator_parts.definition()])
        definition = f"crd/cassandradatacenters.{operated.GROUP}"
        machine.kubectl("wait", "--for=condition=established", definition, "--timeout=60s")
        names = ["r1", "r2", "r3"]
        more = {"class_of_volumes": "local", "size_of_volumes": "1Ti", "memory": "1400Mi"}
        more["config"] = {"cassandra-yaml": {"num_tokens": 16}}
        self.datacenter = _Datacenter(ring.name, "dc1", names, 3, ring.namespace, self.version, **more)
        self._create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "files"}, "data": self._files()})
        self._create(self.datacenter.custom_resource())
        uid, generation = self._resource("{.metadata.uid} {.metadata.generation}").split()
        for one in self.datacenter.objects(uid):
            self._create(one)
        for pod in self.pods:
            self._start(pod)
        self.ids = ring.host_ids(self.pods)
        status = json.dumps({"status": self.datacenter.status(int(generation), self.ids)})
        ring.kubectl("patch", "cassandradatacenter", "dc1", "--subresource=status", "--type=merge", "-p", status)
        data.write(ring, self.pods[0], KEYSPACE, copies=3)

    def _files(self) -> dict[str, str]:
        """The configuration that cassc renders, as the operator's builder would have it too."""
        (file,) = self.ring.tree.rglob("v1_configmap_*-config-*.yaml")
        printed = self.ring.machine.kubectl("create", "--dry-run=client", "-o", "json", "-f", str(file))
        return json.loads(printed)["data"]

    def _create(self, one: dict) -> None:
        arguments = ("-n", self.ring.namespace, "create", f"--field-manager={operated.MANAGER}", "-f", "-")
        self.ring.machine.kubectl(*arguments, stdin=json.dumps(one))

    def _resource(self, path: str) -> str:
        return self.ring.kubectl("get", "cassandradatacenter", "dc1", "-o", f"jsonpath={path}")

    def _start(self, pod: str) -> None:
        ring = self.ring
        wait_until(f"{pod} runs", 300, lambda: ring.phase(pod) == "Running", pause=2)
        if pod == self.pods[0]:
            ring.kubectl("label", "pod", pod, f"{operated.GROUP}/seed-node=true")
            wait_until("its name is known", 60, lambda: self._resolves(pod), pause=2)
        start = "curl -sS -X POST http://localhost:8080/api/v0/lifecycle/start"
        wait_until(
            f"{pod} takes the order",
            120,
            lambda: "OK" in ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", start, check=False),
            pause=3,
        )
        ring.wait_ready([pod], 600)

    def _resolves(self, pod: str) -> bool:
        service = f"{self.ring.name}-seed-service"
        found = self.ring.kubectl("exec", pod, "-c", "cassandra", "--", "getent", "ahosts", service, check=False)
        return self.ring.address(pod) in found

    # --- As a person does ---------------------------------------------------------------------------------------------

    def adopt(self) -> None:
        """Dump, `cassc adopt`, and the script, step by step."""
        ring, folder = self.ring, self.ring.folder / "adopt"
        folder.mkdir()
        (folder / "dump.yaml").write_text(ring.kubectl("get", _KINDS, "-o", "yaml"))
        files = ("--from", str(folder / "dump.yaml"), "--topology", str(ring.folder / "ring.yaml"))
        run(str(ring.cassc), "adopt", *files, "-o", str(folder))
        before = self._lives()
        for step in _STEPS:
            self.report.saw(self._step(folder, step).splitlines()[-1])
            self.report.expect(self._lives() == before, f"{step}: the same pods, none of whose containers restarted")
        ring.tree = folder / "deploy" / ring.name
        self.report.expect(ring.host_ids(self.pods) == self.ids, "the same nodes")
        self._expect_rows()

    def _step(self, folder: Path, step: str) -> str:
        machine = self.ring.machine
        kubectl = f"{machine.programs / 'kubernetes'} kubectl --kubeconfig={machine.kubeconfig}"
        environment = (f"KUBECTL={kubectl}", "OPERATOR=none")
        command = ("env", *environment, "sh", str(folder / "adopt.sh"), step)
        return run(*in_namespace(machine.network.control_plane, *command))

    def _lives(self) -> dict[str, tuple[str, int]]:
        return {name: (pod["metadata"]["uid"], self.ring.restarts(name)) for name, pod in self.ring.pods().items()}

    def _expect_rows(self) -> None:
        read = data.count(self.ring, self.pods[0], KEYSPACE, "QUORUM")
        self.report.expect(read == data.ROWS, f"{read} of {data.ROWS} rows are read back at QUORUM")

    def restart(self) -> None:
        """What adopt.md says of the time until the first rolling restart."""
        ring, report, pod = self.ring, self.report, self.pods[1]
        ring.kubectl("exec", pod, "-c", "cassandra", "--", "sh", "-c", "kill -9 -1", check=False)
        wait_until("the kubelet restarted it", 120, lambda: ring.restarts(pod) > 0)
        pid = ("exec", pod, "-c", "cassandra", "--", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}")
        no_process = "204"
        asked = (*pid, "http://localhost:8080/api/v0/lifecycle/pid")
        wait_until("its Management API answers", 120, lambda: ring.kubectl(*asked, check=False) == no_process, pause=5)
        for _ in range(3):
            # Keep-alive would have started it by now.
            wait_until("another look", 30, lambda: ring.kubectl(*asked, check=False) == no_process, pause=15)
        report.expect(not ring.is_ready(pod), f"{pod}: its Management API runs, and Cassandra does not")
        ring.kubectl("delete", "pod", pod)
        ring.wait_ready([pod], 600)
        report.saw(f"deleted, and ready again: {ring.gate_says(pod)}")
        report.expect("member of the ring" in ring.gate_log(pod), "its gate let it start at once")
        report.expect(ring.host_ids(self.pods) == self.ids, "all host ids as before")
        self._expect_rows()

    def power_loss(self) -> None:
        """Two of the three have never been started by cassc."""
        ring, report = self.ring, self.report
        ring.kubectl("delete", "pod", "--all", "--grace-period=0", "--force")
        ring.wait_ready(self.pods, 900)
        for pod in self.pods:
            report.expect("member of the ring" in ring.gate_log(pod), f"{pod}: {ring.gate_says(pod)}")
        report.expect([it.state for it in ring.members(self.pods[0])] == ["UN"] * 3, "one ring, all Up/Normal")
        report.expect(ring.host_ids(self.pods) == self.ids, "all host ids as before")
        self._expect_rows()
