"""When is it due? Pure arithmetic over a working calendar: no database, no clock, no city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Allowance:
    """How long: `amount` of `unit`.

    working_day: the start day is day 0, due at the close of work on day n. working_hour: hours in which people work.
    hour, day: round the clock.
    """

    amount: int
    unit: str  # working_day | working_hour | hour | day

    UNITS = ("working_day", "working_hour", "hour", "day")

    def __post_init__(self):
        if self.unit not in self.UNITS or self.amount < 0:
            raise ValueError(f"not an allowance: {self.amount} {self.unit}")

    @property
    def is_working_time(self) -> bool:
        return self.unit.startswith("working")


@dataclass(frozen=True)
class Calendar:
    """Weekly hours, days that differ, and the years whose days are official."""

    days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)  # day -> (is worked, why)
    official_years: frozenset[int] = frozenset()
    hours: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(17)))
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    version: int = 0

    def is_working(self, day: date) -> bool:
        if day in self.days:
            return self.days[day][0]
        return day.weekday() < 5

    def intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """The stretches of that day in which people work, in city time."""
        if not self.is_working(day):
            return []
        return [(self._at(day, a), self._at(day, b)) for a, b in self.hours]

    def close(self, day: date) -> datetime:
        return self._at(day, self.hours[-1][1])

    def next_working_day(self, day: date) -> date:
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        day -= ONE_DAY
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    @property
    def seconds_per_day(self) -> int:
        return sum(
            int((self._at(date(2000, 1, 3), b) - self._at(date(2000, 1, 3), a)).total_seconds()) for a, b in self.hours
        )

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone)


@dataclass(frozen=True)
class Due:
    """A due time that explains itself: `lines` are (word, value) pairs, in order, for people and for the journal."""

    at: datetime
    is_provisional: bool
    lines: tuple[tuple[str, str], ...]


def due_at(start: datetime, allowance: Allowance, calendar: Calendar) -> Due:
    """The moment the allowance runs out when it starts at `start` (aware)."""
    start = calendar.local(start)
    at = _COUNT[allowance.unit](start, allowance.amount, calendar)
    lines = [("from", start.isoformat()), ("allowance", f"{allowance.amount} {allowance.unit}")]
    provisional = False
    if allowance.is_working_time:
        day_one = start.date() + (ONE_DAY if allowance.unit == "working_day" else timedelta())  # the start day is day 0
        lines += _differences(day_one, at.date(), calendar)
        unknown = [y for y in range(start.year, at.year + 1) if y not in calendar.official_years]
        provisional = bool(unknown)
        lines += [("provisional", str(y)) for y in unknown]
    lines.append(("due", at.isoformat()))
    return Due(at, provisional, tuple(lines))


def add_working(moment: datetime, seconds: float, calendar: Calendar) -> datetime:
    """`moment` moved on by so many seconds of working time; by none, it stays where it is."""
    moment = calendar.local(moment)
    if seconds <= 0:
        return moment
    for begin, end in _intervals_from(moment, calendar):
        begin = max(begin, moment)
        room = (end - begin).total_seconds()
        if room >= seconds:
            return begin + timedelta(seconds=seconds)
        seconds -= max(room, 0)
    raise AssertionError("a calendar has no last day")


def working_seconds(a: datetime, b: datetime, calendar: Calendar) -> float:
    """Seconds of working time from a to b; negative when b is before a."""
    if b < a:
        return -working_seconds(b, a, calendar)
    a, b, total = calendar.local(a), calendar.local(b), 0.0
    full, days = _whole_days_between(a.date(), b.date(), calendar)
    total += full * calendar.seconds_per_day
    for day in days:
        for begin, end in calendar.intervals(day):
            total += max((min(end, b) - max(begin, a)).total_seconds(), 0)
    return total


def shift_for_pause(
    due: datetime, paused_at: datetime, resumed_at: datetime, allowance: Allowance, calendar: Calendar
) -> datetime:
    """The due time after a pause: later by the working part of the pause, or by all of it for clocks that never sleep."""
    if allowance.is_working_time:
        return add_working(due, working_seconds(paused_at, resumed_at, calendar), calendar)
    return calendar.local(due) + (resumed_at - paused_at)


def one_working_day_before(moment: datetime, calendar: Calendar) -> datetime:
    return calendar.close(calendar.previous_working_day(calendar.local(moment).date()))


def _working_days(start: datetime, amount: int, calendar: Calendar) -> datetime:
    day = start.date()
    if amount == 0:
        return (
            calendar.close(day)
            if calendar.is_working(day) and start <= calendar.close(day)
            else calendar.close(calendar.next_working_day(day))
        )
    for _ in range(amount):
        day = calendar.next_working_day(day)
    return calendar.close(day)


_COUNT = {
    "working_day": _working_days,
    "working_hour": lambda start, n, calendar: add_working(start, n * 3600, calendar),
    "hour": lambda start, n, calendar: start + timedelta(hours=n),
    "day": lambda start, n, calendar: start + timedelta(days=n),
}


def _differences(first: date, last: date, calendar: Calendar) -> list[tuple[str, str]]:
    """The holidays skipped and the weekends worked on the way: what a person would not expect from the plain week."""
    found, day = [], first
    while day <= last:
        if day in calendar.days:
            is_working, name = calendar.days[day]
            if is_working != (day.weekday() < 5):
                found.append(("worked" if is_working else "skipped", f"{day.isoformat()} {name}".strip()))
        day += ONE_DAY
    return found


def _intervals_from(moment: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    day = moment.date()
    while True:
        for begin, end in calendar.intervals(day):
            if end > moment:
                yield begin, end
        day += ONE_DAY


def _whole_days_between(first: date, last: date, calendar: Calendar) -> tuple[int, list[date]]:
    """Working days strictly between, counted; and the edge days, which have to be measured."""
    if first == last:
        return 0, [first]
    full, day = 0, first + ONE_DAY
    while day < last:
        full += calendar.is_working(day)
        day += ONE_DAY
    return full, [first, last]
