"""Writes: following and unfollowing. Doing either twice is once."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from apps.boards.selectors import BoardRecord, board_ids_of, load_boards
from apps.follows.events import (
    BoardFollowed,
    BoardUnfollowed,
    PersonFollowed,
    PersonUnfollowed,
    TopicFollowed,
    TopicUnfollowed,
)
from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from apps.follows.selectors import FOLLOWERS, FOLLOWING, TOPIC_FOLLOWERS
from apps.topics.selectors import load_topics
from apps.users.selectors import load_users
from apps.users.services import hold_pair
from pinboard.audit.models import record
from pinboard.counters.counts import bump
from pinboard.errors import Invalid, NotFound, Reason
from pinboard.events.outbox import publish

# Follows of a kind that a task forgets at a time.
CHUNK = 1_000

_Follow = TypeVar("_Follow", PersonFollow, BoardFollow)


@transaction.atomic
def follow_person(*, follower_id: int, person_id: int) -> None:
    """Follow a person: all of their public boards, those to come too, and those left out before."""
    if follower_id == person_id:
        raise Invalid.at("user_id", "You can't follow yourself.", Reason.SELF_REFERENCE)
    hold_pair(follower_id, person_id)
    if load_users(follower_id, [person_id]).get() == [None]:
        raise NotFound("There is no such person.")
    left_out = BoardFollow.objects.filter(
        follower_id=follower_id, is_following=False, board__owner_id=person_id
    ).delete()[0]
    _, is_new = PersonFollow.objects.get_or_create(follower_id=follower_id, person_id=person_id)
    if is_new:
        _count(follower_id, person_id, 1)
    if is_new or left_out:
        publish(PersonFollowed(follower_id, person_id))


@transaction.atomic
def unfollow_person(*, follower_id: int, person_id: int) -> None:
    """Follow a person no more. Boards of theirs that were followed one by one stay followed."""
    mine = PersonFollow.objects.filter(follower_id=follower_id, person_id=person_id)
    if mine.delete()[0]:
        _count(follower_id, person_id, -1)
        # Without the person there is nothing to leave a board out of.
        BoardFollow.objects.filter(
            follower_id=follower_id, is_following=False, board__owner_id=person_id
        ).delete()
        publish(PersonUnfollowed(follower_id, person_id))


@transaction.atomic
def follow_board(*, follower_id: int, board_id: int) -> None:
    """Follow one board."""
    owner_id = _visible_board(follower_id, board_id).owner_id
    if owner_id == follower_id:
        raise Invalid.at("board_id", "It is your own board.", Reason.SELF_REFERENCE)
    hold_pair(follower_id, owner_id)
    _visible_board(follower_id, board_id)  # one may have blocked the other until then
    if _choose(follower_id, board_id, is_following=True):
        publish(BoardFollowed(follower_id, board_id))


@transaction.atomic
def unfollow_board(*, follower_id: int, board_id: int) -> None:
    """Follow a board no more, also as one of a person who is followed."""
    board = _visible_board(follower_id, board_id)
    is_of_followed = PersonFollow.objects.filter(
        follower_id=follower_id, person_id=board.owner_id
    ).exists()
    if is_of_followed:
        changed = _choose(follower_id, board_id, is_following=False)
    else:
        mine = BoardFollow.objects.filter(follower_id=follower_id, board_id=board_id)
        changed = mine.delete()[0] > 0
    if changed:
        publish(BoardUnfollowed(follower_id, board_id))


def end_follows_between(one_id: int, other_id: int) -> None:
    """End what two people follow of each other, in the caller's transaction."""
    ended = []
    for follower_id, person_id in ((one_id, other_id), (other_id, one_id)):
        follow = PersonFollow.objects.filter(follower_id=follower_id, person_id=person_id)
        if follow.delete()[0]:
            ended.append((follower_id, person_id))
            publish(PersonUnfollowed(follower_id, person_id))
        _end_board_follows(follower_id, person_id)
    # All followers before all followed, as `_count` does it: so nobody waits in a circle.
    bump(FOLLOWERS, {person_id: -1 for _, person_id in ended})
    bump(FOLLOWING, {follower_id: -1 for follower_id, _ in ended})


def _end_board_follows(follower_id: int, owner_id: int) -> None:
    """Forget all that a person chose for the boards of another."""
    choices = BoardFollow.objects.filter(follower_id=follower_id, board__owner_id=owner_id)
    boards = list(choices.filter(is_following=True).values_list("board_id", flat=True))
    choices.delete()
    for board_id in boards:
        publish(BoardUnfollowed(follower_id, board_id))


@transaction.atomic
def follow_topic(*, follower_id: int, topic_id: int) -> None:
    """Follow a topic."""
    if load_topics(follower_id, [topic_id]).get() == [None]:
        raise NotFound("There is no such topic.")
    _hold_topics_of(follower_id)
    mine = TopicFollow.objects.filter(follower_id=follower_id)
    if mine.filter(topic_id=topic_id).exists():
        return
    limit = settings.MAX_TOPICS_FOLLOWED
    if mine.count() >= limit:
        raise Invalid.at(
            "topic_id", f"You follow {limit} topics, as many as one may.", Reason.LIMIT_REACHED
        )
    TopicFollow.objects.create(follower_id=follower_id, topic_id=topic_id)
    bump(TOPIC_FOLLOWERS, {topic_id: 1})
    publish(TopicFollowed(follower_id, topic_id))


@transaction.atomic
def unfollow_topic(*, follower_id: int, topic_id: int) -> None:
    """Follow a topic no more."""
    if TopicFollow.objects.filter(follower_id=follower_id, topic_id=topic_id).delete()[0]:
        bump(TOPIC_FOLLOWERS, {topic_id: -1})
        publish(TopicUnfollowed(follower_id, topic_id))


@transaction.atomic
def end_person_follow(*, actor_id: int, follow_id: int, reason: str) -> None:
    """Have a person follow another no more, for staff."""
    follow = PersonFollow.objects.filter(pk=follow_id).first()
    if follow is None:
        raise NotFound
    record(actor_id=actor_id, action="follows.end", subject_id=follow.follower_id, reason=reason)
    unfollow_person(follower_id=follow.follower_id, person_id=follow.person_id)


@transaction.atomic
def end_board_follow(*, actor_id: int, follow_id: int, reason: str) -> None:
    """Have a person's choice for one board forgotten, for staff."""
    choice = BoardFollow.objects.select_for_update().filter(pk=follow_id).first()
    if choice is None:
        raise NotFound
    record(actor_id=actor_id, action="follows.end", subject_id=choice.follower_id, reason=reason)
    choice.delete()
    event = BoardUnfollowed if choice.is_following else BoardFollowed
    publish(event(choice.follower_id, choice.board_id))


@transaction.atomic
def end_topic_follow(*, actor_id: int, follow_id: int, reason: str) -> None:
    """Have a person follow a topic no more, for staff."""
    follow = TopicFollow.objects.filter(pk=follow_id).first()
    if follow is None:
        raise NotFound
    record(actor_id=actor_id, action="follows.end", subject_id=follow.follower_id, reason=reason)
    unfollow_topic(follower_id=follow.follower_id, topic_id=follow.topic_id)


@transaction.atomic
def forget_some_of_person(*, person_id: int) -> bool:
    """Delete up to a chunk of each kind of follows of and by a person whose account was emptied; whether
    some are left."""
    by_them = _some(PersonFollow.objects.filter(follower_id=person_id))
    of_them = _some(PersonFollow.objects.filter(person_id=person_id))
    chosen = _some(BoardFollow.objects.filter(follower_id=person_id))
    of_theirs = _some(BoardFollow.objects.filter(board_id__in=board_ids_of(person_id)))
    _end_person_follows([*by_them, *of_them])
    BoardFollow.objects.filter(pk__in=[one.pk for one in (*chosen, *of_theirs)]).delete()
    # They are few: there is a limit.
    topics = list(TopicFollow.objects.filter(follower_id=person_id).select_for_update())
    TopicFollow.objects.filter(pk__in=[follow.pk for follow in topics]).delete()
    bump(TOPIC_FOLLOWERS, {follow.topic_id: -1 for follow in topics})
    return max(len(by_them), len(of_them), len(chosen), len(of_theirs)) == CHUNK


def _some(follows: "QuerySet[_Follow]") -> list[_Follow]:
    return list(follows.select_for_update().order_by("pk")[:CHUNK])


def _end_person_follows(follows: Sequence[PersonFollow]) -> None:
    """Delete follows that are held. All followers before all followed, as `_count` does it: so nobody
    waits in a circle."""
    PersonFollow.objects.filter(pk__in=[follow.pk for follow in follows]).delete()
    followers, following = Counter[int](), Counter[int]()
    followers.subtract(follow.person_id for follow in follows)
    following.subtract(follow.follower_id for follow in follows)
    bump(FOLLOWERS, followers)
    bump(FOLLOWING, following)


def _visible_board(viewer_id: int, board_id: int) -> BoardRecord:
    (board,) = load_boards(viewer_id, [board_id]).get()
    if board is None:
        raise NotFound("There is no such board.")
    return board


def _choose(follower_id: int, board_id: int, *, is_following: bool) -> bool:
    """Note what a person wants of a board; whether that is new."""
    choice, is_new = BoardFollow.objects.select_for_update().get_or_create(
        follower_id=follower_id, board_id=board_id, defaults={"is_following": is_following}
    )
    if is_new or choice.is_following == is_following:
        return is_new
    choice.is_following = is_following
    choice.save(update_fields=["is_following"])
    return True


def _count(follower_id: int, person_id: int, sign: int) -> None:
    bump(FOLLOWERS, {person_id: sign})
    bump(FOLLOWING, {follower_id: sign})


def _hold_topics_of(follower_id: int) -> None:
    """One writer at a time adds to the topics that a person follows: the limit is exact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('follows.topics', %s))", [follower_id]
        )
