"""Objects, of one type or of several."""

from collections.abc import Sequence
from types import NoneType
from typing import Any

from graphql import GraphQLObjectType
from graphql.execution.execute import invalid_return_type_error

from pinboard.graphql.engine.places import Frame, Places
from pinboard.graphql.engine.shapes.base import Shape
from pinboard.table import Table


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
            return run_objects(run, self.field, self.of_type, places, range(len(places.values)))
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
