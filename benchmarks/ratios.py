"""What the pages of `graphql` must be, in ratios to each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.verdicts import Verdict, at_least, at_most

RATE, CPU = "requests_a_second", "cpu_ms_a_request"
LIMIT = "limit"
PERSISTED, TEXT = "pinboard, persisted document", "pinboard, document text"
POSTGRAPHILE = "PostGraphile 5"
_OTHERS = {"graphene-django": 12, "strawberry-django, optimizer": 15, POSTGRAPHILE: 2.5}

Pages = Mapping[str, Mapping[str, Mapping[str, Any]]]


def verdicts(pages: Pages) -> Iterator[Verdict]:
    """All that can be judged by the contenders that took part, from their figures page by page."""
    feed, levels = pages["feed_25"], pages["three_levels"]
    yield at_least("persisted document, of the limit", _times(feed, PERSISTED, LIMIT), 0.6)
    yield at_least("document text, of the limit", _times(feed, TEXT, LIMIT), 0.5)
    for name, least in _OTHERS.items():
        if name in feed:
            yield at_least(f"as fast as {name}, times", _times(feed, PERSISTED, name), least)
    more = pages["feed_100"][PERSISTED][CPU] / feed[PERSISTED][CPU]
    yield at_most("CPU for 100 pins, of that for 25", more, 3)
    yield at_least("three levels, of the limit", _times(levels, PERSISTED, LIMIT), 0.6)


def _times(page: Mapping[str, Mapping[str, Any]], one: str, other: str) -> float:
    ratio: float = page[one][RATE] / page[other][RATE]
    return ratio
