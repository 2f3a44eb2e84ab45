"""Which calendar is in force?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings

from .arithmetic import Calendar
from .models import CalendarDay, CalendarYear

KEPT_SECONDS = 60
_kept: tuple[float, Calendar] | None = None
_supposed: ContextVar[Calendar | None] = ContextVar("supposed_calendar", default=None)


def calendar_now() -> Calendar:
    """The calendar as loaded; read at most once a minute per process. Its version is the sum of the years' versions."""
    global _kept
    if supposed := _supposed.get():
        return supposed
    if _kept is None or monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = monotonic(), _read()
    return _kept[1]


def calendar_changed() -> None:
    global _kept
    _kept = None


@contextmanager
def supposing(calendar: Calendar) -> Iterator[None]:
    """Inside, and in this thread alone, this calendar is in force: what would change if it were loaded?"""
    token = _supposed.set(calendar)
    try:
        yield
    finally:
        _supposed.reset(token)


def _read() -> Calendar:
    years = dict(CalendarYear.objects.values_list("year", "version"))
    days = {
        day: (is_working, name)
        for day, is_working, name in CalendarDay.objects.values_list("day", "is_working", "name")
    }
    zone = ZoneInfo(settings.TIME_ZONE)
    return Calendar(days=days, official_years=frozenset(years), zone=zone, version=sum(years.values()))
