"""Deleting what nobody uses.

A picture is used by whatever row of any app has a foreign key to it. Nobody counts: who stops using
a picture says so (`release_pictures`), and a day later the tables are asked. So the cost is that of
what changed, not of what there is.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, Q
from django.db.models.functions import Now

from apps.media import store
from apps.media.events import PictureDeleted
from apps.media.imaging.refusals import RefusalReason
from apps.media.models import UNUSED_FOR, Avatar, Picture, PictureState, PictureUpload
from apps.media.services.processing import break_picture
from pinboard.events.outbox import publish

_BATCH = 200
# An upload is in storage before its row is committed.
STRAY_AFTER = timedelta(hours=1)


def release_pictures(*, picture_ids: Iterable[int]) -> None:
    """Say that something stopped using these pictures: in a day they are deleted if nothing does.

    To be called, in the same transaction, by whoever deletes or changes a row that refers to one.
    """
    used = Picture.objects.filter(pk__any=list(picture_ids), check_at=None)
    # In one order, so that two people who delete saves of the same pictures cannot deadlock.
    locked = used.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    Picture.objects.filter(pk__in=list(locked)).update(check_at=Now() + UNUSED_FOR)


def delete_unused_pictures() -> int:
    """Delete pictures that nothing has used for a day; how many. Their files follow by an event."""
    count = 0
    while True:
        checked, deleted = _check_batch()
        count += deleted
        if checked < _BATCH:
            return count


@transaction.atomic
def _check_batch() -> tuple[int, int]:
    """Look at pictures that are due; how many there were, and how many were deleted."""
    due = list(
        Picture.objects.select_for_update(skip_locked=True)
        .filter(check_at__lte=Now())
        .exclude(state=PictureState.PROCESSING)
        .order_by("check_at")[:_BATCH]
    )
    # Asked in a statement of its own, once the rows are locked: a use that was committed meanwhile
    # is seen, and one to come waits for the lock and finds the picture gone.
    used = set(
        Picture.objects.filter(_is_used(), pk__in=[one.pk for one in due]).values_list(
            "pk", flat=True
        )
    )
    Picture.objects.filter(pk__in=used).update(check_at=None)
    unused = [one for one in due if one.pk not in used]
    for picture in unused:
        publish(PictureDeleted(picture.pk, picture.key.hex))
    Picture.objects.filter(pk__in=[one.pk for one in unused]).delete()
    return len(due), len(unused)


def _is_used() -> Q:
    """Whether any table but that of uploads refers to the picture, of whatever app."""
    used = Q()
    for relation in _relations():
        rows = relation.related_model._base_manager
        used |= Q(Exists(rows.filter(**{relation.field.name: OuterRef("pk")})))
    return used


def _relations() -> list[ForeignObjectRel]:
    """All foreign keys to pictures, also those that give the picture no attribute."""
    return [
        field
        for field in Picture._meta.get_fields(include_hidden=True)
        if isinstance(field, ForeignObjectRel) and field.related_model is not PictureUpload
    ]


def give_up_stuck_pictures() -> int:
    """Break pictures that have waited for a day, such as those that end their worker; how many.

    By then their deliveries have long been tried as often as they are.
    """
    stuck = Picture.objects.filter(state=PictureState.PROCESSING, check_at__lte=Now())
    ids = list(stuck.values_list("pk", flat=True)[:_BATCH])
    return sum(break_picture(picture_id, RefusalReason.BROKEN) for picture_id in ids)


def delete_stray_originals() -> int:
    """Delete uploads whose picture does not wait for them (their transaction failed); how many."""
    old = list(store.originals_before(datetime.now(UTC) - STRAY_AFTER))
    waiting = set(
        Picture.objects.filter(key__in=old, state=PictureState.PROCESSING).values_list(
            "key", flat=True
        )
    )
    stray = [key for key in old if key not in waiting]
    for key in stray:
        store.drop_original(key)
    return len(stray)


@transaction.atomic
def forget_person(*, user_id: int) -> None:
    """Delete what says that a person uploaded pictures, and their avatar."""
    Avatar.objects.filter(user_id=user_id).delete()
    uploads = PictureUpload.objects.filter(owner_id=user_id)
    Picture.objects.filter(uploads__owner_id=user_id, check_at=None).update(
        check_at=Now() + UNUSED_FOR
    )
    uploads.delete()
