"""What is newest about the topics that somebody follows."""

import random
from collections.abc import Sequence

import structlog

from apps.feed import timelines
from apps.feed.sources.base import Reason, in_turn
from apps.follows.selectors import topics_followed_by
from apps.pins import selectors as pins
from pinboard.cache import keys, values
from pinboard.cache.once import AWAY
from pinboard.visibility import NOBODY

log = structlog.get_logger(__name__)

# Topics that are asked, of those that somebody follows; others each time.
TOPICS = 6
# Of each.
NEWEST = 20
# Of all of them.
COUNT = 45
_FOLLOWED_SECONDS = 600


class FollowedTopics:
    """The newest pins of some of the topics that the viewer follows, a pin of each topic in turn.

    A ranking costs the same however many topics somebody follows. Over several rankings all of them
    have their turn. Warm: no statement, two round trips to Valkey.
    """

    reason = Reason.TOPIC

    def candidates(self, viewer_id: int) -> Sequence[int]:
        followed = followed_by(viewer_id)
        if not followed:
            return []
        some = random.sample(followed, min(TOPICS, len(followed)))
        try:
            newest = timelines.newest_of(some, NEWEST)
        except AWAY as error:
            log.warning("feed.store_away", reason=type(error).__name__)
            return pins.newest_of_topics(pins.visible(NOBODY), some, COUNT)
        return in_turn(newest)[:COUNT]


def followed_by(person_id: int) -> list[int]:
    """The topics that somebody follows. No statement while it is known; one if not."""
    key = keys.topics_followed(person_id)
    try:
        kept: list[int] | None = values.get(key)
        if kept is None:
            kept = topics_followed_by(person_id)
            values.put(key, kept, _FOLLOWED_SECONDS)
    except AWAY:
        return topics_followed_by(person_id)
    return kept


def forget_followed(person_id: int) -> None:
    """Have it looked up again which topics somebody follows."""
    values.forget(keys.topics_followed(person_id))
