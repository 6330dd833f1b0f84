"""Lists below lists: boards and the pins on each. Where there is one such list, it costs no statement."""

from functools import partial

import graphene
import pytest
from django.utils.timezone import now

from apps.boards.selectors import boards_of, load_boards
from apps.pins.graphql.types import PinConnection
from apps.pins.models import Pin
from apps.pins.selectors import pins_of_board
from apps.users.models import Block
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.connections import connection
from tests.endpoint.schemas import ask, endpoint
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

BOARDS = "query($name: String!) {{ user(username: $name) {{ boards(orderBy: NEWEST) {{ {} }} }} }}"
# The person twice, and their boards.
ABOVE = 3


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def boards(ada):
    """Three boards, the newest first; the oldest has no pins."""
    made = BoardFactory.create_batch(3, owner=ada)
    for board in made[1:]:
        for number in range(3):
            make_pin(board, title=f"{number} of {board.name}")
    return made[::-1]


def pins_of(boards, count):
    """The oracle: the ids of the pins on each board, the newest first."""
    return [
        [
            f"{pk}"
            for pk in Pin.objects.filter(board=board)
            .order_by("-pk")
            .values_list("pk", flat=True)[:count]
        ]
        for board in boards
    ]


def ids(connection):
    return [node["id"] for node in connection["nodes"]]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_pages_below_come_with_the_page_above(api, ada, boards, count):
    asked = f"nodes {{ id pins(first: {count}) {{ nodes {{ id author {{ username }} }} }} }}"
    answer = api(BOARDS.format(asked), name="ada")
    nodes = answer.data["user"]["boards"]["nodes"]
    assert [node["id"] for node in nodes] == [f"{board.pk}" for board in boards]
    assert [ids(node["pins"]) for node in nodes] == pins_of(boards, count)
    assert len(answer.statements) == ABOVE


@pytest.mark.parametrize("more", [0, 1])
def test_a_page_knows_what_lies_beyond_it(api, ada, boards, more):
    asked = (
        f"edges {{ node {{ pins(last: {3 - more}) {{ edges {{ cursor node {{ title }} }} "
        "pageInfo { hasPreviousPage hasNextPage endCursor } } } }"
    )
    answer = api(BOARDS.format(asked), name="ada")
    for edge in answer.data["user"]["boards"]["edges"][:2]:
        pins = edge["node"]["pins"]
        assert [one["node"]["title"][0] for one in pins["edges"]] == ["2", "1", "0"][more:]
        told = {"hasPreviousPage": more == 1, "hasNextPage": False}
        assert pins["pageInfo"] == {**told, "endCursor": pins["edges"][-1]["cursor"]}
    assert len(answer.statements) == ABOVE


def test_the_cursors_of_a_page_that_came_along_lead_on(api, ada, boards):
    first = api(BOARDS.format("nodes { pins(first: 2) { pageInfo { endCursor } } }"), name="ada")
    cursor = first.data["user"]["boards"]["nodes"][0]["pins"]["pageInfo"]["endCursor"]
    asked = f'... on Board {{ pins(after: "{cursor}") {{ nodes {{ id }} }} }}'
    rest = api(f'{{ node(id: "{boards[0].pk}") {{ {asked} }} }}').data["node"]["pins"]
    assert ids(rest) == pins_of(boards, 3)[0][2:]


@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        pytest.param("nodes { pins { nodes { id } } }", ABOVE, id="one list"),
        pytest.param(
            "nodes { pins(first: 1) { nodes { id } } other: pins(last: 1) { nodes { id } } }",
            ABOVE + 2,
            id="two lists of one kind",
        ),
        pytest.param(
            "nodes { pins { nodes { id } } sections { nodes { id } } }",
            ABOVE + 2,
            id="two lists of two kinds",
        ),
        pytest.param(
            "nodes { pins { nodes { id } } } edges { node { pins { nodes { id } } } }",
            ABOVE + 2,
            id="a list in two places",
        ),
        pytest.param(
            "nodes { id } edges { node { pins { nodes { id } } } }",
            ABOVE,
            id="in one of two places",
        ),
        pytest.param("nodes { pins { totalCount } }", ABOVE + 1, id="its count is read by itself"),
        pytest.param(
            "nodes { pins(isSave: false) { nodes { id } } }", ABOVE + 1, id="a filtered list"
        ),
        pytest.param(
            "nodes { pins(first: 2) { nodes { saves(first: 2) { nodes { id } } } } }",
            ABOVE + 1,
            id="a list below that",
        ),
        pytest.param("nodes { ... on Board { pins { nodes { id } } } }", ABOVE, id="in a fragment"),
        pytest.param(
            "nodes { ... @skip(if: true) { pins { nodes { id } } } }", ABOVE, id="skipped"
        ),
    ],
)
def test_what_lists_below_cost(api, ada, boards, asked, statements):
    answer = api(BOARDS.format(asked), name="ada")
    assert answer.data["user"]["boards"]
    assert len(answer.statements) == statements


def test_lists_that_are_read_by_themselves_are_the_same(api, ada, boards):
    asked = "nodes { pins(first: 2) { nodes { id } } other: pins(first: 2) { nodes { id } } }"
    nodes = api(BOARDS.format(asked), name="ada").data["user"]["boards"]["nodes"]
    assert [ids(node["pins"]) for node in nodes] == pins_of(boards, 2)
    assert [ids(node["other"]) for node in nodes] == pins_of(boards, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        "first: 101",
        "first: 1, last: 1",
        'after: "x"',
        'createdSince: "2026-11-27T00:00:00Z", first: -1',
    ],
)
def test_what_is_wrong_with_a_list_below_is_its_own_error(api, ada, boards, wrong):
    answer = api(BOARDS.format(f"nodes {{ id pins({wrong}) {{ nodes {{ id }} }} }}"), name="ada")
    assert answer.codes == ["BAD_INPUT"] * 3
    assert [error["path"] for error in answer.body["errors"]] == [
        ["user", "boards", "nodes", number, "pins"] for number in range(3)
    ]


def test_variables_of_a_list_below_are_those_of_the_request(api, ada, boards):
    query = (
        "query($name: String!, $count: Int, $order: PinOrder) { user(username: $name) { boards(orderBy: NEWEST)"
        " { nodes { pins(first: $count, orderBy: $order) { nodes { id } } } } } }"
    )
    for count in (1, 2):
        found = api(query, name="ada", count=count, order="NEWEST")
        nodes = found.data["user"]["boards"]["nodes"]
        assert [ids(node["pins"]) for node in nodes] == pins_of(boards, count)
        assert len(found.statements) == ABOVE
        oldest = api(query, name="ada", count=3, order="OLDEST").data["user"]["boards"]["nodes"]
        assert [ids(node["pins"])[::-1] for node in oldest] == pins_of(boards, 3)


def test_what_is_not_to_be_seen_does_not_come_along(api, ada, boards):
    bea = UserFactory()
    asked = BOARDS.format("nodes { pins { nodes { id } } }")
    Pin.objects.filter(board=boards[0], title__startswith="1").update(hidden_at=now())
    boards[1].is_secret = True
    boards[1].save()
    for viewer, seen in ((bea, [["2", "0"], []]), (ada, [["2", "1", "0"], ["2", "1", "0"], []])):
        nodes = api.as_(viewer)(asked, name="ada").data["user"]["boards"]["nodes"]
        titles = dict(Pin.objects.values_list("pk", "title"))
        found = [[titles[int(pk)][0] for pk in ids(node["pins"])] for node in nodes]
        assert found == seen
    Block.objects.create(blocker=ada, blocked=bea)
    assert api.as_(bea)(asked, name="ada").data["user"] is None


class Shelf(graphene.ObjectType):
    """A board, with a list that hangs on it and one that hangs on its owner."""

    load = load_boards
    id = graphene.ID(required=True)


ShelfConnection = connection(Shelf)
Shelf._meta.fields["pins"] = ConnectionField(PinConnection, partial(pins_of_board, filters={}))
Shelf._meta.fields["beside"] = ConnectionField(
    ShelfConnection, partial(boards_of, filters={}), parent=lambda board: board.owner_id
)


def test_a_list_does_not_take_what_came_along_for_another(boards):
    owner = boards[0].owner_id

    class Query(graphene.ObjectType):
        shelves = ConnectionField(
            ShelfConnection, partial(boards_of, filters={}), parent=lambda _root: owner
        )

    query = "{ shelves { nodes { id pins { nodes { id } } beside { nodes { id } } } } }"
    nodes = ask(endpoint(Query), query)["data"]["shelves"]["nodes"]
    all_of_them = {f"{board.pk}" for board in boards}
    assert {node["id"] for node in nodes} == all_of_them
    for node in nodes:
        assert ids(node["pins"]) == pins_of([node["id"]], 25)[0]
        assert set(ids(node["beside"])) == all_of_them
