"""Plans: how much memory those that are kept may take, whatever is asked; how often they are made."""

import gc
import sys
import tracemalloc

import pytest
from django.test import RequestFactory

from config.schema import schema
from pinboard.graphql.context import Context
from pinboard.graphql.endpoint import Call, Endpoint
from pinboard.graphql.engine import plan
from pinboard.graphql.engine.documents import Documents
from tests.endpoint.probes import multiplied
from tests.factories.boards import BoardFactory
from tests.threads import together

MEBIBYTE = 2**20
KEPT_BYTES = 2 * MEBIBYTE
VARIANTS = 16


@pytest.fixture
def ask(db, settings):
    """Answers calls with a cache of plans of its own, as somebody who has a board."""
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 10**9, 10**6
    board = BoardFactory()
    endpoint = Endpoint(Documents(schema.graphql_schema, KEPT_BYTES))
    context = Context(RequestFactory().post("/graphql"), board.owner_id)

    def ask(query, operation_name=None, variables=None):
        call = Call(query, None, variables, operation_name, holder=str(board.owner_id))
        answer = endpoint.answer(call, context)
        assert "errors" not in answer.body

    return ask


def _repeated_fragments(at):
    yield f"query Q{at} {multiplied(levels=3, width=4)}", None, None


def _conditions(at):
    names = [f"c{bit}" for bit in range(VARIANTS.bit_length() - 1)]
    conditions = " ".join(f"{name}: __typename @include(if: ${name})" for name in names)
    query = f"query Q{at}({' '.join(f'${name}: Boolean!' for name in names)}) "
    query += multiplied(levels=2, width=2, more=conditions)
    for number in range(VARIANTS):
        yield query, None, {name: bool(number >> bit & 1) for bit, name in enumerate(names)}


def _operations(at):
    query = " ".join(f"query Q{at}x{number} {{ __typename }}" for number in range(100))
    for number in range(10):
        yield query, f"Q{at}x{number}", None


def _small(at):
    for number in range(100):
        yield f"{{ a{at}x{number}: __typename }}", None, None


def _long(at):
    yield f"{{ __typename }} # {at} " + "\N{HUGGING FACE}" * 90_000, None, None


def _fields_of_one(at):
    yield f"query Q{at} {{ viewer {{ " + "boards { nodes { id } } " * 20 + "} }", None, None


KINDS = [(_repeated_fragments, 4), (_conditions, 3), (_operations, 1), (_small, 3), (_long, 6)]


@pytest.mark.parametrize(("kind", "times"), [*KINDS, (_fields_of_one, 20)])
def test_plans_that_are_kept_take_no_more_than_they_may(ask, kind, times):
    ask("{ viewer { boards { nodes { owner { id } } } } }")
    gc.collect()
    tracemalloc.start()
    try:
        for at in range(times):
            for call in kind(at):
                ask(*call)
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Were all of them kept, it would be more, and the estimate is not far above the truth.
    assert KEPT_BYTES / 4 < taken < KEPT_BYTES


def test_a_request_is_planned_once_though_its_document_has_more_variants_than_are_kept(
    ask, monkeypatch
):
    made = []

    class Counted(plan.Variant):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(plan, "Variant", Counted)
    names = [f"c{bit}" for bit in range(5)]
    query = f"query({' '.join(f'${name}: Boolean!' for name in names)}) {{ "
    query += " ".join(f"{name}: __typename @include(if: ${name})" for name in names) + " }"
    for number in range(2 * VARIANTS):
        ask(query, None, {name: bool(number >> bit & 1) for bit, name in enumerate(names)})
    assert len(made) == 2 * VARIANTS


def test_requests_that_plan_the_same_at_once_count_its_positions_once():
    text = multiplied(levels=3, width=4)
    documents = Documents(schema.graphql_schema)
    alone = documents.prepare("alone", text, None).variant({})
    alone.price({})
    shared = documents.prepare("shared", text, None).variant({})
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        prices = together(*[lambda: shared.price({})] * 4)
    finally:
        sys.setswitchinterval(usual)
    assert set(prices) == {alone.price({})}
    assert shared.positions == alone.positions
