"""How does a line of the journal read to staff? The fact in a few words, and the texts written with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import ASK_OUTCOMES, BY_NAME, Field
from suqiu.cases.models import Kind, Line, Verdict
from suqiu.doors import day
from suqiu.handling.rules import FOUND, MET
from suqiu.intake.models import Filing
from suqiu.speech import joined, labelled, listed

from . import registry
from .queries import Opened
from .shell import when

ELSEWHERE = {"text", "reply", "account", "to_others"}  # stand above, in panels of their own
OF_NO_FORM = {"consent": gettext_lazy("他同意代办的原话")}
UNCLEAR = {"urgency", "secrecy"}  # 一般 and 一般: said with what it is
SHORT = 60  # characters that still read as part of the fact
CHANNELS = {
    "phone": gettext_lazy("电话"),
    "web": gettext_lazy("网上"),
    "assisted": gettext_lazy("线下代办"),
    "import": gettext_lazy("批量导入"),
    "batch": gettext_lazy("批量导入"),
}


def journal(opened: Opened) -> list[dict[str, Any]]:
    """Newest first."""
    return [_told(line, opened) for line in reversed(opened.lines)]


def _told(line: Line, opened: Opened) -> dict[str, Any]:
    row, texts = BY_NAME[line.step], opened.texts(line)
    told, said = facts(line, opened), []
    for name, body in texts.items():
        if name in ELSEWHERE:
            continue
        label = _label(row.asks, name)
        if len(body) <= SHORT and "\n" not in body:
            told.append(body if name == "words" else labelled(label, body))
        else:
            said.append({"label": label, "body": body})
    if opened.has_removed(line):
        told.append(_("文字依法删除了"))
    photos = sum(name.startswith("file:") for name in line.contents)
    if photos:
        told.append(_("附 %(n)d 个文件") % {"n": photos})
    return {
        "no": line.no,
        "verb": row.label,
        "fact": joined(told),
        "texts": said,
        "who": who(line),
        "at": timezone.localtime(line.at),
    }


def who(line: Line) -> str:
    if line.actor == "citizen":
        return _("来电人（%(officer)s代记）") % {"officer": line.officer} if line.officer else _("来电人")
    return str(line.officer) if line.officer else _("系统")


def _label(asks: tuple[Field, ...], name: str) -> str:
    found = next((f.label for f in asks if f.name == name), None)
    return str(found or OF_NO_FORM.get(name, name))


def facts(line: Line, opened: Opened) -> list[str]:
    """What the line says in enumerations, times and numbers, as words."""
    found = [OWN[line.step](line, opened)] if line.step in OWN else []
    for f in BY_NAME[line.step].asks:
        value = line.says.get(f.name)
        if value not in (None, "", [], False) and f.kind in SAID:
            found.append(SAID[f.kind](f, value, opened))
    return found


def _choice(f: Field, value: Any, opened: Opened) -> str:
    label = str(dict(f.choices).get(value, value))
    return labelled(f.label, label) if value in ("yes", "no", "half") or f.name in UNCLEAR else label


def _officer(f: Field, value: Any, opened: Opened) -> str:
    people = [p for h in opened.holdings for p in (h.officer, h.substitute) if p]
    name = next((p.full_name for p in people if p.pk == value), "")
    return labelled(f.label, name) if name else ""


def _moment(f: Field, value: Any, opened: Opened) -> str:
    return labelled(f.label, when(datetime.fromisoformat(value), opened.now))


def _day(f: Field, value: Any, opened: Opened) -> str:
    return labelled(f.label, day(date.fromisoformat(value), opened.now))


def _promised(f: Field, value: Any, opened: Opened) -> str:
    return next((c.promise.what for c in opened.clocks if c.promise and c.promise.pk == value), "")


SAID: dict[str, Callable[[Field, Any, Opened], str]] = {
    "choice": _choice,
    "department": lambda f, value, opened: registry.unit_name(value) if f.name == "department" else labelled(f.label, registry.unit_name(value)),
    "departments": lambda f, value, opened: listed(registry.unit_name(v) for v in value),
    "officer": _officer,
    "matter": lambda f, value, opened: registry.matter_name(value),
    "area": lambda f, value, opened: registry.area_name(value),
    "moment": _moment,
    "day": _day,
    "number": lambda f, value, opened: labelled(f.label, value),
    "yes": lambda f, value, opened: str(f.label),
    "promise": _promised,
    "points": lambda f, value, opened: labelled(f.label, listed(str(no) for no in value)),
}  # fmt: skip


def _received(line: Line, opened: Opened) -> str:
    channel = line.says.get("channel", "")
    kind = line.says.get("kind", Kind.CITIZEN)
    said = [str(CHANNELS.get(channel, channel))]
    if way := line.says.get("consent"):
        said.append(_("%(how)s同意的") % {"how": Filing.ConsentWay(way).label})
    return joined(said + ([Kind(kind).label] if kind != Kind.CITIZEN else []))


def _asks_decided(line: Line, opened: Opened) -> str:
    labels = dict(ASK_OUTCOMES)
    return joined(
        _("第 %(no)s 点%(outcome)s") % {"no": no, "outcome": labels.get(outcome, "")}
        for no, outcome in line.says.get("asks", [])
    )


def _corrected(line: Line, opened: Opened) -> str:
    """The old value stays readable: from what to what."""
    labels = {f.name: f.label for f in BY_NAME["correct"].asks}
    old, new = line.says.get("old", {}), line.says.get("new", {})
    parts = [
        labelled(labels.get(name, name), f"{_plain(name, old.get(name))} → {_plain(name, value)}")
        for name, value in new.items()
    ]
    return joined([*parts, _other_owner(line)]) + (_("（待第二人复核）") if line.says.get("waits") else "")


def _other_owner(line: Line, opened: Opened | None = None) -> str:
    """After a correction of place or item: whose duty it would be by the catalogue, and who has it still."""
    if not (owner := line.says.get("owner")):
        return ""
    lead = registry.unit_name(line.columns["lead_department_id"])
    return _("按目录现在该归%(owner)s，仍由%(lead)s办，派单员定要不要换") % {
        "owner": registry.unit_name(owner),
        "lead": lead,
    }


def _plain(name: str, value: Any) -> str:
    if value in (None, ""):
        return _("没填")
    if name == "area":
        return registry.area_name(value)
    if name == "matter":
        return registry.matter_name(value)
    f = next((f for f in BY_NAME["correct"].asks if f.name == name), None)
    return str(dict(f.choices).get(value, value)) if f else str(value)


def _closed(line: Line, opened: Opened) -> str:
    verdict = line.columns.get("verdict")
    return str(Verdict(verdict).label) if verdict else ""


def recorded(line: Line, opened: Opened) -> str:
    """Both times of what waited on a phone, and that attempts were counted by the phone's hours alone."""
    return joined([_two_times(line, opened), doubt(line)])


def doubt(line: Line) -> str:
    """Three attempts at different hours, of which we received some in the same one: nobody but the phone knows when they were made."""
    return _("几次联系的钟点只有手机记着，我们是一起收到的，请问一句") if line.says.get("hours_by_phone") else ""


def _two_times(line: Line, opened: Opened) -> str:
    """Written down there, received here. Nothing where they are the same minute."""
    if not line.says.get("recorded_at"):
        return ""
    held, came = datetime.fromisoformat(line.says["recorded_at"]), line.at
    if f"{held:%F %H:%M}" == f"{came.astimezone(held.tzinfo):%F %H:%M}":
        return _("手机时间比我们快，按收到的算") if line.says.get("phone_ahead") else ""
    return _("手机上 %(held)s 记下，%(came)s 收到") % {"held": when(held, opened.now), "came": when(came, opened.now)}


def _on_site(line: Line, opened: Opened) -> str:
    taps = [dict(options).get(line.says.get(name)) for name, options in (("found", FOUND), ("met", MET))]
    return joined([*taps, recorded(line, opened)])


def _said_first(line: Line, opened: Opened) -> str:
    """He said otherwise at first, in the same call: both are kept."""
    fields = {f.name: f for f in BY_NAME["attempt"].asks}
    first = line.says.get("first", {})
    said = joined(_choice(fields[name], value, opened) for name, value in first.items())
    return _("先说的是 %(said)s") % {"said": said} if said else ""


def _merged(line: Line, opened: Opened) -> str:
    """Into which case, and how alike the two were at that moment."""
    return joined([line.says.get("lead", ""), _("相像 %(n)d%%") % {"n": line.says.get("alike", 0)}])


def _leads(line: Line, opened: Opened) -> str:
    return _("下面并着 %(n)d 件") % {"n": line.says.get("waiting", 0)}


def _silent(line: Line, opened: Opened) -> str:
    return listed(registry.unit_name(code) for code in line.says.get("departments", []))


def _met(line: Line, opened: Opened) -> str:
    return _("系统记了没到之后才补的") if line.says.get("late") else ""


OWN: dict[str, Callable[[Line, Opened], str]] = {
    "not_come": _silent,
    "meet": _met,
    "attempt": _said_first,
    "merge": _merged,
    "lead_event": _leads,
    "visit": _on_site,
    "contact": recorded,
    "receive": _received,
    "archive": _received,
    "draft_reply": _asks_decided,
    "decide_asks": _asks_decided,
    "correct": _corrected,
    "confirm_correction": _other_owner,
    "settle": _closed,
    "close_unanswered": _closed,
    "close_lawful": _closed,
}
