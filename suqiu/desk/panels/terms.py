"""Which terms run on the case, which were met, and what was promised until when?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases import timing
from suqiu.cases.models import Clock, ClockKind

from ..queries import Opened
from ..shell import when

CLOCKS_SHOWN = 6
MET_BY = {  # the step that meets a clock; stopped by another it simply no longer runs
    ClockKind.CONTACT: {"contact", "meet"},
    ClockKind.UNIT: {"approve"},
    ClockKind.OUTER: {"approve", "answer_at_once", "settle"},
    ClockKind.REDO: {"approve"},
}


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
    word = timing.remaining(c.due_at, now, timing.is_working_time(c.unit))
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
