"""What a picture is, from its header, before a pixel is decoded."""

from dataclasses import dataclass

from apps.media.imaging.kinds import Buffer, Kind, sniff
from apps.media.imaging.refusals import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_RATIO,
    MIN_SIDE,
    PictureRefused,
    RefusalReason,
)
from apps.media.imaging.vips import pyvips

_LOADERS = {
    "jpegload": Kind.JPEG,
    "pngload": Kind.PNG,
    "webpload": Kind.WEBP,
    "gifload": Kind.GIF,
    "heifload": Kind.AVIF,
}
# EXIF orientations that lay the picture on its side.
_LYING = range(5, 9)


@dataclass(frozen=True)
class Header:
    """`width` and `height`: of one frame, in pixels, orientation applied."""

    kind: Kind
    width: int
    height: int
    frames: int
    is_animated: bool


def probe(data: Buffer) -> Header:
    """Read the header of the picture file `data`. `PictureRefused` when it can't be one of ours."""
    if len(data) > MAX_BYTES:
        raise PictureRefused(RefusalReason.TOO_LARGE)
    kind = sniff(data)
    if kind is None:
        raise PictureRefused(RefusalReason.UNSUPPORTED_TYPE)
    header = _read(data, kind)
    _check_size(header)
    return header


def _read(data: Buffer, kind: Kind) -> Header:
    try:
        source = pyvips.Source.new_from_memory(data)
        image = pyvips.Image.new_from_source(source, "", access="sequential")
    except pyvips.Error:
        raise PictureRefused(RefusalReason.BROKEN) from None
    loader = image.get("vips-loader").removesuffix("_source")
    if _LOADERS.get(loader) is not kind:
        raise PictureRefused(RefusalReason.UNSUPPORTED_TYPE)
    if kind is Kind.AVIF and image.get("heif-compression") != "av1":
        raise PictureRefused(RefusalReason.UNSUPPORTED_TYPE)
    frames = _number(image, "n-pages", otherwise=1)
    width, height = image.width, image.height
    # An AVIF is turned by its own boxes while it is read; its EXIF says what was done.
    if kind is not Kind.AVIF and _number(image, "orientation", otherwise=1) in _LYING:
        width, height = height, width
    return Header(kind, width, height, frames, kind in (Kind.GIF, Kind.WEBP) and frames > 1)


def _number(image: pyvips.Image, field: str, *, otherwise: int) -> int:
    """A field of the header. Listing all of them would trip over names that are no UTF-8."""
    found: int = image.get(field) if image.get_typeof(field) else otherwise
    return found


def _check_size(header: Header) -> None:
    shorter, longer = sorted((header.width, header.height))
    if shorter < MIN_SIDE:
        raise PictureRefused(RefusalReason.TOO_SMALL)
    if shorter * longer * header.frames > MAX_PIXELS:
        raise PictureRefused(RefusalReason.TOO_MANY_PIXELS)
    if longer > shorter * MAX_RATIO:
        raise PictureRefused(RefusalReason.TOO_NARROW)
