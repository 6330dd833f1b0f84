"""Subscriptions: a field's source is asked for once, and its selection is run for each event."""

from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError, located_error

from pinboard.errors import BadInput
from pinboard.graphql.context import Context
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.places import Frame, Places
from pinboard.graphql.engine.plan import FieldPlan, Operation, Variant
from pinboard.graphql.engine.tracing import execution


@dataclass(frozen=True)
class Subscription:
    """An operation that goes on. `source`: what its field's `subscribe_…` function gave."""

    variant: Variant
    variables: dict[str, Any]
    source: Any

    @property
    def operation(self) -> Operation:
        return self.variant.document

    def run(self, context: Context, event: Any) -> ExecutionResult:
        """What is told of one event."""
        return execution(self.variant, self.variables, context, root_value=event).run()


def subscribe(
    variant: Variant, variables: dict[str, Any], context: Context
) -> Subscription | ExecutionResult:
    """Start a subscription; a result with errors when its field refuses."""
    try:
        field = _only_field(variant)
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    places = Places([], field, field.shape, frame=Frame(None, range(1)))
    info = Execution(variant, variables, context).info(field, places, 0)
    try:
        assert field.definition.subscribe is not None
        source = field.definition.subscribe(None, info, **field.arguments(variables))
    except Exception as error:
        return ExecutionResult(None, [located_error(error, field.nodes, [field.key])])
    return Subscription(variant, variables, source)


def _only_field(variant: Variant) -> FieldPlan:
    fields = variant.root.fields
    if len(fields) != 1 or fields[0].definition.subscribe is None:
        refused = BadInput("A subscription must ask for one field, without conditions.")
        raise GraphQLError(str(refused), variant.document.operation, original_error=refused)
    return fields[0]
