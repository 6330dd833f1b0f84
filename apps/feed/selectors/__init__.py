"""Reads: the feeds of a viewer.

The timeline in Valkey says what may be in a feed. Postgres says what is: every read passes through
the viewer's visibility and through who follows what now. So an unfollow, a deletion or a secret takes
effect on the next read, whatever is still on its way to Valkey.
"""

from apps.feed.selectors.following import (
    NEWEST_ENTRIES,
    count_entries,
    following_feed,
    newest_entries,
    watch_timeline,
)
from apps.feed.selectors.home import home_feed
from apps.feed.selectors.reasons import KINDS, MAX_SAVERS, Why, reasons

__all__ = [
    "KINDS",
    "MAX_SAVERS",
    "NEWEST_ENTRIES",
    "Why",
    "count_entries",
    "following_feed",
    "home_feed",
    "newest_entries",
    "reasons",
    "watch_timeline",
]
