"""A slot for whoever knows better what somebody would like."""

from collections.abc import Sequence
from itertools import islice

import structlog
from prometheus_client import Counter

from apps.feed.ranking.reasons import Reason, vouched_by
from apps.feed.recommender import recommender
from apps.feed.sources.base import Source
from pinboard.ids.layout import MAX_ID

log = structlog.get_logger(__name__)

COUNT = 100

FAILED = Counter(
    "pinboard_feed_recommender_failed", "Times that FEED_RECOMMENDER raised, or gave what is no id."
)


class Recommended(Source):
    """What `FEED_RECOMMENDER` gives for a person and a count; nothing where there is none.

    It is called while the viewer waits, so it has to be quick. It may fail: then it gives nothing.
    """

    name = "recommended"
    number = 4
    turn = 90
    reasons = (
        Reason(
            "recommended",
            "RECOMMENDED",
            "It was recommended for the viewer.",
            0.0,
            vouched_by(number),
        ),
    )

    def candidates(self, viewer_id: int) -> Sequence[int]:
        try:
            recommend = recommender()
            found = recommend(viewer_id, COUNT) if recommend is not None else ()
            return list(dict.fromkeys(map(_as_id, islice(found, COUNT))))
        except Exception as error:
            FAILED.inc()
            log.error("feed.recommender_failed", reason=type(error).__name__)
            return []


def _as_id(value: int) -> int:
    """A number as Postgres takes it: a larger one would break the statement that it is checked in."""
    if not 0 < value <= MAX_ID:
        raise ValueError("not an id")
    return int(value)
