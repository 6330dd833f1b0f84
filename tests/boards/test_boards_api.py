"""Boards through the API."""

import pytest

from apps.boards.events import BoardCreated, BoardDeleted, BoardVisibilityChanged
from apps.boards.models import Board
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.users import UserFactory

CREATE = """
mutation Create($input: CreateBoardInput!) {
  createBoard(input: $input) {
    clientMutationId
    board { id name slug isSecret owner { username } }
    userErrors { field message code }
  }
}
"""
UPDATE = """
mutation Update($input: UpdateBoardInput!) {
  updateBoard(input: $input) { board { id name slug isSecret } userErrors { field message code } }
}
"""
DELETE = """
mutation Delete($input: DeleteBoardInput!) {
  deleteBoard(input: $input) { deletedBoardId userErrors { field } }
}
"""
BOARDS = """
query Boards($username: String!, $first: Int, $after: String, $last: Int, $before: String) {
  user(username: $username) {
    boards(first: $first, after: $after, last: $last, before: $before, orderBy: NEWEST) {
      totalCount
      nodes { id owner { username } }
      edges { cursor node { id sections(first: 2) { nodes { name board { name } } } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
BY_SLUG = "query($u: String!, $s: String!) { board(username: $u, slug: $s) { id name slug } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id ... on Board { name } } }"


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def test_create(api, ada, outbox):
    answer = api.as_(ada)(CREATE, input={"name": "  Reading nooks ", "clientMutationId": "a"})
    payload = answer.data["createBoard"]
    board = Board.objects.get()
    assert payload == {
        "clientMutationId": "a",
        "board": {
            "id": str(board.pk),
            "name": "Reading nooks",
            "slug": "reading-nooks",
            "isSecret": False,
            "owner": {"username": "ada"},
        },
        "userErrors": [],
    }
    assert outbox.published(BoardCreated) == [BoardCreated(board.pk, ada.pk)]


def test_the_same_name_gets_a_slug_of_its_own(api, ada):
    slugs = [
        api.as_(ada)(CREATE, input={"name": "Cats"}).data["createBoard"]["board"]["slug"]
        for _ in range(3)
    ]
    assert slugs == ["cats", "cats-2", "cats-3"]


def test_a_retry_happens_once(api, ada):
    client = api.as_(ada)
    first = client(CREATE, input={"name": "Cats", "clientMutationId": "x"}).data
    second = client(CREATE, input={"name": "Cats", "clientMutationId": "x"}).data
    assert first == second
    assert Board.objects.count() == 1
    other = client(CREATE, input={"name": "Dogs", "clientMutationId": "x"})
    assert other.codes == ["BAD_INPUT"]
    assert Board.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "REQUIRED"),
        ("   ", "REQUIRED"),
        ("x" * 181, "TOO_LONG"),
        ("\u200b\u3164", "INVALID"),
        ("two\nlines", "INVALID"),
    ],
)
def test_a_bad_name_is_refused(api, ada, name, code):
    payload = api.as_(ada)(CREATE, input={"name": name}).data["createBoard"]
    assert payload["board"] is None
    assert [(e["field"], e["code"]) for e in payload["userErrors"]] == [(["name"], code)]
    assert not Board.objects.exists()


def test_nobody_is_told_to_log_in(api):
    assert api(CREATE, input={"name": "Cats"}).codes == ["UNAUTHENTICATED"]


def test_the_limit_of_boards(api, ada, settings):
    settings.MAX_BOARDS_PER_PERSON = 1
    api.as_(ada)(CREATE, input={"name": "One"})
    errors = api.as_(ada)(CREATE, input={"name": "Two"}).data["createBoard"]["userErrors"]
    assert [error["code"] for error in errors] == ["LIMIT_REACHED"]


def test_renaming_keeps_old_links(api, ada):
    client = api.as_(ada)
    board = client(CREATE, input={"name": "Cats"}).data["createBoard"]["board"]
    renamed = client(UPDATE, input={"boardId": board["id"], "name": "Kittens"}).data
    assert renamed["updateBoard"]["board"]["slug"] == "kittens"
    for slug in ("cats", "kittens"):
        assert api(BY_SLUG, u="ADA", s=slug).data["board"]["name"] == "Kittens"
    back = client(UPDATE, input={"boardId": board["id"], "name": "Cats"}).data
    assert back["updateBoard"]["board"]["slug"] == "cats"
    other = client(CREATE, input={"name": "Kittens"}).data["createBoard"]["board"]
    assert other["slug"] == "kittens-2"


def test_a_secret_board_exists_for_its_owner_only(api, ada, eve, outbox):
    board = BoardFactory(owner=ada, slug="plans")
    api.as_(ada)(UPDATE, input={"boardId": str(board.pk), "isSecret": True})
    assert outbox.published(BoardVisibilityChanged) == [BoardVisibilityChanged(board.pk, ada.pk)]
    for client, sees in ((api.as_(ada), True), (api.as_(eve), False), (api, False)):
        assert (client(NODE, id=str(board.pk)).data["node"] is not None) is sees
        assert (client(BY_SLUG, u="ada", s="plans").data["board"] is not None) is sees
        listed = client(BOARDS, username="ada").data["user"]["boards"]
        assert listed["totalCount"] == len(listed["nodes"]) == int(sees)


def test_only_the_owner_writes(api, ada, eve):
    board = BoardFactory(owner=ada, name="Cats")
    for query in (UPDATE, DELETE):
        assert api.as_(eve)(query, input={"boardId": str(board.pk)}).codes == ["NOT_FOUND"]
    board.refresh_from_db()
    assert (board.name, board.deleted_at) == ("Cats", None)


def test_a_deleted_board_is_gone_at_once(api, ada, outbox):
    board = BoardFactory(owner=ada)
    answer = api.as_(ada)(DELETE, input={"boardId": str(board.pk)})
    assert answer.data["deleteBoard"] == {"deletedBoardId": str(board.pk), "userErrors": []}
    assert api.as_(ada)(NODE, id=str(board.pk)).data["node"] is None
    assert outbox.published(BoardDeleted) == [BoardDeleted(board.pk, ada.pk)]


def test_a_walk_in_both_directions(api, ada):
    ids = [str(BoardFactory(owner=ada).pk) for _ in range(7)][::-1]

    def walk(**start):
        pages, arguments = [], start
        while True:
            page = api(BOARDS, username="ada", **arguments).data["user"]["boards"]
            pages.append(page)
            info = page["pageInfo"]
            if "first" in start and info["hasNextPage"]:
                arguments = {**start, "after": info["endCursor"]}
            elif "last" in start and info["hasPreviousPage"]:
                arguments = {**start, "before": info["startCursor"]}
            else:
                return pages

    forward = walk(first=3)
    assert [[node["id"] for node in page["nodes"]] for page in forward] == [
        ids[:3],
        ids[3:6],
        ids[6:],
    ]
    assert [page["pageInfo"]["hasPreviousPage"] for page in forward] == [False, True, True]
    backward = walk(last=3)
    assert [[n["id"] for n in page["nodes"]] for page in backward] == [ids[4:], ids[1:4], ids[:1]]
    assert [page["pageInfo"]["hasNextPage"] for page in backward] == [False, True, True]


@pytest.mark.parametrize(
    "arguments",
    [{"first": 101}, {"first": -1}, {"first": 1, "last": 1}, {"after": "bm9wZQ"}, {"after": "é"}],
)
def test_bad_pages_are_refused(api, ada, arguments):
    answer = api(BOARDS, username="ada", **arguments)
    assert answer.codes == ["BAD_INPUT"]


def test_a_page_costs_the_same_whatever_its_size(api, ada):
    def cost():
        return len(api(BOARDS, username="ada", first=100).statements)

    for board in (BoardFactory(owner=ada), BoardFactory(owner=ada)):
        SectionFactory.create_batch(2, board=board)
    few = cost()
    for board in BoardFactory.create_batch(10, owner=ada):
        SectionFactory.create_batch(3, board=board)
    # The person twice, the page with the sections' pages, its count, nodes, owners, their boards.
    assert (few, cost()) == (6, 6)
