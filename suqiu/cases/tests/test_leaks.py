"""Does the leak report name everyone who saw a case, what he saw, and no one else, also among many looks?"""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.cases import leaks
from suqiu.cases.models import Case, Look
from suqiu.directory import office
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from tests.cast import MONDAY

LATER = MONDAY + timedelta(hours=6)


def look(case: Case, officer, what: str = "page", at=LATER, **more) -> Look:
    return Look.objects.create(case=case, officer=officer, at=at, what=what, **more)


def viewers(report: leaks.Report) -> dict[str, leaks.Viewer]:
    return {v.officer.username: v for v in report.viewers}


def test_everyone_who_looked_or_took_a_step_is_named_and_what_he_saw_is_counted(cast):
    case, other = cast.in_hand(), cast.in_hand(unit="C-MARKET")
    look(case, cast.reviewer())
    look(case, cast.reviewer(), at=LATER + timedelta(hours=1))
    look(case, cast.handler(), "contact", reason="before_visit")
    look(case, cast.caller_back, "export", reason="export:7")
    look(other, cast.unit_leader())
    found = viewers(leaks.report(case=case, by=cast.supervisor, at=LATER))
    assert set(found) == {"hw01", "pd01", "c-housing-jb1", "c-housing-sh", "hf01"}
    assert found["c-housing-sh"].looks == {"page": 2} and not found["c-housing-sh"].has_contact
    assert (found["c-housing-sh"].first, found["c-housing-sh"].last) == (LATER, LATER + timedelta(hours=1))
    assert found["c-housing-jb1"].has_contact and found["c-housing-jb1"].steps == 1
    assert found["pd01"].steps == 1 and found["pd01"].looks == {}, "who dispatched it read it"
    assert next(iter(found)) == "c-housing-sh", "the latest first"


def test_a_look_before_it_was_made_confidential_showed_the_callers_words(cast):
    case = cast.dispatched()
    before = look(case, cast.handler(), at=MONDAY + timedelta(hours=1))
    after = look(case, cast.handler(), at=MONDAY + timedelta(hours=3))
    at_hotline = look(case, cast.operator, at=MONDAY + timedelta(hours=3))
    more = {"rewritten": "有住户反映电梯停运"}
    cast.do(
        "correct", case, cast.intake_reviewer, at=MONDAY + timedelta(hours=2), secrecy="confidential", words="怕报复",
        **more,
    )  # fmt: skip
    spans = leaks.Spans(case)
    assert "来电人的原话" in leaks.saw(before, spans)
    assert "改写后的内容" in leaks.saw(after, spans)
    assert "来电人的原话" in leaks.saw(at_hotline, spans)


def test_which_file_and_which_export_is_named(cast):
    case = cast.in_hand()
    spans = leaks.Spans(case)
    assert "附件 12 号" in leaks.saw(look(case, cast.handler(), "file", reason="file:12"), spans)
    assert "导出申请 7 号" in leaks.saw(look(case, cast.handler(), "export", reason="export:7"), spans)


def test_letters_and_chained_acts_stand_in_it_and_asking_is_itself_written_down(cast):
    case = cast.in_hand()
    office.write(act="reveal", by=cast.handler(), at=LATER, case=case.number, reason="verify", key="k")
    report = leaks.report(case=case, by=cast.supervisor, at=LATER)
    assert report.chained == {"reveal": 1, "leak_report": 1}
    line = OfficeLine.objects.get(act="leak_report")
    assert (line.by_id, line.says["case"]) == (cast.supervisor.pk, case.number)


@pytest.mark.parametrize("username", ["hw01", "pd01", "sl01", "c-housing-sh", "c-housing-fz", "gl01", "k-510824-pd1"])
def test_whoever_might_be_in_it_does_not_ask_for_it(cast, username):
    case = cast.in_hand()
    with pytest.raises(Refused) as no:
        leaks.report(case=case, by=cast.officer(username), at=LATER)
    assert no.value.status == 403 and not OfficeLine.objects.filter(act="leak_report").exists()


MANY = """
    INSERT INTO cases_look (case_id, officer_id, at, what, reason, words)
    SELECT (ARRAY[%(cases)s])[1 + n %% %(n)s], (ARRAY[%(officers)s])[1 + n %% 7], now(), (ARRAY['page', 'file', 'search'])[1 + n %% 3], '', ''
    FROM generate_series(1, %(rows)s) n
"""


def test_among_two_hundred_thousand_looks_it_is_found_by_its_index(cast):
    """The whole report in as many queries as for one look, and in well under a second."""
    cases = [cast.in_hand() for _n in range(20)]
    people = [cast.officer(u).pk for u in ("hw01", "hw02", "pd01", "pd02", "hf01", "c-housing-jb1", "c-housing-sh")]
    with CaptureQueriesContext(connection) as few:
        leaks.report(case=cases[0], by=cast.supervisor, at=LATER)
    named = {"cases": ",".join(str(c.pk) for c in cases), "n": 20, "officers": ",".join(map(str, people))}
    with connection.cursor() as cursor:
        cursor.execute(MANY % (named | {"rows": 200_000}))
        cursor.execute("ANALYZE cases_look")
    by = cast.supervisor
    with CaptureQueriesContext(connection) as many:
        began = time.monotonic()
        report = leaks.report(case=cases[3], by=by, at=LATER)
        spent = time.monotonic() - began
    assert sum(sum(v.looks.values()) for v in report.viewers) == 10_000
    assert len(many) <= len(few) + 1 <= 14  # + the grants of an officer read afresh
    assert spent < 1, spent
