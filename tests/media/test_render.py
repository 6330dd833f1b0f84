"""What is made of a picture."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.media.imaging.refusals import PictureRefused, RefusalReason
from apps.media.imaging.render import Rendering
from apps.media.imaging.sizes import MAX_HEIGHT, Format, Size, dimensions, file_name, kept, kept_as
from apps.media.imaging.vips import pyvips
from tests.media.samples import (
    GPS,
    SECRET,
    animation,
    encode,
    picture,
    pixel,
    plain,
    read,
    with_metadata,
)

ORANGE, BROWN, GRAY = (200, 100, 50), (120, 110, 100), (100, 100, 100)
KINDS = ["jpg", "png", "webp", "gif", "avif"]


def render(data):
    return {file.name: file.content for file in Rendering(data).files()}


def near(found, wanted, by=6):
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


# --- sizes ----------------------------------------------------------------------------------------


def test_a_large_picture_has_every_size_in_both_formats():
    files = render(encode(picture(1600, 1200)))
    sizes = {name: (read(content).width, read(content).height) for name, content in files.items()}
    expected = {
        "w236": (236, 177),
        "w474": (474, 356),
        "w600": (600, 450),
        "w736": (736, 552),
        "w1200": (1200, 900),
        "crop_150x150": (150, 150),
        "crop_400x300": (400, 300),
    }
    assert sizes == {
        f"{name}.{end}": size for name, size in expected.items() for end in ("webp", "jpg")
    }
    loaders = {name: read(content).get("vips-loader") for name, content in files.items()}
    assert set(loaders.values()) == {"webpload_buffer", "jpegload_buffer"}
    assert all(("jpeg" in loader) == name.endswith(".jpg") for name, loader in loaders.items())


def test_a_small_picture_is_not_enlarged_and_kept_once():
    files = render(encode(picture(300, 100), "png"))
    assert sorted(files) == sorted(
        f"{name}.{end}"
        for name in ("w236", "w474", "crop_150x150", "crop_400x300")
        for end in ("webp", "jpg")
    )
    sizes = {name: (read(content).width, read(content).height) for name, content in files.items()}
    assert sizes["w236.webp"] == (236, 79)
    assert sizes["w474.webp"] == (300, 100)
    assert sizes["crop_150x150.jpg"] == (100, 100)
    assert sizes["crop_400x300.jpg"] == (133, 100)
    assert kept_as(Size.W1200, 300) is Size.W474
    assert kept_as(Size.W236, 300) is Size.W236


@pytest.mark.parametrize(
    ("width", "height"), [(50, 10_000), (10_000, 50), (120, 20_000), (236, 50)]
)
def test_strips(width, height):
    files = render(encode(plain((10, 20, 30), width, height), "png"))
    for name, content in files.items():
        size = Size[name.partition(".")[0].upper()]
        image = read(content)
        assert (image.width, image.height) == dimensions(size, width, height)


@given(st.integers(50, 20_000), st.integers(50, 20_000), st.sampled_from(Size))
def test_dimensions_fit_the_box_and_keep_the_shape(width, height, size):
    found = dimensions(size, width, height)
    box = size.value
    assert 1 <= found.width <= min(box.width, width)
    if size.is_crop:
        assert found.height <= min(box.height, height)
        assert abs(found.width / found.height - box.width / box.height) < 0.02
        return
    assert 1 <= found.height <= min(MAX_HEIGHT, height)
    scale = found.width / width
    assert abs(found.height - height * scale) <= 0.5 * height / width + 1
    assert dimensions(kept_as(size, width), width, height) == found
    assert kept_as(size, width) in kept(width)


@settings(max_examples=25, deadline=None)
@given(st.integers(50, 1500), st.integers(50, 1500))
def test_files_have_the_dimensions_that_are_told(width, height):
    rendering = Rendering(encode(plain((1, 2, 3), width, height), "png"))
    for size, format in itertools.product(Size, Format):
        assert file_name(kept_as(size, width), format) in {
            file_name(one, format) for one in kept(width)
        }
    for size in kept(width):
        image = rendering._fit(size)
        assert (image.width, image.height) == dimensions(size, width, height)


# --- what must not get through --------------------------------------------------------------------


def jpeg_segments(content):
    """The markers of a JPEG up to its pixels, read without any library."""
    assert content[:2] == b"\xff\xd8"
    at, found = 2, []
    while content[at + 1] != 0xDA:
        assert content[at] == 0xFF
        found.append(content[at + 1])
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return found


def webp_chunks(content):
    """The chunks of a WebP, read without any library."""
    at, found = 12, []
    while at < len(content):
        found.append(content[at : at + 4])
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return found


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_no_metadata_gets_through(kind):
    data = with_metadata(kind)
    assert SECRET.encode() in data, "the sample tells where it was made"
    assert read(data).get("exif-ifd3-GPSLatitude").startswith(GPS)
    for name, content in render(data).items():
        assert SECRET.encode() not in content
        if name.endswith(".jpg"):
            # JFIF, tables, one frame: no APP1 (EXIF, XMP), APP2 (ICC), APP13 (IPTC), comment.
            assert set(jpeg_segments(content)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD}
        else:
            assert set(webp_chunks(content)) <= {b"VP8 ", b"VP8X", b"ALPH"}
        fields = read(content).get_fields()
        assert not [field for field in fields if field.startswith(("exif", "xmp", "iptc", "icc"))]


@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "webp"])
def test_what_hides_behind_a_picture_stays_behind(kind):
    payload = b"<script>alert(1)</script>PK\x03\x04"
    for content in render(encode(kind=kind) + payload).values():
        assert b"script" not in content
        assert b"PK\x03\x04" not in content


# --- pixels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_applied(kind, orientation):
    red, blue, green, white = (255, 0, 0), (0, 0, 255), (0, 160, 0), (255, 255, 255)
    upright = pyvips.Image.arrayjoin(
        [plain(color, 100, 60) for color in (red, blue, green, white)], across=2
    )
    turn = {
        1: lambda i: i,
        2: lambda i: i.fliphor(),
        3: lambda i: i.rot180(),
        4: lambda i: i.flipver(),
        5: lambda i: i.rot90().fliphor(),
        6: lambda i: i.rot270(),
        7: lambda i: i.rot270().fliphor(),
        8: lambda i: i.rot90(),
    }[orientation]
    lying = turn(upright).copy()
    lying.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    content = render(encode(lying, kind))["w236.webp"]
    assert (read(content).width, read(content).height) == (200, 120)
    corners = [(20, 20), (180, 20), (20, 100), (180, 100)]
    for (x, y), color in zip(corners, (red, blue, green, white), strict=True):
        assert near(pixel(content, x, y), color, by=12)


COLOURED = {
    "palette": (lambda: encode(plain(ORANGE), "png", bitdepth=8, palette=True), ORANGE),
    "16 bits": (lambda: encode(plain(ORANGE).colourspace("rgb16"), "png"), ORANGE),
    "gray png": (lambda: encode(plain(ORANGE)[1].copy(interpretation="b-w"), "png"), GRAY),
    "gray jpeg": (lambda: encode(plain(ORANGE)[1].copy(interpretation="b-w"), "jpg"), GRAY),
    "wide gamut": (
        lambda: encode(plain(ORANGE).icc_transform("p3", input_profile="srgb"), "jpg"),
        ORANGE,
    ),
    "cmyk": (
        lambda: encode(plain(BROWN).icc_transform("cmyk", input_profile="srgb"), "jpg", Q=98),
        BROWN,
    ),
    "avif": (lambda: encode(plain(ORANGE), "avif", Q=95), ORANGE),
    "gif": (lambda: encode(plain(ORANGE), "gif"), ORANGE),
}


@pytest.mark.parametrize("name", COLOURED)
def test_colours_arrive_in_srgb(name):
    made, color = COLOURED[name]
    data = made()
    for name, content in render(data).items():
        assert read(content).bands == (1 if read(content).interpretation == "b-w" else 3), name
        assert near(pixel(content, 20, 20), color, by=8), name
    assert near(bytes.fromhex(Rendering(data).traits.dominant_color[1:]), color, by=8)


def test_cmyk_without_a_profile_is_taken():
    ink = plain((0, 255, 255, 0)).copy(interpretation="cmyk")
    red, green, blue = pixel(render(encode(ink, "jpg", keep="none"))["w236.webp"], 20, 20)
    assert red > 180
    assert max(green, blue) < 90


def test_a_broken_profile_is_no_reason_to_refuse():
    image = plain((200, 100, 50)).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"no profile at all" * 20)
    assert near(pixel(render(encode(image, "png"))["w236.webp"], 20, 20), (200, 100, 50), by=8)


@pytest.mark.parametrize("kind", ["png", "webp", "avif"])
def test_transparency_stays_in_webp_and_is_white_in_jpeg(kind):
    glass = plain((0, 0, 255, 0)).insert(plain((255, 0, 0, 255), 60, 90), 0, 0)
    files = render(encode(glass, kind))
    assert near(pixel(files["w236.webp"], 20, 40), (255, 0, 0, 255), by=10)
    assert pixel(files["w236.webp"], 100, 40)[3] == 0
    assert near(pixel(files["w236.jpg"], 100, 40), (255, 255, 255))


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_shows_its_first_frame(kind):
    rendering = Rendering(animation(kind=kind))
    assert rendering.header.is_animated
    for file in rendering.files():
        assert near(pixel(file.content, 20, 20), (255, 0, 0), by=12)
        assert "n-pages" not in read(file.content).get_fields()


# --- files that are not what they say -------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_breaks_off_is_refused(kind, part):
    data = encode(picture(400, 300), kind)
    with pytest.raises(PictureRefused) as caught:
        Rendering(data[: int(len(data) * part)])
    assert caught.value.reason is RefusalReason.BROKEN


MUTABLE = [encode(picture(64, 56), kind) for kind in KINDS] + [animation(3, 64, 56)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.sampled_from(MUTABLE),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.floats(0, 1) | st.none(),
)
def test_whatever_the_bytes_the_answer_is_a_picture_or_a_refusal(data, changes, cut):
    mutated = bytearray(data)
    for place, value in changes:
        mutated[int(place * (len(data) - 1))] = value
    if cut is not None:
        del mutated[int(cut * len(data)) :]
    try:
        rendering = Rendering(bytes(mutated))
    except PictureRefused:
        return
    assert all(read(file.content).width > 0 for file in rendering.files())
