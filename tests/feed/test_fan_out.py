"""Fan-out: from pins to the timelines of followers."""

from functools import partial

import pytest

from apps.boards.services import update_board
from apps.feed import fanout, store, timelines
from apps.feed.events import FanOutDue, RefillDue
from apps.follows.services import follow_board, follow_person, unfollow_board
from apps.pins.events import PinCreated
from apps.pins.services import create_pin
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import PictureFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    """Three authors with a board and two followers each, and timelines that are there."""
    monkeypatch.setattr(fanout, "STEP", 5)
    monkeypatch.setattr(fanout, "TOGETHER", 1)
    boards = BoardFactory.create_batch(3)
    people = UserFactory.create_batch(6)
    for place, person in enumerate(people):
        follow_person(follower_id=person.pk, person_id=boards[place % 3].owner_id)
        store.start_building(person.pk)
        store.finish_building(person.pk, [])
    Delivery.objects.all().delete()
    return boards, people


def _pin(board):
    picture = PictureFactory(owner=board.owner)
    return create_pin(owner_id=board.owner_id, board_id=board.pk, picture_id=picture.pk)


def _fan_outs():
    return Delivery.objects.filter(subscriber="feed.fan_out")


def test_many_new_pins_cost_the_statements_of_one(world, django_assert_num_queries):
    boards, people = world
    pins = [_pin(board) for board in boards[:2]]
    Delivery.objects.exclude(pk__in=_fan_outs()).delete()
    # Leased; taken; whose boards are secret, who is large, how many follow, who.
    with django_assert_num_queries(1 + 3 + 4):
        assert deliver_due() == 2
    for place, person in enumerate(people):
        expected = [pins[place % 3]] if place % 3 < 2 else []
        assert store.read(person.pk) == expected


def test_what_is_too_much_for_one_task_is_published_in_ranges(world, outbox):
    boards, people = world
    pins = [_pin(board) for board in boards]
    Delivery.objects.exclude(pk__in=_fan_outs()).delete()
    deliver_due()
    (due,) = outbox.published(
        FanOutDue
    )  # the third author's two do not fit beside the others' four
    assert due == FanOutDue([pins[2]], boards[2].owner_id, boards[2].pk)
    outbox.drain()
    assert [store.read(person.pk) for person in people] == [[pin] for pin in pins] * 2


def test_pins_that_are_not_new_make_way_for_those_that_are(world, outbox):
    (board, *_), _ = world
    more = UserFactory.create_batch(9)
    for person in more:
        follow_person(follower_id=person.pk, person_id=board.owner_id)
        timelines.rebuild(person.pk)
    pin = _pin(board)
    outbox.drain()
    news = outbox.published(FanOutDue)
    assert news
    for is_secret, found in ((True, []), (False, [pin])):
        update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=is_secret)
        outbox.drain()
        assert {tuple(store.read(person.pk)) for person in more} == {tuple(found)}
    assert len(outbox.published(RefillDue)) >= 4
    assert outbox.published(FanOutDue) == news


def test_a_range_that_has_grown_goes_on(world, outbox):
    (board, *_), people = world
    for person in people[1:3]:
        follow_person(follower_id=person.pk, person_id=board.owner_id)
    left, chose = people[3], people[4]
    unfollow_board(follower_id=left.pk, board_id=board.pk)
    follow_board(follower_id=chose.pk, board_id=board.pk)
    more = UserFactory.create_batch(9)
    for person in more:
        follow_person(follower_id=person.pk, person_id=board.owner_id)
        store.start_building(person.pk)
        store.finish_building(person.pk, [])
    pin = _pin(board)
    outbox.drain()
    followers = [people[0], *people[1:3], chose, *more]
    assert all(store.read(person.pk)[0] == pin for person in followers)
    assert store.read(left.pk) == []
    dues = outbox.published(FanOutDue)
    assert len(dues) > 2
    assert {type(event) for event in outbox.published(PinCreated)} == {PinCreated}


def test_it_reads_followers_in_proportion(world, outbox, monkeypatch):
    """As many ranges as there are followers for."""
    monkeypatch.setattr(fanout, "STEP", 100)
    board = world[0][0]

    def fan_out(_):
        _pin(board)
        outbox.drain()

    assert_in_proportion(partial(make_crowd, board), fan_out, most=20)
