"""Keyset pages: the first step of every read, from parents to ids.

A `Listing` says which rows hang on a parent, and in which order. One statement gives a page for each
of many parents: a lateral join that stops at the page's end in the index, however many parents there
are and however long their lists. A page knows whether more lies before and after it by looking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from pinboard.errors import BadInput
from pinboard.sql import compile_queryset, rows

DEFAULT_SIZE = 25
MAX_SIZE = 100

Key = tuple[Any, ...]

# What stands for the parent's id in the statement of `Listing.pages`.
_PARENT = RawSQL("parent.id", ())


@dataclass(frozen=True)
class Window:
    """Which part of a list: `first` rows after `after`, or `last` rows before `before`."""

    first: int | None = None
    after: Key | None = None
    last: int | None = None
    before: Key | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None:
            raise BadInput("Ask for `first` or for `last`, not for both.")
        for name in ("first", "last"):
            size = getattr(self, name)
            if size is not None and not 0 <= size <= MAX_SIZE:
                raise BadInput(f"`{name}` must be from 0 to {MAX_SIZE}.")

    @property
    def backwards(self) -> bool:
        return self.last is not None or (self.first is None and self.before is not None)

    @property
    def size(self) -> int:
        """How many rows the page holds at most."""
        size = self.last if self.backwards else self.first
        return DEFAULT_SIZE if size is None else size


@dataclass(frozen=True)
class Order:
    """A total order: columns as Django writes them (`-` descends), none null, the last one unique.

    `name` is signed into cursors, so that one of another order is refused.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.lstrip("-") for column in self.columns)

    def reversed(self) -> tuple[str, ...]:
        return tuple(c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)

    def beyond(self, key: Key, *, forward: bool, inclusive: bool = False) -> Q:
        """Rows after `key` (or before it), as (a > x) or (a = x and b > y) ...

        The first column is bounded once more by itself: an OR is no place where an index can start.
        """
        condition, equal = Q(), Q()
        for column, value in zip(self.columns, key, strict=True):
            name = column.lstrip("-")
            ascending = column.startswith("-") is not forward
            condition |= equal & Q(**{f"{name}__{'gt' if ascending else 'lt'}": value})
            equal &= Q(**{name: value})
        column, value = self.columns[0], key[0]
        ascending = column.startswith("-") is not forward
        bound = Q(**{f"{column.lstrip('-')}__{'gte' if ascending else 'lte'}": value})
        return bound & (condition | equal if inclusive else condition)


class Row(NamedTuple):
    """One entry of a page: the object's id and the values that order it."""

    id: int
    key: Key


@dataclass(frozen=True)
class Page:
    """A page of one parent's list."""

    rows: list[Row]
    has_next: bool
    has_previous: bool


class Pager(Protocol):
    """What a connection needs of a list; `Listing` is the one over Postgres."""

    @property
    def order(self) -> Order: ...

    def pages(self, parents: Sequence[int], window: Window) -> list[Page]: ...

    def counts(self, parents: Sequence[int]) -> list[int]: ...


@dataclass(frozen=True)
class Listing:
    """The rows that hang on a parent.

    `rows_of`: gives, for an expression that stands for the parent's id, the rows that the viewer
    may see. `node`: the column that holds the listed object's id.
    """

    rows_of: Callable[[RawSQL], "QuerySet[Any, Any]"]
    order: Order
    node: str = "id"

    def pages(self, parents: Sequence[int], window: Window) -> list[Page]:
        """A page for each parent, in one statement."""
        listed = self.rows_of(_PARENT)
        forward = not window.backwards
        within = listed
        if window.after is not None:
            within = _kept(within, self.order.beyond(window.after, forward=True))
        if window.before is not None:
            within = _kept(within, self.order.beyond(window.before, forward=False))
        ordered = within.order_by(*(self.order.columns if forward else self.order.reversed()))
        page, params = compile_queryset(
            ordered.values_list(self.node, *self.order.keys)[: window.size + 1]
        )
        behind, behind_params = self._exists(listed, window.after, forward=False)
        ahead, ahead_params = self._exists(listed, window.before, forward=True)
        found = rows(
            f"SELECT parent.ord, {behind}, {ahead}, page.* "  # noqa: S608 - texts compiled by Django
            "FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) "
            f"LEFT JOIN LATERAL ({page}) AS page ON true",
            [*behind_params, *ahead_params, list(parents), *params],
        )
        return self._cut(found, len(parents), window)

    def counts(self, parents: Sequence[int]) -> list[int]:
        """How many rows each parent has, in one statement."""
        listed, params = compile_queryset(self.rows_of(_PARENT).order_by().values_list(self.node))
        found = rows(
            f"SELECT (SELECT count(*) FROM ({listed}) AS listed) "  # noqa: S608 - as above
            "FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) ORDER BY parent.ord",
            [*params, list(parents)],
        )
        return [count for (count,) in found]

    def _exists(
        self, listed: "QuerySet[Any, Any]", key: Key | None, *, forward: bool
    ) -> tuple[str, list[Any]]:
        """Whether a row lies at the cursor or beyond it, on the side that the page leaves out."""
        if key is None:
            return "false", []
        beyond = self.order.beyond(key, forward=forward, inclusive=True)
        found = _kept(listed, beyond).order_by().values_list(self.node)[:1]
        sql, params = compile_queryset(found)
        return f"EXISTS ({sql})", params

    def _cut(self, found: list[tuple[Any, ...]], parents: int, window: Window) -> list[Page]:
        grouped: list[list[Row]] = [[] for _ in range(parents)]
        flags = [(False, False)] * parents
        for ordinal, behind, ahead, node, *key in found:
            flags[ordinal - 1] = (behind, ahead)
            if node is not None:
                grouped[ordinal - 1].append(Row(node, tuple(key)))
        return [
            cut_page(entries, window, behind=behind, ahead=ahead)
            for entries, (behind, ahead) in zip(grouped, flags, strict=True)
        ]


def _kept(listed: "QuerySet[Any, Any]", beyond: Q) -> "QuerySet[Any, Any]":
    """The rows beyond a cursor. A key of the wrong types comes of an order that was changed since."""
    try:
        return listed.filter(beyond)
    except (TypeError, ValueError, ValidationError):
        raise BadInput("The cursor is out of date. Begin anew, without it.") from None


def cut_page(entries: list[Row], window: Window, *, behind: bool, ahead: bool) -> Page:
    """A page of entries read one too many, in reading direction; in list order afterwards."""
    more = len(entries) > window.size
    kept = entries[: window.size]
    if window.backwards:
        return Page(kept[::-1], has_next=ahead, has_previous=more or behind)
    return Page(kept, has_next=more or ahead, has_previous=behind)
