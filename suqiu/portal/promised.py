"""What was promised to the citizen, until when, and was it kept? Terms and promises alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases import timing
from suqiu.cases.models import Clock, ClockKind
from suqiu.cases.telling import BY_WHEN

from .marked import filled, marked, noted
from .queries import CasePage
from .shell import when

DONE_BY = {  # a stopped clock is a word kept only if this stopped it
    ClockKind.ACCEPT: {"accept", "answer_at_once", "divert"},
    ClockKind.CONTACT: {"contact", "meet"},
    ClockKind.OUTER: {"approve"},
    ClockKind.REDO: {"approve"},
    ClockKind.APPEAL: {"decide_appeal"},
}


def promises(page: CasePage, now: datetime) -> list[dict[str, Any]]:
    """Terms and promises alike, each with its clock: what runs, earliest first, then what was kept."""
    shown = [row for clock in page.clocks if (row := _promise(clock, page, now))]
    return sorted(shown, key=lambda row: row["state"] == "kept")


def _promise(clock: Clock, page: CasePage, now: datetime) -> dict[str, Any] | None:
    if clock.promise:
        return _given(clock, page, now)
    if clock.kind not in BY_WHEN or (clock.stopped_at and clock.stopped_by not in DONE_BY.get(clock.kind, ())):
        return None
    if clock.paused_at and page.case.state == "A":  # answered at once: it stands until he says it was no answer
        return None
    what = str(BY_WHEN[clock.kind])
    if clock.stopped_at:
        late = _("（晚了）") if clock.stopped_at > clock.due_at else ""
        return {
            "what": what,
            "state": "kept",
            "note": _("%(when)s 做到%(late)s") % {"when": when(clock.stopped_at, now), "late": late},
        }
    return _running(clock, _("%(when)s 前%(what)s") % {"when": when(clock.due_at, now), "what": what}, "", now)


def _given(clock: Clock, page: CasePage, now: datetime) -> dict[str, Any] | None:
    """A promise of a department; one put off with his consent is told with the one that replaced it."""
    promise = clock.promise
    if promise.replaced_by_id:
        return None
    by = filled(_("%(who)s答应的"), who=marked(str(promise.department)))
    earlier = [c.promise for c in page.clocks if c.promise and c.promise.replaced_by_id == promise.pk]
    if earlier:
        by += filled(_("；原定 %(when)s，经您同意改期"), when=when(earlier[0].due_at, now))
    if promise.kept_at:
        return {
            "what": marked(promise.what),
            "state": "kept",
            "note": filled(_("%(by)s，%(when)s 做到"), by=by, when=when(promise.kept_at, now)),
        }
    what = filled(_("%(when)s 前：%(what)s"), when=when(clock.due_at, now), what=marked(promise.what))
    return _running(clock, what, by, now)


def _running(clock: Clock, what: str, by: str, now: datetime) -> dict[str, Any]:
    if clock.paused_at:
        return {"what": what, "state": "open", "note": _("停着，等您补充"), "clock": {"level": "ok", "share": 0}}
    level, share = timing.level(clock, now)
    is_working_time = not clock.promise and timing.is_working_time(clock.unit)
    left = timing.remaining(clock.due_at, now, is_working_time)
    provisional = _("暂按现行日历") if clock.is_provisional else ""
    note = noted((by, left, provisional))
    return {
        "what": what,
        "state": "late" if level == "over" else "open",
        "note": note,
        "clock": {"level": level, "share": share},
    }


def workings(page: CasePage) -> list[dict[str, Any]]:
    """怎么算的: line by line, for each term that runs."""
    counted = [c for c in page.clocks if c.stopped_at is None and c.kind in BY_WHEN and page.case.state != "A"]
    return [{"what": BY_WHEN[c.kind], "lines": timing.explain(c)} for c in counted]
