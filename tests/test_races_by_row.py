"""What if two take the same step at once? Every row that moves responsibility, on two real connections: one of them does.

Which rows those are is read from the table of steps, so that a new one without its race fails here.
"""

from __future__ import annotations

import pytest

from suqiu.cases.advance import CITIZEN
from suqiu.cases.flow import STEPS
from suqiu.cases.models import Line
from suqiu.desk.tests import test_queues as at
from suqiu.desk.tests.conftest import NOW
from suqiu.errors import Refused
from suqiu.intake import merging
from tests.committing import transactional_db  # noqa: F401
from tests.races import (
    BOTH_ARE_TAKEN,
    BY_NAME_OF_NOBODY,
    BY_THE_RULE,
    LATER,
    RACES,
    answered_for_all,
    approved_of,
    moves,
    third_attempt,
)
from tests.racing import at_once, cast, fresh, holds, of, somebody_answers  # noqa: F401 - the fixture too


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
    somebody_answers(fresh(case))
    holds(case)


def test_two_callers_in_vain_at_once_close_it_once(cast):  # noqa: F811
    case = third_attempt(cast)
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


def test_two_workers_answer_a_member_once(cast):  # noqa: F811
    """A job that runs twice gives the same answer again: one line, one reply, one clock."""
    case = answered_for_all(cast)
    (told,) = approved_of(cast, case)[:1]
    answers = at_once(*[lambda: merging.answer_members(told["approved"], LATER)] * 2, locked=case)
    assert of(Exception, answers) == [] and max(answers) == 1
    assert Line.objects.filter(case=case, step="event_answered").count() == 1
    assert (fresh(case).state, case.clocks.filter(kind="follow_up").count()) == ("F", 1)
    somebody_answers(fresh(case))
    holds(case, fresh(case).event.lead)


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
    somebody_answers(fresh(case))
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
