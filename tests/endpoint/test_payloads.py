"""Payloads give what a client's cache has to be told: the viewer too, where a list of theirs has changed."""

import pytest

from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.topics import TopicFactory
from tests.factories.users import UserFactory

# The mutation, what it is about, the viewer's list that it adds to, and what takes it out again.
PAIRS = [
    ("followUser", "userId", "following", "unfollowUser"),
    ("followBoard", "boardId", "followedBoards", "unfollowBoard"),
    ("followTopic", "topicId", "followedTopics", "unfollowTopic"),
    ("blockUser", "userId", "blockedPeople", "unblockUser"),
    ("muteUser", "userId", "mutedPeople", "unmuteUser"),
    ("hidePin", "pinId", "hiddenPins", "unhidePin"),
    ("seeFewer", "subjectId", "seeingFewer", "undoSeeFewer"),
]


@pytest.fixture
def subjects(db):
    """Something for each input's field."""
    pin = make_pin(BoardFactory())
    return {
        "userId": UserFactory().pk,
        "boardId": pin.board_id,
        "topicId": TopicFactory().pk,
        "pinId": pin.pk,
        "subjectId": pin.owner_id,
    }


@pytest.mark.parametrize(("does", "about", "name", "undoes"), PAIRS)
def test_the_viewers_list_comes_with_what_changes_it(api, subjects, does, about, name, undoes):
    viewer = UserFactory()
    client = api.as_(viewer)

    def counted(mutation):
        kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
        asked = f"viewer {{ id {name} {{ totalCount }} }} userErrors {{ message }}"
        query = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ {asked} }} }}"
        answer = client(query, input={about: str(subjects[about])}).data[mutation]
        assert answer["userErrors"] == []
        assert answer["viewer"]["id"] == str(viewer.pk)
        return answer["viewer"][name]["totalCount"]

    assert [counted(does), counted(does), counted(undoes), counted(undoes)] == [1, 1, 0, 0]
