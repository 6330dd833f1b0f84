"""Documents drawn from the schema, valid and with odd values: never a fault of ours.

`make fuzz` draws more of them.
"""

import json
import os

import hypothesis_graphql
import pytest
from graphql import StringValueNode, print_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.schema import schema
from tests.api import Api
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

SCHEMA = print_schema(schema.graphql_schema)
CASES = settings(
    max_examples=int(os.environ.get("FUZZ_CASES", "900")) // 9,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def text_nodes(texts):
    return texts.map(lambda text: StringValueNode(value=text))


SCALARS = {
    "DateTime": text_nodes(
        st.datetimes().map(lambda when: when.isoformat()) | st.text(max_size=20)
    ),
    "Upload": text_nodes(st.text(max_size=5)),
}


def drawn(kind):
    """A strategy that is made when it is first wanted: not by each process that only collects tests."""
    return st.deferred(lambda: kind(SCHEMA, custom_scalars=SCALARS))


QUERIES, MUTATIONS = drawn(hypothesis_graphql.queries), drawn(hypothesis_graphql.mutations)


@pytest.fixture
def world(db, settings):
    """Somebody who is logged in, and the ids of all kinds of objects."""
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 10**9, 10**6
    ada = UserFactory()
    mine, others = BoardFactory(owner=ada), BoardFactory()
    objects = [ada, mine, others, SectionFactory(board=mine), make_pin(mine), make_pin(others)]
    return Api().as_(ada), [str(one.pk) for one in objects]


def answer(api, query):
    found = api.send({"query": query})
    assert found.status < 500
    assert "INTERNAL" not in found.codes, (query, found.body)
    return found


@CASES
@given(query=QUERIES)
def test_queries(world, query):
    answer(world[0], query)


@CASES
@given(mutation=MUTATIONS)
def test_mutations(world, mutation):
    answer(world[0], mutation)


@CASES
@given(data=st.data())
def test_real_ids_wherever_an_id_may_be(world, data):
    """Texts where ids belong become ids of objects that are there, of whatever kind."""
    api, ids = world
    query = data.draw(QUERIES | MUTATIONS)
    for _ in range(query.count('Id: "')):
        before, _, after = query.partition('Id: "')
        query = f'{before}Id:"{data.draw(st.sampled_from(ids))}"{after[after.index(chr(34)) + 1 :]}'
    answer(api, query)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=10), below, max_size=4)
    ),
    max_leaves=10,
)
NAMES = st.sampled_from(["query", "variables", "operationName", "extensions"])


@CASES
@given(body=JSON | st.dictionaries(NAMES, JSON | st.just("{ __typename }"), max_size=4))
def test_bodies(world, body):
    found = world[0].client.post("/graphql", json.dumps(body), content_type="application/json")
    assert found.status_code < 500
