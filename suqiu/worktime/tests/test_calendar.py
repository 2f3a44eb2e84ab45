"""Is the calendar that ships the one that was announced, and can a year be loaded without a release?"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from suqiu.errors import Refused
from suqiu.worktime import actions
from suqiu.worktime.arithmetic import Allowance, Calendar, due_at
from suqiu.worktime.models import CalendarDay, CalendarYear
from suqiu.worktime.queries import calendar_changed, calendar_now

SEEDS = Path(actions.__file__).parent / "calendars.csv"
YEARS = (2025, 2026)
HEADING = "day,is_working,name\n"


def shipped() -> Calendar:
    with SEEDS.open(encoding="utf-8", newline="") as lines:
        rows = [(date.fromisoformat(r["day"]), r["is_working"] == "1", r["name"]) for r in csv.DictReader(lines)]
    return Calendar(days={d: (w, n) for d, w, n in rows}, official_years=frozenset(d.year for d, _w, _n in rows))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_the_shipped_year_is_that_of_chinesecalendar(year):
    ours = [day for day in days_of(year) if shipped().is_working(day)]
    assert ours == [day for day in days_of(year) if chinese_calendar.is_workday(day)]


@pytest.mark.parametrize("year", YEARS)
def test_the_shipped_year_is_that_of_holidays(year):
    announced = holidays.country_holidays("CN", years=year)
    theirs = [d for d in days_of(year) if d in announced.weekend_workdays or (d.weekday() < 5 and d not in announced)]
    assert [day for day in days_of(year) if shipped().is_working(day)] == theirs


def test_every_seed_differs_from_the_plain_week_and_has_a_name():
    calendar = shipped()
    assert calendar.official_years == set(YEARS)
    assert all(is_working != (day.weekday() < 5) and name for day, (is_working, name) in calendar.days.items())


def test_national_day_2026_with_its_two_make_up_days():
    calendar, october = shipped(), [date(2026, 10, day) for day in range(1, 12)]
    assert [day.day for day in october if calendar.is_working(day)] == [8, 9, 10]
    assert calendar.is_working(date(2026, 9, 20)) and date(2026, 9, 20).weekday() == 6
    assert not calendar.is_working(date(2026, 9, 25))


# ---- loading


@pytest.fixture
def file(tmp_path: Path):
    """A file to write; afterwards the calendar is read anew, since its cache outlives the test's transaction."""
    yield tmp_path / "2027.csv"
    calendar_changed()


def load(file: Path, capsys) -> str:
    call_command("load_calendar", str(file))
    return capsys.readouterr().out


def test_a_year_is_provisional_until_it_is_loaded(db, file, capsys, django_capture_on_commit_callbacks):
    start = datetime(2026, 12, 30, 10, tzinfo=timezone.get_default_timezone())
    before = due_at(start, Allowance(2, "working_day"), calendar_now())
    assert (before.is_provisional, before.at.date()) == (True, date(2027, 1, 1))
    file.write_text(HEADING + "2027-01-01,0,元旦\n2027-01-02,1,元旦调休\n", encoding="utf-8-sig")
    with django_capture_on_commit_callbacks(execute=True):
        told = load(file, capsys)
    after = due_at(start, Allowance(2, "working_day"), calendar_now())
    assert (after.is_provisional, after.at.date()) == (False, date(2027, 1, 2))
    assert ("worked", "2027-01-02 元旦调休") in after.lines and ("skipped", "2027-01-01 元旦") in after.lines
    assert "2027" in told and "第 1 版" in told


def test_loading_a_year_again_replaces_it_whole_and_raises_its_version(db, file, capsys):
    file.write_text(HEADING + "2027-01-01,0,元旦\n2027-05-03,0,劳动节\n", encoding="utf-8")
    load(file, capsys)
    others = CalendarDay.objects.exclude(day__year=2027).count()
    file.write_text(HEADING + "2027-05-04,0,劳动节\n", encoding="utf-8")
    assert "第 2 版" in load(file, capsys)
    assert list(CalendarDay.objects.filter(day__year=2027).values_list("day", "is_working", "name")) == [
        (date(2027, 5, 4), False, "劳动节")
    ]
    assert CalendarDay.objects.exclude(day__year=2027).count() == others
    assert CalendarYear.objects.get(year=2027).source == "2027.csv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "缺少列：day、is_working、name"),
        ("day,name\n2027-01-01,元旦\n", "缺少列：is_working"),
        (HEADING, "一天也没有"),
        (HEADING + "2027-01-01,0,元旦\n2027-13-01,0,\n", "第 3 行的日期看不懂：2027-13-01"),
        (HEADING + "2027-01-01,放假,元旦\n", "第 2 行（2027-01-01）的 is_working"),
        (HEADING + "2027-01-01,0,元旦\n2027-01-01,1,元旦\n", "第 3 行：2027-01-01 前面已经有了"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(db, file, text, said):
    file.write_text(text, encoding="utf-8")
    before = list(CalendarDay.objects.values_list("day", "is_working"))
    with pytest.raises(CommandError, match=said):
        call_command("load_calendar", str(file))
    assert list(CalendarDay.objects.values_list("day", "is_working")) == before
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_file_that_is_no_utf8_or_not_there_is_named(db, file, tmp_path):
    file.write_bytes((HEADING + "2027-01-01,0,元旦\n").encode("gb18030"))
    with pytest.raises(CommandError, match="不是 UTF-8"):
        call_command("load_calendar", str(file))
    with pytest.raises(CommandError, match="读不了"):
        call_command("load_calendar", str(tmp_path / "nowhere.csv"))


def test_a_day_of_another_year_is_refused(db):
    with pytest.raises(Refused, match="不属于 2027 年"):
        actions.load_year(year=2027, days=[(date(2028, 1, 3), False, "元旦")], source="通知")
