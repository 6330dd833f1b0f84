"""Reads: the home feed, ranked anew for each first page, and kept for the pages after it.

A first page gathers, ranks and begins a scroll; its cursors name the scroll and a place in it. Every page
asks anew what of its pins may be shown (`ranking.rules.forbidden`), so what was unfollowed, blocked,
muted, hidden, deleted or made secret since is gone, and all else stays where it is.

Without Valkey there are no scrolls: the feed is then newest first, and its cursors say so.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import cast

import numpy as np
import structlog
from numpy.typing import NDArray

from apps.feed import scrolls, store
from apps.feed.ranking.facts import Bools, Facts
from apps.feed.ranking.ranking import Ranking
from apps.feed.ranking.reasons import strongest
from apps.feed.ranking.rules import forbidden, kept, unwanted
from apps.feed.scrolls import COPY, Scroll
from apps.feed.selectors.facts import facts_of
from apps.feed.selectors.following import NEWEST_ENTRIES, FollowingFeed
from apps.feed.selectors.ranked import Candidates, ranking_of
from apps.feed.selectors.rows import RANKED, Entry, FeedRow, shown
from apps.feed.sources import REASONS
from apps.feed.timelines import timeline_of
from apps.pins.selectors import PINS
from pinboard.cache.once import AWAY
from pinboard.errors import BadInput
from pinboard.paging import Listing, Order, Page, Row, Window, cut_page
from pinboard.related import EVERYTHING, Wanted
from pinboard.sql import IDS, VIEWER, Later, array, as_viewer

log = structlog.get_logger(__name__)

_BY_ID = Order("feed.shown", ("-id",))
# The scroll in cursors of a feed that was read without Valkey; the place is a pin's id.
_NO_SCROLL = 0
# Entries that are looked at beyond those that a page wants, at both of its ends.
_SPARE = 10


class HomeFeed:
    """The home feed of one person, as a connection wants it."""

    order = RANKED

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id
        self._scroll: Scroll | None = None

    def pages(
        self, parents: Sequence[int], window: Window, wanted: Wanted = EVERYTHING
    ) -> Later[Sequence[Page]]:
        """The page, in two statements; in three where many of its pins are not to be seen any more."""
        cursors = [key for key in (window.after, window.before) if key is not None]
        if any(number == _NO_SCROLL for number, _ in cursors):
            return self._newest_first(parents, window, wanted)
        try:
            scroll, facts = self._opened({number for number, _ in cursors})
        except AWAY as error:
            log.warning("feed.scrolls_away", reason=type(error).__name__)
            return self._newest_first(parents, window, wanted)
        self._scroll = scroll
        page = self._page(scroll, facts, _places(window))
        return self._with_records(page, wanted)

    def counts(self, parents: Sequence[int]) -> Later[list[int]]:
        """How many entries the scroll has, for each time that its person is named. One statement."""
        if self._scroll is None:
            return FollowingFeed(self.person_id).counts(parents)
        count = len(self._entries(self._scroll, 0, len(self._scroll.pins)))
        return Later.known([count] * len(parents))

    def new_count(self) -> int:
        """How many entries have come since the scroll began, 100 at most. One statement."""
        if self._scroll is None:
            return 0
        known = self._scroll.newest
        newer = [pin for pin in timeline_of(self.person_id, NEWEST_ENTRIES) if pin > known]
        if not newer:
            return 0
        facts = facts_of(self.person_id, newer)
        nothing = np.zeros(facts.length, np.uint8)
        keep = _may_stay(facts, nothing) & kept(facts, unwanted(facts, facts.id[:0]))
        return len(set(facts.picture_id[keep].tolist()))

    def _opened(self, numbers: set[int]) -> tuple[Scroll, Facts | None]:
        """The scroll that cursors name, or a new one with what is known of its pins, place by place."""
        if not numbers:
            return _begun(self.person_id, *ranking_of(self.person_id))
        if len(numbers) > 1:
            raise BadInput("`after` and `before` are of two scrolls. Use cursors of one.")
        scroll = scrolls.read(self.person_id, numbers.pop())
        if scroll is None:
            raise BadInput(
                "This scroll of the feed is over: an hour after its last page, or after"
                f" {scrolls.AT_ONCE} newer ones. Ask for the first page again, without a cursor."
            )
        return scroll, None

    def _page(self, scroll: Scroll, facts: Facts | None, window: Window) -> Page:
        whole = (0, len(scroll.pins))
        near = _near(scroll, window, spare=0 if facts else _SPARE)
        page, is_certain = _cut(scroll, self._entries(scroll, *near, facts), window, near)
        if is_certain or near == whole:
            return page
        return _cut(scroll, self._entries(scroll, *whole, facts), window, whole)[0]

    def _entries(
        self, scroll: Scroll, start: int, stop: int, facts: Facts | None = None
    ) -> list[Entry]:
        """What may be shown of some places of a scroll. `facts`: of one that was ranked just now, whose
        pins all may be."""
        pins, marks = scroll.pins[start:stop], scroll.marks[start:stop]
        rows: Iterable[int | None] = range(start, stop)
        if facts is None:
            candidates = Candidates.of(pins, np.frombuffer(marks, np.uint8))
            facts = facts_of(self.person_id, pins, candidates.topical)
            facts = facts.where(_may_stay(facts, candidates.offered(facts)))
            row_of = {pin: row for row, pin in enumerate(facts.id.tolist())}
            rows = map(row_of.get, pins)
        found: list[Entry] = []
        begun = -1
        for place, pin, mark, row in zip(count(start), pins, marks, rows):
            if not mark & COPY:
                begun = place
            if row is None:
                continue
            if found and found[-1].place == begun:
                found[-1].rows.append(row)
            else:
                found.append(Entry(begun, pin, mark, facts, [row]))
        return found

    def _with_records(self, page: Page, wanted: Wanted) -> Later[Sequence[Page]]:
        """The page with its pins, in one statement; without what is gone since a moment ago."""
        ids = [row.id for row in page.rows]
        listing = Listing(
            lambda _viewer: PINS.rows(VIEWER.expression()).filter(pk__any=IDS),
            _BY_ID,
            loader=PINS,
            values={**as_viewer(self.person_id), IDS.name: array(ids)},
            name="feed.shown",
        )

        def in_order(pages: Sequence[Page]) -> Sequence[Page]:
            return [page._replace(rows=shown(cast(list[FeedRow], page.rows), pages[0].rows))]

        if not ids:
            return Later.known([page])
        return listing.pages([self.person_id], Window(first=len(ids)), wanted).then(in_order)

    def _newest_first(
        self, parents: Sequence[int], window: Window, wanted: Wanted
    ) -> Later[Sequence[Page]]:
        def keyed(pages: Sequence[Page]) -> Sequence[Page]:
            return [
                one._replace(
                    rows=[
                        row._replace(key=(_NO_SCROLL, *row.key), order=RANKED) for row in one.rows
                    ]
                )
                for one in pages
            ]

        following = FollowingFeed(self.person_id)
        return following.pages(parents, _places(window), wanted).then(keyed)


def home_feed(viewer_id: int) -> HomeFeed:
    """What the viewer may like best of what they follow, and of what is popular."""
    return HomeFeed(viewer_id)


def _may_stay(facts: Facts, offers: NDArray[np.uint8]) -> Bools:
    """Which pins may be in the feed, at any read."""
    _, without = strongest(REASONS, facts, offers)
    return kept(facts, forbidden(facts, without))


def _begun(person_id: int, ranking: Ranking, newest: int) -> tuple[Scroll, Facts]:
    """A new scroll of a ranking, and what is known of its pins, place by place."""
    rows, is_copy = ranking.entries
    marks = ranking.offers[rows] | np.where(is_copy, np.uint8(COPY), np.uint8(0))
    facts = ranking.facts.where(rows)
    scroll = scrolls.keep(
        person_id, newest, facts.id, marks.tobytes(), timeline_seconds=store.SECONDS
    )
    return scroll, facts


def _places(window: Window) -> Window:
    """The window with places for cursors, without the scrolls that they are of."""
    if window.after is None and window.before is None:
        return window
    after, before = (None if key is None else key[1:] for key in (window.after, window.before))
    return replace(window, after=after, before=before)


def _near(scroll: Scroll, window: Window, *, spare: int) -> tuple[int, int]:
    """The places among which a page surely is, unless more than `spare` entries are not to be seen."""
    end = len(scroll.pins)
    if window.backwards or window.before is not None:
        return 0, end
    is_copy = np.frombuffer(scroll.marks, np.uint8) & COPY
    begins = [*np.flatnonzero(is_copy == 0).tolist(), end]
    entry = 0 if window.after is None else bisect_left(begins, window.after[0])
    start, stop = max(entry - spare, 0), min(entry + window.size + 1 + spare, len(begins) - 1)
    return begins[min(start, stop)], begins[stop]


def _cut(
    scroll: Scroll, entries: list[Entry], window: Window, looked_at: tuple[int, int]
) -> tuple[Page, bool]:
    """The page among the entries of the places that were looked at, and whether it is certain."""
    after = -1 if window.after is None else window.after[0]
    before = len(scroll.pins) if window.before is None else window.before[0]
    behind = bool(entries) and entries[0].place <= after
    ahead = bool(entries) and entries[-1].place >= before
    inside = [entry for entry in entries if after < entry.place < before]
    if window.backwards:
        inside.reverse()
    read = inside[: window.size + 1]
    rows = [
        FeedRow(entry.pin_id, (scroll.number, entry.place), RANKED, None, entry) for entry in read
    ]
    page = cut_page(cast(list[Row], rows), window, behind=behind, ahead=ahead)
    start, stop = looked_at
    is_certain = (page.has_next or stop == len(scroll.pins)) and (
        page.has_previous or start == 0 or window.after is None
    )
    return page, is_certain
