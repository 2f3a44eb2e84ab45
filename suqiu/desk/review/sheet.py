"""What lies before the reviewer? Asks, reply and evidence side by side, and what has changed since it was sent back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.flow import ASK_OUTCOMES, BY_NAME, CONTACT_OUTCOMES, WAYS
from suqiu.cases.models import ClockKind, Line
from suqiu.directory.models import EvidenceClass
from suqiu.doors import day
from suqiu.speech import joined, labelled

from .. import panels, registry, wording
from ..queries import Opened
from ..shell import when
from . import reading

PROVING = ("contact", "visit", "meet", "file_outcome")


def draft(opened: Opened) -> Line:
    """The reply that waits."""
    return opened.in_cycle("draft_reply")[-1]


def sheet(opened: Opened) -> dict[str, Any]:
    line = draft(opened)
    texts = opened.texts(line)
    asks = _asks(opened, line, texts)
    return {
        "reply": {
            "text": texts.get("reply", ""),
            "to_others": texts.get("to_others", ""),
            "account": texts.get("account", ""),
            "by": joined([wording.who(line), when(line.at, opened.now)]),
            "basis": texts.get("basis", ""),
            "plan": _plan(line, texts, opened),
        },
        "points": asks,
        "visits": _visits(opened),
        "shots": panels.shots(opened),
        "contacts": _contacts(opened),
        "before": _before(opened, line, texts),
        "first": _first(opened),
        "hints": _hints(opened, texts, asks),
        "clock": _clock(opened),
    }


def _plan(line: Line, texts: dict[str, str], opened: Opened) -> str:
    on = line.says.get("plan_on")
    return joined([texts.get("plan", ""), day(date.fromisoformat(on), opened.now) if on else ""])


# ---- ask by ask


def _asks(opened: Opened, line: Line, texts: dict[str, str]) -> list[dict[str, Any]]:
    labels, decided = dict(ASK_OUTCOMES), dict(line.says.get("asks", []))
    proofs = (panels.evidence(opened, set()) or {"rows": []})["rows"]
    found = []
    for ask in opened.case.kept_asks:
        outcome = decided.get(ask["no"], ask["outcome"])
        mention, is_sure = reading.mention(ask["text"], texts.get("reply", ""))
        found.append({
            "no": ask["no"],
            "text": ask["text"],
            "outcome": outcome,
            "label": labels.get(outcome, _("还没有答")),
            "mention": mention,
            "is_sure": is_sure,
            "proofs": _proofs_of(outcome, ask, line, texts, proofs, opened),
        })  # fmt: skip
    return _shared(found)


def _shared(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What proves several points in a row is shown once, beside all of them."""
    for n, point in enumerate(points):
        before = points[n - 1] if n else None
        point["span"] = 0 if before and before["proofs"] == point["proofs"] else 1
        if point["span"] == 0:
            next(p for p in reversed(points[:n]) if p["span"])["span"] += 1
    return points


def _proofs_of(outcome: str, ask: dict, line: Line, texts: dict[str, str], proofs: list, opened: Opened) -> list[dict]:
    """What this outcome rests on: done is proven by going there, declined by a basis, planned by a date."""
    if outcome == "declined":
        said = joined([ask["basis"], texts.get("basis", "")])
        return [{"done": bool(said), "label": _("依据"), "fact": said, "is_said": True}]
    if outcome == "planned":
        said = _plan(line, texts, opened)
        return [{"done": bool(line.says.get("plan_on")), "label": _("计划"), "fact": said, "is_said": True}]
    return [{"done": p["done"], "label": p["label"], "fact": p["fact"], "is_said": False} for p in proofs]


# ---- evidence


def _visits(opened: Opened) -> list[dict[str, Any]]:
    return [_visit(line, opened) for line in reversed(opened.in_cycle("visit", "meet"))]


def _visit(line: Line, opened: Opened) -> dict[str, Any]:
    texts = opened.texts(line)
    at = datetime.fromisoformat(line.says["visited_at"]) if line.says.get("visited_at") else line.at
    return {
        "what": BY_NAME[line.step].label,
        "at": when(at, opened.now),
        "received": wording.recorded(line, opened) or _("%(when)s 记下") % {"when": when(line.at, opened.now)},
        "place": texts.get("place", ""),
        "words": texts.get("words", ""),
        "who": wording.who(line),
        "photos": _pair(line, opened),
    }


def _pair(line: Line, opened: Opened) -> list[dict[str, Any]]:
    """Before and after as frames of one size; what is not there is an empty one, so that its absence is seen."""
    own = [f for f in opened.files if f["line_no"] == line.no and f["mime"].startswith("image/")]
    found = []
    for kind, label in (("before", _("办理前")), ("after", _("办理后"))):
        shown = [_photo(f, label) for f in own if f["kind"] == kind]
        found += shown or [{"is_missing": True, "label": label, "fact": _("没有%(which)s的照片") % {"which": label}}]
    return found


def _photo(f: dict[str, Any], label: str) -> dict[str, Any]:
    url = reverse("desk:file", args=[f["id"]])
    taken = datetime.fromisoformat(f["taken_at"]) if f["taken_at"] else None
    at = timezone.localtime(taken) if taken and timezone.is_aware(taken) else None
    return {"label": label, "name": f["name"], "at": at, "url": url, "thumb_url": url}


def _contacts(opened: Opened) -> list[dict[str, str]]:
    return [
        {
            "fact": _contact(line, opened),
            "words": opened.texts(line).get("words", ""),
            "who": wording.who(line),
        }
        for line in reversed(opened.in_cycle("contact"))
    ]


def _contact(line: Line, opened: Opened) -> str:
    says, minutes = line.says, line.says.get("minutes")
    how = [dict(WAYS).get(says.get("way")), dict(CONTACT_OUTCOMES).get(says.get("outcome"))]
    return joined(
        [
            when(line.at, opened.now),
            *how,
            _("%(n)s 分钟") % {"n": minutes} if minutes else "",
            wording.recorded(line, opened),
        ]
    )


def _hints(opened: Opened, texts: dict[str, str], asks: list[dict[str, Any]]) -> list[reading.Hint]:
    earlier = opened.in_cycle("draft_reply")[:-1]
    photos = {f["kind"] for f in opened.files if f["line_no"] in {ln.no for ln in opened.in_cycle("visit", "meet")}}
    on_site = opened.case.evidence_class == EvidenceClass.ON_SITE
    return _doubted(opened) + reading.hints(
        reply=texts.get("reply", ""),
        before=opened.texts(earlier[-1]).get("reply", "") if earlier else "",
        asks=asks,
        has_spoken=any(
            ln.says.get("outcome") == "connected" or ln.step == "meet" for ln in opened.in_cycle("contact", "meet")
        ),
        lacks_before=on_site and "before" not in photos,
        lacks_after=on_site and "after" not in photos,
    )


def _doubted(opened: Opened) -> list[reading.Hint]:
    """Each visit that does not agree with itself; with what the unit said of it, or that it said nothing."""
    found = []
    for line in opened.in_cycle("visit", "meet"):
        if row := panels.doubt(line, opened):
            said = _("没有说明") if row["is_open"] else _("单位说：%(said)s") % {"said": row["said"]}
            about = _("说明一句：%(kinds)s") % {"kinds": row["kinds"]}
            found.append(reading.Hint("triangle-alert", _("现场记录有出入"), joined([row["kinds"], said]), about))
    return found


# ---- what was before


def _before(opened: Opened, line: Line, texts: dict[str, str]) -> dict[str, Any] | None:
    """Held against the draft before: the one sent back, or the reply of the last cycle."""
    earlier = [ln for ln in opened.lines if ln.step == "draft_reply" and ln.no < line.no]
    if not earlier:
        return None
    old = earlier[-1]
    said = opened.texts(old)
    end = next((ln for ln in opened.lines if ln.no > old.no and ln.step in ("send_back", "approve")), None)
    is_sent = bool(end and end.step == "approve")
    answers = [ln for ln in opened.lines if old.no < ln.no < line.no and ln.step == "attempt"]
    return {
        "title": _("和上一轮发出的那份比") if is_sent else _("和退回的那份比"),
        "why": _why_again(opened, end, answers, is_sent),
        "reply": reading.differences(said.get("reply", ""), texts.get("reply", "")),
        "account": reading.differences(said.get("account", ""), texts.get("account", "")),
        "asks": _changed(dict(old.says.get("asks", [])), dict(line.says.get("asks", []))),
        "proofs": [
            joined([when(ln.at, opened.now), BY_NAME[ln.step].label, wording.who(ln)])
            for ln in opened.lines if old.no < ln.no < line.no and ln.step in PROVING
        ],
    }  # fmt: skip


def _why_again(opened: Opened, end: Line | None, answers: list[Line], is_sent: bool) -> dict[str, str]:
    if not is_sent:
        return {"label": _("退回时说"), "said": opened.texts(end).get("words", "") if end else ""}
    said = answers[-1] if answers else None
    return {
        "label": _("来电人说"),
        "said": joined([*wording.facts(said, opened), opened.texts(said).get("words", "")]) if said else "",
    }


def _changed(old: dict[int, str], new: dict[int, str]) -> list[str]:
    labels, nothing = dict(ASK_OUTCOMES), _("没填")
    return [
        labelled(_("第 %(no)s 点") % {"no": no}, f"{labels.get(old.get(no), nothing)} → {labels.get(outcome, '')}")
        for no, outcome in new.items() if old.get(no) != outcome
    ]  # fmt: skip


# ---- the first department, and the time left


def _first(opened: Opened) -> dict[str, str] | None:
    case = opened.case
    if case.first_department_id == case.lead_department_id:
        return None
    who = registry.unit_name(case.first_department_id)
    seen = [ln for ln in opened.in_cycle("first_sees") if ln.no > draft(opened).no]
    if seen:
        by = _("系统放行") if seen[-1].actor == "system" else wording.who(seen[-1])
        return {"who": who, "said": joined([when(seen[-1].at, opened.now), _("看过了答复"), by]), "level": "ok"}
    clock = next((c for c in opened.clocks if c.kind == ClockKind.FIRST_SEES and c.stopped_at is None), None)
    until = _("到 %(when)s 不看，系统就放行") % {"when": when(clock.due_at, opened.now)} if clock else ""
    return {"who": who, "said": joined([_("还没看答复"), until]), "level": "soon"}


def _clock(opened: Opened) -> dict[str, Any] | None:
    own = [c for c in opened.clocks if c.kind in (ClockKind.UNIT, ClockKind.REDO) and c.stopped_at is None]
    return panels.face(min(own, key=lambda c: c.due_at), opened.now) if own else None
