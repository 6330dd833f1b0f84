"""What is left of the follows of and by somebody whose account was emptied: nothing, a portion at a time."""

import pytest

from apps.follows import services
from apps.follows.events import ForgettingDue
from apps.follows.models import BoardFollow, PersonFollow
from apps.follows.selectors import FOLLOWERS, FOLLOWING
from apps.follows.services import follow_board, follow_person, forget_some_of_person
from apps.users.events import PersonErased
from pinboard.counters.counts import totals
from pinboard.events.outbox import publish
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


@pytest.fixture
def others(db):
    return UserFactory.create_batch(5)


def all_follow(eve, others):
    """Everybody follows Eve and a board of hers, and she them and theirs."""
    board = BoardFactory(owner=eve)
    for other in others:
        follow_person(follower_id=other.pk, person_id=eve.pk)
        follow_person(follower_id=eve.pk, person_id=other.pk)
        follow_board(follower_id=other.pk, board_id=board.pk)
        follow_board(follower_id=eve.pk, board_id=BoardFactory(owner=other).pk)


def test_all_go_in_portions_and_nothing_else(eve, others, outbox, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    all_follow(eve, others)
    follow_person(follower_id=others[0].pk, person_id=others[1].pk)
    publish(PersonErased(eve.pk))
    outbox.drain()
    assert outbox.published(ForgettingDue) == [ForgettingDue(eve.pk)] * 2
    assert [(one.follower_id, one.person_id) for one in PersonFollow.objects.all()] == [
        (others[0].pk, others[1].pk)
    ]
    assert not BoardFollow.objects.exists()
    people = [eve.pk, *(other.pk for other in others)]
    assert totals(FOLLOWERS, people).get() == [0, 0, 1, 0, 0, 0]
    assert totals(FOLLOWING, people).get() == [0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 5])
def test_what_a_portion_costs(eve, others, count, django_assert_num_queries):
    all_follow(eve, others[:count])
    with django_assert_num_queries(12):
        assert forget_some_of_person(person_id=eve.pk) is False
    with django_assert_num_queries(8):  # there is nothing to delete or to count any more
        assert forget_some_of_person(person_id=eve.pk) is False
