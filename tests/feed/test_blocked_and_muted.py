"""What blocks and mutes do to feeds: from the next read on, before any worker has done a thing."""

import pytest

from apps.feed import store, timelines
from apps.follows.services import follow_board, follow_person
from apps.users.services import block_person, mute_person, unblock_person, unmute_person
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

FEEDS = """{ viewer {
  homeFeed { edges { node { id } reason { kind } } } followingFeed { totalCount nodes { id } }
} }"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def board(db):
    return BoardFactory()


@pytest.fixture
def feed(api, ada):
    """The ids in Ada's following feed; her home feed has the same of whom and what she follows."""
    client = api.as_(ada)

    def read():
        viewer = client(FEEDS).data["viewer"]
        ids = [node["id"] for node in viewer["followingFeed"]["nodes"]]
        assert viewer["followingFeed"]["totalCount"] == len(ids)
        home = viewer["homeFeed"]["edges"]
        followed = [edge for edge in home if edge["reason"]["kind"].startswith("FOLLOWED")]
        assert sorted(edge["node"]["id"] for edge in followed) == sorted(ids)
        return [int(id) for id in ids]

    return read


@pytest.mark.parametrize("is_blocker", [True, False])
def test_a_block_empties_feeds_at_once(ada, board, feed, outbox, is_blocker):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    pin = make_pin(board)
    outbox.drain()
    assert feed() == [pin.pk]
    pair = (ada.pk, board.owner_id) if is_blocker else (board.owner_id, ada.pk)
    block_person(blocker_id=pair[0], blocked_id=pair[1])
    assert feed() == []
    make_pin(board)
    outbox.drain()
    assert store.read(ada.pk) == []
    unblock_person(blocker_id=pair[0], blocked_id=pair[1])
    outbox.drain()
    assert feed() == []


def test_a_mute_leaves_pins_out_of_feeds_and_nothing_else(api, ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    other = make_pin()
    follow_person(follower_id=ada.pk, person_id=other.owner_id)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    pin = make_pin(board)
    outbox.drain()
    assert feed() == [pin.pk, other.pk]
    mute_person(muter_id=ada.pk, muted_id=board.owner_id)
    assert feed() == [other.pk]
    outbox.drain()
    assert store.read(ada.pk) == [other.pk]
    late = make_pin(board)
    outbox.drain()
    assert feed() == [other.pk]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [str(one) for one in (board.owner_id, board.pk, pin.pk, late.pk)]
    assert api.as_(ada)(query, ids=ids).data["nodes"] == [{"id": one} for one in ids]
    unmute_person(muter_id=ada.pk, muted_id=board.owner_id)
    outbox.drain()
    assert feed() == [late.pk, pin.pk, other.pk]


def test_the_muted_one_s_feed_stays(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pin = make_pin(board)
    outbox.drain()
    mute_person(muter_id=board.owner_id, muted_id=ada.pk)
    assert feed() == [pin.pk]


def test_a_timeline_is_built_without_the_muted(ada, board, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pin = make_pin(board)
    mute_person(muter_id=ada.pk, muted_id=board.owner_id)
    outbox.drain()
    assert timelines.rebuild(ada.pk) == []
    unmute_person(muter_id=ada.pk, muted_id=board.owner_id)
    assert timelines.rebuild(ada.pk) == [pin.pk]
