"""From a document's text to a result."""

from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType
from graphql.execution.values import get_variable_values

from pinboard.errors import BadInput, Refusal
from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents, InvalidDocument
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.limits import refuse_nul_in_values
from pinboard.graphql.engine.plan import Operation

MAX_VARIABLE_ERRORS = 20


class NeedsPost(BadInput):
    """A mutation came by GET."""


def run(
    documents: Documents,
    context: Context,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    *,
    only_queries: bool,
) -> ExecutionResult:
    """Execute one operation. `only_queries`: the request came by GET and must change nothing.

    `data` is None with `errors` when nothing was executed. Raises `NeedsPost`.
    """
    try:
        refuse_nul_in_values(variables)
        operation = documents.operation(query, operation_name)
    except InvalidDocument as invalid:
        return ExecutionResult(None, invalid.errors)
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    except Refusal as refused:
        return ExecutionResult(None, [GraphQLError(str(refused), original_error=refused)])
    node = operation.operation
    if only_queries and node.operation is not OperationType.QUERY:
        raise NeedsPost("A GET request may only hold a query. Send mutations by POST.")
    values = coerced(operation, variables or {})
    if isinstance(values, list):
        return ExecutionResult(None, values)
    return Execution(operation, values, context).run()


def coerced(
    operation: Operation, variables: dict[str, Any]
) -> "dict[str, Any] | list[GraphQLError]":
    """The variables' values as the schema has them, or what is wrong with them."""
    definitions = operation.operation.variable_definitions
    if not definitions:
        return {}
    return get_variable_values(
        operation.schema, definitions, variables, max_errors=MAX_VARIABLE_ERRORS
    )
