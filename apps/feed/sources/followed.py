"""Pins of the people and boards that a viewer follows."""

from collections.abc import Sequence

from apps.feed.sources.base import Reason
from apps.feed.timelines import timeline_of

# Of the newest 800 in a timeline: what a ranking may choose from. `followingFeed` has all.
COUNT = 150


class Followed:
    """The newest of a viewer's timeline."""

    reason = Reason.FOLLOWED

    def candidates(self, viewer_id: int) -> Sequence[int]:
        """Ids of pins, newest first."""
        return timeline_of(viewer_id, COUNT)
