"""Is this file what its name says, and how is it kept? Pictures are re-encoded for view, the original stays as proof."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from datetime import datetime

import filetype
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

from suqiu.directory import chain
from suqiu.errors import Refused
from suqiu.gateways import storage

from .advance import Stepping
from .models import Attachment

register_heif_opener()
PIXELS_AT_MOST = 50_000_000
Image.MAX_IMAGE_PIXELS = (
    PIXELS_AT_MOST  # beyond it Pillow warns, beyond twice as many it raises, wherever a picture is opened
)

PICTURES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/webp": ".webp",
    "image/gif": ".gif",
}
PAPERS = {"application/pdf": ".pdf"}
TO_CHOOSE = "image/jpeg,image/png,image/heic,image/heif,image/webp,image/gif,application/pdf"  # what a browser offers
VIEW_PIXELS = 1600  # the longer side of what is shown
FILES_AT_MOST = 9
TAKEN, GPS = 0x9003, 0x8825


def keep(s: Stepping, upload, kind: str) -> Attachment:
    """Checks by content, never by name; stores; puts a salted digest into the line being written."""
    if sum(name.startswith("file:") for name in s.files) >= FILES_AT_MOST:
        raise Refused(_("一次最多 %(n)d 个文件") % {"n": FILES_AT_MOST}, status=413, field="photos")
    name = clean_name(upload.name)
    if upload.size > settings.UPLOAD_LIMIT:
        raise Refused(
            _("%(name)s 太大（最多 %(mb)d MB）") % {"name": name, "mb": settings.UPLOAD_LIMIT >> 20},
            status=413,
            field="photos",
        )
    data = upload.read()
    mime = kind_of(data)
    if mime is None:
        raise Refused(
            _("%(name)s 不是照片或 PDF。只收 JPG、PNG、HEIC、WebP 照片和 PDF") % {"name": name},
            status=415,
            field="photos",
        )
    facts = picture_facts(data, name) if mime in PICTURES else {}
    row = Attachment(case=s.case, line_no=s.line_no, kind=kind, name=name, mime=mime, size=len(data), **facts)
    row.sha256, row.salt = hashlib.sha256(data).hexdigest(), chain.new_salt()
    row.path = storage.write(data, (PICTURES | PAPERS)[mime])
    row.save()
    s.files[f"file:{row.pk}"] = chain.digest(row.salt, row.sha256.encode())
    return row


def kind_of(data: bytes) -> str | None:
    """The type by content, if it is one of those we take."""
    found = filetype.guess(data[:8192])
    mime = found.mime if found else None
    mime = "image/heic" if mime in ("image/heif", "image/heic") else mime
    return mime if mime in PICTURES or mime in PAPERS else None


def picture_facts(data: bytes, name: str) -> dict:
    """Opens the picture far enough to know that it is one; time and place as the file has them."""
    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > PIXELS_AT_MOST:
            raise Image.DecompressionBombError
        exif = picture.getexif()
        picture.draft("RGB", (64, 64))
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_("%(name)s 像素太多，请用普通照片") % {"name": name}, status=413, field="photos") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refused(
            _("%(name)s 打不开，可能传坏了，请重拍或重选") % {"name": name}, status=422, field="photos"
        ) from error
    taken = _taken_at(exif.get_ifd(0x8769).get(TAKEN))
    longitude, latitude = _position(exif.get_ifd(GPS))
    return {
        "taken_at": taken,
        "longitude": longitude,
        "latitude": latitude,
        "facts_from": "exif" if taken or longitude else "",
    }


def for_view(data: bytes) -> bytes:
    """A JPEG of at most 1600 pixels a side, turned upright, without place or device data."""
    picture = Image.open(io.BytesIO(data))
    picture.draft("RGB", (VIEW_PIXELS, VIEW_PIXELS))
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((VIEW_PIXELS, VIEW_PIXELS))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def clean_name(name: str) -> str:
    """The last part of a path, without control characters or tricks; kept for people to read, never used as a path."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    return re.sub(r"^\.+", "", name).strip()[-100:] or "file"


def _taken_at(written: str | None) -> datetime | None:
    try:
        return timezone.make_aware(datetime.strptime(str(written), "%Y:%m:%d %H:%M:%S")) if written else None
    except ValueError:
        return None


def _position(gps: dict) -> tuple[float | None, float | None]:
    try:
        latitude = _degrees(gps[2]) * (-1 if gps.get(1) == "S" else 1)
        longitude = _degrees(gps[4]) * (-1 if gps.get(3) == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    return (longitude, latitude) if -180 <= longitude <= 180 and -90 <= latitude <= 90 else (None, None)


def _degrees(parts) -> float:
    degrees, minutes, seconds = (float(p) for p in parts)
    return degrees + minutes / 60 + seconds / 3600
