"""When is a running clock due once the case was corrected, or the calendar changed?"""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.utils import timezone

from suqiu.worktime.arithmetic import Allowance, due_at
from suqiu.worktime.queries import calendar_now

from .advance import Stepping
from .clocks import bind, leave_out, lengthen, mind_source, refresh, running, unit_due
from .models import Case, Clock, ClockKind
from .terms import allowance, profile_at


def after_correction(s: Stepping) -> None:
    """Running clocks that count days or hours start again from their first anchor, on the terms in force now; an agreed moment stays."""
    profile_no = profile_at(s.at)
    for clock in s.case.clocks.filter(stopped_at=None).exclude(unit="fixed").exclude(kind=ClockKind.ASSIST):
        allowed = allowance(clock.kind, s.case, profile_no)
        if allowed:
            clock.amount, clock.unit, clock.profile_no = allowed.amount, allowed.unit, profile_no
            _count_again(clock, s.at)
            clock.save()
    if unit := _unit_again(running(s.case, ClockKind.UNIT), running(s.case, ClockKind.OUTER), s.at):
        unit.save()
    refresh(s.case)


def after_calendar(s: Stepping) -> list[list[str]]:
    """Each running clock on its own terms. What moved, as (kind, due before, due now)."""
    moved = moved_by_calendar(s.case, s.at)
    for clock, _before in moved:
        clock.save()
    refresh(s.case)
    return [[clock.kind, before.isoformat(), clock.due_at.isoformat()] for clock, before in moved]


def moved_by_calendar(case: Case, at: datetime, held: list[Clock] | None = None) -> list[tuple[Clock, datetime]]:
    """Running clocks that the calendar in force changes, worked out anew and not yet saved, each with its due time before.

    `held`: the case's running clocks, where they were read already.
    """
    if held is None:
        held = list(case.clocks.filter(stopped_at=None))
    unit = copy(max((c for c in held if c.kind == ClockKind.UNIT), key=lambda c: c.pk, default=None))
    counted = [c for c in held if c.unit != "fixed"]
    counted.sort(key=lambda c: c.kind == ClockKind.ASSIST)  # an assist is bound by the others
    outer = next((c for c in counted if c.kind == ClockKind.OUTER), None)
    bound = outer or next((c for c in counted if c.kind == ClockKind.REDO), None)
    found = []
    for clock in counted:
        before = clock.due_at, clock.is_provisional
        is_bound = any(word == "outer_ends" for word, _value in clock.explanation)
        _count_again(clock, at)
        if is_bound and bound:
            bind(clock, bound)
        if (clock.due_at, clock.is_provisional) != before:
            found.append((clock, before[0]))
    before = (unit.due_at, unit.is_provisional) if unit else None
    if (unit := _unit_again(unit, outer, at)) and (unit.due_at, unit.is_provisional) != before:
        found.append((unit, before[0]))
    return found


def _count_again(clock: Clock, at: datetime) -> None:
    calendar, allowed = calendar_now(), Allowance(clock.amount, clock.unit)
    due = due_at(clock.anchor_at, allowed, calendar)
    extended = [value for word, value in clock.explanation if word == "extended"]
    clock.due_at, clock.is_provisional, clock.calendar_no = due.at, due.is_provisional, calendar.version
    clock.explanation = [["recomputed", at.isoformat()], *map(list, due.lines)]
    _shift_again(clock, allowed, extended)


def _shift_again(clock: Clock, allowed: Allowance, extended: list[str]) -> None:
    """What moved the due time before moves it again: waits for the caller, an earlier term of the source, an extension."""
    for paused, resumed in clock.segments:
        leave_out(clock, datetime.fromisoformat(paused), datetime.fromisoformat(resumed), allowed)
    mind_source(clock)
    for days in extended:
        lengthen(clock, int(days))


def _unit_again(unit: Clock | None, outer: Clock | None, at: datetime) -> Clock | None:
    """The unit's clock follows the outer one; unsaved."""
    if unit is None or outer is None:
        return None
    unit.due_at, unit.is_provisional = unit_due(unit.anchor_at, outer), outer.is_provisional
    unit.explanation = [
        *unit.explanation,
        ["recomputed", at.isoformat()],
        ["outer", timezone.localtime(outer.due_at).isoformat()],
        ["due", unit.due_at.isoformat()],
    ]
    return unit
