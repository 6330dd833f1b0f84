"""What all shapes have in common."""

from collections.abc import Sequence
from functools import lru_cache
from types import NoneType
from typing import Any

from graphql import Undefined

from pinboard.graphql.engine.places import Places

_NO_VALUES = (Exception, type(Undefined))


@lru_cache(maxsize=1_000)
def _is_no_value(kind: type) -> bool:
    return issubclass(kind, _NO_VALUES) or _is_awaitable(kind)


def _is_awaitable(kind: type) -> bool:
    return hasattr(kind, "__await__")


class Shape:
    """Nulls and errors among the values."""

    def __init__(self, field: Any, nullable: bool) -> None:
        self.field = field
        self.nullable = nullable

    def may_be_swept(self) -> bool:
        """Whether values may be completed with nothing looked at, by `sweep`."""
        return False

    def sweep(self, run: Any, values: Sequence[Any]) -> Sequence[Any] | None:
        """The completed values; None where something about them has to be looked at, by `complete`."""
        return None

    def complete(self, run: Any, places: Places) -> Sequence[Any]:
        """The completed values of `places`."""
        values = places.values
        kinds = set(map(type, values))
        if any(map(_is_no_value, kinds)):
            values = places.values = self._without_errors(run, places)
            kinds = set(map(type, values))
        if not self.nullable and NoneType in kinds:
            self._refuse_nulls(run, places)
        return self._complete(run, places, kinds)

    def _complete(self, run: Any, places: Places, kinds: set[type]) -> Sequence[Any]:
        raise NotImplementedError

    def _without_errors(self, run: Any, places: Places) -> Sequence[Any]:
        kept = list(places.values)
        for index, value in enumerate(kept):
            if isinstance(value, Exception):
                run.fail(places, index, value)
                kept[index] = None
            elif value is Undefined:
                kept[index] = None
            elif _is_awaitable(type(value)):
                fault = TypeError("A resolver gave an awaitable, and nobody waits for it.")
                run.fail(places, index, fault)
                kept[index] = None
        return kept

    def _refuse_nulls(self, run: Any, places: Places) -> None:
        field = self.field
        for index, value in enumerate(places.values):
            if value is None and not run.has_failed(places, index):
                text = (
                    "Cannot return null for non-nullable field"
                    f" {field.parent_type.name}.{field.nodes[0].name.value}."
                )
                run.fail(places, index, TypeError(text))
