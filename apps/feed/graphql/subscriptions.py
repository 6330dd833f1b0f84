"""The feed's part of the subscription root."""

import graphene

from apps.feed.selectors import NEWEST_ENTRIES, count_entries, newest_entries, watch_timeline
from pinboard.cache import keys
from pinboard.live.source import Event, Source


class FeedGrowth(Source):
    """What comes into the viewer's timeline among its newest entries."""

    pause = 1.0

    def __init__(self, viewer_id):
        self._viewer_id = viewer_id
        self.topics = (keys.timeline(viewer_id),)
        self._known = None

    def look(self):
        watch_timeline(self._viewer_id)
        known, self._known = self._known, newest_entries(self._viewer_id)
        if known is None:
            return None
        new = _new_among(self._known, known)
        count = count_entries(self._viewer_id, new)
        return Event(count) if count else None


def _new_among(entries, known):
    # What has moved up because others were taken out is older than all that was known.
    oldest = known[-1] if len(known) == NEWEST_ENTRIES else 0
    return [one for one in entries if one > oldest and one not in known]


class HomeFeedGrew(graphene.ObjectType):
    """New entries have come into the viewer's home feed."""

    count = graphene.Int(
        required=True,
        description="How many, since the subscription began or the event before; 100 stands for "
        "100 or more.",
        resolver=lambda count, info: count,
    )


class FeedSubscription:
    """What of feeds can be waited for."""

    home_feed_grew = graphene.Field(
        HomeFeedGrew,
        required=True,
        description="An event, at most one a second, when new entries have come into the viewer's "
        "home feed.",
    )

    def subscribe_home_feed_grew(root, info):
        return FeedGrowth(info.context.require_viewer())
