"""Tests of the bad answers on request. Run as `python3 tests/cassandra/server/test_faults.py`, by .ci/run."""

import json
import os
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent / "root/opt/management-api"))
from faults import KINDS, PATHS, Fault, Faults  # noqa: E402

ASKED = "/api/v0/metadata/endpoints"
READINESS = "/api/v0/probes/readiness"


class FaultsTest(unittest.TestCase):
    """A control file in a folder of its own, and a request that counts how often it is carried out."""

    def setUp(self) -> None:
        """No file yet."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "faults.json"
        self.faults = Faults(self.file)
        self.carried_out = 0

    def write(self, text: str) -> None:
        """Write the control file, with another time than before."""
        self.file.write_text(text, encoding="utf-8")
        os.utime(self.file, ns=(time.time_ns(), time.time_ns()))

    def want(self, **wanted: Any) -> None:
        """Ask for faults."""
        self.write(json.dumps(wanted))

    def carry_out(self) -> tuple[int, str]:
        """A request that is carried out."""
        self.carried_out += 1
        return 200, f"answer {self.carried_out}"

    def kinds(self, count: int) -> list[str]:
        """The faults of the next requests."""
        return [self.faults.next(ASKED).kind for _ in range(count)]

    def test_nothing_goes_wrong_unless_asked_for(self) -> None:
        """Without a file, with one that names no fault, with one that is not JSON, and after it is gone again."""
        self.assertEqual(set(self.kinds(100)), {""})
        for text in ("{}", "delay", "", "7", "[1]"):
            self.write(text)
            self.assertEqual(set(self.kinds(100)), {""}, text)
        self.want(drop=1)
        self.assertEqual(set(self.kinds(10)), {"drop"})
        self.file.unlink()
        self.assertEqual(set(self.kinds(10)), {""})

    def test_a_seed_repeats_itself_and_rates_are_kept(self) -> None:
        """The same seed has the same faults, another one others; ten percent of each kind are about ten percent."""
        rates = dict.fromkeys(KINDS, 0.1)
        self.want(seed=7, **rates)
        first = self.kinds(2000)
        self.want(seed=7, **rates)
        self.assertEqual(self.kinds(2000), first)
        self.want(seed=8, **rates)
        self.assertNotEqual(self.kinds(2000), first)
        counts = Counter(first)
        for kind in KINDS:
            self.assertTrue(150 < counts[kind] < 250, counts)

    def test_probes_are_spared_unless_named(self) -> None:
        """The kubelet would restart a pod whose liveness fails."""
        self.want(drop=1)
        for path in (READINESS, "/api/v0/lifecycle/pid"):
            self.assertEqual(self.faults.next(path), Fault(), path)
        for path in ("/api/v1/ops/keyspace/cleanup", "/api/v2/repairs", "/api/v0/ops/executor/job?job_id=x"):
            self.assertEqual(self.faults.next(path).kind, "drop", path)
        self.want(drop=1, paths=READINESS)
        self.assertEqual(self.faults.next(READINESS).kind, "drop")
        self.assertEqual(self.faults.next(ASKED), Fault())
        self.assertNotIn("probes", PATHS)

    def test_each_kind_does_what_it_says(self) -> None:
        """How often the request is carried out, and what is answered."""
        answers = {
            "": (1, (200, "answer 1")), "delay": (1, (200, "answer 1")), "lose": (0, None), "drop": (1, None),
            "double": (2, (200, "answer 2")), "corrupt": (1, (200, "answer 1")),
        }  # fmt: skip
        self.assertEqual(set(answers), {"", *KINDS})
        for kind, (times, answer) in answers.items():
            self.carried_out = 0
            self.assertEqual(Fault(kind, seconds=0.2).around(self.carry_out), answer, kind)
            self.assertEqual(self.carried_out, times, kind)
        begin = time.monotonic()
        Fault("delay", seconds=0.2).around(self.carry_out)
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_a_corrupt_body_is_never_the_right_one(self) -> None:
        """Whatever the number is; and only a corrupt one is another one."""
        body = b'{"entity":[]}'
        seen = {Fault("corrupt", number=number / 1000).changed(body) for number in range(1000)}
        self.assertNotIn(body, seen)
        self.assertGreater(len(seen), 5)
        self.assertEqual(Fault("delay", number=0.5).changed(body), body)


if __name__ == "__main__":
    unittest.main()
