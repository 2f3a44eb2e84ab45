"""批量导入: what does one row of a file bring? What is not recognised is kept as written and left to intake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.exports import OBEYED
from suqiu.cases.models import DemandType
from suqiu.errors import Refused

from ..demand import TEXT_LIMIT, Demand, clean_words
from . import phone, web

name = "import"
label = gettext_lazy("批量导入")
SAMPLE = {
    "id": "2024-0731",
    "received_at": "2024-07-31 09:12",
    "channel": "电话",
    "type": "投诉",
    "name": "王桂芳",
    "phone": "13812342217",
    "area": "某区",
    "address": "翠屏社区 3 栋",
    "longitude": "105.83",
    "latitude": "32.43",
    "title": "电梯坏了三天",
    "text": "电梯坏了三天，老人下不了楼，请派人来修。",
}
TYPES = {
    "咨询": DemandType.CONSULT,
    "求助": DemandType.HELP,
    "投诉": DemandType.COMPLAINT,
    "举报": DemandType.REPORT,
    "意见建议": DemandType.SUGGEST,
    "意见": DemandType.SUGGEST,
    "建议": DemandType.SUGGEST,
    "表扬": DemandType.PRAISE,
} | {value: value for value in DemandType.values}
OWN_CHANNELS = {"电话": phone.name, "网页": web.name, "批量导入": name, "": name} | {
    c: c for c in (phone.name, web.name)
}
# how long the columns of a case are; what is longer stays whole at the end of the text
LIMITS = {"channel": 40, "area": 120, "type": 40, "address": 200, "id": 80, "title": 120}
SHEET_EPOCH = datetime(1899, 12, 30)  # day 0 of a spreadsheet's numbers
SHEET_DAYS = range(20_000, 80_000)  # 1954 to 2119: a bare number among these is a date
MOMENT = re.compile(
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<mo>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>上午|下午)?\s*(?P<h>\d{1,2})\s*[:：时点](?:\s*(?P<mi>\d{1,2})\s*[:：分]?(?:\s*(?P<s>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
MASKED = re.compile("[*＊]|[xX]{2}")  # a number that was made unreadable is none
YEARS = range(1949, 2200)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")


def read(payload: Mapping[str, Any]) -> Demand:
    """`payload`: the known columns of the row, as the file holds them (text, numbers, dates)."""
    said = {column: one_line(payload.get(column)) for column in SAMPLE if column not in ("received_at", "text")}
    kind, channel = TYPES.get(said["type"], ""), OWN_CHANNELS.get(said["channel"], said["channel"])
    longitude, latitude = position(said["longitude"], said["latitude"])
    fits = {column: value[: LIMITS[column]] for column, value in said.items() if column in LIMITS}
    return Demand(
        text=words(payload) + _what_did_not_fit(said),
        title=fits["title"],
        name=said["name"],
        phone="" if MASKED.search(said["phone"]) else said["phone"],
        area_as_written=fits["area"],
        demand_type=kind,
        type_as_written="" if kind else fits["type"],
        channel=channel[: LIMITS["channel"]],
        place=fits["address"],
        longitude=longitude,
        latitude=latitude,
        received_at=moment(payload.get("received_at")),
        source_number=fits["id"],
    )


def words(payload: Mapping[str, Any]) -> str:
    """What was said: the text, or where there is none the title."""
    return clean_words(undefused(as_text(payload.get("text"))), TEXT_LIMIT) or one_line(payload.get("title"))


def as_text(value: Any) -> str:
    """A cell as a person reads it: whole numbers without .0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def one_line(value: Any) -> str:
    return undefused(re.sub(r"\s+", " ", clean_words(as_text(value), 10**7)).strip())


def undefused(value: str) -> str:
    """Takes away the apostrophe that an export put before what looks like a formula."""
    rest = value[1:]
    is_defused = value.startswith("'") and (rest.startswith(("\t", "\r")) or rest.lstrip().startswith(OBEYED))
    return rest if is_defused else value


def moment(value: Any) -> datetime | None:
    """City time unless the value names another; None when there is nothing; refuses what is no date."""
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in SHEET_DAYS:
        value = SHEET_EPOCH + timedelta(seconds=round(value * 86400))
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, datetime.min.time())
    found = value if isinstance(value, datetime) else _written_moment(one_line(value))
    if found and found.year not in YEARS:
        raise _not_a_moment(one_line(value))
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


def _written_moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        if found := COMPACT.fullmatch(written):
            year, month, day, hour, minute, second = (int(part) for part in found.groups(default="0"))
            return datetime(year, month, day, hour, minute, second)
        if found := MOMENT.fullmatch(written):
            return _of_parts(found.groupdict(default=""))
    except ValueError:
        pass
    raise _not_a_moment(written)


def _not_a_moment(written: str) -> Refused:
    reason = _("时间看不懂：%(written)s。请写成 2024-07-31 09:12") % {"written": written[:40]}
    return Refused(reason, status=422, field="received_at")


def _of_parts(part: dict[str, str]) -> datetime:
    hour = int(part["h"] or 0)
    hour += 12 if part["half"] == "下午" and hour < 12 else 0
    found = datetime(int(part["y"]), int(part["mo"]), int(part["d"]), hour, int(part["mi"] or 0), int(part["s"] or 0))
    return (
        found.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{part['zone']}").tzinfo)
        if part["zone"]
        else found
    )


def position(longitude: str, latitude: str) -> tuple[float | None, float | None]:
    """Degrees; none where both are empty or both 0, which is what tables hold for "unknown"."""
    found = [_degrees(longitude, 180, _("经度")), _degrees(latitude, 90, _("纬度"))]
    return (None, None) if found == [0, 0] else (found[0], found[1])


def _degrees(written: str, limit: int, what: str) -> float | None:
    if not written:
        return None
    try:
        degrees = float(written)
    except ValueError:
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        raise Refused(
            _("%(what)s看不懂：%(written)s。请写成度数，例如 105.83") % {"what": what, "written": written[:40]},
            status=422,
            field="longitude",
        )
    return degrees


def _what_did_not_fit(said: Mapping[str, str]) -> str:
    labels = {
        "channel": _("渠道"),
        "area": _("区域"),
        "type": _("类型"),
        "address": _("地址"),
        "id": _("编号"),
        "title": _("标题"),
    }
    return "".join(
        _("\n（来件所写%(what)s：%(whole)s）") % {"what": labels[column], "whole": said[column]}
        for column, limit in LIMITS.items()
        if len(said[column]) > limit
    )
