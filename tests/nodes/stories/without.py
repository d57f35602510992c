"""What the founder's rule, the marker and the self-exclusion are for: each is switched off, and the failure is seen.

These stories pass when things go wrong: a protection whose absence nobody notices protects nothing.
"""

from __future__ import annotations

from harness.processes import wait_until

from . import Stories, data
from .topology import three_racks


class WithoutSelfExclusion(Stories):
    """A seed that finds itself on its own list when it joins."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            (
                "without-self-exclusion",
                "a seed among its own seeds joins without its data: rows are lost",
                self.rows_lost,
            )
        ]

    def rows_lost(self) -> None:
        """As in `seed-evicted`, with a gate that leaves the pod on its own list."""
        ring, report, seed = self.ring, self.report, self.pods[1]
        ring.render(three_racks(ring.name, self.version, 3, sharing=True))
        ring.edit_configuration('is_own "$name" || append_seed "$name"', 'append_seed "$name"')
        ring.make_namespace()
        with ring.cordoned("node2", "node3"):
            ring.apply()
            ring.wait_ready([self.pods[0]], 600)
            data.write(ring, self.pods[0], "once", copies=1)
        ring.wait_ready(self.pods[:2], 600)
        report.expect("will not auto bootstrap" in ring.log(seed), f"{seed}: This node will not auto bootstrap …")
        read = data.count(ring, self.pods[0], "once", "ONE")
        report.expect(read < data.ROWS, f"only {read} of {data.ROWS} rows are read back")


class WithoutMarker(Stories):
    """A gate that does not know a node that has its place in the ring; told in the ring of the story before."""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        return [
            (
                "without-marker",
                "after a power loss without the founder's worker nobody comes back",
                self.nobody_comes_back,
            ),
            ("without-founder-rule", "a founder that lost its volume makes a second ring", self.second_ring),
        ]

    def nobody_comes_back(self) -> None:
        """The story `founder-rack-gone` with a gate that ignores the marker."""
        ring, report = self.ring, self.report
        ring.render(three_racks(ring.name, self.version, 3, sharing=True, quick=True))
        ring.make_namespace()
        ring.apply()
        ring.wait_ready(self.pods, 1200)
        named = "marker=$volume/.bootstrapped\n    joining="
        ring.edit_configuration(named, named.replace(".bootstrapped", ".no-marker"))
        ring.apply()
        node = ring.pods()[self.pods[0]]["spec"]["nodeName"]
        with ring.cordoned(node):
            ring.kubectl("delete", "pod", "--all", "--grace-period=0", "--force")
            wait_until(
                "the others wait", 120, lambda: all("waiting for" in ring.gate_says(pod) for pod in self.pods[1:])
            )
            for pod in self.pods[1:]:
                report.expect(ring.phase(pod) == "Pending", f"{pod}, which has its data: {ring.gate_says(pod)}")
        ring.wait_ready(self.pods, 600)

    def second_ring(self) -> None:
        """The story `founder-volume` with a gate whose founder always founds."""
        ring, report, founder = self.ring, self.report, self.pods[0]
        before = {member.host_id for member in ring.members(self.pods[1])}
        ring.edit_configuration("decide_founder() {\n", "decide_founder() {\n        seeds=$POD_IP; return 0\n")
        ring.apply()
        ring.lose_volume(founder)
        ring.wait_ready(self.pods, 600)
        alone = {member.host_id for member in ring.members(founder)}
        report.saw(f"{founder} sees {len(alone)} node, {self.pods[1]} sees {len(before)}")
        report.expect(not alone & before, "two rings: the founder's has no node of the other")
