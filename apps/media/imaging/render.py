"""All that is made of a picture, from one decode.

The file is decoded once, shrunk while it is read, to the smallest picture that all renditions can
be cut from. That one is in sRGB with 8 bits a channel, upright, and the renditions are written from
its pixels alone: no EXIF, XMP, IPTC or colour profile of the original gets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apps.media.imaging.hashes import dominant_color, perceptual_hash, thumbhash
from apps.media.imaging.probe import Header, probe
from apps.media.imaging.refusals import PictureRefused, RefusalReason
from apps.media.imaging.sizes import CROPS, WIDTHS, Format, Size, dimensions, file_name, kept
from apps.media.imaging.vips import pyvips

_ENCODERS = {
    Format.WEBP: {"Q": 80, "effort": 4},
    Format.JPEG: {"Q": 82, "optimize_coding": True, "interlace": True},
}
_WHITE = [255, 255, 255]
# Hashes look at a picture of this many pixels a side at most.
_THUMB = 100


@dataclass(frozen=True)
class Traits:
    """What is known of the pixels. `dominant_color`: `#rrggbb`. `phash`: 64 bits, unsigned."""

    dominant_color: str
    thumbhash: bytes
    phash: int


@dataclass(frozen=True)
class File:
    """One rendition: its name in the picture's folder and its bytes."""

    name: str
    content: bytes


class Rendering:
    """A decoded picture. `PictureRefused` when the file is none, at once or from the decoder."""

    def __init__(self, data: bytes) -> None:
        self.header: Header = probe(data)
        self._base = _decode(data, self.header)
        self.traits = _traits(self._base)

    def files(self) -> Iterator[File]:
        """Every rendition in every format, one at a time."""
        for size in kept(self.header.width):
            image = self._fit(size)
            for format, options in _ENCODERS.items():
                flat = image.flatten(background=_WHITE) if _is_opaque(format, image) else image
                content = flat.write_to_buffer(f".{format.value}", keep="none", **options)
                yield File(file_name(size, format), content)

    def _fit(self, size: Size) -> pyvips.Image:
        width, height = dimensions(size, self.header.width, self.header.height)
        fitting = {"crop": "attention"} if size.is_crop else {"size": "force"}
        return self._base.thumbnail_image(width, height=height, **fitting).copy_memory()


def _is_opaque(format: Format, image: pyvips.Image) -> bool:
    return format is Format.JPEG and image.hasalpha()


def _decode(data: bytes, header: Header) -> pyvips.Image:
    """The picture in memory, shrunk to what the largest rendition in each direction needs."""
    width, height = header.width, header.height
    wanted = [dimensions(WIDTHS[-1], width, height).width / width]
    wanted += [max(crop.value.width / width, crop.value.height / height) for crop in CROPS]
    scale = min(1.0, max(wanted))
    try:
        image = pyvips.Image.thumbnail_buffer(
            data,
            max(1, round(width * scale)),
            height=max(1, round(height * scale)),
            size="force",
            export_profile="srgb",
            # The operation's own `fail_on` does not reach the loader.
            option_string="[fail_on=truncated]",
        )
        image = image.colourspace("srgb").cast("uchar")
        return image.copy_memory()
    except pyvips.Error:
        raise PictureRefused(RefusalReason.BROKEN) from None


def _traits(base: pyvips.Image) -> Traits:
    small = base.thumbnail_image(_THUMB, height=_THUMB, size="down")
    rgba = (small if small.hasalpha() else small.bandjoin(255)).numpy()
    flat = small.flatten(background=_WHITE) if small.hasalpha() else small
    square = base.flatten(background=_WHITE) if base.hasalpha() else base
    gray = square.thumbnail_image(32, height=32, size="force").colourspace("b-w").numpy()
    return Traits(
        dominant_color=dominant_color(flat.numpy()),
        thumbhash=thumbhash(rgba),
        phash=perceptual_hash(gray.reshape(32, 32).astype(np.float64)),
    )
