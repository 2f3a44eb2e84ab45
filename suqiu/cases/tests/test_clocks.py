"""When is it due, what moves that, and what never does? Due times worked out by hand over the calendar of 2026."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone, translation

from suqiu.cases import calendars, periodic, terms, timing
from suqiu.cases.advance import SYSTEM
from suqiu.cases.models import Clock, ClockProfile, ClockTerm
from suqiu.gateways.models import Message
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from suqiu.worktime.models import CalendarYear
from suqiu.worktime.queries import calendar_changed
from tests.cast import MONDAY, photo, run_jobs
from tests.reading import clock, due, last, moment, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def city(text: str) -> datetime:
    """City time of 2026: 06-09 10:00."""
    return timezone.make_aware(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M"))


def explained(case, kind: str) -> list[str]:
    return timing.explain(clock(case, kind))


# ---- the profile: the shorter of type and urgency wins


@pytest.mark.parametrize(
    ("demand_type", "urgency", "answer", "dispatch", "contact"),
    [
        ("consult", "normal", "06-11 17:00", "06-09 09:00", "06-09 17:00"),
        ("help", "normal", "06-17 17:00", "06-09 09:00", "06-09 17:00"),
        ("suggest", "normal", "06-17 17:00", "06-09 09:00", "06-09 17:00"),
        ("praise", "normal", "06-17 17:00", "06-09 09:00", "06-09 17:00"),
        ("complaint", "normal", "06-30 17:00", "06-09 09:00", "06-09 17:00"),  # 端午 is left out
        ("report", "normal", "06-30 17:00", "06-09 09:00", "06-09 17:00"),
        ("complaint", "urgent", "06-17 17:00", "06-08 11:00", "06-09 09:30"),
        ("consult", "urgent", "06-11 17:00", "06-08 11:00", "06-09 09:30"),
        ("complaint", "critical", "06-11 17:00", "06-08 10:00", "06-08 11:30"),
    ],
)
def test_type_and_urgency_give_the_terms(cast, demand_type, urgency, answer, dispatch, contact):
    case = cast.accepted(demand_type=demand_type, urgency=urgency)
    assert (due(case, "outer"), due(case, "dispatch")) == (answer, dispatch)
    cast.do(
        "dispatch",
        case,
        cast.dispatcher,
        at=MONDAY + timedelta(minutes=30),
        matter=case.matter,
        department=cast.department(),
        rewritten="改写",
    )
    assert due(case, "contact") == contact
    assert clock(case, "outer").anchor_at == MONDAY and clock(case, "contact").anchor_at == case.dispatched_at


def test_life_and_safety_run_round_the_clock(cast):
    """Saturday, an hour before midnight: nobody waits for Monday."""
    night = city("06-13 23:00")
    case = cast.accepted(at=night, urgency="critical")
    assert due(case, "dispatch") == "06-14 00:00" and case.next_due_kind == "dispatch"
    at = night + timedelta(minutes=30)
    cast.do("dispatch", case, cast.dispatcher, at=at, matter=case.matter, department=cast.department())
    assert due(case, "contact") == "06-14 01:30"
    assert not timing.is_working_time(clock(case, "contact").unit)
    assert timing.is_working_time(clock(case, "outer").unit)


def test_web_intake_is_accepted_within_two_hours_and_that_clock_stops(cast):
    case = cast.case()
    assert (due(case, "accept"), case.next_due_kind, moment(case.next_due_at)) == (
        "06-08 11:00",
        "accept",
        "06-08 11:00",
    )
    accepted = cast.accepted()
    stopped = clock(accepted, "accept")
    assert (stopped.stopped_at, stopped.stopped_by) == (MONDAY + timedelta(minutes=10), "accept")


def test_a_new_profile_does_not_touch_what_runs(cast):
    case = cast.in_hand()
    profile = ClockProfile.objects.create(number=7, valid_from=MONDAY + DAY)
    ClockTerm.objects.create(profile=profile, kind="outer", demand_type="complaint", amount=5, unit="working_day")
    ClockTerm.objects.create(profile=profile, kind="accept", amount=1, unit="hour")
    assert (due(case, "outer"), clock(case, "outer").profile_no) == ("06-30 17:00", 1)
    later = cast.case(at=MONDAY + 2 * DAY)
    assert (due(later, "accept"), clock(later, "accept").profile_no) == ("06-10 10:00", 7)
    assert terms.profile_at(MONDAY) == 1 and terms.profile_at(MONDAY + 2 * DAY) == 7
    assert terms.profile_at(MONDAY - timedelta(days=4000)) == 1  # the earliest one for what is older than all


# ---- the unit's clock


def test_the_units_answer_is_due_one_working_day_before_the_outer_clock(cast):
    case = cast.dispatched()
    unit = clock(case, "unit")
    assert (due(case, "outer"), moment(unit.due_at)) == ("06-30 17:00", "06-29 17:00")
    assert unit.anchor_at == case.dispatched_at == MONDAY + timedelta(minutes=30)
    assert timing.explain(unit) == [
        "从 2026-06-08 09:30 起算",
        "总时限到 2026-06-30 17:00",
        "单位要早一个工作日：到 2026-06-29 17:00",
    ]


def test_a_late_dispatch_still_leaves_the_unit_a_working_day(cast):
    case = cast.accepted(demand_type="consult")
    cast.do("dispatch", case, cast.dispatcher, at=city("06-11 16:00"), matter=case.matter, department=cast.department())
    assert (due(case, "outer"), due(case, "unit")) == ("06-11 17:00", "06-12 17:00")


def test_sign_in_does_not_move_the_units_clock(cast):
    case = cast.dispatched()
    before = due(case, "unit")
    line = cast.do("sign_in", case, cast.handler(), at=city("06-08 14:00"))
    assert due(case, "unit") == before and line.columns["next_due_kind"] == "contact"
    assert clock(case, "sign_in").stopped_by == "sign_in"


# ---- waiting for the caller


def ask(cast, case, at: datetime):
    return cast.do("ask_caller", case, cast.operator, at=at, words="哪一栋？")


def test_waiting_for_the_caller_moves_each_due_time_by_the_working_part_of_the_wait(cast):
    """Tuesday 10:00 to Thursday 15:00 is 6 + 7 + 5 working hours."""
    case = cast.in_hand()
    line = ask(cast, case, city("06-09 10:00"))
    assert written(line) == ("ask_caller", "officer", "hw01", "HOTLINE", {"from_state": "H"})
    assert case.state == "W" and due(case, "pause") == "06-16 10:00"  # five working days from Tuesday 10:00
    assert {c.kind for c in case.clocks.exclude(paused_at=None)} == {"outer", "unit", "contact"}
    line = cast.citizen("resume", case, at=city("06-11 15:00"), words="三栋二单元")
    assert written(line) == ("resume", "citizen", "", None, {}) and words(line) == {"words": "三栋二单元"}
    assert case.state == "H"
    assert (due(case, "outer"), due(case, "unit"), due(case, "contact")) == (
        "07-03 14:00",
        "07-02 14:00",
        "06-12 14:00",
    )
    assert explained(case, "outer")[-3:] == [
        "2026-06-09 10:00 停表，等来电人补充",
        "2026-06-11 15:00 接着走",
        "到 2026-07-03 14:00",
    ]
    waits = [[datetime.fromisoformat(moment) for moment in wait] for wait in clock(case, "outer").segments]
    assert waits == [[city("06-09 10:00"), city("06-11 15:00")]]


def test_all_waits_together_last_five_working_days(cast):
    """18 hours are used; 17 are left, so the second wait ends by itself on Tuesday noon, and a third is refused."""
    case = cast.in_hand()
    ask(cast, case, city("06-09 10:00"))
    cast.citizen("resume", case, at=city("06-11 15:00"), words="三栋")
    ask(cast, case, city("06-12 09:00"))
    assert due(case, "pause") == "06-16 12:00"
    assert periodic.steps_of_the_system(city("06-16 11:59")) == 0
    assert periodic.steps_of_the_system(city("06-16 15:00")) == 1
    case.refresh_from_db()
    assert case.state == "H" and written(last(case)) == ("resume", "system", "", None, {})
    assert last(case).at == city("06-16 12:00")
    assert due(case, "outer") == "07-07 17:00"  # 06-30 and five working days
    with refused(409, "等补充的时间已经用完", "最多 5 个工作日", "办理中"):
        ask(cast, case, city("06-17 09:00"))


def test_an_answer_after_the_cap_adds_no_more_than_the_cap(cast):
    """The worker was down: the caller answers on the eighth working day, the unit gains five."""
    case = cast.in_hand()
    ask(cast, case, city("06-09 09:00"))
    cast.citizen("resume", case, at=city("06-18 16:00"), words="三栋")
    assert due(case, "outer") == "07-07 17:00"


def test_a_wait_before_acceptance_is_left_out_of_the_outer_clock(cast):
    case = cast.case()
    ask(cast, case, city("06-08 10:00"))
    cast.citizen("resume", case, at=city("06-09 10:00"), words="三栋")
    assert case.state == "R"
    columns = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    cast.do("accept", case, cast.operator, at=city("06-09 11:00"), **columns)
    assert due(case, "outer") == "07-01 17:00"  # seven working hours later than without the wait


def test_nothing_else_ever_stops_a_clock(cast):
    """peers 4: a comment, a photo, a reminder, a return, a refused extension: the due times stay."""
    case = cast.in_hand()
    before = list(case.clocks.order_by("id").values_list("kind", "due_at", "paused_at", "stopped_at"))
    cast.citizen("caller_adds", case, at=MONDAY + 2 * HOUR, words="还在漏", photos=[photo()])
    cast.citizen("caller_adds", case, at=MONDAY + 2 * HOUR, words="快一点", is_hurry=True)
    assert list(case.clocks.order_by("id").values_list("kind", "due_at", "paused_at", "stopped_at")) == before
    contact = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(), at=MONDAY + 2 * HOUR, **contact)
    returned = {"ground": "not_our_duty", "basis": "权责清单", "words": "说了转给谁"}
    cast.do("return_case", case, cast.reviewer(), at=MONDAY + 3 * HOUR, **returned)
    assert case.dispute == "returned"
    assert {c.kind for c in case.clocks.exclude(paused_at=None)} == set()
    assert (due(case, "outer"), due(case, "unit")) == ("06-30 17:00", "06-29 17:00")
    assert "unit" in running(case) and "outer" in running(case)


# ---- extension


def test_one_extension_moves_outer_and_unit(cast):
    case = cast.in_hand()
    line = cast.do("ask_extension", case, cast.reviewer(), at=city("06-09 10:00"), days=3, words="等配件到货")
    assert written(line) == ("ask_extension", "officer", "c-housing-sh", "C-HOUSING", {"days": 3})
    assert (due(case, "outer"), due(case, "extension"), case.evidence_held) == (
        "06-30 17:00",
        "06-10 17:00",
        ["extension_asked"],
    )
    line = cast.do("decide_extension", case, cast.dispatcher, at=city("06-09 15:00"), is_upheld="yes", words="同意")
    assert written(line) == ("decide_extension", "officer", "pd01", "HOTLINE", {"is_upheld": "yes"})
    assert (due(case, "outer"), due(case, "unit")) == ("07-03 17:00", "07-02 17:00")
    assert (case.extension.days, case.extension.is_granted, case.evidence_held) == (3, True, [])
    assert explained(case, "outer")[-2:] == ["批准延期 3 个工作日", "到 2026-07-03 17:00"]
    with refused(409, "每件只有一次"):
        cast.do("ask_extension", case, cast.reviewer(), at=city("06-10 10:00"), days=1, words="再等等")


def test_a_refused_extension_moves_nothing_and_was_the_one(cast):
    case = cast.in_hand()
    cast.do("ask_extension", case, cast.reviewer(), at=city("06-09 10:00"), days=7, words="等配件")
    cast.do("decide_extension", case, cast.dispatcher, at=city("06-09 15:00"), is_upheld="no", words="不需要")
    assert (due(case, "outer"), case.extension.is_granted, "extension" in running(case)) == (
        "06-30 17:00",
        False,
        False,
    )
    with refused(409, "每件只有一次"):
        cast.do("ask_extension", case, cast.reviewer(), at=city("06-10 10:00"), days=1, words="再等等")


@pytest.mark.parametrize("days", [0, 8, 300])
def test_an_extension_is_of_one_to_seven_working_days(cast, days):
    case = cast.in_hand()
    with refused(422, "延期 1 到 7 个工作日", field="days"):
        cast.do("ask_extension", case, cast.reviewer(), at=city("06-09 10:00"), days=days, words="等配件")


def test_an_extension_is_asked_before_expiry(cast):
    """The unit's own time counts: up to its last second, and not one later."""
    late, just = cast.in_hand(), cast.in_hand()
    with refused(409, "时限已过，不能再申请延期", "申请挂账"):
        cast.do(
            "ask_extension", late, cast.reviewer(), at=city("06-29 17:00") + timedelta(seconds=1), days=3, words="等"
        )
    cast.do("ask_extension", just, cast.reviewer(), at=city("06-29 17:00"), days=3, words="等")


# ---- corrections


def test_a_shorter_term_applies_at_once_from_the_first_anchor(cast):
    case = cast.in_hand()
    line = cast.do("correct", case, cast.shift_lead, at=city("06-09 10:00"), demand_type="help", words="实际是求助")
    says = {"demand_type": "help", "old": {"demand_type": "complaint"}, "new": {"demand_type": "help"}, "waits": False}
    assert written(line) == ("correct", "officer", "bz01", "HOTLINE", says)
    assert line.columns["demand_type"] == case.demand_type == "help"
    assert (due(case, "outer"), due(case, "unit"), clock(case, "outer").anchor_at) == (
        "06-17 17:00",
        "06-16 17:00",
        MONDAY,
    )
    assert explained(case, "outer") == [
        "2026-06-09 10:00 重算",
        "从 2026-06-08 09:00 起算",
        "期限：7 个工作日",
        "到 2026-06-17 17:00",
    ]


def test_a_longer_term_waits_for_a_second_person(cast):
    case = cast.in_hand(demand_type="consult")
    line = cast.do("correct", case, cast.shift_lead, at=city("06-09 10:00"), demand_type="complaint", words="是投诉")
    assert line.says["waits"] is True and case.evidence_held == ["correction"]
    assert (case.demand_type, due(case, "outer")) == ("consult", "06-11 17:00")
    with refused(403, "「更正」是您做的"):
        cast.do("confirm_correction", case, cast.shift_lead, at=city("06-09 11:00"), is_right="yes", words="对")
    line = cast.do(
        "confirm_correction", case, cast.other_shift_lead, at=city("06-09 11:00"), is_right="yes", words="对"
    )
    assert written(line)[4] == {"is_right": "yes", "new": {"demand_type": "complaint"}}
    assert (case.demand_type, due(case, "outer"), case.evidence_held) == ("complaint", "06-30 17:00", [])


def test_a_correction_the_second_person_refuses_changes_nothing(cast):
    case = cast.in_hand(demand_type="consult")
    cast.do("correct", case, cast.shift_lead, at=city("06-09 10:00"), demand_type="complaint", words="是投诉")
    cast.do("confirm_correction", case, cast.other_shift_lead, at=city("06-09 11:00"), is_right="no", words="是咨询")
    assert (case.demand_type, due(case, "outer"), case.evidence_held) == ("consult", "06-11 17:00", [])
    assert list(case.corrections.values_list("is_waiting", "is_applied")) == [(False, False)]


def test_a_correction_forgets_neither_the_waits_nor_the_extension(cast):
    """18 hours of waiting and three days granted still count after the term itself has changed."""
    case = cast.in_hand()
    ask(cast, case, city("06-09 10:00"))
    cast.citizen("resume", case, at=city("06-11 15:00"), words="三栋")
    cast.do("ask_extension", case, cast.reviewer(), at=city("06-12 10:00"), days=3, words="等配件")
    cast.do("decide_extension", case, cast.dispatcher, at=city("06-12 15:00"), is_upheld="yes", words="同意")
    assert due(case, "outer") == "07-08 17:00"  # 07-03 14:00, and the close of the third working day after
    cast.do("correct", case, cast.shift_lead, at=city("06-15 10:00"), urgency="urgent", words="停水了")
    # 7 working days: 06-17 17:00; 18 hours on: 06-23 14:00 (端午 between); three working days: 06-26 17:00
    assert due(case, "outer") == "06-26 17:00"
    assert explained(case, "outer") == [
        "2026-06-15 10:00 重算",
        "从 2026-06-08 09:00 起算",
        "期限：7 个工作日",
        "到 2026-06-17 17:00",
        "2026-06-09 10:00 停表，等来电人补充",
        "2026-06-11 15:00 接着走",
        "到 2026-06-23 14:00",
        "批准延期 3 个工作日",
        "到 2026-06-26 17:00",
    ]
    cast.do("correct", case, cast.shift_lead, at=city("06-15 11:00"), urgency="critical", words="有人受伤")
    assert due(case, "outer") == "06-22 17:00"  # 06-11 17:00, 18 hours on 06-16 14:00, three days past 端午


# ---- the source's own term


def test_the_earlier_of_two_terms_wins(cast):
    case = cast.case(source_system="省12345", source_number="S1", source_due_at=city("06-12 12:00"))
    columns = {
        "demand_type": "complaint",
        "urgency": "normal",
        "secrecy": "general",
        "area": cast.area(),
        "matter": cast.matter(),
    }
    cast.do("accept", case, cast.operator, at=MONDAY + HOUR, **columns)
    assert (due(case, "outer"), explained(case, "outer")[-1]) == ("06-12 12:00", "来件要求更早：2026-06-12 12:00")
    cast.do("dispatch", case, cast.dispatcher, at=MONDAY + HOUR, matter=case.matter, department=cast.department())
    assert due(case, "unit") == "06-11 17:00"
    cast.do("correct", case, cast.shift_lead, at=MONDAY + 2 * HOUR, demand_type="help", words="求助")
    assert (due(case, "outer"), due(case, "unit")) == ("06-12 12:00", "06-11 17:00")


def test_a_later_term_of_the_source_changes_nothing(cast):
    case = cast.case(source_due_at=city("08-01 12:00"))
    columns = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    cast.do("accept", case, cast.operator, at=MONDAY + HOUR, **columns)
    assert due(case, "outer") == "06-30 17:00" and "来件" not in "".join(explained(case, "outer"))


# ---- a year not yet announced


def test_a_term_that_crosses_into_an_unannounced_year_is_provisional(cast):
    """peers 3: from mid-December 15 working days cross the year; that is the normal path and never an error."""
    assert not CalendarYear.objects.filter(year=2027).exists()
    case = cast.accepted(at=city("12-21 09:00"))
    outer = clock(case, "outer")
    assert (timezone.localtime(outer.due_at).isoformat()[:16], outer.is_provisional) == ("2027-01-11T17:00", True)
    assert explained(case, "outer") == [
        "从 2026-12-21 09:00 起算",
        "期限：15 个工作日",
        "2027 年的放假安排还没公布，暂按每周五天算",
        "到 2027-01-11 17:00",
    ]
    cast.do("dispatch", case, cast.dispatcher, at=city("12-21 10:00"), matter=case.matter, department=cast.department())
    assert clock(case, "unit").is_provisional
    assert not clock(case, "contact").is_provisional


# ---- explained in both languages


def test_every_due_time_explains_itself_line_by_line(cast):
    case = cast.accepted()
    assert explained(case, "outer") == [
        "从 2026-06-08 09:00 起算",
        "期限：15 个工作日",
        "放假不算：06-19 端午",
        "到 2026-06-30 17:00",
    ]
    with translation.override("en"):
        assert explained(case, "outer")[0] == "Counted from 2026-06-08 09:00"
        shown = explained(case, "outer")
    assert len(shown) == 4 and "15" in shown[1] and shown[3].endswith("2026-06-30 17:00")
    assert not any("\u4e00" <= c <= "\u9fff" for line in (shown[0], shown[1], shown[3]) for c in line)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("06-08 09:00", "剩 16 个工作日"),  # today counts as long as it lasts
        ("06-29 17:00", "剩 1 天"),
        ("06-30 09:30", "剩 6 小时 30 分"),
        ("06-30 16:59", "剩 0 小时 1 分"),
        ("06-30 17:00", "马上到期"),
        ("07-01 11:00", "超 2 小时 0 分"),
        ("07-02 12:00", "超 1 天 3 小时"),
    ],
)
def test_remaining_working_time_in_words(db, now, said):
    assert timing.remaining(city("06-30 17:00"), city(now)) == said


def test_remaining_time_round_the_clock(db):
    assert timing.remaining(city("06-13 12:00"), city("06-13 10:00"), is_working_time=False) == "剩 2 小时 0 分"
    assert timing.remaining(city("06-13 12:00"), city("06-16 12:00"), is_working_time=False) == "超 3 天"


def test_the_level_turns_at_seventy_per_cent_and_at_the_due_time():
    row = Clock(anchor_at=city("06-08 09:00"), due_at=city("06-18 09:00"))
    assert timing.level(row, city("06-15 08:59")) == ("ok", 69)
    assert timing.level(row, city("06-15 09:00")) == ("soon", 70)
    assert timing.level(row, city("06-18 09:00")) == ("soon", 100)
    assert timing.level(row, city("06-18 09:01")) == ("over", 100)


# ---- the next due time, and the end


def test_the_case_keeps_its_earliest_running_clock_in_the_line_too(cast):
    case = cast.dispatched()
    assert (case.next_due_kind, moment(case.next_due_at)) == ("sign_in", "06-08 14:30")
    line = cast.do("sign_in", case, cast.handler(), at=MONDAY + HOUR)
    assert (line.columns["next_due_kind"], line.columns["next_due_at"]) == ("contact", "2026-06-09T09:00:00.000000Z")


def test_a_closed_case_has_no_clock_left_and_leaves_every_queue(cast):
    """peers 13."""
    case = cast.closed()
    assert (running(case), case.next_due_at, case.next_due_kind) == ("", None, "")
    assert list(type(case).objects.open()) == []


def test_a_promise_is_no_reason_to_call_a_case_late(cast):
    case = cast.in_hand()
    cast.do("contact", case, cast.handler(), at=MONDAY + HOUR, way="phone", outcome="connected", words="说了")
    cast.do("promise", case, cast.handler(), at=MONDAY + 2 * HOUR, what="明天来修", due_at=city("06-09 10:00"))
    assert (case.next_due_kind, due(case, "promise")) == ("unit", "06-09 10:00")


# ---- what the system does when a clock runs out


def test_the_system_signs_in_after_four_working_hours(cast):
    case = cast.dispatched()
    assert periodic.steps_of_the_system(city("06-08 14:29")) == 0
    assert periodic.steps_of_the_system(city("06-08 14:30")) == 1
    case.refresh_from_db()
    assert case.state == "H" and (last(case).step, last(case).actor, last(case).at) == (
        "sign_in",
        "system",
        city("06-08 14:30"),
    )
    assert periodic.steps_of_the_system(city("06-08 15:00")) == 0


def test_one_stuck_clock_holds_up_nobody(cast, monkeypatch):
    """peers 5: more rows that cannot be taken than fit on a page, all of one due time, and the next is still reached."""
    monkeypatch.setattr(periodic, "ROWS_A_PAGE", 3)
    stuck, good = cast.case(), cast.dispatched()
    same = clock(good, "sign_in").due_at
    Clock.objects.filter(case=good, kind="sign_in").delete()
    values = {
        "kind": "sign_in",
        "anchor_at": MONDAY,
        "anchor": "dispatch",
        "amount": 4,
        "unit": "working_hour",
        "due_at": same,
    }
    Clock.objects.bulk_create(Clock(case=stuck, **values) for _n in range(7))
    Clock.objects.create(case=good, **values)
    assert periodic.steps_of_the_system(city("06-08 16:00")) == 1
    good.refresh_from_db()
    assert (good.state, stuck.state) == ("H", "R")


def test_a_step_of_the_system_is_taken_once_however_often_the_worker_runs(cast):
    case = cast.dispatched()
    sign_in = clock(case, "sign_in")
    periodic._take(sign_in, city("06-08 15:00"))
    sign_in.case.state = "S"  # as a second worker saw it before
    periodic._take(sign_in, city("06-08 15:00"))
    assert steps(case) == "receive accept dispatch sign_in"


def test_an_import_of_history_runs_no_clock(db):
    case = intake.archive(
        demand=Demand(text="去年路灯不亮", received_at=city("01-05 10:00")), by=SYSTEM, at=MONDAY, key="h1"
    )
    assert (case.state, case.received_at, case.next_due_at) == ("Z", city("01-05 10:00"), None)
    assert not case.clocks.exists() and not case.holdings.exists()


# ---- a calendar is loaded while clocks run


@pytest.fixture
def calendar_file(tmp_path):
    """Writes the days off of a year and loads them; afterwards the calendar is read anew."""

    def load(*rows: str) -> str:
        file = tmp_path / "days.csv"
        file.write_text("\n".join(("day,is_working,name", *rows)), encoding="utf-8")
        told = StringIO()
        call_command("load_calendar", str(file), stdout=told)
        return told.getvalue()

    yield load
    calendar_changed()


NEW_YEAR = ("2027-01-01,0,元旦", "2027-01-04,0,元旦", "2027-01-05,0,元旦")


def test_a_new_calendar_moves_running_clocks_by_a_step_that_says_how(cast, calendar_file):
    near = city("12-24 10:00")
    case, other = cast.dispatched(at=near, demand_type="complaint"), cast.accepted(at=MONDAY)
    outer = clock(case, "outer")
    assert (outer.is_provisional, due(case, "outer"), due(case, "unit")) == (True, "01-14 17:00", "01-13 17:00")
    with time_machine.travel(city("12-28 09:00"), tick=False):
        assert "1 件" in calendar_file(*NEW_YEAR)
    line = last(case)
    assert (line.step, line.actor, case.state) == ("new_calendar", "system", "S")
    assert {kind: (before[5:10], now[5:10]) for kind, before, now in line.says["moved"]} == {
        "outer": ("01-14", "01-19"),
        "unit": ("01-13", "01-18"),
    }
    again = clock(case, "outer")
    assert (due(case, "outer"), due(case, "unit"), again.is_provisional) == ("01-19 17:00", "01-18 17:00", False)
    assert (again.amount, again.unit, again.profile_no) == (outer.amount, outer.unit, outer.profile_no)
    assert "放假不算：01-04 元旦" in timing.explain(again)
    assert last(other).step == "accept"
    assert (
        not Clock.objects.filter(case=other, stopped_at=None, unit="working_day")
        .exclude(calendar_no=again.calendar_no)
        .exists()
    )


def test_an_appeal_against_what_is_over_has_a_term_that_follows_the_calendar_too(cast, calendar_file):
    closed, withdrawn = cast.closed(at=city("12-21 09:00")), cast.accepted(at=city("12-21 09:00"))
    cast.citizen("withdraw", withdrawn, at=city("12-22 09:00"), words="撤")
    for case in (closed, withdrawn):
        cast.citizen("appeal", case, at=city("12-30 10:00"), words="不同意")
    before = [clock(case, "appeal").due_at for case in (closed, withdrawn)]
    with time_machine.travel(city("12-30 11:00"), tick=False):
        assert "2 件" in calendar_file(*NEW_YEAR)
    for case, was in zip((closed, withdrawn), before, strict=True):
        assert last(case).step == "new_calendar" and clock(case, "appeal").due_at > was


def test_the_caller_hears_of_the_new_term_once(cast, calendar_file):
    case = cast.dispatched(at=city("12-24 10:00"), demand_type="complaint")
    run_jobs()
    Message.objects.all().delete()
    with time_machine.travel(city("12-28 09:00"), tick=False):
        calendar_file(*NEW_YEAR)
        assert calendars.recompute_all(timezone.now()) == 0  # nothing is left to do
        periodic.follow_calendar(0)
        run_jobs()
    told = [m.body for m in Message.objects.filter(case_number=case.number) if "放假安排" in m.body]
    assert len(told) == 1 and "2027-01-19 17:00" in told[0]
    assert steps(case).split().count("new_calendar") == 1


def test_a_correction_takes_the_terms_in_force_a_calendar_does_not(cast, calendar_file):
    case = cast.accepted(at=city("12-24 10:00"), demand_type="complaint")
    profile = ClockProfile.objects.create(number=2, valid_from=city("12-25 00:00"))
    ClockTerm.objects.create(profile=profile, kind="outer", demand_type="complaint", amount=3, unit="working_day")
    with time_machine.travel(city("12-28 09:00"), tick=False):
        calendar_file(*NEW_YEAR)
    assert clock(case, "outer").amount == 15 and due(case, "outer") == "01-19 17:00"


def test_a_promise_stays_the_moment_that_was_agreed(cast, calendar_file):
    case = cast.in_hand(at=city("12-24 10:00"))
    agreed = city("12-31 17:00") + timedelta(days=5)
    cast.do("promise", case, cast.handler(), at=city("12-25 10:00"), what="换水表", due_at=agreed)
    with time_machine.travel(city("12-28 09:00"), tick=False):
        calendar_file(*NEW_YEAR)
    assert clock(case, "promise").due_at == agreed
