"""Is the contact clock met, is a reply complete, may a term be extended? Values in, answers out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from suqiu.cases.models import Ask, Case
from suqiu.directory.models import Department
from suqiu.errors import Refused
from suqiu.handling import rules
from tests.reading import refused

NOW = timezone.make_aware(datetime(2026, 6, 8, 15, 0))


def tries(*said: str) -> list[tuple[datetime, str, str]]:
    """ "08 10:15 phone no_answer", in city time of June."""
    found = []
    for one in said:
        day, clock, way, outcome = one.split()
        found.append((timezone.make_aware(datetime.strptime(f"2026-06-{day} {clock}", "%Y-%m-%d %H:%M")), way, outcome))
    return found


@pytest.mark.parametrize(
    ("made", "is_reached"),
    [
        ([], False),
        (["08 10:00 phone connected"], True),
        (["08 10:00 phone no_answer"], False),
        (["08 10:00 phone no_answer", "08 11:00 phone no_answer", "08 15:00 phone no_answer"], False),  # one way only
        (["08 10:00 phone no_answer", "08 11:00 sms no_answer"], False),  # two attempts
        (
            ["08 10:00 phone no_answer", "08 10:20 sms no_answer", "08 10:59 phone no_answer"],
            False,
        ),  # one and the same hour
        (["08 10:00 phone no_answer", "08 10:20 sms no_answer", "08 11:00 phone no_answer"], False),  # two hours
        (["08 10:00 phone no_answer", "08 11:00 sms no_answer", "08 15:00 phone no_answer"], True),
        (
            ["08 10:00 phone no_answer", "09 10:00 sms no_answer", "10 10:00 phone no_answer"],
            True,
        ),  # the hour he named, on three days
        (["08 10:00 phone wrong_number", "08 11:00 visit no_answer", "08 15:00 phone refused"], True),
        (["08 10:00 phone no_answer", "08 11:00 sms no_answer", "08 11:30 visit connected"], True),
    ],
)
def test_connected_or_three_attempts_at_different_hours_by_two_ways(made, is_reached):
    assert rules.is_reached(tries(*made)) == is_reached


def test_a_visit_lies_between_the_dispatch_and_now():
    since = NOW - timedelta(hours=5)
    for at in (since, NOW, NOW + timedelta(minutes=5)):  # a phone's clock may be a little ahead
        rules.check_visited_at(at, NOW, since)
    with refused(422, "到现场的时间还没到", field="visited_at"):
        rules.check_visited_at(NOW + timedelta(minutes=6), NOW, since)
    with refused(422, "早于派给本单位的时间 6 月 8 日 10:00", field="visited_at"):
        rules.check_visited_at(since - timedelta(minutes=2), NOW, since)


def test_a_refusal_names_the_day_as_its_reader_does():
    since = NOW - timedelta(hours=5)
    with translation.override("en"), pytest.raises(Refused) as no:
        rules.check_visited_at(since - timedelta(minutes=2), NOW, since)
    assert "8 June, 10:00" in str(no.value.reason)


def test_an_agreed_time_is_to_come_and_not_in_another_age():
    rules.check_future(NOW + timedelta(minutes=1), NOW, "due_at")
    for past in (NOW, NOW - timedelta(days=1)):
        with refused(422, "这个时间已经过了", field="due_at"):
            rules.check_future(past, NOW, "due_at")
    with refused(422, "请核对年份", field="meets_at"):
        rules.check_future(NOW + timedelta(days=4000), NOW, "meets_at")


ASKS = [Ask(no=1, text="修好电梯"), Ask(no=2, text="说明停运原因")]


def test_every_ask_is_decided():
    rules.check_asks(ASKS, {1: {"outcome": "answered"}, 2: {"outcome": "planned"}})
    for second in ({}, {"outcome": ""}, {"outcome": "done"}, None):
        with refused(422, "第 2 点还没有结果：说明停运原因", field="asks"):
            rules.check_asks(ASKS, {1: {"outcome": "answered"}, 2: second})
    with refused(422, "第 1 点还没有结果", field="asks"):
        rules.check_asks(ASKS, {})


def test_declined_has_a_basis():
    for basis in ({}, {"basis": ""}, {"basis": "  "}):
        with refused(422, "第 2 点不能办，要写依据", field="asks"):
            rules.check_asks(ASKS, {1: {"outcome": "answered"}, 2: {"outcome": "declined"} | basis})
    rules.check_asks(ASKS, {1: {"outcome": "answered"}, 2: {"outcome": "declined", "basis": "物业条例第 52 条"}})
    with refused(422, "依据最多写 300 个字", field="asks"):
        rules.check_asks(ASKS, {1: {"outcome": "answered"}, 2: {"outcome": "declined", "basis": "长" * 301}})


@pytest.mark.parametrize(
    ("plan_on", "needs", "reason"),
    [(None, True, "哪天办成"), (date(2026, 6, 8), True, "今天之后"), (date(2026, 6, 1), False, "今天之后")],
)
def test_a_plan_has_a_day_to_come(plan_on, needs, reason):
    with refused(422, reason, field="plan_on"):
        rules.check_plan(plan_on, NOW.date(), needs)


def test_no_plan_is_asked_for_where_nothing_is_planned():
    rules.check_plan(None, NOW.date(), needs=False)
    rules.check_plan(date(2026, 6, 9), NOW.date(), needs=True)


def test_the_account_is_not_the_reply():
    for account in ("已换好门机板。", " 已换好门机板。\n"):
        with refused(422, "要分开写", field="account"):
            rules.check_two_texts("已换好门机板。", account)
    rules.check_two_texts("已换好门机板。", "更换门机板一块，费用 1,200 元。")


def test_one_extension_before_expiry_of_at_most_seven_days():
    rules.check_extension(1, False, False)
    rules.check_extension(7, False, False)
    with refused(409, "每件只有一次"):
        rules.check_extension(3, True, False)
    with refused(409, "时限已过"):
        rules.check_extension(3, False, True)
    for days in (-1, 0, 8):
        with refused(422, "延期 1 到 7 个工作日", field="days"):
            rules.check_extension(days, False, False)


def test_who_does_not_come_to_a_meeting():
    rules.check_meeting(Case(), [Department(code="C-1", kind="city_bureau")])
    for unit in (
        Department(code="K", kind="county_centre"),
        Department(code="H", kind="hotline"),
        Department(code="C-2", kind="city_bureau", is_active=False),
    ):
        with refused(422, "不能参加这次网下办", field="departments"):
            rules.check_meeting(Case(), [unit])


def test_neither_who_is_complained_of_nor_a_colleague_of_his_is_called_to_the_meeting():
    case = Case(about_department=Department(code="C-9", kind="city_bureau", duty="housing"))
    rules.check_meeting(case, [Department(code="C-D", kind="discipline")])
    for unit in (Department(code="C-9", kind="city_bureau"), Department(code="C-1", kind="city_bureau", duty="market")):
        with refused(422, "不能参加这次网下办", field="departments"):
            rules.check_meeting(case, [unit])
