"""The engine gives what graphql-core gives: the data to the byte, and the errors."""

import os

import orjson
from graphql import execute_sync, parse, validate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.variables import coerced
from tests.engine.documents import VALUES, documents
from tests.engine.worlds import SCHEMA, Table, Thing

CASES = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "1500")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CHOICES = st.lists(st.integers(0, 9_999), min_size=20, max_size=80)
REQUESTS = st.lists(VALUES, min_size=2, max_size=2)
TABLES = st.builds(Table, CHOICES, st.sampled_from([4, 20, 100, 1_000_000]))


def told(result):
    """All that a client sees of a result."""
    errors = [
        (error.message, error.path, error.locations and [tuple(one) for one in error.locations])
        for error in result.errors or []
    ]
    return orjson.dumps(result.data), errors


def compare(text, requests, table):
    document = parse(text)
    assume(not validate(SCHEMA, document))
    root = Thing(0, table)
    operation = Documents(SCHEMA).prepare("", text, None)
    # A plan serves again, for other variables too.
    for variables in (*requests, requests[0]):
        expected = execute_sync(SCHEMA, document, root, variable_values=dict(variables))
        values = coerced(operation, variables)
        found = Execution(operation, values, Context(None, None), root).run()
        assert told(found) == told(expected)


@CASES
@given(documents(), REQUESTS, TABLES)
def test_queries(text, requests, table):
    compare(text, requests, table)


@settings(CASES, max_examples=CASES.max_examples // 3)
@given(documents("mutation"), REQUESTS, TABLES)
def test_mutations(text, requests, table):
    compare(text, requests, table)
