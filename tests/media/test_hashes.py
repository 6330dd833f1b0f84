"""Hashes against independent statements of the same."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from apps.media.imaging.hashes import dominant_color, perceptual_hash, thumbhash
from apps.media.imaging.render import Rendering
from tests.media.samples import encode, picture, plain

rgba_pictures = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda size: arrays(np.uint8, (*size, 4), elements=st.integers(0, 255))
)


def reference_thumbhash(w, h, rgba):  # noqa: C901 - a transcription, to be read beside its original
    """`rgbaToThumbHash` of evanw/thumbhash (js/thumbhash.js, MIT), line by line."""

    def js_round(value):
        return math.floor(value + 0.5)

    avg_r = avg_g = avg_b = avg_a = 0.0
    for j in range(0, w * h * 4, 4):
        alpha = rgba[j + 3] / 255
        avg_r += alpha / 255 * rgba[j]
        avg_g += alpha / 255 * rgba[j + 1]
        avg_b += alpha / 255 * rgba[j + 2]
        avg_a += alpha
    if avg_a:
        avg_r, avg_g, avg_b = avg_r / avg_a, avg_g / avg_a, avg_b / avg_a
    has_alpha = avg_a < w * h
    l_limit = 5 if has_alpha else 7
    lx = max(1, js_round(l_limit * w / max(w, h)))
    ly = max(1, js_round(l_limit * h / max(w, h)))
    l, p, q, a = [], [], [], []  # noqa: E741
    for j in range(0, w * h * 4, 4):
        alpha = rgba[j + 3] / 255
        r = avg_r * (1 - alpha) + alpha / 255 * rgba[j]
        g = avg_g * (1 - alpha) + alpha / 255 * rgba[j + 1]
        b = avg_b * (1 - alpha) + alpha / 255 * rgba[j + 2]
        l.append((r + g + b) / 3)
        p.append((r + g) / 2 - b)
        q.append(r - g)
        a.append(alpha)

    def encode_channel(channel, nx, ny):
        dc, ac, scale = 0.0, [], 0.0
        for cy in range(ny):
            cx = 0
            while cx * ny < nx * (ny - cy):
                f = 0.0
                fx = [math.cos(math.pi / w * cx * (x + 0.5)) for x in range(w)]
                for y in range(h):
                    fy = math.cos(math.pi / h * cy * (y + 0.5))
                    for x in range(w):
                        f += channel[x + y * w] * fx[x] * fy
                f /= w * h
                if cx or cy:
                    ac.append(f)
                    scale = max(scale, abs(f))
                else:
                    dc = f
                cx += 1
        return dc, ac, scale

    channels = [
        encode_channel(l, max(3, lx), max(3, ly)),
        encode_channel(p, 3, 3),
        encode_channel(q, 3, 3),
    ]
    return has_alpha, channels, encode_channel(a, 5, 5) if has_alpha else None, (lx, ly)


def decoded(hashed):
    """The numbers in a ThumbHash, by the layout that its specification draws."""
    head = int.from_bytes(hashed[:3], "little")
    tail = int.from_bytes(hashed[3:5], "little")
    has_alpha = bool(head >> 23)
    fields = {
        "l_dc": (head & 63) / 63,
        "p_dc": (head >> 6 & 63) / 31.5 - 1,
        "q_dc": (head >> 12 & 63) / 31.5 - 1,
        "l_scale": (head >> 18 & 31) / 31,
        "p_scale": (tail >> 3 & 63) / 63,
        "q_scale": (tail >> 9 & 63) / 63,
    }
    waves = hashed[6:] if has_alpha else hashed[5:]
    return fields, [n for byte in waves for n in (byte & 15, byte >> 4)], has_alpha, tail


@settings(max_examples=60, deadline=None)
@given(rgba_pictures)
def test_thumbhash_is_that_of_the_reference(rgba):
    height, width = rgba.shape[:2]
    has_alpha, channels, alpha, (lx, ly) = reference_thumbhash(
        width, height, rgba.flatten().tolist()
    )
    hashed = thumbhash(rgba)
    fields, waves, flag, tail = decoded(hashed)
    assert flag is has_alpha
    assert tail & 7 == (ly if width > height else lx)
    assert bool(tail >> 15) is (width > height)
    for name, (dc, _, scale) in zip("lpq", channels, strict=True):
        assert abs(fields[f"{name}_dc"] - dc) <= 0.5 / 31 + 1e-9
        assert abs(fields[f"{name}_scale"] - scale) <= 0.5 / 31 + 1e-9
    if alpha:
        assert abs((hashed[5] & 15) / 15 - alpha[0]) <= 0.5 / 15 + 1e-9
        channels = [*channels, alpha]
    expected = [0.5 + 0.5 / s * f if s else 0 for _, ac, s in channels for f in ac]
    assert len(waves) - len(expected) in (0, 1)
    for found, wanted, scale in zip(
        waves, expected, [s for _, ac, s in channels for _ in ac], strict=False
    ):
        # A scale that is nothing but rounding noise has waves that mean nothing.
        if scale > 1e-9:
            assert abs(found - 15 * wanted) <= 0.5 + 1e-6


def test_thumbhash_of_one_colour():
    # Lightness 60/255 is 15 of 63, both differences of colour are 32 of 63, and there are no waves.
    # A square of seven waves a side.
    one = thumbhash(np.full((16, 16, 4), (60, 60, 60, 255), np.uint8))
    assert one[:5].hex() == "0f08020700"


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_one_colour_is_dominant(color):
    pixels = np.full((4, 5, 3), color, np.uint8)
    assert dominant_color(pixels) == "#{:02x}{:02x}{:02x}".format(*color)


def test_the_larger_part_is_dominant():
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:6] = (250, 10, 10)
    pixels[:3] = (254, 14, 14)
    assert dominant_color(pixels) == "#fc0c0c"


def distance(one, other):
    return (one ^ other).bit_count()


def phash(image, kind="jpg", **options):
    return Rendering(encode(image, kind, **options)).traits.phash


def test_a_picture_that_looks_the_same_has_almost_the_same_hash():
    original = phash(picture(600, 400, seed=3))
    assert 0 <= original < 2**64
    assert distance(original, phash(picture(600, 400, seed=3).resize(0.5), "webp")) <= 4
    assert distance(original, phash(picture(600, 400, seed=3), Q=30)) <= 4
    assert distance(original, phash(picture(600, 400, seed=3) * 0.8)) <= 10


def test_another_picture_has_another_hash():
    hashes = [phash(picture(seed=seed)) for seed in range(1, 7)]
    apart = [distance(one, other) for one in hashes for other in hashes if one != other]
    assert len(apart) == 30
    assert min(apart) > 10


@given(arrays(np.float64, (32, 32), elements=st.integers(0, 255)))
@settings(max_examples=20, deadline=None)
def test_perceptual_hash_is_the_sign_of_the_low_frequencies(gray):
    def wave(u, v):
        across = [math.cos(math.pi / 32 * u * (x + 0.5)) for x in range(32)]
        down = [math.cos(math.pi / 32 * v * (y + 0.5)) for y in range(32)]
        return math.fsum(
            value * a * d
            for row, d in zip(gray.tolist(), down, strict=True)
            for value, a in zip(row, across, strict=True)
        )

    low = [wave(u, v) for v in range(8) for u in range(8)]
    middle = (sorted(low)[31] + sorted(low)[32]) / 2
    bits = f"{perceptual_hash(gray):064b}"
    for bit, height in zip(bits, low, strict=True):
        # A wave at the median but for rounding may fall on either side.
        if abs(height - middle) > 2e-3:
            assert (bit == "1") == (height > middle)


def test_a_hash_of_nothing_is_a_number():
    assert Rendering(encode(plain((0, 0, 0)))).traits.dominant_color == "#000000"
