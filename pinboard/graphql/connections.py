"""Relay connections over keyset pages.

`connection(PinType)` makes `PinConnection` and `PinEdge`. A `ConnectionField` takes a selector that
gives a `Pager`; the page's ids come from it, one statement for all parents at the level, and the
nodes from the type's loader, one statement more.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import graphene
from django_filters import FilterSet
from graphene.relay import PageInfo
from graphene_django.filter.utils import get_filtering_args_from_filterset

from pinboard.graphql import cursors
from pinboard.graphql.batch import batch
from pinboard.graphql.types import Load, RecordType
from pinboard.paging import DEFAULT_SIZE, MAX_SIZE, Order, Page, Pager, Row, Window
from pinboard.sql import Later
from pinboard.table import column, joined

PagerOf = Callable[..., Pager]


class Listed(NamedTuple):
    """What a connection resolves to: a page of one parent's list."""

    parent: int
    pager: Pager
    page: Page


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

    def resolve_nodes(listed: list[Listed], info: Any) -> Later[list[Sequence[Any]]]:
        rows = joined([one.page.rows for one in listed])
        return _records(load, info, rows).then(
            lambda found: _in_pieces(found, [len(one.page.rows) for one in listed])
        )

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
    def resolve_node(edges: Sequence[Row], info: Any) -> Later[Sequence[Any]]:
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


def _records(load: Load, info: Any, rows: Sequence[Row]) -> Later[Sequence[Any]]:
    """The records of rows, where these did not bring them along."""
    records = column(rows, "record")
    if rows and records[0] is not None:
        return Later.known(records)
    loaded: Later[Sequence[Any]] = load(info.context.viewer_id, column(rows, "id"))
    return loaded


def _in_pieces(flat: Sequence[Any], sizes: list[int]) -> list[Sequence[Any]]:
    ends = list(accumulate(sizes))
    return [flat[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _resolve_cursor(edges: Sequence[Row], info: Any) -> list[str]:
    return list(map(cursors.encode, column(edges, "order"), column(edges, "key")))


def _resolve_edges(listed: list[Listed], info: Any) -> list[Sequence[Row]]:
    return [one.page.rows for one in listed]


def _resolve_page_info(listed: list[Listed], info: Any) -> list[PageInfo]:
    return [_page_info(one.page, one.pager.order) for one in listed]


def _page_info(page: Page, order: Order) -> PageInfo:
    ends = [cursors.encode(order, page.rows[at].key) for at in (0, -1) if page.rows]
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=ends[0] if ends else None,
        end_cursor=ends[-1] if ends else None,
    )


def _resolve_total_count(listed: list[Listed], info: Any) -> Later[list[int]]:
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
    `parent`: which id of the object the list hangs on, its own by default. `of_parents`: the pager
    takes the list of objects after the viewer, to refuse some.
    """

    def __init__(
        self,
        type_: type[graphene.ObjectType],
        pager: PagerOf,
        *,
        orders: "type[graphene.Enum] | None" = None,
        filterset: type[FilterSet] | None = None,
        parent: Callable[[Any], int] = _own_id,
        of_parents: bool = False,
        **options: Any,
    ) -> None:
        arguments = dict(_paging_arguments())
        if orders is not None:
            arguments["order_by"] = orders(description="The order of the list.")
        filters = get_filtering_args_from_filterset(filterset, type_.node_type) if filterset else {}
        self.names = frozenset(filters)
        self.parent = parent
        self.of_parents = of_parents
        super().__init__(
            type_,
            required=True,
            args={**arguments, **filters},
            resolver=batch(self._resolver(pager, ordered=orders is not None)),
            **options,
        )
        if parent is _own_id:
            self.resolver.reads = {"id"}
        self.resolver.page_size = _page_size

    def _resolver(self, pager: PagerOf, *, ordered: bool) -> Callable[..., Later[list[Listed]]]:
        def resolve(parents: list[Any], info: Any, **arguments: Any) -> Later[list[Listed]]:
            options: dict[str, Any] = {}
            if ordered and (order := arguments.pop("order_by", None)) is not None:
                options["order"] = order.value if hasattr(order, "value") else order
            if self.names:
                options["filters"] = {n: v for n, v in arguments.items() if n in self.names}
            given = (
                (info.context.viewer_id, parents) if self.of_parents else (info.context.viewer_id,)
            )
            made = pager(*given, **options)
            window = window_of(made.order, arguments)
            ids = [self.parent(one) for one in parents]
            return made.pages(ids, window, info.wanted(("edges", "node"), ("nodes",))).then(
                lambda pages: [Listed(id, made, page) for id, page in zip(ids, pages, strict=True)]
            )

        return resolve


def _page_size(arguments: Mapping[str, Any]) -> int:
    """How many entries the paging arguments ask for, for the price; what is wrong, the page refuses."""
    size = next(
        (arguments[name] for name in ("first", "last") if arguments.get(name)), DEFAULT_SIZE
    )
    return max(0, min(size, MAX_SIZE))


def window_of(order: Order, arguments: Mapping[str, Any]) -> Window:
    """The part of a list that the four paging arguments ask for."""
    after, before = arguments.get("after"), arguments.get("before")
    return Window(
        first=arguments.get("first"),
        after=None if after is None else cursors.decode(order, after),
        last=arguments.get("last"),
        before=None if before is None else cursors.decode(order, before),
    )


def _paging_arguments() -> dict[str, Any]:
    return {
        "first": graphene.Int(
            description=f"How many entries from the start; {DEFAULT_SIZE} by default, {MAX_SIZE} at most."
        ),
        "after": graphene.String(description="Only entries after this cursor."),
        "last": graphene.Int(description=f"How many entries from the end; {MAX_SIZE} at most."),
        "before": graphene.String(description="Only entries before this cursor."),
    }
