"""Relay connections over keyset pages.

`connection(PinType)` makes `PinConnection` and `PinEdge`. A `ConnectionField` takes a selector that
gives a `Pager`; the page's ids come from it, one statement for all parents at the level, and the
nodes from the type's loader, one statement more.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import graphene
from django_filters import FilterSet
from graphene.relay import PageInfo
from graphene_django.filter.utils import get_filtering_args_from_filterset

from pinboard.errors import Forbidden
from pinboard.graphql import cursors
from pinboard.graphql.batch import batch
from pinboard.graphql.types import Load, RecordType
from pinboard.paging import DEFAULT_SIZE, MAX_SIZE, Order, Page, Pager, Pages, Row, Window
from pinboard.sql import Later
from pinboard.table import Layout, Lists, Table, Values, column

PagerOf = Callable[..., Pager]
Records = Sequence[Any] | Later[Sequence[Any]]
Resolve = Callable[..., Later[Sequence[Any]]]


class Listed(NamedTuple):
    """What a connection resolves to: a page of one parent's list."""

    parent: int
    pager: Pager
    page: Page

    @property
    def rows(self) -> Sequence[Row]:
        return self.page.rows


def _listed(parents: Sequence[int], pager: Pager, pages: Sequence[Page]) -> Sequence[Listed]:
    """What a connection resolves to for many parents. The rows of all `Pages` are one column of it."""
    if not isinstance(pages, Pages):
        return [Listed(id, pager, page) for id, page in zip(parents, pages, strict=True)]

    def make(values: Values) -> Listed:
        number, parent = values
        return Listed(parent, pager, pages[number])

    def rows(listed: Table) -> Sequence[Any]:
        is_all = len(listed) == len(pages)
        return pages.rows if is_all else [pages.rows[number] for number in listed.at(0)]

    return Table.of(list(enumerate(parents)), Layout({"parent": 1}, make, {"rows": rows}))


def connection(
    node: type[RecordType],
    *,
    name: str | None = None,
    edge_fields: Mapping[str, Any] | None = None,
    page_fields: Mapping[str, Any] | None = None,
    load: Load | None = None,
) -> type[graphene.ObjectType]:
    """The connection type of `node`, called after it or after `name`.

    `edge_fields`: more fields of the edge, resolved from a `Row`; `page_fields`: more fields of the
    connection, resolved from a `Listed`. `load`: what loads its nodes, if not what loads the type's.
    """
    name = name or node._meta.name
    load = load or node.load
    edge = _edge_type(node, name, edge_fields or {}, load)

    def resolve_nodes(listed: Sequence[Listed], info: Any) -> Lists | Later[Lists]:
        rows = Lists.of(column(listed, "rows"))
        found = _records(load, info, rows.flat)
        return found.then(rows.holding) if isinstance(found, Later) else rows.holding(found)

    fields = {
        "edges": graphene.List(
            graphene.NonNull(edge),
            required=True,
            description="The page's entries with their cursors.",
            resolver=batch(_resolve_edges),
        ),
        "nodes": graphene.List(
            node,
            required=True,
            description="The page's objects, without edges between.",
            resolver=batch(resolve_nodes),
        ),
        "page_info": graphene.Field(
            PageInfo,
            required=True,
            description="Where this page begins and ends, and whether more lies beyond.",
            resolver=batch(_resolve_page_info),
        ),
        "total_count": graphene.Int(
            description="How many there are in all; counted only when asked for.",
            resolver=batch(_resolve_total_count),
        ),
        **(page_fields or {}),
    }
    meta = type(
        "Meta", (), {"name": f"{name}Connection", "description": f"A page of a list of {name}."}
    )
    made = type(f"{name}Connection", (graphene.ObjectType,), {**fields, "Meta": meta})
    made.node_type = node  # type: ignore[attr-defined]
    return made


def _edge_type(
    node: type[RecordType], name: str, more: Mapping[str, Any], load: Load
) -> type[graphene.ObjectType]:
    def resolve_node(edges: Sequence[Row], info: Any) -> Records:
        return _records(load, info, edges)

    fields = {
        "node": graphene.Field(node, description="The object.", resolver=batch(resolve_node)),
        "cursor": graphene.String(
            required=True,
            description="Where this entry is in the list, for `after` and `before`.",
            resolver=batch(_resolve_cursor),
        ),
        **more,
    }
    meta = type(
        "Meta", (), {"name": f"{name}Edge", "description": f"An entry of a list of {name}."}
    )
    return type(f"{name}Edge", (graphene.ObjectType,), {**fields, "Meta": meta})


def _records(load: Load, info: Any, rows: Sequence[Row]) -> Records:
    """The records of rows: those that these brought along, or read."""
    records = column(rows, "record")
    if rows and records[0] is not None:
        return records
    loaded: Later[Sequence[Any]] = load(info.context.viewer_id, column(rows, "id"))
    return loaded


def _resolve_cursor(edges: Sequence[Row], info: Any) -> list[str]:
    return list(map(cursors.encode, column(edges, "order"), column(edges, "key")))


def _resolve_edges(listed: Sequence[Listed], info: Any) -> Sequence[Sequence[Row]]:
    return column(listed, "rows")


def _resolve_page_info(listed: Sequence[Listed], info: Any) -> list[PageInfo]:
    return [_page_info(one.page, one.pager.order) for one in listed]


def _page_info(page: Page, order: Order) -> PageInfo:
    ends = [cursors.encode(order, page.rows[at].key) for at in (0, -1) if page.rows]
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=ends[0] if ends else None,
        end_cursor=ends[-1] if ends else None,
    )


def _resolve_total_count(listed: Sequence[Listed], info: Any) -> Later[list[int]]:
    return listed[0].pager.counts([one.parent for one in listed])


def order_enum(name: str, **orders: tuple[Order, str]) -> type[graphene.Enum]:
    """An enum of orders: `NEWEST=(Order(...), "Newest first.")`. The first is the default."""
    values = {member: order for member, (order, _) in orders.items()}
    texts = {member: text for member, (_, text) in orders.items()}
    return graphene.Enum(  # type: ignore[no-any-return]
        name,
        list(values.items()),
        description=lambda value: texts[value.name] if value else f"An order: {name}.",
    )


def _own_id(parent: Any) -> int:
    return 0 if parent is None else parent.id


class ConnectionField(graphene.Field):
    """A field that gives a connection.

    `pager`: a selector `(viewer_id, *, order=None, filters=None) -> Pager`; `order` is passed when
    `orders` names some (the first is the default), `filters` when there is a `filterset`.
    `parent`: which id of the object the list hangs on, its own by default. `own`: the list is a
    person's alone, and this is what anybody else is told (`Forbidden`).
    """

    def __init__(
        self,
        type_: type[graphene.ObjectType],
        pager: PagerOf,
        *,
        orders: "type[graphene.Enum] | None" = None,
        filterset: type[FilterSet] | None = None,
        parent: Callable[[Any], int] = _own_id,
        own: str | None = None,
        **options: Any,
    ) -> None:
        arguments = dict(_paging_arguments())
        if orders is not None:
            arguments["order_by"] = orders(description="The order of the list.")
        filters = get_filtering_args_from_filterset(filterset, type_.node_type) if filterset else {}
        self.names = frozenset(filters)
        self.parent = parent
        resolve = self._resolver(pager, ordered=orders is not None)
        super().__init__(
            type_,
            required=True,
            args={**arguments, **filters},
            resolver=batch(resolve if own is None else _of_viewer_alone(resolve, own)),
            **options,
        )
        if parent is _own_id:
            self.resolver.reads = {"id"}
        self.resolver.page_size = _page_size

    def _resolver(self, pager: PagerOf, *, ordered: bool) -> Resolve:
        def resolve(parents: Sequence[Any], info: Any, **arguments: Any) -> Later[Sequence[Listed]]:
            options: dict[str, Any] = {}
            if ordered and (order := arguments.pop("order_by", None)) is not None:
                options["order"] = order.value if hasattr(order, "value") else order
            if self.names:
                options["filters"] = {n: v for n, v in arguments.items() if n in self.names}
            made = pager(info.context.viewer_id, **options)
            window = window_of(made.order, arguments)
            ids = self._ids(parents)
            return made.pages(ids, window, info.wanted(("edges", "node"), ("nodes",))).then(
                lambda pages: _listed(ids, made, pages)
            )

        return resolve

    def _ids(self, parents: Sequence[Any]) -> Sequence[int]:
        if self.parent is _own_id and type(parents) is Table:
            return column(parents, "id")
        return list(map(self.parent, parents))


def _of_viewer_alone(resolve: Resolve, refusal: str) -> Resolve:
    """A resolver that answers the viewer, and refuses everybody else among the parents."""

    def resolve_own(parents: Sequence[Any], info: Any, **arguments: Any) -> Later[Sequence[Any]]:
        viewer_id = info.context.viewer_id
        is_own = [person.id == viewer_id for person in parents]
        if not any(is_own):
            raise Forbidden(refusal)
        listed = resolve([parents[is_own.index(True)]], info, **arguments)
        if len(parents) == 1:
            return listed
        return listed.then(
            lambda found: [found[0] if own else Forbidden(refusal) for own in is_own]
        )

    return resolve_own


def _page_size(arguments: Mapping[str, Any]) -> int:
    """How many entries the paging arguments ask for, for the price; what is wrong, the page refuses."""
    sizes = (arguments.get(name) for name in ("first", "last"))
    size = next((one for one in sizes if one is not None), DEFAULT_SIZE)
    return max(0, min(size, MAX_SIZE))


def window_of(order: Order, arguments: Mapping[str, Any]) -> Window:
    """The part of a list that the four paging arguments ask for."""
    after, before = arguments.get("after"), arguments.get("before")
    return _window(
        arguments.get("first"),
        None if after is None else cursors.decode(order, after),
        arguments.get("last"),
        None if before is None else cursors.decode(order, before),
    )


_window = lru_cache(maxsize=1_000)(Window)


def _paging_arguments() -> dict[str, Any]:
    return {
        "first": graphene.Int(
            description=f"How many entries from the start; {DEFAULT_SIZE} by default, {MAX_SIZE} at most."
        ),
        "after": graphene.String(description="Only entries after this cursor."),
        "last": graphene.Int(description=f"How many entries from the end; {MAX_SIZE} at most."),
        "before": graphene.String(description="Only entries before this cursor."),
    }
