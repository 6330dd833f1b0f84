"""Variables: from what a request sent to what the schema says they are."""

from typing import Any

from django.conf import settings
from graphql.execution.values import get_variable_values

from pinboard.graphql.engine.documents import InvalidDocument
from pinboard.graphql.engine.plan import Operation

MAX_ERRORS = 20


def coerced(operation: Operation, variables: dict[str, Any]) -> dict[str, Any]:
    """The variables' values. Raises `InvalidDocument` with what is wrong with them."""
    definitions = operation.operation.variable_definitions
    if not definitions:
        return {}
    values = get_variable_values(
        operation.schema,
        definitions,
        variables,
        max_errors=MAX_ERRORS,
        hide_suggestions=not settings.GRAPHQL_INTROSPECTION,
    )
    if isinstance(values, list):
        raise InvalidDocument(values)
    return values
