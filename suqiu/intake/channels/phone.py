"""电话: what does the operator write down while the caller speaks? The caller's number is known from the line, so it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..demand import Demand

name = "phone"
label = _("电话")
SAMPLE = {
    "caller_number": "13812342217",
    "is_caller_number": True,
    "name": "王桂芳",
    "preferred_time": "晚上七点以后",
    "words": "电梯坏了三天，老人下不了楼，请派人来修。",
    "title": "电梯坏了三天",
    "area": "",
    "place": "翠屏社区 3 栋",
    "position": (105.83, 32.43, 20.0),
    "demand_type": "complaint",
    "secrecy": "general",
    "language": "zh-hans",
}


def read(payload: Mapping[str, Any]) -> Demand:
    """`is_caller_number`: the number is the one that called, not one told to the operator."""
    longitude, latitude = (payload.get("position") or (None, None))[:2]
    return Demand(
        text=payload["words"],
        title=payload.get("title") or "",
        name=payload.get("name") or "",
        phone=payload.get("caller_number") or "",
        is_phone_confirmed=bool(payload.get("caller_number") and payload.get("is_caller_number")),
        preferred_time=payload.get("preferred_time") or "",
        area_code=payload.get("area") or "",
        place=payload.get("place") or "",
        longitude=longitude,
        latitude=latitude,
        demand_type=payload.get("demand_type") or "",
        secrecy=payload.get("secrecy") or "",
        language=payload.get("language") or "zh-hans",
        files=list(payload.get("photos") or ()),
        channel=name,
    )
