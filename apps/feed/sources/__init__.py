"""Where the home feed's candidates come from: each source is a small class in a module of its own here."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules
from typing import Any

from apps.feed.ranking.reasons import Reason
from apps.feed.ranking.scoring import WEIGHTS
from apps.feed.sources.base import MAX_NUMBER, Source


def in_order(classes: Iterable[type[Source]]) -> tuple[Source, ...]:
    """A source of each class, by their turns. `ValueError` where two claim the same."""
    found = sorted([one() for one in classes], key=lambda one: (one.turn, one.number))
    reasons = [reason.name for one in found for reason in one.reasons]
    _refuse_twice("number", [one.number for one in found])
    _refuse_twice("feature", [*WEIGHTS, *reasons])
    for one in found:
        if not 0 <= one.number <= MAX_NUMBER:
            raise ValueError(f"Source {one.name}: its number is not from 0 to {MAX_NUMBER}.")
    return tuple(found)


def _refuse_twice(what: str, values: Sequence[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"Sources of the home feed: the {what} {value} is there twice.")


def _classes() -> Iterator[type[Source]]:
    """Those that the modules here define."""
    for one in iter_modules(__path__, f"{__name__}."):
        for thing in vars(import_module(one.name)).values():
            is_source = isinstance(thing, type) and issubclass(thing, Source)
            if is_source and thing.__module__ == one.name and not isabstract(thing):
                yield thing


SOURCES = in_order(_classes())
# The strongest first.
REASONS: tuple[Reason, ...] = tuple(reason for one in SOURCES for reason in one.reasons)
