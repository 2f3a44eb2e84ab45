"""A calendar was loaded: which running clocks move, and who is told? Cases whose due times stay are not touched by a step."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from suqiu.errors import Refused
from suqiu.worktime.queries import calendar_changed, calendar_now

from .advance import SYSTEM
from .flow import BY_NAME
from .models import Case, Clock
from .recounting import moved_by_calendar

log = logging.getLogger("suqiu.calendars")
CASES_A_PAGE = 200


def cases_that_move() -> Iterator[Case]:
    """Cases with a running clock that the calendar in force changes: what loading it will do, or has left to do."""
    last = 0
    while page := list(Case.objects.filter(pk__gt=last, pk__in=_behind().values("case")).order_by("id")[:CASES_A_PAGE]):
        yield from (case for case in page if moved_by_calendar(case, case.received_at))
        last = page[-1].pk


def first_that_move(*, ends_from: date, at_most: int, at: datetime) -> tuple[list[tuple[Clock, datetime]], bool]:
    """Clocks that the calendar in force moves, each with its due time before, in the cases due first; and whether there are more cases.

    `ends_from`: the first day that it changes; what ends before is not touched by it.
    """
    since = timezone.make_aware(datetime.combine(ends_from - timedelta(days=1), time.min))
    behind = _behind().filter(due_at__gte=since).values("case")
    cases = list(Case.objects.filter(pk__in=behind).order_by("next_due_at", "id")[: at_most + 1])
    running: dict[int, list[Clock]] = {case.pk: [] for case in cases[:at_most]}
    for clock in Clock.objects.filter(case__in=running, stopped_at=None).select_related("case"):
        running[clock.case_id].append(clock)
    moved = [pair for case in cases[:at_most] for pair in moved_by_calendar(case, at, running[case.pk])]
    return moved, len(cases) > at_most


def recompute_all(at: datetime) -> int:
    """Takes the step new_calendar for every case whose due times move; the clocks of the others only note that they were looked at."""
    calendar_changed()
    version, taken = calendar_now().version, 0
    newest = Clock.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    for case in cases_that_move():
        try:
            import_string(BY_NAME["new_calendar"].action)(
                case=case, by=SYSTEM, at=at, key=f"calendar:{version}:{case.pk}:{case.line_no}"
            )
            taken += 1
        except Refused as refused:  # stepped meanwhile: its clocks were started or stopped under the new calendar
            log.warning("calendar %s, %s: %s", version, case.number, refused)
    _behind().filter(pk__lte=newest).update(
        calendar_no=version
    )  # a later one may come from who still reads the old days
    return taken


def _behind() -> QuerySet[Clock]:
    """Running clocks counted over an earlier calendar; hours round the clock know no calendar."""
    counted = Clock.objects.filter(stopped_at=None, unit__startswith="working")
    return counted.filter(~Q(calendar_no=calendar_now().version))
