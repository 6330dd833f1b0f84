"""Taking a picture from a person."""

import hashlib
from datetime import UTC, datetime
from mmap import ACCESS_READ, mmap
from uuid import uuid4

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import transaction

from apps.media import store
from apps.media.events import PictureUploaded
from apps.media.imaging.kinds import Buffer
from apps.media.imaging.probe import Header, probe
from apps.media.imaging.refusals import MAX_BYTES, PictureRefused, RefusalReason
from apps.media.models import UNUSED_FOR, Picture, PictureState, PictureUpload
from pinboard.errors import Invalid, Reason
from pinboard.events.outbox import publish

# Pictures of one person that may wait for a worker at a time.
MAX_WAITING = 100

_CODES = {
    RefusalReason.TOO_LARGE: Reason.TOO_LONG,
    RefusalReason.TOO_MANY_PIXELS: Reason.TOO_LONG,
    RefusalReason.TOO_SMALL: Reason.TOO_SHORT,
    RefusalReason.UNSUPPORTED_TYPE: Reason.UNSUPPORTED,
}


@transaction.atomic
def upload_picture(*, owner_id: int, file: "UploadedFile[bytes]") -> int:
    """Take a picture for a worker to process; its id.

    Size, kind and header are checked here and now, no pixel is decoded. The same bytes are the same
    picture, whoever sends them and however often, and are stored once; bytes that were broken
    before are tried again. `Invalid` at `file` says what is wrong with it.
    """
    header = _header(file)
    _check_waiting(owner_id)
    picture, is_new = _picture(file, header)
    PictureUpload.objects.bulk_create(
        [PictureUpload(picture=picture, owner_id=owner_id)], ignore_conflicts=True
    )
    if is_new or picture.state == PictureState.BROKEN:
        Picture.objects.filter(pk=picture.pk).update(state=PictureState.PROCESSING, reason="")
        store.put_original(picture.key, file)
        publish(PictureUploaded(picture.pk))
    id: int = picture.pk
    return id


def use_picture(*, owner_id: int, picture_id: int, field: str = "picture_id") -> None:
    """Hold a picture that its uploader is about to use, until the transaction ends.

    `Invalid` at `field` for one that the person has not uploaded, or that is broken.
    """
    picture = (
        Picture.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=picture_id, uploads__owner_id=owner_id)
        .first()
    )
    if picture is None:
        raise Invalid.at(
            field, "There is no such picture of yours. Upload it first.", Reason.NOT_FOUND
        )
    if picture.state == PictureState.BROKEN:
        raise Invalid.at(field, RefusalReason(picture.reason).sentence)


def _header(file: "UploadedFile[bytes]") -> Header:
    size = file.size or 0
    try:
        if size > MAX_BYTES:
            raise PictureRefused(RefusalReason.TOO_LARGE)
        if size == 0:
            raise PictureRefused(RefusalReason.UNSUPPORTED_TYPE)
        return probe(_content(file))
    except PictureRefused as refused:
        code = _CODES.get(refused.reason, Reason.INVALID)
        raise Invalid.at("file", refused.reason.sentence, code) from None


def _content(file: "UploadedFile[bytes]") -> Buffer:
    """The file's bytes. Of one that lies on disk only the pages that are looked at are read."""
    file.seek(0)  # a request may give one file to several fields
    if isinstance(file, TemporaryUploadedFile):
        return mmap(file.fileno(), 0, access=ACCESS_READ)
    content: bytes = file.read()
    return content


def _check_waiting(owner_id: int) -> None:
    waiting = PictureUpload.objects.filter(
        owner_id=owner_id, picture__state=PictureState.PROCESSING
    )[:MAX_WAITING].count()
    if waiting >= MAX_WAITING:
        raise Invalid.at(
            "file",
            f"{waiting} pictures of yours are still being worked on. Send this one in a minute.",
            Reason.LIMIT_REACHED,
        )


def _picture(file: "UploadedFile[bytes]", header: Header) -> tuple[Picture, bool]:
    """The row of these bytes, locked, and whether it was made now."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    key = uuid4()
    # One statement finds or makes the row and puts off its deletion: whoever else sends the same
    # bytes, or is about to delete them as unused, waits here until the other is done.
    Picture.objects.bulk_create(
        [
            Picture(
                sha256=digest.digest(),
                key=key,
                mime=header.kind,
                byte_size=file.size or 0,
                width=header.width,
                height=header.height,
                is_animated=header.is_animated,
                check_at=datetime.now(UTC) + UNUSED_FOR,
            )
        ],
        update_conflicts=True,
        unique_fields=["sha256"],
        update_fields=["check_at"],
    )
    picture = Picture.objects.get(sha256=digest.digest())
    return picture, picture.key == key
