"""Writes: pictures and avatars."""

from apps.media.services.avatars import set_avatar
from apps.media.services.cleaning import (
    delete_stray_originals,
    delete_unused_pictures,
    forget_person,
    give_up_stuck_pictures,
    release_pictures,
)
from apps.media.services.processing import discard_original, discard_renditions, process_picture
from apps.media.services.uploading import upload_picture, use_picture

__all__ = [
    "delete_stray_originals",
    "delete_unused_pictures",
    "discard_original",
    "discard_renditions",
    "forget_person",
    "give_up_stuck_pictures",
    "process_picture",
    "release_pictures",
    "set_avatar",
    "upload_picture",
    "use_picture",
]
