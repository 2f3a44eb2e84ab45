"""回访: the hotline or the caller himself, never the unit; his answer decides, and the rule acts on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.advance import CITIZEN, SYSTEM, Actor
from suqiu.cases.models import Case, Cycle
from suqiu.directory.models import Grant, Role
from suqiu.followup.actions import finish_link, finish_stopped
from suqiu.followup.links import make_link, tap
from suqiu.followup.models import Attempt, Link
from tests.cast import MONDAY
from tests.reading import clock, due, holders, last, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ring(cast, case: Case, at=MONDAY + DAY, by=None, outcome="answered", way="phone", **answers):
    return cast.do("attempt", case, by or cast.caller_back, at=at, outcome=outcome, way=way, **answers)


def again(cast, case: Case, at) -> None:
    """Handled once more, replied, sent."""
    cast.prove(case, at=at)
    cast.reply(case, at=at)
    cast.do("approve", case, cast.reviewer(), at=at + 7 * HOUR)


def three_times(cast, last_answer: str = "no") -> Case:
    """Twice not solved, and asked a third time."""
    case = cast.sent()
    for day in (1, 2):
        ring(cast, case, at=MONDAY + day * DAY, solved="no", satisfied="1")
        again(cast, case, MONDAY + day * DAY)
    ring(cast, case, at=MONDAY + 3 * DAY, solved=last_answer)
    return case


# ---- four questions


def test_four_questions_are_kept_as_answered(cast):
    case = cast.sent()
    line = ring(cast, case, contacted="yes", is_true="yes", solved="yes", satisfied="4", words="换好了，谢谢")
    says = {
        "outcome": "answered",
        "way": "phone",
        "contacted": "yes",
        "is_true": "yes",
        "solved": "yes",
        "satisfied": "4",
    }
    assert written(line) == ("attempt", "officer", "hf01", "HOTLINE", says) and words(line) == {"words": "换好了，谢谢"}
    row = Attempt.objects.get()
    assert (row.by, row.at, row.way, row.outcome, row.cycle, row.line_no) == (
        cast.caller_back,
        MONDAY + DAY,
        "phone",
        "answered",
        1,
        line.no,
    )
    assert (row.contacted, row.is_true, row.solved, row.satisfied) == ("yes", "yes", "yes", "4")


def test_a_yes_closes_by_rule_in_the_same_breath(cast):
    case = cast.sent()
    ring(cast, case, solved="yes", satisfied="5")
    assert steps(case).endswith("attempt close")
    assert written(last(case)) == ("close", "system", "", None, {"verdict": "solved"})
    assert (case.state, case.verdict, case.closed_at) == ("C", "solved", MONDAY + DAY)
    assert (last(case).columns["state"], last(case).columns["verdict"]) == ("C", "solved")
    assert (holders(case), running(case)) == ([], "")
    assert Cycle.objects.get(case=case).verdict == "solved" and Cycle.objects.get(case=case).ended_at == MONDAY + DAY


def test_no_question_has_a_default(cast):
    case = cast.sent()
    ring(cast, case, solved="yes")
    row = Attempt.objects.get()
    assert (row.contacted, row.is_true, row.satisfied) == ("", "", "") and case.verdict == "solved"


def test_who_got_through_asks_whether_it_is_solved(cast):
    case = cast.sent()
    with refused(422, "请问清「解决了吗」", field="solved"):
        ring(cast, case, satisfied="5")
    for name, value in {
        "solved": "perhaps",
        "satisfied": "9",
        "contacted": "half",
        "outcome": "spoke",
        "way": "pigeon",
    }.items():
        with refused(422, "没有这个选项", field=name):
            ring(cast, case, **({"solved": "yes"} | {name: value}))
    assert not Attempt.objects.exists()


def test_the_first_answer_and_the_last_are_both_kept(cast):
    """Half at first; a second call finds that the rest was done."""
    case = cast.sent()
    ring(cast, case, solved="half", satisfied="2")
    assert case.state == "F" and case.evidence_held.count("answered") == 1 and due(case, "confirm") == "06-10 17:00"
    ring(cast, case, at=MONDAY + DAY + 5 * HOUR, solved="yes", satisfied="4")
    assert (case.state, case.verdict) == ("C", "solved")
    assert list(Attempt.objects.values_list("solved", "satisfied")) == [("half", "2"), ("yes", "4")]


# ---- never the unit


def test_a_unit_that_held_it_does_not_call_back(cast):
    """Not in its own name, not in the hotline's, not after it gave the case away."""
    case = cast.sent()
    with refused(403, "「回访」不由您来做"):
        ring(cast, case, by=cast.handler(), solved="yes")
    with refused(403, "「回访」不由您来做"):
        cast.do(
            "attempt",
            case,
            Actor("citizen", cast.handler()),
            at=MONDAY + DAY,
            outcome="answered",
            way="phone",
            solved="yes",
        )
    Grant.objects.create(officer=cast.handler(), role=Role.FOLLOW_UP, department_id="HOTLINE", since=MONDAY.date())
    with refused(403, "承办过这件的单位不能回访"):
        ring(cast, case, by=cast.handler(), solved="yes")
    outsider = cast.handler("C-MARKET")
    Grant.objects.create(officer=outsider, role=Role.FOLLOW_UP, department_id="HOTLINE", since=MONDAY.date())
    ring(cast, case, by=cast.handler("C-MARKET"), solved="yes")
    assert case.state == "C"


def test_a_past_holder_does_not_call_back_either(cast):
    case = cast.in_hand()
    contact = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(), at=MONDAY + 2 * HOUR, **contact)
    cast.do(
        "return_case", case, cast.reviewer(), at=MONDAY + 2 * HOUR, ground="not_our_duty", basis="清单", words="说了"
    )
    cast.do("decide_return", case, cast.other_dispatcher, at=MONDAY + 3 * HOUR, is_upheld="yes", words="对")
    market = {"department": cast.department("C-MARKET"), "matter": case.matter}
    cast.do("dispatch", case, cast.dispatcher, at=MONDAY + 4 * HOUR, **market)
    cast.do("sign_in", case, cast.handler("C-MARKET"), at=MONDAY + 5 * HOUR)
    cast.prove(case, at=MONDAY + 4 * HOUR, unit="C-MARKET")
    cast.reply(case, at=MONDAY + 4 * HOUR, unit="C-MARKET")
    cast.do("first_sees", case, cast.handler(), at=MONDAY + 11 * HOUR)
    cast.do("approve", case, cast.reviewer("C-MARKET"), at=MONDAY + 12 * HOUR)
    Grant.objects.create(officer=cast.handler(), role=Role.FOLLOW_UP, department_id="HOTLINE", since=MONDAY.date())
    with refused(403, "承办过这件的单位不能回访"):
        ring(cast, case, by=cast.handler(), solved="yes")


# ---- not reached


def test_after_three_attempts_in_vain_it_closes_as_unanswered(cast):
    """Its own verdict: never counted as solved or satisfied."""
    case = cast.sent()
    line = ring(cast, case, outcome="no_answer")
    assert Attempt.objects.get().next_at == MONDAY + DAY + 6 * HOUR and written(line)[4] == {
        "outcome": "no_answer",
        "way": "phone",
    }
    ring(cast, case, at=MONDAY + DAY + 6 * HOUR, outcome="no_answer", way="sms")
    assert case.state == "F" and case.evidence_held.count("three_attempts") == 0
    ring(cast, case, at=MONDAY + DAY + 10 * HOUR, outcome="no_answer")
    assert written(last(case)) == ("close_unanswered", "system", "", None, {})
    assert (case.state, case.verdict, Cycle.objects.get(case=case).verdict) == ("C", "unanswered", "unanswered")
    assert Attempt.objects.exclude(solved="", satisfied="").count() == 0


def test_two_ways_and_three_hours_are_needed(cast):
    case = cast.sent()
    for hour in (0, 6, 10):
        ring(cast, case, at=MONDAY + DAY + hour * HOUR, outcome="no_answer")
    assert case.state == "F"  # by one way only
    ring(cast, case, at=MONDAY + DAY + 10 * HOUR + timedelta(minutes=5), outcome="later", way="sms")
    assert case.state == "F"  # he asked for another time
    ring(cast, case, at=MONDAY + 2 * DAY, outcome="no_answer", way="sms")
    assert (case.state, case.verdict) == ("C", "unanswered")


def test_nobody_closes_it_as_unanswered_before(cast):
    case = cast.sent()
    with refused(422, "还差：三次不同时间、两种方式的回访"):
        cast.do("close_unanswered", case, SYSTEM, at=MONDAY + DAY)
    with refused(403, "「没回访到，办结」不由您来做"):
        cast.do("close_unanswered", case, cast.shift_lead, at=MONDAY + DAY)


def test_the_time_he_prefers_is_when_he_is_rung_next(cast):
    case = cast.sent()
    case.person.preferred_time = "晚上 8 点"
    case.person.save()
    ring(cast, case, outcome="no_answer")
    assert Attempt.objects.get().next_at == MONDAY.replace(hour=20) + DAY


def test_after_an_answer_attempts_in_vain_do_not_close_it(cast):
    case = cast.sent()
    ring(cast, case, solved="half")
    for hour, way in ((2, "phone"), (6, "sms"), (10, "phone")):
        ring(cast, case, at=MONDAY + DAY + hour * HOUR, outcome="no_answer", way=way)
    assert case.state == "F" and "three_attempts" in case.evidence_held


# ---- redo


def test_a_no_opens_the_next_cycle_by_rule(cast):
    case = cast.sent()
    first = case.dispatched_at
    line = ring(cast, case, solved="no", satisfied="1", words="第二天又停了")
    assert line.step == "attempt" and written(last(case)) == ("redo", "system", "", None, {})
    assert (case.state, case.cycle, case.verdict, case.evidence_held) == ("H", 2, "", [])
    assert {"state": "H", "cycle": 2, "evidence_held": []}.items() <= last(case).columns.items()
    assert list(Cycle.objects.filter(case=case).values_list("no", "why", "verdict")) == [
        (1, "received", "no"),
        (2, "redo", ""),
    ]
    assert holders(case) == [("lead", "HOTLINE"), ("lead", "C-HOUSING"), ("first", "C-HOUSING")]  # the same lead
    assert case.dispatched_at == MONDAY + DAY > first
    assert running(case) == "contact redo" and (due(case, "redo"), due(case, "contact")) == (
        "06-12 17:00",
        "06-10 17:00",
    )
    assert case.clocks.filter(cycle=1, kind="outer").get().stopped_by == "approve"  # the old clocks stay as they were


def test_in_the_new_cycle_evidence_starts_from_nothing(cast):
    case = cast.sent()
    ring(cast, case, solved="no")
    with refused(422, "还差：联系记录、到现场、现场照片"):
        cast.reply(case, at=MONDAY + DAY)
    again(cast, case, MONDAY + DAY)
    assert case.state == "F" and "answered" not in case.evidence_held
    with refused(422, "还差：回访的回答"):
        cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict="solved", words="可以")


def test_at_most_two_redos_and_then_a_leader(cast):
    case = three_times(cast)
    assert (case.state, case.cycle) == ("L", 3) and written(last(case)) == ("refer_up", "system", "", None, {})
    assert list(Cycle.objects.filter(case=case).values_list("no", "verdict")) == [(1, "no"), (2, "no"), (3, "no")]
    assert running(case) == "leader" and due(case, "leader") == "06-15 17:00"
    assert steps(case).count("redo") == 2


def test_the_leader_gives_it_a_cycle_of_its_own_with_a_date(cast):
    case = three_times(cast)
    at = MONDAY + 4 * DAY
    with refused(403, "「领导定」不由您来做", "市领导"):
        cast.do("decide", case, cast.shift_lead, at=at, choice="handle", plan_on=(at + 7 * DAY).date(), words="再办")
    with refused(422, "日期要在今天之后", field="plan_on"):
        cast.do("decide", case, cast.leader, at=at, choice="handle", plan_on=at.date(), words="再办")
    line = cast.do(
        "decide", case, cast.leader, at=at, choice="handle", plan_on=(at + 10 * DAY).date(), words="局长带队"
    )
    assert written(line) == ("decide", "officer", "ld01", "HOTLINE", {"choice": "handle", "plan_on": "2026-06-22"})
    assert (case.state, case.cycle, due(case, "redo"), running(case)) == ("H", 4, "06-22 17:00", "contact redo")
    assert list(Cycle.objects.filter(case=case).values_list("no", "why"))[-1] == (4, "leader")
    again(cast, case, at)
    ring(cast, case, at=at + DAY, solved="no")
    assert case.state == "L"  # another no goes back to him


def test_or_puts_it_on_the_ledger_and_off_it_a_new_cycle_opens(cast):
    """The third cycle has its "no"; what is done after the ledger is proven and answered for anew."""
    case = three_times(cast)
    at = MONDAY + 4 * DAY
    said = {"choice": "hang", "plan_on": (at + 60 * DAY).date(), "words": "列入改造"}
    with refused(422, "要写怎么解决", field="plan"):
        cast.do("decide", case, cast.leader, at=at, officer=cast.handler(), **said)
    with refused(422, "要写谁负责", field="officer"):
        cast.do("decide", case, cast.leader, at=at, plan="换主管", **said)
    with refused(422, "不在主办单位", field="officer"):
        cast.do("decide", case, cast.leader, at=at, plan="换主管", officer=cast.handler("C-MARKET"), **said)
    cast.do("decide", case, cast.leader, at=at, plan="换主管", officer=cast.handler(), **said)
    signed = case.hangings.get()
    assert (signed.plan, signed.officer, signed.signed_by, signed.signed_at) == (
        "换主管",
        cast.handler(),
        cast.leader,
        at,
    )
    assert (case.state, case.cycle, running(case), due(case, "plan")) == ("G", 3, "plan recheck", "08-11 17:00")
    line = cast.do("off_ledger", case, cast.supervisor, at=at + 30 * DAY, words="资金到位")
    assert (case.state, case.cycle, case.evidence_held, line.columns["cycle"]) == ("H", 4, [], 4)
    with refused(422, "还差：联系记录、到现场、现场照片"):
        cast.reply(case, at=at + 30 * DAY)
    again(cast, case, at + 30 * DAY)
    ring(cast, case, at=at + 31 * DAY, solved="yes", satisfied="5")
    assert (case.state, case.verdict) == ("C", "solved")
    assert list(Cycle.objects.filter(case=case).values_list("no", "verdict")) == [
        (1, "no"),
        (2, "no"),
        (3, "no"),
        (4, "solved"),
    ]


# ---- a second person


def test_half_goes_to_a_second_person_who_redoes_it(cast):
    case = cast.sent()
    ring(cast, case, solved="half", satisfied="3")
    assert (case.state, running(case)) == ("F", "confirm")
    line = cast.do("redo", case, cast.shift_lead, at=MONDAY + 2 * DAY, words="还差一半")
    assert written(line) == ("redo", "officer", "bz01", "HOTLINE", {}) and words(line) == {"words": "还差一半"}
    assert (case.state, case.cycle, Cycle.objects.get(case=case, no=1).verdict) == ("H", 2, "half")


def test_or_closes_it_as_what_the_caller_said(cast):
    case = cast.sent()
    ring(cast, case, solved="half")
    with refused(422, "不能按解决了办结", field="verdict"):
        cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict="solved", words="差不多")
    line = cast.do("close", case, cast.supervisor, at=MONDAY + 2 * DAY, verdict="half", words="本人不要求再办")
    assert written(line) == ("close", "officer", "db01", "HOTLINE", {"verdict": "half"})
    assert (case.state, case.verdict, Cycle.objects.get(case=case).verdict) == ("C", "half", "half")


def test_solved_but_unsatisfied_goes_to_a_second_person_too(cast):
    case = cast.sent()
    ring(cast, case, solved="yes", satisfied="1", words="态度不好")
    assert (case.state, running(case)) == ("F", "confirm")
    with refused(422, "请按解决了办结", field="verdict"):
        cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict="half", words="办结")
    cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict="solved", words="已约谈")
    assert (case.state, case.verdict) == ("C", "solved")


def test_unsatisfied_without_a_word_on_solved_is_never_closed_as_solved(cast):
    case = cast.sent()
    cast.citizen("attempt", case, at=MONDAY + DAY, outcome="answered", way="online", satisfied="1")
    assert (case.state, running(case)) == ("F", "confirm")
    for verdict in ("solved", "half"):
        with refused(409, "来电人没有说解决了，不能办结"):
            cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict=verdict, words="办结")
    cast.do("redo", case, cast.shift_lead, at=MONDAY + 2 * DAY, words="再去一次")
    assert (case.state, case.cycle) == ("H", 2)


def test_who_wrote_the_answer_down_does_not_act_on_it(cast):
    """Not even when somebody else has rung in vain after him."""
    for step in ({"name": "close", "verdict": "half"}, {"name": "redo"}):
        case = cast.sent()
        Grant.objects.get_or_create(
            officer=cast.caller_back, role=Role.SHIFT_LEAD, department_id="HOTLINE", since=MONDAY.date()
        )
        ring(cast, case, solved="half")
        with refused(403, "「回访」是您做的", "另一位同事"):
            cast.do(case=case, by=cast.caller_back, at=MONDAY + 2 * DAY, words="行", **step)
        ring(cast, case, at=MONDAY + 2 * DAY, by=cast.officer("hf02"), outcome="no_answer")
        with refused(403, "「回访」是您做的"):
            cast.do(case=case, by=cast.caller_back, at=MONDAY + 2 * DAY, words="行", **step)
        cast.do(case=case, by=cast.shift_lead, at=MONDAY + 2 * DAY, words="行", **step)


def test_the_third_half_can_be_referred_up_by_a_second_person(cast):
    case = three_times(cast, last_answer="half")
    assert (case.state, case.cycle) == ("F", 3)
    with refused(409, "已经重办过两次，这次要报市领导定", "「报领导」"):
        cast.do("redo", case, cast.shift_lead, at=MONDAY + 4 * DAY, words="再办")
    line = cast.do("refer_up", case, cast.shift_lead, at=MONDAY + 4 * DAY, words="三次只办一半")
    assert written(line) == ("refer_up", "officer", "bz01", "HOTLINE", {}) and case.state == "L"
    assert Cycle.objects.get(case=case, no=3).verdict == "half"


def test_nothing_is_referred_up_while_a_redo_is_left(cast):
    case = cast.sent()
    ring(cast, case, solved="half")
    with refused(409, "还没有重办满两次", "「重办」"):
        cast.do("refer_up", case, cast.shift_lead, at=MONDAY + 2 * DAY, words="报")


@pytest.mark.parametrize("make", ["half", "leader"])
def test_lawful_and_unsolved_takes_two_persons(cast, make):
    if make == "half":
        case = cast.sent()
        ring(cast, case, solved="half")
    else:
        case = three_times(cast)
    at = MONDAY + 4 * DAY
    with refused(422, "还差：依法办了的认定"):
        cast.do("close_lawful", case, cast.shift_lead, at=at, words="同意")
    for unit in (cast.handler(), cast.unit_leader()):
        with refused(403, "「认定依法办了」不由您来做"):
            cast.do("find_lawful", case, unit, at=at, basis="条例", words="办不了")
    finder = cast.supervisor
    Grant.objects.create(officer=finder, role=Role.SHIFT_LEAD, department_id="HOTLINE", since=MONDAY.date())
    line = cast.do("find_lawful", case, finder, at=at, basis="《物业管理条例》第 52 条", words="业委会未成立")
    assert written(line) == ("find_lawful", "officer", "db01", "HOTLINE", {})
    assert words(line) == {"basis": "《物业管理条例》第 52 条", "words": "业委会未成立"}
    with refused(403, "「认定依法办了」是您做的"):
        cast.do("close_lawful", case, cast.supervisor, at=at, words="同意")
    line = cast.do("close_lawful", case, cast.leader, at=at + HOUR, words="同意")
    assert written(line) == ("close_lawful", "officer", "ld01", "HOTLINE", {})
    assert (case.state, case.verdict, running(case), holders(case)) == ("C", "lawful_unsolved", "", [])


# ---- the link


def test_each_tap_is_saved_and_becomes_one_attempt_by_the_caller(cast):
    case = cast.sent()
    token = make_link(case=case, at=MONDAY + 8 * HOUR)
    link = Link.objects.get()
    assert token not in link.token_hash and link.expires_at == MONDAY + 8 * HOUR + 14 * DAY
    tap(link=link, name="solved", value="no", at=MONDAY + 9 * HOUR)
    assert Link.objects.get().answers == {"solved": "no"} and not Attempt.objects.exists()
    tap(link=link, name="satisfied", value="2", at=MONDAY + 9 * HOUR)
    tap(link=link, name="solved", value="yes", at=MONDAY + 9 * HOUR)  # he changed his mind before he was done
    tap(link=link, name="satisfied", value="5", at=MONDAY + 9 * HOUR)
    line = finish_link(link=link, at=MONDAY + 10 * HOUR)
    says = {"outcome": "answered", "way": "online", "solved": "yes", "satisfied": "5"}
    assert written(line) == ("attempt", "citizen", "", None, says)
    row = Attempt.objects.get()
    assert (row.by, row.way, row.solved, row.satisfied, row.contacted) == (None, "online", "yes", "5", "")
    case.refresh_from_db()
    assert (case.state, case.verdict, Link.objects.get().used_at) == ("C", "solved", MONDAY + 10 * HOUR)


def test_half_an_answer_is_an_answer(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    tap(link=Link.objects.get(), name="solved", value="no", at=MONDAY + 9 * HOUR)
    finish_link(link=Link.objects.get(), at=MONDAY + 9 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.cycle) == ("H", 2)


def test_who_taps_and_goes_away_has_answered(cast):
    """No last button was pressed: half an hour later his taps count, once."""
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    assert finish_stopped(at=MONDAY + DAY) == 0  # nothing tapped
    tap(link=Link.objects.get(), name="solved", value="no", at=MONDAY + 9 * HOUR)
    assert finish_stopped(at=MONDAY + 9 * HOUR + timedelta(minutes=29)) == 0
    assert finish_stopped(at=MONDAY + 9 * HOUR + timedelta(minutes=30)) == 1
    case.refresh_from_db()
    assert (case.state, case.cycle, steps(case).split()[-2:]) == ("H", 2, ["attempt", "redo"])
    assert finish_stopped(at=MONDAY + DAY) == 0


def test_a_tapped_no_is_not_closed_as_unanswered(cast):
    """Three calls in vain, but he had tapped "no" on the link."""
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    tap(link=Link.objects.get(), name="solved", value="no", at=MONDAY + 9 * HOUR)
    for hour, way in ((0, "phone"), (6, "sms"), (10, "phone")):
        ring(cast, case, at=MONDAY + DAY + hour * HOUR, outcome="no_answer", way=way)
    assert (case.state, case.cycle, case.verdict) == ("H", 2, "")
    assert steps(case).split()[-4:] == ["attempt", "attempt", "attempt", "redo"]


def test_a_link_is_used_once(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    link = Link.objects.get()
    tap(link=link, name="solved", value="yes", at=MONDAY + 9 * HOUR)
    assert finish_link(link=link, at=MONDAY + 9 * HOUR) is not None
    assert finish_link(link=link, at=MONDAY + 10 * HOUR) is None
    with refused(409, "您已经答完了"):
        tap(link=link, name="solved", value="no", at=MONDAY + 10 * HOUR)
    assert Attempt.objects.count() == 1


def test_a_link_ends_with_its_time_and_with_its_cycle(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    link = Link.objects.get()
    limit = MONDAY + 8 * HOUR + 14 * DAY
    with refused(410, "这个链接已经过期", "编号和查询码"):
        tap(link=link, name="solved", value="no", at=limit + timedelta(seconds=1))
    tap(link=link, name="solved", value="no", at=limit)
    ring(cast, case, at=MONDAY + 15 * DAY, solved="no")
    with refused(410, "这个链接已经过期"):
        tap(link=link, name="satisfied", value="1", at=MONDAY + 9 * HOUR)
    assert finish_link(link=link, at=limit) is None
    again(cast, case, MONDAY + 15 * DAY)
    assert finish_link(link=link, at=MONDAY + 16 * DAY) is None  # the next cycle has a link of its own
    assert make_link(case=case, at=MONDAY + 16 * DAY) and Link.objects.count() == 2


def test_only_answers_are_tapped(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    link = Link.objects.get()
    for name, value in (
        ("solved", "perhaps"),
        ("outcome", "no_answer"),
        ("way", "phone"),
        ("satisfied", "6"),
        ("by", "1"),
    ):
        with refused(422, "没有看懂这个回答", field=name):
            tap(link=link, name=name, value=value, at=MONDAY + 9 * HOUR)
    assert Link.objects.get().answers == {} and finish_link(link=link, at=MONDAY + 9 * HOUR) is None


def test_a_new_link_makes_the_old_token_worthless(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    old = Link.objects.get().token_hash
    make_link(case=case, at=MONDAY + 9 * HOUR)
    assert Link.objects.get().token_hash != old


# ---- the caller himself


def test_the_caller_answers_with_number_and_code(cast):
    case = cast.sent()
    line = cast.citizen("attempt", case, at=MONDAY + DAY, outcome="answered", way="online", solved="yes", satisfied="5")
    assert written(line)[1:4] == ("citizen", "", None) and case.verdict == "solved"


def test_who_rings_back_is_written_down_by_the_operator(cast):
    case = cast.sent()
    line = ring(cast, case, by=Actor("citizen", cast.operator), solved="no", words="又坏了")
    assert written(line)[1:4] == ("citizen", "hw01", "HOTLINE") and (case.state, case.cycle) == ("H", 2)


def test_an_answer_given_twice_with_one_key_acts_once(cast):
    case = cast.sent()
    first = ring(cast, case, key="call-1", solved="no")
    again_ = ring(cast, case, key="call-1", solved="no")
    assert first == again_ and (case.cycle, Attempt.objects.count()) == (2, 1)


def test_a_bad_answer_from_any_door_is_refused(cast):
    case = cast.sent()
    with refused(422, "没有看懂这个回答", field="solved"):
        cast.do("attempt", case, CITIZEN, at=MONDAY + DAY, outcome="answered", way="online", solved="certainly")
    assert clock(case, "follow_up").stopped_at is None
