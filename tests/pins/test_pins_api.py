"""Pins through the API."""

import pytest

from apps.boards.services import delete_board, update_board
from apps.media.models import Picture
from apps.pins.events import PinCreated
from apps.pins.models import Pin
from apps.pins.services import hide_pin, restore_pin
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.media import UploadFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

ERRORS = "userErrors { field message code }"


def mutation(name, selection):
    kind = name[0].upper() + name[1:]
    return f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} {ERRORS} }} }}"


CREATE = mutation(
    "createPin", "pin { id title note author { username } board { id } section { id } isSave }"
)
SAVE = mutation("savePin", "pin { id title note isSave saveCount savedFrom { id } root { id } }")
UPDATE = mutation("updatePin", "pin { title link }")
DELETE = mutation("deletePin", "deletedPinId")
DELETE_MANY = mutation("deletePins", "deletedPinIds")
MOVE = mutation("movePins", "board { id pinCount }")
PIN = """
query($id: ID!) {
  node(id: $id) {
    ... on Pin {
      id title note saveCount isSavedByViewer savedFrom { id } root { id }
      saves { totalCount nodes { id } }
    }
  }
}
"""
BOARD = """
query($id: ID!) {
  node(id: $id) { ... on Board { pinCount pins { totalCount nodes { id } } } }
}
"""
WIDE = """
query($username: String!, $first: Int!) {
  user(username: $username) {
    pins(first: $first) {
      nodes {
        title saveCount isSavedByViewer picture { image(size: W236) { url } }
        author { username } board { name pinCount }
        section { name } savedFrom { id } root { id } saves(first: 2) { nodes { id } }
      }
    }
    boards(first: 10) { nodes { pinCount pins(first: 2) { nodes { id } } } }
  }
}
"""

COVERS = (
    "query($username: String!) { user(username: $username) { boards { nodes { cover { id } } } } }"
)


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def test_create(api, ada, outbox):
    section = SectionFactory(board=BoardFactory(owner=ada))
    upload = UploadFactory(owner=ada)
    values = {
        "boardId": str(section.board_id),
        "sectionId": str(section.pk),
        "pictureId": str(upload.picture_id),
        "title": "A chair",
        "note": "Ask Ben",
        "link": "https://example.com/chair",
    }
    payload = api.as_(ada)(CREATE, input=values).data["createPin"]
    pin = Pin.objects.get()
    assert payload == {
        "pin": {
            "id": str(pin.pk),
            "title": "A chair",
            "note": "Ask Ben",
            "author": {"username": "ada"},
            "board": {"id": str(section.board_id)},
            "section": {"id": str(section.pk)},
            "isSave": False,
        },
        "userErrors": [],
    }
    assert outbox.published(PinCreated) == [
        PinCreated(pin.pk, ada.pk, section.board_id, None, None)
    ]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x" * 101, "TOO_LONG"),
        ("description", "x" * 801, "TOO_LONG"),
        ("altText", "x" * 501, "TOO_LONG"),
        ("note", "x" * 1001, "TOO_LONG"),
        ("link", "javascript:alert(1)", "INVALID"),
        ("link", "ftp://example.com/x", "INVALID"),
        ("link", "https://example.com/" + "x" * 2048, "TOO_LONG"),
    ],
)
def test_bad_texts_are_refused(api, ada, field, value, code):
    board, upload = BoardFactory(owner=ada), UploadFactory(owner=ada)
    values = {"boardId": str(board.pk), "pictureId": str(upload.picture_id), field: value}
    payload = api.as_(ada)(CREATE, input=values).data["createPin"]
    assert payload["pin"] is None
    assert ([field], code) in [(e["field"], e["code"]) for e in payload["userErrors"]]
    assert not Pin.objects.exists()


def test_only_ones_own_board_section_and_picture(api, ada, eve):
    mine, theirs = BoardFactory(owner=ada), BoardFactory(owner=eve)
    upload, alien = UploadFactory(owner=ada), UploadFactory(owner=eve)
    good = {"boardId": str(mine.pk), "pictureId": str(upload.picture_id)}
    for wrong in (
        {"boardId": str(theirs.pk)},
        {"sectionId": str(SectionFactory(board=theirs).pk)},
        {"sectionId": str(SectionFactory(board=BoardFactory(owner=ada)).pk)},
    ):
        assert api.as_(ada)(CREATE, input={**good, **wrong}).codes == ["NOT_FOUND"]
    wrong = {**good, "pictureId": str(alien.picture_id)}
    errors = api.as_(ada)(CREATE, input=wrong).data["createPin"]["userErrors"]
    assert [(e["field"], e["code"]) for e in errors] == [(["pictureId"], "NOT_FOUND")]
    assert not Pin.objects.exists()


def test_the_limit_of_pins(api, ada, settings):
    settings.MAX_PINS_PER_PERSON = 1
    board = BoardFactory(owner=ada)
    make_pin(board)
    upload = UploadFactory(owner=ada)
    values = {"boardId": str(board.pk), "pictureId": str(upload.picture_id)}
    payload = api.as_(ada)(CREATE, input=values).data["createPin"]
    assert [error["code"] for error in payload["userErrors"]] == ["LIMIT_REACHED"]


def test_save_remembers_where_it_came_from(api, ada, eve):
    first = make_pin(BoardFactory(owner=ada), title="A chair", note="mine")
    board = BoardFactory(owner=eve)
    values = {"pinId": str(first.pk), "boardId": str(board.pk)}
    saved = api.as_(eve)(SAVE, input=values).data["savePin"]["pin"]
    assert saved == {
        "id": saved["id"],
        "title": "A chair",
        "note": "",
        "isSave": True,
        "saveCount": 1,
        "savedFrom": {"id": str(first.pk)},
        "root": {"id": str(first.pk)},
    }
    third = BoardFactory()
    values = {"pinId": saved["id"], "boardId": str(third.pk)}
    again = api.as_(third.owner)(SAVE, input=values).data["savePin"]["pin"]
    assert (again["savedFrom"], again["root"]) == ({"id": saved["id"]}, {"id": str(first.pk)})
    assert api(PIN, id=str(first.pk)).data["node"]["saveCount"] == 2


def test_saving_to_the_same_place_twice_is_once(api, eve):
    first, board = make_pin(), BoardFactory(owner=eve)
    values = {"pinId": str(first.pk), "boardId": str(board.pk)}
    one = api.as_(eve)(SAVE, input=values).data["savePin"]["pin"]
    two = api.as_(eve)(SAVE, input=values).data["savePin"]["pin"]
    assert one == two
    assert api(PIN, id=str(first.pk)).data["node"]["saveCount"] == 1


def test_deleting_the_original_leaves_saves_standing(api, ada, eve):
    first = make_pin(BoardFactory(owner=ada))
    save = make_save(first, BoardFactory(owner=eve))
    other = make_save(save, BoardFactory())
    answer = api.as_(ada)(DELETE, input={"pinId": str(first.pk)})
    assert answer.data["deletePin"]["deletedPinId"] == str(first.pk)
    node = api(PIN, id=str(save.pk)).data["node"]
    assert (node["savedFrom"], node["root"], node["saveCount"]) == (None, None, 2)
    assert node["saves"]["nodes"] == [{"id": str(other.pk)}, {"id": str(save.pk)}]


def test_only_the_owner_writes(api, eve):
    pin = make_pin(title="Mine")
    board = str(BoardFactory(owner=eve).pk)
    id = str(pin.pk)
    client = api.as_(eve)
    assert client(UPDATE, input={"pinId": id, "title": "x"}).codes == ["NOT_FOUND"]
    assert client(DELETE, input={"pinId": id}).codes == ["NOT_FOUND"]
    assert client(DELETE_MANY, input={"pinIds": [id]}).codes == ["NOT_FOUND"]
    assert client(MOVE, input={"pinIds": [id], "boardId": board}).codes == ["NOT_FOUND"]
    pin.refresh_from_db()
    assert pin.title == "Mine"


def test_update_and_note(api, ada, eve):
    pin = make_pin(BoardFactory(owner=ada), note="secret thought")
    values = {"pinId": str(pin.pk), "title": "New", "link": "https://example.org/"}
    updated = api.as_(ada)(UPDATE, input=values).data["updatePin"]["pin"]
    assert updated == {"title": "New", "link": "https://example.org/"}
    assert api.as_(ada)(PIN, id=str(pin.pk)).data["node"]["note"] == "secret thought"
    assert api.as_(eve)(PIN, id=str(pin.pk)).data["node"]["note"] is None


def test_space_around_texts_is_dropped(api, ada):
    board, upload = BoardFactory(owner=ada), UploadFactory(owner=ada)
    texts = {"title": " Rye ", "link": " https://example.org/rye\n"}
    made = {"boardId": str(board.pk), "pictureId": str(upload.picture_id), **texts}
    assert api.as_(ada)(CREATE, input=made).data["createPin"]["userErrors"] == []
    pin = Pin.objects.get()
    assert (pin.title, pin.link) == ("Rye", "https://example.org/rye")
    changed = {"pinId": str(pin.pk), "title": " ", "link": "\thttps://example.org/"}
    updated = api.as_(ada)(UPDATE, input=changed).data["updatePin"]["pin"]
    assert updated == {"title": "", "link": "https://example.org/"}


def test_bulk(api, ada):
    one, two = BoardFactory(owner=ada), BoardFactory(owner=ada)
    pins = [str(make_pin(one).pk) for _ in range(3)]
    moved = api.as_(ada)(MOVE, input={"pinIds": pins[:2], "boardId": str(two.pk)}).data["movePins"]
    assert moved["board"] == {"id": str(two.pk), "pinCount": 2}
    assert api(BOARD, id=str(one.pk)).data["node"]["pinCount"] == 1
    gone = api.as_(ada)(DELETE_MANY, input={"pinIds": pins}).data["deletePins"]
    assert gone["deletedPinIds"] == pins
    assert not Pin.objects.exists()
    assert api(BOARD, id=str(two.pk)).data["node"]["pinCount"] == 0
    assert api.as_(ada)(DELETE_MANY, input={"pinIds": []}).codes == ["BAD_INPUT"]
    assert api.as_(ada)(DELETE_MANY, input={"pinIds": ["1"] * 101}).codes == ["BAD_INPUT"]


def test_what_is_not_there_is_told_of_as_it_was_asked_for(api, ada):
    other, board = str(make_pin().pk), str(BoardFactory(owner=ada).pk)
    save = mutation("savePin", "pin { id }")

    def told(query, **input):
        (error,) = api.as_(ada)(query, input=input).body["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"
        return error["message"]

    many = "One of the pins does not exist, or is not yours."
    assert told(UPDATE, pinId=other, title="x") == "There is no such pin of yours."
    assert told(DELETE, pinId=other) == "There is no such pin of yours."
    assert told(DELETE_MANY, pinIds=[other, "4097"]) == many
    assert told(save, pinId="4097", boardId=board) == "There is no such pin."


def test_an_id_of_a_list_that_is_none_is_told_by_its_place(api, ada):
    pin = str(make_pin(BoardFactory(owner=ada)).pk)
    (error,) = api.as_(ada)(DELETE_MANY, input={"pinIds": [pin, "cat.jpg"]}).body["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith("`pinIds[1]` is not an id. ")


def test_what_moves_and_goes_tells_all_that_it_changed(api, ada):
    one, two, there = BoardFactory.create_batch(3, owner=ada)
    pins = [str(make_pin(board).pk) for board in (one, two, there)]
    move = mutation("movePins", "pins { id board { id } } boardsLeft { id pinCount }")
    moved = api.as_(ada)(move, input={"pinIds": [*pins, pins[0]], "boardId": str(there.pk)})
    assert moved.data["movePins"] == {
        "pins": [{"id": pin, "board": {"id": str(there.pk)}} for pin in pins],
        "boardsLeft": [{"id": str(one.pk), "pinCount": 0}, {"id": str(two.pk), "pinCount": 0}],
        "userErrors": [],
    }
    left = mutation("deletePin", "board { id pinCount }")
    gone = api.as_(ada)(left, input={"pinId": pins[0]}).data["deletePin"]
    assert gone == {"board": {"id": str(there.pk), "pinCount": 2}, "userErrors": []}
    left = mutation("deletePins", "boards { id pinCount }")
    gone = api.as_(ada)(left, input={"pinIds": pins[1:]}).data["deletePins"]
    assert gone == {"boards": [{"id": str(there.pk), "pinCount": 0}], "userErrors": []}


def test_a_retried_move_tells_the_same(api, ada):
    pin, board = make_pin(BoardFactory(owner=ada)), BoardFactory(owner=ada)
    input = {"pinIds": [str(pin.pk)], "boardId": str(board.pk), "clientMutationId": "once"}
    move = mutation("movePins", "pins { id } boardsLeft { id }")
    first, again = (api.as_(ada)(move, input=input).data["movePins"] for _ in range(2))
    assert again == first
    assert first["boardsLeft"] == [{"id": str(pin.board_id)}]


def test_deleting_a_board_deletes_its_pins(api, ada, outbox):
    board = BoardFactory(owner=ada)
    first = make_pin(board)
    make_pin(board)
    save = make_save(first, BoardFactory())
    make_save(make_pin(), board)
    assert api.as_(ada)(BOARD, id=str(board.pk)).data["node"]["pinCount"] == 3
    delete_board(actor_id=ada.pk, board_id=board.pk)
    outbox.drain()
    assert not Pin.objects.filter(board=board).exists()
    assert not type(board).objects.filter(pk=board.pk).exists()
    assert api(PIN, id=str(save.pk)).data["node"]["saveCount"] == 1


def test_a_secret_board_hides_its_pins_on_every_path(api, ada, eve, outbox):
    first = make_pin(BoardFactory(owner=ada))
    secret = BoardFactory(owner=eve)
    save = make_save(first, secret)
    of_save = make_save(save, BoardFactory(owner=ada))
    update_board(actor_id=eve.pk, board_id=secret.pk, is_secret=True)
    outbox.drain()

    def seen(client):
        node = client(PIN, id=str(first.pk)).data["node"]
        from_save = client(PIN, id=str(of_save.pk)).data["node"]["savedFrom"]
        theirs = client(WIDE, username="eve", first=5).data["user"]
        return (
            client(PIN, id=str(save.pk)).data["node"] is not None,
            node["saves"]["totalCount"],
            len(node["saves"]["nodes"]),
            from_save is not None,
            len(theirs["pins"]["nodes"]),
            len(theirs["boards"]["nodes"]),
        )

    assert seen(api.as_(eve)) == (True, 2, 2, True, 1, 1)
    for client in (api, api.as_(ada)):
        assert seen(client) == (False, 1, 1, False, 0, 0)
        assert client(PIN, id=str(first.pk)).data["node"]["saveCount"] == 1
    update_board(actor_id=eve.pk, board_id=secret.pk, is_secret=False)
    outbox.drain()
    assert api(PIN, id=str(first.pk)).data["node"]["saveCount"] == 2


def test_a_picture_that_is_not_ready_is_its_owners_alone(api, ada, eve):
    pin = make_pin(BoardFactory(owner=ada))
    for state in ("PROCESSING", "BROKEN"):
        Picture.objects.update(state=state)
        assert api.as_(ada)(PIN, id=str(pin.pk)).data["node"] is not None
        assert api.as_(eve)(PIN, id=str(pin.pk)).data["node"] is None


def test_staff_hide_and_restore(api, ada, eve):
    first = make_pin()
    pin = make_save(first, BoardFactory(owner=ada))
    staff = UserFactory(is_staff=True)
    for _ in range(2):
        hide_pin(actor_id=staff.pk, pin_id=pin.pk, reason="spam")
    assert api.as_(eve)(PIN, id=str(pin.pk)).data["node"] is None
    assert api.as_(ada)(PIN, id=str(pin.pk)).data["node"] is not None
    assert api(PIN, id=str(first.pk)).data["node"]["saveCount"] == 0
    assert api.as_(ada)(BOARD, id=str(pin.board_id)).data["node"]["pinCount"] == 1
    assert api(BOARD, id=str(pin.board_id)).data["node"]["pinCount"] == 0
    for _ in range(2):
        restore_pin(actor_id=staff.pk, pin_id=pin.pk, reason="a mistake")
    assert api(PIN, id=str(first.pk)).data["node"]["saveCount"] == 1
    assert api(BOARD, id=str(pin.board_id)).data["node"]["pinCount"] == 1


def test_every_board_of_a_page_has_its_cover(api, ada):
    pins = [make_pin(BoardFactory(owner=ada, position=number)) for number in range(10)]
    nodes = api(COVERS, username="ada").data["user"]["boards"]["nodes"]
    assert [node["cover"]["id"] for node in nodes] == [str(pin.picture_id) for pin in pins]


def test_a_page_costs_the_same_whatever_its_size(api, ada):
    def cost():
        return len(api.as_(ada)(WIDE, username="ada", first=100).statements)

    def grow():
        section = SectionFactory(board=BoardFactory(owner=ada))
        pin = make_pin(section.board, section_id=section.pk)
        make_save(pin, BoardFactory())
        make_save(make_pin(), section.board)

    grow()
    few = cost()
    for _ in range(5):
        grow()
    assert (few, cost()) == (14, 14)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("__typename", {"__typename": "User"}),
        ("username __typename", {"username": "ada", "__typename": "User"}),
        ("username @skip(if: true)", {}),
        ("... @include(if: false) { id }", {}),
    ],
)
def test_of_an_author_may_be_asked_whatever_there_is_or_nothing(api, ada, asked, told):
    pins = [make_pin(BoardFactory(owner=ada)) for _ in range(2)]
    text = f'{{ user(username: "ada") {{ pins {{ nodes {{ id author {{ {asked} }} }} }} }} }}'
    found = api(text).data["user"]["pins"]["nodes"]
    assert found == [{"id": str(pin.pk), "author": told} for pin in reversed(pins)]
