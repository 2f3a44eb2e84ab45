"""Where are the day's seals kept? A place outside the database: a folder that should lie on another machine."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from django.conf import settings


def keep(day: date, text: str) -> Path:
    """Writes the seal of one day, never over an existing one."""
    folder = Path(settings.SEALS)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{day.isoformat()}.jsonl"
    if not target.exists():
        part = target.with_suffix(".part")
        with part.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    return target
