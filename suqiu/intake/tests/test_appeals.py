"""申诉: against every decision of ours, once each, within its days, decided by somebody who had no part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.advance import Actor
from suqiu.cases.models import Case
from suqiu.gateways.models import Message
from tests.cast import MONDAY, run_jobs
from tests.reading import clock, due, holders, last, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAY = {"basis": "条例", "way": "12368", "words": "请走该走的路"}
CLASSES = [("legal", "in_court"), ("explain", "other_government"), ("emergency", "danger"), ("malicious", "malicious")]


def lawful(cast) -> Case:
    """Closed as lawful and not solved, by two."""
    case = cast.sent()
    cast.ask_back(case, at=MONDAY + DAY, solved="half", satisfied="1")
    cast.do("find_lawful", case, cast.supervisor, at=MONDAY + DAY, basis="条例", words="只能这样")
    cast.do("close_lawful", case, cast.shift_lead, at=MONDAY + 2 * DAY, words="同意")
    return case


def unanswered(cast) -> Case:
    case = cast.sent()
    for n, way in enumerate(("phone", "phone", "sms"), 1):
        at = MONDAY + n * DAY
        cast.do("attempt", case, cast.caller_back, at=at, outcome="no_answer", way=way)
    return case


def unrated(cast) -> Case:
    case = cast.case()
    cast.do("answer_at_once", case, cast.operator, at=MONDAY + HOUR, answer="带证件", source="指南")
    cast.do("settle", case, at=MONDAY + 10 * DAY)
    return case


CLOSED = {"solved": lambda c: c.closed(), "lawful_unsolved": lawful, "unanswered": unanswered}


def appeal(cast, case: Case, at) -> None:
    cast.citizen("appeal", case, at=at, words="不同意")


@pytest.mark.parametrize("verdict", CLOSED)
def test_a_closing_appealed_against_with_success_is_a_cycle_more_with_the_same_unit(cast, verdict):
    """peers 8: a new cycle with clocks of its own; the cycle before keeps its verdict."""
    case = CLOSED[verdict](cast)
    assert (case.state, case.verdict) == ("C", verdict)
    at = case.closed_at + DAY
    appeal(cast, case, at)
    assert (case.state, case.verdict, case.evidence_held.count("appeal")) == ("C", verdict, 1)
    assert running(case) == "appeal" and case.next_due_kind == "appeal"
    line = cast.do("decide_appeal", case, cast.other_intake_reviewer, at=at + HOUR, is_upheld="yes", words="没有办完")
    assert written(line) == ("decide_appeal", "officer", "sl02", "HOTLINE", {"is_upheld": "yes"})
    assert (case.state, case.cycle, case.verdict, case.closed_at) == ("H", 2, "", None)
    assert list(case.cycles.values_list("no", "why", "verdict")) == [(1, "received", verdict), (2, "reopened", "")]
    assert sorted(holders(case)) == [("first", "C-HOUSING"), ("lead", "C-HOUSING"), ("lead", "HOTLINE")]
    assert running(case) == "contact redo" and case.evidence_held == []
    assert clock(case, "redo").anchor_at == at + HOUR and case.lead_officer == cast.handler()


def test_the_unit_that_replied_cannot_return_what_came_back(cast):
    case = cast.closed()
    at = case.closed_at + DAY
    appeal(cast, case, at)
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=at, is_upheld="yes", words="没有办完")
    cast.do("contact", case, cast.handler(), at=at + HOUR, way="phone", outcome="connected", words="说了")
    with refused(409, "不能再退"):
        said = {"ground": "not_our_duty", "basis": "清单", "words": "说了"}
        cast.do("return_case", case, cast.reviewer(), at=at + HOUR, **said)


def test_what_no_unit_ever_had_goes_to_dispatch(cast):
    case = unrated(cast)
    at = case.closed_at + DAY
    appeal(cast, case, at)
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=at, is_upheld="yes", words="没有答到")
    assert (case.state, case.cycle, holders(case)) == ("D", 2, [("lead", "HOTLINE")])
    assert running(case) == "dispatch outer" and clock(case, "outer").anchor_at == at
    cast.do("dispatch", case, cast.dispatcher, at=at + HOUR, matter=cast.matter(), department=cast.department())
    assert holders(case)[-1] == ("first", "C-HOUSING")


@pytest.mark.parametrize(("routing_class", "reason"), CLASSES)
def test_every_way_of_not_taking_it_in_can_be_appealed_against(cast, routing_class, reason):
    """Malicious too: who is found so by two is heard by a third."""
    case = cast.case()
    cast.do("suspect", case, cast.operator, at=MONDAY, words="骂人")
    cast.do("divert", case, cast.shift_lead, at=MONDAY + HOUR, routing_class=routing_class, reason=reason, **WAY)
    appeal(cast, case, MONDAY + DAY)
    assert due(case, "appeal") == "06-12 17:00"
    cast.do("decide_appeal", case, cast.intake_reviewer, at=MONDAY + 2 * DAY, is_upheld="yes", words="有实情")
    assert (case.state, case.cycle, case.routing_class, case.evidence_held) == ("R", 1, "", [])


def test_each_decision_may_be_appealed_against_once(cast):
    case = cast.closed()
    appeal(cast, case, case.closed_at + DAY)
    with refused(409, "正在审"):
        appeal(cast, case, case.closed_at + DAY)
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=case.closed_at + DAY, is_upheld="no", words="办完了")
    assert (case.state, case.verdict, running(case), case.evidence_held.count("appeal")) == ("C", "solved", "", 0)
    with refused(409, "已经申诉过一次"):
        appeal(cast, case, case.closed_at + 2 * DAY)


def test_the_next_closing_is_another_decision(cast):
    case = cast.closed()
    at = case.closed_at + DAY
    appeal(cast, case, at)
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=at, is_upheld="yes", words="没有办完")
    cast.prove(case, at=at + DAY)
    cast.reply(case, at=at + DAY)
    cast.do("approve", case, cast.reviewer(), at=at + DAY + 7 * HOUR)
    cast.ask_back(case, at=at + 2 * DAY, solved="yes", satisfied="3")
    assert (case.state, case.cycle) == ("C", 2)
    appeal(cast, case, case.closed_at + DAY)
    with refused(403, "「审申诉」是您做的"):
        cast.do(
            "decide_appeal", case, cast.other_intake_reviewer, at=case.closed_at + DAY, is_upheld="no", words="够了"
        )
    cast.do("decide_appeal", case, cast.intake_reviewer, at=case.closed_at + DAY, is_upheld="no", words="这次办完了")
    assert [c.verdict for c in case.cycles.all()] == ["solved", "solved"]


def test_until_the_last_permitted_second(cast):
    """peers 9: the action and every page ask one rule."""
    just, late = cast.closed(), cast.closed()
    limit = just.closed_at + 15 * DAY
    with refused(409, "申诉要在办结后 15 天内提"):
        appeal(cast, late, limit + timedelta(seconds=1))
    appeal(cast, just, limit)
    assert "appeal" in just.evidence_held


def test_nobody_who_had_a_part_decides(cast):
    """Whatever it was: who put the register right, who closed it, who wrote the appeal down for him."""
    case = cast.in_hand()
    cast.do("correct", case, cast.intake_reviewer, at=MONDAY + HOUR, area=cast.area("510802002"), words="写错了")
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    cast.ask_back(case, at=MONDAY + DAY, solved="half", satisfied="1")
    cast.do("find_lawful", case, cast.supervisor, at=MONDAY + DAY, basis="条例", words="只能这样")
    cast.do("close_lawful", case, cast.shift_lead, at=MONDAY + 2 * DAY, words="同意")
    cast.do("appeal", case, Actor("citizen", cast.other_shift_lead), at=MONDAY + 3 * DAY, words="不同意")
    had_part = ((cast.intake_reviewer, "更正"), (cast.shift_lead, "依法办结"), (cast.other_shift_lead, "申诉"))
    for who, name in had_part:
        with refused(403, f"「{name}」是您做的"):
            cast.do("decide_appeal", case, who, at=MONDAY + 4 * DAY, is_upheld="no", words="维持")
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=MONDAY + 4 * DAY, is_upheld="no", words="维持")


def test_third_party_staff_decide_no_appeal(cast):
    case = cast.closed()
    appeal(cast, case, case.closed_at + DAY)
    outsider = cast.other_intake_reviewer
    type(outsider).objects.filter(pk=outsider.pk).update(is_third_party=True)
    with refused(403, "第三方人员"):
        cast.do(
            "decide_appeal", case, cast.other_intake_reviewer, at=case.closed_at + DAY, is_upheld="no", words="维持"
        )


def test_he_is_told_of_the_result_and_why(cast):
    case = cast.closed()
    appeal(cast, case, case.closed_at + DAY)
    cast.do(
        "decide_appeal", case, cast.other_intake_reviewer, at=case.closed_at + DAY, is_upheld="no", words="现场看过"
    )
    line = last(case)
    run_jobs()
    body = Message.objects.get(key=f"caller:{line.pk}").body
    assert "申诉有结果了" in body and "现场看过" in body
    assert words(line) == {"words": "现场看过"} and steps(case).endswith("appeal decide_appeal")


# ---- a withdrawal that was not his


def test_who_did_not_take_it_back_himself_appeals_and_it_is_taken_up_again(cast):
    case = cast.proven()
    cast.citizen("withdraw", case, at=MONDAY + DAY, words="撤")
    appeal(cast, case, MONDAY + 2 * DAY)
    cast.do("decide_appeal", case, cast.intake_reviewer, at=MONDAY + 3 * DAY, is_upheld="yes", words="回听：不是本人")
    assert (case.state, case.cycle, case.evidence_held) == ("H", 2, ["not_his_will"])
    assert running(case) == "contact outer unit" and clock(case, "outer").anchor_at == MONDAY + 3 * DAY
    assert list(case.cycles.values_list("why", "verdict")) == [("received", "withdrawn"), ("not_his_will", "")]


def test_taken_back_before_anybody_accepted_it_is_accepted_first(cast):
    """Without a kind of demand there would be no term, and a unit would get it that nobody is waiting for."""
    case = cast.case()
    cast.citizen("withdraw", case, at=MONDAY + HOUR, words="撤")
    appeal(cast, case, MONDAY + DAY)
    at = MONDAY + 2 * DAY
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=at, is_upheld="yes", words="回听：不是本人")
    assert (case.state, case.cycle, running(case)) == ("R", 2, "accept")
    fields = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    cast.do("accept", case, cast.shift_lead, at=at + HOUR, **fields)
    assert clock(case, "outer").anchor_at == at
    cast.do("dispatch", case, cast.dispatcher, at=at + HOUR, matter=cast.matter(), department=cast.department())
    assert case.state == "S" and "unit" in running(case)


def test_taken_back_at_the_countys_centre_it_is_the_county_that_has_a_term_to_send_it_on(cast):
    case = cast.dispatched(unit="K-510824", area=cast.area("510824100"), matter=cast.matter(power="county"))
    assert (case.state, running(case)) == ("D", "outer sub_term")
    cast.citizen("withdraw", case, at=MONDAY + HOUR, words="撤")
    appeal(cast, case, MONDAY + DAY)
    cast.do(
        "decide_appeal", case, cast.other_intake_reviewer, at=MONDAY + DAY + HOUR, is_upheld="yes", words="是被劝的"
    )
    assert (case.state, case.lead_department_id, running(case)) == ("D", "K-510824", "outer sub_term")
    unit = cast.department("B-510824-HOUSING")
    cast.do("send_on", case, cast.county_dispatcher, at=MONDAY + DAY + 2 * HOUR, department=unit)
    assert (case.state, running(case)) == ("S", "contact outer sign_in unit")
