"""挂账: plan, day, who is responsible, a leader's signature, a fact each month, the citizen told; and no way to be forgotten in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import periodic
from suqiu.cases.models import Case, Hanging
from suqiu.desk.queues import counts
from suqiu.desk.seats import seat_of
from suqiu.directory.models import Grant
from suqiu.gateways.models import Message
from tests.cast import MONDAY, run_jobs
from tests.reading import clock, due, holders, refused, running, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAN = {"plan": "列入 2027 年改造", "words": "要先立项"}
PLAN_ON = (MONDAY + 90 * DAY).date()


def ask(cast, case: Case, by=None, at=MONDAY + 6 * HOUR, **more):
    fields = PLAN | {"plan_on": PLAN_ON, "officer": cast.handler()} | more
    return cast.do("ask_to_hang", case, by or cast.unit_leader(), at=at, **fields)


def hung(cast, at=MONDAY + 6 * HOUR, **more) -> Case:
    case = cast.proven(at=at - 6 * HOUR)
    ask(cast, case, at=at, **more)
    cast.do("hang", case, cast.leader, at=at + HOUR, words="同意挂账，盯紧一点")
    return case


def recheck(cast, case: Case, at, by=None, still="yes", words="立项报告交上去了，等评审"):
    return cast.do("recheck", case, by or cast.handler(), at=at, still=still, words=words)


def sent_to_him(case: Case) -> list[str]:
    run_jobs()
    to_him = Message.objects.filter(case_number=case.number, key__startswith="caller:").order_by("id")
    return list(to_him.values_list("body", flat=True))


# ---- asked and signed


def test_the_ledger_takes_a_plan_a_date_who_is_responsible_and_a_leaders_signature(cast):
    case = cast.proven()
    with refused(403, "「申请挂账」不由您来做", "单位负责人"):
        ask(cast, case, by=cast.reviewer())
    with refused(422, "计划的日期要在今天之后", field="plan_on"):
        ask(cast, case, plan_on=MONDAY.date())
    with refused(422, "计划最长一年", field="plan_on"):
        ask(cast, case, plan_on=(MONDAY + 367 * DAY).date())
    with refused(422, "不在主办单位", field="officer"):
        ask(cast, case, officer=cast.handler("C-MARKET"))
    for name in ("plan", "plan_on", "officer"):
        with refused(422, "还缺", field=name):
            ask(cast, case, **{name: None})
    line = ask(cast, case)
    said = {"plan_on": "2026-09-06", "officer": cast.handler().pk}
    assert written(line) == ("ask_to_hang", "officer", "c-housing-fz", "C-HOUSING", said) and words(line) == PLAN
    with refused(409, "已经申请过了，等领导签"):
        ask(cast, case, at=MONDAY + 7 * HOUR)
    with refused(403, "「挂账」不由您来做", "市领导"):
        cast.do("hang", case, cast.unit_leader(), at=MONDAY + 7 * HOUR, words="同意")
    line = cast.do("hang", case, cast.leader, at=MONDAY + 7 * HOUR, words="同意")
    assert written(line) == ("hang", "officer", "ld01", "HOTLINE", {}) and case.state == "G"
    row = Hanging.objects.get()
    assert (row.plan, row.plan_on, row.officer) == (PLAN["plan"], PLAN_ON, cast.handler())
    assert (row.signed_by, row.signed_at, row.ended_at) == (cast.leader, MONDAY + 7 * HOUR, None)
    assert (running(case), due(case, "plan"), due(case, "recheck")) == ("plan recheck", "09-06 17:00", "07-08 16:00")
    assert holders(case)[1:] == [("lead", "C-HOUSING"), ("first", "C-HOUSING")]


def test_who_asked_does_not_sign_whatever_else_he_is(cast):
    case, both = cast.proven(), cast.unit_leader()
    Grant.objects.create(officer=both, role="leader", department=cast.department("HOTLINE"), since=MONDAY.date())
    ask(cast, case, by=both)
    with refused(403, "「申请挂账」是您做的，这一步要换一个人"):
        cast.do("hang", case, both, at=MONDAY + 7 * HOUR, words="同意")
    assert case.state == "H"


def test_nobody_of_a_third_party_signs_or_says_how_far_it_is(cast):
    case, leader, handler = cast.proven(), cast.leader, cast.handler()
    ask(cast, case)
    leader.is_third_party = handler.is_third_party = True
    leader.save()
    handler.save()
    with refused(403, "第三方人员"):
        cast.do("hang", case, leader, at=MONDAY + 7 * HOUR, words="同意")
    cast.do("hang", case, cast.officer("ld02"), at=MONDAY + 7 * HOUR, words="同意")
    with refused(403, "第三方人员"):
        recheck(cast, case, at=MONDAY + 20 * DAY, by=handler)


def test_the_leader_may_set_another_day_and_signs_no_day_that_is_past(cast):
    case = cast.proven()
    ask(cast, case, plan_on=(MONDAY + 2 * DAY).date())
    with refused(422, "计划的日期要在今天之后", field="plan_on"):
        cast.do("hang", case, cast.leader, at=MONDAY + 3 * DAY, words="同意")
    sooner = (MONDAY + 30 * DAY).date()
    line = cast.do("hang", case, cast.leader, at=MONDAY + 3 * DAY, plan_on=sooner, words="一个月够了")
    assert line.says == {"plan_on": "2026-07-08"} and due(case, "plan") == "07-08 17:00"
    assert Hanging.objects.get().plan_on == sooner and "2026-07-08 前办成" in sent_to_him(case)[-1]


def test_the_citizen_is_told_plan_and_day_and_not_the_leaders_note(cast):
    case = hung(cast)
    body = sent_to_him(case)[-1]
    assert "列入难题台账" in body and "办法：列入 2027 年改造。2026-09-06 前办成" in body and "盯紧" not in body


def test_a_leader_who_decides_it_himself_tells_the_same(cast):
    case, at = cast.sent(), MONDAY
    for day in (1, 2, 3):
        cast.ask_back(case, at=MONDAY + day * DAY, solved="no")
        if day < 3:
            cast.prove(case, at=MONDAY + day * DAY + HOUR)
            cast.reply(case, at=MONDAY + day * DAY + HOUR)
            at = MONDAY + day * DAY + 8 * HOUR
            cast.do("approve", case, cast.reviewer(), at=at)
    assert case.state == "L"
    fields = {"choice": "hang", "plan": "换主管", "plan_on": PLAN_ON, "officer": cast.handler(), "words": "内部批示"}
    cast.do("decide", case, cast.leader, at=MONDAY + 4 * DAY, **fields)
    body = sent_to_him(case)[-1]
    assert "办法：换主管。2026-09-06 前办成" in body and "内部批示" not in body


def test_every_clock_keeps_its_anchor_and_what_was_late_stays_late(cast):
    """Put on the ledger after its term had passed: the record still says so."""
    case = cast.proven()
    late = clock(case, "outer").due_at + 2 * DAY
    before = {c.pk: (c.kind, c.anchor, c.anchor_at, c.due_at) for c in case.clocks.all()}
    ask(cast, case, at=late, plan_on=(late + 60 * DAY).date())
    cast.do("hang", case, cast.leader, at=late + HOUR, words="同意")
    cast.do("off_ledger", case, cast.supervisor, at=late + 40 * DAY, words="钱到了")
    after = {c.pk: (c.kind, c.anchor, c.anchor_at, c.due_at) for c in case.clocks.all()}
    assert before.items() <= after.items()
    outer = clock(case, "outer")
    assert (outer.stopped_by, outer.stopped_at > outer.due_at, outer.anchor_at) == ("hang", True, MONDAY)


def test_who_was_called_and_does_not_come_is_recorded_on_the_ledger_too(cast):
    case = cast.proven()
    cast.do(
        "call_meeting", case, cast.handler(), at=MONDAY + 6 * HOUR, meets_at=MONDAY + DAY, place="楼下",
        departments=[cast.department("C-MARKET")],
    )  # fmt: skip
    ask(cast, case)
    cast.do("hang", case, cast.leader, at=MONDAY + 7 * HOUR, words="同意")
    periodic.steps_of_the_system(MONDAY + 3 * DAY)
    assert case.lines.filter(step="not_come").count() == 1


# ---- month by month


def test_each_month_says_what_was_done_and_the_citizen_reads_it(cast):
    case = hung(cast)
    line = recheck(cast, case, at=MONDAY + 29 * DAY)
    assert written(line) == ("recheck", "officer", "c-housing-jb1", "C-HOUSING", {"still": "yes"})
    assert (case.state, running(case), due(case, "recheck")) == ("G", "plan recheck", "08-06 09:00")
    assert "还办不了。做了：立项报告交上去了，等评审。" in sent_to_him(case)[-1]


@pytest.mark.parametrize(
    "copied", ["立项报告交上去了，等评审", " 立项报告 交上去了, 等评审。", PLAN["plan"], "要先立项！", "……。"]
)
def test_a_copy_of_an_earlier_month_or_of_the_plan_is_refused(cast, copied):
    case = hung(cast)
    recheck(cast, case, at=MONDAY + 29 * DAY)
    with refused(422, "和以前写过的一样", field="words"):
        recheck(cast, case, at=MONDAY + 58 * DAY, words=copied)
    recheck(cast, case, at=MONDAY + 58 * DAY, words="评审过了，七月十日开标")
    assert due(case, "recheck") == "09-04 09:00"


def test_a_missed_month_is_late_for_the_unit_and_the_supervisor(cast):
    case = hung(cast)
    waits = lambda who, days: {w.queue.name: (w.count, w.late) for w in counts(seat_of(who, MONDAY + days * DAY))}  # noqa: E731
    assert waits(cast.handler(), 10)["rechecks"] == (0, 0)
    assert waits(cast.handler(), 25)["rechecks"] == (1, 0) and waits(cast.supervisor, 25)["ledger"] == (1, 0)
    assert waits(cast.handler(), 32)["rechecks"] == (1, 1)
    assert waits(cast.supervisor, 32)["ledger"] == (1, 1) and waits(cast.supervisor, 32)["late"] == (1, 1)
    assert waits(cast.unit_leader(), 32)["unit-late"][0] == 1
    recheck(cast, case, at=MONDAY + 32 * DAY)
    assert waits(cast.handler(), 32)["rechecks"] == (0, 0) and waits(cast.supervisor, 32)["late"] == (0, 0)
    assert clock(case, "recheck").anchor_at == MONDAY + 32 * DAY


def test_what_can_be_done_again_goes_back_into_hands(cast):
    case = hung(cast)
    at = MONDAY + 57 * DAY  # Tuesday 08-04
    recheck(cast, case, at=at, still="no", words="资金到位，下周进场")
    assert (case.state, case.cycle, running(case), due(case, "redo")) == ("H", 1, "redo", "08-07 17:00")
    assert Hanging.objects.get().ended_at == at and "contact" in case.evidence_held
    assert "现在能办了，接着办。做了：资金到位，下周进场。" in sent_to_him(case)[-1]


def test_the_hotline_takes_it_off_and_the_unit_and_the_citizen_hear(cast):
    case = hung(cast)
    at = MONDAY + 57 * DAY
    line = cast.do("off_ledger", case, cast.supervisor, at=at, words="资金到位")
    assert written(line) == ("off_ledger", "officer", "db01", "HOTLINE", {})
    assert (case.state, case.cycle, running(case), due(case, "redo")) == ("H", 1, "redo", "08-07 17:00")
    assert "条件有了，重新办" in sent_to_him(case)[-1]
    ask(cast, case, at=at + HOUR, plan_on=(at + 90 * DAY).date())
    cast.do("hang", case, cast.leader, at=at + 2 * HOUR, words="再挂一次")
    assert case.state == "G" and Hanging.objects.filter(ended_at=None).count() == 1


def test_who_rings_the_citizen_says_how_far_it_is_and_takes_nothing_off(cast):
    """He may write the month's word; that what was missing is there now, a supervisor says."""
    case = hung(cast)
    recheck(cast, case, at=MONDAY + 29 * DAY, by=cast.caller_back)
    with refused(403, "「销账」不由您来做", "督办员"):
        cast.do("off_ledger", case, cast.caller_back, at=MONDAY + 30 * DAY, words="资金到位")
    assert (case.state, running(case), Hanging.objects.get().ended_at) == ("G", "plan recheck", None)


def test_a_case_that_is_being_given_back_is_not_hung(cast):
    """Upheld after the ledger it would go out again without the clock that its unit's term is counted from."""
    case, said = cast.in_hand(), {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(), at=MONDAY + 2 * HOUR, **said)
    cast.do("return_case", case, cast.reviewer(), at=MONDAY + 3 * HOUR, ground="no_power", basis="清单", words="说了")
    with refused(409, "有一项争议还没有结：已退单，待审"):
        ask(cast, case, at=MONDAY + 4 * HOUR)


def test_a_request_that_was_overtaken_by_a_reply_does_not_stand_in_the_way(cast):
    """Asked, but then replied and redone: the leader signs the later request."""
    case = cast.proven()
    ask(cast, case)
    cast.reply(case, at=MONDAY)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    said = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(), at=MONDAY + DAY + HOUR, **said)
    ask(cast, case, at=MONDAY + DAY + 2 * HOUR, plan_on=(MONDAY + 120 * DAY).date(), plan="第二个办法")
    cast.do("hang", case, cast.leader, at=MONDAY + DAY + 3 * HOUR, words="同意")
    assert Hanging.objects.get(signed_by=cast.leader).plan == "第二个办法" and due(case, "plan") == "10-06 17:00"


def test_everybody_who_waits_with_it_hears_of_plan_and_day_under_his_own_number(cast):
    lead, other, gone = cast.proven(), cast.another().case(at=MONDAY), cast.another().case(at=MONDAY)
    for member in (other, gone):
        cast.do("merge", member, cast.operator, at=MONDAY + 2 * HOUR, into=lead, words="同一部电梯，同一天")
    cast.do("unmerge", gone, cast.intake_reviewer, at=MONDAY + 3 * HOUR, words="我这部是另一部电梯")
    ask(cast, lead)
    cast.do("hang", lead, cast.leader, at=MONDAY + 7 * HOUR, words="同意挂账，盯紧一点")
    run_jobs()
    told = Message.objects.filter(key__startswith="event:")
    assert {m.case_number for m in told} == {other.number}
    body = told.get().body
    assert PLAN["plan"] in body and f"{PLAN_ON}" in body and other.number in body
    assert lead.number not in body and "盯紧一点" not in body
