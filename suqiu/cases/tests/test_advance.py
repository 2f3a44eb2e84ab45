"""How does a case move? One line a step, equal to the columns; once a key; never past what somebody else did meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from suqiu.cases.advance import CITIZEN, SYSTEM, Actor, columns, hashed
from suqiu.cases.flow import BY_NAME, STEPS
from suqiu.cases.models import Case, Cycle, Line, State
from suqiu.directory import chain
from suqiu.directory.models import Grant, Matter, Role
from suqiu.intake.demand import Demand
from tests.cast import MONDAY
from tests.reading import last, refused, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DIVERT = {
    "routing_class": "legal",
    "reason": "in_court",
    "basis": "信访条例",
    "way": "区法院",
    "words": "法院正在审",
}


def grant(officer, role, unit="HOTLINE"):
    Grant.objects.create(officer=officer, role=role, department_id=unit, since=MONDAY.date())


def all_states(cast) -> dict[str, Case]:
    """One case in each state that steps lead to."""
    new = cast.another  # so many of one caller would be a family, and closed by a leader alone
    made = {
        "R": new().case(),
        "D": new().accepted(),
        "S": new().dispatched(),
        "H": new().in_hand(),
        "V": new().replied(),
        "F": new().sent(),
        "C": new().closed(),
        **{state: new().accepted() for state in "WAQ"},
        **{state: new().case() for state in "XZ"},
        "G": new().proven(),
        "L": new().sent(),
        "M": new().accepted(),
    }
    at = MONDAY + DAY
    cast.do("merge", made["M"], cast.operator, at=at, into=made["D"], words="同一部电梯")
    cast.do("ask_caller", made["W"], cast.operator, at=at, words="哪一栋？")
    cast.do("answer_at_once", made["A"], cast.operator, at=at, answer="每天 7 点到 22 点。", source="供水公司公告")
    cast.citizen("withdraw", made["Q"], at=at)
    cast.do("divert", made["X"], cast.operator, at=at, **DIVERT)
    archived = import_string("suqiu.intake.actions.archive")
    made["Z"] = archived(demand=Demand(text="去年路灯不亮"), by=SYSTEM, at=at, key="old-1")
    plan = {"plan": "明年换新", "plan_on": (MONDAY + 90 * DAY).date(), "words": "要先立项"}
    cast.do("ask_to_hang", made["G"], cast.unit_leader(), at=at, officer=cast.handler(), **plan)
    cast.do("hang", made["G"], cast.leader, at=at, words="同意")
    for cycle in (1, 2, 3):
        cast.ask_back(made["L"], at=MONDAY + cycle * DAY, solved="no")
        if cycle < 3:
            cast.prove(made["L"], at=MONDAY + cycle * DAY)
            cast.reply(made["L"], at=MONDAY + cycle * DAY)
            cast.do("approve", made["L"], cast.reviewer(), at=MONDAY + cycle * DAY + 7 * HOUR)
    assert {letter: case.state for letter, case in made.items()} == {letter: letter for letter in made}
    return made


def test_every_action_refuses_the_states_its_row_does_not_name(cast):
    made = all_states(cast)
    assert set(made) == set(State.values)
    for row in [s for s in STEPS if s.start]:
        for letter, case in made.items():
            if letter in row.start:
                continue
            before = case.line_no
            with refused(409, f"「{row.label}」要在", str(State(letter).label), "能做的是："):
                cast.do(row.name, case, CITIZEN, at=MONDAY + 9 * DAY)
            assert Case.objects.get(pk=case.pk).line_no == before


def test_every_action_refuses_whoever_the_row_does_not_name(cast):
    """The administrator has an account, and no part in any case."""
    made = all_states(cast)
    for row in [s for s in STEPS if s.start]:
        with refused(403, f"「{row.label}」不由您来做", "能做的是："):
            cast.do(row.name, made[row.start[0]], cast.administrator, at=MONDAY + 9 * DAY)


def test_a_step_is_a_row_and_a_line_of_equal_columns(cast):
    case = cast.case()
    line = cast.do(
        "accept",
        case,
        cast.operator,
        at=MONDAY + HOUR,
        demand_type="complaint",
        urgency="normal",
        secrecy="general",
        area=cast.area(),
        matter=cast.matter(),
        ask_lines="修好电梯",
    )
    assert written(line) == (
        "accept",
        "officer",
        "hw01",
        "HOTLINE",
        {
            "demand_type": "complaint",
            "area": "510802001",
            "urgency": "normal",
            "secrecy": "general",
            "matter": cast.matter().pk,
        },
    )
    assert words(line) == {"ask_lines": "修好电梯"}
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.line_no, row.head) == ("D", 2, line.hash)
    assert Line.objects.get(pk=line.pk).columns == columns(row)
    assert {"state": "D", "demand_type": "complaint", "closed_at": None, "hops": 0}.items() <= line.columns.items()


def test_the_chain_holds_from_line_to_line(cast):
    case = cast.closed()
    before = ""
    for number, line in enumerate(case.lines.order_by("no"), 1):
        assert (line.no, line.prev) == (number, before)
        assert line.hash == chain.link(hashed(line, case.number))
        before = line.hash
    assert (case.head, case.line_no) == (before, number)


def test_texts_lie_beside_the_line_as_salted_digests(cast):
    case = cast.in_hand()
    line = cast.do(
        "contact", case, cast.handler(), at=MONDAY + 2 * HOUR, way="phone", outcome="connected", words="说好下午去"
    )
    text = case.contents.get(line_no=line.no)
    assert line.contents == {"words": chain.digest(text.salt, "说好下午去".encode())}
    assert "说好下午去" not in str(line.says) + str(line.columns)


def test_the_given_object_shows_what_is_now_in_the_database(cast):
    case = cast.case()
    stale = Case.objects.get(pk=case.pk)
    cast.do("caller_adds", stale, CITIZEN, at=MONDAY + HOUR, words="还是没人来")
    cast.do("caller_adds", case, CITIZEN, at=MONDAY + HOUR, words="第二次说")
    assert (case.line_no, stale.line_no) == (3, 2)


# ---- keys


def test_the_same_key_gives_the_same_line(cast):
    case = cast.case()
    first = cast.do("caller_adds", case, CITIZEN, at=MONDAY + HOUR, key="form-1", words="还是没人来")
    again = cast.do("caller_adds", case, CITIZEN, at=MONDAY + 2 * HOUR, key="form-1", words="别的话")
    assert again == first and steps(case) == "receive caller_adds"
    assert words(again) == {"words": "还是没人来"}


def test_the_same_key_is_answered_even_when_the_state_has_moved_on(cast):
    case = cast.dispatched()
    first = cast.do("sign_in", case, cast.handler(), at=MONDAY + HOUR, key="form-2")
    assert case.state == "H"
    assert cast.do("sign_in", case, cast.handler(), at=MONDAY + 2 * HOUR, key="form-2") == first


def test_a_used_key_is_refused_to_another_step_and_to_another_case(cast):
    case, other = cast.case(), cast.case()
    cast.do("caller_adds", case, CITIZEN, at=MONDAY + HOUR, key="form-3", words="还是没人来")
    with refused(409, "这份表单已经用过了"):
        cast.do("withdraw", case, CITIZEN, at=MONDAY + HOUR, key="form-3")
    with refused(409, "这份表单已经用过了"):
        cast.do("caller_adds", other, CITIZEN, at=MONDAY + HOUR, key="form-3", words="还是没人来")
    assert (steps(case), steps(other)) == ("receive caller_adds", "receive")


def test_receiving_twice_with_one_key_is_one_case_and_one_code(cast):
    receive = import_string("suqiu.intake.actions.receive")
    case, code = receive(demand=Demand(text="路灯不亮"), by=CITIZEN, at=MONDAY, key="web-1")
    again, no_code = receive(demand=Demand(text="路灯不亮"), by=CITIZEN, at=MONDAY + HOUR, key="web-1")
    assert again == case and (len(code), no_code) == (8, "") and case.lines.count() == 1


# ---- a form opened before


def test_a_form_opened_before_the_state_changed_is_refused_with_who_and_when(cast):
    case = cast.replied()
    seen = case.line_no
    cast.do("send_back", case, cast.reviewer(), at=MONDAY + 7 * HOUR, words="说清楚哪天换的")
    cast.reply(case, at=MONDAY + 2 * HOUR)
    with refused(409, cast.reviewer().full_name, "16:00", "「退回改」", "您写的字还在"):
        cast.do("approve", case, cast.reviewer(), at=MONDAY + 9 * HOUR, seen=seen)
    assert case.state == "V"


def test_a_form_survives_lines_that_changed_nothing_about_it(cast):
    case = cast.in_hand()
    seen = case.line_no
    cast.citizen("caller_adds", case, at=MONDAY + HOUR, words="水还在漏")
    line = cast.do(
        "contact", case, cast.handler(), at=MONDAY + 2 * HOUR, seen=seen, way="phone", outcome="connected", words="好"
    )
    assert line.no == seen + 2


def test_what_one_decided_the_other_is_told(cast):
    """An extension, an appeal, a correction and a return are decided once; the second form says by whom."""
    case = cast.in_hand()
    cast.do("ask_extension", case, cast.reviewer(), at=MONDAY + DAY, days=3, words="等配件")
    seen = case.line_no
    cast.do("decide_extension", case, cast.dispatcher, at=MONDAY + DAY, is_upheld="yes", words="同意")
    with refused(409, cast.dispatcher.full_name, "「审延期」"):
        cast.do(
            "decide_extension", case, cast.other_dispatcher, at=MONDAY + DAY, seen=seen, is_upheld="no", words="不同意"
        )


# ---- who


def test_whoever_wrote_it_does_not_decide_on_it(cast):
    case = cast.proven()
    both = cast.handler()
    grant(both, Role.REVIEWER, "C-HOUSING")
    cast.reply(case, at=MONDAY)
    for step in ("approve", "send_back"):
        with refused(403, "「拟答复」是您做的", "另一位同事"):
            cast.do(step, case, cast.handler(), at=MONDAY + 7 * HOUR, words="看过")
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)


def test_who_edits_becomes_the_author(cast):
    """Sent back and written anew by another hand: the first author may now review it."""
    case = cast.replied()
    cast.do("send_back", case, cast.reviewer(), at=MONDAY + 7 * HOUR, words="缺日期")
    asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
    second = cast.officer("c-housing-jb2")
    cast.do("draft_reply", case, second, at=MONDAY + 8 * HOUR, reply="9 日已换好。", account="换门机板。", asks=asks)
    grant(cast.handler(), Role.REVIEWER, "C-HOUSING")
    line = cast.do("approve", case, cast.handler(), at=MONDAY + 9 * HOUR)
    assert written(line)[:4] == ("approve", "officer", "c-housing-jb1", "C-HOUSING")


def test_an_officer_speaks_for_the_caller_only_from_the_hotline(cast):
    """A unit that could withdraw in the caller's name would be rid of every case it dislikes."""
    case = cast.in_hand()
    for officer in (cast.handler(), cast.unit_leader(), cast.county_dispatcher):
        with refused(403, "「撤单」不由您来做", "来电人本人"):
            cast.do("withdraw", case, Actor("citizen", officer), at=MONDAY + 2 * HOUR)
    line = cast.do("withdraw", case, Actor("citizen", cast.operator), at=MONDAY + 2 * HOUR, words="电话里说不用办了")
    assert written(line) == ("withdraw", "citizen", "hw01", "HOTLINE", {}) and case.state == "Q"


def test_no_officer_withdraws_in_his_own_name(cast):
    case = cast.in_hand()
    for officer in (cast.operator, cast.shift_lead, cast.leader, cast.unit_leader()):
        with refused(403, "「撤单」不由您来做"):
            cast.do("withdraw", case, officer, at=MONDAY + 2 * HOUR)
    with refused(403, "「撤单」不由您来做"):
        cast.do("withdraw", case, SYSTEM, at=MONDAY + 2 * HOUR)


def test_only_an_operator_takes_a_call(cast):
    receive = import_string("suqiu.intake.actions.receive")
    for officer in (cast.handler(), cast.leader, cast.administrator):
        with refused(403, "「登记」不由您来做"):
            receive(demand=Demand(text="路灯不亮"), by=officer, at=MONDAY, key=f"k-{officer.pk}")
    assert not Case.objects.exists()


def test_third_party_staff_record_but_do_not_close(cast):
    outsider = cast.outsider
    for role in (Role.SHIFT_LEAD, Role.DISPATCHER, Role.FOLLOW_UP):
        grant(outsider, role)
    case = cast.accepted()
    with refused(403, "第三方人员只记录"):
        cast.do("dispatch", case, outsider, at=MONDAY + HOUR, matter=case.matter, department=cast.department())
    sent = cast.sent()
    cast.do("attempt", sent, outsider, at=MONDAY + DAY, way="phone", outcome="answered", solved="half")
    other = cast.sent()
    cast.ask_back(other, at=MONDAY + DAY, solved="half")
    for step in ({"name": "close", "verdict": "half"}, {"name": "redo"}, {"name": "refer_up"}):
        with refused(403, "第三方人员只记录"):
            cast.do(case=other, by=cast.officer("hw03"), at=MONDAY + 2 * DAY, words="行", **step)


# ---- what is asked for


def test_what_is_missing_is_named_and_the_field_pointed_at(cast):
    case = cast.in_hand()
    with refused(422, "还缺：怎么联系、结果、说了什么", field="way"):
        cast.do("contact", case, cast.handler(), at=MONDAY + HOUR)
    with refused(422, "还缺：说了什么", field="words"):
        cast.do("contact", case, cast.handler(), at=MONDAY + HOUR, way="phone", outcome="connected", words="")


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("contact", {"way": "telepathy", "outcome": "connected", "words": "说了"}, "way"),
        ("contact", {"way": "phone", "outcome": "perhaps", "words": "说了"}, "outcome"),
        ("contact", {"way": "phone", "outcome": "connected", "words": "说了", "minutes": 70000}, "minutes"),
        ("contact", {"way": "phone", "outcome": "connected", "words": "说了", "minutes": -1}, "minutes"),
        ("promise", {"what": "长" * 201, "due_at": MONDAY + DAY}, "what"),
        ("visit", {"visited_at": MONDAY + 2 * HOUR, "place": "长" * 201, "words": "看了"}, "place"),
    ],
)
def test_a_value_no_form_of_ours_would_send_is_refused(cast, step, fields, field):
    case = cast.in_hand()
    with refused(422, "「", field=field):
        cast.do(step, case, cast.handler(), at=MONDAY + 3 * HOUR, **fields)
    assert last(case).step == "sign_in"


def test_a_matter_without_a_class_of_evidence_is_not_chosen(cast):
    """A reply on a branch of the catalogue would rest on nothing: closed on paper."""
    case = cast.accepted()
    branch = Matter.objects.filter(level=2).first()
    assert branch.evidence_class == ""
    with refused(422, "最末一级", field="matter"):
        cast.do("dispatch", case, cast.dispatcher, at=MONDAY + HOUR, matter=branch, department=cast.department())


# ---- states and cycles


def test_the_time_of_closing_is_set_once_and_taken_back_when_it_reopens(cast):
    case = cast.case()
    cast.do("divert", case, cast.operator, at=MONDAY + HOUR, **DIVERT)
    assert case.closed_at == MONDAY + HOUR
    cast.citizen("appeal", case, at=MONDAY + DAY, words="没有在法院")
    assert case.closed_at == MONDAY + HOUR
    cast.do("decide_appeal", case, cast.shift_lead, at=MONDAY + 2 * DAY, is_upheld="yes", words="确实没有立案")
    assert case.closed_at is None


def test_answered_at_once_is_closed_when_the_caller_settles_it(cast):
    case = cast.case()
    cast.do("answer_at_once", case, cast.operator, at=MONDAY + HOUR, answer="7 点到 22 点。", source="公告")
    assert (case.state, case.closed_at) == ("A", None)
    cast.citizen("settle", case, at=MONDAY + DAY)
    assert (case.state, case.closed_at) == ("C", MONDAY + DAY)


def test_a_correction_that_waits_outlives_the_cycle(cast):
    """The reply went out and came back as a redo meanwhile: the second person still finds one question, not two."""
    case = cast.replied(demand_type="consult")
    change = {"demand_type": "complaint", "words": "实际是投诉"}
    cast.do("correct", case, cast.shift_lead, at=MONDAY + 7 * HOUR, **change)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 8 * HOUR)
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    assert (case.state, case.cycle, case.evidence_held) == ("H", 2, ["correction"])
    with refused(409, "还有一项更正在等第二人复核"):
        cast.do("correct", case, cast.shift_lead, at=MONDAY + DAY, **change)
    cast.do("confirm_correction", case, cast.other_shift_lead, at=MONDAY + DAY, is_right="yes", words="对")
    assert (case.demand_type, case.evidence_held) == ("complaint", [])


def test_a_cycle_keeps_its_first_verdict(cast):
    case = all_states(cast)["L"]
    cast.do("find_lawful", case, cast.supervisor, at=MONDAY + 4 * DAY, basis="物业管理条例", words="业委会未成立")
    cast.do("close_lawful", case, cast.leader, at=MONDAY + 5 * DAY, words="同意")
    assert (case.state, case.verdict) == ("C", "lawful_unsolved")
    assert list(Cycle.objects.filter(case=case).values_list("no", "verdict")) == [(1, "no"), (2, "no"), (3, "no")]


def test_the_database_finds_every_line_equal_to_its_case(cast):
    """What the deferred triggers would say at commit, asked now."""
    all_states(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_row_is_bound_to_a_function_of_its_name():
    for row in STEPS:
        action = import_string(row.action)
        assert callable(action) and (row.name in ("receive", "archive") or action.row is BY_NAME[row.name])
