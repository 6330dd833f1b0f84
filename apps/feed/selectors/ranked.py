"""Reads: the ranking of a viewer's home feed, as new as it is asked for. One statement."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts, Reason
from apps.feed.ranking.ranking import Ranking, rank
from apps.feed.seen import seen_lately
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import SOURCES
from pinboard.ids.layout import first_id_at

# Each costs Postgres some ten looks into indexes. The sources are asked in turn until there are so many.
MAX_CANDIDATES = 240


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
        pins = source.candidates(viewer_id)[: MAX_CANDIDATES - len(offers)]
        if source.reason is Reason.FOLLOWED:
            newest = max(pins, default=0)
        bit = source.reason.bit
        for pin in pins:
            offers[pin] = offers.get(pin, 0) | bit
    return Candidates(offers, newest)


def ranking_of(viewer_id: int, candidates: Candidates) -> Ranking:
    """The candidates ranked for the viewer, as of now. One statement."""
    facts = facts_of(viewer_id, list(candidates.offers), topical(candidates.offers))
    return rank(
        facts,
        offered(facts, candidates.offers),
        seen_lately(viewer_id),
        first_id_at(datetime.now(UTC)),
        settings.FEED_WEIGHTS,
    )


def topical(offers: Mapping[int, int]) -> list[int]:
    """The pins that a followed topic led to, when they were offered."""
    return [pin for pin, bits in offers.items() if bits & Reason.TOPIC.bit]


def offered(facts: Facts, offers: Mapping[int, int]) -> NDArray[np.uint8]:
    """Which sources offered each pin."""
    return np.array([offers[pin] for pin in facts.id.tolist()], np.uint8)
