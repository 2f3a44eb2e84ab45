"""线下代办: what does an officer write down for somebody who cannot go online? The person's words, and how he agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..demand import Demand

name = "assisted"
label = _("线下代办")
SAMPLE = {
    "words": "低保停了两个月，没有人来说为什么。",
    "name": "赵素珍",
    "phone": "13812342217",
    "area": "",
    "place": "翠屏社区 3 栋",
    "secrecy": "general",
    "photos": [],
}


def read(payload: Mapping[str, Any]) -> Demand:
    """Never anonymous: somebody must be able to say that it was his own will."""
    return Demand(
        text=payload["words"],
        name=payload.get("name") or "",
        phone=payload.get("phone") or "",
        area_code=payload.get("area") or "",
        place=payload.get("place") or "",
        secrecy=payload.get("secrecy") or "",
        files=list(payload.get("photos") or ()),
        channel=name,
    )
