"""Reads: a home feed with all that led to it, for staff."""

from collections.abc import Iterator
from typing import NamedTuple

from apps.feed.ranking.facts import Fact
from apps.feed.ranking.ranking import Ranking
from apps.feed.selectors.ranked import model, ranking_of
from apps.feed.selectors.reasons import why
from apps.feed.sources import SOURCES


class Candidate(NamedTuple):
    """A pin that sources offered. `place`: of its entry in the feed, from 1 on; None where it is not there,
    and `dropped` says why. `copy_of`: the pin that stands for it."""

    fact: Fact
    sources: list[str]
    place: int | None
    copy_of: int | None
    reason: str
    features: dict[str, float]
    score: float
    dropped: list[str]


def explained(person_id: int) -> list[Candidate]:
    """All candidates of a person's home feed as of now: in its order, and then those that are not in it,
    the best first. One statement. Pins that are gone are not among them."""
    ranking, _newest = ranking_of(person_id)
    found = list(_candidates(ranking))
    return sorted(found, key=lambda one: (one.place is None, one.place, -one.score))


def _candidates(ranking: Ranking) -> Iterator[Candidate]:
    places = {
        row: (place, entry[0])
        for place, entry in enumerate(ranking.entries.each(), start=1)
        for row in entry
    }
    names = tuple(model().weights)
    facts = list(ranking.facts.each())
    for row, fact in enumerate(facts):
        place, first = places.get(row, (None, row))
        offers = int(ranking.offers[row])
        reason = why(fact, offers)
        yield Candidate(
            fact,
            [one.name for one in SOURCES if offers & one.bit],
            place,
            None if first == row else facts[first].id,
            "" if reason is None else reason.kind.lower().replace("_", " "),
            dict(zip(names, ranking.features[row].round(3).tolist(), strict=True)),
            round(float(ranking.scores[row]), 3),
            _dropped(ranking, row, is_shown=place is not None),
        )


def _dropped(ranking: Ranking, row: int, *, is_shown: bool) -> list[str]:
    broken = [rule.value for rule, rows in ranking.dropped.items() if rows[row]]
    return broken or ([] if is_shown else ["is one copy too many of a picture"])
