"""Reads: the feed of a viewer.

The timeline in Valkey says what may be in a feed. Postgres says what is: every read passes through
the viewer's visibility and through who follows what now, in one statement. So an unfollow, a
deletion or a secret takes effect on the next read, whatever is still on its way to Valkey.
"""

from apps.feed.timelines import entries_for, timeline_of
from pinboard.paging import Listing, Order
from pinboard.sql import IDS, VIEWER, as_viewer

NEWEST = Order("feed.newest", ("-id",))


def following_feed(viewer_id: int) -> Listing:
    """What those that the viewer follows have pinned, newest first, from the newest 800."""
    return Listing(
        lambda _viewer: entries_for(VIEWER.expression()).filter(pk__any=IDS),
        NEWEST,
        values={**as_viewer(viewer_id), IDS.name: timeline_of(viewer_id)},
        name="feed.following",
    )
