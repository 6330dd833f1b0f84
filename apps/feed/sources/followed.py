"""Pins of the people and boards that a viewer follows."""

from collections.abc import Sequence

from apps.feed import store
from apps.feed.sources.base import Reason
from apps.feed.timelines import timeline_of
from pinboard.cache.commands import Command

# Of the newest 800 in a timeline: what a ranking may choose from. `followingFeed` has all.
COUNT = 150


class Followed:
    """The newest of a viewer's timeline."""

    reason = Reason.FOLLOWED

    def candidates(self, viewer_id: int) -> Sequence[int]:
        """Ids of pins, newest first."""
        return timeline_of(viewer_id, COUNT)

    def reads(self, viewer_id: int) -> Sequence[Command]:
        return [store.reading(viewer_id, COUNT)]
