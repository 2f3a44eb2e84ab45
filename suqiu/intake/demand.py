"""What does every channel bring? One shape for a demand, whatever door it came through."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.errors import Refused

TEXT_LIMIT = 20_000  # characters; longer texts belong into a file
TITLE_LIMIT = 60


@dataclass
class Demand:
    """The caller's words and what is known with them. Values that could not be recognised are kept as written."""

    text: str
    title: str = ""
    name: str = ""
    phone: str = ""
    is_phone_confirmed: bool = False
    preferred_time: str = ""
    area_code: str = ""
    area_as_written: str = ""
    demand_type: str = ""
    type_as_written: str = ""
    channel: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    received_at: datetime | None = None
    is_date_known: bool = True
    language: str = "zh-hans"
    secrecy: str = ""
    kind: str = "citizen"
    source_system: str = ""
    source_number: str = ""
    source_due_at: datetime | None = None
    known_event: int | None = None  # 突发口径 under which the caller is recorded
    files: list[Any] = field(default_factory=list)


def clean_words(text: str, limit: int = TEXT_LIMIT) -> str:
    """NFC, line ends as \\n, control characters dropped; refuses what is empty or too long."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if len(text) > limit:
        raise Refused(
            _("写了 %(n)d 个字，最多收 %(limit)d 个。请删短一些，或把长的材料作为附件")
            % {"n": len(text), "limit": limit},
            status=413,
            field="text",
        )
    return text


def title_from(text: str) -> str:
    """The first sentence of the text, cut to the length of a title: for channels that bring none."""
    first = re.split(r"[。！？!?\n；;]", text.strip(), maxsplit=1)[0].strip()
    return first[:TITLE_LIMIT] or text.strip()[:TITLE_LIMIT]
