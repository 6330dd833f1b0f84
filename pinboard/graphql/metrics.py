"""What operations did, for Prometheus. Names that clients choose are bounded."""

from functools import cache
from threading import Lock
from typing import NamedTuple

from prometheus_client import Counter, Histogram

MAX_NAMES = 500
ANONYMOUS, OTHER = "anonymous", "other"
_MAX_LENGTH = 100

OPERATIONS = Counter(
    "pinboard_graphql_operations", "Operations, by how they ended.", ["operation", "outcome"]
)
SECONDS = Histogram(
    "pinboard_graphql_seconds", "How long operations took, from request to answer.", ["operation"]
)
ERRORS = Counter("pinboard_graphql_errors", "Errors in answers.", ["operation", "code"])
REFUSALS = Counter(
    "pinboard_graphql_requests_refused",
    "Requests that were refused before they were operations.",
    ["code"],
)
POINTS = Counter("pinboard_graphql_points", "Points that operations cost.", ["operation"])
STATEMENTS = Counter("pinboard_graphql_statements", "SQL statements.", ["operation"])
PLANS = Counter(
    "pinboard_graphql_plans",
    "Operations, by where their plan came from.",
    ["operation", "source"],
)
READS = Counter(
    "pinboard_graphql_reads",
    "Queries where there is a replica: read from it, or from the primary, since it is too far behind"
    " (`behind`) or the viewer has written (`wrote`).",
    ["source"],
)
DEPRECATED = Counter(
    "pinboard_graphql_deprecated_fields",
    "Uses of deprecated fields.",
    ["field", "client", "version"],
)


class Client(NamedTuple):
    """Who asks, as `X-Client-Name` and `X-Client-Version` say."""

    name: str = ""
    version: str = ""


class Names:
    """The first names that come; whatever comes when there are too many is one more."""

    def __init__(self) -> None:
        self._known: set[tuple[str, ...]] = set()
        self._lock = Lock()

    def bounded(self, *names: str) -> tuple[str, ...]:
        """Names that belong together, as labels: it is their combinations that are counted."""
        label = tuple([name[:_MAX_LENGTH] for name in names])
        if label not in self._known:
            with self._lock:
                if len(self._known) >= MAX_NAMES:
                    return (OTHER,) * len(names)
                self._known.add(label)
        return label


operations, clients = Names(), Names()


class Figures(NamedTuple):
    """What is counted of each operation."""

    outcomes: dict[str, Counter]
    seconds: Histogram
    points: Counter
    statements: Counter
    plans: dict[str, Counter]


# To find a metric by its labels takes longer than to raise it. Their names are bounded.
@cache
def figures_of(operation: str) -> Figures:
    """The metrics of an operation."""
    outcomes = {one: OPERATIONS.labels(operation, one) for one in ("ok", "errors", "refused")}
    of_one = SECONDS.labels(operation), POINTS.labels(operation), STATEMENTS.labels(operation)
    plans = {source: PLANS.labels(operation, source) for source in ("cache", "made")}
    return Figures(outcomes, *of_one, plans)
