"""Reads: the ranking of a viewer's home feed, as new as it is asked for. One statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from numpy.typing import NDArray

from apps.feed.activity import reading_seen
from apps.feed.ranking.facts import Facts, Ints
from apps.feed.ranking.ranking import Ranking, rank
from apps.feed.ranking.scoring import Model
from apps.feed.seen import seen_lately
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import REASONS, SOURCES
from apps.feed.sources.followed import Followed
from apps.feed.sources.topics import FollowedTopics
from pinboard.cache.commands import Command, sent_ahead
from pinboard.ids.layout import first_id_at

# Each costs Postgres some ten looks into indexes. The sources are asked in turn until there are so many;
# what two of them offer counts twice.
MAX_CANDIDATES = 240

_FOLLOWED, _TOPIC = 1 << Followed.number, 1 << FollowedTopics.number


class Candidates(NamedTuple):
    """Ids of pins, ascending, and the sources that offered each: a bit for each number."""

    ids: Ints
    offers: NDArray[np.uint8]

    @classmethod
    def of(cls, pins: Sequence[int], offers: NDArray[np.uint8]) -> "Candidates":
        """Pins, some of them twice, and who offered them."""
        ids = np.array(pins, np.int64)
        order = ids.argsort()
        ids = ids[order]
        begins = np.flatnonzero(np.diff(ids, prepend=-1))
        if not len(begins):
            return cls(ids, offers)
        return cls(ids[begins], np.bitwise_or.reduceat(offers[order], begins))

    @property
    def topical(self) -> Ints:
        """The pins that a followed topic led to, when they were offered."""
        return self.ids[self.offers & _TOPIC != 0]

    @property
    def newest(self) -> int:
        """The newest of those who are followed; 0 without any."""
        return int(self.ids[self.offers & _FOLLOWED != 0].max(initial=0))

    def offered(self, facts: Facts) -> NDArray[np.uint8]:
        """Which sources offered the pin of each fact."""
        return self.offers[np.searchsorted(self.ids, facts.id)]


def ranking_of(viewer_id: int) -> tuple[Ranking, int]:
    """The home feed as of now, and the newest id that those who are followed had. One statement."""
    with sent_ahead(_reads(viewer_id)):
        candidates = _gathered(viewer_id)
        seen = seen_lately(viewer_id)
    facts = facts_of(viewer_id, candidates.ids, candidates.topical)
    now = first_id_at(datetime.now(UTC))
    return rank(facts, candidates.offered(facts), seen, now, model()), candidates.newest


def model() -> Model:
    """What rankings go by; `ImproperlyConfigured` where `FEED_WEIGHTS` names what is no feature."""
    try:
        return Model.of(REASONS, settings.FEED_WEIGHTS)
    except ValueError as error:
        raise ImproperlyConfigured(f"FEED_WEIGHTS: {error}.") from error


def _reads(viewer_id: int) -> list[Command]:
    """What is asked of the viewer alone, before anything else is."""
    of_sources = chain.from_iterable(source.reads(viewer_id) for source in SOURCES)
    return [*of_sources, reading_seen(viewer_id)]


def _gathered(viewer_id: int) -> Candidates:
    """What the sources offer."""
    pins: list[int] = []
    bits, counts = [], []
    for source in SOURCES:
        some = source.candidates(viewer_id)[: MAX_CANDIDATES - len(pins)]
        pins += some
        bits.append(source.bit)
        counts.append(len(some))
    return Candidates.of(pins, np.repeat(np.array(bits, np.uint8), counts))
