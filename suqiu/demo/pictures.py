"""What do the photos of the demo city show? Drawn scenes, each of its own visit, with its time and place."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 480)
SKIES = ("#b8cbd6", "#d8d2c4", "#9fb4c0", "#cfd9d2", "#e3dccb", "#8fa3b0", "#c7c2d1")
WALLS = ("#a8947c", "#8c8f94", "#b7a48e", "#7e8a7c", "#c2b5a0", "#94806e", "#9aa7ad")
GROUNDS = ("#6f6a62", "#7d7468", "#5f666b", "#84806f", "#68706a")
TAKEN, GPS, EXIF_BLOCK = 0x9003, 0x8825, 0x8769


def photo(number: int, is_after: bool, taken_at: datetime, lon: float, lat: float) -> SimpleUploadedFile:
    """A JPEG as a phone would send it: the scene, and the time and place of taking in its EXIF."""
    name = f"{timezone.localtime(taken_at):IMG_%Y%m%d_%H%M%S}.jpg"
    body = _with_exif(scene(number, is_after), _exif(taken_at, lon, lat))
    return SimpleUploadedFile(name, body, content_type="image/jpeg")


def bare(number: int, is_after: bool) -> SimpleUploadedFile:
    """As it comes out of a chat: nothing is left of when and where."""
    return SimpleUploadedFile("mmexport.jpg", scene(number, is_after), content_type="image/jpeg")


@lru_cache(maxsize=8)
def scene(number: int, is_after: bool) -> bytes:
    """A drawn scene; the pair of a number shows the same place in disorder and put right."""
    rng = Random(f"scene {number}")
    picture = Image.new("RGB", SIZE, rng.choice(SKIES))
    draw = ImageDraw.Draw(picture)
    _houses(draw, rng)
    _ground(draw, rng)
    _trees(draw, rng)
    _trouble(draw, Random(f"trouble {number}"), is_after)
    _burnt_in(draw, f"DEMO {number % 1000:03d}  {'AFTER' if is_after else 'BEFORE'}")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=72)
    return out.getvalue()


def _houses(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    left = -20
    while left < SIZE[0]:
        width, top = rng.randint(90, 190), rng.randint(60, 190)
        draw.rectangle((left, top, left + width, 330), fill=rng.choice(WALLS))
        for x in range(left + 14, left + width - 24, 36):
            for y in range(top + 16, 300, 48):
                draw.rectangle((x, y, x + 18, y + 26), fill=rng.choice(("#3c4650", "#586672", "#e6d9a8")))
        left += width + rng.randint(4, 30)


def _trees(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Large and dark, wherever they stand: by them one street differs from the next."""
    for _n in range(rng.randint(1, 4)):
        x, y, r = rng.randint(0, SIZE[0]), rng.randint(90, 300), rng.randint(40, 120)
        draw.rectangle((x - 7, y, x + 7, 350), fill="#4a3a2a")
        draw.ellipse((x - r, y - r, x + r, y + r), fill=rng.choice(("#2f4a2a", "#4a6a3a", "#6b7a3f", "#263a24")))


def _ground(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    draw.rectangle((0, 330, *SIZE), fill=rng.choice(GROUNDS))
    draw.polygon([(240, 330), (400, 330), (620, 480), (20, 480)], fill="#565a5e")
    for y in range(345, 480, 30):
        draw.line((320, y, 320, y + 14), fill="#d9d6c8", width=4)


def _trouble(draw: ImageDraw.ImageDraw, rng: Random, is_after: bool) -> None:
    """What is wrong: a heap, a puddle, a hole. Afterwards a clean patch and a cone beside it."""
    x, y = rng.randint(120, 420), rng.randint(370, 420)
    if is_after:
        draw.rectangle((x - 60, y - 14, x + 80, y + 34), fill="#71777b")
        draw.polygon([(x + 96, y + 30), (x + 108, y - 20), (x + 120, y + 30)], fill="#d9702e")
        return
    kind = rng.choice(("heap", "puddle", "hole"))
    if kind == "heap":
        for _n in range(26):
            a, b, r = x + rng.randint(-60, 60), y + rng.randint(-26, 26), rng.randint(6, 20)
            draw.ellipse((a - r, b - r, a + r, b + r), fill=rng.choice(("#4a5d3a", "#7a5b3c", "#9b9b8e", "#b0532f")))
    else:
        draw.ellipse((x - 90, y - 26, x + 90, y + 30), fill="#55809a" if kind == "puddle" else "#26282a")
        draw.ellipse((x - 70, y - 18, x + 70, y + 20), fill="#6d97ae" if kind == "puddle" else "#151617")


def _burnt_in(draw: ImageDraw.ImageDraw, text: str) -> None:
    font = ImageFont.load_default(22)
    draw.rectangle((0, 448, 250, 480), fill="#101418")
    draw.text((12, 452), text, fill="#f2f0e6", font=font)


def _exif(taken_at: datetime, lon: float, lat: float) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(EXIF_BLOCK)[TAKEN] = timezone.localtime(taken_at).strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(GPS).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon)})
    return exif.tobytes()


def _degrees(value: float) -> tuple[float, float, float]:
    whole, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    return float(int(whole)), float(int(minutes)), round(rest * 60, 2)


def _with_exif(jpeg: bytes, exif: bytes) -> bytes:
    """The EXIF goes in as a segment right after the start marker: no picture is encoded twice."""
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]
