"""Volumes grow by commits: with a StorageClass that allows it, and with one that does not."""

from __future__ import annotations

from harness.report import Report
from harness.resizer import CLASS, make_class, resizing
from harness.ring import Ring

from .settled import Settled


class Volumes(Settled):
    """A ring of two nodes in two racks, one on volumes that can grow."""

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        super().__init__(ring, report, version)
        self.pods = self.pods[:2]
        self.spec["storage"] = {"class": CLASS, "size": "1Ti"}
        datacenter = self.spec["datacenters"][0]
        datacenter["nodes"], datacenter["racks"] = 2, datacenter["racks"][:2]
        datacenter["racks"][1]["storage"] = {"class": "local"}

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            ("volumes-install", "two racks with a StorageClass each", self.tell_install),
            ("volumes-grow", "`expandTo` in the rack whose class allows it: no pod restarts", self.grow),
            ("volumes-refused", "`expandTo` in the other rack is refused, and nothing is asked for", self.refuse),
        ]

    def tell_install(self) -> None:
        """As every ring."""
        make_class(self.ring.machine)
        self.install()
        self.report.expect(self.everyone_is_up(2), "one ring of two nodes, both Up/Normal")
        for name, (requested, capacity) in self.sizes().items():
            self.report.saw(f"{name} asks for {requested} and has {capacity}")

    def sizes(self) -> dict[str, tuple[str, str]]:
        """What each claim asks for, and what it has."""
        items = self.ring.machine.get("pvc", "-n", self.ring.namespace)["items"]
        requested = {it["metadata"]["name"]: it["spec"]["resources"]["requests"]["storage"] for it in items}
        return {
            it["metadata"]["name"]: (requested[it["metadata"]["name"]], it["status"]["capacity"]["storage"])
            for it in items
        }

    def grow(self) -> None:
        """The driver's resizer is a double, see harness/resizer.py."""
        before = self.uids()
        self.spec["datacenters"][0]["racks"][0]["storage"] = {"expandTo": "2Ti"}
        with resizing(self.ring.machine, self.ring.namespace):
            self.settle()
        log = self.program.log()
        for line in log:
            self.report.saw(line)
        sizes = self.sizes()[f"server-data-{self.pods[0]}"]
        self.report.expect(sizes == ("2Ti", "2Ti"), f"it asks for {sizes[0]} and has {sizes[1]}")
        self.expect_logged(any("ClaimGrows" in line for line in log), "the Job waited until it had grown")
        self.report.expect(self.uids() == before, "no pod restarted")

    def refuse(self) -> None:
        """The class `local` has no allowVolumeExpansion."""
        report, before, sizes = self.report, self.uids(), self.sizes()
        self.spec["datacenters"][0]["racks"][1]["storage"] = {"class": "local", "expandTo": "2Ti"}
        self.commit()
        verdict = self.program.wait_ended("Failed", 600)
        report.saw(verdict)
        name = f"server-data-{self.pods[1]}"
        report.expect("ClassDoesNotExpand" in verdict and name in verdict, "refused, the PVC is named")
        report.expect(self.program.conditions()["Refused"], "the condition Refused is true")
        report.expect((self.uids(), self.sizes()) == (before, sizes), "no pod restarted, no PVC was changed")
        allow = '{"allowVolumeExpansion": true}'
        self.ring.machine.kubectl("patch", "storageclass", "local", "--type=merge", "-p", allow)
        self.spec["rollout"] = {"retry": "the class allows it"}
        self.commit()
        report.saw(self.program.wait_logged("ClaimGrows"))
        report.expect(self.sizes()[name] == ("2Ti", "1Ti"), "when the class allows it, another token asks for it")

    def end(self) -> None:
        """The class is as the other rings know it."""
        super().end()
        forbid = '{"allowVolumeExpansion": false}'
        self.ring.machine.kubectl("patch", "storageclass", "local", "--type=merge", "-p", forbid)
