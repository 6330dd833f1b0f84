"""Pins of the people and boards that a viewer follows."""

from collections.abc import Sequence
from typing import Any

from apps.feed import store
from apps.feed.ranking.facts import Flag
from apps.feed.ranking.reasons import Reason
from apps.feed.sources.base import Source
from apps.feed.timelines import timeline_of
from pinboard.cache.commands import Command

# Of the newest 800 in a timeline: what a ranking may choose from. `followingFeed` has all.
COUNT = 150

_BOARD = Flag.FOLLOWED | Flag.BOARD_FOLLOWED


def _by_board(facts: Any, _offers: Any) -> Any:
    return facts.flags & _BOARD == _BOARD


def _by_person(facts: Any, _offers: Any) -> Any:
    return facts.flags & Flag.FOLLOWED != 0


class Followed(Source):
    """The newest of a viewer's timeline, which has people and boards in one."""

    name = "followed"
    number = 1
    turn = 10
    reasons = (
        Reason("board", "FOLLOWED_BOARD", "The viewer follows the board.", 1.0, _by_board, "board"),
        Reason(
            "person", "FOLLOWED_PERSON", "The viewer follows the author.", 0.8, _by_person, "person"
        ),
    )

    def candidates(self, viewer_id: int) -> Sequence[int]:
        """Ids of pins, newest first."""
        return timeline_of(viewer_id, COUNT)

    def reads(self, viewer_id: int) -> Sequence[Command]:
        return [store.reading(viewer_id, COUNT)]
