"""Relay connections over keyset pages.

`connection(PinType)` makes `PinConnection` and `PinEdge`. A `ConnectionField` gives what they are made
of: a page of ids for each parent, with the nodes' records where they came along. Those that did not are
read by the type's loader.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import graphene
from graphene.relay import PageInfo

from pinboard.graphql import cursors
from pinboard.graphql.batch import batch
from pinboard.graphql.types import Load, RecordType
from pinboard.paging import Order, Page, Pager, Pages, Row
from pinboard.sql import Later
from pinboard.table import Layout, Lists, Table, Values, column

Records = Sequence[Any] | Later[Sequence[Any]]


class Listed(NamedTuple):
    """What a connection resolves to: a page of one parent's list."""

    parent: int
    pager: Pager
    page: Page

    @property
    def rows(self) -> Sequence[Row]:
        return self.page.rows


def listed(parents: Sequence[int], pager: Pager, pages: Sequence[Page]) -> Sequence[Listed]:
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
