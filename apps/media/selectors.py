"""Reads: pictures and avatars."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from apps.media import store
from apps.media.imaging.sizes import Format, Size, shown
from apps.media.models import Avatar, Picture, PictureState
from pinboard.records import Loader
from pinboard.sql import Later, compile_queryset, rows
from pinboard.table import Layout, Table, column, places


class PictureRecord(NamedTuple):
    """A picture."""

    id: int
    key: UUID
    state: str
    reason: str
    width: int
    height: int
    is_animated: bool
    dominant_color: str
    thumbhash: str


class Image(NamedTuple):
    """A file of a picture: its address and its size in pixels."""

    url: str
    width: int
    height: int


_IMAGES = Layout(places(Image._fields), Image._make)

PICTURES = Loader(
    PictureRecord,
    lambda viewer: Picture.objects.all(),
    brief=("id", "key", "state", "width", "height", "dominant_color"),
)
_own = Loader(PictureRecord, lambda viewer: Picture.objects.filter(uploads__owner_id=viewer))


def load_pictures(ids: Sequence[int | None]) -> Later[list[PictureRecord | None]]:
    """Pictures by id, in order, for callers that show something the viewer may see with them.

    A picture has no owner: whoever sees a pin, a board or a person sees its picture. One statement.
    """
    return PICTURES.load(None, ids)


def load_own_pictures(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[PictureRecord | None]]:
    """Pictures by id, in order; None for one that the viewer has not uploaded. One statement."""
    return _own.load(viewer_id, ids)


def is_processed(picture_id: int) -> bool:
    """Whether a picture is ready or broken, or gone. One statement."""
    return not Picture.objects.filter(pk=picture_id, state=PictureState.PROCESSING).exists()


def load_avatars(user_ids: Sequence[int]) -> list[PictureRecord | None]:
    """The picture beside each person's name; None for a person who has none. One statement."""
    columns = [f"picture__{name}" for name in PictureRecord._fields]
    found = {
        user_id: PictureRecord._make(values)
        for user_id, *values in Avatar.objects.filter(user_id__any=list(set(user_ids))).values_list(
            "user_id", *columns
        )
    }
    return [found.get(user_id) for user_id in user_ids]


def image(picture: PictureRecord | Picture, size: Size, format: Format) -> Image | None:
    """The file of a picture in a size; None until the picture is ready. No statement."""
    return images([picture], size, format)[0]


def images(
    pictures: Sequence[PictureRecord | Picture], size: Size, format: Format
) -> Sequence[Image | None]:
    """The files of pictures in a size; None for those that are not ready. No statement."""
    columns = (column(pictures, name) for name in ("key", "state", "width", "height"))
    address, ready = store.address(), PictureState.READY.value
    files: list[Any] = []
    for key, state, picture_width, picture_height in zip(*columns, strict=True):
        if state == ready:
            file, width, height = shown(size, format, picture_width, picture_height)
            name = key.hex
            files.append((f"{address}{name[:2]}/{name}/{file}", width, height))
        else:
            files.append(None)
    return [file and Image(*file) for file in files] if None in files else Table.of(files, _IMAGES)


def hold_pictures(ids: Collection[int]) -> set[int]:
    """Which of these pictures are ready; they and their states stay until the transaction ends.

    Whoever holds one with a stronger lock keeps that. One statement.
    """
    wanted = Picture.objects.filter(pk__any=list(ids)).order_by("pk").values_list("pk", "state")
    sql, params = compile_queryset(wanted)
    return {pk for pk, state in rows(f"{sql} FOR SHARE", params) if state == PictureState.READY}
