"""Which clocks run on a case, when are they due, and how is that worked out?"""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from functools import cache

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.worktime.arithmetic import Allowance, due_at, one_working_day_before, shift_for_pause, working_seconds
from suqiu.worktime.queries import calendar_now

from .advance import Stepping
from .models import OPEN_STATES, Case, Clock, ClockKind, ClockProfile, ClockTerm, Holding, Promise

PAUSABLE = (ClockKind.OUTER, ClockKind.UNIT, ClockKind.REDO, ClockKind.CONTACT)
ANSWERS = (ClockKind.OUTER, ClockKind.UNIT, ClockKind.REDO)


@cache
def _terms(profile_no: int) -> tuple[ClockTerm, ...]:
    return tuple(ClockTerm.objects.filter(profile__number=profile_no))


def profile_at(moment: datetime) -> int:
    """The number of the profile in force; the earliest one for moments before the first."""
    numbers = ClockProfile.objects.order_by("valid_from").values_list("valid_from", "number")
    in_force = [no for since, no in numbers if since <= moment] or [no for _since, no in numbers[:1]]
    if not in_force:
        raise LookupError("no clock profile is loaded: run manage.py new_city or manage.py demo")
    return in_force[-1]


def allowance(kind: str, case: Case, profile_no: int) -> Allowance | None:
    """The matching row; where type and urgency both have one, the shorter wins. None: this kind has no clock here."""
    fits = [
        t
        for t in _terms(profile_no)
        if t.kind == kind and t.demand_type in ("", case.demand_type) and t.urgency in ("", case.urgency)
    ]
    specific = [t for t in fits if t.demand_type or t.urgency] or fits
    return min((Allowance(t.amount, t.unit) for t in specific), key=_rough_hours, default=None)


def _rough_hours(a: Allowance) -> float:
    return a.amount * {"working_day": 24, "day": 24, "working_hour": 3.4, "hour": 1}[a.unit]


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
    calendar = calendar_now()
    due = due_at(anchor_at or s.at, allowed, calendar)
    clock = Clock(
        case=s.case, kind=kind, cycle=s.case.cycle, holding=holding, anchor_at=anchor_at or s.at, anchor=s.row.name
    )
    clock.amount, clock.unit, clock.due_at, clock.is_provisional = (
        allowed.amount,
        allowed.unit,
        due.at,
        due.is_provisional,
    )
    clock.profile_no, clock.calendar_no, clock.explanation = (
        profile_no,
        calendar.version,
        [list(line) for line in due.lines],
    )
    if kind in PAUSABLE:
        _skip_earlier_pauses(clock, allowed)
    return _save(s, clock)


def start_until(
    s: Stepping, kind: str, due: datetime, *, holding: Holding | None = None, promise: Promise | None = None
) -> Clock:
    """Starts a clock that ends at an agreed moment."""
    due = max(due, s.at)
    lines = [["from", s.at.isoformat()], ["agreed", due.isoformat()]]
    clock = Clock(
        case=s.case, kind=kind, cycle=s.case.cycle, holding=holding, promise=promise, anchor_at=s.at, anchor=s.row.name
    )
    clock.amount, clock.unit, clock.due_at, clock.explanation = 0, "fixed", due, lines
    return _save(s, clock)


def _skip_earlier_pauses(clock: Clock, allowed: Allowance) -> None:
    """A clock that starts late but from an early anchor leaves out the waits for the caller since then."""
    for wait in clock.case.clocks.filter(kind=ClockKind.PAUSE, anchor_at__gte=clock.anchor_at).exclude(stopped_at=None):
        clock.due_at = shift_for_pause(clock.due_at, wait.anchor_at, wait.stopped_at, allowed, calendar_now())
        clock.segments.append([wait.anchor_at.isoformat(), wait.stopped_at.isoformat()])
        clock.explanation += [
            ["paused", wait.anchor_at.isoformat()],
            ["resumed", wait.stopped_at.isoformat()],
            ["due", clock.due_at.isoformat()],
        ]


def start_unit(s: Stepping, holding: Holding) -> Clock:
    """The unit's answer is due one working day before the outer clock runs out, and never before the day is over."""
    outer = running(s.case, ClockKind.OUTER)
    calendar = calendar_now()
    at_least = due_at(s.at, Allowance(1, "working_day"), calendar).at
    due = max(one_working_day_before(outer.due_at, calendar), at_least)
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
        _bind(clock, outer)
        clock.save()
        refresh(s.case)
    return clock


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


def pause(s: Stepping) -> None:
    """Waiting for the caller: the only reason for which a clock stands still."""
    s.case.clocks.filter(stopped_at=None, paused_at=None, kind__in=PAUSABLE).update(paused_at=s.at)
    refresh(s.case)


def resume(s: Stepping, at: datetime | None = None) -> None:
    """Runs on (from `at`, where the cap ended the pause before this step): each due time moves by the working part of the pause."""
    at, calendar = at or s.at, calendar_now()
    for clock in s.case.clocks.filter(stopped_at=None).exclude(paused_at=None):
        unit = clock.unit if clock.unit in Allowance.UNITS else "working_day"
        clock.due_at = shift_for_pause(clock.due_at, clock.paused_at, at, Allowance(clock.amount, unit), calendar)
        clock.segments = [*clock.segments, [clock.paused_at.isoformat(), at.isoformat()]]
        clock.explanation = [
            *clock.explanation,
            ["paused", clock.paused_at.isoformat()],
            ["resumed", at.isoformat()],
            ["due", timezone.localtime(clock.due_at).isoformat()],
        ]
        clock.paused_at = None
        clock.save()
    refresh(s.case)


def extend(s: Stepping, days: int) -> None:
    """Moves outer, unit and redo clocks by so many working days; said on each, line by line."""
    calendar = calendar_now()
    for clock in s.case.clocks.filter(stopped_at=None, kind__in=ANSWERS):
        due = due_at(clock.due_at, Allowance(days, "working_day"), calendar)
        clock.due_at, clock.is_provisional = due.at, clock.is_provisional or due.is_provisional
        clock.explanation = [*clock.explanation, ["extended", f"{days}"], *map(list, due.lines[2:])]
        clock.save()
    refresh(s.case)


def recompute(s: Stepping) -> None:
    """After a correction: running clocks of the profile start again from their first anchor, on the terms in force now."""
    profile_no = profile_at(s.at)
    for clock in _countable(s.case).exclude(kind=ClockKind.ASSIST):
        allowed = allowance(clock.kind, s.case, profile_no)
        if allowed:
            clock.amount, clock.unit, clock.profile_no = allowed.amount, allowed.unit, profile_no
            _count_again(clock, s.at)
            clock.save()
    if unit := _unit_again(running(s.case, ClockKind.UNIT), running(s.case, ClockKind.OUTER), s.at):
        unit.save()
    refresh(s.case)


def recount(s: Stepping) -> list[list[str]]:
    """After a new calendar: each running clock on its own terms. What moved, as (kind, due before, due now)."""
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
            _bind(clock, bound)
        if (clock.due_at, clock.is_provisional) != before:
            found.append((clock, before[0]))
    before = (unit.due_at, unit.is_provisional) if unit else None
    if (unit := _unit_again(unit, outer, at)) and (unit.due_at, unit.is_provisional) != before:
        found.append((unit, before[0]))
    return found


def _bind(clock: Clock, outer: Clock) -> None:
    if clock.due_at > outer.due_at:
        clock.due_at = outer.due_at
        clock.explanation = [*clock.explanation, ["outer_ends", timezone.localtime(outer.due_at).isoformat()]]


def _countable(case: Case) -> QuerySet[Clock]:
    """The running clocks that count days or hours; an agreed moment stays what was agreed."""
    return case.clocks.filter(stopped_at=None).exclude(unit="fixed")


def _count_again(clock: Clock, at: datetime) -> None:
    calendar, allowed = calendar_now(), Allowance(clock.amount, clock.unit)
    due = due_at(clock.anchor_at, allowed, calendar)
    extended = [value for word, value in clock.explanation if word == "extended"]
    clock.due_at, clock.is_provisional, clock.calendar_no = due.at, due.is_provisional, calendar.version
    clock.explanation = [["recomputed", at.isoformat()], *map(list, due.lines)]
    _shift_again(clock, allowed, extended)


def _shift_again(clock: Clock, allowed: Allowance, extended: list[str]) -> None:
    """What moved the due time before moves it again: waits for the caller, an earlier term of the source, an extension."""
    calendar = calendar_now()
    for paused, resumed in clock.segments:
        wait = datetime.fromisoformat(paused), datetime.fromisoformat(resumed)
        clock.due_at = shift_for_pause(clock.due_at, *wait, allowed, calendar)
        due = timezone.localtime(clock.due_at).isoformat()
        clock.explanation += [["paused", paused], ["resumed", resumed], ["due", due]]
    _mind_source(clock)
    for days in extended:
        due = due_at(clock.due_at, Allowance(int(days), "working_day"), calendar)
        clock.due_at, clock.is_provisional = due.at, clock.is_provisional or due.is_provisional
        clock.explanation += [["extended", days], *map(list, due.lines[2:])]


def _unit_again(unit: Clock | None, outer: Clock | None, at: datetime) -> Clock | None:
    """The unit's clock follows the outer one; unsaved."""
    calendar = calendar_now()
    if unit is None or outer is None:
        return None
    at_least = due_at(unit.anchor_at, Allowance(1, "working_day"), calendar).at
    unit.due_at = max(one_working_day_before(outer.due_at, calendar), at_least)
    unit.is_provisional = outer.is_provisional
    unit.explanation = [
        *unit.explanation,
        ["recomputed", at.isoformat()],
        ["outer", timezone.localtime(outer.due_at).isoformat()],
        ["due", unit.due_at.isoformat()],
    ]
    return unit


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
    _mind_source(clock)
    clock.save()
    refresh(s.case)
    return clock


def _mind_source(clock: Clock) -> None:
    """Another system's due time bounds the outer clock: the earlier of the two wins."""
    source = clock.case.source_due_at
    if clock.kind == ClockKind.OUTER and source and source < clock.due_at:
        clock.due_at = max(source, clock.anchor_at)
        clock.explanation = [*clock.explanation, ["source_earlier", timezone.localtime(source).isoformat()]]


# ---- how a clock is shown


def remaining(due: datetime, now: datetime, is_working_time: bool = True) -> str:
    """剩 4 个工作日 · 剩 3 小时 10 分 · 超 1 天 2 小时: days only beyond two, never seconds."""
    seconds = working_seconds(now, due, calendar_now()) if is_working_time else (due - now).total_seconds()
    left, per_day = abs(int(seconds)), calendar_now().seconds_per_day if is_working_time else 86400
    days, rest = divmod(left, per_day)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if left < 60:
        return _("马上到期") if due >= now else _("刚过期")
    said = _span(days, hours, minutes, is_working_time)
    return (_("剩 %s") if due >= now else _("超 %s")) % said


def _span(days: int, hours: int, minutes: int, is_working_time: bool) -> str:
    if days >= 2 and is_working_time:
        return ngettext("%(days)d 个工作日", "%(days)d 个工作日", days) % {"days": days}
    if days >= 2 or (days and not hours):
        return ngettext("%(days)d 天", "%(days)d 天", days) % {"days": days}
    if days:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}


def level(clock: Clock, now: datetime) -> tuple[str, int]:
    """(ok | soon | over, share of the term used in per cent); soon from 70 % on."""
    whole = (clock.due_at - clock.anchor_at).total_seconds() or 1
    share = min(max(int(100 * (now - clock.anchor_at).total_seconds() / whole), 0), 100)
    return ("over" if now > clock.due_at else "soon" if share >= 70 else "ok"), share


def is_working_time(kind: str, unit: str) -> bool:
    return unit not in ("hour", "day")


def explain(clock: Clock) -> list[str]:
    """How the due time came about, line by line, in the reader's language."""
    return [_explained(word, value) for word, value in clock.explanation]


def _explained(word: str, value: str) -> str:
    said = {
        "from": _("从 %s 起算"), "allowance": _("期限：%s"), "skipped": _("放假不算：%s"), "worked": _("调休上班，算：%s"),
        "provisional": _("%s 年的放假安排还没公布，暂按每周五天算"), "due": _("到 %s"), "agreed": _("约定到 %s"),
        "outer": _("总时限到 %s"), "outer_ends": _("不超过总时限：到 %s"),
        "one_day_before": _("单位要早一个工作日：到 %s"), "paused": _("%s 停表，等来电人补充"),
        "resumed": _("%s 接着走"), "extended": _("批准延期 %s 个工作日"), "recomputed": _("%s 重算"), "source_earlier": _("来件要求更早：%s"),
    }.get(word, "%s")  # fmt: skip
    return said % _shown(word, value)


def _shown(word: str, value: str) -> str:
    if word == "allowance":
        amount, unit = value.split()
        units = {
            "working_day": _("%s 个工作日"),
            "working_hour": _("%s 个工作小时"),
            "hour": _("%s 小时"),
            "day": _("%s 天"),
        }
        return units[unit] % amount
    if len(value) > 10 and value[4] == "-" and "T" in value:
        return timezone.localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    if word in ("skipped", "worked"):
        day, _space, name = value.partition(" ")
        return f"{date.fromisoformat(day):%m-%d} {name}".strip()
    return value
