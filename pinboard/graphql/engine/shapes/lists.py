"""Lists, of whatever shape their items are."""

from collections.abc import Iterable, Sequence
from itertools import islice
from types import NoneType
from typing import Any

from graphql import GraphQLError
from graphql.pyutils import is_iterable

from pinboard.graphql.engine.places import Places
from pinboard.graphql.engine.shapes.base import Shape
from pinboard.table import Lists, Table, joined

_LISTS = {list, tuple, Table, NoneType}


class ListShape(Shape):
    """Lists, whose items are completed all together."""

    def __init__(self, field: Any, nullable: bool, item: Shape) -> None:
        super().__init__(field, nullable)
        self.item = item

    def complete(self, run: Any, places: Places) -> Sequence[Any]:
        lists = places.values
        if type(lists) is not Lists:
            return super().complete(run, places)
        items = iter(self._items(run, places, lists.flat))
        return [list(islice(items, size)) for size in lists.sizes]

    def _complete(self, run: Any, places: Places, kinds: set[type]) -> Sequence[Any]:
        if not kinds <= _LISTS:
            places.values = self._as_lists(run, places)
        values = places.values
        flat = joined([value for value in values if value is not None])
        items = iter(self._items(run, places, flat))
        return [None if value is None else list(islice(items, len(value))) for value in values]

    def _items(self, run: Any, places: Places, flat: Sequence[Any]) -> Sequence[Any]:
        return self.item.complete(run, Places(flat, self.field, self.item, above=places))

    def _as_lists(self, run: Any, places: Places) -> list[list[Any] | None]:
        lists: list[list[Any] | None] = []
        for index, value in enumerate(places.values):
            found = None
            if value is not None:
                try:
                    found = self._as_list(value)
                except Exception as error:
                    run.fail(places, index, error)
            lists.append(found)
        return lists

    def _as_list(self, value: Any) -> list[Any]:
        if not is_iterable(value):
            field = self.field
            raise GraphQLError(
                "Expected Iterable, but did not find one for field"
                f" '{field.parent_type.name}.{field.nodes[0].name.value}'."
            )
        iterable: Iterable[Any] = value
        return list(iterable)
