"""Who may be in a feed: each candidate is dropped by the first rule that it breaks, or kept."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Bools, Facts, Flag, Ints, Reason


class Drop(StrEnum):
    """Why a candidate is not in the feed."""

    INVISIBLE = "is not for the viewer to see"
    OWN = "is the viewer's own"
    MUTED = "the viewer has muted its author"
    HIDDEN = "the viewer has hidden it"
    UNFOLLOWED = "nothing that the viewer follows leads to it any more"
    SAVED = "the viewer has saved it"
    SEEN = "the viewer has seen it lately"


Dropped = dict[Drop, Bools]

# Sources that vouch for their pins: nobody has to follow what these lead to.
_VOUCHING = Reason.POPULAR.bit | Reason.RECOMMENDED.bit


def forbidden(facts: Facts, offers: NDArray[np.uint8]) -> Dropped:
    """What may not be in the feed, by the rules that hold at every read.

    `offers`: which sources offered each, a bit for each `Reason`.
    """
    is_offered = offers & _VOUCHING != 0
    is_followed = facts.has(Flag.FOLLOWED) | (facts.topic_id != 0)
    return {
        Drop.INVISIBLE: ~facts.has(Flag.VISIBLE),
        Drop.OWN: facts.has(Flag.OWN),
        Drop.MUTED: facts.has(Flag.MUTED),
        Drop.HIDDEN: facts.has(Flag.HIDDEN),
        Drop.UNFOLLOWED: ~(is_followed | is_offered),
    }


def unwanted(facts: Facts, seen: Ints) -> Dropped:
    """What a new ranking leaves out; what was shown already stays where it is in its scroll."""
    return {
        Drop.SAVED: facts.has(Flag.SAVED),
        Drop.SEEN: _among(facts.line_id, seen) | _among(facts.id, seen),
    }


def kept(facts: Facts, *dropped: Dropped) -> Bools:
    """What no rule drops."""
    keep = np.ones(facts.length, np.bool_)
    for rules in dropped:
        for broken in rules.values():
            keep &= ~broken
    return keep


def _among(ids: Ints, some: Ints) -> Bools:
    return np.isin(ids, some) if len(some) else np.zeros(len(ids), np.bool_)
