"""What if two take the same step at once? Every row that moves responsibility, on two real connections: one of them does.

Which rows those are is read from the table of steps, so that a new one without its race fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.asking import QUESTIONS
from suqiu.cases.flow import STAY, STEPS, Step
from suqiu.cases.models import OPEN_STATES, Case, Holding, Line
from suqiu.desk.tests import test_queues as at
from suqiu.desk.tests.conftest import NOW
from suqiu.desk.tests.test_steps import WAY, _spoken, _third_half
from suqiu.errors import Refused
from tests.cast import MONDAY, Cast
from tests.committing import transactional_db  # noqa: F401
from tests.test_races import at_once, cast, fresh, holds, of  # noqa: F401 - the fixture too

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
PLAN_ON = (NOW + timedelta(days=40)).date()
BY_NAME_OF_NOBODY = {"citizen": CITIZEN, "system": SYSTEM}
Made = Callable[[Cast], Case]
Acts = list[tuple[str, dict[str, Any]]]


def moves(row: Step) -> bool:
    """It changes the state, names who has it, opens or ends a dispute, or decides what somebody asked."""
    names = any(f.kind in ("officer", "department") for f in row.asks)
    return bool(row.start) and (
        row.to != STAY or names or row.dispute is not None or bool(QUESTIONS & set(row.evidence))
    )


def both(*who: str, **fields: Any) -> Acts:
    return [(name, fields) for name in who]


def yes_and_no(field: str, *who: str, **fields: Any) -> Acts:
    return [(name, {field: said} | fields) for name, said in zip(who, ("yes", "no"), strict=True)]


def _to(*units: str) -> Callable[[Cast, Case], list[dict]]:
    return lambda c, case: [{"department": c.department(unit)} for unit in units]


def _accepted(c: Cast, case: Case) -> list[dict]:
    return [
        {"demand_type": t, "urgency": "normal", "secrecy": "general", "area": c.area()} for t in ("help", "complaint")
    ]


def _drafted(c: Cast, case: Case) -> list[dict]:
    asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
    return [{"reply": f"修好了，{n}。", "account": f"换门机板 {n}", "asks": asks} for n in (1, 2)]


def _named(c: Cast, case: Case) -> list[dict]:
    return [{"officer": c.officer(name)} for name in ("c-housing-jb1", "c-housing-jb2")]


def _third_attempt(c: Cast) -> Case:
    """Rung twice in vain: one more, by the other way, closes it."""
    case = c.sent(at=MONDAY - timedelta(days=7))
    for hours in (20, 10):
        c.do("attempt", case, c.caller_back, at=NOW - timedelta(hours=hours), outcome="no_answer", way="phone")
    return case


RACES: dict[str, tuple[Made, Acts, Callable | None]] = {  # the case, who and what, and what each types that needs rows
    "accept": (lambda c: c.case(), both("hw02", "sl01"), _accepted),
    "ask_caller": (lambda c: c.accepted(), both("sl01", "sl02", words="哪一栋"), None),
    "resume": (at._waiting, both("citizen", "sl02", words="3 栋"), None),
    "answer_at_once": (lambda c: c.case(), both("hw01", "hw02", answer="带证件", source="指南"), None),
    "review_answer": (at._answered, both("sl01", "sl02", is_right="no", words="指南改了"), None),
    "not_answered": (at._answered, both("citizen", "hw02", words="我问的是别的"), None),
    "settle": (at._answered, both("citizen", "system"), None),
    "divert": (lambda c: c.case(), both("sl01", "bz01", **WAY), None),
    "decide_appeal": (at._closing_appealed, yes_and_no("is_upheld", "sl01", "sl02", words="看过了"), None),
    "confirm_correction": (at._to_correct, yes_and_no("is_right", "sl02", "bz01", words="看过了"), None),
    "withdraw": (lambda c: c.in_hand(), both("citizen", "citizen", words="不用了"), None),
    "dispatch": (lambda c: c.accepted(), both("pd01", "pd02"), _to("C-HOUSING", "C-MARKET")),
    "send_on": (at._at_county, both("k-510824-pd1", "k-510824-pd2"), _to("B-510824-HOUSING", "B-510824-MARKET")),
    "send_up": (at._at_county, both("k-510824-pd1", "k-510824-pd2", ground="not_our_area", words="不在本县"), None),
    "return_case": (
        _spoken,
        both("c-housing-sh", "c-housing-sh", ground="not_our_duty", basis="三定方案", words="说了要退"),
        None,
    ),
    "decide_return": (at._returned, yes_and_no("is_upheld", "pd02", "pd02", words="目录第 3 行"), None),
    "sign_in": (lambda c: c.dispatched(), both("c-housing-jb1", "c-housing-jb2"), None),
    "assign": (lambda c: c.in_hand(), both("c-housing-sh", "c-housing-fz"), _named),
    "decide_new_time": (
        at._new_time_asked,
        yes_and_no("is_accepted", "c-housing-jb1", "c-housing-jb2", words="看了"),
        None,
    ),
    "take_new_time": (at._new_time_offered, both("citizen", "hw01"), None),
    "decide_extension": (at._to_extend, yes_and_no("is_upheld", "pd01", "pd02", words="看过了"), None),
    "draft_reply": (lambda c: c.proven(), both("c-housing-jb1", "c-housing-jb2"), _drafted),
    "approve": (lambda c: c.replied(), both("c-housing-sh", "c-housing-fz"), None),
    "send_back": (lambda c: c.replied(), both("c-housing-sh", "c-housing-fz", words="缺日期"), None),
    "ask_to_hang": (
        lambda c: c.proven(),
        both("c-housing-fz", "c-housing-fz", plan="改造", plan_on=PLAN_ON, words="缺资金"),
        lambda c, case: [{"officer": c.handler()}] * 2,
    ),
    "hang": (at._to_hang, both("ld01", "ld02", words="同意"), None),
    "recheck": (at._hung, both("c-housing-jb1", "db01", still="no", words="资金到了，今天开工"), None),
    "off_ledger": (at._hung, both("db01", "db02", words="资金到了"), None),
    "close": (at._half, both("bz01", "db01", verdict="half", words="他自己处理"), None),
    "redo": (at._half, both("bz01", "db01", words="一半没办"), None),
    "refer_up": (_third_half, both("bz01", "db01", words="两次都只办了一半"), None),
    "close_lawful": (at._found_lawful, both("bz01", "ld01", words="同意"), None),
    "decide": (
        at._with_leader,
        [("ld01", {"choice": "handle"}), ("ld02", {"choice": "hang"})],
        lambda c, case: [{"plan_on": PLAN_ON, "words": "月底前", "plan": "换主管", "officer": c.handler()}] * 2,
    ),
    "ask_withdrawn": (
        at._withdrawn,
        [("hf01", {"is_own_will": "no"}), ("hf02", {"is_own_will": "yes"})],
        lambda c, case: [{"outcome": "answered"}] * 2,
    ),
}
BY_THE_RULE = {"close_unanswered"}  # taken inside an attempt: its race is below
BOTH_ARE_TAKEN = {"assign"}  # the later one counts, and the record has both


def test_every_step_that_moves_responsibility_has_its_race():
    assert {row.name for row in STEPS if moves(row)} == set(RACES) | BY_THE_RULE


@pytest.mark.parametrize("name", RACES)
def test_of_two_at_once_one_is_taken(cast, name):  # noqa: F811
    make, acts, typed = RACES[name]
    case = make(cast)
    seen, more = case.line_no, typed(cast, case) if typed else [{}, {}]
    if name == "dispatch":
        more = [m | {"matter": case.matter} for m in more]
    people = [BY_NAME_OF_NOBODY.get(who) or cast.officer(who) for who, _fields in acts]
    answers = at_once(
        *(
            lambda by=by, fields=fields, own=own: cast.do(name, fresh(case), by, at=LATER, seen=seen, **fields | own)
            for by, (_who, fields), own in zip(people, acts, more, strict=True)
        ),
        locked=case,
    )
    lines, refusals = of(Line, answers), of(Refused, answers)
    wanted = (2, 0) if name in BOTH_ARE_TAKEN else (1, 1)
    assert (len(lines), len(refusals)) == wanted, answers
    assert all(no.status in (403, 409, 422) and str(no.reason) for no in refusals)
    assert Line.objects.filter(case=case, step=name, no__gt=seen).count() == len(lines)
    _somebody_answers(fresh(case))
    holds(case)


def _somebody_answers(case: Case) -> None:
    leads = list(Holding.objects.filter(case=case, until=None, role="lead"))
    if case.state not in OPEN_STATES and case.state != "A":
        assert leads == []
        return
    deepest = max(leads, key=lambda h: Holding.DEPTH[h.level])
    assert (deepest.department_id, deepest.officer_id) == (case.lead_department_id, case.lead_officer_id)
    assert len({h.level for h in leads}) == len(leads)


def test_two_callers_in_vain_at_once_close_it_once(cast):  # noqa: F811
    case = _third_attempt(cast)
    answers = at_once(
        *(
            lambda who=who: cast.do("attempt", fresh(case), cast.officer(who), at=LATER, outcome="no_answer", way="sms")
            for who in ("hf01", "hf02")
        ),
        locked=case,
    )
    assert (len(of(Line, answers)), len(of(Refused, answers))) == (1, 1), answers
    assert (fresh(case).verdict, Line.objects.filter(case=case, step="close_unanswered").count()) == ("unanswered", 1)
    holds(case)


@pytest.mark.parametrize("name", ["approve", "send_back"])
def test_taken_back_while_the_unit_goes_on(cast, name):  # noqa: F811
    """Whichever comes first, he has taken it back, and nobody is left holding it."""
    case = cast.replied()
    words = {"words": "缺日期"} if name == "send_back" else {}
    answers = at_once(
        lambda: cast.do("withdraw", fresh(case), CITIZEN, at=LATER, words="不用了"),
        lambda: cast.do(name, fresh(case), cast.reviewer(), at=LATER, **words),
        locked=case,
    )
    assert isinstance(answers[0], Line) and fresh(case).state == "Q"
    assert isinstance(answers[1], Line) or answers[1].status == 409
    _somebody_answers(fresh(case))
    holds(case)


def test_asked_after_a_withdrawal_while_he_appeals(cast):  # noqa: F811
    """Both roads lead back to one new cycle, never to two."""
    case = at._withdrawn(cast)
    cast.citizen("appeal", case, at=NOW, words="不是我撤的")
    answers = at_once(
        lambda: cast.do("ask_withdrawn", fresh(case), cast.caller_back, at=LATER, outcome="answered", is_own_will="no"),
        lambda: cast.do(
            "decide_appeal", fresh(case), cast.intake_reviewer, at=LATER, is_upheld="yes", words="不是本人"
        ),
        locked=case,
    )
    assert (len(of(Line, answers)), len(of(Refused, answers))) == (1, 1), answers
    assert (fresh(case).state, fresh(case).cycle) == ("H", 2)
    holds(case)
