"""Where do files lie? A folder outside every web root, written whole or not at all."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from suqiu.errors import Refused

log = logging.getLogger("suqiu.storage")
_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


def write(data: bytes, suffix: str) -> str:
    """Stores the bytes under a name nobody can guess; returns the path relative to the folder."""
    name = secrets.token_hex(16)
    relative = Path(name[:2]) / f"{name}{suffix}"
    target = Path(settings.ATTACHMENTS) / relative
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise no_room(error) from error
    if (written := _written.get()) is not None:
        written.append(str(relative))
    return str(relative)


def no_room(error: OSError) -> Refused:
    """What is said wherever a file cannot be kept; what the system calls it is for the log."""
    log.error("a file could not be kept: %s", error)
    return Refused(_("现在存不下照片。写的字还在，可以先不带照片交，稍后再补"), status=507)


@contextmanager
def together() -> Iterator[None]:
    """Files written inside stay only if nothing fails inside: around a transaction, so that what is rolled back leaves no file."""
    outer, written = _written.get(), []
    token = _written.set(written)
    try:
        yield
    except BaseException:
        for relative in written:
            with suppress(OSError):
                remove(relative)
        raise
    finally:
        _written.reset(token)
    if outer is not None:
        outer += written


def read(relative: str) -> BinaryIO:
    """Opens a stored file; refuses a path that leaves the folder."""
    root = Path(settings.ATTACHMENTS).resolve()
    target = (root / relative).resolve()
    if root not in target.parents:
        raise FileNotFoundError(relative)
    return target.open("rb")


def remove(relative: str) -> None:
    (Path(settings.ATTACHMENTS) / relative).unlink(missing_ok=True)
