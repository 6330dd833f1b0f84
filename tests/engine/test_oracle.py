"""The engine gives what graphql-core gives: the data to the byte, and the errors."""

import os
import re

import orjson
from graphql import ExecutionResult, execute_sync, parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinboard.errors import BadInput
from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents, InvalidDocument
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.tracing import TracedExecution
from pinboard.graphql.engine.variables import coerced
from tests.engine.choices import Choices, Thing
from tests.engine.documents import documents
from tests.engine.numbers import numbers
from tests.engine.variables import VALUES
from tests.engine.worlds import SCHEMA

CASES = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "1200")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
REQUESTS = st.lists(VALUES, min_size=2, max_size=2)
CHOICES = st.builds(Choices, numbers(20, 80), st.sampled_from([4, 20, 100, 1_000_000]))
# What graphql-core says of an operation that is not there, or not the only one.
NO_OPERATION = ("Unknown operation named", "Must provide operation name")
# Messages quote objects, and one in a table looks otherwise.
ROW = re.compile(r"\(\d+, <Choices instance>[^()]*\)")


def told(result):
    """All that a client sees of a result."""
    errors = [
        (
            ROW.sub("<Thing instance>", error.message),
            error.path,
            error.locations and [tuple(one) for one in error.locations],
            error.extensions,
        )
        for error in result.errors or []
    ]
    return orjson.dumps(result.data), errors


def ran(operation, variables, root, kind):
    """What the engine makes of it."""
    try:
        values = coerced(operation, variables)
    except InvalidDocument as invalid:
        return ExecutionResult(None, invalid.errors)
    return kind(operation.variant(values), values, Context(None, None), root).run()


class Trusting(Documents):
    """Takes what it has read for valid, which `test_what_is_drawn_is_valid` tells: to validate a document
    takes longer than to read, plan or run it."""

    def _validate(self, document, operation):
        self.read = document


def compare(document, requests, choices):
    name, root, documents = document.operation_name, Thing(0, choices), Trusting(SCHEMA)
    first, second = requests
    try:
        operation = documents.prepare("", document.text, name)
    except BadInput:
        (error,) = execute_sync(SCHEMA, parse(document.text), operation_name=name).errors
        assert error.message.startswith(NO_OPERATION)
        return
    # A plan serves again, for other variables too, and for one who traces it.
    for variables, kind in ((first, Execution), (second, Execution), (first, TracedExecution)):
        expected = execute_sync(
            SCHEMA, documents.read, root, variable_values=dict(variables), operation_name=name
        )
        assert told(ran(operation, variables, root, kind)) == told(expected)


@settings(CASES, max_examples=CASES.max_examples // 10)
@given(documents() | documents("mutation"))
def test_what_is_drawn_is_valid(document):
    assert validate(SCHEMA, parse(document.text)) == []


@CASES
@given(documents(), REQUESTS, CHOICES)
def test_queries(document, requests, choices):
    compare(document, requests, choices)


@settings(CASES, max_examples=CASES.max_examples // 3)
@given(documents("mutation"), REQUESTS, CHOICES)
def test_mutations(document, requests, choices):
    compare(document, requests, choices)
