"""A year of the working calendar is announced: load it from a file, without a release."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.db import transaction

from suqiu.errors import Refused

from .models import CalendarDay, CalendarYear
from .queries import calendar_changed


@transaction.atomic
def load_year(*, year: int, days: list[tuple[date, bool, str]], source: str) -> CalendarYear:
    """Replaces the days of one year; loading the same year again raises its version."""
    if any(day.year != year for day, _, _ in days):
        raise Refused(f"文件里有不属于 {year} 年的日期", status=422)
    row, is_new = CalendarYear.objects.select_for_update().get_or_create(year=year, defaults={"source": source})
    if not is_new:
        row.version, row.source = row.version + 1, source
        row.save()
    CalendarDay.objects.filter(day__year=year).delete()
    CalendarDay.objects.bulk_create(CalendarDay(day=d, is_working=w, name=n) for d, w, n in days)
    transaction.on_commit(calendar_changed)
    return row


def load_file(path: Path) -> list[CalendarYear]:
    """A CSV with the columns day, is_working (1 or 0), name; one or several years."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [(date.fromisoformat(r["day"]), r["is_working"] == "1", r["name"]) for r in csv.DictReader(lines)]
    years = sorted({day.year for day, _, _ in rows})
    return [load_year(year=y, days=[r for r in rows if r[0].year == y], source=path.name) for y in years]
