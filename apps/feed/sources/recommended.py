"""A slot for whoever knows better what somebody would like."""

from collections.abc import Callable, Sequence
from itertools import islice

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from prometheus_client import Counter

from apps.feed.sources.base import Reason
from pinboard.ids.layout import MAX_ID

log = structlog.get_logger(__name__)

COUNT = 100

FAILED = Counter(
    "pinboard_feed_recommender_failed", "Times that FEED_RECOMMENDER raised, or gave what is no id."
)

Recommender = Callable[[int, int], Sequence[int]]


class Recommended:
    """What `FEED_RECOMMENDER` gives for a person and a count; nothing where there is none.

    It is called while the viewer waits, so it has to be quick. It may fail: then it gives nothing.
    """

    reason = Reason.RECOMMENDED

    def candidates(self, viewer_id: int) -> Sequence[int]:
        if not settings.FEED_RECOMMENDER:
            return []
        try:
            found = recommender()(viewer_id, COUNT)
            return list(dict.fromkeys(map(_as_id, islice(found, COUNT))))
        except Exception as error:
            FAILED.inc()
            log.error("feed.recommender_failed", reason=type(error).__name__)
            return []


def recommender() -> Recommender:
    """What the setting names; `ImproperlyConfigured` where it names no callable."""
    path = settings.FEED_RECOMMENDER
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"FEED_RECOMMENDER: {path} cannot be imported.") from error
    if not callable(found):
        raise ImproperlyConfigured(f"FEED_RECOMMENDER: {path} cannot be called.")
    return found  # type: ignore[no-any-return]


def _as_id(value: int) -> int:
    """A number as Postgres takes it: a larger one would break the statement that it is checked in."""
    if not 0 < value <= MAX_ID:
        raise ValueError("not an id")
    return int(value)
