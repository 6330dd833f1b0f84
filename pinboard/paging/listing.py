"""Lists in Postgres: the statement of a page, compiled once, and what is made of its rows."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from pinboard.errors import BadInput
from pinboard.paging.pages import Page, Pages, Row, cut_page
from pinboard.paging.windows import Key, Order, Window
from pinboard.postgres.statements import Rows, Statement
from pinboard.records import Loader
from pinboard.related import EVERYTHING, Breadth, Wanted
from pinboard.sql import Later, Slot, array, compile_queryset, fill, numbered
from pinboard.table import Layout, Reader, Table, Values

# What stands for the parent's id in the statement of `Listing.pages`.
_PARENT = RawSQL("parent.id", ())


class _Compiled(NamedTuple):
    """A compiled statement: its text, its slots, the order's columns, how to read its rows."""

    sql: str
    params: list[Any]
    fields: list[Any]
    layout: Layout | None = None


# Statements of named listings. When there are more, they are compiled anew.
_MAX_KEPT = 1_000
_kept: dict[tuple[Any, ...], _Compiled] = {}

_PARENTS = Slot("parents")


class Listing(NamedTuple):
    """The rows that hang on a parent.

    `rows_of`: gives, for an expression that stands for the parent's id, the rows that the viewer
    may see. `node`: the column that holds the listed object's id. `loader`: where these rows are
    those of a loader, with its visibility and all of its columns, they come along with the page.
    `values`: what belongs into the `Slot`s of these rows. `name`: where there is one, statements are
    compiled once for all listings of that name, which may differ in their values only.
    """

    rows_of: Callable[[RawSQL], "QuerySet[Any, Any]"]
    order: Order
    node: str = "id"
    loader: Loader[Any] | None = None
    values: Mapping[str, Any] = MappingProxyType({})
    name: str | None = None

    def pages(
        self, parents: Sequence[int], window: Window, wanted: Wanted = EVERYTHING
    ) -> Later[Sequence[Page]]:
        """A page for each parent, in one statement.

        `wanted`: what is asked of its records, which bring along what their loader knows of it.
        """
        breadth = None if self.loader is None else self.loader.breadth(wanted)
        shape = (window.backwards, window.after is None, window.before is None, window.step)
        compiled = self._once(
            ("pages", *shape, breadth), lambda: self._compile_pages(window, breadth)
        )
        values = {
            **self.values,
            _PARENTS.name: array(parents),
            **_bound("after", compiled.fields, window.after),
            **_bound("before", compiled.fields, window.before),
        }
        statement = self._statement(compiled, values)
        return Later(
            statement, lambda found: self._cut(found, len(parents), window, compiled.layout)
        )

    def counts(self, parents: Sequence[int]) -> Later[list[int]]:
        """How many rows each parent has, in one statement."""
        compiled = self._once(("counts",), self._compile_counts)
        statement = self._statement(compiled, {**self.values, _PARENTS.name: array(parents)})
        return Later(statement, lambda found: [count for (count,) in found])

    def _statement(self, compiled: _Compiled, values: Mapping[str, Any]) -> Statement:
        return Statement(compiled.sql, fill(compiled.params, values), self.name is not None)

    def _once(self, shape: tuple[Any, ...], make: Callable[[], _Compiled]) -> _Compiled:
        if self.name is None:
            return make()
        key = (self.name, self.order.name, *shape)
        compiled = _kept.get(key)
        if compiled is None:
            compiled = make()
            if len(_kept) >= _MAX_KEPT:
                _kept.clear()
            _kept[key] = compiled
        return compiled

    def _compile_pages(self, window: Window, breadth: Breadth | None) -> _Compiled:
        listed = self.rows_of(_PARENT)
        fields = [listed.model._meta.get_field(name) for name in self.order.keys]
        after = None if window.after is None else _slots("after", fields)
        before = None if window.before is None else _slots("before", fields)
        forward = not window.backwards
        within = listed
        if after is not None:
            within = within.filter(self.order.beyond(after, forward=True))
        if before is not None:
            within = within.filter(self.order.beyond(before, forward=False))
        ordered = within.order_by(*(self.order.columns if forward else self.order.reversed()))
        columns, record = self._columns(breadth)
        # What is among the record's columns is read once.
        before_record = [name for name in (self.node, *self.order.keys) if name not in columns]
        selected = [*dict.fromkeys(before_record), *columns]
        page, params = compile_queryset(ordered.values_list(*selected)[: window.step + 1])
        beside, beside_params = self._beside(listed, after, before)
        sql = (
            f"SELECT parent.ord, {'beside.*, ' if beside else ''}page.* "  # noqa: S608 - Django's texts
            f"FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) {beside}"
            f"LEFT JOIN LATERAL ({page}) AS page ON true"
        )
        params = [_PARENTS, *beside_params, *params]
        # Behind the parent's place and the flags.
        start = 1 + len([key for key in (after, before) if key is not None])
        node, *key = [start + selected.index(name) for name in (self.node, *self.order.keys)]
        layout = _layout(self.order, node, key, start + len(selected) - len(columns), record)
        return _Compiled(*numbered(sql, params), fields, layout)

    def _columns(self, breadth: Breadth | None) -> tuple[Sequence[Any], Layout | None]:
        """What to select for the records of a page, and how to read it."""
        if self.loader is None or breadth is None:
            return (), None
        if not breadth.related:
            columns = self.loader.width(breadth.is_brief)
            return columns.names, columns.layout
        bringing = self.loader.bringing(breadth)
        return bringing.expressions, bringing.layout

    def _compile_counts(self) -> _Compiled:
        listed, params = compile_queryset(self.rows_of(_PARENT).order_by().values_list(self.node))
        sql = (
            f"SELECT (SELECT count(*) FROM ({listed}) AS listed) "  # noqa: S608 - as above
            "FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) ORDER BY parent.ord"
        )
        return _Compiled(*numbered(sql, [*params, _PARENTS]), [])

    def _beside(
        self, listed: "QuerySet[Any, Any]", after: Key | None, before: Key | None
    ) -> tuple[str, list[Any]]:
        """For each cursor, whether a row lies at it or beyond, on the side that the page leaves out.

        It is asked once for each parent, which OFFSET keeps Postgres from undoing, and by a row next to the
        cursor: of EXISTS Postgres drops the order, and may look from the wrong end of the table.
        """
        sides = [
            (after, False, self.order.reversed()),
            (before, True, self.order.columns),
        ]
        flags, params = list[str](), list[Any]()
        for key, forward, order in sides:
            if key is not None:
                beyond = self.order.beyond(key, forward=forward, inclusive=True)
                nearest = listed.filter(beyond).order_by(*order).values_list(self.node)[:1]
                sql, of_sql = compile_queryset(nearest)
                flags.append(f"({sql}) IS NOT NULL")
                params += of_sql
        if not flags:
            return "", []
        return f"CROSS JOIN LATERAL (SELECT {', '.join(flags)} OFFSET 0) AS beside ", params

    def _cut(self, found: Rows, parents: int, window: Window, layout: Any) -> "Pages":
        grouped = _grouped(found, parents)
        node = layout.places["id"]
        pages = [_page(rows, window, node) for rows in grouped]
        flat = list(chain.from_iterable([page.rows for page in pages]))
        return Pages.of(pages, Table.of(flat, layout) if flat else [])


def _layout(
    order: Order, node: int, key: Sequence[int], start: int, record: Layout | None
) -> Layout:
    """How to read the rows of `Listing.pages`. `node`, `key`: where these are; `start`: where the record is."""

    def make(row: Values) -> Row:
        of_key = tuple([row[place] for place in key])
        return Row(row[node], of_key, order, record and record.make(row[start:]))

    def records(rows: Table) -> Sequence[Any]:
        return [None] * len(rows) if record is None else rows.within(start, record)

    readers: dict[str, Reader] = {
        "key": lambda rows: list(zip(*map(rows.at, key), strict=True)),
        "order": lambda rows: [order] * len(rows),
        "record": records,
    }
    return Layout({"id": node}, make, readers)


def _grouped(found: Rows, parents: int) -> list[Rows]:
    """The rows of each parent. All come with its place, from 1, and each parent has some."""
    if parents == 1:
        return [found]
    grouped: list[Rows] = [[] for _ in range(parents)]
    for place, rows in groupby(found, itemgetter(0)):
        grouped[place - 1] += rows
    return grouped


def _page(rows: Rows, window: Window, node: int) -> Page:
    """The page of one parent, as it was read. It has a row at least, if only with the flags."""
    first = rows[0]
    behind = window.after is not None and first[1]
    ahead = window.before is not None and first[1 if window.after is None else 2]
    return cut_page([] if first[node] is None else rows, window, behind=behind, ahead=ahead)


def _slots(name: str, fields: Sequence[Any]) -> Key:
    """Expressions for the values of a cursor."""
    return tuple(
        Slot(f"{name}.{number}").expression(_sql_type(one)) for number, one in enumerate(fields)
    )


def _sql_type(of_field: Any) -> str:
    """A column's type; a text's own length is no business of what it is compared with."""
    kind: str = of_field.db_type(connection)
    return "text" if kind.startswith("varchar") else kind


def _bound(name: str, fields: Sequence[Any], key: Key | None) -> dict[str, Any]:
    """A cursor's values. Those of the wrong types come of an order that was changed since."""
    if key is None:
        return {}
    try:
        return {
            f"{name}.{number}": one.get_prep_value(one.to_python(value))
            for number, (one, value) in enumerate(zip(fields, key, strict=True))
        }
    except (TypeError, ValueError, ValidationError):
        raise BadInput("The cursor is out of date. Begin anew, without it.") from None
