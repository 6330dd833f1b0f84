"""What the viewer may not see does not exist: every path to a pin, for everybody, for every cause."""

from dataclasses import dataclass
from typing import Any

import pytest

from apps.boards.services import delete_board, update_board
from apps.media.events import PictureReady
from apps.media.models import Picture, PictureState
from apps.pins.services import hide_pin, set_cover
from apps.users.services import request_account_deletion, suspend_person
from pinboard.events.outbox import publish
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

WALK = """
query Walk($ids: [ID!]!, $pin: ID!, $board: ID!, $section: ID!, $root: ID!, $of: ID!, $line: ID!) {
  node(id: $pin) { id }
  nodes(ids: $ids) { id }
  board: node(id: $board) { ... on Board {
    pinCount cover { id } pins { totalCount nodes { id } edges { node { id } } }
  } }
  section: node(id: $section) { ... on Section {
    pinCount pins { totalCount nodes { id } } board { pins { nodes { id } } }
  } }
  address: board(username: "ada", slug: "plans") { pins { nodes { id } } }
  user(username: "ada") {
    pinCount pins { totalCount nodes { id } } boards { nodes { pinCount pins { nodes { id } } } }
  }
  root: node(id: $root) { ... on Pin { saveCount saves { totalCount nodes { id } } } }
  save: node(id: $of) { ... on Pin {
    savedFrom { id board { pins { nodes { id } } } } root { saves { nodes { id } } }
  } }
  line: node(id: $line) { ... on Pin { savedFrom { id } root { id } saveCount } }
}
"""


@dataclass
class World:
    """Ada's board with a first pin and a save, both of which Eve has saved."""

    ada: Any
    eve: Any
    board: Any
    section: Any
    first: Any
    save: Any
    variables: dict[str, Any]


@pytest.fixture
def world(db, outbox):
    ada, eve = UserFactory(username="ada"), UserFactory(username="eve")
    section = SectionFactory(board=BoardFactory(owner=ada, slug="plans"))
    board = section.board
    root = make_pin()
    save = make_save(root, board, section_id=section.pk)
    first = make_pin(board, section_id=section.pk)
    set_cover(actor_id=ada.pk, board_id=board.pk, pin_id=save.pk)
    theirs = BoardFactory(owner=eve)
    of, line = make_save(save, theirs), make_save(first, theirs)
    outbox.drain()
    variables = {
        "ids": [str(save.pk), str(first.pk)],
        "pin": save.pk,
        "board": board.pk,
        "section": section.pk,
        "root": root.pk,
        "of": of.pk,
        "line": line.pk,
    }
    return World(ada, eve, board, section, first, save, {k: _text(v) for k, v in variables.items()})


def _text(value):
    return value if isinstance(value, list) else str(value)


def _secret(world):
    update_board(actor_id=world.ada.pk, board_id=world.board.pk, is_secret=True)


def _deleted(world):
    delete_board(actor_id=world.ada.pk, board_id=world.board.pk)


def _hidden(world):
    for pin in (world.first, world.save):
        hide_pin(actor_id=UserFactory(is_staff=True).pk, pin_id=pin.pk, reason="spam")


def _suspended(world):
    suspend_person(actor_id=UserFactory(is_staff=True).pk, user_id=world.ada.pk, reason="spam")


def _leaving(world):
    request_account_deletion(actor_id=world.ada.pk)
    world.ada.refresh_from_db()  # a new session is one of the new generation


CAUSES = {
    "secret": (_secret, "nothing"),
    "deleted": (_deleted, "nothing"),
    "suspended": (_suspended, "nothing"),
    "leaving": (_leaving, "nothing"),
    "hidden": (_hidden, "an empty board"),
}


def _walk(client, world):
    """What a viewer finds on each path; the two pins by the names that they have here."""
    names = {str(world.first.pk): "first", str(world.save.pk): "save"}
    data = client(WALK, **world.variables).data

    def named(found):
        if isinstance(found, dict):
            return {key: named(value) for key, value in found.items()}
        if isinstance(found, list):
            return [named(one) for one in found]
        return names.get(found, found)

    return named(data)


def _ids(*names):
    return [{"id": name} for name in names]


def _owners_view(world):
    of = world.variables["of"]
    mine = {"nodes": _ids("first", "save")}
    return {
        "node": {"id": "save"},
        "nodes": _ids("save", "first"),
        "board": {
            "pinCount": 2,
            "cover": {"id": str(world.save.picture_id)},
            "pins": {"totalCount": 2, **mine, "edges": [{"node": one} for one in mine["nodes"]]},
        },
        "section": {"pinCount": 2, "pins": {"totalCount": 2, **mine}, "board": {"pins": mine}},
        "address": {"pins": mine},
        "user": {
            "pinCount": 2,
            "pins": {"totalCount": 2, **mine},
            "boards": {"nodes": [{"pinCount": 2, "pins": mine}]},
        },
        "root": {"saveCount": 2, "saves": {"totalCount": 2, "nodes": _ids(of, "save")}},
        "save": {
            "savedFrom": {"id": "save", "board": {"pins": mine}},
            "root": {"saves": {"nodes": _ids(of, "save")}},
        },
        "line": {"savedFrom": {"id": "first"}, "root": {"id": "first"}, "saveCount": 1},
    }


def _expected(world, *, sees):
    """The owner's view, less what `sees` leaves of it."""
    view = _owners_view(world)
    if sees == "everything":
        return view
    none = {"nodes": []}
    of = world.variables["of"]
    view |= {"node": None, "nodes": [None, None], "board": None, "section": None, "address": None}
    view["user"] = {"pinCount": 0, "pins": {"totalCount": 0, **none}, "boards": none}
    view["root"] = {"saveCount": 1, "saves": {"totalCount": 1, "nodes": _ids(of)}}
    view["save"] = {"savedFrom": None, "root": {"saves": {"nodes": _ids(of)}}}
    view["line"] = {"savedFrom": None, "root": None, "saveCount": 1}
    if sees == "an empty board":
        view["board"] = {
            "pinCount": 0,
            "cover": None,
            "pins": {"totalCount": 0, "nodes": [], "edges": []},
        }
        view["section"] = {
            "pinCount": 0,
            "pins": {"totalCount": 0, **none},
            "board": {"pins": none},
        }
        view["address"] = {"pins": none}
        view["user"]["boards"] = {"nodes": [{"pinCount": 0, "pins": none}]}
    return view


def test_everybody_sees_what_is_public(api, world):
    for client in (api.as_(world.ada), api.as_(world.eve), api):
        assert _walk(client, world) == _expected(world, sees="everything")


@pytest.mark.parametrize("cause", CAUSES)
def test_others_find_no_trace(api, world, outbox, cause):
    happen, sees = CAUSES[cause]
    happen(world)
    outbox.drain()
    for client in (api.as_(world.eve), api):
        expected = _expected(world, sees=sees)
        if cause in ("suspended", "leaving"):
            expected["user"] = None
        assert _walk(client, world) == expected


@pytest.mark.parametrize("cause", ["secret", "hidden", "leaving"])
def test_the_owner_finds_all_but_in_public_counts(api, world, outbox, cause):
    CAUSES[cause][0](world)
    outbox.drain()
    expected = _expected(world, sees="everything")
    # Saves are counted as others see them, for the owner too: a count is the same for everybody.
    expected["root"]["saveCount"] = 1
    assert _walk(api.as_(world.ada), world) == expected


def test_a_picture_that_is_not_ready_keeps_its_pins_with_their_owner(api, outbox):
    ada, eve = UserFactory(username="ada"), UserFactory(username="eve")
    board = BoardFactory(owner=ada)
    pin = make_pin(board, picture=PictureFactory(state=PictureState.PROCESSING))
    query = """query($id: ID!, $board: ID!) {
      node(id: $id) { id } board: node(id: $board) { ... on Board { pinCount pins { nodes { id } } } }
    }"""

    def seen(client):
        data = client(query, id=str(pin.pk), board=str(board.pk)).data
        nodes = data["board"]["pins"]["nodes"]
        return (data["node"] is not None, len(nodes), data["board"]["pinCount"])

    outbox.drain()
    for state in (PictureState.PROCESSING, PictureState.BROKEN):
        Picture.objects.update(state=state)
        assert seen(api.as_(ada)) == (True, 1, 1)
        assert seen(api.as_(eve)) == seen(api) == (False, 0, 0)
    Picture.objects.update(state=PictureState.READY)
    publish(PictureReady(pin.picture_id))
    outbox.drain()
    assert seen(api.as_(ada)) == seen(api.as_(eve)) == seen(api) == (True, 1, 1)


def test_what_is_not_to_be_seen_cannot_be_saved(api, world, outbox):
    query = "mutation($input: SavePinInput!) { savePin(input: $input) { pin { id } } }"
    values = {"pinId": str(world.first.pk), "boardId": str(BoardFactory(owner=world.eve).pk)}
    _secret(world)
    assert api.as_(world.eve)(query, input=values).codes == ["NOT_FOUND"]
    never = {**values, "pinId": str(world.first.pk + (1 << 40))}
    answers = [api.as_(world.eve)(query, input=one).body for one in (never, values)]
    assert answers[0]["errors"] == answers[1]["errors"]
    assert answers[0]["data"] == answers[1]["data"]
