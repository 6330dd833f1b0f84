"""Reads: the ranking of a viewer's home feed, as new as it is asked for. One statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from apps.feed.activity import reading_seen
from apps.feed.ranking.facts import Facts, Ints, Reason
from apps.feed.ranking.ranking import Ranking, rank
from apps.feed.seen import seen_lately
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import SOURCES
from pinboard.cache.commands import Command, sent_ahead
from pinboard.ids.layout import first_id_at

# Each costs Postgres some ten looks into indexes. The sources are asked in turn until there are so many;
# what two of them offer counts twice.
MAX_CANDIDATES = 240

_TOPIC = Reason.TOPIC.bit


class Candidates(NamedTuple):
    """Ids of pins, ascending, and the sources that offered each: a bit for each `Reason`."""

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

    def offered(self, facts: Facts) -> NDArray[np.uint8]:
        """Which sources offered the pin of each fact."""
        return self.offers[np.searchsorted(self.ids, facts.id)]


def ranking_of(viewer_id: int) -> tuple[Ranking, int]:
    """The home feed as of now, and the newest id that those who are followed had. One statement."""
    with sent_ahead(_reads(viewer_id)):
        candidates, newest = _gathered(viewer_id)
        seen = seen_lately(viewer_id)
    facts = facts_of(viewer_id, candidates.ids, candidates.topical)
    now = first_id_at(datetime.now(UTC))
    return rank(facts, candidates.offered(facts), seen, now, settings.FEED_WEIGHTS), newest


def _reads(viewer_id: int) -> list[Command]:
    """What is asked of the viewer alone, before anything else is."""
    of_sources = chain.from_iterable(source.reads(viewer_id) for source in SOURCES)
    return [*of_sources, reading_seen(viewer_id)]


def _gathered(viewer_id: int) -> tuple[Candidates, int]:
    """What the sources offer, and the newest id of those who are followed."""
    pins: list[int] = []
    bits, counts = [], []
    newest = 0
    for source in SOURCES:
        some = source.candidates(viewer_id)[: MAX_CANDIDATES - len(pins)]
        if source.reason is Reason.FOLLOWED:
            newest = max(some, default=0)
        pins += some
        bits.append(source.reason.bit)
        counts.append(len(some))
    return Candidates.of(pins, np.repeat(np.array(bits, np.uint8), counts)), newest
