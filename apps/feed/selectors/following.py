"""Reads: the following feed, newest first, in one statement."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from apps.feed import store
from apps.feed.timelines import entries_for, timeline_of
from apps.pins.selectors import PINS
from pinboard.cache.once import AWAY
from pinboard.paging import Listing, Order, Page, Window
from pinboard.related import EVERYTHING, Wanted
from pinboard.sql import IDS, VIEWER, Later, array, as_viewer

NEWEST = Order("feed.newest", ("-id",))

# Entries of a timeline that are looked at beyond those that a page wants, at both of its ends: most
# of what is in a timeline is to be seen.
_SPARE = 20

# Whoever watches a feed grow is told of so many at a time.
NEWEST_ENTRIES = 100
_WATCH_SECONDS = 2 * 3600


@dataclass(frozen=True)
class FollowingFeed:
    """The feed of one person, as a connection wants it."""

    person_id: int
    order: Order = NEWEST

    def pages(
        self, parents: Sequence[int], window: Window, wanted: Wanted = EVERYTHING
    ) -> Later[Sequence[Page]]:
        """The page, in one statement about the entries near it; in two where these are not enough."""
        near = self._near(window)
        if near is not None:
            (page,) = _among(self.person_id, near).pages(parents, window, wanted).get()
            if page.has_next and (window.after is None or page.has_previous):
                return Later.known([page])
        return _among(self.person_id, timeline_of(self.person_id)).pages(parents, window, wanted)

    def counts(self, parents: Sequence[int]) -> Later[list[int]]:
        """How many entries there are, in one statement."""
        return _among(self.person_id, timeline_of(self.person_id)).counts(parents)

    def new_count(self) -> int:
        """None waits at the top: pages go by time, and the first one always has the newest."""
        return 0

    def _near(self, window: Window) -> list[int] | None:
        """The entries among which a page surely is, unless many are not to be seen.

        None where these would be as good as all.
        """
        if window.backwards or window.before is not None:
            return None
        reach = window.size + 1 + _SPARE
        if window.after is None:
            entries = timeline_of(self.person_id, reach)
            return entries if len(entries) == reach else None
        entries = timeline_of(self.person_id)
        (last,) = window.after
        start = sum(entry >= last for entry in entries)
        return entries[max(start - _SPARE, 0) : start + reach]


def following_feed(viewer_id: int) -> FollowingFeed:
    """What those that the viewer follows have pinned, newest first, from the newest 800."""
    return FollowingFeed(viewer_id)


def newest_entries(viewer_id: int) -> list[int]:
    """The newest of what may be in a feed, newest first. No statement while the timeline is there."""
    return timeline_of(viewer_id, NEWEST_ENTRIES)


def watch_timeline(viewer_id: int) -> None:
    """Have the timeline's topic announced, for longer than a stream lasts, when it grows."""
    with suppress(*AWAY):
        store.watch(viewer_id, _WATCH_SECONDS)


def count_entries(viewer_id: int, entries: Sequence[int]) -> int:
    """How many of these entries the viewer's feed shows. One statement, or none for none."""
    return _among(viewer_id, entries).counts([viewer_id]).get()[0] if entries else 0


def _among(viewer_id: int, entries: Sequence[int]) -> Listing:
    return Listing(
        lambda _viewer: entries_for(VIEWER.expression()).filter(pk__any=IDS),
        NEWEST,
        loader=PINS,
        values={**as_viewer(viewer_id), IDS.name: array(entries)},
        name="feed.following",
    )
