"""What stands on the case page, panel by panel? Values for the templates; what is allowed, the rules say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import clocks as timing
from suqiu.cases import rules
from suqiu.cases.advance import hashed
from suqiu.cases.flow import ATTEMPTS, BY_NAME, EVIDENCE_OF_CLASS, SUPPLIED_BY_FORM, SUPPLIED_BY_STEP, WAYS
from suqiu.cases.models import (
    Ask,
    Clock,
    ClockKind,
    DisputeState,
    Holding,
    Line,
    Look,
    Secrecy,
    State,
    Urgency,
    Verdict,
)
from suqiu.directory import chain
from suqiu.doors import day
from suqiu.followup import rules as follow_up
from suqiu.speech import joined, labelled, sentences

from . import looks as looking
from . import registry, wording
from .queries import Opened, last_sealed_day
from .shell import to_case, when
from .worklist import hidden_title, lacking

OUTCOMES = {
    "": ("open", gettext_lazy("还没有答")),
    Ask.Outcome.ANSWERED: ("answered", gettext_lazy("办了")),
    Ask.Outcome.DECLINED: ("declined", gettext_lazy("不能办，有依据")),
    Ask.Outcome.PLANNED: ("planned", gettext_lazy("列入计划")),
}
FILE_LABELS = {
    "demand": gettext_lazy("来电人交的"),
    "before": gettext_lazy("办理前"),
    "after": gettext_lazy("办理后"),
    "proof": gettext_lazy("凭据"),
}
CLOCKS_SHOWN = 6
MET_BY = {  # the step that meets a clock; stopped by another it simply no longer runs
    ClockKind.CONTACT: {"contact", "meet"},
    ClockKind.UNIT: {"approve"},
    ClockKind.OUTER: {"approve", "answer_at_once", "settle"},
    ClockKind.REDO: {"approve"},
}


# ---- head


def heading(opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "number": case.spoken_number,
        "title": title(opened),
        "url": to_case(case.number),
        "type": case.get_demand_type_display() or case.type_as_written,
        "place": _place(opened),
        "matter": str(case.matter) if case.matter else "",
        "chips": _chips(opened),
    }


def title(opened: Opened) -> str:
    return opened.case.title if opened.sees_original else hidden_title(opened.case.matter_id)


def _place(opened: Opened) -> str:
    case = opened.case
    area = case.area.full_name if case.area else case.area_as_written
    place = case.place if opened.sees_original else ""
    return place if place.startswith(area) else " ".join(filter(None, (area, place)))


def _chips(opened: Opened) -> list[dict[str, str]]:
    case, found = opened.case, []
    if case.urgency != Urgency.NORMAL:
        kind = "over" if case.urgency == Urgency.CRITICAL else "soon"
        found.append({"label": case.get_urgency_display(), "kind": kind, "icon": "triangle-alert"})
    if case.is_confidential:
        found.append({"label": case.get_secrecy_display(), "kind": "lock", "icon": "lock"})
    if opened.is_past:
        return found
    if case.cycle > 1:
        found.append(
            {
                "label": _("重办第 %(n)d 次") % {"n": case.cycle - 1},
                "kind": "over" if case.is_open else "",
                "icon": "rotate-ccw",
            }
        )
    if case.dispute:
        found.append({"label": DisputeState(case.dispute).label, "kind": "soon", "icon": "scale"})
    if case.state == State.HUNG:
        found.append({"label": _("挂账"), "kind": "hang", "icon": "archive"})
    if case.about_department and (opened.seat.is_hotline or opened.seat.roles.get("discipline")):
        found.append({"label": _("反映 %(who)s") % {"who": case.about_department}, "kind": "soon", "icon": "flag"})
    return found


def sentence(opened: Opened) -> dict[str, str]:
    """The state, then whose hands it is in, then what is lacking: as a person would say it."""
    case, state = opened.case, State(opened.state)
    if opened.is_past:
        lost = _("%(when)s以后不在您单位，您看到的是到那时为止的") % {"when": when(opened.until, opened.now)}
        return {"state": sentences([state.label]), "rest": " " + sentences([lost]), "level": ""}
    held = _holder(opened) if case.is_open else _ending(opened)
    lack, _icon = lacking(_columns(opened), opened.now)
    rest = sentences([held, lack if case.is_open and lack != str(state.label) else ""])
    rest = _("，%(rest)s") % {"rest": rest} if held else (_("。") + rest).rstrip()
    is_late = bool(case.next_due_at and case.next_due_at < opened.now)
    return {
        "state": str(state.label),
        "rest": rest,
        "level": "hung" if state == State.HUNG else "over" if is_late and case.is_open else "",
    }


def _columns(opened: Opened):
    """The case as a row of a list would have it."""
    case = opened.case
    tried = opened.in_cycle("attempt")
    case.next_attempt = None
    if tried and case.state == State.FOLLOW_UP:
        case.next_attempt = next_attempt(opened)
    return case


def next_attempt(opened: Opened) -> datetime | None:
    """When to try again, as the follow-up's rule has it; only after an attempt that reached nobody."""
    last = (opened.in_cycle("attempt") or [None])[-1]
    if last is None or last.says.get("outcome") == "answered":
        return None
    return follow_up.next_attempt(last.at, follow_up.preferred_hour(opened.case.person.preferred_time))


def _holder(opened: Opened) -> str:
    case, seat = opened.case, opened.seat
    if case.lead_officer_id == seat.officer.pk:
        return _("在您手里")
    if case.lead_department_id in seat.units | seat.centres:
        return (
            _("在您单位，经办人 %(who)s") % {"who": case.lead_officer}
            if case.lead_officer
            else _("在您单位，还没定经办人")
        )
    if case.lead_department and case.lead_officer:
        return _("在%(where)s %(who)s 手里") % {"where": case.lead_department, "who": case.lead_officer}
    return _("在%(where)s") % {"where": case.lead_department} if case.lead_department else ""


def _ending(opened: Opened) -> str:
    case = opened.case
    said = [Verdict(case.verdict).label] if case.verdict else []
    if case.closed_at:
        said.append(day(case.closed_at, opened.now))
    return joined(said)


# ---- clocks


def clocks(opened: Opened) -> list[dict[str, Any]]:
    """Running ones, the earliest first; then those met in this cycle. Promises stand in their own panel."""
    own = [c for c in opened.clocks if not c.promise_id]
    running = sorted((c for c in own if c.stopped_at is None), key=lambda c: (c.due_at, c.pk))
    met = [c for c in own if c.stopped_at and c.cycle == opened.case.cycle and c.stopped_by in MET_BY.get(c.kind, ())]
    return [_clock(c, opened) for c in (running + met)[:CLOCKS_SHOWN]]


def _clock(c: Clock, opened: Opened) -> dict[str, Any]:
    due = when(c.due_at, opened.now)
    if c.stopped_at:
        is_late = c.stopped_at > c.due_at
        shown = {
            "word": _("做到了，晚了") if is_late else _("已做到"),
            "level": "over" if is_late else "done",
            "share": 100,
        }
        fact = _("%(done)s，限 %(due)s") % {"done": when(c.stopped_at, opened.now), "due": due}
    else:
        shown = face(c, opened.now)
        fact = _("停着，等来电人补充") if c.paused_at else _("%(due)s 前") % {"due": due}
        fact += _("，暂按现行日历") if c.is_provisional else ""
    return {"label": ClockKind(c.kind).label, "clock": shown, "fact": fact, "lines": timing.explain(c)}


def face(c: Clock, now: datetime) -> dict[str, Any]:
    level, share = timing.level(c, now)
    if c.paused_at:
        return {"word": _("停着"), "level": "paused", "share": share}
    word = timing.remaining(c.due_at, now, timing.is_working_time(c.kind, c.unit))
    return {"word": word, "level": level, "share": share}


def promises(opened: Opened) -> list[dict[str, Any]]:
    found = {c.promise.pk: c for c in opened.clocks if c.promise}
    return [_promise(c, opened) for c in found.values() if not c.promise.replaced_by_id]


def _promise(c: Clock, opened: Opened) -> dict[str, Any]:
    promise, until = c.promise, opened.until
    kept = promise.kept_at if promise.kept_at and (until is None or promise.kept_at <= until) else None
    state = "kept" if kept else "late" if promise.due_at < opened.now else "open"
    note = _("%(who)s 许的，%(when)s 前") % {"who": promise.department, "when": when(promise.due_at, opened.now)}
    if kept:
        note += _("；%(when)s 做到") % {"when": when(kept, opened.now)}
    return {
        "what": promise.what,
        "note": note,
        "state": state,
        "clock": face(c, opened.now) if state == "open" else None,
    }


# ---- what the citizen wants, and what is proven


def demand(opened: Opened) -> dict[str, Any]:
    """His words oldest first; or, of a confidential case, the rewritten ones."""
    rewritten = next((t["rewritten"] for ln in reversed(opened.lines) if "rewritten" in (t := opened.texts(ln))), "")
    if not opened.sees_original:
        return {"words": [], "rewritten": rewritten or _("还没有改写"), "asks": asks(opened)}
    said = [
        ln
        for ln in opened.lines
        if ln.step in ("receive", "archive", "caller_adds", "resume", "not_answered", "appeal")
    ]
    words = [{"text": text, "note": _said_at(ln, opened)} for ln in said if (text := _spoken(opened.texts(ln)))]
    return {"words": words, "rewritten": "", "asks": asks(opened)}


def _spoken(texts: dict[str, str]) -> str:
    return texts.get("text") or texts.get("words", "")


def _said_at(line: Line, opened: Opened) -> str:
    if line.step in ("receive", "archive"):
        return _("%(when)s，%(channel)s") % {
            "when": when(line.at, opened.now),
            "channel": wording.CHANNELS.get(line.says.get("channel"), line.says.get("channel", "")),
        }
    hurry = _("，催办") if line.says.get("is_hurry") else ""
    return _("%(when)s，%(step)s") % {"when": when(line.at, opened.now), "step": BY_NAME[line.step].label} + hurry


def asks(opened: Opened) -> list[dict[str, str]]:
    found = []
    for ask in opened.case.kept_asks:
        outcome, label = OUTCOMES[ask["outcome"]] if not opened.is_past else ("open", "")
        note = ask["basis"] if outcome == "declined" else ""
        found.append({"text": ask["text"], "outcome": outcome, "label": label, "note": note})
    return found


def evidence(opened: Opened, allowed: set[str]) -> dict[str, Any] | None:
    """What the reply on this matter must rest on: done with when and who, missing with the step that supplies it."""
    case = opened.case
    if not case.evidence_class or opened.is_past or opened.state not in "SHVFLG":
        return None
    kinds = list(EVIDENCE_OF_CLASS[case.evidence_class])
    if any(h.role == Holding.Role.ASSIST for h in opened.open_holdings):
        kinds.append("assists")
    if case.first_department_id != case.lead_department_id and case.state == State.IN_REVIEW:
        kinds.append("first_saw")
    missing = set(rules.missing_evidence(BY_NAME["draft_reply"], case)) | set(
        rules.missing_evidence(BY_NAME["approve"], case)
    )
    rows = [_proof(kind, kind not in missing, opened, allowed) for kind in kinds]
    return {
        "class_label": case.get_evidence_class_display(),
        "needed": len(rows),
        "held": sum(r["done"] for r in rows),
        "rows": rows,
    }


def _proof(kind: str, is_held: bool, opened: Opened, allowed: set[str]) -> dict[str, Any]:
    row = {
        "done": is_held,
        "label": rules.evidence_label(kind),
        "fact": "",
        "who": "",
        "step_url": "",
        "step_label": "",
    }
    if is_held:
        line = next((ln for ln in reversed(opened.in_cycle(*PROVEN_BY.get(kind, ()))) if _proves(kind, ln)), None)
        if line:
            row |= {"fact": _proof_fact(kind, line, opened), "who": wording.who(line)}
        return row
    if kind in SUPPLIED_BY_FORM:
        row["fact"] = _("写答复时填")
    name = SUPPLIED_BY_STEP.get(kind, "draft_reply" if kind in SUPPLIED_BY_FORM else "")
    if name in allowed and kind not in SUPPLIED_BY_FORM:
        row |= {"step_url": step_url(opened, name), "step_label": BY_NAME[name].label}
    return row


PROVEN_BY = {
    "contact": ("contact", "meet"),
    "visit": ("visit", "meet"),
    "photo": ("visit", "meet"),
    "assists": ("file_outcome",),
    "first_saw": ("first_sees",),
    "legal_basis": ("draft_reply",),
    "plan": ("draft_reply",),
    "plan_date": ("draft_reply",),
}


def _proves(kind: str, line: Line) -> bool:
    return kind != "photo" or any(name.startswith("file:") for name in line.contents)


def _proof_fact(kind: str, line: Line, opened: Opened) -> str:
    said = [when(line.at, opened.now)]
    if kind == "contact" and line.step == "contact":
        said.append(str(dict(WAYS).get(line.says.get("way"), "")))
        if minutes := line.says.get("minutes"):
            said.append(_("%(n)s 分钟") % {"n": minutes})
    if kind == "visit" and line.step == "visit":
        said = [when(datetime.fromisoformat(line.says["visited_at"]), opened.now), opened.texts(line).get("place", "")]
        if line.says.get("accuracy"):
            said.append(_("手机定位，误差 %(n)d 米") % {"n": line.says["accuracy"]})
    if kind == "photo":
        said.append(_("%(n)d 张") % {"n": sum(name.startswith("file:") for name in line.contents)})
    if kind in ("legal_basis", "plan"):
        said = [opened.texts(line).get("basis" if kind == "legal_basis" else "plan", "")]
    return joined(said)


def step_url(opened: Opened, name: str) -> str:
    return reverse("desk:step", args=[opened.case.number, name])


# ---- replies, files, journal


def replies(opened: Opened) -> list[dict[str, Any]]:
    """Newest first; a draft is sent when an approval follows it before the next draft."""
    found: list[dict[str, Any]] = []
    for line in opened.lines:
        texts = opened.texts(line)
        if line.step == "draft_reply":
            note = _("%(who)s 写，%(when)s") % {"who": wording.who(line), "when": when(line.at, opened.now)}
            found.append(
                {
                    "text": texts.get("reply", ""),
                    "account": texts.get("account", ""),
                    "note": note,
                    "is_sent": False,
                    "basis": texts.get("basis", ""),
                    "plan": texts.get("plan", ""),
                    "back": "",
                }
            )
        elif line.step == "approve" and found:
            found[-1]["is_sent"] = True
            found[-1]["note"] += _("；%(who)s 审，%(when)s 发出") % {
                "who": wording.who(line),
                "when": when(line.at, opened.now),
            }
        elif line.step == "send_back" and found:
            found[-1]["back"] = texts.get("words", "")
    return found[::-1]


def attachments(opened: Opened) -> list[dict[str, Any]]:
    found = []
    for f in opened.files:
        url = reverse("desk:file", args=[f["id"]])
        is_picture = f["mime"].startswith("image/")
        taken = datetime.fromisoformat(f["taken_at"]) if f["taken_at"] else None
        at = timezone.localtime(taken) if taken and timezone.is_aware(taken) else None
        found.append(
            {
                "label": FILE_LABELS.get(f["kind"], ""),
                "name": f["name"],
                "at": at,
                "fact": "",
                "url": url,
                "thumb_url": url if is_picture else "",
            }
        )
    return found


def journal_foot(opened: Opened) -> dict[str, Any] | None:
    """How many lines, whether they follow each other to the head of the case, and the last seal over them."""
    if opened.is_past or not opened.lines:
        return None
    sealed, last = last_sealed_day(), timezone.localtime(opened.lines[-1].at).date()
    return {
        "count": len(opened.lines),
        "is_whole": _holds(opened),
        "sealed_on": sealed if sealed and sealed >= last else None,
    }


def _holds(opened: Opened) -> bool:
    prev = ""
    for expected, line in enumerate(opened.lines, 1):
        if line.no != expected or line.prev != prev or chain.link(hashed(line, opened.case.number)) != line.hash:
            return False
        prev = line.hash
    return prev == opened.case.head


# ---- people


def caller(opened: Opened) -> dict[str, Any]:
    """Masked. The number shows only in the answer to a reveal, and only to who may see it."""
    person, case = opened.case.person, opened.case
    if person.removed_at:
        return {"name": _("（依法删除了）"), "phone": "", "note": "", "reveal_url": ""}
    is_hidden = case.is_confidential and not opened.sees_original
    if is_hidden or case.secrecy == Secrecy.ANONYMOUS:
        note = _("匿名，没有留联系方式") if case.secrecy == Secrecy.ANONYMOUS else _("保密件：联系来电人请经热线中心")
        return {"name": "", "phone": "", "note": note, "reveal_url": ""}
    return {
        "name": person.masked_name or _("没留姓名"),
        "phone": person.masked_phone if opened.sees_contact else "",
        "note": labelled(_("方便接听"), person.preferred_time) if person.preferred_time else "",
        "reveal_url": reverse("desk:reveal", args=[case.number])
        if opened.sees_contact and (person.phone_sealed or person.name_sealed)
        else "",
        "reveal_reasons": [
            {"value": value, "label": label} for value, label in looking.REASONS.items() if value != "other"
        ],
    }


def holdings(opened: Opened) -> list[dict[str, str]]:
    """Who answers now, the deepest first; of a closed case, who held it to the end."""
    shown = opened.open_holdings or opened.holdings
    if opened.is_past:
        shown = opened.holdings
    order = {Holding.Role.LEAD: 0, Holding.Role.FIRST: 1, Holding.Role.ASSIST: 2}
    shown = sorted(shown, key=lambda h: (order[h.role], -h.DEPTH[h.level], h.pk))
    deepest = next((h for h in shown if h.role == Holding.Role.LEAD), None)
    return [
        {
            "role": _role_of(h, deepest),
            "kind": "accent" if h is deepest else "",
            "department": registry.unit_name(h.department_id) or str(h.department),
            "officer": _people(h),
        }
        for h in shown
    ]


def _role_of(h: Holding, deepest: Holding | None) -> str:
    if h.role == Holding.Role.LEAD and h is not deepest:
        return _("上级")
    return str(h.get_role_display())


def _people(h: Holding) -> str:
    if not h.officer:
        return ""
    return _("%(a)s，B 岗 %(b)s") % {"a": h.officer, "b": h.substitute} if h.substitute else str(h.officer)


def looks(opened: Opened) -> list[dict[str, Any]]:
    """Who looked, newest first: shown to staff too, since everybody who looks is seen."""
    if opened.is_past:
        return []
    found = []
    for k in opened.case.kept_looks:
        reason = looking.REASONS.get(k["reason"], "")
        found.append({
            "at": timezone.localtime(datetime.fromisoformat(k["at"])),
            "who": k["who"],
            "what": Look.What(k["what"]).label,
            "reason": k["words"] or reason,
        })  # fmt: skip
    return found


def tries(opened: Opened) -> list[dict[str, str]]:
    """The attempts of this cycle, newest first: who follows up sees when and how the last ones went."""
    found = []
    for line in reversed(opened.in_cycle("attempt")):
        outcome = dict(ATTEMPTS).get(line.says.get("outcome"), "")
        found.append(
            {
                "at": when(line.at, opened.now),
                "who": wording.who(line),
                "outcome": joined([dict(WAYS).get(line.says.get("way")), outcome]),
            }
        )
    return found
