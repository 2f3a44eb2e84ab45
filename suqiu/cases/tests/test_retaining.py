"""Is forgotten what is kept no longer, nothing else, only when it is meant, and does everything verify afterwards?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from suqiu.cases import anonymising, journal, retaining
from suqiu.cases.models import Attachment, Case, Content, Look, Secrecy
from suqiu.directory.models import OfficeLine
from tests.cast import MONDAY

DAY = timedelta(days=1)


def years(n: int, more: timedelta = timedelta()):
    return MONDAY.replace(year=MONDAY.year + n) + 2 * DAY + more


def run(at) -> dict[str, int]:
    total: dict[str, int] = {}
    for done in retaining.run(by=None, at=at):
        for name, n in done.items():
            total[name] = total.get(name, 0) + n
    return {name: n for name, n in total.items() if n}


def test_every_class_has_every_deed_with_its_source():
    found = {(r.secrecy, r.deed) for r in retaining.rules()}
    assert found == {(s, d) for s in Secrecy.values for d in retaining.DEEDS} and all(
        r.source for r in retaining.rules()
    )
    assert all(retaining.rule(s, "person").years <= retaining.rule(s, "whole").years for s in Secrecy.values)


HEADING = "secrecy,deed,amount,unit,source\n"


@pytest.mark.parametrize("written", ["open,person,5,year,ours\n", "open,person,0,year,x\n"])
def test_a_profile_that_lacks_a_class_is_not_used(tmp_path, written):
    file = tmp_path / "r.csv"
    file.write_text(HEADING + written, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured):
        retaining.rules(file)


def test_by_class_and_age(cast):
    general, secret, open_case = cast.closed(), cast.closed(secrecy="confidential"), cast.in_hand()
    assert run(years(0)) == {}
    assert run(years(1)) == {"person": 1}, "who reported something is forgotten first"
    secret.refresh_from_db(), general.refresh_from_db()
    assert secret.person.removed_at and not general.person.removed_at
    assert run(years(1)) == {}
    assert run(years(3)) == {"person": 1} and run(years(9)) == {}
    assert Content.objects.filter(case=general, name="text").get().body
    assert run(years(10))["whole"] == 2
    assert set(Case.objects.values_list("title", flat=True)) == {anonymising.REMOVED, open_case.title}
    assert run(years(99)) == {}, "an open case is never forgotten"
    assert journal.verify().findings == []


def test_one_day_too_early_is_too_early(cast):
    case = cast.closed()
    exactly = retaining.keeps_until(case, "person")
    assert not retaining.due("person", exactly - timedelta(seconds=1)).exists()
    assert retaining.due("person", exactly).get() == case


def test_who_has_another_case_stays_known_in_that_one(cast):
    old, young = cast.closed(), cast.closed(at=MONDAY + 300 * DAY)
    assert old.person_id == young.person_id
    assert run(years(3)) == {"person": 1}
    old.refresh_from_db(), young.refresh_from_db()
    assert (old.person.phone, young.person.phone) == ("", cast.caller_phone)


def test_the_tombstones_stay(cast):
    case = cast.closed()
    Look.objects.create(case=case, officer=cast.handler(), at=MONDAY, what="page")
    before = (case.lines.count(), case.head, case.holdings.count())
    run(years(10))
    case.refresh_from_db()
    assert (case.lines.count(), case.head, case.holdings.count()) == before and Look.objects.count() == 1
    assert journal.verify().removed > 0
    assert OfficeLine.objects.filter(act="retain").latest("pk").says["whole"] == 1


def test_killed_between_two_cases_it_goes_on_where_it_stopped(cast):
    cases = [cast.another().closed() for _n in range(3)]
    going = retaining.run(by=None, at=years(10))
    assert next(going)["whole"] == 1
    going.close()  # the process is gone
    assert Case.objects.filter(title=anonymising.REMOVED).count() == 1
    assert run(years(10))["whole"] == 2 and len(cases) == 3
    assert journal.verify().findings == []


def test_a_file_that_a_kill_left_on_the_disk_goes_with_the_next_run(cast):
    cast.closed()
    run(years(10))
    file = Attachment.objects.get()
    left = Path(settings.ATTACHMENTS) / file.path
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"left behind")
    assert run(years(10)) == {"files_left_behind": 1} and not left.exists()


def test_the_command_only_says_it_first(cast, capsys):
    case = cast.closed()
    with time_machine.travel(years(10), tick=False):
        call_command("retain")
        said = capsys.readouterr().out
        assert (
            "一般，办结满 3 年，忘掉姓名电话：1 件" in said and "一般，办结满 10 年" in said and "什么也没有删" in said
        )
        case.refresh_from_db()
        assert case.title != anonymising.REMOVED and not OfficeLine.objects.exists()
        call_command("retain", "--do-it", "--as", "gl01")
        assert "全部删除 1 件" in capsys.readouterr().out
        call_command("retain")
        assert "一般，办结满 10 年，连同内容和附件一起删：0 件" in capsys.readouterr().out
    assert OfficeLine.objects.get(act="anonymise").by_id == cast.administrator.pk
    assert journal.verify().findings == []
