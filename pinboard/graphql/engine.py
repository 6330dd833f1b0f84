"""From a document to a result: parse, limit, validate, execute."""

import re
from typing import Any

import graphene
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    parse,
    validate,
)

from pinboard.errors import BadInput, Refusal, TooComplex
from pinboard.graphql.context import Context

MAX_TOKENS = 5_000
MAX_DEPTH = 20
MAX_VALIDATION_ERRORS = 20

# Postgres can't hold U+0000, so no text of ours has it, however it is spelled.
_NUL_ESCAPE = re.compile(r"\\u(?:0000|\{0+\})")


class NeedsPost(BadInput):
    """A mutation came by GET."""


def run(
    schema: graphene.Schema,
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
        _refuse_nul(query, variables)
        document = parse(query, max_tokens=MAX_TOKENS)
        operation = _operation(document, operation_name)
        if only_queries and operation.operation is not OperationType.QUERY:
            raise NeedsPost("A GET request may only hold a query. Send mutations by POST.")
        _limit_depth(document, operation)
    except GraphQLError as error:
        return ExecutionResult(None, [error])
    except NeedsPost:
        raise
    except Refusal as refused:
        return ExecutionResult(None, [GraphQLError(str(refused), original_error=refused)])
    except RecursionError:
        deep = TooComplex("The document is nested too deep to be read. Ask in several requests.")
        return ExecutionResult(None, [GraphQLError(str(deep), original_error=deep)])
    invalid = validate(schema.graphql_schema, document, max_errors=MAX_VALIDATION_ERRORS)
    if invalid:
        return ExecutionResult(None, invalid)
    return execute_sync(
        schema.graphql_schema,
        document,
        context_value=context,
        variable_values=variables,
        operation_name=operation_name,
    )


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    named = [one for one in operations if name is None or (one.name and one.name.value == name)]
    if len(named) != 1:
        raise BadInput(
            f"The document has no operation named `{name}`."
            if name is not None
            else "The document must have one operation, or the request name one in `operationName`."
        )
    return named[0]


def _limit_depth(document: DocumentNode, operation: OperationDefinitionNode) -> None:
    """Refuse what is nested too deep, before validation spends time on it.

    A fragment's depth is worked out once; one that spreads itself counts as endless.
    """
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    known: dict[str, int] = {}

    def depth_of(node: Node) -> int:
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in known and name in fragments:
                known[name] = MAX_DEPTH + 1
                known[name] = depth_of(fragments[name])
            return known.get(name, 0)
        selections: SelectionSetNode | None = getattr(node, "selection_set", None)
        inner = (
            max((depth_of(one) for one in selections.selections), default=0) if selections else 0
        )
        return inner + isinstance(node, FieldNode)

    if depth_of(operation) > MAX_DEPTH:
        raise TooComplex(
            f"The document is nested deeper than {MAX_DEPTH} fields. Ask in several requests."
        )


def _refuse_nul(query: str, variables: Any) -> None:
    if _NUL_ESCAPE.search(query) or _has_nul(variables):
        raise BadInput("A text holds the character U+0000. Remove it.")


def _has_nul(value: Any) -> bool:
    """Whether any text in it holds U+0000; a loop, for it may be nested as deep as JSON may be."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and "\x00" in one:
            return True
        if isinstance(one, (dict, list)):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return False
