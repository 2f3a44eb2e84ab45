"""What does `manage.py demo` say, and when does it refuse?"""

import io

import pytest
from django.core.management import CommandError, call_command

from suqiu.cases.models import Case
from suqiu.demo import accounts, build
from suqiu.directory.models import Area, Setting
from suqiu.errors import Refused

DAY = build.date(2026, 11, 24)
WAYS = (("--first",), ("--all",), ("--rebuild",), ("--accounts",), ("--export", "nothing.jsonl"))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0])
def test_without_demo_everything_is_refused(db, settings, way, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings.DEMO = False
    with pytest.raises(CommandError, match="SUQIU_DEMO=0"):
        call_command("demo", *way)
    assert not Case.objects.exists() and Area.objects.exists() and not list(tmp_path.iterdir())


def test_the_first_is_not_loaded_over_cases(cast):
    cast.case()
    out = io.StringIO()
    call_command("demo", "--first", stdout=out)
    assert "already" in out.getvalue() and Case.objects.count() == 1


@pytest.mark.parametrize("way", ["--all", "--rebuild"])
def test_a_city_with_cases_of_its_own_is_neither_filled_nor_thrown_away(cast, way):
    cast.case()
    with pytest.raises(CommandError, match="do not belong"):
        call_command("demo", way)
    assert Case.objects.count() == 1


def test_another_city_is_left_alone(db, monkeypatch):
    monkeypatch.setattr(build, "CITY_CODE", "999900")
    with pytest.raises(Refused):
        build.lay_ground(DAY)


def test_a_day_that_is_none_is_told_so(db, monkeypatch):
    monkeypatch.setenv("SUQIU_DEMO_DAY", "9. März")
    with pytest.raises(CommandError, match="SUQIU_DEMO_DAY"):
        call_command("demo", "--first")
    assert not Case.objects.exists()


def test_the_day_is_kept_from_the_first_start(db, monkeypatch):
    monkeypatch.setenv("SUQIU_DEMO_DAY", "2026-03-09")
    assert build.demo_day().isoformat() == "2026-03-09"
    Setting.objects.create(key="demo", value={"day": "2026-03-02", "done": 0, "of": 2000})
    assert build.demo_day().isoformat() == "2026-03-02" and build.demo_day(is_kept=False).isoformat() == "2026-03-09"


def test_accounts_are_printed_with_name_and_password(db):
    out = io.StringIO()
    call_command("demo", "--accounts", stdout=out)
    printed = out.getvalue()
    assert "suqiu-demo" in printed
    assert all(login in printed for login in accounts.LOGINS)


def test_of_a_few_cases_one_can_be_tried_with_its_code(db, tmp_path):
    build.build_first(DAY, 8)
    out = io.StringIO()
    call_command("demo", "--export", str(tmp_path / "city.jsonl"), stdout=out)
    assert len((tmp_path / "city.jsonl").read_text(encoding="utf-8").splitlines()) == 8
    closed = [c for c in accounts.citizens() if c.state == "C"]
    assert len(closed) == 1 and Case.objects.filter(number=closed[0].number).exists()
