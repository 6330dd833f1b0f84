"""Reads: why a pin is in a feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.feed.ranking.arranging import MAX_COPIES
from apps.feed.ranking.facts import Fact, Flag
from apps.feed.ranking.reasons import Reason
from apps.feed.selectors.facts import facts_of
from apps.feed.sources import REASONS

# The kinds of reasons that there are, the strongest first, and what each says.
KINDS = {reason.kind: reason.text for reason in REASONS}

# So many of those who have the same picture are named by an entry.
MAX_SAVERS = MAX_COPIES - 1

_SUBJECTS = {"person": "owner_id", "board": "board_id", "topic": "topic_id"}


@dataclass(frozen=True)
class Why:
    """Why an entry is there. `savers`: followed people, other than the pin's author, who have the same
    picture."""

    reason: Reason
    fact: Fact
    savers: list[int]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.reason.kind

    def id_of(self, subject: str) -> int | None:
        """The id of the person, board or topic that the reason is about; None for what it is not."""
        if self.reason.subject != subject:
            return None
        found: int = getattr(self.fact, _SUBJECTS[subject])
        return found


def why(fact: Fact, offers: int, copies: Sequence[Fact] = ()) -> Why | None:
    """Why a pin is there, with its copies; None where nothing leads to it. `offers`: the sources that
    offered it, a bit for each number."""
    for reason in REASONS:
        if reason.holds(fact, offers):
            savers = [copy.owner_id for copy in copies if copy.flags & Flag.FOLLOWED]
            return Why(reason, fact, savers)
    return None


def reasons(viewer_id: int, rows: Sequence[Any]) -> list[Why | None]:
    """Why each row of a page is there. One statement for pages that do not know it themselves, which
    hold what is followed; None for what is gone since."""
    if rows and hasattr(rows[0], "why"):
        return [row.why for row in rows]
    facts = {fact.id: fact for fact in facts_of(viewer_id, [row.id for row in rows]).each()}
    return [why(facts[row.id], 0) if row.id in facts else None for row in rows]
