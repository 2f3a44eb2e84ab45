"""May this step be taken? The truth table of every row: states, persons, disputes, evidence. No database."""

from __future__ import annotations

import pytest

from suqiu.cases import rules
from suqiu.cases.flow import BY_NAME, STEPS, Step
from suqiu.cases.models import OPEN_STATES, Case, State
from suqiu.directory.models import Role

# Who, in the words of the hotline. Each name stands for role@relation words.
GROUPS = {
    "受理岗": "operator@hotline shift_lead@hotline intake_reviewer@hotline",
    "第二人": "shift_lead@hotline intake_reviewer@hotline",
    "班长督办": "shift_lead@hotline supervisor@hotline",
    "派单员": "dispatcher@hotline",
    "市派单": "dispatcher@city",
    "县派单": "dispatcher@county",
    "上级派单": "dispatcher@superior",
    "被指": "reviewer@named unit_leader@named",
    "裁定人": "ruler@hotline",
    "主办经办": "handler@lead",
    "主办审核": "reviewer@lead",
    "主办负责人": "unit_leader@lead",
    "主办": "handler@lead reviewer@lead unit_leader@lead",
    "主办领导": "reviewer@lead unit_leader@lead",
    "协办": "handler@assist reviewer@assist unit_leader@assist",
    "首办": "handler@first reviewer@first unit_leader@first",
    "末办": "handler@last reviewer@last unit_leader@last",
    "回访员": "follow_up@hotline",
    "督办员": "supervisor@hotline",
    "市领导": "leader@hotline",
    "本人": "citizen",
    "系统": "system",
}
OPEN = "RWDSHVFLG"
# step: (from, to, who, evidence it must find, dispute it needs)
TABLE = {
    "receive": ("", "R", "operator@hotline 本人 系统", "", None),
    "archive": ("", "Z", "系统", "", None),
    "accept": ("R", "D", "受理岗", "", None),
    "ask_caller": ("RDH", "W", "受理岗 派单员", "", None),
    "resume": ("W", "<", "受理岗 本人 系统", "", None),
    "caller_adds": (OPEN + "M", "=", "受理岗 本人", "", None),
    "answer_at_once": ("RD", "A", "受理岗", "", None),
    "answer_again": ("RD", "A", "受理岗 系统", "", None),
    "review_answer": ("A", "=D", "第二人", "", None),
    "not_answered": ("A", "D", "受理岗 本人", "", None),
    "settle": ("A", "C", "本人 系统", "", None),
    "suspect": ("R", "=", "受理岗", "", None),
    "divert": ("R", "X", "受理岗", "", None),
    "appeal": ("XMCQ", "=", "受理岗 本人", "", None),
    "decide_appeal": ("XMCQ", "=RDSH", "第二人", "appeal", None),
    "correct": ("RDSHV", "=", "第二人 派单员", "", None),
    "confirm_correction": ("RDSHV", "=", "第二人 派单员", "correction", None),
    "withdraw": (OPEN + "M", "Q", "本人", "", None),
    "new_calendar": (OPEN + "AXMCQ", "=", "系统", "", None),
    "merge": ("RDSH", "M", "受理岗 派单员", "", ""),
    "unmerge": ("M", "RDSH", "受理岗 派单员 系统", "", None),
    "lead_event": ("RDSHVWG", "=", "系统", "", None),
    "event_answered": ("M", "F", "系统", "", None),
    "dispatch": ("D", "SD", "市派单", "", ""),
    "send_on": ("D", "S", "县派单", "", ""),
    "send_up": ("D", "D", "县派单", "", ""),
    "return_case": ("SH", "=", "主办审核", "contact", ""),
    "decide_return": ("SH", "=D", "上级派单", "", "returned"),
    "object": ("SH", "=", "主办负责人", "", ""),
    "state_view": ("SHV", "=", "被指 上级派单 派单员", "", ("objected", "panel")),
    "rule": ("SHV", "=S", "裁定人", "", "objected"),
    "to_panel": ("SHV", "=", "裁定人", "", "objected"),
    "confirm_ruling": ("SHV", "=S", "裁定人", "", "panel"),
    "tell_hand_over": ("WSHVFLGM", "=", "首办", "handed_over", None),
    "add_assist": ("SH", "=", "上级派单 派单员", "", None),
    "split": ("SH", "=", "上级派单 派单员", "", None),
    "sign_in": ("S", "H", "主办 系统", "", None),
    "assign": ("SH", "=", "主办领导", "", None),
    "contact": ("SHVG", "=", "主办 协办 首办", "", None),
    "visit": ("HG", "=", "主办 协办", "", None),
    "call_meeting": ("HG", "=", "主办", "", None),
    "meet": ("HG", "=", "主办 协办", "meeting_called", None),
    "not_come": ("WSHVFLG", "=", "系统", "", None),
    "invite": ("HG", "=", "主办", "meeting_called", None),
    "confirm_meeting": ("HVFG", "=", "本人", "meeting_called", None),
    "explain": ("HVFG", "=", "主办 协办", "", None),
    "file_outcome": ("SH", "=", "协办", "", None),
    "decide_asks": ("SH", "=", "协办", "", None),
    "promise": ("SHVFG", "=", "主办 协办 首办", "", None),
    "keep": ("SHVFGCM", "=", "主办 协办 首办 末办 督办员", "", None),
    "renegotiate": ("SHVFG", "=", "主办 协办 首办", "", None),
    "ask_new_time": ("SHVFG", "=", "受理岗 本人", "", None),
    "decide_new_time": ("SHVFG", "=", "主办 协办 首办", "new_time_asked", None),
    "take_new_time": ("SHVFG", "=", "受理岗 本人", "new_time_offered", None),
    "ask_extension": ("H", "=", "主办审核", "", None),
    "decide_extension": ("H", "=", "派单员", "extension_asked", None),
    "draft_reply": ("H", "V", "主办经办", "class assists", ("", "objected", "panel")),
    "first_sees": ("V", "=", "首办 系统", "", None),
    "approve": ("V", "F", "主办领导", "class first_saw", None),
    "send_back": ("V", "H", "主办领导", "", None),
    "ask_to_hang": ("H", "=", "主办负责人", "contact", ""),
    "hang": ("H", "G", "市领导", "hang_asked", ""),
    "recheck": ("G", "=H", "主办 督办员 回访员", "", None),
    "off_ledger": ("G", "H", "督办员", "", None),
    "attempt": ("F", "=", "回访员 本人", "", None),
    "close": ("F", "C", "系统 班长督办", "answered family_signed", None),
    "close_unanswered": ("F", "C", "系统", "three_attempts family_signed", None),
    "sign_family": ("FL", "=", "市领导", "family_waits", None),
    "redo": ("F", "H", "系统 班长督办", "answered", None),
    "refer_up": ("F", "L", "系统 班长督办", "answered", None),
    "find_lawful": ("FL", "=", "回访员 督办员", "answered", None),
    "close_lawful": ("FL", "C", "shift_lead@hotline 市领导", "lawful_found family_signed", None),
    "decide": ("L", "HG", "市领导", "", None),
    "ask_withdrawn": ("Q", "=DH", "回访员", "to_ask_withdrawn", None),
    "recheck_on_spot": ("C", "=H", "督办员 回访员", "", None),
    "look_back": ("C", "=H", "回访员 本人", "", None),
    "remind": ("DSHVG", "=", "班长督办 派单员", "", None),
}
NOT_BY = {
    "review_answer": ("answer_at_once", "answer_again"),
    "decide_appeal": ("*",),
    "confirm_correction": ("correct",),
    "decide_return": ("dispatch", "send_on"),
    "approve": ("draft_reply",),
    "send_back": ("draft_reply",),
    "close": ("attempt",),
    "redo": ("attempt",),
    "refer_up": ("attempt",),
    "close_lawful": ("find_lawful",),
    "hang": ("ask_to_hang",),
    "rule": ("object",),
    "to_panel": ("object",),
    "confirm_ruling": ("to_panel", "object"),
    "recheck_on_spot": ("attempt", "close"),
}
# Steps that record what was said or asked; third-party staff may take these and no others.
RECORDING = (
    "receive archive accept ask_caller resume caller_adds answer_at_once answer_again review_answer not_answered settle suspect divert "
    "appeal correct confirm_correction withdraw new_calendar lead_event event_answered off_ledger attempt close_unanswered "
    "ask_withdrawn ask_new_time take_new_time remind not_come confirm_meeting look_back"
).split()
EVERYBODY = [f"{role}@{relation}" for role in Role.values for relation in rules.RELATIONS] + ["citizen", "system"]
FULL = sorted(
    {*rules.EVIDENCE_LABELS} - {"assists", "family_waits"}
)  # everything held: evidence is no reason to refuse

STARTING = [s for s in STEPS if s.start]
by_name = pytest.mark.parametrize("row", STARTING, ids=lambda s: s.name)


def who(row: Step) -> set[str]:
    return {word for name in TABLE[row.name][2].split() for word in GROUPS.get(name, name).split()}


def a_case(row: Step, state: str | None = None, **columns) -> Case:
    """A case in which nothing but what the test changes stands in the way of this step."""
    plain = {
        "state": state or row.start[0],
        "dispute": row.disputes[-1] if row.disputes else "",
        "evidence_class": "on_site",
    }
    plain |= {
        "first_department_id": "A",
        "lead_department_id": "B",
        "evidence_held": [*FULL, *({"family_waits"} & set(row.evidence))],
    }
    return Case(**(plain | columns))


def asked_by(row: Step, case: Case, word: str, **more) -> rules.Refusal | None:
    """The answer to somebody who stands in just this relation."""
    return rules.refusal(row, case, word if "@" not in word else "officer", {word} if "@" in word else set(), **more)


def somebody(row: Step) -> str:
    return row.who[0]


def test_the_table_is_the_one_agreed():
    assert list(TABLE) == [s.name for s in STEPS]
    for s in STEPS:
        start, to, _who, evidence, dispute = TABLE[s.name]
        found = (sorted(s.start), s.to, set(s.who), " ".join(s.evidence), s.dispute)
        assert found == (sorted(start), to, who(s), evidence, dispute), s.name
        assert s.not_by == NOT_BY.get(s.name, ()), s.name
        assert s.is_handling == (s.name not in RECORDING), s.name


@by_name
def test_a_step_is_taken_in_its_states_and_in_no_other(row: Step):
    for state in State:
        answer = asked_by(row, a_case(row, state.value), somebody(row))
        if state.value in TABLE[row.name][0]:
            assert answer is None, state
            continue
        assert answer.kind == "state" and str(row.label) in answer.reason, state
        for start in row.start:
            assert str(State(start).label) in answer.reason
        no = answer.error(a_case(row, state.value))
        assert (no.status, no.state, no.who_can) == (409, state.label, rules.who_can(row))


@by_name
def test_a_step_is_taken_by_those_named_and_by_nobody_else(row: Step):
    allowed = who(row)
    for word in EVERYBODY:
        answer = asked_by(row, a_case(row), word)
        if word in allowed:
            assert answer is None, word
        else:
            assert answer.kind == "person" and answer.error(a_case(row)).status == 403, word
            assert answer.reason == f"「{row.label}」不由您来做" and answer.who_can.startswith("能做的是："), word


@by_name
def test_nobody_is_somebody_without_a_relation(row: Step):
    assert rules.refusal(row, a_case(row), "officer", set()).kind == "person"


@by_name
def test_a_dispute_stands_in_the_way_where_the_row_says_so(row: Step):
    needed = TABLE[row.name][4]
    allowed = (needed,) if isinstance(needed, str) else needed
    for dispute in ("", "returned", "objected", "panel"):
        answer = asked_by(row, a_case(row, dispute=dispute), somebody(row))
        if allowed is None or dispute in allowed:
            assert answer is None, dispute
        else:
            assert answer.kind == "dispute" and answer.error(a_case(row)).status == 409
            assert ("争议还没有结" in answer.reason) == ("" in allowed)


@by_name
def test_the_evidence_of_the_row_is_asked_for_by_name(row: Step):
    needed = {
        k for kind in TABLE[row.name][3].split() for k in ({"class": "contact visit photo"}.get(kind, kind)).split()
    }
    for kind in needed - {"assists", "first_saw", "handed_over", "family_signed"}:
        answer = asked_by(row, a_case(row, evidence_held=[k for k in FULL if k != kind]), somebody(row))
        assert answer.kind == "evidence" and answer.error(a_case(row)).status == 422
        assert answer.reason == f"还差：{rules.evidence_label(kind)}" and answer.who_can == "补上就能做"
    if not needed:
        assert asked_by(row, a_case(row, evidence_held=[]), somebody(row)) is None


@pytest.mark.parametrize(
    ("evidence_class", "needed"),
    [("on_site", "contact visit photo"), ("explanation", "contact legal_basis"), ("plan", "contact plan plan_date")],
)
def test_the_class_of_the_matter_says_what_a_reply_rests_on(evidence_class, needed):
    row = BY_NAME["draft_reply"]
    case = a_case(row, evidence_class=evidence_class, evidence_held=[])
    assert rules.missing_evidence(row, case) == needed.split()
    assert rules.missing_from_others(row, case) == [
        k for k in needed.split() if k not in ("legal_basis", "plan", "plan_date")
    ]
    case.evidence_held = needed.split()
    assert rules.missing_evidence(row, case) == []


def test_an_outcome_of_an_assist_is_awaited_only_while_one_is_out():
    row = BY_NAME["draft_reply"]
    assert rules.missing_evidence(row, a_case(row, evidence_held=["contact", "visit", "photo", "assists_open"])) == [
        "assists"
    ]
    assert rules.missing_evidence(row, a_case(row, evidence_held=["contact", "visit", "photo"])) == []


def test_the_first_department_must_have_seen_it_only_when_another_one_replies():
    row, proof = BY_NAME["approve"], ["contact", "visit", "photo"]
    assert rules.missing_evidence(row, a_case(row, evidence_held=proof)) == ["first_saw"]
    assert rules.missing_evidence(row, a_case(row, evidence_held=[*proof, "first_saw"])) == []
    assert rules.missing_evidence(row, a_case(row, evidence_held=proof, lead_department_id="A")) == []


def test_a_leaders_signature_is_lacking_only_while_it_is_awaited():
    for name in ("close", "close_unanswered", "close_lawful"):
        row = BY_NAME[name]
        assert rules.missing_evidence(row, a_case(row)) == []
        assert rules.missing_evidence(row, a_case(row, evidence_held=[*FULL, "family_waits"])) == ["family_signed"]


def test_a_hand_over_is_told_only_where_there_was_one():
    row = BY_NAME["tell_hand_over"]
    assert rules.missing_evidence(row, a_case(row, evidence_held=[])) == []
    assert rules.missing_evidence(row, a_case(row, evidence_held=[], lead_department_id="A")) == ["handed_over"]
    assert rules.missing_evidence(row, a_case(row, evidence_held=["handed_over"], lead_department_id="A")) == []


@pytest.mark.parametrize("row", [s for s in STARTING if any("@" in w for w in s.who)], ids=lambda s: s.name)
def test_third_party_staff_record_and_do_not_handle(row: Step):
    """国办函〔2025〕66号, 三: they cannot handle, close or rule."""
    officer = next(w for w in row.who if "@" in w)
    answer = asked_by(row, a_case(row), officer, is_third_party=True)
    if row.name in RECORDING:
        assert answer is None
    else:
        assert answer.kind == "outsider" and answer.error(a_case(row)).status == 403
        assert answer.reason == "第三方人员只记录，不能办理、裁定或办结"


def test_the_first_reason_that_fails_is_the_one_told():
    """State before person before dispute before evidence: whoever can do nothing here is not sent to fetch a photo."""
    row = BY_NAME["return_case"]
    wrong_in_all = a_case(row, "R", dispute="returned", evidence_held=[])
    assert asked_by(row, wrong_in_all, "citizen").kind == "state"
    wrong_in_all.state = "H"
    assert asked_by(row, wrong_in_all, "citizen").kind == "person"
    assert asked_by(row, wrong_in_all, "reviewer@lead").kind == "dispute"
    wrong_in_all.dispute = ""
    assert asked_by(row, wrong_in_all, "reviewer@lead").kind == "evidence"
    assert asked_by(row, wrong_in_all, "reviewer@lead", mind_evidence=False) is None


def test_every_state_a_step_leads_to_has_a_way_on_or_is_an_end():
    ends = {"C", "Q", "Z"}  # an open promise may still be kept after closure
    reached = {to for s in STEPS for to in s.to} - {"=", "<"}
    assert reached == set(State.values)
    for state in reached - ends:
        assert any(state in s.start and set(s.to) - {"="} for s in STEPS), state
    assert {s.name for s in STEPS if set(s.start) & ends} == {
        "keep", "appeal", "decide_appeal", "ask_withdrawn", "recheck_on_spot", "look_back", "new_calendar",
    }  # fmt: skip
    assert set(OPEN) == set(OPEN_STATES)


@by_name
def test_who_can_names_people_and_not_codes(row: Step):
    said = rules.who_can(row)
    assert said.startswith("能做的是：") and "@" not in said
    assert not any(role in said for role in Role.values)
