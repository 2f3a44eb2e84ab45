"""What does a picture's own record (EXIF) say: is it whole, is it missing, does it show that the picture was edited?"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

CHANGED, SOFTWARE, BLOCK, TAKEN, WIDTH, HEIGHT, GPS = 0x0132, 0x0131, 0x8769, 0x9003, 0xA002, 0xA003, 0x8825
WRITTEN_LATER = timedelta(minutes=2)  # a camera writes its file at once
EDITORS = (
    "photoshop", "lightroom", "gimp", "snapseed", "picsart", "meitu", "美图", "picasa", "pixelmator", "affinity", "vsco", "facetune",
    "photodirector", "paint.net", "acdsee", "醒图", "photogrid", "canva", "capcut", "剪映",
)  # fmt: skip


@dataclass(frozen=True)
class Exif:
    """kind: whole, missing or edited; `editor`: the software that says so itself."""

    kind: str
    editor: str = ""
    has_time: bool = False
    has_place: bool = False


def read(data: bytes) -> Exif:
    """A record that cannot be read is none."""
    try:
        picture = Image.open(io.BytesIO(data))
        exif = picture.getexif()
        own = exif.get_ifd(BLOCK)
        has_place = {2, 4} <= set(exif.get_ifd(GPS))
    except (OSError, ValueError, SyntaxError, TypeError, KeyError):
        return Exif("missing")
    software = str(exif.get(SOFTWARE, "")).strip("\0 ")[:60]
    taken = _moment(own.get(TAKEN))
    editor = software if any(name in software.lower() for name in EDITORS) else ""
    is_edited = bool(editor) or _is_written_later(taken, _moment(exif.get(CHANGED))) or _is_cut(own, picture.size)
    kind = "edited" if is_edited else "whole" if taken or has_place else "missing"
    return Exif(kind, editor, taken is not None, has_place)


def _is_written_later(taken: datetime | None, changed: datetime | None) -> bool:
    return bool(taken and changed and changed - taken > WRITTEN_LATER)


def _is_cut(own: dict, size: tuple[int, int]) -> bool:
    """It says it has another size than it has, whichever way up."""
    said = own.get(WIDTH), own.get(HEIGHT)
    return all(isinstance(n, int) and n > 0 for n in said) and sorted(said) != sorted(size)


def _moment(written: object) -> datetime | None:
    try:
        return datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
