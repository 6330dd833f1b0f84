"""Runs a planned operation: field by field, each for all objects at its position."""

from collections.abc import Collection, Sequence
from typing import Any

from graphql import (
    ExecutionContext,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    OperationType,
)
from graphql.execution import default_type_resolver

from pinboard.graphql.engine import outcome
from pinboard.graphql.engine.info import Info
from pinboard.graphql.engine.places import Frame, Places
from pinboard.graphql.engine.plan import FieldPlan, Selection, Variant
from pinboard.graphql.engine.price import price_of_doing
from pinboard.postgres.statements import Rows
from pinboard.sql import Later, fetched
from pinboard.table import Lists, Table

_AS_THEY_ARE = {list, tuple, Table, Lists}


class Execution:
    """One run of an operation, in the thread of its request."""

    def __init__(
        self, variant: Variant, variables: dict[str, Any], context: Any, root_value: Any = None
    ) -> None:
        operation = variant.document
        self._variant = variant
        self.schema = operation.schema
        self.fragments = operation.fragments
        self.operation = operation.operation
        self.variables = variables
        self.context = context
        self.root_value = root_value
        # What it cost so far, in the points of `price`: the operation, and an object each.
        self.points = 1
        # What lists were asked for by those above them: see `Info.asked_below`.
        self.asked: dict[FieldPlan, Any] = {}
        self.failures: list[outcome.Failure] = []
        self._failed: set[tuple[int, int]] = set()

    def run(self) -> ExecutionResult:
        """Data and errors, as graphql-core would give them."""
        try:
            root = self._variant.root
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        if self.operation.operation is OperationType.MUTATION:
            data: dict[str, Any] = {}
            for field in root.fields:
                # A mutation is done, to the bottom of what is asked about it, before the next.
                self.points += price_of_doing(field, self.variables)
                (column,) = self._columns([field], [self.root_value], Frame(None, range(1)))
                data[field.key] = column[0]
                if outcome.is_null(self.failures):
                    break
        else:
            data = self.select(root, [self.root_value], Frame(None, range(1)))[0]
        if not self.failures:
            return ExecutionResult(data, None)
        return outcome.settle(data, self.failures)

    def select(
        self, selection: Selection, objects: Sequence[Any], frame: Frame
    ) -> list[dict[str, Any]]:
        """The answers for objects of one type."""
        if not objects:
            return []
        if frame.places is not None:
            self.points += len(objects)
        columns = self._columns(selection.fields, objects, frame)
        if not columns:
            return [{} for _ in objects]
        return selection.answers(columns)

    def _columns(
        self, fields: list[FieldPlan], objects: Sequence[Any], frame: Frame
    ) -> list[Sequence[Any]]:
        """The completed values of fields, one for each object. What they read is read together."""
        columns: list[Any] = [
            self.sweep(field, objects) if field.may_be_swept else None for field in fields
        ]
        found: dict[int, Places] = {}
        waiting: dict[int, Later[Any]] = {}
        for number, field in enumerate(fields):
            if columns[number] is None:
                found[number] = places = Places([], field, field.shape, frame)
                values = self._resolve(field, objects, places)
                if isinstance(values, Later):
                    waiting[number] = values
                else:
                    places.values = values
        if waiting:
            for number, values in zip(waiting, self._fetch(waiting.values()), strict=True):
                found[number].values = _one_each(fields[number], values, objects)
        for number, places in found.items():
            columns[number] = self._complete(places)
        return columns

    def _complete(self, places: Places) -> Sequence[Any]:
        completed: Sequence[Any] = places.shape.complete(self, places)
        return completed

    def _fetch(self, waiting: Collection[Later[Any]]) -> list[Any]:
        try:
            found = fetched(waiting)
        except Exception as error:
            return [error] * len(waiting)
        return list(map(_made, waiting, found))

    def _resolve(
        self, field: FieldPlan, objects: Sequence[Any], places: Places
    ) -> Sequence[Any] | Later[Any]:
        """What the field's resolver gives for each object; exceptions stand for themselves."""
        if field.is_type_name:  # nothing is swept while traces are collected
            return [field.parent_type.name] * len(objects)
        if field.at_hand is not None:
            try:
                if type(objects) is Table or dict not in map(type, objects):
                    values = field.at_hand(objects)
                    if values is not None:
                        return values
            except Exception:  # noqa: S110 - one by one it will be seen whose it is
                pass
        try:
            arguments = field.arguments(self.variables)
        except Exception as error:
            return [error] * len(objects)
        if field.batch is not None:
            return self._resolve_batch(field, field.batch, objects, arguments, places)
        return self._resolve_each(field, objects, arguments, places)

    def _resolve_batch(
        self, field: FieldPlan, batch: Any, objects: Sequence[Any], arguments: Any, places: Places
    ) -> Sequence[Any] | Later[Any]:
        try:
            values = batch(objects, self.info(field, places, 0), **arguments)
        except Exception as error:
            values = error
        return values if isinstance(values, Later) else _one_each(field, values, objects)

    def _resolve_each(
        self, field: FieldPlan, objects: Sequence[Any], arguments: Any, places: Places
    ) -> list[Any]:
        values: list[Any] = []
        for index, one in enumerate(objects):
            try:
                values.append(field.resolve(one, self.info(field, places, index), **arguments))
            except Exception as error:
                values.append(error)
        return values

    # --- what shapes ask for ----------------------------------------------------------------------

    def sweep(self, field: FieldPlan, objects: Sequence[Any]) -> Sequence[Any] | None:
        """The completed values of a field that may be read off the objects, if they are just so."""
        return field.sweep(self, objects)

    def info(self, field: FieldPlan, places: Places, index: int) -> Info:
        """What a resolver is told of the object at `index`."""
        return Info(self, field, places, index)

    def fail(self, places: Places, index: int, error: Exception) -> None:
        """Note that a value could not be had."""
        self._failed.add((id(places), index))
        self.failures.append(outcome.Failure(places, index, error))

    def has_failed(self, places: Places, index: int) -> bool:
        return (id(places), index) in self._failed

    def runtime_type(self, shape: Any, places: Places, index: int) -> GraphQLObjectType:
        """The type of an object that stands for an interface or a union. Raises `GraphQLError`."""
        field, value, abstract = places.field, places.values[index], shape.of_type
        info: Any = self.info(field, places, index)
        name = (abstract.resolve_type or default_type_resolver)(value, info, abstract)
        reader: Any = self  # of its attributes only the schema is read
        checked: GraphQLObjectType = ExecutionContext.ensure_valid_runtime_type(
            reader,
            name,
            abstract,
            field.nodes,
            info,
            value,
        )
        return checked


def _made(later: Later[Any], rows: Rows) -> Any:
    """What a read gives. Where its rows make no result, the error is its own, and not that of all it waits
    with."""
    try:
        return later.make(rows)
    except Exception as error:
        return error


def _one_each(field: FieldPlan, values: Any, objects: Sequence[Any]) -> Sequence[Any]:
    """A batch's values, or what is wrong with all of them."""
    if isinstance(values, Exception):
        return [values] * len(objects)
    as_it_is = type(values) in _AS_THEY_ARE
    if not (as_it_is or isinstance(values, Collection)) or len(values) != len(objects):
        wrong = AssertionError(f"{field.batch!r} must give one result for each object")
        return [wrong] * len(objects)
    return values if as_it_is else list(values)
