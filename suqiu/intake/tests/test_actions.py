"""受理: received, accepted, answered at once, sent the right way, corrected, withdrawn. The row and its line, each time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suqiu.cases import periodic
from suqiu.cases.advance import CITIZEN, SYSTEM, Actor
from suqiu.cases.models import Case, NumberCounter
from suqiu.citizens.contact import code_hash
from suqiu.citizens.models import Person
from suqiu.directory.models import Grant, Role
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from tests.cast import MONDAY, photo
from tests.reading import clock, due, holders, last, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWER = {"answer": "每天 7 点到 22 点。", "source": "市供水公司服务公告"}
DIVERT = {
    "routing_class": "legal",
    "reason": "in_court",
    "basis": "《信访工作条例》第 3 条",
    "way": "利州区法院 12368",
    "words": "法院正在审理",
}


def receive(key: str, at=MONDAY, by=CITIZEN, **demand) -> tuple[Case, str]:
    return intake.receive(demand=Demand(**({"text": "路灯不亮", "channel": "web"} | demand)), by=by, at=at, key=key)


# ---- 登记


def test_a_demand_becomes_a_case_held_by_the_city(cast):
    case, code = receive(
        "k1", by=cast.operator, phone="13812342217", name="王桂芳", area_code="510802001", channel="phone"
    )
    assert written(last(case)) == ("receive", "officer", "hw01", "HOTLINE", {"channel": "phone", "kind": "citizen"})
    assert words(last(case)) == {"text": "路灯不亮"}
    assert (case.number, case.state, case.title, case.cycle) == ("GY2606080001", "R", "路灯不亮", 1)
    assert (case.area_id, case.received_at, case.lead_department_id, case.first_department_id) == (
        "510802001",
        MONDAY,
        "HOTLINE",
        None,
    )
    assert holders(case) == [("lead", "HOTLINE")] and running(case) == "accept"
    assert (
        len(code) == 8 and code.isdigit() and case.query_code_hash == code_hash(code) and code not in str(case.__dict__)
    )


def test_numbers_count_within_the_city_day_and_may_grow(cast):
    assert [receive(f"n{n}")[0].number for n in range(3)] == ["GY2606080001", "GY2606080002", "GY2606080003"]
    late = MONDAY.replace(hour=23, minute=59)
    assert receive("n3", at=late)[0].number == "GY2606080004"
    assert receive("n4", at=late + timedelta(minutes=1))[0].number == "GY2606090001"
    NumberCounter.objects.filter(day=MONDAY.date()).update(last=9999)
    big = receive("n5")[0]
    assert (big.number, big.spoken_number) == ("GY26060810000", "GY 260608 10000")


def test_two_calls_from_one_number_are_one_person(cast):
    first = receive("p1", phone="13812342217", name="王桂芳")[0]
    again = receive("p2", phone="+86 138 1234 2217", name="王女士")[0]
    other = receive("p3", phone="13900000000")[0]
    assert first.person == again.person != other.person and first.person.name == "王桂芳"
    assert receive("p4")[0].person != receive("p5")[0].person  # without a number each call is a new one


def test_an_anonymous_demand_is_not_tied_to_who_called_before(cast):
    known = receive("a1", phone="13812342217")[0]
    hidden = receive("a2", phone="13812342217", secrecy="anonymous")[0]
    assert hidden.person != known.person and hidden.secrecy == "anonymous"


def test_a_report_is_confidential_unless_the_caller_chose(cast):
    assert receive("r1", demand_type="report")[0].secrecy == "confidential"
    assert receive("r2", demand_type="report", secrecy="general")[0].secrecy == "general"
    assert receive("r3", demand_type="complaint")[0].secrecy == "general"


def test_what_could_not_be_recognised_is_kept_as_written(cast):
    case = receive("w1", area_code="999999", area_as_written="河西那边", type_as_written="反映")[0]
    assert (case.area, case.area_as_written, case.type_as_written, case.demand_type) == (None, "河西那边", "反映", "")


def test_nothing_is_left_of_a_demand_that_is_refused(cast):
    for bad in ({"text": "\x00\x07 "}, {"text": "路灯", "phone": "138"}, {"text": "路灯", "latitude": 32.0}):
        with refused(422, field="text" if bad["text"] != "路灯" else "phone" if "phone" in bad else "longitude"):
            receive("bad", **bad)
    with refused(413, "最多收 20000 个", field="text"):
        receive("bad", text="水" * 10_000_000)
    with refused(415, "不是照片或 PDF", field="photos"):
        receive("bad", files=[SimpleUploadedFile("电梯.jpg", b"MZ\x90\x00 not a picture", "image/jpeg")])
    assert not Case.objects.exists() and not Person.objects.exists() and not NumberCounter.objects.exists()
    assert receive("bad")[0].number == "GY2606080001"  # the key was not used up


def test_photos_of_a_demand_are_kept_with_their_digest(cast):
    case = receive("f1", files=[photo("../../etc/电梯.jpg")])[0]
    kept = case.attachments.get()
    assert (kept.name, kept.kind, kept.mime, kept.line_no) == ("电梯.jpg", "demand", "image/jpeg", 1)
    assert list(last(case).contents) == ["text", f"file:{kept.pk}"]


# ---- 受理


def test_accepted_with_its_asks_and_two_clocks(cast):
    case = cast.accepted(asks="1. 修好电梯\n2. 说明停运原因")
    assert (case.state, case.routing_class, case.evidence_class) == ("D", "accept", "on_site")
    assert list(case.asks.values_list("no", "text", "outcome")) == [(1, "修好电梯", ""), (2, "说明停运原因", "")]
    assert running(case) == "dispatch outer" and holders(case) == [("lead", "HOTLINE")]


def test_without_lines_the_whole_case_is_one_ask(cast):
    case = cast.accepted(asks="")
    assert list(case.asks.values_list("no", "text")) == [(1, case.title)]


def test_a_report_is_not_accepted_as_open(cast):
    case = cast.case()
    fields = {"demand_type": "report", "urgency": "normal", "secrecy": "open", "area": cast.area()}
    with refused(422, "举报件不能公开", field="secrecy"):
        cast.do("accept", case, cast.operator, at=MONDAY + HOUR, **fields)
    assert (steps(case), case.asks.count()) == ("receive", 0)


# ---- 请补充


@pytest.mark.parametrize(("make", "state"), [("case", "R"), ("accepted", "D"), ("in_hand", "H")])
def test_after_the_caller_has_answered_it_goes_on_where_it_stood(cast, make, state):
    case = getattr(cast, make)()
    line = cast.do("ask_caller", case, cast.dispatcher, at=MONDAY + 2 * HOUR, words="哪一栋？")
    assert written(line) == ("ask_caller", "officer", "pd01", "HOTLINE", {"from_state": state}) and words(line) == {
        "words": "哪一栋？"
    }
    assert case.state == "W"
    cast.do("resume", case, cast.operator, at=MONDAY + 3 * HOUR, words="三栋")
    assert case.state == state and not case.clocks.exclude(paused_at=None).exists()


# ---- 补充


def test_the_caller_adds_words_and_a_photo_and_asks_to_hurry(cast):
    case = cast.in_hand()
    line = cast.citizen(
        "caller_adds", case, at=MONDAY + 2 * HOUR, words="今天又\x00困了一个人", is_hurry=True, photos=[photo()]
    )
    assert written(line) == ("caller_adds", "citizen", "", None, {"is_hurry": True})
    assert words(line) == {"words": "今天又困了一个人"} and case.attachments.get().line_no == line.no
    assert case.state == "H"


@pytest.mark.parametrize("make", "case accepted dispatched in_hand replied sent".split())
def test_the_caller_may_add_and_withdraw_from_every_open_state(cast, make):
    case = getattr(cast, make)()
    state = case.state
    cast.citizen("caller_adds", case, at=MONDAY + 8 * HOUR, words="再说一点")
    assert case.state == state
    line = cast.citizen("withdraw", case, at=MONDAY + 9 * HOUR, words="自己修好了")
    assert written(line) == ("withdraw", "citizen", "", None, {}) and words(line) == {"words": "自己修好了"}
    assert (case.state, case.verdict, case.closed_at) == ("Q", "", MONDAY + 9 * HOUR)
    was_spoken_with = make in ("replied", "sent")
    assert holders(case) == [] and running(case) == ("follow_up" if was_spoken_with else "")
    assert case.cycles.get(no=1).verdict == "withdrawn"


def test_too_much_is_refused_and_nothing_is_written(cast):
    case = cast.in_hand()
    with refused(413, "最多收 20000 个", field="text"):
        cast.citizen("caller_adds", case, at=MONDAY + 2 * HOUR, words="x" * 20_001)
    with refused(415, field="photos"):
        cast.citizen(
            "caller_adds", case, at=MONDAY + 2 * HOUR, words="看", photos=[SimpleUploadedFile("a.png", b"<html>")]
        )
    with refused(413, "一次最多 9 个文件", field="photos"):
        cast.citizen(
            "caller_adds", case, at=MONDAY + 2 * HOUR, words="看", photos=[photo(f"{n}.jpg") for n in range(10)]
        )
    assert last(case).step == "sign_in" and not case.attachments.exists()


# ---- 即时答复


def answered(cast, at=MONDAY + HOUR, make="case") -> Case:
    case = getattr(cast, make)()
    cast.do("answer_at_once", case, cast.operator, at=at, **ANSWER)
    return case


@pytest.mark.parametrize("make", ["case", "accepted"])
def test_answered_at_once_names_its_source(cast, make):
    case = getattr(cast, make)()
    with refused(422, "还缺：出处", field="source"):
        cast.do("answer_at_once", case, cast.operator, at=MONDAY + HOUR, answer="7 点到 22 点")
    line = cast.do("answer_at_once", case, cast.operator, at=MONDAY + HOUR, **ANSWER)
    assert written(line) == ("answer_at_once", "officer", "hw01", "HOTLINE", {}) and words(line) == ANSWER
    assert (case.state, case.closed_at, case.routing_class) == ("A", None, "accept")
    assert set(case.asks.values_list("outcome", flat=True)) == {"answered"}
    assert running(case) == "outer settle" and due(case, "settle") == "06-15 17:00"
    assert clock(case, "outer").paused_at == MONDAY + HOUR and holders(case) == [("lead", "HOTLINE")]


def test_the_caller_settles_it(cast):
    case = answered(cast)
    line = cast.citizen("settle", case, at=MONDAY + DAY)
    assert written(line) == ("settle", "citizen", "", None, {})
    assert (case.state, case.verdict, case.closed_at) == ("C", "answered", MONDAY + DAY)
    assert (running(case), holders(case), case.cycles.get().verdict) == ("", [], "answered")


def test_after_five_working_days_the_system_settles_it_unrated(cast):
    """Its own verdict: a caller who says nothing has not said that it was good."""
    case = answered(cast)
    at = clock(case, "settle").due_at
    assert periodic.steps_of_the_system(at - timedelta(seconds=1)) == 0
    assert periodic.steps_of_the_system(at + HOUR) == 1
    case.refresh_from_db()
    assert written(last(case)) == ("settle", "system", "", None, {})
    assert (case.state, case.verdict, case.closed_at) == ("C", "unrated", at)


def test_that_did_not_answer_me_makes_it_a_case_with_the_first_clock(cast):
    """A day's gap is left out of the outer clock, which still runs from receipt; the dispatch clock starts now."""
    case = answered(cast)
    line = cast.citizen("not_answered", case, at=MONDAY + DAY + HOUR, words="问的是停水补偿")
    assert written(line) == ("not_answered", "citizen", "", None, {}) and words(line) == {"words": "问的是停水补偿"}
    assert (case.state, case.closed_at, case.demand_type) == ("D", None, "consult")
    assert (
        clock(case, "outer").anchor_at == MONDAY and due(case, "outer") == "06-12 17:00"
    )  # 06-11 and seven working hours
    assert due(case, "dispatch") == "06-10 10:00" and running(case) == "dispatch outer"
    assert set(case.asks.values_list("outcome", flat=True)) == {""}
    cast.do(
        "dispatch", case, cast.dispatcher, at=MONDAY + 26 * HOUR, matter=cast.matter(), department=cast.department()
    )
    assert (case.state, case.first_department_id, case.evidence_class) == ("S", "C-HOUSING", "on_site")


def test_that_did_not_answer_me_has_its_time(cast):
    case = answered(cast)
    at = clock(case, "settle").due_at
    with refused(409, "评价期已过", "另提一件"):
        cast.citizen("not_answered", case, at=at + timedelta(seconds=1))
    cast.citizen("not_answered", case, at=at)
    assert case.state == "D"


def test_a_second_person_samples_it(cast):
    case = answered(cast)
    Grant.objects.create(officer=cast.operator, role=Role.SHIFT_LEAD, department_id="HOTLINE", since=MONDAY.date())
    with refused(403, "「即时答复」是您做的"):
        cast.do("review_answer", case, cast.operator, at=MONDAY + 2 * HOUR, is_right="yes", words="对")
    line = cast.do("review_answer", case, cast.shift_lead, at=MONDAY + 2 * HOUR, is_right="yes", words="与公告一致")
    assert written(line) == ("review_answer", "officer", "bz01", "HOTLINE", {"is_right": "yes"})
    assert (case.state, case.evidence_held) == ("A", ["answer_reviewed"])
    with refused(409, "已经有人抽查过"):
        cast.do("review_answer", case, cast.other_shift_lead, at=MONDAY + 3 * HOUR, is_right="no", words="不对")
    assert running(case) == "outer settle"


def test_a_wrong_answer_found_by_the_second_person_goes_to_a_department(cast):
    case = answered(cast)
    line = cast.do("review_answer", case, cast.intake_reviewer, at=MONDAY + 3 * HOUR, is_right="no", words="公告已改")
    assert line.columns["state"] == case.state == "D"
    assert clock(case, "outer").anchor_at == MONDAY and running(case) == "dispatch outer"


def test_answered_a_second_time_it_is_sampled_anew(cast):
    case = answered(cast)
    cast.do("review_answer", case, cast.shift_lead, at=MONDAY + 2 * HOUR, is_right="no", words="公告已改")
    cast.do("answer_at_once", case, cast.operator, at=MONDAY + 3 * HOUR, **ANSWER)
    cast.do("review_answer", case, cast.shift_lead, at=MONDAY + 4 * HOUR, is_right="yes", words="对了")
    assert (case.state, case.evidence_held) == ("A", ["answer_reviewed"])


# ---- 告知途径


@pytest.mark.parametrize(
    ("routing_class", "reason"),
    [
        ("emergency", "danger"),
        ("legal", "in_court"),
        ("legal", "petition"),
        ("legal", "discipline"),
        ("legal", "disclosure"),
        ("explain", "other_government"),
        ("explain", "secret"),
        ("explain", "unlawful"),
        ("explain", "closed_nothing_new"),
    ],
)
def test_a_refusal_names_reason_basis_and_channel(cast, routing_class, reason):
    case = cast.case()
    fields = DIVERT | {"routing_class": routing_class, "reason": reason}
    for lacking in ("reason", "basis", "way", "words"):
        with refused(422, "还缺：", field=lacking):
            cast.do("divert", case, cast.operator, at=MONDAY + HOUR, **(fields | {lacking: ""}))
    line = cast.do("divert", case, cast.operator, at=MONDAY + HOUR, **fields)
    assert written(line) == ("divert", "officer", "hw01", "HOTLINE", {"routing_class": routing_class, "reason": reason})
    assert words(line) == {"basis": DIVERT["basis"], "way": DIVERT["way"], "words": DIVERT["words"]}
    assert (case.state, case.routing_class, case.closed_at) == ("X", routing_class, MONDAY + HOUR)
    assert (running(case), holders(case), case.verdict) == ("", [], "")


def test_a_reason_belongs_to_its_class(cast):
    case = cast.case()
    for routing_class, reason in (
        ("legal", "danger"),
        ("emergency", "in_court"),
        ("explain", "malicious"),
        ("malicious", "secret"),
    ):
        with refused(422, "这个原因不属于这一类", field="reason"):
            cast.do(
                "divert",
                case,
                cast.operator,
                at=MONDAY + HOUR,
                **(DIVERT | {"routing_class": routing_class, "reason": reason}),
            )


MALICIOUS = DIVERT | {"routing_class": "malicious", "reason": "malicious"}


def test_malicious_takes_two(cast):
    case = cast.case()
    with refused(409, "认定恶意要两个人"):
        cast.do("divert", case, cast.shift_lead, at=MONDAY + HOUR, **MALICIOUS)
    line = cast.do("suspect", case, cast.operator, at=MONDAY + HOUR, words="今天第 40 次，只骂人")
    assert written(line) == ("suspect", "officer", "hw01", "HOTLINE", {}) and case.state == "R"
    with refused(403, "是您提请的，要由另一人认定"):
        cast.do("divert", case, cast.operator, at=MONDAY + 2 * HOUR, **MALICIOUS)
    cast.do("divert", case, cast.shift_lead, at=MONDAY + 2 * HOUR, **MALICIOUS)
    assert (case.state, case.routing_class) == ("X", "malicious")


def test_a_suspicion_that_was_overruled_is_spent(cast):
    """The appeal was upheld: to find it malicious again takes two again."""
    case = cast.case()
    cast.do("suspect", case, cast.operator, at=MONDAY + HOUR, words="骂人")
    cast.do("divert", case, cast.shift_lead, at=MONDAY + 2 * HOUR, **MALICIOUS)
    cast.citizen("appeal", case, at=MONDAY + DAY, words="我是急")
    cast.do("decide_appeal", case, cast.intake_reviewer, at=MONDAY + 2 * DAY, is_upheld="yes", words="有实情")
    with refused(409, "认定恶意要两个人"):
        cast.do("divert", case, cast.other_shift_lead, at=MONDAY + 2 * DAY, **MALICIOUS)


# ---- 申诉


def diverted(cast, **fields) -> Case:
    case = cast.case()
    cast.do("divert", case, cast.shift_lead, at=MONDAY + HOUR, **(DIVERT | fields))
    return case


def test_an_appeal_upheld_takes_it_in_with_the_outer_clock_anew(cast):
    case = diverted(cast)
    line = cast.citizen("appeal", case, at=MONDAY + DAY, words="我没有起诉")
    assert written(line) == ("appeal", "citizen", "", None, {}) and words(line) == {"words": "我没有起诉"}
    assert (case.state, case.evidence_held, due(case, "appeal")) == ("X", ["appeal"], "06-12 17:00")
    with refused(403, "「告知途径」是您做的"):
        cast.do("decide_appeal", case, cast.shift_lead, at=MONDAY + 2 * DAY, is_upheld="no", words="维持")
    at = MONDAY + 2 * DAY
    line = cast.do("decide_appeal", case, cast.other_shift_lead, at=at, is_upheld="yes", words="法院没有立案")
    assert written(line) == ("decide_appeal", "officer", "bz02", "HOTLINE", {"is_upheld": "yes"})
    assert (case.state, case.closed_at, case.routing_class, case.evidence_held) == ("R", None, "", [])
    assert holders(case) == [("lead", "HOTLINE")] and due(case, "accept") == "06-10 11:00"
    columns = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    cast.do("accept", case, cast.operator, at=at + HOUR, **columns)
    assert clock(case, "outer").anchor_at == at and due(case, "outer") == "07-02 17:00"  # 15 working days from 06-10


def test_an_appeal_not_upheld_ends_there(cast):
    case = diverted(cast)
    cast.citizen("appeal", case, at=MONDAY + DAY, words="不服")
    cast.do("decide_appeal", case, cast.intake_reviewer, at=MONDAY + 2 * DAY, is_upheld="no", words="确在审理")
    assert (case.state, case.evidence_held, running(case), holders(case)) == ("X", [], "", [])
    with refused(409, "已经申诉过一次"):
        cast.citizen("appeal", case, at=MONDAY + 3 * DAY, words="再说一次")


def test_an_appeal_is_made_within_fifteen_days_and_once(cast):
    """peers 9: to the last permitted second."""
    late, just = diverted(cast), diverted(cast)
    limit = MONDAY + HOUR + 15 * DAY
    with refused(409, "申诉要在告知后 15 天内提", "另提一件"):
        cast.citizen("appeal", late, at=limit + timedelta(seconds=1), words="不服")
    cast.citizen("appeal", just, at=limit, words="不服")
    with refused(409, "您的申诉正在审"):
        cast.citizen("appeal", just, at=limit, words="不服")


def test_nobody_decides_an_appeal_that_was_not_made(cast):
    with refused(422, "还差：申诉"):
        cast.do("decide_appeal", diverted(cast), cast.intake_reviewer, at=MONDAY + DAY, is_upheld="yes", words="行")


def test_who_suspected_does_not_judge_the_appeal(cast):
    case = cast.case()
    cast.do("suspect", case, cast.intake_reviewer, at=MONDAY + HOUR, words="骂人")
    cast.do("divert", case, cast.shift_lead, at=MONDAY + 2 * HOUR, **MALICIOUS)
    cast.citizen("appeal", case, at=MONDAY + DAY, words="不服")
    for who, what in ((cast.intake_reviewer, "「提请认定恶意」"), (cast.shift_lead, "「告知途径」")):
        with refused(403, f"{what}是您做的"):
            cast.do("decide_appeal", case, who, at=MONDAY + 2 * DAY, is_upheld="no", words="维持")
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=MONDAY + 2 * DAY, is_upheld="no", words="维持")


# ---- 更正


def test_a_correction_changes_something(cast):
    case = cast.accepted()
    with refused(422, "没有改动"):
        cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, words="看看")
    with refused(422, "没有改动"):
        cast.do(
            "correct", case, cast.shift_lead, at=MONDAY + HOUR, demand_type="complaint", area=cast.area(), words="一样"
        )
    with refused(422, "还缺：为什么改", field="words"):
        cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, demand_type="help")


def test_the_old_value_is_kept_in_row_and_line(cast):
    case = cast.accepted()
    area = cast.area("510824100")
    line = cast.do("correct", case, cast.dispatcher, at=MONDAY + HOUR, area=area, words="写错了镇")
    old_new = {"old": {"area": "510802001"}, "new": {"area": "510824100"}, "waits": False}
    assert written(line) == ("correct", "officer", "pd01", "HOTLINE", {"area": "510824100"} | old_new)
    row = case.corrections.get()
    assert (row.old, row.new, row.by, row.is_applied) == (
        {"area": "510802001"},
        {"area": "510824100"},
        cast.dispatcher,
        True,
    )
    assert (case.area_id, line.columns["area_id"]) == ("510824100", "510824100")


def test_taking_a_case_out_of_the_on_site_class_waits_for_a_second_person(cast):
    """改证据类: by its own name, or by choosing another matter once a unit has it."""
    case = cast.in_hand()
    line = cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, evidence_class="explanation", words="不用到场")
    assert (case.evidence_class, line.says["waits"]) == ("on_site", True)
    cast.do("confirm_correction", case, cast.other_shift_lead, at=MONDAY + HOUR, is_right="yes", words="同意")
    assert case.evidence_class == "explanation"
    other = cast.in_hand()
    line = cast.do(
        "correct", other, cast.shift_lead, at=MONDAY + HOUR, matter=cast.matter("explanation"), words="选错事项"
    )
    assert (other.evidence_class, line.says["waits"]) == ("on_site", True)
    cast.do("confirm_correction", other, cast.dispatcher, at=MONDAY + HOUR, is_right="yes", words="同意")
    assert (other.evidence_class, other.matter) == ("explanation", cast.matter("explanation"))


def test_changes_of_the_evidence_class_can_be_counted(cast):
    for _n in range(2):
        case = cast.in_hand()
        cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, evidence_class="plan", words="要立项")
        cast.do("confirm_correction", case, cast.other_shift_lead, at=MONDAY + HOUR, is_right="yes", words="同意")
    cast.do("correct", cast.in_hand(), cast.shift_lead, at=MONDAY + HOUR, urgency="urgent", words="停水")
    lines = case.lines.model.objects.filter(step="correct", says__new__has_key="evidence_class")
    assert [line.says["old"] for line in lines] == [{"evidence_class": "on_site"}] * 2


def test_a_correction_makes_no_report_open(cast):
    case = cast.accepted(demand_type="report", secrecy="confidential")
    with refused(422, "举报件不能公开", field="secrecy"):
        cast.do("correct", case, cast.shift_lead, at=MONDAY + HOUR, secrecy="open", words="本人同意")
    other = cast.accepted(secrecy="open")
    with refused(422, "举报件不能公开", field="secrecy"):
        cast.do("correct", other, cast.shift_lead, at=MONDAY + HOUR, demand_type="report", words="是举报")
    assert not case.corrections.exists() and not other.corrections.exists()


# ---- who may


def test_a_caller_who_rings_is_served_by_whoever_takes_the_call(cast):
    """The officer stays on the line beside the caller in whose name he acts."""
    case = diverted(cast)
    line = cast.do("appeal", case, Actor("citizen", cast.operator), at=MONDAY + DAY, words="不服")
    assert written(line) == ("appeal", "citizen", "hw01", "HOTLINE", {})


def test_history_is_only_brought_by_the_system(cast):
    with refused(403, "「历史导入」不由您来做"):
        intake.archive(demand=Demand(text="去年路灯不亮"), by=cast.operator, at=MONDAY, key="h")
    case = intake.archive(demand=Demand(text="去年路灯不亮"), by=SYSTEM, at=MONDAY, key="h")
    assert (case.state, case.verdict, case.is_date_known, steps(case)) == ("Z", "", False, "archive")
    assert intake.archive(demand=Demand(text="去年路灯不亮"), by=SYSTEM, at=MONDAY, key="h") == case
