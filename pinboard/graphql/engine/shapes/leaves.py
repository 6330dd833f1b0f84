"""Scalars and enums."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect

from pinboard.graphql.engine.places import Places
from pinboard.graphql.engine.shapes.base import Shape

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def _as_is(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _ints(values: Sequence[Any]) -> Sequence[Any] | None:
    try:
        least, most = min(values), max(values)
    except TypeError:  # nulls are among them
        known = [value for value in values if value is not None]
        least, most = min(known), max(known)
    return values if least >= _INT_MIN and most <= _INT_MAX else None


def _floats(values: Sequence[Any]) -> Sequence[Any] | None:
    return values if all(value is None or isfinite(value) for value in values) else None


def _id_texts(values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else str(value) for value in values]


Sweep = Callable[[Sequence[Any]], Sequence[Any] | None]

# What `serialize` would give for all values of a class; None if it has to be asked about each.
_SWEEPS: dict[Any, dict[type, Sweep]] = {
    GraphQLString: {str: _as_is},
    GraphQLID: {str: _as_is, int: _id_texts},
    GraphQLBoolean: {bool: _as_is},
    GraphQLInt: {int: _ints},
    GraphQLFloat: {float: _floats},
}


class LeafShape(Shape):
    """Scalars and enums."""

    def __init__(self, field: Any, nullable: bool, of_type: Any) -> None:
        super().__init__(field, nullable)
        self.of_type = of_type
        self._sweeps: Mapping[type, Sweep] = _SWEEPS.get(of_type, {})

    def may_be_swept(self) -> bool:
        return bool(self._sweeps)

    def sweep(self, run: Any, values: Sequence[Any]) -> Sequence[Any] | None:
        kinds = set(map(type, values))
        sweep = self._sweeps.get(kinds.pop()) if len(kinds) == 1 else None
        return None if sweep is None else sweep(values)

    def _complete(self, run: Any, places: Places, kinds: set[type]) -> Sequence[Any]:
        values = places.values
        kinds.discard(NoneType)
        if not kinds:
            return values
        if len(kinds) == 1:
            (kind,) = kinds
            sweep = self._sweeps.get(kind)
            swept = sweep(values) if sweep is not None else self._enum_sweep(kind, values)
            if swept is not None:
                return swept
        return self._each(run, places)

    def _enum_sweep(self, kind: type, values: Sequence[Any]) -> Sequence[Any] | None:
        """An enum's values, each different one serialized once."""
        if kind is not str or not isinstance(self.of_type, GraphQLEnumType):
            return None
        names: dict[Any, Any] = {None: None}
        try:
            for value in set(values) - {None}:
                names[value] = self.of_type.serialize(value)
        except Exception:
            return None
        return [names[value] for value in values]

    def _each(self, run: Any, places: Places) -> Sequence[Any]:
        completed: list[Any] = []
        for index, value in enumerate(places.values):
            serialized = None
            if value is not None:
                try:
                    serialized = self._serialize(value)
                except Exception as error:
                    run.fail(places, index, error)
            completed.append(serialized)
        return completed

    def _serialize(self, value: Any) -> Any:
        serialized = self.of_type.serialize(value)
        if serialized is None or serialized is Undefined:
            raise TypeError(
                f"Expected `{inspect(self.of_type)}.serialize({inspect(value)})`"
                f" to return non-nullable value, returned: {inspect(serialized)}"
            )
        return serialized
