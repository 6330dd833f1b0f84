"""The statements that read lists: Django's SQL for the rows of one parent, put into one for many."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from pinboard.paging.reading import layout_of
from pinboard.paging.windows import Key, Window
from pinboard.related import Breadth
from pinboard.sql import Slot, compile_queryset, numbered
from pinboard.table import Layout

if TYPE_CHECKING:
    from pinboard.paging.listing import Below, Listing

PARENTS = Slot("parents")
# For how many rows of a page the list below them is read.
ROWS = Slot("rows")

# What stands for the parent's id.
_PARENT = RawSQL("parent.id", ())


class Compiled(NamedTuple):
    """A compiled statement: its text, its slots, the order's columns, how to read its rows. `width`: how many
    columns are before those of the list below."""

    sql: str
    params: list[Any]
    fields: list[Any]
    layout: Layout = Layout({}, tuple)
    width: int = 0


class _Page(NamedTuple):
    """What reads the page of one parent, of its `listing`: a text, its slots, and what it selects, from
    `record_at` on the columns of the record."""

    listing: "Listing"
    sql: str
    params: list[Any]
    selected: list[Any]
    record_at: int
    record: Layout | None

    def layout(self, start: int, below: tuple[int, Layout] | None = None) -> Layout:
        """How to read rows that have this page's columns from `start` on, and at a place those of a list below."""
        listing, record = self.listing, self.record
        names = (listing.node, *listing.order.keys)
        node, *key = [start + self.selected.index(name) for name in names]
        record_at = start + self.record_at
        if record is not None and below is not None:
            place, of_list = below
            record = record.bringing(place - record_at, of_list)
        return layout_of(listing.order, node, key, record_at, record)


def pages(
    listing: "Listing", window: Window, breadth: Breadth | None, below: "Below | None"
) -> Compiled:
    """What `Listing.pages` reads: for each parent the rows of its page, for each of these the rows below."""
    listed = listing.rows_of(_PARENT)
    fields = [listed.model._meta.get_field(name) for name in listing.order.keys]
    after = None if window.after is None else _slots("after", fields)
    before = None if window.before is None else _slots("before", fields)
    beside, params = _beside(listing, after, before)
    page = _page(listing, _PARENT, window, breadth, after, before)
    # Behind the parent's place and the flags.
    start = 1 + (after is not None) + (before is not None)
    width = start + len(page.selected)
    columns, sql, params = "page.*", page.sql, [PARENTS, *params, *page.params]
    more, its_layout = "", None
    if below is not None:
        of_each = RawSQL(f'page."{listing.node}"', ())  # noqa: S611 - a column of ours
        its_page = _page(below.listing, of_each, below.window, below.breadth)
        columns, sql = "page.*, below.*", f"SELECT * FROM ({sql}) AS page LIMIT %s::bigint"  # noqa: S608 - Django's texts
        more = f" LEFT JOIN LATERAL ({its_page.sql}) AS below ON true"
        params += [ROWS, *its_page.params]
        its_layout = (width, its_page.layout(width))
    text = (
        f"SELECT parent.ord, {'beside.*, ' if beside else ''}{columns} "  # noqa: S608 - as above
        f"FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) {beside}"
        f"LEFT JOIN LATERAL ({sql}) AS page ON true{more}"
    )
    return Compiled(*numbered(text, params), fields, page.layout(start, its_layout), width)


def counts(listing: "Listing") -> Compiled:
    """What `Listing.counts` reads."""
    rows = listing.rows_of(_PARENT).order_by().values_list(listing.node)
    sql, params = compile_queryset(rows)
    text = (
        f"SELECT (SELECT count(*) FROM ({sql}) AS listed) "  # noqa: S608 - as above
        "FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) ORDER BY parent.ord"
    )
    return Compiled(*numbered(text, [*params, PARENTS]), [])


def _page(
    listing: "Listing",
    parent: RawSQL,
    window: Window,
    breadth: Breadth | None,
    after: Key | None = None,
    before: Key | None = None,
) -> _Page:
    order, within = listing.order, listing.rows_of(parent)
    if after is not None:
        within = within.filter(order.beyond(after, forward=True))
    if before is not None:
        within = within.filter(order.beyond(before, forward=False))
    ordered = within.order_by(*(order.reversed() if window.backwards else order.columns))
    columns, record = _columns(listing, breadth)
    # What is among the record's columns is read once.
    before_record = [name for name in (listing.node, *order.keys) if name not in columns]
    selected = [*dict.fromkeys(before_record), *columns]
    sql, params = compile_queryset(ordered.values_list(*selected)[: window.step + 1])
    return _Page(listing, sql, params, selected, len(selected) - len(columns), record)


def _columns(listing: "Listing", breadth: Breadth | None) -> tuple[Sequence[Any], Layout | None]:
    """What to select for the records of a page, and how to read it."""
    if listing.loader is None or breadth is None:
        return (), None
    if not breadth.related:
        columns = listing.loader.width(breadth.is_brief)
        return columns.names, columns.layout
    bringing = listing.loader.bringing(breadth)
    return bringing.expressions, bringing.layout


def _beside(listing: "Listing", after: Key | None, before: Key | None) -> tuple[str, list[Any]]:
    """For each cursor, whether a row lies at it or beyond, on the side that the page leaves out.

    It is asked once for each parent, which OFFSET keeps Postgres from undoing, and by a row next to the
    cursor: of EXISTS Postgres drops the order, and may look from the wrong end of the table.
    """
    order = listing.order
    sides = [(after, False, order.reversed()), (before, True, order.columns)]
    flags, params = list[str](), list[Any]()
    for key, forward, columns in sides:
        if key is not None:
            beyond = order.beyond(key, forward=forward, inclusive=True)
            nearest = listing.rows_of(_PARENT).filter(beyond).order_by(*columns)
            sql, of_sql = compile_queryset(nearest.values_list(listing.node)[:1])
            flags.append(f"({sql}) IS NOT NULL")
            params += of_sql
    if not flags:
        return "", []
    return f"CROSS JOIN LATERAL (SELECT {', '.join(flags)} OFFSET 0) AS beside ", params


def _slots(name: str, fields: Sequence[Any]) -> Key:
    """Expressions for the values of a cursor."""
    return tuple(
        Slot(f"{name}.{number}").expression(_sql_type(one)) for number, one in enumerate(fields)
    )


def _sql_type(of_field: Any) -> str:
    """A column's type; a text's own length is no business of what it is compared with."""
    kind: str = of_field.db_type(connection)
    return "text" if kind.startswith("varchar") else kind
