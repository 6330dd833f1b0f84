"""Small numbers that stand for a picture: its colour, its blur, its look.

Written here on numpy. The packages for this bring Pillow, SciPy or PyWavelets, or fail on pictures
with transparency; see the decision record on picture hashes.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]


def dominant_color(rgb: Pixels) -> str:
    """The mean of the most frequent colours of `rgb` (height, width, 3), as `#rrggbb`.

    Colours are alike when the upper three bits of each channel are.
    """
    pixels = rgb.reshape(-1, 3)
    red, green, blue = (pixels >> 5).astype(np.intp).T
    bins = red << 6 | green << 3 | blue
    frequent = pixels[bins == np.bincount(bins).argmax()]
    return "#" + "".join(f"{value:02x}" for value in frequent.mean(axis=0).round().astype(int))


def perceptual_hash(gray: Floats) -> int:
    """The 64-bit DCT hash of a picture shrunk to `gray` (32, 32).

    Each bit says whether one of the 64 lowest frequencies is above their median. Pictures that look
    alike differ in few bits (http://www.phash.org, and `phash` of the imagehash package).
    """
    # Rounded, so that a picture of one colour has one hash and not one of noise.
    low = (_cosines(32, 8) @ gray @ _cosines(32, 8).T).round(3)
    bits = (low > np.median(low)).flatten()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@cache
def _cosines(size: int, count: int) -> Floats:
    """The first `count` rows of the DCT-II of `size` samples."""
    rows = np.arange(count)[:, None]
    return np.cos(np.pi / size * rows * (np.arange(size)[None, :] + 0.5))


def thumbhash(rgba: Pixels) -> bytes:
    """The ThumbHash of `rgba` (height, width, 4), of 100 pixels a side at most.

    After Evan Wallace's reference, https://evanw.github.io/thumbhash/: 5 to 25 bytes that draw a
    blurred placeholder with its colours, shape and transparency.
    """
    height, width = rgba.shape[:2]
    light, yellow, red, alpha = _lpqa(rgba)
    has_alpha = bool(alpha.sum() < width * height)
    limit, longer = (5 if has_alpha else 7), max(width, height)
    across = max(1, _round(limit * width / longer))
    down = max(1, _round(limit * height / longer))
    lightness = _Channel(light, max(3, across), max(3, down))
    p, q = _Channel(yellow, 3, 3), _Channel(red, 3, 3)
    landscape = width > height
    first = (
        _round(63 * lightness.dc)
        | _round(31.5 + 31.5 * p.dc) << 6
        | _round(31.5 + 31.5 * q.dc) << 12
        | _round(31 * lightness.scale) << 18
        | has_alpha << 23
    )
    second = (
        (down if landscape else across)
        | _round(63 * p.scale) << 3
        | _round(63 * q.scale) << 9
        | landscape << 15
    )
    hashed = bytearray(first.to_bytes(3, "little") + second.to_bytes(2, "little"))
    waves = [*lightness.nibbles(), *p.nibbles(), *q.nibbles()]
    if has_alpha:
        opacity = _Channel(alpha, 5, 5)
        hashed.append(_round(15 * opacity.dc) | _round(15 * opacity.scale) << 4)
        waves += opacity.nibbles()
    waves += [0] * (len(waves) % 2)
    hashed += bytes(low | high << 4 for low, high in zip(waves[::2], waves[1::2], strict=True))
    return bytes(hashed)


def _lpqa(rgba: Pixels) -> tuple[Floats, Floats, Floats, Floats]:
    """Lightness, yellow to blue, red to green, and opacity, laid over the picture's mean colour."""
    alpha = rgba[..., 3] / 255
    rgb = rgba[..., :3] / 255
    total = alpha.sum()
    mean = (rgb * alpha[..., None]).sum(axis=(0, 1)) / total if total else np.zeros(3)
    r, g, b = np.moveaxis(mean * (1 - alpha[..., None]) + rgb * alpha[..., None], -1, 0)
    return (r + g + b) / 3, (r + g) / 2 - b, r - g, alpha


class _Channel:
    """The lowest cosine waves of a channel: `dc` its mean, `ac` the others, `scale` the largest."""

    def __init__(self, values: Floats, across: int, down: int) -> None:
        height, width = values.shape
        waves = _cosines(height, down) @ values @ _cosines(width, across).T / (width * height)
        kept = [
            waves[y, x]
            for y in range(down)
            for x in range(across)
            if x * down < across * (down - y)
        ]
        self.dc, self.ac = float(kept[0]), [float(wave) for wave in kept[1:]]
        self.scale = max((abs(wave) for wave in self.ac), default=0.0)

    def nibbles(self) -> list[int]:
        """Each wave as a number from 0 to 15."""
        if not self.scale:
            return [0] * len(self.ac)
        return [_round(15 * (0.5 + 0.5 / self.scale * wave)) for wave in self.ac]


def _round(value: float) -> int:
    """Halves go up, as in the reference; Python would take them to the even number."""
    return int(value + 0.5)
