"""Which clocks run on a case: what starts, stops, halts and extends one, and when is it due?"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from suqiu.worktime.arithmetic import Allowance, due_at, one_working_day_before, shift_for_pause
from suqiu.worktime.queries import calendar_now

from .advance import Stepping
from .models import OPEN_STATES, Case, Clock, ClockKind, Holding, Promise
from .terms import allowance, profile_at

PAUSABLE = (ClockKind.OUTER, ClockKind.UNIT, ClockKind.REDO, ClockKind.CONTACT)
ANSWERS = (ClockKind.OUTER, ClockKind.UNIT, ClockKind.REDO)


def start(
    s: Stepping,
    kind: str,
    *,
    anchor_at: datetime | None = None,
    days: int | None = None,
    holding: Holding | None = None,
) -> Clock | None:
    """Starts a clock under the profile in force now; `days` (working days) overrides the profile's amount."""
    profile_no = profile_at(s.at)
    allowed = Allowance(days, "working_day") if days is not None else allowance(kind, s.case, profile_no)
    if allowed is None:
        return None
    anchor_at, calendar = anchor_at or s.at, calendar_now()
    due = due_at(anchor_at, allowed, calendar)
    clock = Clock(
        case=s.case, kind=kind, cycle=s.case.cycle, holding=holding, anchor_at=anchor_at, anchor=s.row.name,
        amount=allowed.amount, unit=allowed.unit, due_at=due.at, is_provisional=due.is_provisional,
        profile_no=profile_no, calendar_no=calendar.version, explanation=[list(line) for line in due.lines],
    )  # fmt: skip
    if kind in PAUSABLE:
        _skip_earlier_pauses(clock, allowed)
    return _save(s, clock)


def start_until(
    s: Stepping, kind: str, due: datetime, *, holding: Holding | None = None, promise: Promise | None = None
) -> Clock:
    """Starts a clock that ends at an agreed moment."""
    due = max(due, s.at)
    clock = Clock(
        case=s.case, kind=kind, cycle=s.case.cycle, holding=holding, promise=promise, anchor_at=s.at, anchor=s.row.name,
        amount=0, unit="fixed", due_at=due, explanation=[["from", s.at.isoformat()], ["agreed", due.isoformat()]],
    )  # fmt: skip
    return _save(s, clock)


def _skip_earlier_pauses(clock: Clock, allowed: Allowance) -> None:
    """A clock that starts late but from an early anchor leaves out the waits for the caller since then."""
    for wait in clock.case.clocks.filter(kind=ClockKind.PAUSE, anchor_at__gte=clock.anchor_at).exclude(stopped_at=None):
        leave_out(clock, wait.anchor_at, wait.stopped_at, allowed)
        clock.segments.append([wait.anchor_at.isoformat(), wait.stopped_at.isoformat()])


def start_unit(s: Stepping, holding: Holding) -> Clock:
    """The unit's answer is due one working day before the outer clock runs out, and never before the day is over."""
    outer = running(s.case, ClockKind.OUTER)
    due = unit_due(s.at, outer)
    clock = start_until(s, ClockKind.UNIT, due, holding=holding)
    clock.explanation = [
        ["from", s.at.isoformat()],
        ["outer", timezone.localtime(outer.due_at).isoformat()],
        ["one_day_before", due.isoformat()],
    ]
    clock.is_provisional = outer.is_provisional
    clock.save(update_fields=["explanation", "is_provisional"])
    return clock


def start_assist(s: Stepping, holding: Holding, days: int) -> Clock:
    """So many working days, but never beyond the outer clock (the redo's, in a redo) while that still runs."""
    clock = start(s, ClockKind.ASSIST, days=days, holding=holding)
    outer = running(s.case, ClockKind.OUTER) or running(s.case, ClockKind.REDO)
    if outer and s.at < outer.due_at < clock.due_at:
        bind(clock, outer)
        clock.save()
        refresh(s.case)
    return clock


def start_dispatch(s: Stepping) -> Clock | None:
    """The term of the centre that has it now: the city's own, or the county's."""
    kind = ClockKind.SUB_TERM if s.lead.level == Holding.Level.COUNTY else ClockKind.DISPATCH
    return start(s, kind, holding=s.lead)


def running(case: Case, kind: str) -> Clock | None:
    return case.clocks.filter(kind=kind, stopped_at=None).order_by("-id").first()


def stop(s: Stepping, *kinds: str, holding: Holding | None = None) -> None:
    """Stops every clock of these kinds. None named: all, but promises outlive closure, and a hand-over not yet told outlives all else."""
    clocks = s.case.clocks.filter(stopped_at=None)
    untold = (ClockKind.HAND_OVER,) if s.to in OPEN_STATES else ()
    clocks = clocks.filter(kind__in=kinds) if kinds else clocks.exclude(kind__in=(ClockKind.PROMISE, *untold))
    if holding:
        clocks = clocks.filter(holding=holding)
    clocks.update(stopped_at=s.at, stopped_by=s.row.name, paused_at=None)
    refresh(s.case)


def stop_running(s: Stepping, *, but: tuple[str, ...]) -> None:
    """Stops all but these; `run_again` with this step's name starts the same ones anew."""
    kinds = s.case.clocks.filter(stopped_at=None).exclude(kind__in=but)
    kinds.update(stopped_at=s.at, stopped_by=s.row.name, paused_at=None)
    refresh(s.case)


def run_again(s: Stepping, *, stopped_by: str) -> None:
    """What that step stopped last runs again, from its own anchor and to its own end, even if that is past."""
    stopped = s.case.clocks.filter(stopped_by=stopped_by)
    if last := stopped.order_by("-stopped_at").first():
        stopped.filter(stopped_at=last.stopped_at).update(stopped_at=None, stopped_by="")
    refresh(s.case)


def start_as(s: Stepping, kind: str, other: Clock) -> Clock:
    """A clock of this case with anchor and end of another one."""
    due = timezone.localtime(other.due_at).isoformat()
    clock = Clock(
        case=s.case, kind=kind, cycle=s.case.cycle, anchor_at=other.anchor_at, anchor=s.row.name, amount=other.amount, unit=other.unit,
        due_at=other.due_at, is_provisional=other.is_provisional, profile_no=other.profile_no, calendar_no=other.calendar_no,
        segments=other.segments, explanation=[["from", timezone.localtime(other.anchor_at).isoformat()], ["earliest_of_event", due]],
    )  # fmt: skip
    return _save(s, clock)


def pause(s: Stepping) -> None:
    """Waiting for the caller: the only reason for which a clock stands still."""
    s.case.clocks.filter(stopped_at=None, paused_at=None, kind__in=PAUSABLE).update(paused_at=s.at)
    refresh(s.case)


def resume(s: Stepping, at: datetime | None = None) -> None:
    """Runs on (from `at`, where the cap ended the pause before this step): each due time moves by the working part of the pause."""
    at = at or s.at
    for clock in s.case.clocks.filter(stopped_at=None).exclude(paused_at=None):
        unit = clock.unit if clock.unit in Allowance.UNITS else "working_day"
        leave_out(clock, clock.paused_at, at, Allowance(clock.amount, unit))
        clock.segments = [*clock.segments, [clock.paused_at.isoformat(), at.isoformat()]]
        clock.paused_at = None
        clock.save()
    refresh(s.case)


def extend(s: Stepping, days: int) -> None:
    """Moves outer, unit and redo clocks by so many working days; said on each, line by line."""
    for clock in s.case.clocks.filter(stopped_at=None, kind__in=ANSWERS):
        lengthen(clock, days)
        clock.save()
    refresh(s.case)


def refresh(case: Case) -> None:
    """Keeps the case's next due time: the earliest running clock."""
    found = (
        case.clocks.filter(stopped_at=None, paused_at=None)
        .exclude(kind=ClockKind.PROMISE)
        .order_by("due_at", "id")
        .first()
    )
    case.next_due_at, case.next_due_kind = (found.due_at, found.kind) if found else (None, "")


def close_of(day: date) -> datetime:
    """The close of work on that day, in city time."""
    return calendar_now().close(day)


def is_past(clock: Clock | None, moment: datetime) -> bool:
    return bool(clock and clock.due_at < moment)


def _save(s: Stepping, clock: Clock) -> Clock:
    mind_source(clock)
    clock.save()
    refresh(s.case)
    return clock


# ---- what moves a due time, when a clock starts and whenever it is counted again; unsaved


def unit_due(since: datetime, outer: Clock) -> datetime:
    return at_least_a_day(since, one_working_day_before(outer.due_at, calendar_now()))


def at_least_a_day(since: datetime, due: datetime) -> datetime:
    """What is left of a term, and never less than a working day."""
    return max(due, due_at(since, Allowance(1, "working_day"), calendar_now()).at)


def leave_out(clock: Clock, paused_at: datetime, resumed_at: datetime, allowed: Allowance) -> None:
    """The working part of a wait for the caller."""
    clock.due_at = shift_for_pause(clock.due_at, paused_at, resumed_at, allowed, calendar_now())
    said = [["paused", paused_at.isoformat()], ["resumed", resumed_at.isoformat()], ["due", clock.due_at.isoformat()]]
    clock.explanation = [*clock.explanation, *said]


def lengthen(clock: Clock, days: int) -> None:
    """By so many working days."""
    due = due_at(clock.due_at, Allowance(days, "working_day"), calendar_now())
    clock.due_at, clock.is_provisional = due.at, clock.is_provisional or due.is_provisional
    clock.explanation = [*clock.explanation, ["extended", f"{days}"], *map(list, due.lines[2:])]


def bind(clock: Clock, outer: Clock) -> None:
    if clock.due_at > outer.due_at:
        clock.due_at = outer.due_at
        clock.explanation = [*clock.explanation, ["outer_ends", timezone.localtime(outer.due_at).isoformat()]]


def mind_source(clock: Clock) -> None:
    """Another system's due time bounds the outer clock: the earlier of the two wins."""
    source = clock.case.source_due_at
    if clock.kind == ClockKind.OUTER and source and source < clock.due_at:
        clock.due_at = max(source, clock.anchor_at)
        clock.explanation = [*clock.explanation, ["source_earlier", timezone.localtime(source).isoformat()]]
