"""Fields that give connections: Relay's paging arguments, and the list that a field asks a pager for."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import graphene
from django_filters import FilterSet
from graphene_django.filter.utils import get_filtering_args_from_filterset
from graphql import GraphQLError

from pinboard.errors import Forbidden, Refusal
from pinboard.graphql import cursors
from pinboard.graphql.batch import batch
from pinboard.graphql.connections import Listed, Records, listed
from pinboard.paging import (
    DEFAULT_SIZE,
    MAX_SIZE,
    Below,
    Listing,
    Order,
    Pager,
    Window,
    brought,
)
from pinboard.related import Wanted
from pinboard.sql import Later
from pinboard.table import Table, column

PagerOf = Callable[..., Pager]

# Where the records of a page are asked for.
_RECORDS = (("edges", "node"), ("nodes",))


class Asked(NamedTuple):
    """What a connection is asked for: `pager.pages(…, window, wanted)`."""

    pager: Pager
    window: Window
    wanted: Wanted


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
        self._pager = pager
        self._is_ordered = orders is not None
        self._filters = frozenset(filters)
        self._parent = parent
        self._refusal = own
        super().__init__(
            type_,
            required=True,
            args={**arguments, **filters},
            resolver=batch(self._resolve if own is None else self._resolve_own),
            **options,
        )
        self.resolver.page_size = _page_size
        if parent is _own_id:
            self.resolver.reads = {"id"}
            # By which a list above has it come along: `Info.asked_below`.
            self.resolver.asked = self._asked if own is None else None

    def _resolve(self, parents: Sequence[Any], info: Any, **arguments: Any) -> Records:
        asked, ids = info.was_asked, self._ids(parents)
        # What the parents have brought is another list's, if this one was not asked.
        pages = None if asked is None else brought(parents, asked.window)
        if pages is not None:
            return listed(ids, asked.pager, pages)
        return self._read(ids, asked or self._asked(info, **arguments), info)

    def _resolve_own(
        self, parents: Sequence[Any], info: Any, **arguments: Any
    ) -> Later[Sequence[Any]]:
        """Answers the viewer, and refuses everybody else among the parents."""
        viewer_id = info.context.viewer_id
        is_own = [person.id == viewer_id for person in parents]
        if not any(is_own):
            raise Forbidden(self._refusal)
        ids = self._ids([parents[is_own.index(True)]])
        later = self._read(ids, self._asked(info, **arguments), info)
        if len(parents) == 1:
            return later
        return later.then(
            lambda found: [found[0] if own else Forbidden(self._refusal) for own in is_own]
        )

    def _asked(self, info: Any, **arguments: Any) -> Asked:
        options: dict[str, Any] = {}
        if self._is_ordered and (order := arguments.pop("order_by", None)) is not None:
            options["order"] = order.value if hasattr(order, "value") else order
        if self._filters:
            options["filters"] = {n: v for n, v in arguments.items() if n in self._filters}
        pager = self._pager(info.context.viewer_id, **options)
        return Asked(pager, window_of(pager.order, arguments), info.wanted(*_RECORDS))

    def _read(self, ids: Sequence[int], asked: Asked, info: Any) -> Later[Sequence[Listed]]:
        pager, window, wanted = asked
        if isinstance(pager, Listing):
            pages = pager.pages(ids, window, wanted, _below(pager, info))
        else:
            pages = pager.pages(ids, window, wanted)
        return pages.then(lambda found: listed(ids, pager, found))

    def _ids(self, parents: Sequence[Any]) -> Sequence[int]:
        if self._parent is _own_id and type(parents) is Table:
            return column(parents, "id")
        return list(map(self._parent, parents))


def _below(listing: Listing, info: Any) -> Below | None:
    """The list that is asked for below the records of a page, where they can bring theirs along."""
    try:
        asked: Asked | None = info.asked_below(*_RECORDS)
    except (Refusal, GraphQLError):  # as that list will tell by itself
        return None
    if asked is None or not isinstance(asked.pager, Listing):
        return None
    below = Below(asked.pager, asked.window, asked.wanted)
    return below if listing.may_bring(below) else None


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
