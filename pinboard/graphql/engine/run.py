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


class NeedsStream(BadInput):
    """A subscription came to an endpoint that answers once."""


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

    `data` is None with `errors` when nothing was executed. Raises `NeedsPost` and `NeedsStream`.
    """
    prepared = prepare(documents, query, variables, operation_name, only_queries=only_queries)
    if isinstance(prepared, ExecutionResult):
        return prepared
    operation, values = prepared
    if operation.operation.operation is OperationType.SUBSCRIPTION:
        raise NeedsStream("Subscriptions are served as server-sent events, at /graphql/stream.")
    return Execution(operation, values, context).run()


def prepare(
    documents: Documents,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    *,
    only_queries: bool,
) -> tuple[Operation, dict[str, Any]] | ExecutionResult:
    """An operation and its variables' values, or what is wrong with them. Raises `NeedsPost`."""
    try:
        refuse_nul_in_values(variables)
        operation = documents.operation(query, operation_name)
    except InvalidDocument as invalid:
        return ExecutionResult(None, invalid.errors)
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    except Refusal as refused:
        return ExecutionResult(None, [GraphQLError(str(refused), original_error=refused)])
    if only_queries and operation.operation.operation is OperationType.MUTATION:
        raise NeedsPost("A GET request may only hold a query. Send mutations by POST.")
    values = coerced(operation, variables or {})
    if isinstance(values, list):
        return ExecutionResult(None, values)
    return operation, values


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
