"""The feed on a cluster, also while one of its nodes dies."""

from datetime import UTC, datetime
from itertools import count

import pytest
from django_redis import get_redis_connection
from redis.crc import key_slot

from apps.feed import fanout, store, timelines
from apps.feed.selectors import following_feed
from apps.pins.services import delete_pin
from apps.users.models import User
from pinboard.cache import keys
from pinboard.cache.servers import servers
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due
from pinboard.ids.layout import first_id_at
from pinboard.paging import Window
from tests.cluster.servers import until
from tests.factories.boards import BoardFactory
from tests.factories.followers import make_followers
from tests.factories.pins import make_pin
from tests.live.process import LiveProcess, StreamClient

pytestmark = pytest.mark.usefixtures("on_cluster")

COUNT = 2_000
HOME = """
query($after: String) {
  viewer { homeFeed(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }
}
"""
GREW = "subscription { homeFeedGrew { count } }"
GREW_BY_ONE = "next", {"data": {"homeFeedGrew": {"count": 1}}}


@pytest.fixture
def board(db):
    return BoardFactory()


@pytest.fixture
def followers(board, monkeypatch):
    """More than a step takes, with timelines that are there."""
    monkeypatch.setattr(fanout, "STEP", 250)
    people = make_followers(board.owner_id, COUNT)
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for person in people:
        pipeline.set(keys.timeline(person), store.EMPTY)
    pipeline.execute()
    return people


def feed(person):
    (page,) = following_feed(person).pages([person], Window(first=100)).get()
    return [row.id for row in page.rows]


def entries(people):
    return [store.read(person) for person in people]


def test_a_pin_reaches_everybody_and_leaves_them_again(board, followers, outbox):
    pins = [make_pin(board).pk for _ in range(2)]
    outbox.drain()
    assert entries(followers) == [pins[::-1]] * COUNT
    delete_pin(actor_id=board.owner_id, pin_id=pins[0])
    outbox.drain()
    assert entries(followers) == [pins[1:]] * COUNT
    assert min(server.dbsize() for server in servers()) > COUNT / 4


def test_a_flushed_cluster_is_filled_again(board, followers, outbox):
    pin = make_pin(board).pk
    outbox.drain()
    get_redis_connection("default").flushdb()
    some = followers[::250]
    assert entries(some) == [None] * len(some)
    assert [feed(person) for person in some] == [[pin]] * len(some)
    assert entries(some) == [[pin]] * len(some)


def test_a_scroll_of_the_home_feed(board, followers, outbox, api):
    pins = {make_pin(board).pk for _ in range(2)}
    outbox.drain()
    client, seen, cursor = api.as_(User.objects.get(pk=followers[0])), [], None
    for _ in range(2):
        page = client(HOME, after=cursor).data["viewer"]["homeFeed"]
        seen += [int(node["id"]) for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
    assert len(seen) == 2
    assert set(seen) == pins


def test_a_pin_reaches_those_whose_slot_is_being_moved(db, on_cluster):
    moved = 5
    slot = key_slot(keys.timeline(moved).encode())
    beside = next(one for one in count(6_000) if key_slot(keys.timeline(one).encode()) == slot)
    for person in range(100):
        store.start_building(person)
        store.finish_building(person, [])
    source = on_cluster.primary_of(keys.timeline(moved))
    target = next(one for one in on_cluster.primaries() if one is not source)
    target.ask("CLUSTER SETSLOT", slot, "IMPORTING", source.id)
    source.ask("CLUSTER SETSLOT", slot, "MIGRATING", target.id)
    source.ask("MIGRATE", "127.0.0.1", target.port, keys.timeline(moved), 0, 5_000)
    pin = first_id_at(datetime.now(UTC))
    store.add([*range(100), beside], [pin])
    for node in (target, source):
        node.ask("CLUSTER SETSLOT", slot, "NODE", target.id)
    assert entries(range(100)) == [[pin]] * 100
    assert store.read(beside) is None
    assert on_cluster.primary_of(keys.timeline(moved)) is target


def _deliver_what_failed():
    """Deliver it before its time has come, to the end."""
    Delivery.objects.update(due_at="2000-01-01T00:00:00Z")
    while deliver_due():
        pass


@pytest.mark.django_db(transaction=True)
def test_a_primary_dies_in_the_middle_of_a_fan_out(board, followers, outbox, mortal, monkeypatch):
    victim, written = mortal.primary_of(keys.timeline(followers[0])), []
    add = store.add_each

    def add_and_kill(additions):
        additions = list(additions)
        written.extend(additions)
        add(additions)
        if len(written) == 3:
            victim.kill()

    monkeypatch.setattr(store, "add_each", add_and_kill)
    pin = make_pin(board).pk
    while deliver_due():
        pass
    # What it has is written nowhere now, and its people's feeds are read from Postgres.
    assert Delivery.objects.count() > 0
    assert feed(followers[0]) == [pin]
    until(lambda: mortal.is_replaced(victim))
    _deliver_what_failed()
    assert Delivery.objects.count() == 0
    assert entries(followers) == [[pin]] * COUNT
    assert mortal.primary_of(keys.timeline(followers[0])) is not victim
    mortal.revive()
    other = make_pin(board).pk
    outbox.drain()
    assert entries(followers) == [[other, pin]] * COUNT


def _listened(cluster):
    """The node that a live process listens to, if it does."""
    nodes = [node for node in cluster.nodes if node.answers()]
    return next((node for node in nodes if node.client.pubsub_numsub("live")[0][1]), None)


@pytest.mark.django_db(transaction=True)
def test_streams_go_on_when_the_node_they_listen_to_dies(board, outbox, mortal):
    ada = User.objects.get(pk=make_followers(board.owner_id, 1)[0])
    timelines.rebuild(ada.pk)
    live = LiveProcess().start()
    try:
        with StreamClient(live, ada).open(GREW) as events:
            make_pin(board)
            outbox.drain()
            assert events.next() == GREW_BY_ONE
            node = _listened(mortal)
            node.kill()
            until(lambda: _listened(mortal))
            until(lambda: mortal.is_replaced(node))
            make_pin(board)
            outbox.drain()
            assert events.next() == GREW_BY_ONE
    finally:
        live.kill()
