"""Reads: the ranking of a viewer's home feed, as new as it is asked for. One statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts, Ints, Reason
from apps.feed.ranking.ranking import Ranking, rank
from apps.feed.seen import seen_lately
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import SOURCES
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
        ids, which = np.unique(np.array(pins, np.int64), return_inverse=True)
        together = np.zeros(len(ids), np.uint8)
        np.bitwise_or.at(together, which, offers)
        return cls(ids, together)

    @property
    def topical(self) -> Ints:
        """The pins that a followed topic led to, when they were offered."""
        return self.ids[self.offers & _TOPIC != 0]

    def offered(self, facts: Facts) -> NDArray[np.uint8]:
        """Which sources offered the pin of each fact."""
        return self.offers[np.searchsorted(self.ids, facts.id)]


def gather(viewer_id: int) -> tuple[Candidates, int]:
    """What the sources offer, and the newest id that those who are followed had."""
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


def ranking_of(viewer_id: int, candidates: Candidates) -> Ranking:
    """The candidates ranked for the viewer, as of now. One statement."""
    facts = facts_of(viewer_id, candidates.ids, candidates.topical)
    return rank(
        facts,
        candidates.offered(facts),
        seen_lately(viewer_id),
        first_id_at(datetime.now(UTC)),
        settings.FEED_WEIGHTS,
    )
