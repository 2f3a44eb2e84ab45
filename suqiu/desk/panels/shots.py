"""What do the photos of a visit say, each with where it is known from; where does it not agree, and was that explained?

Read by whoever judges: the reviewer, the follow-up caller, everybody on the case page. Whose case a photo was used in before is named
only to who may see that case; that it was used, to all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Line
from suqiu.handling import photo_rules
from suqiu.speech import joined, listed

from .. import wording
from ..queries import Opened
from ..shell import when

SOURCES = {"phone": gettext_lazy("拍的那一刻手机记的"), "exif": gettext_lazy("照片自带的")}
LABELS = {"before": gettext_lazy("办理前"), "after": gettext_lazy("办理后")}
EXIF = {"missing": gettext_lazy("照片不带拍摄信息"), "edited": gettext_lazy("照片改过")}


def shots(opened: Opened) -> list[dict[str, Any]]:
    """Each visit and meeting of this cycle, newest first, with the facts of its photos."""
    lines = opened.in_cycle("visit", "meet")
    used = _used(opened)
    found = [_visit(line, opened, used) for line in reversed(lines)]
    return [visit for visit in found if visit["facts"] or visit["doubt"]]


def _visit(line: Line, opened: Opened, used: dict[int, list[dict]]) -> dict[str, Any]:
    pictures = [f for f in opened.files if f["line_no"] == line.no and f["has_facts"]]
    return {
        "no": line.no,
        "title": joined([BY_NAME[line.step].label, when(line.at, opened.now)]),
        "who": wording.who(line),
        "facts": [_fact(n, f, opened, used.get(f["id"], [])) for n, f in enumerate(pictures, 1)],
        "doubt": doubt(line, opened),
    }


def doubt(line: Line, opened: Opened) -> dict[str, Any] | None:
    """What of this visit does not agree, in words; with what was said of it, or that nothing was."""
    row = next((d for d in opened.case.kept_doubts if d["line_no"] == line.no), None)
    if row is None:
        return None
    told = next((ln for ln in opened.lines if ln.no == row["explained_line"]), None)
    texts = opened.texts(told) if told else {}
    said = texts.get("why" if told and told.no == line.no else "words", "")
    return {
        "kinds": listed(str(photo_rules.KINDS[kind]) for kind in row["kinds"]),
        "said": said,
        "is_open": told is None,
        "who": wording.who(told) if told else "",
        "is_own": row["department"] in opened.seat.units,
    }


def _fact(n: int, f: dict[str, Any], opened: Opened, used: list[dict]) -> dict[str, Any]:
    """One photo: what is known, from where; what stands out, on its own."""
    label = joined([_("第 %(n)d 张") % {"n": n}, str(LABELS.get(f["kind"], ""))])
    return {"label": label, "known": [_time(f, opened), _place(f)], "stands_out": [*_odd(f), *_again(used, opened)]}


def _time(f: dict[str, Any], opened: Opened) -> str:
    if not f["time_from"] or not f["taken_at"]:
        return _("不知道几时拍的")
    at = when(datetime.fromisoformat(f["taken_at"]), opened.now)
    return _("%(when)s 拍（%(from)s）") % {"when": at, "from": SOURCES[f["time_from"]]}


def _place(f: dict[str, Any]) -> str:
    if not f["place_from"]:
        return _("不知道在哪里拍的")
    if f["metres"] is None:
        return _("有拍摄地点（%(from)s），诉求没有定位，比不了") % {"from": SOURCES[f["place_from"]]}
    return _("离诉求地点 %(far)s（%(from)s）") % {"far": distance(f["metres"]), "from": SOURCES[f["place_from"]]}


def distance(metres: int) -> str:
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"} if metres >= 1000 else _("%(n)d 米") % {"n": metres}


def _odd(f: dict[str, Any]) -> list[str]:
    found = []
    if photo_rules.is_adrift(minutes := f["drift"]):
        words = _("比说的到场时间早 %(long)s") if minutes < 0 else _("比说的到场时间晚 %(long)s")
        found.append(words % {"long": _long(abs(minutes))})
    if f["exif"] in EXIF:
        found.append(joined([str(EXIF[f["exif"]]), f["editor"]]))
    return found


def _long(minutes: int) -> str:
    if minutes >= 2 * 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
    return _("%(n)d 小时") % {"n": minutes // 60}


def _again(used: list[dict], opened: Opened) -> list[dict[str, str] | str]:
    return [_once(one, opened) for one in used[:3]]


def _once(one: dict, opened: Opened) -> dict[str, str] | str:
    at = when(datetime.fromisoformat(one["at"]), opened.now)
    if one["case"] == opened.case.pk and one["kind"] == "demand":
        return _("和来电人自己交的照片一样")
    if one["case"] == opened.case.pk:
        return _("和这件 %(when)s 的照片一样") % {"when": at}
    if not one["may_see"]:
        return _("和另一件诉求 %(when)s 的照片一样，那件您看不到") % {"when": at}
    text = _("和 %(number)s（%(when)s）的照片一样") % {"number": one["number"], "when": at}
    return {"text": text, "url": reverse("desk:case", args=[one["number"]])}


def _used(opened: Opened) -> dict[int, list[dict]]:
    """Photo -> where it was used before."""
    found: dict[int, list[dict]] = {}
    for match in opened.case.kept_matches:
        found.setdefault(match["photo"], []).append(match)
    return found
