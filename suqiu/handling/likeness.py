"""Do two pictures come from one shot? A hash of 64 bits of the picture and of its slight crops; near is at most six bits apart.

The hash is that of low frequencies (DCT of a grey picture of 32 x 32): what is bright and dark in the large, which survives another
encoding, another size and another brightness. A crop moves everything a little, and a brightened sky loses its clouds, so that slight crops and
brighter ones are hashed too. Decision 0019.
"""

from __future__ import annotations

import io
from functools import cache
from math import cos, pi, sqrt
from operator import mul
from statistics import median

from PIL import Image, ImageOps

NEAR = 6  # bits
NEAR_IN_CASE = (
    2  # within one case: the page itself lays the first picture over the camera, to show the same place again
)
SIDE = 32
BITS = 64
CROP = 0.05  # of width or height
BRIGHTER = (1.2, 1.4)  # so many times
PLAIN = 16.0  # a picture whose low frequencies are all weaker shows nothing to compare
WORKED_ON = 256  # pixels: what is hashed is made from no more
QUARTERS = (48, 32, 16, 0)


def crops() -> tuple[tuple[float, float, float, float], ...]:
    """What is cut off left, top, right and bottom: nothing first, then each side, each corner, two opposite sides, and all around."""
    sides = [tuple(CROP if n == side else 0.0 for n in range(4)) for side in range(4)]
    corners = [tuple(CROP if n in pair else 0.0 for n in range(4)) for pair in ((0, 1), (1, 2), (2, 3), (3, 0))]
    opposite = [tuple(CROP if n in pair else 0.0 for n in range(4)) for pair in ((0, 2), (1, 3))]
    around = [(part,) * 4 for part in (CROP / 2, CROP)]
    return ((0.0,) * 4, *sides, *corners, *opposite, *around)


def hashes(data: bytes) -> list[int]:
    """The whole picture's first, then its crops' and brighter ones'; empty where the picture shows nothing to compare."""
    picture = _grey(data)
    width, height = picture.size
    boxes = [
        (left * width, top * height, (1 - right) * width, (1 - foot) * height) for left, top, right, foot in crops()
    ]
    found = [_waves(picture, box) for box in boxes]
    if max(map(abs, found[0])) < PLAIN:
        return []
    found += [_waves(picture.point([min(255, round(n * more)) for n in range(256)]), boxes[0]) for more in BRIGHTER]
    return [_hash(waves) for waves in found]


def _grey(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.draft("L", (WORKED_ON, WORKED_ON))
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "P"):
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
    picture = picture.convert("L")
    picture.thumbnail((WORKED_ON, WORKED_ON), Image.Resampling.BOX)
    return picture


def _hash(waves: list[float]) -> int:
    middle = median(waves)
    return sum(1 << n for n, wave in enumerate(waves) if wave > middle)


def _waves(picture: Image.Image, box: tuple[float, ...]) -> list[float]:
    """The 64 lowest frequencies of this part of it, but for the mean, lowest first."""
    pixels, base = picture.resize((SIDE, SIDE), Image.Resampling.BOX, box=box).tobytes(), _base()
    rows = [pixels[n : n + SIDE] for n in range(0, SIDE * SIDE, SIDE)]
    across = [[sum(map(mul, wave, row)) for row in rows] for wave in base]
    return [sum(map(mul, base[down], across[right])) for down, right in _lowest()]


@cache
def _base() -> list[list[float]]:
    scale = sqrt(2 / SIDE)
    return [[scale * cos(pi * k * (2 * n + 1) / (2 * SIDE)) for n in range(SIDE)] for k in range(11)]


@cache
def _lowest() -> list[tuple[int, int]]:
    pairs = [(down, right) for down in range(11) for right in range(11) if down or right]
    return sorted(pairs, key=lambda pair: (sum(pair), abs(pair[0] - pair[1]), pair))[:BITS]


# ---- how far apart, and where to look


def apart(one: int, other: int) -> int:
    return ((one ^ other) & (1 << BITS) - 1).bit_count()


def quarters(value: int) -> tuple[int, ...]:
    return tuple(value >> shift & 0xFFFF for shift in QUARTERS)


def probes(quarter: int) -> list[int]:
    """Itself and what differs in one bit. Of two hashes at most six bits apart one quarter differs in one bit at most: 4 x 2 > 6."""
    return [quarter, *(quarter ^ 1 << n for n in range(16))]


def signed(value: int) -> int:
    """As the database keeps 64 bits."""
    return value - (1 << BITS) if value >> (BITS - 1) else value
