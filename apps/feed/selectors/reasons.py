"""Reads: why a pin is in a feed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.feed.ranking.facts import COLUMNS, Flag
from apps.feed.selectors.facts import facts_of
from apps.feed.sources.base import Reason

_COLUMN = {name: place for place, name in enumerate(COLUMNS)}
_RECOMMENDED = 1 << Reason.RECOMMENDED


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

    def add(self, copy: Sequence[int]) -> None:
        """Add a copy of the pin (its row of facts) to the entry."""
        if copy[_COLUMN["flags"]] & Flag.FOLLOWED:
            self.savers.append(copy[_COLUMN["owner_id"]])


def why(row: Sequence[int], offers: int) -> Why:
    """Why a pin is there: its row of facts, and the sources that offered it, a bit for each `Reason`."""
    flags, topic = row[_COLUMN["flags"]], row[_COLUMN["topic_id"]]
    if flags & Flag.BOARD_FOLLOWED:
        return Why(Kind.FOLLOWED_BOARD, board_id=row[_COLUMN["board_id"]])
    if flags & Flag.FOLLOWED:
        return Why(Kind.FOLLOWED_PERSON, person_id=row[_COLUMN["owner_id"]])
    if topic:
        return Why(Kind.FOLLOWED_TOPIC, topic_id=topic)
    return Why(Kind.RECOMMENDED if offers & _RECOMMENDED else Kind.POPULAR)


def reasons(viewer_id: int, rows: Sequence[Any]) -> list[Why | None]:
    """Why each row of a page is there. One statement for pages that do not know it themselves, which
    hold what is followed; None for what is gone since."""
    if rows and hasattr(rows[0], "why"):
        return [row.why for row in rows]
    facts = {row[0]: row for row in facts_of(viewer_id, [row.id for row in rows]).tolist()}
    return [why(facts[row.id], 0) if row.id in facts else None for row in rows]
