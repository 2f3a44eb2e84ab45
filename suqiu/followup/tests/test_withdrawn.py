"""撤单抽问: was it his own will? Asked of a share of those that a unit had spoken with, by nobody of a unit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import sampling
from suqiu.cases.models import Case, Share
from suqiu.directory.models import Grant, Notice
from tests.cast import MONDAY, run_jobs
from tests.reading import clock, due, holders, refused, running, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def taken_back(cast) -> Case:
    case = cast.proven()
    cast.citizen("withdraw", case, at=MONDAY + DAY, words="撤")
    return case


def ask(cast, case: Case, *, at=MONDAY + DAY + HOUR, by=None, **said):
    return cast.do("ask_withdrawn", case, by or cast.caller_back, at=at, **said)


def test_his_own_will_ends_it(cast):
    case = taken_back(cast)
    assert "to_ask_withdrawn" in case.evidence_held and due(case, "follow_up") == "06-12 17:00"
    line = ask(cast, case, outcome="answered", is_own_will="yes", words="自己修好了")
    assert written(line) == (
        "ask_withdrawn",
        "officer",
        "hf01",
        "HOTLINE",
        {"outcome": "answered", "is_own_will": "yes"},
    )
    assert (case.state, running(case), case.cycle) == ("Q", "", 1) and "to_ask_withdrawn" not in case.evidence_held
    with refused(422, "还差：抽中要问的撤单"):
        ask(cast, case, outcome="answered", is_own_will="yes")


def test_not_his_will_takes_it_up_again_and_the_supervisor_hears(cast):
    case = taken_back(cast)
    run_jobs()
    ask(cast, case, outcome="answered", is_own_will="no", words="单位让我先撤")
    assert (case.state, case.cycle, case.closed_at, case.evidence_held) == ("H", 2, None, ["not_his_will"])
    assert sorted(holders(case)) == [("first", "C-HOUSING"), ("lead", "C-HOUSING"), ("lead", "HOTLINE")]
    assert running(case) == "contact outer unit" and clock(case, "contact").anchor_at == MONDAY + DAY + HOUR
    assert [c.verdict for c in case.cycles.all()] == ["withdrawn", ""]
    run_jobs()
    heard = set(
        Notice.objects.filter(case_number=case.number, text__startswith="问是不是自己撤的").values_list(
            "officer__username", flat=True
        )
    )
    assert {"db01", "c-housing-jb1"} <= heard


def test_the_unit_may_not_return_it_then(cast):
    """It has been to the place: what it had done counts as before."""
    case = taken_back(cast)
    ask(cast, case, outcome="answered", is_own_will="no")
    at = MONDAY + DAY + 2 * HOUR
    cast.do("contact", case, cast.handler(), at=at, way="phone", outcome="connected", words="道歉")
    with refused(409, "不能再退"):
        cast.do("return_case", case, cast.reviewer(), at=at, ground="not_our_duty", basis="清单", words="说了")


def test_three_calls_in_vain_and_nobody_answered_for_him(cast):
    case = taken_back(cast)
    for n in range(3):
        assert "to_ask_withdrawn" in case.evidence_held
        ask(cast, case, at=MONDAY + DAY + (n + 1) * HOUR, outcome="no_answer")
    assert (case.state, running(case)) == ("Q", "") and "to_ask_withdrawn" not in case.evidence_held


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"outcome": "answered"}, "请问清"), ({"outcome": "no_answer", "is_own_will": "yes"}, "没接通，就没有回答")],
)
def test_an_answer_is_his_or_none(cast, said, reason):
    case = taken_back(cast)
    with refused(422, reason, field="is_own_will"):
        ask(cast, case, **said)


def test_nobody_of_a_unit_that_held_it_asks(cast):
    case, caller = taken_back(cast), cast.caller_back
    Grant.objects.create(officer=caller, role="handler", department=cast.department(), since=MONDAY.date())
    with refused(403, "承办过这件的单位不能回访"):
        ask(cast, case, outcome="answered", is_own_will="yes")
    with refused(403, "不由您来做"):
        ask(cast, case, by=cast.handler(), outcome="answered", is_own_will="yes")


def test_where_no_unit_had_spoken_nobody_is_asked(cast):
    case = cast.dispatched()
    cast.citizen("withdraw", case, at=MONDAY + DAY, words="撤")
    assert (case.evidence_held, running(case)) == ([], "")


def test_the_share_is_the_citys(cast):
    """Of a hundred draws as many as the city set; by default a third, and nobody sees it beforehand."""
    Share.objects.filter(kind=sampling.WITHDRAWN_ASKED).delete()
    assert sampling.percent(sampling.WITHDRAWN_ASKED) == 30
    cases = [Case(number=f"GY{n:010d}", head=f"{n:064x}") for n in range(1000)]
    assert 220 < sum(sampling.is_drawn(c, sampling.WITHDRAWN_ASKED) for c in cases) < 380
    Share.objects.create(kind=sampling.WITHDRAWN_ASKED, percent=0, source="test")
    assert "to_ask_withdrawn" not in taken_back(cast).evidence_held
