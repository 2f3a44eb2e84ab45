"""When is it due? A table written by hand for 2026, and what must hold for any calendar, start and allowance."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suqiu.worktime.arithmetic import (
    Allowance,
    Calendar,
    add_working,
    due_at,
    one_working_day_before,
    shift_for_pause,
    working_seconds,
)

from .test_calendar import shipped

ZONE = ZoneInfo("Asia/Shanghai")
OFFICIAL = shipped()
DAY, HOUR = "working_day", "working_hour"


def at(written: str) -> datetime:
    """09-30 10:00 of 2026 unless the year is written."""
    return datetime.fromisoformat(written if len(written) > 11 else f"2026-{written}").replace(tzinfo=ZONE)


# ---- by hand. 2026: New Year 1-3 January (Sunday 4 worked); Spring Festival 15-23 February (Saturdays 14 and 28 worked);
# Labour Day 1-5 May (Saturday 9 worked); Dragon Boat 19-21 June; Mid-Autumn 25-27 September;
# National Day 1-7 October (Sunday 20 September and Saturday 10 October worked)
BY_HAND = [
    # a plain week: the start day is day 0
    ("06-08 09:00", 1, DAY, "06-09 17:00"),
    ("06-08 23:59", 1, DAY, "06-09 17:00"),
    ("06-08 00:00", 3, DAY, "06-11 17:00"),
    ("06-08 09:00", 5, DAY, "06-15 17:00"),
    ("06-12 16:59", 1, DAY, "06-15 17:00"),
    ("06-13 10:00", 1, DAY, "06-15 17:00"),  # received on a Saturday
    ("06-14 10:00", 1, DAY, "06-15 17:00"),
    # around National Day
    ("09-18 10:00", 1, DAY, "09-20 17:00"),  # Friday; the Sunday is worked
    ("09-24 10:00", 1, DAY, "09-28 17:00"),  # Mid-Autumn on the Friday
    ("09-30 10:00", 1, DAY, "10-08 17:00"),
    ("09-30 10:00", 3, DAY, "10-10 17:00"),  # 8, 9 and the Saturday
    ("09-30 10:00", 4, DAY, "10-12 17:00"),
    ("09-28 10:00", 7, DAY, "10-13 17:00"),  # 29 30 8 9 10 12 13
    ("09-28 10:00", 15, DAY, "10-23 17:00"),  # 14 15 16 19 20 21 22 23
    ("10-03 10:00", 1, DAY, "10-08 17:00"),
    ("10-09 18:00", 1, DAY, "10-10 17:00"),
    ("10-10 10:00", 1, DAY, "10-12 17:00"),  # starts on the worked Saturday
    # Spring Festival, Labour Day, Dragon Boat
    ("02-13 10:00", 1, DAY, "02-14 17:00"),
    ("02-14 10:00", 1, DAY, "02-24 17:00"),
    ("02-24 10:00", 4, DAY, "02-28 17:00"),
    ("02-27 10:00", 2, DAY, "03-02 17:00"),
    ("04-30 10:00", 3, DAY, "05-08 17:00"),
    ("04-30 10:00", 4, DAY, "05-09 17:00"),
    ("06-18 10:00", 1, DAY, "06-22 17:00"),
    # New Year: 2025 to 2026 is official, 2026 to 2027 is not yet
    ("2025-12-31 10:00", 1, DAY, "2026-01-04 17:00"),
    ("2026-12-31 10:00", 1, DAY, "2027-01-01 17:00"),
    # none at all: today's close, or the next when today is over
    ("06-08 10:00", 0, DAY, "06-08 17:00"),
    ("06-08 17:00", 0, DAY, "06-08 17:00"),
    ("06-08 17:01", 0, DAY, "06-09 17:00"),
    ("10-01 10:00", 0, DAY, "10-08 17:00"),
    # hours in which people work: 9-12, 13-17
    ("06-08 09:00", 2, HOUR, "06-08 11:00"),
    ("06-08 11:00", 2, HOUR, "06-08 14:00"),  # over lunch
    ("06-08 12:30", 1, HOUR, "06-08 14:00"),  # begun at lunch
    ("06-08 13:00", 4, HOUR, "06-08 17:00"),
    ("06-08 16:30", 1, HOUR, "06-09 09:30"),
    ("06-08 03:00", 1, HOUR, "06-08 10:00"),
    ("06-12 16:00", 2, HOUR, "06-15 10:00"),  # over the weekend
    ("09-30 16:00", 4, HOUR, "10-08 12:00"),
    ("10-09 16:00", 4, HOUR, "10-10 12:00"),  # into the worked Saturday
    ("02-14 15:00", 24, HOUR, "02-27 10:00"),  # 2 h left, then 24 25 26 at 7 h, then 1 h
    # round the clock
    ("10-01 23:30", 2, "hour", "10-02 01:30"),
    ("09-30 23:59", 24, "hour", "10-01 23:59"),
    ("02-28 08:00", 1, "day", "03-01 08:00"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "due"), BY_HAND)
def test_by_hand(start, amount, unit, due):
    assert due_at(at(start), Allowance(amount, unit), OFFICIAL).at == at(due)


@pytest.mark.parametrize(("start", "amount", "unit", "due"), BY_HAND)
def test_by_hand_from_a_server_in_utc(start, amount, unit, due):
    """The same moment written in UTC is due at the same moment, shown in city time."""
    found = due_at(at(start).astimezone(UTC), Allowance(amount, unit), OFFICIAL).at
    assert (found, found.utcoffset()) == (at(due), timedelta(hours=8))


@pytest.mark.parametrize(
    ("outer", "unit"), [("06-10 17:00", "06-09 17:00"), ("10-08 17:00", "09-30 17:00"), ("10-12 09:30", "10-10 17:00")]
)
def test_one_working_day_before(outer, unit):
    assert one_working_day_before(at(outer), OFFICIAL) == at(unit)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("06-08 09:00", "06-08 17:00", 7),
        ("06-08 12:00", "06-08 13:00", 0),
        ("06-08 16:00", "06-09 10:00", 2),
        ("06-12 16:00", "06-15 10:00", 2),
        ("09-30 16:00", "10-08 10:00", 2),
        ("10-09 09:00", "10-12 09:00", 14),
        ("06-08 00:00", "06-09 00:00", 7),
        ("06-09 10:00", "06-08 10:00", -7),
    ],
)
def test_working_time_between(start, end, hours):
    assert working_seconds(at(start), at(end), OFFICIAL) == hours * 3600


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "unit", "moved"),
    [
        (
            "06-10 17:00",
            "06-08 10:00",
            "06-08 11:30",
            DAY,
            "06-11 10:30",
        ),  # half past one hour and a half of the next day
        ("06-10 17:00", "06-08 10:00", "06-09 10:00", DAY, "06-11 17:00"),  # a whole working day
        ("06-10 17:00", "06-08 18:00", "06-09 08:00", DAY, "06-10 17:00"),  # a night costs nothing
        ("09-30 17:00", "09-29 10:00", "09-30 10:00", DAY, "10-08 17:00"),
        ("06-08 14:00", "06-08 11:00", "06-08 13:30", HOUR, "06-08 15:30"),
        ("06-08 14:00", "06-08 11:00", "06-08 13:30", "hour", "06-08 16:30"),
    ],
)
def test_a_pause_by_hand(due, paused, resumed, unit, moved):
    assert shift_for_pause(at(due), at(paused), at(resumed), Allowance(1, unit), OFFICIAL) == at(moved)


def test_an_allowance_is_checked():
    for amount, unit in ((-1, DAY), (1, "week"), (1, "")):
        with pytest.raises(ValueError, match="not an allowance"):
            Allowance(amount, unit)


# ---- the explanation


def test_the_explanation_names_what_is_not_a_plain_week():
    assert due_at(at("09-30 10:00"), Allowance(3, DAY), OFFICIAL).lines == (
        ("from", "2026-09-30T10:00:00+08:00"),
        ("allowance", "3 working_day"),
        ("skipped", "2026-10-01 国庆节"),
        ("skipped", "2026-10-02 国庆节"),
        ("skipped", "2026-10-05 国庆节"),
        ("skipped", "2026-10-06 国庆节"),
        ("skipped", "2026-10-07 国庆节"),
        ("worked", "2026-10-10 国庆节调休"),
        ("due", "2026-10-10T17:00:00+08:00"),
    )


def test_a_clock_round_the_clock_explains_no_holidays():
    assert due_at(at("10-01 23:30"), Allowance(2, "hour"), OFFICIAL).lines == (
        ("from", "2026-10-01T23:30:00+08:00"),
        ("allowance", "2 hour"),
        ("due", "2026-10-02T01:30:00+08:00"),
    )


def test_december_into_an_unpublished_year_is_provisional_and_no_error():
    due = due_at(at("12-21 10:00"), Allowance(15, DAY), OFFICIAL)
    assert (due.at, due.is_provisional) == (at("2027-01-11 17:00"), True)
    assert ("provisional", "2027") in due.lines
    assert not due_at(at("12-21 10:00"), Allowance(8, DAY), OFFICIAL).is_provisional
    assert not due_at(at("12-31 23:00"), Allowance(2, "hour"), OFFICIAL).is_provisional


def test_a_make_up_saturday_is_worked_this_year_and_not_the_next():
    """peers 2: the Saturday after National Day: 10 October 2026 is worked, 9 October 2027 is not."""
    assert due_at(at("10-09 10:00"), Allowance(1, DAY), OFFICIAL).at == at("10-10 17:00")
    assert due_at(at("2027-10-08 10:00"), Allowance(1, DAY), OFFICIAL).at == at("2027-10-11 17:00")
    assert due_at(at("2027-10-09 10:00"), Allowance(0, DAY), OFFICIAL).at == at("2027-10-11 17:00")


# ---- what must hold for any calendar

calm = settings(deadline=None)  # a busy machine is no reason to fail
YEAR_START = date(2026, 1, 1)
days = st.integers(0, 800).map(lambda n: YEAR_START + timedelta(days=n))
differences = st.dictionaries(days, st.booleans(), max_size=25)
hours = st.sampled_from(
    [
        ((time(9), time(12)), (time(13), time(17))),
        ((time(8, 30), time(12)), (time(14), time(18))),
        ((time(9), time(17)),),
        ((time(0), time(12)), (time(12), time(23, 59))),
    ]
)
calendars = st.builds(
    lambda different, worked: Calendar(
        days={day: (is_working, "") for day, is_working in different.items()},
        official_years=frozenset({2026}),
        hours=worked,
    ),
    differences,
    hours,
)
# midnight, the edges of the working day and lunch come up often, all else too
clock_times = st.one_of(
    st.sampled_from(
        [time(0), time(9), time(12), time(13), time(16, 59, 59), time(17), time(17, 0, 0, 1), time(23, 59, 59)]
    ),
    st.times(),
)
moments = st.builds(lambda day, clock: datetime.combine(day, clock, ZONE), days, clock_times)
allowances = st.builds(Allowance, st.one_of(st.integers(0, 3), st.integers(0, 60)), st.sampled_from(Allowance.UNITS))
pauses = st.builds(
    lambda start, length: (start, start + length), moments, st.timedeltas(timedelta(0), timedelta(days=20))
)


@calm
@given(moments, moments, allowances, calendars)
def test_monotone_in_start(one, other, allowance, calendar):
    early, late = sorted((one, other))
    assert due_at(early, allowance, calendar).at <= due_at(late, allowance, calendar).at


@calm
@given(moments, allowances, st.integers(0, 20), calendars)
def test_monotone_in_budget(start, allowance, more, calendar):
    larger = Allowance(allowance.amount + more, allowance.unit)
    assert due_at(start, allowance, calendar).at <= due_at(start, larger, calendar).at


@calm
@given(moments, allowances, calendars)
def test_never_due_before_the_start(start, allowance, calendar):
    assert due_at(start, allowance, calendar).at >= start


@calm
@given(moments, allowances, calendars, st.lists(days, min_size=1, max_size=5))
def test_adding_a_holiday_never_shortens_and_removing_one_never_lengthens(start, allowance, calendar, added):
    """peers 1."""
    longer = Calendar(
        days=dict(calendar.days) | dict.fromkeys(added, (False, "")),
        official_years=calendar.official_years,
        hours=calendar.hours,
    )
    assert due_at(start, allowance, longer).at >= due_at(start, allowance, calendar).at


@calm
@given(moments, st.integers(0, 60), calendars)
def test_due_in_working_time_at_the_close_or_within_the_hours(start, amount, calendar):
    day = due_at(start, Allowance(amount, DAY), calendar).at
    assert calendar.is_working(day.date()) and day == calendar.close(day.date())
    if amount:
        hour = due_at(start, Allowance(amount, HOUR), calendar).at
        assert any(begin < hour <= end for begin, end in calendar.intervals(hour.date()))


@calm
@given(moments, pauses, allowances, calendars)
def test_a_pause_shifts_by_exactly_its_working_part(due, pause, allowance, calendar):
    moved = shift_for_pause(due, *pause, allowance, calendar)
    if allowance.is_working_time:
        assert working_seconds(due, moved, calendar) == pytest.approx(working_seconds(*pause, calendar), abs=1e-3)
    else:
        assert moved - due == pause[1] - pause[0]


@calm
@given(moments, st.integers(0, 400), calendars)
def test_working_time_added_can_be_measured_again(start, amount, calendar):
    moved = add_working(start, amount * 600, calendar)
    assert working_seconds(start, moved, calendar) == pytest.approx(amount * 600, abs=1e-3)


@calm
@given(moments, moments, moments, calendars)
def test_working_time_adds_up_and_has_a_sign(one, two, three, calendar):
    first, middle, last = sorted((one, two, three))
    whole = working_seconds(first, last, calendar)
    assert whole == pytest.approx(
        working_seconds(first, middle, calendar) + working_seconds(middle, last, calendar), abs=1e-3
    )
    assert working_seconds(last, first, calendar) == -whole <= 0


@calm
@given(moments, st.integers(1, 60), calendars)
def test_the_explanation_accounts_for_every_day(start, amount, calendar):
    """Weekdays after the start, less those skipped, plus the weekends worked: exactly the allowance."""
    due = due_at(start, Allowance(amount, DAY), calendar)
    after = [start.date() + timedelta(days=n) for n in range(1, (due.at.date() - start.date()).days + 1)]
    told = {
        word: {date.fromisoformat(v.split()[0]) for w, v in due.lines if w == word} for word in ("skipped", "worked")
    }
    counted = {day for day in after if day.weekday() < 5} - told["skipped"] | (told["worked"] & set(after))
    assert len(counted) == amount
    assert due.lines[0] == ("from", start.isoformat()) and due.lines[-1] == ("due", due.at.isoformat())
    assert due.is_provisional == any(year != 2026 for year in range(start.year, due.at.year + 1))
