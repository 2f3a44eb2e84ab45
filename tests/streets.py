"""Drawn streets for tests of pictures: one street can be seen from many standpoints, at many hours, with other cars in it."""

from __future__ import annotations

import io
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

WIDE, HIGH = 1600, 900  # the whole street; a photo shows a part of it
SHOWN = (800, 600)
COLOURS = ("#a8947c", "#8c8f94", "#b7a48e", "#6e7a6c", "#c2b5a0", "#54606e", "#9a4f3a", "#d8cfae", "#3f4a3f")


@cache
def street(number: int) -> Image.Image:
    """Houses with windows, a road, trees: the same for the same number."""
    rng = Random(f"street {number}")
    picture = Image.new("RGB", (WIDE, HIGH), rng.choice(("#b8cbd6", "#d8d2c4", "#9fb4c0", "#e3dccb", "#8fa3b0")))
    draw, left = ImageDraw.Draw(picture), -60
    while left < WIDE:
        width, top = rng.randint(90, 280), rng.randint(40, 380)
        draw.rectangle((left, top, left + width, 620), fill=rng.choice(COLOURS))
        for x in range(left + 16, left + width - 30, rng.randint(34, 60)):
            for y in range(top + 20, 580, rng.randint(50, 80)):
                draw.rectangle((x, y, x + 22, y + 32), fill=rng.choice(("#2c3640", "#586672", "#e6d9a8", "#1b1f24")))
        left += width + rng.randint(-10, 60)
    draw.rectangle((0, 620, WIDE, HIGH), fill=rng.choice(("#6f6a62", "#5f666b", "#84806f")))
    draw.polygon([(300, 620), (1300, 620), (WIDE + 200, HIGH), (-200, HIGH)], fill="#4c5054")
    for _n in range(rng.randint(3, 7)):
        x, r = rng.randint(0, WIDE), rng.randint(40, 110)
        draw.rectangle((x - 8, 500, x + 8, 700), fill="#4a3a2a")
        draw.ellipse((x - r, 420 - r, x + r, 520), fill=rng.choice(("#35502f", "#4a6a3a", "#6b7a3f")))
    return picture


def passers(picture: Image.Image, rng: Random) -> Image.Image:
    """The cars and people of one moment."""
    shown = picture.copy()
    draw = ImageDraw.Draw(shown)
    for _n in range(rng.randint(3, 8)):
        x, y, w = rng.randint(0, WIDE), rng.randint(640, 800), rng.randint(70, 220)
        draw.rectangle(
            (x, y, x + w, y + w // 2), fill=rng.choice(("#7a1f1f", "#eeeeee", "#20242c", "#c9a227", "#2d5d8a"))
        )
    return shown


@cache
def taken(number: int, moment: int) -> Image.Image:
    """A photo of that street: from another standpoint, nearer or farther, held askew, in another light, at each moment."""
    rng = Random(f"street {number} moment {moment}")
    whole = passers(street(number), rng).rotate(rng.uniform(-3, 3), Image.Resampling.BILINEAR)
    size = rng.uniform(0.55, 0.8)
    width, height = round(HIGH * size * 4 / 3), round(HIGH * size)
    left = rng.randint(60, WIDE - width - 60)
    top = rng.randint(30, HIGH - height - 30)
    seen = whole.crop((left, top, left + width, top + height)).resize(SHOWN, Image.Resampling.BILINEAR)
    seen = seen.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2)))
    return ImageEnhance.Brightness(seen).enhance(rng.uniform(0.75, 1.2))


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def cut(picture: Image.Image, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Image.Image:
    """Without so much of its width and height on each side."""
    w, h = picture.size
    return picture.crop((round(left * w), round(top * h), round(w - right * w), round(h - bottom * h)))
