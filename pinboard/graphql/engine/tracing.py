"""The same execution with a span for each field position, of which those below are children."""

from collections.abc import Sequence
from typing import Any

from opentelemetry import trace

from pinboard import tracing
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.places import Places
from pinboard.graphql.engine.plan import FieldPlan, Variant


def execution(
    variant: Variant, variables: dict[str, Any], context: Any, root_value: Any = None
) -> Execution:
    """One run of an operation, with spans while traces are collected."""
    kind = TracedExecution if tracing.is_on() else Execution
    return kind(variant, variables, context, root_value)


class TracedExecution(Execution):
    """Used while traces are collected."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._spans: dict[int, trace.Span] = {}

    def sweep(self, field: FieldPlan, objects: Sequence[Any]) -> None:
        """Nothing is swept, so that every position has its span."""

    def _resolve(self, field: FieldPlan, objects: Sequence[Any], places: Places) -> Any:
        span = tracing.start(
            f"{field.parent_type.name}.{field.nodes[0].name.value}", objects=len(objects)
        )
        self._spans[id(places)] = span
        with trace.use_span(span):
            return super()._resolve(field, objects, places)

    def _complete(self, places: Places) -> Sequence[Any]:
        with trace.use_span(self._spans.pop(id(places)), end_on_exit=True):
            return super()._complete(places)
