"""How nodes join: in the compiled order, one at a time. Used by every story in which pods start for the first time."""

from __future__ import annotations

from datetime import datetime

from harness.report import Report
from harness.ring import Ring


def expect_one_at_a_time(ring: Ring, report: Report, pods: list[str], since: datetime) -> None:
    """The gates of these pods opened in this order, each when the pod before it was ready."""
    rows = ring.times(pods, since)
    for pod, opened, ready in rows:
        report.saw(f"{pod}: gate open after {opened:.0f} s, ready after {ready:.0f} s; {ring.gate_says(pod)}")
    report.expect([pod for pod, _, _ in rows] == pods, "the gates opened in the compiled order")
    in_turn = all(later[1] >= earlier[2] - 1 for earlier, later in zip(rows, rows[1:], strict=False))
    report.expect(in_turn, "each gate opened only when the pod before it was ready")
