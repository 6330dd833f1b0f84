"""Valkey whose memory is full: what it reads it still gives, what it would write it refuses."""

import pytest
from django_redis import get_redis_connection
from redis.exceptions import OutOfMemoryError

from apps.feed import store
from apps.follows.services import follow_person
from apps.users.sessions import let_go
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due
from pinboard.local.registry import Registry
from pinboard.local.valkey import Valkey
from tests.auth import PASSWORD, Auth, problems
from tests.factories.boards import BoardFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

FEEDS = """{ viewer {
  followingFeed(first: 5) { nodes { id } } homeFeed(first: 5) { nodes { id } }
} }"""
REPORT = """mutation($pin: ID!) {
  reportFeedActivity(input: {impressions: [$pin], opens: []}) { accepted userErrors { code } }
}"""
CREATE = """mutation($board: ID!, $picture: ID!) {
  createPin(input: {boardId: $board, pictureId: $picture}) { pin { id } userErrors { code } }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Valkey of its own: others share theirs."""
    folder = tmp_path_factory.mktemp("full")
    valkey = Valkey(folder, folder / "log", Registry(folder / "registry.json"), durable=False)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def allow(server, settings, db):
    """`allow(bytes)`: that it takes so much memory, 0 for all that there is."""
    mine = {**settings.CACHES["default"], "LOCATION": [server.url(0)]}
    settings.CACHES = {"default": mine}
    client = get_redis_connection("default")
    client.flushall()
    yield lambda size: client.config_set("maxmemory", size)
    client.config_set("maxmemory", 0)


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", password=PASSWORD)


@pytest.fixture
def board(ada):
    """One that she follows, with two pins."""
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    board.pins = [str(make_pin(board).pk) for _ in range(2)][::-1]
    return board


def feeds(client):
    viewer = client(FEEDS).data["viewer"]
    return [[node["id"] for node in viewer[feed]["nodes"]] for feed in viewer]


@pytest.mark.parametrize("is_built", [True, False])
def test_feeds_are_read(api, ada, board, allow, is_built):
    client = api.as_(ada)
    if is_built:
        feeds(client)
    allow(1)
    with pytest.raises(OutOfMemoryError):
        get_redis_connection("default").set("a", 1)
    let_go(client.session)
    assert feeds(client) == [board.pins, board.pins]


def test_what_is_reported_is_not_taken(api, ada, board, allow):
    client = api.as_(ada)
    allow(1)
    report = client(REPORT, pin=board.pins[0]).data["reportFeedActivity"]
    assert report == {"accepted": 0, "userErrors": []}


def test_nobody_guesses_passwords_and_who_is_in_may_leave(ada, allow):
    auth = Auth()
    assert auth.log_in(username="ada").status_code == 200
    allow(1)
    answer = Auth().log_in(username="ada")
    assert (answer.status_code, problems(answer)) == (503, [(None, "unavailable")])
    assert auth.send("GET", "auth/session").status_code == 200
    assert auth.send("DELETE", "auth/session").status_code == 401
    assert auth.send("GET", "auth/session").status_code == 410


def test_a_new_pin_waits_until_there_is_room(api, ada, board, allow, outbox):
    reader, author = api.as_(ada), api.as_(board.owner)
    feeds(reader)
    outbox.drain()
    allow(1)
    picture = PictureFactory(owner=board.owner)
    made = author(CREATE, board=str(board.pk), picture=str(picture.pk)).data["createPin"]
    assert made["userErrors"] == []
    while deliver_due():
        pass
    (waiting,) = Delivery.objects.filter(subscriber="feed.fan_out")
    assert (waiting.attempts, waiting.dead_at) == (1, None)
    assert feeds(reader)[0] == board.pins
    allow(0)
    outbox.drain()
    assert feeds(reader)[0] == [made["pin"]["id"], *board.pins]
    assert store.read(ada.pk) == [int(one) for one in (made["pin"]["id"], *board.pins)]
