"""The pictures' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from apps.media import store
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Avatar, PictureState, PictureUpload
from apps.users.exporting import register_export


@register_export("pictures")
def pictures(user_id: int) -> Iterator[Mapping[str, Any]]:
    """All pictures that a person uploaded, each with the address of its largest size."""
    avatar = Avatar.objects.filter(user_id=user_id, picture_id=OuterRef("picture_id"))
    mine = PictureUpload.objects.filter(owner_id=user_id).annotate(is_avatar=Exists(avatar))
    for upload in mine.select_related("picture").order_by("pk").iterator(500):
        picture = upload.picture
        is_ready = picture.state == PictureState.READY
        yield {
            "id": str(picture.pk),
            "uploaded_at": upload.created_at,
            "width": picture.width,
            "height": picture.height,
            "is_avatar": upload.is_avatar,
            "url": store.url(picture.key, picture.width, Size.W1200, Format.JPEG)
            if is_ready
            else None,
        }
