"""The feed on a cluster, also while one of its nodes dies."""

import pytest
from django_redis import get_redis_connection

from apps.feed import fanout, store, timelines
from apps.feed.events import FanOutDue
from apps.feed.selectors import following_feed
from apps.users.models import User
from pinboard.cache import keys
from pinboard.cache.servers import servers
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due
from pinboard.paging import Window
from tests.cluster.servers import until
from tests.factories.boards import BoardFactory
from tests.factories.followers import make_followers
from tests.factories.pins import make_pin
from tests.live.process import LiveProcess, StreamClient

pytestmark = pytest.mark.usefixtures("on_cluster")

COUNT = 2_000
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
    fanout.start([FanOutDue(pins[:1], board.owner_id, board.pk, remove=True)])
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


def _deliver_all():
    """Deliver as workers do, without waiting for a failed one's time; how many failed."""
    failed = 0
    while Delivery.objects.exists():
        deliver_due()
        failed += Delivery.objects.filter(attempts__gt=0).update(due_at="2000-01-01T00:00:00Z")
    return failed


@pytest.mark.django_db(transaction=True)
def test_a_primary_dies_in_the_middle_of_a_fan_out(
    board, followers, outbox, on_cluster, monkeypatch
):
    victim, written = on_cluster.primary_of(keys.timeline(followers[0])), []
    add = store.add

    def add_and_kill(people, pin_ids):
        written.append(people)
        add(people, pin_ids)
        if len(written) == 3:
            victim.kill()

    monkeypatch.setattr(store, "add", add_and_kill)
    pin = make_pin(board).pk
    while len(written) < 3:
        deliver_due()
    # Its people's feeds are read from Postgres meanwhile.
    assert feed(followers[0]) == [pin]
    assert _deliver_all() > 0
    assert entries(followers) == [[pin]] * COUNT
    assert on_cluster.primary_of(keys.timeline(followers[0])) is not victim
    victim.start()
    on_cluster.settle()
    other = make_pin(board).pk
    outbox.drain()
    assert entries(followers) == [[other, pin]] * COUNT


@pytest.fixture
def listened(on_cluster):
    """The node that a live process listens to; those that are killed are back in the end."""
    nodes = on_cluster.nodes

    def find():
        heard = [one for one in nodes if one.answers() and one.client.pubsub_numsub("live")[0][1]]
        return heard[0] if heard else None

    yield find
    for node in nodes:
        if not node.answers():
            node.start()
    on_cluster.settle()


@pytest.mark.django_db(transaction=True)
def test_streams_go_on_when_the_node_they_listen_to_dies(board, outbox, listened):
    ada = User.objects.get(pk=make_followers(board.owner_id, 1)[0])
    timelines.rebuild(ada.pk)
    live = LiveProcess().start()
    try:
        with StreamClient(live, ada).open(GREW) as events:
            make_pin(board)
            outbox.drain()
            assert events.next() == GREW_BY_ONE
            listened().kill()
            until(listened)
            make_pin(board)
            _deliver_all()
            assert events.next() == GREW_BY_ONE
    finally:
        live.kill()
