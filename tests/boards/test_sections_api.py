"""Sections, and the order of boards, through the API."""

import pytest

from apps.boards.models import Board, Section
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.users import UserFactory

SECTIONS = """
query($id: ID!) { node(id: $id) { ... on Board { sections { nodes { name } } } } }
"""
BOARDS = "query($u: String!) { user(username: $u) { boards(orderBy: OWN) { nodes { name } } } }"


def mutation(name, selection):
    input_type = name[0].upper() + name[1:] + "Input"
    return (
        f"mutation($input: {input_type}!) {{ {name}(input: $input) "
        f"{{ {selection} userErrors {{ field code }} }} }}"
    )


CREATE = mutation("createSection", "section { id name board { id } }")
UPDATE = mutation("updateSection", "section { name }")
DELETE = mutation("deleteSection", "deletedSectionId board { id sections { totalCount } }")
REORDER = mutation("reorderSections", "board { sections { nodes { name } } }")
REORDER_BOARDS = mutation("reorderBoards", "viewer { boards { nodes { name } } }")


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def board(ada):
    return BoardFactory(owner=ada)


def names(connection):
    return [node["name"] for node in connection["nodes"]]


def test_sections_come_at_the_end(api, ada, board):
    client = api.as_(ada)
    for name in ("Walls", " Floors "):
        created = client(CREATE, input={"boardId": str(board.pk), "name": name}).data
        assert created["createSection"]["section"]["board"] == {"id": str(board.pk)}
    assert names(client(SECTIONS, id=str(board.pk)).data["node"]["sections"]) == ["Walls", "Floors"]


def test_a_section_is_renamed_and_deleted(api, ada, board):
    client = api.as_(ada)
    section = SectionFactory(board=board)
    renamed = client(UPDATE, input={"sectionId": str(section.pk), "name": "Doors"}).data
    assert renamed["updateSection"] == {"section": {"name": "Doors"}, "userErrors": []}
    deleted = client(DELETE, input={"sectionId": str(section.pk)}).data
    assert deleted["deleteSection"] == {
        "deletedSectionId": str(section.pk),
        "board": {"id": str(board.pk), "sections": {"totalCount": 0}},
        "userErrors": [],
    }
    assert not Section.objects.exists()


def test_a_name_can_be_seen(api, ada, board):
    client = api.as_(ada)
    section = SectionFactory(board=board, name="Walls")
    refused = [{"field": ["name"], "code": "INVALID"}]
    made = client(CREATE, input={"boardId": str(board.pk), "name": "\u200b"}).data
    assert made["createSection"]["userErrors"] == refused
    renamed = client(UPDATE, input={"sectionId": str(section.pk), "name": "\u200b"}).data
    assert renamed["updateSection"]["userErrors"] == refused
    assert Section.objects.get().name == "Walls"


def test_the_limit_of_sections(api, ada, board, settings):
    settings.MAX_SECTIONS_PER_BOARD = 1
    SectionFactory(board=board)
    answer = api.as_(ada)(CREATE, input={"boardId": str(board.pk), "name": "One too many"}).data
    assert answer["createSection"] == {
        "section": None,
        "userErrors": [{"field": ["name"], "code": "LIMIT_REACHED"}],
    }


def test_others_may_not(api, board):
    eve = api.as_(UserFactory())
    section = SectionFactory(board=board, name="Walls")
    assert eve(CREATE, input={"boardId": str(board.pk), "name": "x"}).codes == ["NOT_FOUND"]
    assert eve(UPDATE, input={"sectionId": str(section.pk), "name": "x"}).codes == ["NOT_FOUND"]
    assert eve(DELETE, input={"sectionId": str(section.pk)}).codes == ["NOT_FOUND"]
    assert eve(REORDER, input={"boardId": str(board.pk), "sectionIds": []}).codes == ["NOT_FOUND"]
    assert Section.objects.get().name == "Walls"


def test_sections_of_a_secret_board_are_secret(api, ada, board):
    section = SectionFactory(board=board)
    Board.objects.update(is_secret=True)
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert api.as_(ada)(query, id=str(section.pk)).data["node"] == {"id": str(section.pk)}
    assert api.as_(UserFactory())(query, id=str(section.pk)).data["node"] is None


def test_reordering(api, ada, board):
    a, b, c = (SectionFactory(board=board, name=name) for name in "abc")
    answer = api.as_(ada)(REORDER, input={"boardId": str(board.pk), "sectionIds": [str(c.pk)]}).data
    assert names(answer["reorderSections"]["board"]["sections"]) == ["c", "a", "b"]
    ids = [str(one.pk) for one in (b, a, c)]
    answer = api.as_(ada)(REORDER, input={"boardId": str(board.pk), "sectionIds": ids}).data
    assert names(answer["reorderSections"]["board"]["sections"]) == ["b", "a", "c"]
    twice = {"boardId": str(board.pk), "sectionIds": [ids[0], ids[0]]}
    assert api.as_(ada)(REORDER, input=twice).data["reorderSections"]["userErrors"] == [
        {"field": ["sectionIds"], "code": "INVALID"}
    ]
    alien = {"boardId": str(board.pk), "sectionIds": [str(SectionFactory().pk)]}
    assert api.as_(ada)(REORDER, input=alien).codes == ["NOT_FOUND"]


def test_own_order_of_boards(api, ada):
    boards = [BoardFactory(owner=ada, name=name) for name in "abc"]
    wanted = [str(boards[2].pk), str(boards[0].pk)]
    answer = api.as_(ada)(REORDER_BOARDS, input={"boardIds": wanted}).data
    assert names(answer["reorderBoards"]["viewer"]["boards"]) == ["c", "a", "b"]
    assert names(api(BOARDS, u="ada").data["user"]["boards"]) == ["c", "a", "b"]
    alien = [str(BoardFactory().pk)]
    assert api.as_(ada)(REORDER_BOARDS, input={"boardIds": alien}).codes == ["NOT_FOUND"]
