"""The rows of the feed, and what their figures must be."""

from collections.abc import Iterator, Mapping

from benchmarks.verdicts import Verdict, at_least, at_most

Rows = Mapping[str, Mapping[str, float]]

THROUGH_CELERY = "deliveries through Celery"
COST = "cost of a delivery, many at once, µs of all processors, by followers"
ALONE = "a pin by itself, ms of all processors, by followers"
LARGE = "a large author's pin, ms of all processors, by followers"
TIMELINE = "timeline"
PAGE = "first page of 25, server CPU ms"
PAGE_BESIDE = "first page of the home feed, ms of other processors"
BY_FOLLOWED = "first page of the home feed, server CPU ms, by people followed"
BUILDING = "building a timeline"
LAG = "from commit to visible, ms"
LAG_OF_SERVICE = "the same, pins saved by the service"

PER_SECOND = "deliveries a second, median"
OF_BARE = "ratio"
BYTES = "bytes an entry, used_memory"
BARE, RANKED = "followingFeed", "homeFeed"
POSTGRES_MS, STATEMENTS = "ms of Postgres", "statements"


def verdicts(rows: Rows) -> list[Verdict]:
    """All that can be judged from these rows."""
    return list(_found(rows))


def spread(values: Mapping[str, float]) -> float:
    """The largest of some values as a multiple of the smallest."""
    return max(values.values()) / min(values.values())


def _found(rows: Rows) -> Iterator[Verdict]:
    celery = rows[THROUGH_CELERY]
    yield at_least("deliveries a second through Celery", celery[PER_SECOND], 250_000)
    yield at_least("the same, of the bare call's rate", celery[OF_BARE], 0.5)
    yield at_most("bytes for each entry of a full timeline", rows[TIMELINE][BYTES], 16)
    yield at_most("cost of a delivery, many at once, largest of smallest", spread(rows[COST]), 1.2)
    if rows[LARGE]:
        yield at_most("a large author's pin, largest of smallest", spread(rows[LARGE]), 1.2)
    page = rows[PAGE]
    yield at_most("first page of homeFeed, of followingFeed's CPU", page[RANKED] / page[BARE], 2.5)
    yield at_most(
        "the same by people followed, largest of smallest", spread(rows[BY_FOLLOWED]), 1.2
    )
    yield at_most("ms of Postgres for building a timeline", rows[BUILDING][POSTGRES_MS], 50)
    yield at_most("statements for building a timeline", rows[BUILDING][STATEMENTS], 5)
