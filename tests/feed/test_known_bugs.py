"""What others' feeds have suffered from. Each test names where it was seen; issues are on GitHub."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django_redis import get_redis_connection

from apps.boards.services import update_board
from apps.feed import authors, fanout, store, timelines
from apps.follows.services import follow_person, unfollow_person
from apps.media.events import PictureReady
from apps.media.models import PictureState
from apps.pins.events import PinCreated
from apps.pins.models import Pin
from apps.pins.services import hide_pin, restore_pin
from apps.users.services import (
    cancel_account_deletion,
    erase_person,
    request_account_deletion,
    restore_person,
    suspend_person,
)
from pinboard.events import outbox as events
from pinboard.events.models import Delivery
from pinboard.events.outbox import publish
from pinboard.ids.layout import first_id_at
from tests.factories.boards import BoardFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin
from tests.factories.topics import topic
from tests.factories.users import UserFactory
from tests.processes import start

FEED = """
query($first: Int!) {
  viewer { followingFeed(first: $first) { nodes { id } pageInfo { hasNextPage } } }
}
"""
BUILD_AND_HANG = """
import sys, time
from apps.feed import store, timelines
from pinboard.cache import keys
from pinboard.cache.once import turn
person = int(sys.argv[1])
with turn(keys.timeline_turn(person), 1):
    store.start_building(person)
    print("building", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def board(db):
    return BoardFactory()


@pytest.fixture
def feed(api, ada):
    """The ids on the first page of Ada's feed."""
    client = api.as_(ada)

    def read(first=100):
        page = client(FEED, first=first).data["viewer"]["followingFeed"]
        return [int(node["id"]) for node in page["nodes"]]

    return read


def follow(ada, board):
    follow_person(follower_id=ada.pk, person_id=board.owner_id)


def keys_that_name(person):
    """Keys in Valkey that carry a person's id, on their own or in a set of many."""
    client = get_redis_connection("default")
    found = {key.decode() for key in client.keys("*") if str(person).encode() in key}
    return found | {f"watched {one}" for one in client.zrange("timelines-watched", 0, -1)}


# --- A rebuild's marker that is never cleared: mastodon/mastodon#5634, mended in #6251 -------------


@pytest.mark.django_db(transaction=True)
def test_a_builder_that_is_killed_leaves_no_marker_that_counts(ada, board, feed, outbox):
    follow(ada, board)
    old = make_pin(board).pk
    outbox.drain()
    builder = start(BUILD_AND_HANG, str(ada.pk))
    try:
        assert builder.stdout.readline() == "building\n"
    finally:
        builder.kill()
        builder.communicate()
    new = make_pin(board).pk
    outbox.drain()
    assert feed() == [new, old]
    assert get_redis_connection("default").keys("*waiting*") == []


def test_a_marker_that_is_lost_meanwhile_is_no_timeline_with_a_hole(ada, board, feed, outbox):
    """Valkey is flushed between a build's read and its write: what came then is nowhere."""
    follow(ada, board)
    store.start_building(ada.pk)
    read = timelines.from_postgres(ada.pk)
    get_redis_connection("default").flushdb()
    pin = make_pin(board).pk
    outbox.drain()
    store.finish_building(ada.pk, read)
    assert feed() == [pin]


# --- A feed that is empty after filtering: mastodon/mastodon#5398, #14957 --------------------------


def test_a_page_is_full_whatever_was_filtered_before_it(ada, board, feed, outbox):
    follow(ada, board)
    pins = [make_pin(board).pk for _ in range(3)]
    other = BoardFactory()
    follow(ada, other)
    for _ in range(60):
        make_pin(other)
    outbox.drain()
    assert pins[2] not in feed(3)
    suspend_person(actor_id=ada.pk, user_id=other.owner_id, reason="spam")
    assert feed(3) == pins[::-1]


def test_who_filled_a_timeline_leaves_it_to_the_others(ada, board, feed, outbox, monkeypatch):
    """A timeline ends somewhere. When what filled it goes, what was pushed out comes back."""
    monkeypatch.setattr(store, "MAX_ENTRIES", 5)
    monkeypatch.setattr(store, "SLACK", 0)
    loud = BoardFactory()
    follow(ada, board)
    follow(ada, loud)
    timelines.rebuild(ada.pk)
    pins = [make_pin(board).pk for _ in range(3)]
    many = [make_pin(loud).pk for _ in range(6)]
    outbox.drain()
    assert feed() == many[:0:-1]
    unfollow_person(follower_id=ada.pk, person_id=loud.owner_id)
    outbox.drain()
    assert feed() == pins[::-1]


# --- An unfollow that takes minutes: mastodon/mastodon#24527, jointakahe/takahe#366 ----------------


def test_an_unfollow_needs_no_worker_and_late_pins_do_not_undo_it(ada, board, feed, outbox):
    follow(ada, board)
    timelines.rebuild(ada.pk)
    make_pin(board)
    outbox.drain()
    make_pin(board)
    unfollow_person(follower_id=ada.pk, person_id=board.owner_id)
    assert feed() == []
    store.add(
        [ada.pk], Pin.objects.values_list("pk", flat=True)
    )  # a range read before, written now
    assert feed() == []
    outbox.drain()
    assert store.read(ada.pk) == []


def test_tidying_takes_nothing_that_is_followed_again_meanwhile(
    ada, board, feed, outbox, monkeypatch
):
    follow(ada, board)
    pin = make_pin(board).pk
    assert feed() == [pin]
    unfollow_person(follower_id=ada.pk, person_id=board.owner_id)
    remove = store.remove

    def late(*arguments):
        monkeypatch.setattr(store, "remove", remove)
        follow(ada, board)
        timelines.backfill(ada.pk, people=[board.owner_id], boards=[])
        remove(*arguments)

    monkeypatch.setattr(store, "remove", late)
    timelines.prune(ada.pk)
    assert feed() == store.read(ada.pk) == [pin]


# --- Pins that stay away when what hid them has ended: mastodon/mastodon#6331 has the symptom -----


def hide_the_pin(pin, ada):
    hide_pin(actor_id=ada.pk, pin_id=pin.pk, reason="a test")
    return lambda: restore_pin(actor_id=ada.pk, pin_id=pin.pk, reason="a test")


def suspend_the_author(pin, ada):
    suspend_person(actor_id=ada.pk, user_id=pin.owner_id, reason="a test")
    return lambda: restore_person(actor_id=ada.pk, user_id=pin.owner_id, reason="a test")


def have_the_author_leave(pin, ada):
    request_account_deletion(actor_id=pin.owner_id)
    return lambda: cancel_account_deletion(actor_id=pin.owner_id)


def process_the_picture(pin, ada):
    pin.picture.state = PictureState.PROCESSING
    pin.picture.save(update_fields=["state"])

    def ready():
        pin.picture.state = PictureState.READY
        pin.picture.save(update_fields=["state"])
        with transaction.atomic():
            publish(PictureReady(pin.picture_id))

    return ready


@pytest.mark.parametrize(
    "hide", [hide_the_pin, suspend_the_author, have_the_author_leave, process_the_picture]
)
def test_what_was_unseen_when_a_topic_s_timeline_was_built_comes_back(ada, board, outbox, hide):
    bread = topic("bread").pk
    pin = make_pin(board, title="Bread")
    outbox.drain()
    show = hide(pin, ada)
    outbox.drain()
    timelines.rebuild(bread)
    show()
    outbox.drain()
    assert store.read(bread) == [pin.pk]


@pytest.mark.parametrize(
    "hide", [hide_the_pin, suspend_the_author, have_the_author_leave, process_the_picture]
)
@pytest.mark.parametrize("limit", [1, 100_000])
def test_what_was_unseen_when_a_timeline_was_built_comes_back(
    ada, board, feed, outbox, settings, hide, limit
):
    settings.FEED_PUSH_MAX_FOLLOWERS = limit
    follow(ada, board)
    pin = make_pin(board)
    outbox.drain()
    authors.everybody.cache_clear()
    show = hide(pin, ada)
    outbox.drain()
    get_redis_connection("default").flushdb()
    assert feed() == []
    show()
    outbox.drain()
    assert feed() == [pin.pk]


@pytest.mark.parametrize("last", ["public", "secret"])
def test_a_board_shown_and_hidden_in_turn_ends_as_it_was_left(
    ada, board, feed, outbox, monkeypatch, last
):
    """With ranges of followers, which are delivered late and in any order."""
    monkeypatch.setattr(fanout, "STEP", 1)
    follow(ada, board)
    pin = make_pin(board).pk
    assert feed() == [pin]
    outbox.drain()
    changes = [True, False] if last == "public" else [True, False, True]
    for is_secret in changes:
        update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=is_secret)
        _deliver(outbox_of("BoardVisibilityChanged"))
    _deliver(outbox_of("FanOutDue")[::-1])
    outbox.drain()
    assert feed() == ([pin] if last == "public" else [])


def outbox_of(name):
    waiting = Delivery.objects.filter(event__name__endswith=name, subscriber__startswith="feed.")
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _deliver(ids):
    for one in ids:
        assert events.deliver(one)


# --- Keys that leak for deleted people: mastodon/mastodon#33018, #33065 ---------------------------


def erase(person):
    request_account_deletion(actor_id=person)
    settings.DELETION_GRACE, grace = timedelta(0), settings.DELETION_GRACE
    try:
        assert erase_person(user_id=person)
    finally:
        settings.DELETION_GRACE = grace


def test_nothing_is_kept_of_who_is_gone_whatever_comes_late(ada, board, feed, outbox):
    follow(ada, board)
    feed()
    outbox.drain()
    pin = make_pin(board).pk
    erase(ada.pk)
    outbox.drain()
    timelines.backfill(ada.pk, people=[board.owner_id], boards=[])
    timelines.prune(ada.pk)
    store.add([ada.pk], [pin])
    assert keys_that_name(ada.pk) == set()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_of_a_large_author_who_is_gone(ada, board, feed, outbox, settings):
    settings.FEED_PUSH_MAX_FOLLOWERS = 1
    follow(ada, board)
    make_pin(board)
    outbox.drain()
    authors.everybody.cache_clear()
    assert len(feed()) == 1
    assert store.read(timelines.own(board.owner_id)) is not None
    erase(board.owner_id)
    outbox.drain()
    authors.everybody.cache_clear()  # another process, or five seconds later
    assert feed() == []
    assert keys_that_name(board.owner_id) == set()


# --- Hours-old pins on top, or instead of new ones, after a backlog: mastodon/mastodon#1523, #20090 -


def old_pins(board, count):
    """Pins of two hours ago whose events have not been delivered."""
    first, picture = first_id_at(datetime.now(UTC) - timedelta(hours=2)), PictureFactory()
    pins = [
        Pin(pk=first + 64 * number + 5, owner_id=board.owner_id, board=board, picture=picture)
        for number in range(count)
    ]
    Pin.objects.bulk_create(pins)
    with transaction.atomic():
        publish(*[PinCreated(pin.pk, board.owner_id, board.pk, None, None) for pin in pins])
    return [pin.pk for pin in pins]


def test_a_backlog_never_stands_before_what_is_new(ada, board, feed, outbox):
    follow(ada, board)
    timelines.rebuild(ada.pk)
    new = [make_pin(board).pk for _ in range(3)]
    outbox.drain()
    old = old_pins(board, 100)
    outbox.drain()
    assert feed(3) == new[::-1]
    assert feed(100) == [*new[::-1], *old[:-98:-1]]


def test_a_backlog_pushes_nothing_new_out(ada, board, feed, outbox, monkeypatch):
    monkeypatch.setattr(store, "MAX_ENTRIES", 5)
    monkeypatch.setattr(store, "SLACK", 0)
    follow(ada, board)
    timelines.rebuild(ada.pk)
    new = [make_pin(board).pk for _ in range(5)]
    outbox.drain()
    old_pins(board, 100)
    outbox.drain()
    assert feed() == new[::-1]
