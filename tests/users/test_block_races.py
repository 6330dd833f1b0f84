"""Blocks and what else happens at the same moment, with real threads on real transactions."""

from contextlib import suppress

import pytest

from apps.follows.models import BoardFollow, PersonFollow
from apps.follows.selectors import FOLLOWERS, FOLLOWING
from apps.follows.services import follow_board, follow_person, unfollow_person
from apps.users.models import Block
from apps.users.services import block_person, unblock_person
from pinboard.counters.counts import totals
from pinboard.errors import Invalid, NotFound
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 15


def quietly(act, **values):
    """The act as a call; what it refuses is no matter here."""

    def call():
        with suppress(NotFound, Invalid):
            act(**values)

    return call


def test_no_follow_outlives_a_block():
    ada, board = UserFactory(), BoardFactory()
    eve = board.owner
    hers = BoardFactory(owner=ada)
    for number in range(ROUNDS):
        blocker, blocked = (ada, eve) if number % 2 else (eve, ada)
        together(
            quietly(follow_person, follower_id=ada.pk, person_id=eve.pk),
            quietly(follow_person, follower_id=eve.pk, person_id=ada.pk),
            quietly(follow_board, follower_id=ada.pk, board_id=board.pk),
            quietly(follow_board, follower_id=eve.pk, board_id=hers.pk),
            quietly(block_person, blocker_id=blocker.pk, blocked_id=blocked.pk),
        )
        assert Block.objects.exists()
        assert not PersonFollow.objects.exists()
        assert not BoardFollow.objects.exists()
        assert totals(FOLLOWERS, [ada.pk, eve.pk]).get() == [0, 0]
        assert totals(FOLLOWING, [ada.pk, eve.pk]).get() == [0, 0]
        unblock_person(blocker_id=blocker.pk, blocked_id=blocked.pk)


def test_one_of_two_blocks_at_once_stands_and_one_of_many_of_the_same():
    ada, eve = UserFactory(), UserFactory()
    for _ in range(ROUNDS):
        one = quietly(block_person, blocker_id=ada.pk, blocked_id=eve.pk)
        other = quietly(block_person, blocker_id=eve.pk, blocked_id=ada.pk)
        together(one, one, other, other)
        # Whoever came second saw nobody to block.
        assert Block.objects.count() == 1
        Block.objects.all().delete()


def test_blocks_unfollows_and_follows_of_many_wait_in_no_circle():
    people = [UserFactory().pk for _ in range(4)]
    for _ in range(ROUNDS):
        for one in people:
            for other in people:
                if one != other:
                    follow_person(follower_id=one, person_id=other)
        first, second, third, fourth = people
        together(
            quietly(block_person, blocker_id=first, blocked_id=second),
            quietly(block_person, blocker_id=third, blocked_id=first),
            quietly(block_person, blocker_id=second, blocked_id=third),
            quietly(unfollow_person, follower_id=fourth, person_id=first),
            quietly(unfollow_person, follower_id=second, person_id=fourth),
        )
        assert Block.objects.count() == 3
        left = set(PersonFollow.objects.values_list("follower_id", "person_id"))
        assert left == {(fourth, second), (fourth, third), (first, fourth), (third, fourth)}
        assert totals(FOLLOWERS, people).get() == [0, 1, 1, 2]
        assert totals(FOLLOWING, people).get() == [1, 0, 1, 2]
        Block.objects.all().delete()


def test_the_limit_is_exact(settings):
    settings.MAX_BLOCKS_PER_PERSON = 3
    ada, others = UserFactory(), UserFactory.create_batch(6)
    together(*(quietly(block_person, blocker_id=ada.pk, blocked_id=one.pk) for one in others))
    assert Block.objects.count() == 3
