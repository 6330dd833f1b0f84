"""Hiding pins and seeing fewer, through the API."""

import pytest

from apps.boards.services import delete_board, update_board
from apps.feed import store, timelines
from apps.feed.events import LineHidden, LineUnhidden
from apps.feed.models import HiddenPin, SeenFewer
from apps.follows.services import follow_person
from apps.pins.services import delete_pin
from apps.users.services import block_person
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import topic
from tests.factories.users import UserFactory

FOLLOWING = "{ viewer { followingFeed { totalCount nodes { id viewerHasHidden } } } }"
LISTS = """
query($first: Int, $after: String) { viewer {
  hiddenPins(first: $first, after: $after) {
    totalCount edges { cursor pinId node { id viewerHasHidden } } pageInfo { hasNextPage }
  }
  seeingFewer(first: $first) {
    totalCount nodes { id }
    edges { subjectId node { __typename id ... on Board { name viewerSeesFewer }
            ... on User { username viewerSeesFewer } ... on Topic { name viewerSeesFewer } } }
  }
} }
"""


def mutation(name, payload):
    return (
        f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ "
        f"{payload} userErrors {{ field message code }} }} }}"
    )


HIDE, UNHIDE = (mutation(one, "pin { id viewerHasHidden }") for one in ("hidePin", "unhidePin"))
FEWER, UNDO = (mutation(one, "subject { __typename id }") for one in ("seeFewer", "undoSeeFewer"))


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def client(api, ada):
    return api.as_(ada)


@pytest.fixture
def board(ada):
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    return board


@pytest.fixture
def feed(client):
    """The ids in Ada's feed of those whom she follows."""

    def read():
        listed = client(FOLLOWING).data["viewer"]["followingFeed"]
        assert listed["totalCount"] == len(listed["nodes"])
        assert not any(node["viewerHasHidden"] for node in listed["nodes"])
        return [int(node["id"]) for node in listed["nodes"]]

    return read


def of_pin(pin):
    return {"pinId": str(pin.pk)}


def of_subject(subject):
    return {"subjectId": str(subject.pk)}


def test_hide_and_unhide_are_idempotent(client, ada, outbox):
    pin = make_pin()
    for _ in range(2):
        assert client(HIDE, input=of_pin(pin)).data["hidePin"] == {
            "pin": {"id": str(pin.pk), "viewerHasHidden": True},
            "userErrors": [],
        }
    hidden = HiddenPin.objects.get()
    assert (hidden.person_id, hidden.pin_id, hidden.line_id) == (ada.pk, pin.pk, pin.pk)
    assert hidden.picture_id == pin.picture_id
    assert outbox.published(LineHidden) == [LineHidden(ada.pk, pin.pk)]
    for _ in range(2):
        assert client(UNHIDE, input=of_pin(pin)).data["unhidePin"] == {
            "pin": {"id": str(pin.pk), "viewerHasHidden": False},
            "userErrors": [],
        }
    assert not HiddenPin.objects.exists()
    assert outbox.published(LineUnhidden) == [LineUnhidden(ada.pk, pin.pk)]


def test_a_hidden_pin_leaves_the_feed_at_once_with_all_its_copies(client, ada, board, feed, outbox):
    first, other = make_pin(board), make_pin(board)
    friend = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=friend.owner_id)
    copy = make_save(first, friend)
    outbox.drain()
    assert feed() == [copy.pk, other.pk, first.pk]
    client(HIDE, input=of_pin(copy))
    assert feed() == [other.pk]
    assert store.read(ada.pk) == [copy.pk, other.pk, first.pk]
    outbox.drain()
    assert store.read(ada.pk) == [other.pk]
    late = make_save(copy, BoardFactory(owner=board.owner))
    outbox.drain()
    assert feed() == timelines.from_postgres(ada.pk) == [other.pk]
    assert timelines.rebuild(ada.pk) == [other.pk]
    client(UNHIDE, input=of_pin(first))
    outbox.drain()
    assert feed() == [late.pk, copy.pk, other.pk, first.pk]


def test_what_one_hides_others_see(api, ada, board, outbox):
    eve = UserFactory()
    follow_person(follower_id=eve.pk, person_id=board.owner_id)
    pin = make_pin(board)
    outbox.drain()
    api.as_(ada)(HIDE, input=of_pin(pin))
    (node,) = api.as_(eve)(FOLLOWING).data["viewer"]["followingFeed"]["nodes"]
    assert node == {"id": str(pin.pk), "viewerHasHidden": False}
    query = "query($id: ID!) { node(id: $id) { ... on Pin { viewerHasHidden } } }"
    assert api(query, id=str(pin.pk)).data["node"] == {"viewerHasHidden": False}


def test_a_page_costs_the_same_with_hidden_pins(client, ada, board, feed, outbox):
    pins = [make_pin(board) for _ in range(3)]
    outbox.drain()
    query = "{ viewer { followingFeed(first: 2) { nodes { id } } } }"
    client(query)
    before = len(client(query).statements)
    client(HIDE, input=of_pin(pins[2]))
    after = client(query)
    assert [node["id"] for node in after.data["viewer"]["followingFeed"]["nodes"]] == [
        str(pins[1].pk),
        str(pins[0].pk),
    ]
    assert len(after.statements) == before


def test_nobody_hides_what_they_do_not_see(client):
    secret = make_pin(BoardFactory(is_secret=True))
    gone = make_pin()
    delete_pin(actor_id=gone.owner_id, pin_id=gone.pk)
    for pin in (secret, gone):
        assert client(HIDE, input=of_pin(pin)).codes == ["NOT_FOUND"]
        assert client(UNHIDE, input=of_pin(pin)).data["unhidePin"] == {
            "pin": None,
            "userErrors": [],
        }
    assert not HiddenPin.objects.exists()


def test_what_is_gone_is_taken_back_all_the_same(client, ada):
    pins = [make_pin() for _ in range(3)]
    for pin in pins:
        client(HIDE, input=of_pin(pin))
    update_board(actor_id=pins[0].owner_id, board_id=pins[0].board_id, is_secret=True)
    delete_pin(actor_id=pins[1].owner_id, pin_id=pins[1].pk)
    listed = client(LISTS, first=2).data["viewer"]["hiddenPins"]
    assert listed["totalCount"] == 3
    assert listed["pageInfo"] == {"hasNextPage": True}
    assert [edge["pinId"] for edge in listed["edges"]] == [str(pins[2].pk), str(pins[1].pk)]
    assert [edge["node"] for edge in listed["edges"]] == [
        {"id": str(pins[2].pk), "viewerHasHidden": True},
        None,
    ]
    last = client(LISTS, first=2, after=listed["edges"][-1]["cursor"])
    assert [edge["node"] for edge in last.data["viewer"]["hiddenPins"]["edges"]] == [None]
    for pin in pins:
        client(UNHIDE, input=of_pin(pin))
    assert not HiddenPin.objects.exists()


def test_see_fewer_and_undo_are_idempotent(client, ada):
    board, person, bread = BoardFactory(name="Rye"), UserFactory(username="eve"), topic("bread")
    for kind, subject in (("Board", board), ("User", person), ("Topic", bread)):
        for _ in range(2):
            answer = client(FEWER, input=of_subject(subject)).data["seeFewer"]
            assert answer == {
                "subject": {"__typename": kind, "id": str(subject.pk)},
                "userErrors": [],
            }
    assert SeenFewer.objects.filter(person=ada).count() == 3
    listed = client(LISTS).data["viewer"]["seeingFewer"]
    assert listed["totalCount"] == 3
    assert [edge["node"] for edge in listed["edges"]] == [
        {"__typename": "Topic", "id": str(bread.pk), "name": "Bread", "viewerSeesFewer": True},
        {"__typename": "User", "id": str(person.pk), "username": "eve", "viewerSeesFewer": True},
        {"__typename": "Board", "id": str(board.pk), "name": "Rye", "viewerSeesFewer": True},
    ]
    for kind, subject in (("Board", board), ("User", person), ("Topic", bread)):
        for _ in range(2):
            answer = client(UNDO, input=of_subject(subject)).data["undoSeeFewer"]
            assert answer["subject"] == {"__typename": kind, "id": str(subject.pk)}
    assert not SeenFewer.objects.exists()
    assert client(LISTS).data["viewer"]["seeingFewer"]["edges"] == []


def test_nobody_sees_fewer_of_what_they_do_not_see(client, ada):
    secret, blocking, pin = BoardFactory(is_secret=True), UserFactory(), make_pin()
    block_person(blocker_id=blocking.pk, blocked_id=ada.pk)
    for subject in (secret, blocking, pin):
        assert client(FEWER, input=of_subject(subject)).codes == ["NOT_FOUND"]
        assert client(UNDO, input=of_subject(subject)).data["undoSeeFewer"]["subject"] is None
    assert client(FEWER, input={"subjectId": "1"}).codes == ["NOT_FOUND"]
    assert client(FEWER, input={"subjectId": "x"}).codes == ["BAD_INPUT"]


def test_nobody_sees_fewer_of_themselves(client, ada):
    for subject in (ada, BoardFactory(owner=ada)):
        (error,) = client(FEWER, input=of_subject(subject)).data["seeFewer"]["userErrors"]
        assert (error["field"], error["code"]) == (["subjectId"], "SELF_REFERENCE")


def test_a_deleted_board_is_nothing_to_see_fewer_of(client, outbox):
    board = BoardFactory()
    client(FEWER, input=of_subject(board))
    delete_board(actor_id=board.owner_id, board_id=board.pk)
    (edge,) = client(LISTS).data["viewer"]["seeingFewer"]["edges"]
    assert edge == {"subjectId": str(board.pk), "node": None}
    outbox.drain()
    assert not SeenFewer.objects.exists()


def test_there_are_limits(client, settings):
    settings.MAX_HIDDEN_PINS = settings.MAX_SEEN_FEWER = 1
    first, second = make_pin(), make_pin()
    for _ in range(2):
        assert client(HIDE, input=of_pin(first)).data["hidePin"]["userErrors"] == []
        answer = client(FEWER, input={"subjectId": str(first.owner_id)})
        assert answer.data["seeFewer"]["userErrors"] == []
    (error,) = client(HIDE, input=of_pin(second)).data["hidePin"]["userErrors"]
    assert (error["field"], error["code"]) == (["pinId"], "LIMIT_REACHED")
    answer = client(FEWER, input={"subjectId": str(second.owner_id)})
    (error,) = answer.data["seeFewer"]["userErrors"]
    assert (error["field"], error["code"]) == (["subjectId"], "LIMIT_REACHED")
    client(UNHIDE, input=of_pin(first))
    assert client(HIDE, input=of_pin(second)).data["hidePin"]["userErrors"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [(HIDE, "pinId"), (UNHIDE, "pinId"), (FEWER, "subjectId"), (UNDO, "subjectId")],
)
def test_it_is_for_who_is_logged_in(api, query, name):
    assert api(query, input={name: str(make_pin().pk)}).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("field", ["hiddenPins", "seeingFewer"])
def test_the_lists_are_their_owner_s_alone(client, field):
    query = f"query($id: ID!) {{ user(id: $id) {{ {field} {{ totalCount }} }} }}"
    assert client(query, id=str(UserFactory().pk)).codes == ["FORBIDDEN"]


def test_what_hiding_costs(client, ada):
    pin, other = make_pin(), make_pin()
    client(HIDE, input=of_pin(other))  # the session is known
    costs = [len(client(HIDE, input=of_pin(pin)).statements) for _ in range(2)]
    costs += [
        len(client(FEWER, input={"subjectId": str(pin.owner_id)}).statements) for _ in range(2)
    ]
    assert costs == [12, 9, 10, 8]
