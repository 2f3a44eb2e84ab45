"""What happens when two touch one event at the same moment? Real connections, real commits."""

from __future__ import annotations

from suqiu.cases.models import Line
from suqiu.errors import Refused
from suqiu.intake.models import Membership
from tests.cast import MONDAY
from tests.committing import transactional_db  # noqa: F401
from tests.racing import HOUR, at_once, cast, fresh, holds, of  # noqa: F401
from tests.reading import holders, steps


def join(cast, case, into, by, at=MONDAY + 2 * HOUR):  # noqa: F811
    return cast.do("merge", fresh(case), by, at=at, into=fresh(into), words="同一件事")


def test_two_operators_merge_one_case_into_two_and_it_goes_into_one(cast):  # noqa: F811
    case, one, two = cast.accepted(), cast.in_hand(), cast.in_hand()
    answers = at_once(
        lambda: join(cast, case, one, cast.operator), lambda: join(cast, case, two, cast.shift_lead), locked=case
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    assert no.status == 409 and "「并单」要在" in str(no.reason)
    own = Membership.objects.get(case=case)
    assert fresh(case).event_id == own.event_id == line.says["event"] and fresh(case).state == "M"
    holds(case, one, two)


def test_merged_and_signed_in_at_once(cast):  # noqa: F811
    """Either it is merged and nobody signs, or it is signed and then merged: never signed by a unit that has it no more."""
    case, lead = cast.dispatched(), cast.in_hand()
    answers = at_once(
        lambda: join(cast, case, lead, cast.operator),
        lambda: cast.do("sign_in", fresh(case), cast.handler(), at=MONDAY + 2 * HOUR),
        locked=case,
    )
    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)] == []
    assert fresh(case).state == "M" and steps(case).split()[-1] == "merge"
    assert holders(case)[-1] == ("first", "C-HOUSING")
    holds(case, lead)


def test_two_cases_merged_into_each_other_at_once(cast):  # noqa: F811
    one, two = cast.accepted(), cast.accepted()
    answers = at_once(
        lambda: join(cast, one, two, cast.operator), lambda: join(cast, two, one, cast.shift_lead), locked=one
    )
    (_line,), (no,) = of(Line, answers), of(Refused, answers)
    assert "并" in str(no.reason)
    assert sorted(fresh(c).state for c in (one, two)) == ["D", "M"]
    holds(one, two)


def test_the_lead_is_taken_back_while_another_comes_in(cast):  # noqa: F811
    lead, member, late = cast.in_hand(), cast.accepted(), cast.accepted()
    join(cast, member, lead, cast.operator)
    answers = at_once(
        lambda: cast.citizen("withdraw", fresh(lead), at=MONDAY + 3 * HOUR),
        lambda: join(cast, late, lead, cast.operator, at=MONDAY + 3 * HOUR),
        locked=lead,
    )
    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)] == []
    assert fresh(lead).state == "Q"
    for case in (member, late):  # nobody waits for what is gone
        now = fresh(case)
        assert now.state in "D" or now.event.lead.state != "Q"
    holds(lead, member, late)
