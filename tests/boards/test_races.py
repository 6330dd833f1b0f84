"""A person's boards and sections written to by several of their devices at once, on real transactions."""

import pytest

from apps.boards.models import Board
from tests.api import Api
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.users import UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

RENAME = """
mutation($id: ID!, $name: String!) {
  updateBoard(input: {boardId: $id, name: $name}) { board { name } }
}
"""
REORDER = "mutation($ids: [ID!]!) { reorderBoards(input: {boardIds: $ids}) { viewer { id } } }"
RENAME_SECTION = """
mutation($id: ID!, $name: String!) {
  updateSection(input: {sectionId: $id, name: $name}) { section { name } }
}
"""
DELETE_SECTION = (
    "mutation($id: ID!) { deleteSection(input: {sectionId: $id}) { deletedSectionId } }"
)
ROUNDS = 8


@pytest.fixture
def ada():
    return UserFactory()


def test_boards_are_renamed_while_they_are_put_in_order(ada):
    boards = BoardFactory.create_batch(5, owner=ada)
    ids = [str(board.pk) for board in boards]
    phone, tablet, laptop = (Api().as_(ada) for _ in range(3))

    def all_at_once(suffix):
        return together(
            lambda: phone(RENAME, id=ids[0], name=f"first {suffix}"),
            lambda: tablet(REORDER, ids=ids[::-1]),
            lambda: laptop(RENAME, id=ids[4], name=f"last {suffix}"),
        )

    for number in range(ROUNDS):
        assert [answer.codes for answer in all_at_once(number)] == [[], [], []]
    found = Board.objects.order_by("position").values_list("pk", "name")
    assert [pk for pk, _ in found] == [board.pk for board in boards[::-1]]
    names = dict(found)
    assert names[boards[0].pk] == f"first {ROUNDS - 1}"
    assert names[boards[4].pk] == f"last {ROUNDS - 1}"


def test_a_section_is_renamed_while_it_is_deleted(ada):
    board = BoardFactory(owner=ada)
    phone, tablet, laptop = (Api().as_(ada) for _ in range(3))

    def all_at_once(section):
        return together(
            lambda: phone(DELETE_SECTION, id=section),
            lambda: tablet(RENAME_SECTION, id=section, name="Walls"),
            lambda: laptop(RENAME_SECTION, id=section, name="Floors"),
        )

    for _ in range(ROUNDS):
        section = str(SectionFactory(board=board).pk)
        deleted, *renamed = all_at_once(section)
        assert deleted.data["deleteSection"] == {"deletedSectionId": section}
        assert all(answer.codes in ([], ["NOT_FOUND"]) for answer in renamed)
