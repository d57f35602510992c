"""What the stories saw: a line per observation as it happens, and a table at the end. Called by __main__.py."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field


class Refuted(Exception):
    """Something that a story promises was not so."""


@dataclass
class Report:
    """Observations of the story that runs, and the verdicts of those that have run."""

    verdicts: list[tuple[str, bool, float, str]] = field(default_factory=list)
    began: float = 0.0

    def saw(self, words: str) -> None:
        """Print an observation with its second."""
        for line in words.splitlines():
            print(f"  {time.monotonic() - self.began:6.0f} s  {line}", flush=True)

    def expect(self, holds: object, words: str) -> None:
        """A promise: printed when it holds, the end of the story when it does not."""
        if not holds:
            raise Refuted(f"NOT SO: {words}")
        self.saw(f"✓ {words}")

    def tell(self, name: str, promise: str, story: Callable[[], None]) -> bool:
        """Run a story; what goes wrong in it is its verdict and not the end of the others."""
        print(f"\n== {name}: {promise}", flush=True)
        self.began = time.monotonic()
        reason = ""
        try:
            story()
        except Exception as error:  # noqa: BLE001 (whatever goes wrong is the story's failure)
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.saw(str(error) if isinstance(error, Refuted) else traceback.format_exc())
        self.verdicts.append((name, not reason, time.monotonic() - self.began, reason or promise))
        return not reason

    def table(self) -> str:
        """One line per story: what became of it, how long it took, and what it is about or why it failed."""
        lines = [f"{'story':<28} {'':<6} {'min':>5}"]
        for name, passed, seconds, words in self.verdicts:
            lines.append(f"{name:<28} {'ok' if passed else 'FAILED':<6} {seconds / 60:>5.1f}  {words[:110]}")
        return "\n".join(lines)
