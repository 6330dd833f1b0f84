"""Picture files for tests, made here and now."""

import struct
import zlib

import numpy as np

from apps.media.imaging.vips import pyvips

GPS = "59/1 19/1 45/1"
SECRET = "the maker's home"


def picture(width=320, height=240, seed=0):
    """A smooth picture with a different colour in each quarter, and no two seeds alike."""
    y, x = np.mgrid[0:height, 0:width]
    shift = np.random.default_rng(seed).integers(0, 256, 3)
    rgb = np.stack(
        [x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], axis=-1
    )
    return pyvips.Image.new_from_array(
        ((rgb + shift) % 256).astype(np.uint8), interpretation="srgb"
    )


def plain(color, width=120, height=90):
    """A picture of one colour: three or four channels."""
    pixels = np.full((height, width, len(color)), color, np.uint8)
    return pyvips.Image.new_from_array(pixels, interpretation="srgb")


def encode(image=None, kind="jpg", **options):
    """A file of a picture: `kind` is jpg, png, webp, gif, avif or tif."""
    return (picture() if image is None else image).write_to_buffer(f".{kind}", **options)


def with_metadata(kind="jpg", orientation=1, **options):
    """A file that says where and by whom it was made, in every way that its kind knows."""
    image = picture().copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    for name, value in {
        "exif-ifd3-GPSLatitude": GPS,
        "exif-ifd0-Artist": SECRET,
        "exif-ifd0-Software": "pencil",
    }.items():
        image.set_type(pyvips.GValue.gstr_type, name, value)
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()
    image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp)
    image.set_type(pyvips.GValue.blob_type, "iptc-data", b"Photoshop 3.0\0" + SECRET.encode())
    return encode(image, kind, profile="srgb", **options)


def animation(frames=4, width=80, height=60, kind="gif"):
    """An animation whose first frame is red and whose others are blue."""
    images = [plain((255, 0, 0), width, height)]
    images += [plain((0, 0, 255 - 40 * n), width, height) for n in range(frames - 1)]
    strip = pyvips.Image.arrayjoin(images, across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", height)
    return encode(strip, kind)


def chunk(name, body):
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_that_claims(width, height, *more):
    """A PNG of a few bytes with a header of any size; `more`: further chunks."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + body + chunk(b"IEND", b"")
    )


def gif_that_claims(width, height, frames):
    """A GIF of any size and number of frames, of one pixel each."""
    size = struct.pack("<HH", width, height)
    frame = b"\x2c" + bytes(4) + b"\1\0\1\0\0" + b"\2\2\x44\1\0"
    colors = b"\xff\0\0\0\0\xff"
    return b"GIF89a" + size + b"\x80\0\0" + colors + frame * frames + b";"


def read(content):
    """A picture from a file of ours."""
    return pyvips.Image.new_from_buffer(content, "")


def pixel(content, x, y):
    """One pixel of a file of ours."""
    return [round(value) for value in read(content)(x, y)]
