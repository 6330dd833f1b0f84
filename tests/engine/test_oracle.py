"""The engine gives what graphql-core gives: the data to the byte, and the errors."""

import os

import orjson
from graphql import execute_sync, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.run import coerced
from tests.engine.documents import VALUES, documents
from tests.engine.worlds import SCHEMA, Table, Thing

CASES = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "1500")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TABLES = st.lists(st.integers(0, 999), min_size=5, max_size=60).map(Table)


def told(result):
    """All that a client sees of a result."""
    errors = [
        (error.message, error.path, error.locations and [tuple(one) for one in error.locations])
        for error in result.errors or []
    ]
    return orjson.dumps(result.data), errors


def compare(text, variables, table):
    document = parse(text)
    assume(not validate(SCHEMA, document))
    root = Thing(0, table)
    expected = execute_sync(SCHEMA, document, root, variable_values=dict(variables))
    operation = Documents(SCHEMA).operation(text, None)
    values = coerced(operation, variables)
    # A plan serves again, for other variables too.
    for _ in range(2):
        found = Execution(operation, values, Context(None, None), root).run()
        assert told(found) == told(expected)


@CASES
@given(documents(), VALUES, TABLES)
def test_queries(text, variables, table):
    compare(text, variables, table)


@settings(CASES, max_examples=CASES.max_examples // 3)
@given(documents("mutation"), VALUES, TABLES)
def test_mutations(text, variables, table):
    compare(text, variables, table)
