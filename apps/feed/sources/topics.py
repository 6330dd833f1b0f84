"""What is newest about the topics that somebody follows."""

import random
from collections.abc import Sequence
from threading import Lock
from typing import Any

import structlog
from cachetools import TTLCache

from apps.feed import timelines
from apps.feed.ranking.reasons import Reason
from apps.feed.sources.base import Source, in_turn
from apps.follows.selectors import topics_followed_by
from apps.pins import selectors as pins
from pinboard.cache import keys, values
from pinboard.cache.commands import Command
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

# Few topics have many readers: a process goes by what it read of one some seconds ago.
_AT_HAND_SECONDS = 5
_at_hand: TTLCache[int, list[int]] = TTLCache(maxsize=1_000, ttl=_AT_HAND_SECONDS)
_lock = Lock()


def _about_it(facts: Any, _offers: Any) -> Any:
    return facts.topic_id != 0


class FollowedTopics(Source):
    """The newest pins of some of the topics that the viewer follows, a pin of each topic in turn.

    A ranking costs the same however many topics somebody follows. Over several rankings all of them
    have their turn. Warm: no statement, two round trips to Valkey, one while the topics are at hand.
    """

    name = "topic"
    number = 2
    turn = 20
    reasons = (
        Reason(
            "topic",
            "FOLLOWED_TOPIC",
            "The viewer follows a topic that the pin is about.",
            0.4,
            _about_it,
            "topic",
        ),
    )

    def candidates(self, viewer_id: int) -> Sequence[int]:
        followed = followed_by(viewer_id)
        if not followed:
            return []
        some = random.sample(followed, min(TOPICS, len(followed)))
        try:
            newest = _newest(some)
        except AWAY as error:
            log.warning("feed.store_away", reason=type(error).__name__)
            return pins.newest_of_topics(pins.visible(NOBODY), some, COUNT)
        return in_turn(newest)[:COUNT]

    def reads(self, viewer_id: int) -> Sequence[Command]:
        return [values.reading(keys.topics_followed(viewer_id))]


def forget_newest() -> None:
    """Have all topics read again."""
    with _lock:
        _at_hand.clear()


def _newest(topics: Sequence[int]) -> list[list[int]]:
    """The newest pins of each topic, newest first."""
    with _lock:
        known = {topic: ids for topic in topics if (ids := _at_hand.get(topic)) is not None}
    missing = [topic for topic in topics if topic not in known]
    if missing:
        read = dict(zip(missing, timelines.newest_of(missing, NEWEST), strict=True))
        with _lock:
            _at_hand.update(read)
        known |= read
    return [known[topic] for topic in topics]


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
