"""Authors with too many followers to push to."""

import pytest
from django.core.cache import cache

from apps.feed import authors, store, timelines
from apps.feed.models import LargeAuthor
from apps.feed.selectors import following_feed
from apps.follows.services import follow_board, follow_person, unfollow_person
from apps.pins.services import delete_pin
from pinboard.cache import keys
from pinboard.paging import Window
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

LIMIT = 5


@pytest.fixture
def board(db, settings):
    settings.FEED_PUSH_MAX_FOLLOWERS = LIMIT
    return BoardFactory()


@pytest.fixture
def followers(board, outbox):
    """As many as make the board's owner large, with timelines that are built."""
    people = [UserFactory().pk for _ in range(LIMIT)]
    for person in people:
        follow_person(follower_id=person, person_id=board.owner_id)
        timelines.rebuild(person)
    outbox.drain()
    return people


def feed(person):
    (page,) = following_feed(person).pages([person], Window(first=100)).get()
    return [row.id for row in page.rows]


def new_pin(board, outbox):
    pin = make_pin(board).pk
    outbox.drain()
    authors.everybody.cache_clear()  # another process, or five seconds later
    return pin


def test_a_pin_is_written_once_and_seen_by_all(board, followers, outbox):
    pin = new_pin(board, outbox)
    assert list(LargeAuthor.objects.values_list("pk", flat=True)) == [board.owner_id]
    assert [store.read(person) for person in followers] == [[]] * LIMIT
    assert [feed(person) for person in followers] == [[pin]] * LIMIT
    assert store.read(timelines.own(board.owner_id)) == [pin]
    other = new_pin(board, outbox)
    assert store.read(timelines.own(board.owner_id)) == [other, pin]
    assert feed(followers[0]) == [other, pin]


def test_many_large_authors_are_one_round_trip_more(board, followers, outbox, round_trips):
    counts = []
    pins = [new_pin(board, outbox)]
    for _ in range(3):
        other = BoardFactory()
        for person in followers:
            follow_person(follower_id=person, person_id=other.owner_id)
        outbox.drain()
        pins.append(new_pin(other, outbox))
        cache.delete(keys.large_authors())  # as when the transaction commits
        assert timelines.timeline_of(followers[0]) == pins[::-1]
        round_trips()
        assert timelines.timeline_of(followers[0]) == pins[::-1]
        counts.append(round_trips())
    assert LargeAuthor.objects.count() == 4
    assert counts == [3, 3, 3]  # the timeline, whom they follow, and the timelines of those


def test_who_is_left_is_pushed_again_from_a_part_that_may_be_set(
    board, followers, outbox, settings
):
    settings.FEED_PUSH_HYSTERESIS = 0.4
    first = new_pin(board, outbox)
    for person in followers[:3]:
        unfollow_person(follower_id=person, person_id=board.owner_id)
    second = new_pin(board, outbox)  # two are two fifths of five
    assert LargeAuthor.objects.exists()
    unfollow_person(follower_id=followers[3], person_id=board.owner_id)
    third = new_pin(board, outbox)
    assert not LargeAuthor.objects.exists()
    assert store.read(followers[4]) == [third, second, first]


def test_what_was_pushed_before_stays_and_is_there_once(board, followers, outbox, settings):
    settings.FEED_PUSH_MAX_FOLLOWERS = LIMIT + 1
    first = new_pin(board, outbox)
    settings.FEED_PUSH_MAX_FOLLOWERS = LIMIT
    second = new_pin(board, outbox)
    assert store.read(followers[0]) == [first]
    assert feed(followers[0]) == [second, first]


def test_the_limit_is_left_well_below_it_and_nothing_is_lost(board, followers, outbox):
    first = new_pin(board, outbox)
    unfollow_person(follower_id=followers[0], person_id=board.owner_id)
    second = new_pin(board, outbox)  # four are four fifths of five
    assert LargeAuthor.objects.exists()
    unfollow_person(follower_id=followers[1], person_id=board.owner_id)
    third = new_pin(board, outbox)
    assert not LargeAuthor.objects.exists()
    assert [store.read(person) for person in followers[2:]] == [[third, second, first]] * 3
    assert [feed(person) for person in followers] == [[], [], *[[third, second, first]] * 3]


def test_following_and_unfollowing_show_at_once(board, followers, outbox):
    pin = new_pin(board, outbox)
    ada = UserFactory().pk
    assert feed(ada) == []
    follow_person(follower_id=ada, person_id=board.owner_id)
    outbox.drain()
    assert feed(ada) == [pin]
    unfollow_person(follower_id=ada, person_id=board.owner_id)
    assert feed(ada) == []


def test_followers_of_the_board_alone_are_pushed_to(board, followers, outbox):
    ada = UserFactory().pk
    follow_board(follower_id=ada, board_id=board.pk)
    timelines.rebuild(ada)
    pin = new_pin(board, outbox)
    assert store.read(ada) == feed(ada) == [pin]


def test_a_deleted_pin_leaves_the_author_s_timeline(board, followers, outbox):
    pin = new_pin(board, outbox)
    feed(followers[0])
    delete_pin(actor_id=board.owner_id, pin_id=pin)
    assert feed(followers[0]) == []
    outbox.drain()
    assert store.read(timelines.own(board.owner_id)) == []


def test_a_warm_page_costs_one_statement(board, followers, outbox, django_assert_num_queries):
    new_pin(board, outbox)
    feed(followers[0])
    with django_assert_num_queries(1):
        feed(followers[0])
