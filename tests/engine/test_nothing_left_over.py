"""There is no case for which graphql-core's executor would be wanted: what it can do, the engine does."""

import pytest
from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    execute_sync,
    get_introspection_query,
    parse,
    specified_directives,
    validate,
)

from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents, InvalidDocument
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.errors import format_errors
from tests.engine.test_oracle import told


class Awaitable:
    """What an `async` resolver gives."""

    def __await__(self):
        yield


def _directives(_root, info):
    return " ".join(one.name.value for one in info.field_nodes[0].directives)


SHOUT = GraphQLDirective(
    "shout",
    [DirectiveLocation.FIELD, DirectiveLocation.QUERY],
    args={"times": GraphQLArgument(GraphQLInt)},
)
ANYTHING = GraphQLScalarType("Anything", serialize=lambda value: repr(value))
SCHEMA = GraphQLSchema(
    GraphQLObjectType(
        "Query",
        {
            "directives": GraphQLField(GraphQLString, resolve=_directives),
            "text": GraphQLField(GraphQLString, resolve=lambda *_: Awaitable()),
            "anything": GraphQLField(ANYTHING, resolve=lambda *_: Awaitable()),
            "list": GraphQLField(GraphQLList(GraphQLString), resolve=lambda *_: Awaitable()),
            "items": GraphQLField(
                GraphQLList(GraphQLString), resolve=lambda *_: ["a", Awaitable()]
            ),
        },
    ),
    directives=[*specified_directives, SHOUT],
)


def run(text):
    return Execution(
        Documents(SCHEMA).prepare("", text, None).variant({}), {}, Context(None, None)
    ).run()


def both(text):
    """What graphql-core and the engine give, as a client sees it."""
    return told(execute_sync(SCHEMA, parse(text))), told(run(text))


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", "null"), ("anything", "null"), ("list", "null"), ("items", '["a",null]')],
)
def test_an_awaitable_is_a_fault(field, value):
    """graphql-core waits for none where it does not run in an event loop, and may tell its `repr`."""
    result = run(f"{{ {field} }}")
    data, [(message, path, *_)] = told(result)
    assert data.decode() == f'{{"{field}":{value}}}'
    assert message == "A resolver gave an awaitable, and nobody waits for it."
    assert path[0] == field
    assert format_errors(result.errors)[0]["extensions"]["code"] == "INTERNAL"


def test_directives_that_a_schema_adds_are_for_resolvers_to_read():
    expected, found = both("query @shout { directives @shout(times: 2) @include(if: true) }")
    assert found == expected == (b'{"directives":"shout include"}', [])


def test_the_schema_is_told_the_same():
    expected, found = both(get_introspection_query(input_value_deprecation=True))
    assert found == expected
    assert b'"shout"' in found[0]


@pytest.mark.parametrize("text", ["{ ... @defer { text } }", "{ items @stream(initialCount: 1) }"])
def test_what_comes_in_parts_is_not_valid(text):
    with pytest.raises(InvalidDocument) as refused:
        Documents(SCHEMA).prepare("", text, None)
    expected = [error.message for error in validate(SCHEMA, parse(text))]
    assert [error.message for error in refused.value.errors] == expected
