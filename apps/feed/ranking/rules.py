"""Who may be in a feed: each candidate is dropped by the first rule that it breaks, or kept."""

from enum import StrEnum

import numpy as np

from apps.feed.ranking.facts import Bools, Facts, Flag, Ints


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


def forbidden(facts: Facts, without: Bools) -> Dropped:
    """What may not be in the feed, by the rules that hold at every read.

    `without`: the pins without a reason, as `strongest` gives them.
    """
    return {
        Drop.INVISIBLE: ~facts.has(Flag.VISIBLE),
        Drop.OWN: facts.has(Flag.OWN),
        Drop.MUTED: facts.has(Flag.MUTED),
        Drop.HIDDEN: facts.has(Flag.HIDDEN),
        Drop.UNFOLLOWED: without,
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
