"""Reads: pictures."""

from collections.abc import Sequence

from apps.media.models import PictureUpload


def may_use(owner_id: int, picture_ids: Sequence[int]) -> bool:
    """Whether the person uploaded all of these pictures. One statement."""
    wanted = set(picture_ids)
    mine = PictureUpload.objects.filter(owner_id=owner_id, picture_id__in=wanted)
    return mine.count() == len(wanted)
