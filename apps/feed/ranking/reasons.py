"""Why pins are in a feed: which of the reasons that sources give holds for which pin."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Bools, Facts

# Of facts and of the byte that says which sources offered a pin: of many pins, as columns, or of one.
Holds = Callable[[Any, Any], Any]


class Reason(NamedTuple):
    """Why a pin may be in a feed.

    `name`: of its feature, which counts `weight` if `FEED_WEIGHTS` does not say otherwise. `kind`, `text`:
    the value of `FeedReasonKind` in the API, and its description. `subject`: what a client is to be
    shown with it.
    """

    name: str
    kind: str
    text: str
    weight: float
    holds: Holds
    subject: Literal["person", "board", "topic"] | None = None


def vouched_by(number: int) -> Holds:
    """A source that vouches for its pins: nobody has to follow what it leads to. `number`: the source's."""
    bit = 1 << number
    return lambda _facts, offers: offers & bit != 0


def strongest(
    reasons: Sequence[Reason], facts: Facts, offers: NDArray[np.uint8]
) -> tuple[list[Bools], Bools]:
    """Of each reason, the strongest first, the pins for which it is the strongest; and the pins without
    any, to which nothing leads.

    `offers`: which sources offered each, a bit for each number.
    """
    found: list[Bools] = []
    without = np.ones(facts.length, np.bool_)
    for reason in reasons:
        first = reason.holds(facts, offers) & without
        without ^= first
        found.append(first)
    return found, without
