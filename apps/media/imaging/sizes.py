"""The sizes that pictures are shown in. Size and file name follow from the picture's own size.

A picture is never enlarged: a width that it does not have gives the picture at its own width, and a
crop that is larger than the picture gives the largest crop of the same shape.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from typing import NamedTuple

# WebP can't be taller than 16,383; a strip that would be is narrowed until it fits.
MAX_HEIGHT = 16_000


class Format(StrEnum):
    """The formats that renditions are kept in; the value is the file's ending."""

    WEBP = "webp"
    JPEG = "jpg"

    __hash__ = str.__hash__  # as with `Size`


@dataclass(frozen=True)
class _Box:
    """`height`: 0 for the picture's own shape."""

    width: int
    height: int = 0


class Size(Enum):
    """Five widths with the picture's own shape, and two crops."""

    W236 = _Box(236)
    W474 = _Box(474)
    W600 = _Box(600)
    W736 = _Box(736)
    W1200 = _Box(1200)
    CROP_150X150 = _Box(150, 150)
    CROP_400X300 = _Box(400, 300)

    # The enum's own is written in Python, and each picture of a page is looked up by its size.
    __hash__ = object.__hash__

    @property
    def is_crop(self) -> bool:
        return self.value.height > 0


WIDTHS = tuple(size for size in Size if not size.is_crop)
CROPS = tuple(size for size in Size if size.is_crop)


class Dimensions(NamedTuple):
    """Pixels."""

    width: int
    height: int


def dimensions(size: Size, width: int, height: int) -> Dimensions:
    """The size in pixels of the rendition `size` of a picture of `width` by `height`."""
    box: _Box = size.value
    if size.is_crop:
        scale = min(1.0, width / box.width, height / box.height)
        return Dimensions(round(box.width * scale), round(box.height * scale))
    scale = min(1.0, box.width / width, MAX_HEIGHT / height)
    return Dimensions(max(1, round(width * scale)), max(1, round(height * scale)))


def kept_as(size: Size, width: int) -> Size:
    """The rendition that holds what `size` asks for: widths that would be equal are kept once."""
    if size.is_crop:
        return size
    wide_enough = next((one for one in WIDTHS if one.value.width >= width), Size.W1200)
    return min(size, wide_enough, key=lambda one: one.value.width)


def kept_name(size: Size, format: Format, width: int) -> str:
    """The name of the file that holds what `size` asks for, of a picture of `width`."""
    return file_name(kept_as(size, width), format)


class Shown(NamedTuple):
    """The file that shows a picture in a size, and its dimensions in pixels."""

    file: str
    width: int
    height: int


# Asked for each picture of every page; pictures of one world come in few sizes.
@lru_cache(maxsize=10_000)
def shown(size: Size, format: Format, width: int, height: int) -> Shown:
    """How a picture of `width` by `height` is shown."""
    return Shown(kept_name(size, format, width), *dimensions(size, width, height))


def kept(width: int) -> list[Size]:
    """All renditions that a picture of `width` has."""
    return [size for size in Size if kept_as(size, width) is size]


def file_name(size: Size, format: Format) -> str:
    """The rendition's name in the picture's folder, such as `w236.webp`."""
    return f"{size.name.lower()}.{format.value}"
