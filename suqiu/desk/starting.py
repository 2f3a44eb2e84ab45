"""What does a form of a step start with? What is known already, never a judgement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.families import family
from suqiu.cases.models import Case, State
from suqiu.directory.queries import substitute_of
from suqiu.speech import sentences, spoken

from . import ledger, targets
from .queries import Opened


def _of_case(opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "demand_type": case.demand_type,
        "area": case.area_id,
        "urgency": case.urgency,
        "secrecy": case.secrecy,
        "matter": case.matter_id,
    }


def _of_dispatch(opened: Opened) -> dict[str, Any]:
    case = opened.case
    found = targets.suggestion(case, case.matter, from_city=True)
    return {"matter": case.matter_id, "department": found.code, "why": found.why, "rewritten": _rewritten(opened)}


def _of_send_on(opened: Opened) -> dict[str, Any]:
    found = targets.suggestion(opened.case, opened.case.matter, from_city=False)
    return {"department": found.code, "why": found.why}


def _rewritten(opened: Opened) -> str:
    """Dispatched again: the text made for the first unit, to be read once more."""
    return next((t["rewritten"] for ln in reversed(opened.lines) if "rewritten" in (t := opened.texts(ln))), "")


def _of_new_time(opened: Opened) -> dict[str, Any]:
    """What is asked for or offered: which promise, from when to when, and in what words."""
    line = opened.last("ask_new_time", "decide_new_time")
    asked = opened.last("ask_new_time")
    if line is None or "due_at" not in line.says:
        return {}
    promise = next((c.promise for c in opened.clocks if c.promise and c.promise.pk == asked.says.get("promise")), None)
    told = {
        "what": promise.what if promise else "",
        "old": spoken(promise.due_at) if promise else "",
        "new": spoken(datetime.fromisoformat(line.says["due_at"])),
    }
    said = opened.texts(line).get("words", "")
    return {"why": sentences([_("「%(what)s」原定 %(old)s，提出改到 %(new)s") % told, said])}


def _of_visit(opened: Opened) -> dict[str, Any]:
    return {"visited_at": timezone.localtime(opened.now)}


def _of_assign(opened: Opened) -> dict[str, Any]:
    officer = opened.case.lead_officer
    substitute = substitute_of(officer) if officer else None
    return {"officer": officer.pk if officer else None, "substitute": substitute.pk if substitute else None}


def _of_draft(opened: Opened) -> dict[str, Any]:
    """Sent back: what was written stands there to be mended."""
    drafts = opened.in_cycle("draft_reply")
    if not drafts:
        return {}
    line = drafts[-1]
    found: dict[str, Any] = {
        name: text
        for name, text in opened.texts(line).items()
        if name in ("reply", "to_others", "account", "basis", "plan")
    }
    found |= {f"asks-{ask['no']}-outcome": ask["outcome"] for ask in opened.case.kept_asks}
    found |= {f"asks-{ask['no']}-basis": ask["basis"] for ask in opened.case.kept_asks}
    return found | ({"plan_on": line.says["plan_on"]} if line.says.get("plan_on") else {})


def _of_again(opened: Opened) -> dict[str, Any]:
    """The latest of his cases about the same that is closed: proposed, never taken by itself."""
    closed = [c for c in family(opened.case, Case.objects.visible_to(opened.seat.officer)) if c.state == State.CLOSED]
    return {"earlier": closed[-1].number} if closed else {}


INITIAL: dict[str, Callable[[Opened], dict[str, Any]]] = {
    "hang": ledger.of_hang,
    "recheck": ledger.of_recheck,
    "decide_new_time": _of_new_time,
    "take_new_time": _of_new_time,
    "accept": _of_case,
    "answer_again": _of_again,
    "dispatch": _of_dispatch,
    "send_on": _of_send_on,
    "visit": _of_visit,
    "assign": _of_assign,
    "draft_reply": _of_draft,
}
