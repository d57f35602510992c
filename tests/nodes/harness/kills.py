"""How runs of the program are killed, and how often they were. Called by runs.py and by the stories."""

from __future__ import annotations

from dataclasses import dataclass

# Seconds after which one run after the other is killed at the latest. Nothing is done before a second look, which comes 3 s after
# the first. Most lives are about as long as that; every fifth may be longer, because a busy machine looks slowly.
LIVES = (8, 8, 8, 8, 30)


@dataclass(frozen=True)
class Way:
    """How commits are settled: by their Jobs, or by runs in the place of these."""

    kills: int = 0  # how often runs are killed at least, in each story in which something is settled
    two: bool = False  # two runs at once

    def __bool__(self) -> bool:
        return self.kills > 0 or self.two


@dataclass
class Kills:
    """How often runs were killed: before one of them found that all is settled, and afterwards."""

    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.before + self.after

    def __str__(self) -> str:
        return f"{self.total} kills: {self.before} before it was settled, {self.after} after"
