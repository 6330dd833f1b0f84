"""What the feed takes from followed topics."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError

from apps.boards.services import update_board
from apps.feed import services, store, tasks, timelines
from apps.feed.services import audits
from apps.feed.sources import topics
from apps.feed.sources.topics import FollowedTopics, followed_by
from apps.follows.services import follow_topic, unfollow_topic
from apps.pins.events import PinsTagged
from apps.pins.models import PinTopic
from apps.pins.services import delete_pin, move_pins, update_pin
from apps.users.services import erase_person, request_account_deletion
from pinboard.cache import keys
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.topics import TopicFactory, make_tag, topic
from tests.factories.users import UserFactory

source = FollowedTopics()


@pytest.fixture
def ada(db):
    return UserFactory().pk


@pytest.fixture
def eve(db):
    return UserFactory().pk


@pytest.fixture
def board(db):
    return BoardFactory(name="Plain")


def follow(person, *some):
    for one in some:
        follow_topic(follower_id=person, topic_id=one.pk)


def tagged(of_topic, count=1, board=None):
    """Pins about a topic, newest first, as they were before anybody asked."""
    pins = [make_pin(board) for _ in range(count)]
    for pin in pins:
        make_tag(pin, of_topic)
    return [pin.pk for pin in reversed(pins)]


def read_all(*some):
    return [store.read(one.pk) for one in some]


def test_its_reason():
    assert (source.number, [one.kind for one in source.reasons]) == (2, ["FOLLOWED_TOPIC"])


def test_who_follows_nothing_gets_nothing(ada, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert source.candidates(ada) == []
    with django_assert_num_queries(0):
        assert source.candidates(ada) == []


def test_a_new_follower_sees_what_was_there_before(ada, board, django_assert_num_queries):
    one, other = TopicFactory(), TopicFactory()
    pins = tagged(one, 3, board)
    follow(ada, one, other)
    with django_assert_num_queries(3):  # the topics, and two timelines to build
        assert source.candidates(ada) == pins
    with django_assert_num_queries(0):
        assert source.candidates(ada) == pins


def test_topics_take_turns_and_a_pin_is_there_once(ada, board, monkeypatch):
    one, other = TopicFactory(), TopicFactory()
    monkeypatch.setattr(topics.random, "sample", lambda some, count: sorted(some)[:count])
    both = make_pin(board)
    first, second = tagged(one, 3, board), tagged(other, 1, board)
    make_tag(both, one)
    make_tag(both, other)
    follow(ada, one, other)
    assert source.candidates(ada) == [first[0], second[0], first[1], both.pk, first[2]]


def test_the_newest_of_each(ada, board, monkeypatch):
    monkeypatch.setattr(topics, "NEWEST", 2)
    one = TopicFactory()
    pins = tagged(one, 4, board)
    follow(ada, one)
    assert source.candidates(ada) == pins[:2]


def test_many_topics_cost_as_much_as_few_and_all_have_their_turn(
    ada, board, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(topics, "TOPICS", 3)
    many = [TopicFactory() for _ in range(8)]
    pins = {tagged(one, 1, board)[0] for one in many}
    follow(ada, *many)
    timelines.newest_of([one.pk for one in many], 1)
    followed_by(ada)
    seen = set()
    with django_assert_num_queries(0):
        for _ in range(200):
            found = source.candidates(ada)
            assert len(found) == 3
            seen.update(found)
    assert seen == pins


def test_two_round_trips_whatever_the_number_of_topics(ada, board, round_trips):
    follow(ada, *[TopicFactory() for _ in range(5)])
    source.candidates(ada)
    topics.forget_newest()
    round_trips()
    source.candidates(ada)
    assert round_trips() == 2  # which topics, and the timelines of all
    source.candidates(ada)
    assert round_trips() == 1  # which topics


def test_what_one_reader_made_a_process_read_is_at_hand_for_others(ada, eve, board, round_trips):
    one, other = TopicFactory(), TopicFactory()
    pins, others = tagged(one, 3, board), tagged(other, 2, board)
    follow(ada, one)
    assert source.candidates(ada) == pins
    follow(eve, one, other)
    followed_by(eve)
    timelines.newest_of([other.pk], 1)
    round_trips()
    assert set(source.candidates(eve)) == {*pins, *others}
    assert round_trips() == 2  # which topics, and the timeline of the other


def test_one_that_is_not_there_is_not_taken_for_an_empty_one(db):
    one = TopicFactory().pk
    timelines.rebuild(one)
    assert store.read_many([5, one], 30) == [None, []]


def test_a_new_pin_reaches_its_topics(ada, board, outbox):
    bread, baking = topic("bread"), topic("bread").parent
    follow(ada, bread, baking)
    assert source.candidates(ada) == []
    pin = make_pin(board, title="Bread").pk
    outbox.drain()
    assert outbox.published(PinsTagged) == [PinsTagged([pin])]
    assert read_all(bread, baking) == [[pin], [pin]]
    topics.forget_newest()  # as it is seconds later
    assert source.candidates(ada) == [pin]


def test_other_words_that_change_nothing_tell_nothing(board, outbox):
    pin = make_pin(board, title="Bread").pk
    outbox.drain()
    update_pin(actor_id=board.owner_id, pin_id=pin, title="The bread")
    update_pin(actor_id=board.owner_id, pin_id=pin, title="Nothing")
    outbox.drain()
    assert outbox.published(PinsTagged) == [PinsTagged([pin])]


def test_an_edited_pin_reaches_its_new_topics_in_order(board, outbox):
    bread, cats = topic("bread"), topic("cats")
    timelines.newest_of([bread.pk, cats.pk], 1)
    old, new = (make_pin(board, title=title).pk for title in ("Bread", "Cats"))
    outbox.drain()
    update_pin(actor_id=board.owner_id, pin_id=old, title="Cats")
    outbox.drain()
    assert store.read(cats.pk) == [new, old]
    assert store.read(bread.pk) == [old]  # the read checks
    assert services.audit_timelines([bread.pk]) == (1, 0, 0)  # not settled
    timelines.rebuild(bread.pk)
    assert store.read(bread.pk) == []


def test_a_secret_board_s_pins_reach_no_topic(board, outbox):
    bread, secret = topic("bread"), BoardFactory(owner=board.owner, is_secret=True)
    timelines.rebuild(bread.pk)
    pin = make_pin(secret, title="Bread").pk
    outbox.drain()
    assert store.read(bread.pk) == []
    move_pins(actor_id=board.owner_id, pin_ids=[pin], board_id=board.pk)
    outbox.drain()
    assert store.read(bread.pk) == [pin]
    move_pins(actor_id=board.owner_id, pin_ids=[pin], board_id=secret.pk)
    outbox.drain()
    assert store.read(bread.pk) == []


def test_a_board_is_shown_and_hidden(board, outbox):
    bread, cats = topic("bread"), topic("cats")
    timelines.newest_of([bread.pk, cats.pk], 1)
    one, other = (make_pin(board, title=title).pk for title in ("Bread", "Bread and cats"))
    outbox.drain()
    both = [[other, one], [other]]
    assert read_all(bread, cats) == both
    update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=True)
    outbox.drain()
    assert read_all(bread, cats) == [[], []]
    update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=False)
    outbox.drain()
    assert read_all(bread, cats) == both


def test_a_board_called_something_else(board, outbox):
    bread = topic("bread")
    timelines.rebuild(bread.pk)
    pins = [make_pin(board).pk for _ in range(3)]
    outbox.drain()
    update_board(actor_id=board.owner_id, board_id=board.pk, name="Bread")
    outbox.drain()
    assert outbox.published(PinsTagged) == [PinsTagged(pins)]
    assert store.read(bread.pk) == pins[::-1]


def test_following_and_unfollowing_show_after_they_are_told(ada, board, outbox):
    bread = topic("bread")
    pin = make_pin(board, title="Bread").pk
    outbox.drain()
    assert source.candidates(ada) == []
    follow(ada, bread)
    outbox.drain()
    assert source.candidates(ada) == [pin]
    unfollow_topic(follower_id=ada, topic_id=bread.pk)
    outbox.drain()
    assert source.candidates(ada) == []


def test_flushed(ada, board):
    one = TopicFactory()
    pins = tagged(one, 2, board)
    follow(ada, one)
    assert source.candidates(ada) == pins
    get_redis_connection("default").flushdb()
    assert source.candidates(ada) == pins


def test_without_valkey(ada, board, monkeypatch, django_assert_num_queries):
    one, other = TopicFactory(), TopicFactory()
    older, newer = tagged(one, 2, board), tagged(other, 2, board)
    follow(ada, one, other)

    def away(*_args, **_kwargs):
        raise ConnectionError

    monkeypatch.setattr(store, "read_many", away)
    monkeypatch.setattr(topics.values, "get", away)
    with django_assert_num_queries(2):
        assert source.candidates(ada) == [*newer, *older]


def test_a_deleted_pin_is_left_to_the_read_and_to_the_audit(ada, board, outbox, monkeypatch):
    monkeypatch.setattr(audits, "SETTLED", timedelta(0))
    bread = topic("bread")
    timelines.rebuild(bread.pk)
    gone, kept = (make_pin(board, title="Bread").pk for _ in range(2))
    outbox.drain()
    delete_pin(actor_id=board.owner_id, pin_id=gone)
    outbox.drain()
    assert store.read(bread.pk) == [kept, gone]
    assert store.sample(10) == [bread.pk]
    assert services.audit_timelines(store.sample(10)) == (1, 0, 1)
    assert store.read(bread.pk) == [kept]


def test_beat_audits_topics(board, monkeypatch):
    monkeypatch.setattr(audits, "SETTLED", timedelta(0))
    monkeypatch.setattr(tasks, "TOPICS", 1_000)
    monkeypatch.setattr(tasks, "SAMPLE", 0)
    one = TopicFactory()
    timelines.rebuild(one.pk)
    pins = tagged(one, 2, board)
    tasks.audit()
    assert store.read(one.pk) == pins


def test_the_command_builds_those_of_topics(board, capsys):
    one = TopicFactory()
    pins = tagged(one, 2, board)
    call_command("timelines", "rebuild", "--all")
    assert store.read(one.pk) == pins
    PinTopic.objects.filter(topic=one).delete()
    call_command("timelines", "rebuild", "--all")
    assert store.read(one.pk) == []


def test_a_topic_out_of_use_is_not_asked(ada, board):
    one = TopicFactory()
    tagged(one, 2, board)
    follow(ada, one)
    type(one).objects.filter(pk=one.pk).update(is_active=False)
    assert source.candidates(ada) == []


def test_nothing_is_kept_of_who_is_gone(ada, outbox, settings):
    settings.DELETION_GRACE = timedelta(0)
    follow(ada, TopicFactory())
    source.candidates(ada)
    client = get_redis_connection("default")
    assert len(client.keys(f"*{keys.topics_followed(ada)}")) == 1
    request_account_deletion(actor_id=ada)
    erase_person(user_id=ada)
    outbox.drain()
    assert client.keys(f"*{{{ada}}}*") == []
