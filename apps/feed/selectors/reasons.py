"""Reads: why a pin is in a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.feed.ranking.facts import Fact, Flag, Reason
from apps.feed.selectors.facts import facts_of

_RECOMMENDED = Reason.RECOMMENDED.bit


class Kind(StrEnum):
    """The kinds of reasons, the strongest first."""

    FOLLOWED_BOARD = "FOLLOWED_BOARD"
    FOLLOWED_PERSON = "FOLLOWED_PERSON"
    FOLLOWED_TOPIC = "FOLLOWED_TOPIC"
    RECOMMENDED = "RECOMMENDED"
    POPULAR = "POPULAR"


@dataclass
class Why:
    """Why an entry is there. Ids that are not the reason's are None; `savers`: followed people, other than
    the pin's author, who have the same picture."""

    kind: Kind
    person_id: int | None = None
    board_id: int | None = None
    topic_id: int | None = None
    savers: list[int] = field(default_factory=list)

    def add(self, copy: Fact) -> None:
        """Add a copy of the pin to the entry."""
        if copy.flags & Flag.FOLLOWED:
            self.savers.append(copy.owner_id)


def why(fact: Fact, offers: int) -> Why:
    """Why a pin is there. `offers`: the sources that offered it, a bit for each `Reason`."""
    if fact.flags & Flag.BOARD_FOLLOWED:
        return Why(Kind.FOLLOWED_BOARD, board_id=fact.board_id)
    if fact.flags & Flag.FOLLOWED:
        return Why(Kind.FOLLOWED_PERSON, person_id=fact.owner_id)
    if fact.topic_id:
        return Why(Kind.FOLLOWED_TOPIC, topic_id=fact.topic_id)
    return Why(Kind.RECOMMENDED if offers & _RECOMMENDED else Kind.POPULAR)


def reasons(viewer_id: int, rows: Sequence[Any]) -> list[Why | None]:
    """Why each row of a page is there. One statement for pages that do not know it themselves, which
    hold what is followed; None for what is gone since."""
    if rows and hasattr(rows[0], "why"):
        return [row.why for row in rows]
    facts = {fact.id: fact for fact in facts_of(viewer_id, [row.id for row in rows]).each()}
    return [why(facts[row.id], 0) if row.id in facts else None for row in rows]
