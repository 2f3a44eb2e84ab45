"""When does somebody get round to it? Delays as people have them: in working hours, in the evening, at once at night."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

from django.utils import timezone

from suqiu import worktime
from suqiu.worktime.arithmetic import Calendar, add_working

# How many of the day's calls come in each hour, from midnight on.
HOURS = (4, 2, 2, 1, 1, 3, 8, 22, 52, 70, 68, 46, 26, 34, 56, 62, 56, 44, 34, 38, 34, 24, 14, 8)
WEEKEND = 0.58  # of a working day's calls
LAST_MORNING = time(6, 0)
EVENING = (18 * 60 + 20, 20 * 60 + 40)  # minutes of the day in which people pick up
ANY_TIME = (8 * 60 + 40, 20 * 60 + 20)


def last_morning(day) -> datetime:
    """Nothing happens in the demo city after this."""
    return timezone.make_aware(datetime.combine(day, LAST_MORNING))


def after(moment: datetime, delay: str, rng: Random, calendar: Calendar) -> datetime:
    """A moment so much later than `moment`, with a chance second.

    `delay` is "FROM-TO" and a letter: m minutes, h hours round the clock, w working hours, d working days (some time in
    that day's working hours), e evenings (of that many days later), D days (at a time when people are up).
    """
    unit, (low, high) = delay[-1], (float(n) for n in delay[:-1].split("-"))
    return _AFTER[unit](timezone.localtime(moment), low, high, rng, calendar).replace(microsecond=0)


def received(day, rng: Random) -> datetime:
    """Some time on that day, as calls are spread over it."""
    hour = rng.choices(range(24), HOURS)[0]
    wanted = time(hour, rng.randrange(60), rng.randrange(60))
    return timezone.make_aware(datetime.combine(day, wanted))


def weight(day: date) -> float:
    return 1.0 if official().is_working(day) else WEEKEND


@cache
def official() -> Calendar:
    """The calendar of the file, for those who plan before there is a database."""
    with (Path(worktime.__file__).parent / "calendars.csv").open(encoding="utf-8", newline="") as lines:
        days = {date.fromisoformat(r["day"]): (r["is_working"] == "1", r["name"]) for r in csv.DictReader(lines)}
    return Calendar(days=days)


def holiday(day: date, days: int) -> list[date]:
    """The longest rest in so many days before `day`, which is past by a fortnight; the later one of two that are equal."""
    runs: list[list[date]] = [[]]
    for one in (day - timedelta(days=n) for n in range(days - 10, 14, -1)):
        if official().is_working(one):
            runs.append([])
        else:
            runs[-1].append(one)
    return max(runs, key=lambda run: (len(run), run))


def _minutes(moment, low, high, rng, calendar):
    return moment + timedelta(seconds=rng.uniform(low * 60, high * 60))


def _hours(moment, low, high, rng, calendar):
    return moment + timedelta(seconds=rng.uniform(low * 3600, high * 3600))


def _working_hours(moment, low, high, rng, calendar):
    return add_working(moment, max(rng.uniform(low * 3600, high * 3600), 61), calendar)


def _working_days(moment, low, high, rng, calendar):
    day = moment.date()
    for _n in range(max(rng.randint(int(low), int(high)), 1)):
        day = calendar.next_working_day(day)
    begin, end = rng.choice(calendar.intervals(day))
    return begin + timedelta(seconds=rng.uniform(300, (end - begin).total_seconds() - 60))


def _evenings(moment, low, high, rng, calendar):
    return _at(moment, rng.randint(int(low), int(high)), EVENING, rng)


def _days(moment, low, high, rng, calendar):
    return _at(moment, rng.randint(int(low), int(high)), ANY_TIME, rng)


def _at(moment, days, hours, rng):
    wanted = _on(moment, days, rng.uniform(*hours), rng)
    return wanted if wanted > moment else wanted + timedelta(days=1)


def _on(moment, days, minutes, rng):
    midnight = moment.replace(hour=0, minute=0, second=0) + timedelta(days=days)
    return midnight + timedelta(minutes=int(minutes), seconds=rng.randrange(60))


_AFTER = {"m": _minutes, "h": _hours, "w": _working_hours, "d": _working_days, "e": _evenings, "D": _days}
