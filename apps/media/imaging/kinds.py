"""What a file is, by its first bytes; its name and its declared type may say anything."""

from enum import StrEnum
from mmap import mmap

Buffer = bytes | mmap

_AVIF_BRANDS = {b"avif", b"avis"}
# A box that lists its brands is short; a longer one is not worth reading.
_MAX_FTYP = 256


class Kind(StrEnum):
    """The five kinds that are taken; the value is the MIME type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    GIF = "image/gif"
    AVIF = "image/avif"


def sniff(head: Buffer) -> Kind | None:
    """The kind of the file that begins with `head` (256 bytes are enough); None for any other."""
    start = bytes(head[:_MAX_FTYP])
    if start.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if start.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return Kind.WEBP
    if start[4:8] == b"ftyp" and _AVIF_BRANDS & set(_brands(start)):
        return Kind.AVIF
    return None


def _brands(start: bytes) -> list[bytes]:
    """The brands in the `ftyp` box of an ISO media file: the major one first."""
    length = min(int.from_bytes(start[:4], "big"), len(start))
    return [start[8:12], *(start[at : at + 4] for at in range(16, length - 3, 4))]
