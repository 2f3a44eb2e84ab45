"""Where do files lie? A folder outside every web root, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from suqiu.errors import Refused


def write(data: bytes, suffix: str) -> str:
    """Stores the bytes under a name nobody can guess; returns the path relative to the folder."""
    name = secrets.token_hex(16)
    relative = Path(name[:2]) / f"{name}{suffix}"
    target = Path(settings.ATTACHMENTS) / relative
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_suffix(".part")
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    except OSError as error:
        raise Refused(
            _("现在存不下照片（%(why)s）。写的字还在，可以先不带照片交，稍后再补") % {"why": error.strerror}, status=507
        ) from error
    return str(relative)


def read(relative: str) -> BinaryIO:
    """Opens a stored file; refuses a path that leaves the folder."""
    root = Path(settings.ATTACHMENTS).resolve()
    target = (root / relative).resolve()
    if root not in target.parents:
        raise FileNotFoundError(relative)
    return target.open("rb")


def remove(relative: str) -> None:
    (Path(settings.ATTACHMENTS) / relative).unlink(missing_ok=True)
