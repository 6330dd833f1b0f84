"""What is taken and what is refused, from the header alone."""

import subprocess
import sys
import zlib

import pytest

from apps.media.imaging.kinds import Kind, sniff
from apps.media.imaging.probe import Header, probe
from apps.media.imaging.refusals import MAX_BYTES, PictureRefused, RefusalReason
from tests.media.samples import (
    animation,
    chunk,
    encode,
    gif_that_claims,
    picture,
    png_that_claims,
    with_metadata,
)

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect/></svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def refusal(data):
    with pytest.raises(PictureRefused) as caught:
        probe(data)
    assert str(caught.value) == caught.value.reason.sentence
    return caught.value.reason


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif", "avif"])
def test_the_five_kinds_are_told_by_content(kind):
    mime = {"jpg": "image/jpeg"}.get(kind, f"image/{kind}")
    assert probe(encode(kind=kind)) == Header(Kind(mime), 320, 240, 1, False)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_has_the_size_of_a_frame(kind):
    header = probe(animation(frames=4, kind=kind))
    assert (header.width, header.height, header.frames, header.is_animated) == (80, 60, 4, True)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_sides_are_those_of_the_upright_picture(kind, orientation):
    header = probe(with_metadata(kind, orientation))
    upright = (240, 320) if orientation >= 5 else (320, 240)
    assert (header.width, header.height) == upright


# What is drawn and packed is made by the test that wants it, and not by each process that only collects tests.
OTHER_KINDS = {
    "nothing": lambda: b"",
    "a mark alone": lambda: b"\xff\xd8",
    "SVG": lambda: SVG,
    "SVG behind a declaration": lambda: b'<?xml version="1.0"?>' + SVG,
    "PDF": lambda: PDF,
    "TIFF": lambda: encode(kind="tif"),
    # The container of AVIF, another codec.
    "what phones call HEIC": lambda: (
        encode(kind="avif").replace(b"ftypavif", b"ftypheic", 1).replace(b"avif", b"heic")
    ),
    "BMP": lambda: b"BM" + bytes(200),
    "ICO": lambda: b"\x00\x00\x01\x00" + bytes(200),
    "ZIP": lambda: b"PK\x03\x04" + bytes(200),
    "XCF": lambda: b"gimp xcf file\0" + bytes(200),
    # Another kind first, a picture behind it.
    "PDF before JPEG": lambda: PDF + encode(),
    "SVG before PNG": lambda: SVG + encode(kind="png"),
    "a line before GIF": lambda: b"\n" + encode(kind="gif"),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_other_kinds(name):
    assert refusal(OTHER_KINDS[name]()) is RefusalReason.UNSUPPORTED_TYPE


def test_what_follows_a_picture_does_not_change_what_it_is():
    assert probe(encode(kind="gif") + b"PK\x03\x04<script>").kind is Kind.GIF
    assert probe(encode() + PDF).kind is Kind.JPEG


def test_names_of_text_in_any_encoding():
    text = chunk(b"tEXt", b"Auteur\x92s\0someone")
    assert probe(png_that_claims(100, 100, text)).kind is Kind.PNG


def test_an_avif_may_name_itself_second():
    data = encode(kind="avif")
    length = int.from_bytes(data[:4], "big")
    brands = b"mif1" + data[12:16] + b"avif" + b"miaf"
    mif1 = (len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands
    assert sniff(mif1) is Kind.AVIF
    assert sniff(mif1.replace(b"avif", b"heic")) is None
    assert sniff(data[:length]) is Kind.AVIF


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (49, 1000, RefusalReason.TOO_SMALL),
        (1000, 49, RefusalReason.TOO_SMALL),
        (50, 10_001, RefusalReason.TOO_NARROW),
        (10_001, 50, RefusalReason.TOO_NARROW),
        (10_000, 10_001, RefusalReason.TOO_MANY_PIXELS),
        (60_000, 60_000, RefusalReason.TOO_MANY_PIXELS),
        (2**31 - 1, 2**31 - 1, RefusalReason.BROKEN),
        (0, 100, RefusalReason.BROKEN),
    ],
)
def test_limits_of_size(width, height, reason):
    assert refusal(png_that_claims(width, height)) is reason


@pytest.mark.parametrize(("width", "height"), [(50, 50), (50, 10_000), (10_000, 10_000)])
def test_up_to_the_limits_of_size(width, height):
    header = probe(png_that_claims(width, height))
    assert (header.width, header.height) == (width, height)


def test_frames_count_as_pixels():
    assert probe(gif_that_claims(2000, 2000, 25)).frames == 25
    assert refusal(gif_that_claims(2000, 2000, 26)) is RefusalReason.TOO_MANY_PIXELS


def test_limit_of_bytes():
    head = encode()
    assert probe(head + bytes(MAX_BYTES - len(head))).kind is Kind.JPEG
    assert refusal(head + bytes(MAX_BYTES - len(head) + 1)) is RefusalReason.TOO_LARGE


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif", "avif"])
def test_a_header_that_breaks_off(kind):
    assert refusal(encode(kind=kind)[:24]) in {RefusalReason.BROKEN, RefusalReason.UNSUPPORTED_TYPE}


# Small files that want very much memory.
BOMBS = {
    "pixels": lambda: png_that_claims(60_000, 60_000),
    "profile": lambda: png_that_claims(100, 100, chunk(b"iCCP", b"p\0\0" + _zeros())),
    "text": lambda: png_that_claims(100, 100, chunk(b"zTXt", b"Comment\0\0" + _zeros())),
    "xmp": lambda: png_that_claims(
        100, 100, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + _zeros())
    ),
    "frames": lambda: gif_that_claims(2000, 2000, 20_000),
}
PROBE = """
import resource, sys
from apps.media.imaging.probe import probe
from apps.media.imaging.refusals import PictureRefused
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    probe(data)
except PictureRefused:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _zeros():
    """A quarter of a gigabyte of zeros in a quarter of a megabyte."""
    packer = zlib.compressobj(9)
    part = bytes(2**20)
    return b"".join([packer.compress(part) for _ in range(2**8)] + [packer.flush()])


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_no_memory(name, tmp_path):
    file = tmp_path / "bomb"
    file.write_bytes(BOMBS[name]())
    grown = subprocess.run(
        [sys.executable, "-c", PROBE, file], capture_output=True, text=True, check=True
    )
    assert int(grown.stdout) < 10_000, "kilobytes"


def test_samples_differ():
    assert encode(picture(seed=1)) != encode(picture(seed=2))
