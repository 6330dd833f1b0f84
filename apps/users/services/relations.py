"""People keep others out of their sight: blocking and muting. Doing either twice is once."""

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from apps.users.events import PersonBlocked, PersonMuted, PersonUnblocked, PersonUnmuted
from apps.users.models import Block, Mute
from apps.users.selectors import load_users
from apps.users.services.accounts import locked_person
from pinboard.errors import Invalid, NotFound, Reason
from pinboard.events.outbox import publish


@transaction.atomic
def block_person(*, blocker_id: int, blocked_id: int) -> None:
    """Have neither of two people see the other, or anything of theirs, from now on.

    `NotFound` for somebody whom the blocker does not see; `Invalid` for themselves, or at the limit.
    """
    if blocker_id == blocked_id:
        raise Invalid.at("user_id", "You can't block yourself.", Reason.SELF_REFERENCE)
    locked_person(blocker_id)  # the limit is exact
    hold_pair(blocker_id, blocked_id)
    mine = Block.objects.filter(blocker_id=blocker_id)
    if mine.filter(blocked_id=blocked_id).exists():
        return
    _require_visible(blocker_id, blocked_id)
    limit = settings.MAX_BLOCKS_PER_PERSON
    if mine.count() >= limit:
        raise Invalid.at(
            "user_id",
            f"You have blocked {limit:,} people, as many as one may. Unblock somebody first.",
            Reason.LIMIT_REACHED,
        )
    Block.objects.create(blocker_id=blocker_id, blocked_id=blocked_id)
    publish(PersonBlocked(blocker_id, blocked_id))


@transaction.atomic
def unblock_person(*, blocker_id: int, blocked_id: int) -> None:
    """Take a block back. Who followed whom before it does not come back."""
    if Block.objects.filter(blocker_id=blocker_id, blocked_id=blocked_id).delete()[0]:
        publish(PersonUnblocked(blocker_id, blocked_id))


@transaction.atomic
def mute_person(*, muter_id: int, muted_id: int) -> None:
    """Leave a person's pins out of the muter's feeds; all else stays as it is.

    `NotFound` for somebody whom the muter does not see; `Invalid` for themselves, or at the limit.
    """
    if muter_id == muted_id:
        raise Invalid.at("user_id", "You can't mute yourself.", Reason.SELF_REFERENCE)
    locked_person(muter_id)  # the limit is exact
    _require_visible(muter_id, muted_id)
    mine = Mute.objects.filter(muter_id=muter_id)
    if mine.filter(muted_id=muted_id).exists():
        return
    limit = settings.MAX_MUTES_PER_PERSON
    if mine.count() >= limit:
        raise Invalid.at(
            "user_id",
            f"You have muted {limit:,} people, as many as one may. Unmute somebody first.",
            Reason.LIMIT_REACHED,
        )
    Mute.objects.create(muter_id=muter_id, muted_id=muted_id)
    publish(PersonMuted(muter_id, muted_id))


@transaction.atomic
def unmute_person(*, muter_id: int, muted_id: int) -> None:
    """Have a person's pins in the muter's feeds again."""
    if Mute.objects.filter(muter_id=muter_id, muted_id=muted_id).delete()[0]:
        publish(PersonUnmuted(muter_id, muted_id))


def hold_pair(one_id: int, other_id: int) -> None:
    """Have neither of two people block the other until the transaction ends.

    For whoever writes what must not be between people of whom one has blocked the other: look whether
    they see each other *after* this. One statement.
    """
    low, high = sorted((one_id, other_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashint8extended(%s, %s))", [low, high])


def forget_relations(user_id: int) -> None:
    """Delete all blocks and mutes of and by a person."""
    Block.objects.filter(Q(blocker_id=user_id) | Q(blocked_id=user_id)).delete()
    Mute.objects.filter(Q(muter_id=user_id) | Q(muted_id=user_id)).delete()


def _require_visible(viewer_id: int, person_id: int) -> None:
    if load_users(viewer_id, [person_id]).get() == [None]:
        raise NotFound("There is no such person.")
