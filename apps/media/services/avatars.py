"""The picture beside a person's name."""

from django.db import transaction

from apps.media.events import AvatarChanged
from apps.media.models import Avatar
from apps.media.services.cleaning import release_pictures
from apps.media.services.uploading import use_picture
from pinboard.events.outbox import publish


@transaction.atomic
def set_avatar(*, user_id: int, picture_id: int | None) -> None:
    """Put a picture that the person uploaded beside their name; None takes it away."""
    before = Avatar.objects.select_for_update().filter(user_id=user_id).first()
    if picture_id == (before and before.picture_id):
        return
    if picture_id is None:
        Avatar.objects.filter(user_id=user_id).delete()
    else:
        use_picture(owner_id=user_id, picture_id=picture_id)
        Avatar.objects.update_or_create(user_id=user_id, defaults={"picture_id": picture_id})
    if before is not None:
        release_pictures(picture_ids=[before.picture_id])
    publish(AvatarChanged(user_id))
