"""Reads: the ranking of a viewer's home feed, as new as it is asked for. One statement."""

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts
from apps.feed.ranking.ranking import Ranking, rank
from apps.feed.seen import seen_lately
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import SOURCES
from apps.feed.sources.base import Reason
from pinboard.ids.layout import first_id_at

# Sources that vouch for their pins: nobody has to follow what these lead to.
VOUCHING = (1 << Reason.POPULAR) | (1 << Reason.RECOMMENDED)


class Candidates(NamedTuple):
    """`offers`: the sources of each pin, a bit for each `Reason`. `newest`: the newest id that those who
    are followed had."""

    offers: dict[int, int]
    newest: int


def gather(viewer_id: int) -> Candidates:
    """What the sources offer."""
    offers: dict[int, int] = {}
    newest = 0
    for source in SOURCES:
        pins = source.candidates(viewer_id)
        if source.reason is Reason.FOLLOWED:
            newest = max(pins, default=0)
        bit = 1 << source.reason
        for pin in pins:
            offers[pin] = offers.get(pin, 0) | bit
    return Candidates(offers, newest)


def ranking_of(viewer_id: int, candidates: Candidates) -> Ranking:
    """The candidates ranked for the viewer, as of now. One statement."""
    facts = facts_of(viewer_id, list(candidates.offers))
    return rank(
        facts,
        offered(facts, candidates.offers),
        seen_lately(viewer_id),
        first_id_at(datetime.now(UTC)),
        settings.FEED_WEIGHTS,
    )


def offered(facts: Facts, offers: dict[int, int]) -> NDArray[np.bool_]:
    """Which pins a source vouches for."""
    bits = [offers[pin] & VOUCHING for pin in facts["id"].tolist()]
    return np.array(bits, np.bool_)
