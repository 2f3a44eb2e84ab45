"""难题台账 on the citizen's page: the signed plan and its day, each month's fact; nothing before a leader has signed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY

from .conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def hung(cast):
    case = cast.proven(at=NOW - 70 * DAY)
    plan = {"plan": "换主管，先打临时泵", "plan_on": (NOW + 20 * DAY).date(), "officer": cast.handler()}
    cast.do("ask_to_hang", case, cast.unit_leader(), at=NOW - 69 * DAY, words="内部说法：没有钱", **plan)
    return case


def sign(cast, case):
    cast.do("hang", case, cast.leader, at=NOW - 68 * DAY, words="批示：盯紧")
    return case


def recheck(cast, case, days, words):
    cast.do("recheck", case, cast.handler(), at=NOW - days * DAY, still="yes", words=words)


def shown(citizen, case) -> str:
    citizen.prove(case)
    page = citizen.open(f"/case/{case.number}/")
    assert page.status_code == 200
    return page.content.decode()


def test_before_a_signature_nothing_is_promised(cast, citizen, hung):
    page = shown(citizen, hung)
    assert 'id="ledger"' not in page and "换主管" not in page


def test_plan_day_and_each_month_stand_on_his_page(cast, citizen, hung):
    sign(cast, hung)
    recheck(cast, hung, 40, "铁路部门批了下穿")
    recheck(cast, hung, 11, "管材到货，月底进场")
    page = shown(citizen, hung)
    assert "换主管，先打临时泵" in page and "6 月 30 日 前办成" in page.replace("<", " <")
    assert page.index("管材到货，月底进场") < page.index("铁路部门批了下穿") and page.count("还办不了") >= 2
    assert "再核一次，告诉您做了什么" in page
    assert "内部说法" not in page and "盯紧" not in page


def test_a_day_that_has_passed_is_said(cast, citizen, hung, clock):
    sign(cast, hung)
    assert 'class="over"' not in shown(citizen, hung).split('id="ledger"')[1].split("</section>")[0]
    clock.shift(25 * DAY)
    assert 'class="over"' in shown(citizen, hung).split('id="ledger"')[1].split("</section>")[0]


def test_off_the_ledger_is_said_too(cast, citizen, hung):
    sign(cast, hung)
    cast.do("off_ledger", hung, cast.supervisor, at=NOW - DAY, words="钱到了")
    page = shown(citizen, hung)
    assert "不在难题台账上了" in page and "钱到了" not in page


def test_no_query_more_for_a_long_year(cast, citizen, hung, django_assert_num_queries):
    from suqiu.portal import ledger, queries

    sign(cast, hung)
    for month in range(5):
        recheck(cast, hung, 60 - 5 * month, f"第 {month} 段管道接通")
    found = queries.read(hung.pk)
    with django_assert_num_queries(0):
        assert len(ledger.shown(found, NOW)["checks"]) == 5
    assert MONDAY < NOW
