"""What happens to rings on real nodes: one module per kind of ring, one function per story."""

from harness.kills import Way
from harness.report import Report
from harness.ring import Ring


class Stories:
    """The stories of one ring in the order in which they are told; each leaves the ring as the next expects it."""

    machines = 1  # how many it needs
    has_own_runs = False  # whether its stories say themselves who settles what
    versions: tuple[
        str, ...
    ] = ()  # the versions of Cassandra that they need, where it is not the one that is asked for
    reapers: tuple[str, ...] = ()  # the versions of Reaper that they need

    def __init__(self, ring: Ring, report: Report, version: str) -> None:
        self.ring, self.report, self.version = ring, report, version
        self.pods = [ring.pod(rack) for rack in (1, 2, 3)]
        self.ids: dict[str, str] = {}
        self.seed = ""  # of what happens by chance
        self.others: list[Ring] = []  # its parts on further machines
        self.way = Way()  # how commits are settled
        self.story = ""

    def stories(self) -> list[tuple[str, str, object]]:
        """Name, promise, function."""
        raise NotImplementedError

    def begin(self, name: str) -> None:
        """A story begins."""
        self.story = name

    def explain(self) -> str:
        """What a person would look at after a story that failed."""
        return self.ring.explain()

    def end(self) -> None:
        """End what a story that failed left running beside the ring."""
