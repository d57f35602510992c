"""The table of stories. Called by __main__.py."""

from collections.abc import Callable
from dataclasses import dataclass

from broken import without_founder_rule, without_marker, without_self_exclusion
from cluster import Cluster
from lives import leaves_and_joins_again, management_api, one_node, three_racks
from pod import Say


@dataclass(frozen=True)
class Story:
    """A story by name; `in_ci` are those that .ci/run has the time for. It makes a ring of 5.0 in tests/nodes."""

    name: str
    minor: str
    tell: Callable[[Cluster, str, Say], None]
    in_ci: bool = False


# The longest first, so that short ones fill the time beside it.
STORIES = (
    Story("ring-5.0", "5.0", three_racks),
    Story("one-3.11", "3.11", one_node, in_ci=True),
    Story("one-4.0", "4.0", one_node, in_ci=True),
    Story("one-4.1", "4.1", one_node, in_ci=True),
    Story("one-5.0", "5.0", one_node),
    Story("api-4.1", "4.1", management_api),
    Story("api-5.0", "5.0", management_api),
    Story("ring-4.1", "4.1", three_racks),
    Story("left-4.0", "4.0", leaves_and_joins_again),
    Story("left-4.1", "4.1", leaves_and_joins_again),
    Story("left-5.0", "5.0", leaves_and_joins_again),
    Story("no-self-exclusion-5.0", "5.0", without_self_exclusion),
    Story("no-founder-rule-5.0", "5.0", without_founder_rule),
    Story("no-marker-5.0", "5.0", without_marker),
)
