"""网页: what does a citizen's own form bring? Neither name nor telephone of one who wants to stay unknown is taken along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Secrecy

from ..demand import Demand

name = "web"
label = _("网页")
SAMPLE = {
    "words": "小区门口的路灯从上周三起不亮，晚上接孩子看不见路。",
    "name": "李女士",
    "phone": "13812342217",
    "area": "",
    "place": "翠屏社区东门",
    "lon": 105.83,
    "lat": 32.43,
    "secrecy": "general",
    "language": "zh-hans",
    "photos": [],
}


def read(payload: Mapping[str, Any]) -> Demand:
    """`lon` and `lat` count only together; half a position is none."""
    is_anonymous = payload.get("secrecy") == Secrecy.ANONYMOUS
    position = (payload.get("lon"), payload.get("lat"))
    longitude, latitude = position if None not in position else (None, None)
    return Demand(
        text=payload["words"],
        name="" if is_anonymous else payload.get("name") or "",
        phone="" if is_anonymous else payload.get("phone") or "",
        area_code=payload.get("area") or "",
        place=payload.get("place") or "",
        longitude=longitude,
        latitude=latitude,
        secrecy=payload.get("secrecy") or "",
        language=payload.get("language") or "zh-hans",
        files=list(payload.get("photos") or ()),
        channel=name,
    )
