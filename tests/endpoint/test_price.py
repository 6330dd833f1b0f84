"""What operations cost: known before they run, and charged by what they led to."""

import graphene
import pytest
from django.test import Client
from django_redis import get_redis_connection

from apps.follows.services import follow_person
from pinboard.cache import keys
from pinboard.errors import RateLimited
from pinboard.graphql.mutations import Mutation
from pinboard.graphql.points import Points
from tests.api import Api
from tests.endpoint.schemas import ask, endpoint
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def requested(api, query, **variables):
    return api(query, **variables).body["extensions"]["cost"]["requested"]


# The operation is a point, and so is each object: the viewer, the connection, each edge and node.
PRICES = {
    "{ __typename }": 1,
    "{ viewer { id username } }": 2,
    "{ viewer { boards(first: 10) { totalCount } } }": 3,
    "{ viewer { boards(first: 10) { nodes { id } } } }": 3 + 10,
    "{ viewer { boards(first: 10) { edges { node { id } } } } }": 3 + 10 * 2,
    "{ viewer { boards { pageInfo { hasNextPage } nodes { id owner { id } } } } }": 4 + 25 * 2,
    "{ viewer { boards(last: 2) { nodes { pins(first: 3) { nodes { id author { id } } } } } } }": 3
    + 2 * (1 + 1 + 3 * 2),
    '{ nodes(ids: ["1", "2", "3"]) { id } }': 1 + 3,
    '{ node(id: "1") { ... on User { boards(first: 1) { nodes { id } } } ... on Pin { id } } }': 4,
    "{ viewer { ...A ...A } } fragment A on User { boards(first: 1) { nodes { id } } }": 4,
    "{ viewer { boards(first: 0) { nodes { id } } } }": 3,
    "{ viewer { boards(last: 0) { edges { node { id owner { id } } } } } }": 3,
    "{ viewer { boards(first: null, last: 2) { nodes { id } } } }": 3 + 2,
    "{ viewer { boards(first: null) { nodes { id } } } }": 3 + 25,
    "{ a: viewer { id } b: viewer { id } }": 3,
    "{ __schema { types { fields { name } } } }": 1 + 3 * 100,
    '{ a: __type(name: "Pin") { name } b: __schema { directives { name } } }': 1 + 3 * 100,
    "{ rateLimit { left } }": 2,
    "{ topics { id } }": 1 + 20,
    "{ topics { parent { id } children { id children { id } } } }": 1 + 20 * (2 + 10 * (1 + 10)),
    "{ viewer { pins(first: 7) { nodes { topics { id } } } } }": 3 + 7 * (1 + 5),
}


@pytest.mark.parametrize(("query", "price"), PRICES.items())
def test_prices(api, ada, query, price):
    assert requested(api.as_(ada), query) == price


def test_a_price_goes_by_the_variables(api, ada):
    query = "query($n: Int, $full: Boolean!) { viewer { boards(first: $n) { nodes @include(if: $full) { id } } } }"
    client = api.as_(ada)
    assert requested(client, query, n=7, full=True) == 3 + 7
    assert requested(client, query, n=50, full=True) == 3 + 50
    assert requested(client, query, n=50, full=False) == 3


REPORT = (
    "mutation($input: ReportFeedActivityInput!) { reportFeedActivity(input: $input) { accepted } }"
)
MOVE = "mutation($input: MovePinsInput!) { movePins(input: $input) { board { id } } }"


def spent(answer):
    cost = answer.body["extensions"]["cost"]
    return cost["requested"], cost["actual"]


def test_a_mutation_has_a_price_of_its_own(api, ada):
    query = 'mutation { createBoard(input: {name: "a"}) { board { id } } }'
    assert spent(api.as_(ada)(query)) == (1 + (10 + 1) + 1,) * 2


@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_mutation_costs_what_its_lists_hold(api, ada, count):
    ids = ["1"] * count
    answer = api.as_(ada)(REPORT, input={"impressions": ids, "opens": ids})
    assert answer.data["reportFeedActivity"]["accepted"] == 2 * count
    assert spent(answer) == (1 + (2 + 1) + 2 * count,) * 2


def test_what_is_written_into_the_document_costs_as_much(api, ada):
    query = """mutation { a: reportFeedActivity(input: {impressions: ["1", "2"]}) { accepted }
        b: reportFeedActivity(input: {opens: "1"}) { accepted } }"""
    assert spent(api.as_(ada)(query)) == (1 + (2 + 1 + 2) + (2 + 1 + 1),) * 2


def test_of_several_mutations_each_costs_what_it_holds(api, ada):
    board = BoardFactory(owner=ada)
    pins = [str(make_pin(BoardFactory(owner=ada)).pk) for _ in range(2)]
    answer = api.as_(ada)(MOVE, input={"boardId": str(board.pk), "pinIds": pins})
    assert spent(answer) == (1 + (10 + 1 + 2) + 1,) * 2


def test_lists_of_a_payload_cost_what_they_may_hold_and_what_they_do_not_is_given_back(api, ada):
    board = BoardFactory(owner=ada)
    pins = [str(make_pin(BoardFactory(owner=ada)).pk) for _ in range(2)]
    move = MOVE.replace("board { id }", "pins { id } boardsLeft { id }")
    answer = api.as_(ada)(move, input={"boardId": str(board.pk), "pinIds": pins})
    assert spent(answer) == (1 + (10 + 1 + 2) + 100 + 100, 1 + (10 + 1 + 2) + 2 + 2)


def test_what_a_mutation_could_not_do_costs_what_it_held(api, ada):
    answer = api.as_(ada)(MOVE, input={"boardId": "1", "pinIds": ["1", "2", "3"]})
    assert answer.codes == ["NOT_FOUND"]
    assert spent(answer) == (1 + (10 + 1 + 3) + 1, 1 + (10 + 3))


def test_mutations_that_hold_too_much_are_refused_before_they_run(api, ada, settings):
    settings.MAX_POINTS_A_REQUEST = 200
    client, ids = api.as_(ada), ["1"] * 98
    fits = client(REPORT, input={"impressions": ids, "opens": ids})
    assert (fits.codes, spent(fits)) == ([], (200, 200))
    answer = client(REPORT, input={"impressions": [*ids, "1"], "opens": ids})
    assert answer.codes == ["TOO_COMPLEX"]
    assert "This costs 201 points," in answer.body["errors"][0]["message"]
    assert answer.statements == []


class Bare(graphene.Mutation):
    done = graphene.Int()

    def mutate(self, info):
        return Bare(done=1)


class Item(graphene.InputObjectType):
    ids = graphene.List(graphene.Int)


class Deep(Mutation):
    """Take lists in lists."""

    points, points_of_item, transactional = 7, 3, False

    class Input:
        items = graphene.List(Item)

    @classmethod
    def perform(cls, viewer, items):
        return {}


class Writes(graphene.ObjectType):
    bare = Bare.Field()
    deep = Deep.Field()


class Reads(graphene.ObjectType):
    nothing = graphene.Int()


@pytest.mark.parametrize(
    ("query", "price"),
    [
        ("mutation { bare { done } }", 1 + 10 + 1),
        ("mutation { deep(input: {items: []}) { clientMutationId } }", 1 + 7 + 1),
        (
            "mutation { deep(input: {items: [{ids: [1, 2]}, {ids: [3]}, {}]}) { clientMutationId } }",
            1 + 7 + 1 + 3 * (3 + 3),
        ),
    ],
)
def test_a_mutation_says_what_it_costs(query, price):
    view = endpoint(Reads, Writes, authenticate=lambda request: 1)
    assert ask(view, query)["extensions"]["cost"]["requested"] == price


def test_too_dear_is_refused_before_it_runs(api, ada):
    query = "{ viewer { boards(first: 100) { nodes { pins(first: 100) { nodes { id } } } } } }"
    answer = api.as_(ada)(query)
    assert answer.codes == ["TOO_COMPLEX"]
    assert (
        "This costs 10203 points, and a request may cost 10000."
        in answer.body["errors"][0]["message"]
    )
    assert len(answer.statements) == 1  # who asks


def test_those_whom_an_entry_names_are_priced_as_so_many(api, ada):
    query = "{ viewer { homeFeed(first: 10) { edges { savedBy { id } } } } }"
    cost = api.as_(ada)(query).body["extensions"]["cost"]
    assert cost["requested"] == 3 + 10 * (1 + 3)


def test_what_was_not_found_is_given_back(api, ada):
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    for _ in range(3):
        make_pin(board)
    cost = api.as_(ada)("{ viewer { homeFeed { nodes { id author { id } } } } }").body[
        "extensions"
    ]["cost"]
    assert cost == {
        "requested": 3 + 25 * 2,
        "actual": 3 + 3 * 2,
        "left": 30_000 - 9,
        "limit": 30_000,
    }


def test_a_request_can_ask_what_is_left(api, ada):
    client = api.as_(ada)
    client("{ viewer { id } }")
    limit = client("{ rateLimit { limit left refill cost } }").data["rateLimit"]
    assert limit == {"limit": 30_000, "left": 30_000 - 2 - 2, "refill": 300, "cost": 2}


def test_who_has_spent_all_is_told_when_to_come_back(api, ada, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 20, 1
    client = api.as_(ada)
    query = "{ viewer { boards(first: 7) { nodes { id } } } }"  # 10, of which 7 come back
    for _ in range(3):
        assert "data" in client(query).body
    for _ in range(2):
        client("{ viewer { id } }")
    answer = client(query)
    assert (answer.status, answer.codes) == (429, ["RATE_LIMITED"])
    assert answer.body["errors"][0]["message"] == (
        "You have 7 points left and this costs 10. Come back in 3 seconds, or ask for less."
    )


def nobody(address):
    """A client from an address of its own: what a process has drawn for one outlives a test."""
    return Api(Client(REMOTE_ADDR=address))


def test_everybody_has_a_bucket_of_their_own(api, ada, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 10, 1
    query = "{ a: rateLimit { left } b: rateLimit { left } c: rateLimit { left } }"  # 4
    clients = [api.as_(ada), api.as_(UserFactory()), nobody("192.0.2.1"), nobody("192.0.2.2")]
    for client in clients:
        assert [client(query).codes for _ in range(3)] == [[], [], ["RATE_LIMITED"]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("198.51.100.1", "198.51.100.2", False),
    ],
)
def test_a_subscriber_of_ipv6_is_one(db, settings, one, other, same):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 13, 1
    first = nobody(one)("{ rateLimit { left } }").data["rateLimit"]["left"]
    second = nobody(other)("{ rateLimit { left } }").data["rateLimit"]["left"]
    assert (second < first) is same


def test_behind_proxies_the_outermost_one_tells_the_address(db, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL, settings.TRUSTED_PROXIES = 10, 1, 2
    query = "{ a: rateLimit { left } b: rateLimit { left } c: rateLimit { left } }"
    client = nobody("203.0.113.9")
    for said in (
        "203.0.113.1, 203.0.113.5",
        "203.0.113.1, 203.0.113.6",
        "x, 203.0.113.1, 203.0.113.7",
    ):
        answer = client.send({"query": query}, **{"X-Forwarded-For": said})
    assert answer.codes == ["RATE_LIMITED"]
    answer = client.send({"query": query}, **{"X-Forwarded-For": "203.0.113.2, 203.0.113.5"})
    assert answer.codes == []


def test_reading_what_is_wrong_costs_too(db, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 25, 1
    client = nobody("192.0.2.3")
    assert [client("{ nothing }").codes for _ in range(3)] == [["BAD_INPUT"]] * 2 + [
        ["RATE_LIMITED"]
    ]


def test_points_are_drawn_from_one_bucket_by_all_processes(ada, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 5_000, 1
    one, other = Points(), Points()
    here, there = one.spend("ada", 10), other.spend("ada", 10)
    assert here.balance.left == 5_000 - 10
    assert there.balance.left == 5_000 - 2_000 - 10
    there.give_back(4)
    assert other.spend("ada", 1).balance.left == 5_000 - 2_000 - 7


def test_the_first_points_are_on_credit_and_paid_back(ada, settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 1_000, 50
    points, valkey = Points(), get_redis_connection("default")
    assert points.spend("ada", 30).balance.left == 970
    assert not valkey.exists(keys.points("ada"))
    assert points.spend("ada", 30).balance.left == 940
    assert valkey.exists(keys.points("ada"))
    with pytest.raises(RateLimited, match="You have 940 points left and this costs 941"):
        points.spend("ada", 941)
    assert points.spend("ada", 940).balance.left == 0
