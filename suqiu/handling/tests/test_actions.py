"""办理: spoken with, gone and looked, promised and kept, every ask answered, reviewed by someone else. Row and line, each time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suqiu.cases import periodic
from suqiu.cases.advance import CITIZEN, Actor
from suqiu.cases.models import Case
from suqiu.handling.models import Contact, Extension, Meeting, MeetingPart, Reply, SiteVisit
from suqiu.handling.rules import Shot
from tests.cast import MONDAY, photo
from tests.reading import clock, due, holders, last, moment, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPLY = {"reply": "电梯门机板已换好。", "account": "更换门机板一块，试运行 2 小时。"}


def contact(cast, case: Case, at=MONDAY + 2 * HOUR, by=None, way="phone", outcome="connected", **more):
    return cast.do("contact", case, by or cast.handler(), at=at, way=way, outcome=outcome, words="说好下午去看", **more)


def visit(cast, case: Case, at=MONDAY + 3 * HOUR, by=None, **more):
    fields = {"visited_at": at, "place": "翠屏社区 3 栋", "words": "门机板烧了"}
    return cast.do("visit", case, by or cast.handler(), at=at, **(fields | more))


def draft(cast, case: Case, at=MONDAY + 6 * HOUR, by=None, asks=None, **more):
    asks = asks or {a.no: {"outcome": "answered"} for a in case.asks.all()}
    return cast.do("draft_reply", case, by or cast.handler(), at=at, asks=asks, **(REPLY | more))


# ---- 签收 · 分配


def test_signed_in_by_the_unit(cast):
    case = cast.dispatched()
    line = cast.do("sign_in", case, cast.handler(), at=MONDAY + HOUR)
    assert written(line) == ("sign_in", "officer", "c-housing-jb1", "C-HOUSING", {})
    assert (case.state, case.holdings.get(role="lead", level="unit").signed_at) == ("H", MONDAY + HOUR)


def test_it_goes_to_a_named_officer_with_a_substitute(cast):
    case = cast.dispatched()
    second = cast.officer("c-housing-jb2")
    line = cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler(), substitute=second)
    assert written(line) == (
        "assign",
        "officer",
        "c-housing-sh",
        "C-HOUSING",
        {"officer": cast.handler().pk, "substitute": second.pk},
    )
    assert (case.lead_officer, line.columns["lead_officer_id"]) == (cast.handler(), cast.handler().pk)
    named = {(h.role, h.officer, h.substitute) for h in case.holdings.filter(department="C-HOUSING")}
    assert named == {("lead", cast.handler(), second), ("first", cast.handler(), second)}


def test_only_people_of_the_unit_who_are_there_are_named(cast):
    case = cast.dispatched()
    with refused(422, "不在本单位", field="officer"):
        cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler("C-MARKET"))
    with refused(422, "不在本单位", field="officer"):
        cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler(), substitute=cast.operator)
    with refused(422, "B 岗要是另一个人", field="substitute"):
        cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=cast.handler(), substitute=cast.handler())
    gone = cast.handler()
    gone.is_active = False
    with refused(422, "不在本单位", field="officer"):
        cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=gone)
    with refused(403, "「分配」不由您来做"):
        cast.do("assign", case, cast.handler(), at=MONDAY + HOUR, officer=cast.handler())


# ---- 联系


def test_a_contact_is_a_record_and_a_line(cast):
    case = cast.in_hand()
    line = contact(cast, case, minutes=4)
    assert written(line) == (
        "contact",
        "officer",
        "c-housing-jb1",
        "C-HOUSING",
        {"way": "phone", "outcome": "connected", "minutes": 4},
    )
    row = Contact.objects.get()
    assert (row.case, row.officer, row.at, row.way, row.outcome, row.minutes, row.cycle) == (
        case,
        cast.handler(),
        MONDAY + 2 * HOUR,
        "phone",
        "connected",
        4,
        1,
    )
    assert case.evidence_held == ["contact"] and clock(case, "contact").stopped_by == "contact"


def test_three_attempts_at_different_hours_by_two_ways_are_a_contact(cast):
    case = cast.in_hand()
    for hour, way in ((2, "phone"), (3, "sms")):
        line = contact(cast, case, at=MONDAY + hour * HOUR, way=way, outcome="no_answer")
        assert line.says["still_unreached"] is True and case.evidence_held == [] and "contact" in running(case)
    line = contact(cast, case, at=MONDAY + 3 * HOUR + timedelta(minutes=20), way="phone", outcome="no_answer")
    assert case.evidence_held == []  # the same hour again
    line = contact(cast, case, at=MONDAY + 6 * HOUR, way="phone", outcome="no_answer")
    assert "still_unreached" not in line.says and case.evidence_held == ["contact"] and "contact" not in running(case)


def test_attempts_of_another_unit_are_not_counted_as_ones_own(cast):
    case = cast.in_hand()
    cast.add_assist(case, "C-MARKET", at=MONDAY + HOUR)
    contact(cast, case, at=MONDAY + 2 * HOUR, way="phone", outcome="no_answer")
    contact(cast, case, at=MONDAY + 3 * HOUR, way="sms", outcome="no_answer")
    line = contact(cast, case, at=MONDAY + 6 * HOUR, by=cast.handler("C-MARKET"), outcome="no_answer")
    assert written(line)[3] == "C-MARKET" and case.evidence_held == ["assists_open"]


# ---- 到现场


def test_a_visit_is_by_a_named_officer_with_time_place_and_photos(cast):
    case = cast.in_hand()
    before, after = photo("前.jpg"), photo("后.jpg", colour="green")
    line = visit(cast, case, position=(105.83, 32.43, 12.0), before=[before], after=[after])
    says = {
        "visited_at": "2026-06-08T04:00:00.000000Z",
        "doubts": ["bare"],
    }  # where he stood lies in the row, which can be forgotten
    assert written(line) == ("visit", "officer", "c-housing-jb1", "C-HOUSING", says)
    assert words(line) == {"place": "翠屏社区 3 栋", "words": "门机板烧了"}
    row = SiteVisit.objects.get()
    assert (row.officer, row.visited_at, row.received_at, row.longitude, row.cycle) == (
        cast.handler(),
        MONDAY + 3 * HOUR,
        MONDAY + 3 * HOUR,
        105.83,
        1,
    )
    assert [(a.kind, a.name, a.line_no) for a in case.attachments.all()] == [
        ("before", "前.jpg", line.no),
        ("after", "后.jpg", line.no),
    ]
    assert case.evidence_held == ["photo", "visit"]


def test_a_visit_without_a_photo_is_a_visit_without_a_photo(cast):
    case = cast.in_hand()
    visit(cast, case)
    assert case.evidence_held == ["visit"]
    paper = SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "application/pdf")
    visit(cast, case, at=MONDAY + 4 * HOUR, after=[paper])
    assert case.attachments.get().mime == "application/pdf" and case.evidence_held == [
        "visit"
    ]  # a paper shows no place
    visit(cast, case, at=MONDAY + 5 * HOUR, after=[photo()])
    assert case.evidence_held == ["photo", "visit"]


def test_a_wrong_file_under_a_right_name_takes_the_whole_visit_back(cast):
    case = cast.in_hand()
    with refused(415, "不是照片或 PDF", field="photos"):
        visit(cast, case, after=[photo(), SimpleUploadedFile("后.jpg", b"#!/bin/sh\n")])
    with refused(422, "打不开，可能传坏了", field="photos"):
        visit(cast, case, after=[SimpleUploadedFile("后.jpg", photo().read()[:300])])
    assert not SiteVisit.objects.exists() and not case.attachments.exists() and last(case).step == "sign_in"


def test_a_visit_is_of_this_cycle(cast):
    """A redo is not proven by what was seen before it."""
    case = cast.sent()
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    with refused(422, "早于派给本单位的时间 6 月 9 日 09:00", field="visited_at"):
        visit(cast, case, at=MONDAY + DAY + HOUR, visited_at=MONDAY + 5 * HOUR)
    visit(cast, case, at=MONDAY + DAY + HOUR)
    assert list(SiteVisit.objects.values_list("cycle", flat=True)) == [1, 2]


def test_an_assist_visits_too_but_the_first_department_only_talks(cast):
    case = cast.in_hand()
    cast.add_assist(case, "C-FIRE", at=MONDAY + HOUR)
    line = visit(cast, case, by=cast.handler("C-FIRE"))
    assert written(line)[2:4] == ("c-fire-jb1", "C-FIRE")
    assert {(h.department_id, h.has_visited) for h in case.holdings.filter(level="unit").exclude(role="first")} == {
        ("C-HOUSING", False),
        ("C-FIRE", True),
    }


# ---- what waited on a phone


def test_a_visit_kept_on_a_phone_has_both_times(cast):
    """Written down at noon under ground, received at three: the line stands at three and says noon."""
    case = cast.in_hand()
    seen, came = MONDAY + 3 * HOUR, MONDAY + 6 * HOUR
    line = visit(
        cast, case, at=came, visited_at=seen, recorded_at=seen + timedelta(minutes=5), found="solved", met="no"
    )
    assert line.at == came and line.says == {
        "visited_at": "2026-06-08T04:00:00.000000Z",
        "recorded_at": "2026-06-08T04:05:00.000000Z",
        "found": "solved",
        "met": "no",
    }
    row = SiteVisit.objects.get()
    assert (row.visited_at, row.recorded_at, row.received_at) == (seen, seen + timedelta(minutes=5), came)


def test_contacts_kept_on_a_phone_are_counted_by_the_hour_they_were_made_in(cast):
    """Three attempts without a signal arrive in one minute: they count as three hours' work, and the line says who alone knows it."""
    case, came = cast.in_hand(), MONDAY + 8 * HOUR
    for hour, way in ((2, "phone"), (3, "sms"), (5, "phone")):
        line = contact(cast, case, at=came, way=way, outcome="no_answer", recorded_at=MONDAY + hour * HOUR)
    assert line.says["recorded_at"] == "2026-06-08T06:00:00.000000Z" and "still_unreached" not in line.says
    assert line.says["hours_by_phone"] is True
    assert case.evidence_held == ["contact"]
    stopped = clock(case, "contact")
    assert (stopped.stopped_by, stopped.stopped_at) == ("contact", came)
    assert list(Contact.objects.values_list("at", "recorded_at")) == [
        (came, MONDAY + hour * HOUR) for hour in (2, 3, 5)
    ]


def test_attempts_received_in_different_hours_leave_no_doubt(cast):
    case = cast.in_hand()
    for hour, way in ((2, "phone"), (3, "sms"), (5, "phone")):
        line = contact(
            cast, case, at=MONDAY + hour * HOUR, way=way, outcome="no_answer", recorded_at=MONDAY + hour * HOUR
        )
    assert "hours_by_phone" not in line.says and case.evidence_held == ["contact"]


def test_a_phone_that_is_ahead_is_taken_at_our_time_and_the_line_says_so(cast):
    case, at = cast.in_hand(), MONDAY + 2 * HOUR
    line = contact(cast, case, at=at, recorded_at=at + timedelta(minutes=6))
    assert line.says["phone_ahead"] is True and Contact.objects.get().recorded_at == at
    line = contact(cast, case, at=at + HOUR, recorded_at=at + HOUR + timedelta(minutes=4))
    assert "phone_ahead" not in line.says and Contact.objects.last().recorded_at == at + HOUR


def test_what_lay_on_a_phone_too_long_is_refused_with_the_way_out(cast):
    case = cast.in_hand()
    late = MONDAY + 8 * DAY
    with refused(422, "放了超过 7 天才传来", field="recorded_at") as no:
        contact(cast, case, at=late, recorded_at=late - 7 * DAY - timedelta(minutes=1))
    assert "重新记一次" in str(no.value.who_can)
    contact(cast, case, at=late, recorded_at=late - 7 * DAY + HOUR)
    assert Contact.objects.count() == 1


def test_what_was_written_down_before_this_unit_had_it_is_not_of_this_round(cast):
    case = cast.sent()
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    with refused(422, "还不在本单位这一轮（6 月 9 日 09:00 起）", field="recorded_at"):
        contact(cast, case, at=MONDAY + DAY + HOUR, recorded_at=MONDAY + 5 * HOUR)


def test_a_photo_that_says_nothing_of_itself_has_the_phones_time_and_place(cast):
    case, at = cast.in_hand(), MONDAY + 3 * HOUR
    shots = {"after": [Shot(at - timedelta(minutes=2), 105.83, 32.43), None]}
    visit(cast, case, after=[photo("一.jpg"), photo("二.jpg")], shots=shots)
    facts = list(case.attachments.values_list("name", "taken_at", "longitude", "facts_from"))
    assert facts == [("一.jpg", at - timedelta(minutes=2), 105.83, "phone"), ("二.jpg", None, None, "")]


def test_only_the_answers_that_are_offered_can_be_tapped(cast):
    case = cast.in_hand()
    with refused(422, "没有这个选项", field="found"):
        visit(cast, case, found="perhaps")
    with pytest.raises(TypeError):
        visit(cast, case, mood="good")


# ---- 网下办


def call(cast, case: Case, *units: str, at=MONDAY + 2 * HOUR, meets_at=MONDAY + DAY):
    departments = [cast.department(u) for u in units]
    return cast.do(
        "call_meeting", case, cast.handler(), at=at, meets_at=meets_at, place="翠屏社区 3 栋", departments=departments
    )


def test_several_departments_go_to_the_citizen_together(cast):
    case = cast.in_hand()
    line = call(cast, case, "C-MARKET", "C-FIRE")
    promise = case.promises.get()
    says = {"meets_at": "2026-06-09T01:00:00.000000Z", "departments": ["C-MARKET", "C-FIRE"], "promise": promise.pk}
    assert written(line) == ("call_meeting", "officer", "c-housing-jb1", "C-HOUSING", says) and words(line) == {
        "place": "翠屏社区 3 栋"
    }
    meeting = Meeting.objects.get()
    assert [p.department_id for p in meeting.parts.all()] == ["C-HOUSING", "C-MARKET", "C-FIRE"]
    assert holders(case)[3:] == [("assist", "C-MARKET"), ("assist", "C-FIRE")]
    assert (promise.what, promise.due_at, due(case, "promise")) == (
        "6 月 9 日 09:00，3 家单位到 翠屏社区 3 栋",
        MONDAY + DAY,
        "06-09 09:00",
    )
    with refused(409, "约在 6 月 9 日 09:00，还没到时间"):
        cast.do("meet", case, cast.handler(), at=MONDAY + 3 * HOUR, came="yes", words="定了")
    at = MONDAY + DAY + HOUR
    line = cast.do("meet", case, cast.handler("C-MARKET"), at=at, came="no_power", words="检验权在省里")
    assert written(line) == ("meet", "officer", "c-market-jb1", "C-MARKET", {"came": "no_power"}) and words(line) == {
        "words": "检验权在省里"
    }
    assert "meeting" not in case.evidence_held
    with refused(409, "已经记过这次的结果"):
        cast.do("meet", case, cast.handler("C-MARKET"), at=at, came="yes", words="再记一次")
    line = cast.do(
        "meet", case, cast.handler(), at=at, came="yes", words="当场换板", citizen_agrees="yes", photos=[photo()]
    )
    assert written(line)[4] == {"came": "yes", "citizen_agrees": "yes", "doubts": ["bare"]}
    cast.do("meet", case, cast.handler("C-FIRE"), at=at, came="no", words="出警去了")
    assert list(MeetingPart.objects.values_list("department", "came")) == [
        ("C-HOUSING", "yes"),
        ("C-MARKET", "no_power"),
        ("C-FIRE", "no"),
    ]
    meeting.refresh_from_db()
    promise.refresh_from_db()
    assert (meeting.citizen_agrees, promise.kept_at) == (True, at) and "promise" not in running(case)
    assert case.evidence_held == ["contact", "meeting", "meeting_called", "photo", "visit"]
    assert draft(cast, case, at=at + HOUR).step == "draft_reply"  # nobody else's outcome is awaited


def test_a_meeting_the_lead_missed_proves_nothing(cast):
    case = cast.in_hand()
    call(cast, case, "C-MARKET")
    cast.do("meet", case, cast.handler(), at=MONDAY + DAY, came="no", words="车坏了")
    assert case.evidence_held == ["meeting_called"] and not SiteVisit.objects.exists()
    assert case.promises.get().kept_at is None and "promise" in running(case)


def test_who_is_not_on_the_list_files_nothing_and_who_it_is_about_is_not_called(cast):
    about = cast.in_hand(about_department=cast.department("B-510802-HOUSING"))
    with refused(422, "不能参加这次网下办", field="departments"):
        call(cast, about, "B-510802-HOUSING")
    case = cast.in_hand()
    for unit in ("K-510824", "HOTLINE"):
        with refused(422, "不能参加这次网下办", field="departments"):
            call(cast, case, unit)
    with refused(422, "还差：约好的网下办"):
        cast.do("meet", case, cast.handler(), at=MONDAY + DAY, came="yes", words="定了")
    cast.add_assist(case, "C-HEALTH", at=MONDAY + HOUR)
    call(cast, case, "C-FIRE")
    with refused(409, "不在这次网下办的名单里"):
        cast.do("meet", case, cast.handler("C-HEALTH"), at=MONDAY + DAY, came="yes", words="来了")
    with refused(422, "这个时间已经过了", field="meets_at"):
        call(cast, case, "C-FIRE", at=MONDAY + 3 * HOUR, meets_at=MONDAY + 2 * HOUR)


def test_who_is_called_and_says_nothing_is_written_down_as_not_come(cast):
    """吹哨报到: a town calls; by the worker's clock, four working hours after the hour."""
    case = cast.in_hand()
    call(cast, case, "C-MARKET", "C-FIRE")
    assert due(case, "meeting") == "06-09 14:00"
    at = MONDAY + DAY + HOUR
    cast.do("meet", case, cast.handler(), at=at, came="yes", words="换板", citizen_agrees="yes")
    assert periodic.steps_of_the_system(MONDAY + DAY + 4 * HOUR) == 0
    assert periodic.steps_of_the_system(MONDAY + DAY + 8 * HOUR) == 1
    case.refresh_from_db()
    line = last(case)
    assert written(line)[:2] == ("not_come", "system") and line.says == {"departments": ["C-FIRE", "C-MARKET"]}
    parts = {p.department_id: (p.came, p.officer_id) for p in MeetingPart.objects.all()}
    assert parts["C-FIRE"] == parts["C-MARKET"] == ("no", None) and parts["C-HOUSING"][0] == "yes"
    assert "meeting" in case.evidence_held and "meeting" not in running(case)
    assert periodic.steps_of_the_system(MONDAY + 3 * DAY) == 0
    line = cast.do("meet", case, cast.handler("C-FIRE"), at=at + DAY, came="yes", words="来了，忘了记")
    assert line.says == {"came": "yes", "late": True}  # both stand in the journal
    with refused(409, "已经记过这次的结果"):
        cast.do("meet", case, cast.handler("C-FIRE"), at=at + DAY, came="no", words="再记")


def test_who_was_called_and_lost_the_case_meanwhile_is_written_down_all_the_same(cast):
    """An objection before the hour is no way out of it; and it proves nothing for the unit that has it now."""
    case = cast.in_hand()
    call(cast, case, "C-FIRE")
    cast.object(case, at=MONDAY + 3 * HOUR, belongs_to="C-MARKET")
    cast.ruled(case, "C-MARKET", at=MONDAY + 4 * HOUR)
    periodic.steps_of_the_system(MONDAY + 8 * DAY)
    line = case.lines.get(step="not_come")
    assert line.says == {"departments": ["C-FIRE", "C-HOUSING"]}
    case.refresh_from_db()
    assert "meeting" not in case.evidence_held and "meeting" not in running(case)


def test_nobody_is_missed_where_nobody_was_called(cast):
    with refused(409, "没有到了时间的网下办"):
        cast.do("not_come", cast.in_hand(), at=MONDAY + 3 * HOUR)


def test_a_meeting_that_all_have_filed_leaves_nothing_to_record(cast):
    case = cast.in_hand()
    call(cast, case, "C-MARKET")
    for unit in ("C-HOUSING", "C-MARKET"):
        cast.do("meet", case, cast.handler(unit), at=MONDAY + DAY + HOUR, came="yes", words="定了")
    assert "meeting" not in running(case) and periodic.steps_of_the_system(MONDAY + 3 * DAY) == 0


# ---- 协办


def given(cast, case: Case, unit: str, *points: int, at=MONDAY + 2 * HOUR):
    return cast.do(
        "split", case, cast.dispatcher, at=at, points=list(points), department=cast.department(unit), days=3, words="请定这一点",
    )  # fmt: skip


def test_a_point_that_is_split_off_is_decided_by_its_own_unit(cast):
    case = cast.proven()
    line = given(cast, case, "C-MARKET", 2)
    assert line.says == {"points": [2], "department": "C-MARKET", "days": 3} and case.number and case.hops == 0
    assert [(a.no, a.department_id) for a in case.asks.all()] == [(1, None), (2, "C-MARKET")]
    assert holders(case)[-1] == ("assist", "C-MARKET") and "assist" in running(case)
    with refused(422, "第 2 点还等", field="asks"):
        draft(cast, case)
    with refused(422, "列入计划的由主办", field="asks"):
        cast.do(
            "decide_asks",
            case,
            cast.handler("C-MARKET"),
            at=MONDAY + 6 * HOUR,
            asks={2: {"outcome": "planned"}},
            words="明年",
        )
    with refused(422, "第 2 点还没有结果", field="asks"):
        cast.do(
            "decide_asks",
            case,
            cast.handler("C-MARKET"),
            at=MONDAY + 6 * HOUR,
            asks={1: {"outcome": "answered"}},
            words="查了",
        )
    line = cast.do(
        "decide_asks", case, cast.handler("C-MARKET"), at=MONDAY + 6 * HOUR, asks={2: {"outcome": "declined", "basis": "《检验规则》"}},
        words="检验周期没到",
    )  # fmt: skip
    assert line.says == {"asks": [[2, "declined"]]} and line.department_id == "C-MARKET"
    with refused(422, "第 2 点由", "来定", field="asks"):  # the lead does not write another's outcome
        cast.reply(case, at=MONDAY + 2 * HOUR)
    cast.reply(case, at=MONDAY + 2 * HOUR, asks={1: {"outcome": "answered"}})
    assert [(a.no, a.outcome) for a in case.asks.all()] == [(1, "answered"), (2, "declined")]
    assert last(case).says["asks"] == [[1, "answered"], [2, "declined"]]


def test_no_caller_decides_a_point_himself_nor_through_the_operator(cast):
    case = cast.proven()
    given(cast, case, "C-MARKET", 2)
    for caller in (CITIZEN, Actor("citizen", cast.operator)):
        with refused(403, "「定拆出的点」不由您来做", "协办单位"):
            cast.do("decide_asks", case, caller, at=MONDAY + 6 * HOUR, asks={2: {"outcome": "answered"}}, words="好了")
    assert [a.outcome for a in case.asks.all()] == ["", ""] and "assist" in running(case)


def test_a_point_is_not_answered_by_an_outcome_in_general(cast):
    case = cast.proven()
    given(cast, case, "C-MARKET", 2)
    cast.do("file_outcome", case, cast.handler("C-MARKET"), at=MONDAY + 6 * HOUR, words="看过了")
    with refused(422, "第 2 点还等", field="asks"):
        cast.reply(case, at=MONDAY + 2 * HOUR, asks={1: {"outcome": "answered"}})


def test_what_cannot_be_split_off(cast):
    case = cast.proven()
    for unit, why in (("C-HOUSING", "就是主办"), ("K-510824", "不能承办拆出的")):
        with refused(422, why, field="department"):
            given(cast, case, unit, 2)
    for points in ((), (3,), (1, 2)):
        with refused(422, "点", field="points"):
            given(cast, case, "C-MARKET", *points)
    cast.add_assist(case, "C-HEALTH", at=MONDAY + 2 * HOUR)
    with refused(409, "没有拆给本单位的"):
        cast.do(
            "decide_asks",
            case,
            cast.handler("C-HEALTH"),
            at=MONDAY + 6 * HOUR,
            asks={1: {"outcome": "answered"}},
            words="看了",
        )


def test_no_point_is_split_off_to_whom_it_is_about_nor_to_a_colleague_of_his(cast):
    """One point tells what the whole is about: the rule of the dispatch holds for every part of it."""
    case = cast.dispatched(unit="C-DISCIPLINE", about_department=cast.department("C-FIRE"))
    for unit, why in (
        ("C-DISCIPLINE", "就是主办"),
        ("C-FIRE", "不能交给它自己办"),
        ("C-MARKET", "只能交给它的上级主管部门或纪检"),
        ("K-510824", "不能承办拆出的"),
    ):
        with refused(422, why, field="department"):
            given(cast, case, unit, 2)
    assert [a.department_id for a in case.asks.all()] == [None, None]
    assert steps(case) == "receive accept dispatch"


def test_the_reply_waits_for_the_outcomes_of_the_assists(cast):
    case = cast.proven()
    units = [cast.department("C-MARKET"), cast.department("C-FIRE")]
    cast.do("add_assist", case, cast.dispatcher, at=MONDAY + 5 * HOUR, departments=units, days=3, words="看线路")
    with refused(422, "还差：协办单位的结果"):
        draft(cast, case)
    line = cast.do("file_outcome", case, cast.handler("C-MARKET"), at=MONDAY + 6 * HOUR, words="检验合格")
    assert written(line) == ("file_outcome", "officer", "c-market-jb1", "C-MARKET", {}) and words(line) == {
        "words": "检验合格"
    }
    assert case.holdings.get(department="C-MARKET").outcome == "检验合格"
    assert [c.stopped_by for c in case.clocks.filter(kind="assist").order_by("holding__department")] == [
        "",
        "file_outcome",
    ]
    with refused(422, "还差：协办单位的结果"):
        draft(cast, case)
    cast.do("file_outcome", case, cast.handler("C-FIRE"), at=MONDAY + 6 * HOUR, words="通道畅通")
    assert "assists_open" not in case.evidence_held
    draft(cast, case, at=MONDAY + 7 * HOUR)
    assert case.state == "V"


def test_an_assist_never_replies(cast):
    case = cast.proven()
    cast.add_assist(case, "C-MARKET", at=MONDAY + 5 * HOUR)
    cast.do("file_outcome", case, cast.handler("C-MARKET"), at=MONDAY + 6 * HOUR, words="检验合格")
    with refused(403, "「拟答复」不由您来做", "主办单位的经办人"):
        draft(cast, case, by=cast.handler("C-MARKET"))


def test_who_is_only_called_to_a_meeting_holds_up_no_outcome(cast):
    case = cast.proven()
    call(cast, case, "C-FIRE", at=MONDAY + 5 * HOUR)
    cast.add_assist(case, "C-MARKET", at=MONDAY + 5 * HOUR)
    cast.do("file_outcome", case, cast.handler("C-MARKET"), at=MONDAY + 6 * HOUR, words="检验合格")
    assert "assists_open" not in case.evidence_held


# ---- 承诺


def test_a_promise_has_a_clock_of_its_own_and_is_kept(cast):
    case = cast.in_hand()
    line = cast.do("promise", case, cast.handler(), at=MONDAY + 2 * HOUR, what="明天 10 点来修", due_at=MONDAY + DAY)
    row = case.promises.get()
    assert written(line) == (
        "promise",
        "officer",
        "c-housing-jb1",
        "C-HOUSING",
        {"due_at": "2026-06-09T01:00:00.000000Z", "promise": row.pk},
    )
    assert words(line) == {"what": "明天 10 点来修"}
    assert (row.department_id, row.officer, row.what, row.due_at, row.made_at) == (
        "C-HOUSING",
        cast.handler(),
        "明天 10 点来修",
        MONDAY + DAY,
        MONDAY + 2 * HOUR,
    )
    line = cast.do("keep", case, cast.handler(), at=MONDAY + 20 * HOUR, promise=row, words="修好了")
    assert written(line) == ("keep", "officer", "c-housing-jb1", "C-HOUSING", {"promise": row.pk})
    row.refresh_from_db()
    assert row.kept_at == MONDAY + 20 * HOUR and clock(case, "promise").stopped_by == "keep"
    with refused(409, "这个承诺已经了结"):
        cast.do("keep", case, cast.handler(), at=MONDAY + DAY, promise=row, words="又修")


def test_a_promise_is_renegotiated_and_never_edited(cast):
    case = cast.in_hand()
    cast.do("promise", case, cast.handler(), at=MONDAY + 2 * HOUR, what="明天来修", due_at=MONDAY + DAY)
    old = case.promises.get()
    with refused(422, "还缺：来电人怎么同意的", field="words"):
        cast.do("renegotiate", case, cast.handler(), at=MONDAY + 3 * HOUR, promise=old, due_at=MONDAY + 2 * DAY)
    with refused(422, "这个时间已经过了", field="due_at"):
        cast.do("renegotiate", case, cast.handler(), at=MONDAY + 3 * HOUR, promise=old, due_at=MONDAY, words="同意")
    cast.do(
        "renegotiate",
        case,
        cast.handler(),
        at=MONDAY + 3 * HOUR,
        promise=old,
        due_at=MONDAY + 2 * DAY,
        words="电话里同意后天",
    )
    old.refresh_from_db()
    new = case.promises.exclude(pk=old.pk).get()
    assert (old.due_at, old.kept_at, old.replaced_by) == (MONDAY + DAY, None, new)
    assert (new.what, new.due_at) == ("明天来修", MONDAY + 2 * DAY) and due(case, "promise") == "06-10 09:00"
    assert case.clocks.filter(kind="promise", stopped_at=None).count() == 1
    with refused(409, "这个承诺已经了结"):
        cast.do("keep", case, cast.handler(), at=MONDAY + DAY, promise=old, words="修了")


def test_a_promise_of_another_case_is_not_this_ones(cast):
    case, other = cast.in_hand(), cast.in_hand()
    cast.do("promise", other, cast.handler(), at=MONDAY + 2 * HOUR, what="明天来修", due_at=MONDAY + DAY)
    with refused(422, "这个承诺不是这件诉求的", field="promise"):
        cast.do("keep", case, cast.handler(), at=MONDAY + 3 * HOUR, promise=other.promises.get(), words="修了")


def planned(cast) -> Case:
    case = cast.in_hand(matter=cast.matter("plan"), asks="加装电梯")
    contact(cast, case)
    draft(cast, case, asks={1: {"outcome": "planned"}}, plan="2027 年加装", plan_on=(MONDAY + 180 * DAY).date())
    return case


def test_planned_says_until_when(cast):
    case = cast.in_hand(matter=cast.matter("plan"), asks="加装电梯")
    contact(cast, case)
    with refused(422, "列入计划的要写哪天办成", field="plan_on"):
        draft(cast, case, asks={1: {"outcome": "planned"}}, plan="2027 年加装")


def test_a_plan_that_went_out_is_a_promise(cast):
    case = planned(cast)
    assert last(case).says == {"plan_on": "2026-12-05", "asks": [[1, "planned"]]}
    assert not case.promises.exists()  # a draft promises nothing
    line = cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    row = case.promises.get()
    assert (row.what, moment(row.due_at), line.says) == ("2027 年加装", "12-05 17:00", {"promise": row.pk})


@pytest.mark.parametrize(("by", "unit"), [("handler", "C-HOUSING"), ("supervisor", "HOTLINE")])
def test_a_promise_outlives_closure_and_can_still_be_kept(cast, by, unit):
    """By the unit that led it to the end, or by the supervisor who went to see; by nobody else."""
    case = planned(cast)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    cast.ask_back(case, at=MONDAY + DAY, solved="yes", satisfied="4")
    assert (case.state, running(case), case.next_due_at) == ("C", "promise", None)
    row = case.promises.get()
    with refused(403, "「承诺做到」不由您来做"):
        cast.do("keep", case, cast.handler("C-MARKET"), at=MONDAY + 90 * DAY, promise=row, words="装了")
    officer = cast.handler() if by == "handler" else cast.supervisor
    line = cast.do("keep", case, officer, at=MONDAY + 100 * DAY, promise=row, words="已装好")
    assert written(line) == ("keep", "officer", officer.username, unit, {"promise": row.pk})
    row.refresh_from_db()
    assert (row.kept_at, case.state, case.verdict, running(case)) == (MONDAY + 100 * DAY, "C", "solved", "")


# ---- 拟答复 · 审核


@pytest.mark.parametrize(
    ("evidence", "given", "lacking"),
    [
        ("on_site", [], "联系记录、到现场、现场照片"),
        ("on_site", ["contact"], "到现场、现场照片"),
        ("on_site", ["contact", "visit"], "现场照片"),
        ("on_site", ["visit_photo"], "联系记录"),
        ("explanation", [], "联系记录、依据"),
        ("explanation", ["contact"], "依据"),
        ("explanation", ["basis"], "联系记录"),
        ("plan", ["plan"], "联系记录"),
        ("plan", ["contact", "day"], "计划"),
    ],
)
def test_what_is_missing_for_its_class_is_named(cast, evidence, given, lacking):
    """Nothing closes on paper: the class belongs to the matter, not to who handles it."""
    case = cast.in_hand(matter=cast.matter(evidence))
    day = (MONDAY + 90 * DAY).date()
    if "contact" in given:
        contact(cast, case)
    if "visit" in given or "visit_photo" in given:
        visit(cast, case, after=[photo()] if "visit_photo" in given else [])
    form = {"basis": {"basis": "收费办法"}, "plan": {"plan": "明年办", "plan_on": day}, "day": {"plan_on": day}}
    fields = {k: v for name in given if name in form for k, v in form[name].items()}
    if evidence == "plan" and "plan_on" not in fields:
        fields["plan_on"] = day
    with refused(422, f"还差：{lacking} "):
        draft(cast, case, **fields)
    assert case.state == "H" and not Reply.objects.exists() and set(case.asks.values_list("outcome", flat=True)) == {""}


@pytest.mark.parametrize("evidence", ["on_site", "explanation", "plan"])
def test_complete_for_its_class_it_goes_to_review(cast, evidence):
    case = cast.in_hand(matter=cast.matter(evidence))
    contact(cast, case)
    if evidence == "on_site":
        visit(cast, case, after=[photo()])
    fields = {
        "explanation": {"basis": "《物业服务收费管理办法》第 9 条"},
        "plan": {"plan": "明年办", "plan_on": (MONDAY + 90 * DAY).date()},
    }
    line = draft(cast, case, **fields.get(evidence, {}))
    assert written(line)[:4] == ("draft_reply", "officer", "c-housing-jb1", "C-HOUSING")
    assert line.says["asks"] == [[1, "answered"], [2, "answered"]]
    expected = REPLY | {k: v for k, v in fields.get(evidence, {}).items() if isinstance(v, str)}
    assert words(line) == expected
    row = Reply.objects.get()
    assert (row.author, row.line_no, row.cycle, row.drafted_at, row.approved_at) == (
        cast.handler(),
        line.no,
        1,
        MONDAY + 6 * HOUR,
        None,
    )
    assert case.state == "V" and "unit" in running(case) and "outer" in running(case)  # the answer's clocks run on
    assert case.holdings.get(role="lead", level="unit").has_replied


def test_the_reply_and_the_account_are_two_texts(cast):
    case = cast.proven()
    with refused(422, "要分开写", field="account"):
        draft(cast, case, account=REPLY["reply"])
    line = draft(cast, case)
    assert words(line)["reply"] != words(line)["account"]


def test_an_ask_is_declined_with_a_basis_or_planned_with_a_day(cast):
    case = cast.proven()
    with refused(422, "第 2 点不能办，要写依据", field="asks"):
        draft(cast, case, asks={1: {"outcome": "answered"}, 2: {"outcome": "declined"}})
    with refused(422, "第 2 点还没有结果：说明停运原因", field="asks"):
        draft(cast, case, asks={1: {"outcome": "answered"}})
    with refused(422, "列入计划的要写哪天办成", field="plan_on"):
        draft(cast, case, asks={1: {"outcome": "answered"}, 2: {"outcome": "planned"}})
    draft(cast, case, asks={1: {"outcome": "answered"}, 2: {"outcome": "declined", "basis": "物业条例第 52 条"}})
    assert list(case.asks.values_list("no", "outcome", "basis", "cycle")) == [
        (1, "answered", "", 1),
        (2, "declined", "物业条例第 52 条", 1),
    ]


def test_what_an_earlier_draft_rested_on_does_not_carry_the_next(cast):
    case = cast.in_hand(matter=cast.matter("explanation"))
    contact(cast, case)
    draft(cast, case, basis="收费办法第 9 条")
    cast.do("send_back", case, cast.reviewer(), at=MONDAY + 7 * HOUR, words="写清楚")
    with refused(422, "还差：依据"):
        draft(cast, case, at=MONDAY + 8 * HOUR)


def test_a_reviewer_sends_it_back_or_out(cast):
    case = cast.replied()
    with refused(422, "还缺：缺什么", field="words"):
        cast.do("send_back", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    line = cast.do("send_back", case, cast.reviewer(), at=MONDAY + 7 * HOUR, words="哪天换的？")
    assert written(line) == ("send_back", "officer", "c-housing-sh", "C-HOUSING", {}) and case.state == "H"
    draft(cast, case, at=MONDAY + 7 * HOUR + timedelta(minutes=10), reply="9 日已换好。")
    line = cast.do("approve", case, cast.unit_leader(), at=MONDAY + 8 * HOUR)
    assert written(line) == ("approve", "officer", "c-housing-fz", "C-HOUSING", {})
    first, second = Reply.objects.order_by("id")
    assert (first.approved_at, second.approved_at, second.approved_by) == (None, MONDAY + 8 * HOUR, cast.unit_leader())
    assert case.state == "F" and running(case) == "follow_up" and due(case, "follow_up") == "06-11 17:00"
    assert {clock(case, k).stopped_by for k in ("outer", "unit")} == {"approve"}


def test_another_unit_neither_reviews_nor_sends(cast):
    case = cast.replied()
    for step in ("approve", "send_back"):
        with refused(403, "不由您来做"):
            cast.do(step, case, cast.reviewer("C-MARKET"), at=MONDAY + 7 * HOUR, words="看")


# ---- 延期


def test_an_extension_is_a_row_of_its_own(cast):
    case = cast.in_hand()
    cast.do("ask_extension", case, cast.reviewer(), at=MONDAY + DAY, days=5, words="配件在途")
    row = Extension.objects.get()
    assert (row.case, row.asked_by, row.asked_at, row.days, row.is_granted) == (
        case,
        cast.reviewer(),
        MONDAY + DAY,
        5,
        None,
    )
    with refused(403, "「审延期」不由您来做"):
        cast.do("decide_extension", case, cast.reviewer(), at=MONDAY + DAY, is_upheld="yes", words="同意")
    with refused(403, "「申请延期」不由您来做"):
        cast.do("ask_extension", cast.in_hand(), cast.handler(), at=MONDAY + DAY, days=5, words="配件在途")


def test_nobody_decides_an_extension_that_was_not_asked(cast):
    with refused(422, "还差：延期申请"):
        cast.do("decide_extension", cast.in_hand(), cast.dispatcher, at=MONDAY + DAY, is_upheld="yes", words="同意")


def test_a_reply_whose_class_was_corrected_meanwhile_is_not_approved_without_the_new_proof(cast):
    """Explained on paper, and in review found to be a thing to go and look at: it goes back to the unit."""
    case = cast.in_hand(matter=cast.matter("explanation"))
    contact(cast, case)
    draft(cast, case, at=MONDAY + 3 * HOUR, basis="《物业管理条例》")
    cast.do("correct", case, cast.intake_reviewer, at=MONDAY + 4 * HOUR, evidence_class="on_site", words="要到现场")
    with refused(422, "还差：到现场、现场照片"):
        cast.do("approve", case, cast.reviewer(), at=MONDAY + 5 * HOUR)
    assert case.lines.filter(step="approve").count() == 0
    cast.do("send_back", case, cast.reviewer(), at=MONDAY + 5 * HOUR, words="要到现场看")
    visit(cast, case, at=MONDAY + 6 * HOUR, after=[photo()])
    draft(cast, case, at=MONDAY + 7 * HOUR)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 8 * HOUR)
    assert case.state == "F"
