"""Who may be in a feed: each candidate is dropped by the first rule that it breaks, or kept."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts, Flag, has


class Drop(StrEnum):
    """Why a candidate is not in the feed."""

    INVISIBLE = "is not for the viewer to see"
    OWN = "is the viewer's own"
    MUTED = "the viewer has muted its author"
    HIDDEN = "the viewer has hidden it"
    UNFOLLOWED = "nothing that the viewer follows leads to it any more"
    SAVED = "the viewer has saved it"
    SEEN = "the viewer has seen it lately"


Dropped = dict[Drop, NDArray[np.bool_]]


def forbidden(facts: Facts, is_offered: NDArray[np.bool_]) -> Dropped:
    """What may not be in the feed, by the rules that hold at every read.

    `is_offered`: what a source vouches for that needs no follow (popular, recommended).
    """
    is_followed = has(facts, Flag.FOLLOWED) | (facts["topic_id"] != 0)
    return {
        Drop.INVISIBLE: ~has(facts, Flag.VISIBLE),
        Drop.OWN: has(facts, Flag.OWN),
        Drop.MUTED: has(facts, Flag.MUTED),
        Drop.HIDDEN: has(facts, Flag.HIDDEN),
        Drop.UNFOLLOWED: ~(is_followed | is_offered),
    }


def unwanted(facts: Facts, seen: NDArray[np.int64]) -> Dropped:
    """What a new ranking leaves out; what was shown already stays where it is in its scroll."""
    return {
        Drop.SAVED: has(facts, Flag.SAVED),
        Drop.SEEN: np.isin(facts["line_id"], seen) | np.isin(facts["id"], seen),
    }


def kept(facts: Facts, *dropped: Dropped) -> NDArray[np.bool_]:
    """What no rule drops."""
    keep = np.ones(len(facts), np.bool_)
    for rules in dropped:
        for broken in rules.values():
            keep &= ~broken
    return keep
