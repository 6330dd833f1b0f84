"""Making a picture's files. Runs in workers: the only place where pixels are decoded."""

from base64 import b64encode
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from apps.media import store
from apps.media.events import PictureBroken, PictureReady
from apps.media.imaging.refusals import PictureRefused, RefusalReason
from apps.media.imaging.render import Rendering
from apps.media.models import Picture, PictureState
from pinboard.events.outbox import publish

log = structlog.get_logger(__name__)


@transaction.atomic
def process_picture(*, picture_id: int) -> None:
    """Make all files of a picture that waits; READY, or BROKEN with a reason.

    What may pass (storage that is away, a worker that dies) is raised, to be tried again. Twice is
    as once: the same files are written under the same names.
    """
    # Not locked: whoever makes a pin of the picture meanwhile must not wait for the decoder.
    waiting = Picture.objects.filter(pk=picture_id, state=PictureState.PROCESSING)
    key = waiting.values_list("key", flat=True).first()
    if key is None:
        return
    try:
        found = _render(key)
    except PictureRefused as refused:
        break_picture(picture_id, refused.reason)
    else:
        if waiting.update(state=PictureState.READY, **found):
            publish(PictureReady(picture_id))


@transaction.atomic
def break_picture(picture_id: int, reason: RefusalReason) -> bool:
    """Say that a picture that waits can't be used; whether it still waited."""
    waiting = Picture.objects.filter(pk=picture_id, state=PictureState.PROCESSING)
    if not waiting.update(state=PictureState.BROKEN, reason=reason.value):
        return False
    publish(PictureBroken(picture_id))
    return True


@transaction.atomic
def discard_original(*, picture_id: int) -> None:
    """Delete what was uploaded, unless it waits to be processed (again)."""
    picture = Picture.objects.select_for_update(no_key=True).filter(pk=picture_id).first()
    if picture is not None and picture.state != PictureState.PROCESSING:
        store.drop_original(picture.key)


def discard_renditions(*, key: str) -> None:
    """Delete all files of a picture whose row is gone."""
    folder = UUID(key)
    store.drop_original(folder)
    store.drop_renditions(folder)


def _read(key: UUID) -> bytes:
    try:
        return store.read_original(key)
    except FileNotFoundError:
        # Nobody has the bytes any more but their owner, who can send them again.
        log.error("media.original_lost", key=key.hex)
        raise PictureRefused(RefusalReason.BROKEN) from None


def _render(key: UUID) -> dict[str, Any]:
    """Write all files of the upload `key`; what the row is to know of the picture."""
    rendering = Rendering(_read(key))
    for rendition in rendering.files():
        store.put_rendition(key, rendition)
    header, traits = rendering.header, rendering.traits
    return {
        "width": header.width,
        "height": header.height,
        "dominant_color": traits.dominant_color,
        "thumbhash": b64encode(traits.thumbhash).decode(),
        # Postgres has no unsigned numbers; the bits are what counts.
        "phash": traits.phash - 2**64 if traits.phash >= 2**63 else traits.phash,
    }
