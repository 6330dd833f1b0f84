"""Pictures for the demo: a folder's, or painted ones."""

import math
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pyvips
from numpy.typing import NDArray

Pixels = NDArray[np.float64]
Colour = tuple[int, int, int]

# Each from the background to the strongest colour.
PALETTES: list[list[Colour]] = [
    [(250, 236, 219), (240, 187, 143), (214, 122, 98), (140, 77, 92), (62, 48, 74)],
    [(230, 240, 236), (168, 208, 196), (104, 163, 158), (54, 107, 116), (28, 58, 74)],
    [(248, 244, 230), (232, 213, 160), (193, 169, 98), (123, 125, 74), (63, 74, 54)],
    [(238, 234, 246), (200, 190, 226), (152, 138, 196), (98, 88, 148), (52, 46, 92)],
    [(252, 240, 242), (244, 198, 206), (226, 140, 156), (172, 84, 112), (94, 44, 72)],
    [(234, 242, 250), (178, 208, 236), (110, 164, 214), (58, 108, 168), (26, 54, 98)],
]
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"}


def from_folder(folder: Path) -> list[bytes]:
    """The bytes of every picture file in `folder`, by name."""
    return [
        path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES
    ]


def painted(random: Random, count: int) -> Iterator[bytes]:
    """JPEG files of `count` painted pictures, the same for the same state of `random`."""
    painters = (_hills, _arches, _lights, _tiles)
    for number in range(count):
        # Painted at half of their size: soft shapes look the same, and a first start is quicker.
        width, height = random.choice([(360, 540), (400, 400), (480, 360), (340, 510), (360, 450)])
        pixels = painters[number % len(painters)](random, width, height, random.choice(PALETTES))
        image = pyvips.Image.new_from_array(pixels.clip(0, 255).astype(np.uint8))
        yield image.resize(2, kernel="cubic").write_to_buffer(".jpg", Q=84)


def _gradient(height: int, width: int, top: Colour, bottom: Colour) -> Pixels:
    share = np.linspace(0, 1, height)[:, None, None]
    return np.broadcast_to(
        np.array(top) * (1 - share) + np.array(bottom) * share, (height, width, 3)
    ).copy()


def _disc(shape: tuple[int, ...], x: float, y: float, radius: float) -> Pixels:
    """How much each pixel lies within a disc, 0 to 1, with a soft edge."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    distance = np.hypot(columns - x, rows - y)
    return np.clip(radius - distance + 0.5, 0, 1)[..., None]


def _blend(pixels: Pixels, colour: Colour, share: Pixels) -> Pixels:
    blended: Pixels = pixels * (1 - share) + np.array(colour) * share
    return blended


def _hills(random: Random, width: int, height: int, palette: list[Colour]) -> Pixels:
    """A sun over ranges of hills."""
    pixels = _gradient(height, width, palette[1], palette[0])
    radius = width * random.uniform(0.08, 0.14)
    sun = _disc(
        pixels.shape, width * random.uniform(0.2, 0.8), height * random.uniform(0.2, 0.35), radius
    )
    pixels = _blend(pixels, (255, 250, 240), sun)
    columns = np.arange(width)
    rows = np.arange(height)[:, None]
    for depth, colour in enumerate(palette[1:], start=1):
        base = height * (0.35 + 0.14 * depth)
        line = base + sum(
            height
            * 0.05
            / wave
            * np.sin(
                columns / width * math.tau * wave * random.uniform(0.6, 1.3) + random.uniform(0, 6)
            )
            for wave in (1, 2, 4)
        )
        pixels = _blend(pixels, colour, (rows > line)[..., None].astype(float))
    return pixels


def _arches(random: Random, width: int, height: int, palette: list[Colour]) -> Pixels:
    """Nested arches on a wall."""
    pixels = _gradient(height, width, palette[0], palette[0])
    x, floor = width * random.uniform(0.4, 0.6), height * 0.86
    for step, colour in enumerate(palette[1:]):
        radius = width * (0.42 - 0.09 * step)
        top = floor - radius - height * 0.18
        body = np.zeros((height, width, 1))
        body[int(top) : int(floor), max(int(x - radius), 0) : int(x + radius)] = 1
        pixels = _blend(pixels, colour, np.maximum(body, _disc(pixels.shape, x, top, radius)))
    pixels[int(floor) :] = palette[-1]
    return pixels


def _lights(random: Random, width: int, height: int, palette: list[Colour]) -> Pixels:
    """Lights out of focus at night."""
    pixels = _gradient(height, width, palette[-1], palette[-2])
    for _ in range(22):
        spot = _disc(
            pixels.shape,
            random.uniform(0, width),
            random.uniform(0, height),
            width * random.uniform(0.03, 0.13),
        )
        pixels = _blend(pixels, random.choice(palette[:3]), spot * random.uniform(0.2, 0.55))
    return pixels


def _tiles(random: Random, width: int, height: int, palette: list[Colour]) -> Pixels:
    """A floor of quarter-circle tiles."""
    side = width // random.choice([4, 5, 6])
    pixels = _gradient(height, width, palette[0], palette[0])
    for top in range(0, height, side):
        for left in range(0, width, side):
            cell = pixels[top : top + side, left : left + side]
            cell[:] = random.choice(palette[:2])
            corner = random.choice([(0, 0), (side, 0), (0, side), (side, side)])
            cell[:] = _blend(
                cell, random.choice(palette[2:]), _disc(cell.shape, *corner, side * 0.92)
            )
    return pixels
