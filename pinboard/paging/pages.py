"""What is given: pages, of one parent and of many, and what gives them."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, overload

from pinboard.paging.windows import Key, Order, Window
from pinboard.related import EVERYTHING, Wanted
from pinboard.sql import Later
from pinboard.table import Lists


class Row(NamedTuple):
    """One entry of a page: the object's id, the values that order it, the order, and its record if it
    came along."""

    id: int
    key: Key
    order: Order
    record: Any = None


class Page(NamedTuple):
    """A page of one parent's list."""

    rows: Sequence[Row]
    has_next: bool
    has_previous: bool


class Pages(Sequence[Page]):
    """A page for each of many parents. What is on all of them is read together: `rows`."""

    def __init__(self, rows: Lists, has_next: Sequence[bool], has_previous: Sequence[bool]) -> None:
        self.rows = rows
        self.has_next = has_next
        self.has_previous = has_previous

    @classmethod
    def of(cls, pages: Sequence[Page], flat: Sequence[Row]) -> "Pages":
        """Pages whose rows are those of `flat`, one page after the other."""
        rows = Lists(flat, [len(page.rows) for page in pages])
        return cls(rows, [page.has_next for page in pages], [page.has_previous for page in pages])

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Page: ...
    @overload
    def __getitem__(self, at: slice) -> list[Page]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, int):
            return Page(self.rows[at], self.has_next[at], self.has_previous[at])
        return list(map(Page, self.rows[at], self.has_next[at], self.has_previous[at]))


class Pager(Protocol):
    """What a connection needs of a list; `Listing` is the one over Postgres."""

    @property
    def order(self) -> Order: ...

    def pages(
        self, parents: Sequence[int], window: Window, wanted: Wanted = EVERYTHING
    ) -> Later[Sequence[Page]]: ...

    def counts(self, parents: Sequence[int]) -> Later[list[int]]: ...


def cut_page(entries: list[Any], window: Window, *, behind: bool, ahead: bool) -> Page:
    """A page of entries read one too many, in reading direction; in list order afterwards."""
    more = len(entries) > window.size
    kept = entries[: window.size]
    if window.backwards:
        return Page(kept[::-1], has_next=ahead, has_previous=more or behind)
    return Page(kept, has_next=more or ahead, has_previous=behind)
