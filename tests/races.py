"""Which two people could take one step at the same moment? A case, who, and what each of them types, for every row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.asking import QUESTIONS
from suqiu.cases.flow import STAY, Step
from suqiu.cases.models import Case
from suqiu.desk.tests import test_queues as at
from suqiu.desk.tests.conftest import NOW
from suqiu.desk.tests.test_steps import WAY, _merged, _spoken, _third_half, _told_before
from tests.cast import MONDAY, Cast, photo
from tests.racing import HOUR

LATER = NOW + HOUR
PLAN_ON = (NOW + timedelta(days=40)).date()
BY_NAME_OF_NOBODY = {"citizen": CITIZEN, "system": SYSTEM}
Made = Callable[[Cast], Case]
Acts = list[tuple[str, dict[str, Any]]]


def moves(row: Step) -> bool:
    """It changes the state, names who has it, opens or ends a dispute, or decides what somebody asked or waits for."""
    names = any(f.kind in ("officer", "department", "departments") for f in row.asks)
    decides = (QUESTIONS | {"family_waits"}) & set(row.evidence)
    return bool(row.start) and (row.to != STAY or names or row.dispute is not None or bool(decides))


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


def _into_two(c: Cast, case: Case) -> list[dict]:
    return [{"into": c.in_hand(at=NOW - 2 * HOUR), "words": "同一部电梯"} for _n in range(2)]


def _earlier(c: Cast, case: Case) -> list[dict]:
    return [{"earlier": Case.objects.filter(person=case.person).exclude(pk=case.pk).get()}] * 2


def answered_for_all(c: Cast) -> Case:
    """Merged, and the reply for everybody is out: only the worker has not been there yet."""
    case = _merged(c)
    lead = case.event.lead
    c.prove(lead, at=NOW - 6 * HOUR)
    c.reply(lead, at=NOW - 6 * HOUR, to_others="同一部电梯修好了。")
    c.do("approve", lead, c.reviewer(), at=NOW)
    return case


def approved_of(c: Cast, case: Case) -> list[dict]:
    return [{"approved": case.event.lead.lines.get(step="approve")}] * 2


def _ruled(outcome: str, unit: str = "") -> Callable[[Cast], dict]:
    said = {"outcome": outcome, "basis": "目录", "words": "谁挖掘谁恢复", "reach": "all"}
    return lambda c: said | ({"department": c.department(unit)} if unit else {})


def _two_rulings(c: Cast, case: Case) -> list[dict]:
    return [_ruled("moves", "C-MARKET")(c), _ruled("stays")(c)]


def _one_point(c: Cast, case: Case) -> list[dict]:
    return [{"points": [2], "department": c.department(unit), "days": 3} for unit in ("C-MARKET", "C-FIRE")]


def _same_helper(c: Cast, case: Case) -> list[dict]:
    return [{"departments": [c.department("C-MARKET")], "days": 3}] * 2


def _two_hours(c: Cast, case: Case) -> list[dict]:
    units = {"departments": [c.department("C-MARKET")], "place": "楼下"}
    return [units | {"meets_at": NOW + timedelta(days=n)} for n in (1, 2)]


def _seen_on_spot(c: Cast, case: Case) -> list[dict]:
    return [{"visited_at": NOW, "words": "看了", "photos": [photo(colour=colour)]} for colour in ("red", "blue")]


def third_attempt(c: Cast) -> Case:
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
    "correct": (
        lambda c: c.in_hand(demand_type="consult"),
        both("sl01", "bz01", demand_type="complaint", words="是投诉"),
        None,
    ),
    "answer_again": (_told_before, both("hw01", "hw02"), _earlier),
    "merge": (lambda c: c.accepted(), both("hw01", "sl01"), _into_two),
    "unmerge": (_merged, both("hw01", "bz01", words="不是同一部"), None),
    "event_answered": (answered_for_all, both("system", "system"), approved_of),
    "object": (
        lambda c: c.in_hand(),
        both("c-housing-fz", "c-housing-fz", words="别家抢修留下的", basis="三定方案"),
        None,
    ),
    "state_view": (at.objected, both("c-market-fz", "pd01", words="不归我们"), None),
    "rule": (at.objected, both("cd01", "cd02"), _two_rulings),
    "to_panel": (at.objected, both("cd01", "cd02"), _two_rulings),
    "confirm_ruling": (at.before_panel, yes_and_no("is_right", "cd02", "cd02", words="看过了"), None),
    "add_assist": (lambda c: c.in_hand(), both("pd01", "pd02", words="一起看"), _same_helper),
    "split": (lambda c: c.in_hand(), both("pd01", "pd02", words="检验归它"), _one_point),
    "call_meeting": (lambda c: c.in_hand(), both("c-housing-jb1", "c-housing-jb2"), _two_hours),
    "sign_family": (at._third_time, yes_and_no("is_upheld", "ld01", "ld02", words="看过了"), None),
    "recheck_on_spot": (
        lambda c: c.drawn(at=NOW - timedelta(days=3)),
        yes_and_no("as_told", "db01", "db02"),
        _seen_on_spot,
    ),
    "look_back": (
        lambda c: c.drawn(at=NOW - timedelta(days=36)),
        yes_and_no("still", "citizen", "hf02", outcome="answered"),
        None,
    ),
}
BY_THE_RULE = {"close_unanswered"}  # taken inside an attempt: its race is below
BOTH_ARE_TAKEN = {
    "assign": "the later one counts, and the record has both",
    "state_view": "each side has its say, and neither takes the other's away",
}
