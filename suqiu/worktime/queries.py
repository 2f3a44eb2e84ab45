"""Which calendar is in force?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache

from .arithmetic import Calendar
from .models import CalendarDay, CalendarYear

CACHE_SECONDS = 60


def calendar_now() -> Calendar:
    """The calendar as loaded; read at most once a minute per process. Its version is the sum of the years' versions."""
    found = cache.get("calendar")
    if found is None:
        years = dict(CalendarYear.objects.values_list("year", "version"))
        days = {
            day: (is_working, name)
            for day, is_working, name in CalendarDay.objects.values_list("day", "is_working", "name")
        }
        zone = ZoneInfo(settings.TIME_ZONE)
        found = Calendar(days=days, official_years=frozenset(years), zone=zone, version=sum(years.values()))
        cache.set("calendar", found, CACHE_SECONDS)
    return found


def calendar_changed() -> None:
    cache.delete("calendar")
