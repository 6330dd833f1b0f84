"""The feed through the API: workers' part by `outbox.drain()`."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django_redis import get_redis_connection

from apps.boards.services import delete_board, update_board
from apps.feed import fanout, store, timelines
from apps.follows.services import follow_board, follow_person, unfollow_board, unfollow_person
from apps.pins.services import delete_pins, hide_pin, move_pins
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

FEED = """
query($first: Int, $after: String, $last: Int, $before: String) {
  viewer {
    followingFeed(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      edges { cursor node { id title saveCount picture { dominantColor } author { username } board { name } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
HOME = "{ viewer { homeFeed(first: 100) { edges { node { id } reason { kind } } } } }"


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
        following = client(FEED, first=100).data["viewer"]["followingFeed"]
        ids = [int(edge["node"]["id"]) for edge in following["edges"]]
        assert following["totalCount"] == len(ids)
        home = client(HOME).data["viewer"]["homeFeed"]["edges"]
        followed = [edge for edge in home if edge["reason"]["kind"].startswith("FOLLOWED")]
        assert sorted(int(edge["node"]["id"]) for edge in followed) == sorted(ids)
        return ids

    return read


def test_new_pins_and_saves_of_followed_people(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    assert feed() == []
    first = make_pin(board)
    save = make_save(make_pin(), board)
    make_pin()
    outbox.drain()
    assert feed() == [save.pk, first.pk]


def test_followed_boards_only(ada, board, feed, outbox):
    other = BoardFactory(owner=board.owner)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    feed()
    pin = make_pin(board)
    make_pin(other)
    outbox.drain()
    assert feed() == [pin.pk]


def test_following_backfills_and_unfollowing_takes_away_at_once(ada, board, feed, outbox):
    feed()
    pins = [make_pin(board).pk for _ in range(3)]
    outbox.drain()
    assert feed() == []
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    outbox.drain()
    assert feed() == pins[::-1]
    unfollow_person(follower_id=ada.pk, person_id=board.owner_id)
    assert feed() == []
    outbox.drain()
    assert store.read(ada.pk) == []


def test_a_board_left_out(ada, board, feed, outbox):
    other = BoardFactory(owner=board.owner)
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk, make_pin(other).pk]
    outbox.drain()
    unfollow_board(follower_id=ada.pk, board_id=other.pk)
    assert feed() == pins[:1]
    outbox.drain()
    assert feed() == pins[:1]
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    outbox.drain()
    assert feed() == pins[::-1]


def test_deleted_hidden_and_secret_pins_are_gone_at_once(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    feed()
    other = BoardFactory(owner=board.owner)
    a, b, c, d = make_pin(board), make_pin(board), make_pin(board), make_pin(other)
    outbox.drain()
    assert feed() == [d.pk, c.pk, b.pk, a.pk]
    delete_pins(actor_id=board.owner_id, pin_ids=[a.pk])
    assert feed() == [d.pk, c.pk, b.pk]
    hide_pin(actor_id=ada.pk, pin_id=b.pk, reason="a test")
    assert feed() == [d.pk, c.pk]
    update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=True)
    assert feed() == [d.pk]
    move_pins(actor_id=board.owner_id, pin_ids=[d.pk], board_id=board.pk)
    assert feed() == []
    outbox.drain()
    assert feed() == []
    update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=False)
    outbox.drain()
    assert feed() == [d.pk, c.pk]
    delete_board(actor_id=board.owner_id, board_id=board.pk)
    assert feed() == []
    outbox.drain()
    assert store.read(ada.pk) == []


def test_ones_own_pins_are_not_in_ones_feed(ada, feed, outbox):
    make_pin(BoardFactory(owner=ada))
    outbox.drain()
    assert feed() == []


def test_what_valkey_lost_comes_back(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk for _ in range(3)]
    outbox.drain()
    before = feed()
    get_redis_connection("default").flushdb()
    assert feed() == before == pins[::-1]


def test_pins_that_come_while_a_timeline_is_built_are_kept(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    store.start_building(ada.pk)
    pin = make_pin(board)
    outbox.drain()
    store.finish_building(ada.pk, [])
    assert feed() == [pin.pk]


def test_a_build_that_died_is_done_again(ada, board, feed, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk for _ in range(2)]
    outbox.drain()
    store.drop(ada.pk)
    store.start_building(ada.pk)
    assert feed() == pins[::-1]


def test_a_fan_out_in_many_steps(ada, board, feed, outbox, monkeypatch):
    monkeypatch.setattr(fanout, "STEP", 2)
    people = [UserFactory().pk for _ in range(7)]
    for person in people:
        follow_person(follower_id=person, person_id=board.owner_id)
        timelines.rebuild(person)
    pin = make_pin(board)
    outbox.drain()
    assert [store.read(person) for person in people] == [[pin.pk]] * 7


def test_a_timeline_keeps_the_newest(ada, board, outbox, monkeypatch):
    monkeypatch.setattr(store, "MAX_ENTRIES", 5)
    monkeypatch.setattr(store, "SLACK", 2)
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    timelines.rebuild(ada.pk)
    pins = [make_pin(board).pk for _ in range(12)]
    outbox.drain()
    assert store.read(ada.pk) == pins[:-6:-1]
    assert timelines.rebuild(ada.pk) == pins[:-6:-1]
    key = get_redis_connection("default").keys("feed:*")
    assert get_redis_connection("default").strlen(key[0]) == 8 + 5 * 8


def test_a_scroll(api, ada, board, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk for _ in range(5)]
    outbox.drain()
    client = api.as_(ada)
    one = client(FEED, first=2).data["viewer"]["followingFeed"]
    make_pin(board)
    outbox.drain()
    two = client(FEED, first=2, after=one["pageInfo"]["endCursor"]).data["viewer"]["followingFeed"]
    three = client(FEED, first=2, after=two["pageInfo"]["endCursor"]).data["viewer"][
        "followingFeed"
    ]
    ids = [int(edge["node"]["id"]) for page in (one, two, three) for edge in page["edges"]]
    assert ids == pins[::-1]
    flags = [
        (page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"])
        for page in (one, two, three)
    ]
    assert flags == [(False, True), (True, True), (True, False)]
    back = client(FEED, last=2, before=three["pageInfo"]["startCursor"]).data["viewer"][
        "followingFeed"
    ]
    assert back["edges"] == two["edges"]


@pytest.mark.parametrize("name", ["homeFeed", "followingFeed"])
def test_a_feed_is_its_owners_alone(api, ada, name):
    asked = "query($id: ID!) { node(id: $id) { ... on User { FEED { nodes { id } } } } }"
    query = asked.replace("FEED", name)
    assert api.as_(ada)(query, id=str(UserFactory().pk)).codes == ["FORBIDDEN"]
    assert api(query, id=str(ada.pk)).codes == ["FORBIDDEN"]
    assert api.as_(ada)(query, id=str(ada.pk)).data["node"][name]["nodes"] == []


def test_a_page_costs_the_same_whatever_its_size(api, ada, board, outbox):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    client = api.as_(ada)
    query = FEED.replace("totalCount", "")

    def cost():
        outbox.drain()
        return len(client(query, first=100).statements)

    make_pin(board)
    cost()
    few = cost()
    for _ in range(20):
        make_save(make_pin(), BoardFactory(owner=board.owner))
    assert (few, cost()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_timeline_is_built_once_however_many_ask(monkeypatch):
    ada, board = UserFactory(), BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pin = make_pin(board)
    built = []
    real = store.finish_building
    monkeypatch.setattr(store, "finish_building", lambda *args: (built.append(1), real(*args)))

    def read(_):
        try:
            return timelines.timeline_of(ada.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(read, range(50))) == [[pin.pk]] * 50
    assert built == [1]
