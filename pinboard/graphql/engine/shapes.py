"""Shapes: how the values of a position are completed, for all of its objects at once.

Each returns what belongs into the answer, one for one. A value that can't be completed is noted with
the run and leaves None; `outcome` sees later what else becomes null for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from math import isfinite
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.execute import invalid_return_type_error
from graphql.pyutils import inspect, is_iterable

from pinboard.graphql.engine.places import Frame, Places
from pinboard.table import Lists, Table, joined

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_LISTS = {list, tuple, Table, NoneType}
_NO_VALUES = (Exception, type(Undefined))


@lru_cache(maxsize=1_000)
def _is_no_value(kind: type) -> bool:
    return issubclass(kind, _NO_VALUES) or _is_awaitable(kind)


def _is_awaitable(kind: type) -> bool:
    return hasattr(kind, "__await__")


def shape_of(of_type: Any, field: Any) -> "Shape":
    """The shape of a type at a field's position."""
    nullable = not isinstance(of_type, GraphQLNonNull)
    if not nullable:
        of_type = of_type.of_type
    if isinstance(of_type, GraphQLList):
        return ListShape(field, nullable, shape_of(of_type.of_type, field))
    if is_leaf_type(of_type):
        return LeafShape(field, nullable, of_type)
    if is_abstract_type(of_type):
        return AbstractShape(field, nullable, of_type)
    return ObjectShape(field, nullable, of_type)


class Shape:
    """What all have in common: nulls and errors among the values."""

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


class ObjectShape(Shape):
    """Objects of one type: their selection is run for all of them."""

    def __init__(self, field: Any, nullable: bool, of_type: GraphQLObjectType) -> None:
        super().__init__(field, nullable)
        self.of_type = of_type

    def may_be_swept(self) -> bool:
        if self.of_type.is_type_of is not None:
            return False
        fields = self.field.selection(self.of_type).fields  # none where all are skipped
        return bool(fields) and all(field.may_be_swept for field in fields)

    def sweep(self, run: Any, values: Sequence[Any]) -> Sequence[Any] | None:
        if type(values) is not Table:
            return None
        selection, points = self.field.selection(self.of_type), run.points
        run.points += len(values)
        columns: list[Sequence[Any]] = []
        for field in selection.fields:
            column = run.sweep(field, values)
            if column is None:
                run.points = points
                return None
            columns.append(column)
        answers: list[Any] = selection.answers(columns)
        return answers

    def complete(self, run: Any, places: Places) -> Sequence[Any]:
        if type(places.values) is Table:  # which holds neither nulls nor errors
            return self._complete(run, places, set())
        return super().complete(run, places)

    def _complete(self, run: Any, places: Places, kinds: set[type]) -> Sequence[Any]:
        values = places.values
        if NoneType not in kinds:
            return run_objects(run, self.field, self.of_type, places, range(len(values)))
        live = [index for index, value in enumerate(values) if value is not None]
        completed: list[Any] = [None] * len(values)
        objects = run_objects(run, self.field, self.of_type, places, live)
        for index, one in zip(live, objects, strict=True):
            completed[index] = one
        return completed


class AbstractShape(Shape):
    """Interfaces and unions: objects are run type by type."""

    def __init__(self, field: Any, nullable: bool, of_type: Any) -> None:
        super().__init__(field, nullable)
        self.of_type = of_type

    def _complete(self, run: Any, places: Places, kinds: set[type]) -> Sequence[Any]:
        completed: list[Any] = [None] * len(places.values)
        by_type: dict[str, tuple[GraphQLObjectType, list[int]]] = {}
        for index, value in enumerate(places.values):
            if value is not None:
                try:
                    runtime_type = run.runtime_type(self, places, index)
                except Exception as error:
                    run.fail(places, index, error)
                    continue
                by_type.setdefault(runtime_type.name, (runtime_type, []))[1].append(index)
        for runtime_type, live in by_type.values():
            objects = run_objects(run, self.field, runtime_type, places, live)
            for index, one in zip(live, objects, strict=True):
                completed[index] = one
        return completed


def run_objects(
    run: Any, field: Any, of_type: GraphQLObjectType, places: Places, live: "range | list[int]"
) -> Sequence[Any]:
    """The answers for the objects at the indices `live`, all of one type; None for those refused."""
    try:
        selection = field.selection(of_type)
    except Exception as error:
        for index in live:
            run.fail(places, index, error)
        return [None] * len(live)
    if of_type.is_type_of is None:
        objects = places.values if isinstance(live, range) else [places.values[i] for i in live]
        answers: list[Any] = run.select(selection, objects, Frame(places, live))
        return answers
    accepted: list[int] = []
    for index in live:
        try:
            if not of_type.is_type_of(places.values[index], run.info(field, places, index)):
                raise invalid_return_type_error(of_type, places.values[index], field.nodes)
            accepted.append(index)
        except Exception as error:
            run.fail(places, index, error)
    objects = [places.values[index] for index in accepted]
    found = dict(
        zip(accepted, run.select(selection, objects, Frame(places, accepted)), strict=True)
    )
    return [found.get(index) for index in live]
