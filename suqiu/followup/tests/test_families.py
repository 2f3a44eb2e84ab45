"""The same caller, the same matter, for the third time: nobody closes it without a leader's signature."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import families
from suqiu.cases.models import Case
from suqiu.followup.models import Attempt
from tests.cast import MONDAY
from tests.reading import last, refused, running, steps

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def third(cast) -> Case:
    """He called twice before; this one is answered, and he is asked."""
    for n in (2, 1):
        cast.case(at=MONDAY - n * 10 * DAY)
    return cast.sent()


def sign(cast, case: Case, answer: str, by=None, at=MONDAY + 2 * DAY):
    return cast.do("sign_family", case, by or cast.leader, at=at, is_upheld=answer, words="这次换了整台主机")


def test_a_family_is_the_same_caller_and_the_same_thing(cast):
    mine = [cast.accepted(at=MONDAY + n * HOUR) for n in range(2)]
    cast.case(text="路灯不亮三个月了")  # the same caller, another thing
    taken_back = cast.accepted()
    cast.citizen("withdraw", taken_back, at=MONDAY + DAY)
    long_ago = cast.accepted(at=MONDAY - 500 * DAY)
    cast.caller_phone = "13900001111"
    cast.accepted()  # the same thing, another caller
    assert [c.pk for c in families.family(mine[1])] == [c.pk for c in mine]
    assert [c.pk for c in families.family(long_ago)] == [long_ago.pk]


def test_a_family_is_found_in_one_query(cast, django_assert_num_queries):
    case = third(cast)
    with django_assert_num_queries(1):
        assert len(families.family(case)) == 3


def test_solved_waits_for_the_leader_and_closes_when_he_signs(cast):
    case = third(cast)
    cast.ask_back(case, at=MONDAY + DAY, solved="yes", satisfied="5")
    assert (case.state, "family_waits" in case.evidence_held, running(case)) == ("F", True, "leader")
    for by in (cast.shift_lead, cast.supervisor):
        with refused(422, "还差：市领导签批"):
            cast.do("close", case, by, at=MONDAY + DAY, verdict="solved", words="他说好了")
    with refused(403, "「签批重复件」不由您来做"):
        sign(cast, case, "yes", cast.shift_lead)
    sign(cast, case, "yes")
    assert (case.state, case.verdict, steps(case).split()[-2:]) == ("C", "solved", ["sign_family", "close"])


def test_not_signed_is_handled_once_more(cast):
    case = third(cast)
    cast.ask_back(case, at=MONDAY + DAY, solved="yes", satisfied="5")
    sign(cast, case, "no")
    assert (case.state, case.cycle, last(case).step) == ("H", 2, "redo")
    assert not {"family_waits", "family_signed"} & set(case.evidence_held)  # the next answer asks for a signature anew


def test_a_no_needs_nobodys_signature(cast):
    case = third(cast)
    cast.ask_back(case, at=MONDAY + DAY, solved="no")
    assert (case.state, case.cycle) == ("H", 2)


def test_half_is_signed_first_and_then_decided_by_a_second_person(cast):
    case = third(cast)
    cast.ask_back(case, at=MONDAY + DAY, solved="half", satisfied="3")
    with refused(422, "还差：市领导签批"):
        cast.do("close", case, cast.shift_lead, at=MONDAY + DAY, verdict="half", words="一半")
    sign(cast, case, "yes")
    assert (case.state, running(case)) == ("F", "confirm")
    cast.do("close", case, cast.shift_lead, at=MONDAY + 2 * DAY, verdict="half", words="一半")
    assert case.verdict == "half"


def test_nobody_reached_is_no_way_round_the_leader(cast):
    case = third(cast)
    for n, way in enumerate(("phone", "phone", "sms")):
        cast.do("attempt", case, cast.caller_back, at=MONDAY + DAY + n * 3 * HOUR, outcome="no_answer", way=way)
    assert (case.state, "leader" in running(case)) == ("F", True)
    sign(cast, case, "no")
    assert (case.state, "three_attempts" in case.evidence_held) == ("F", False)
    cast.do("attempt", case, cast.caller_back, at=MONDAY + 3 * DAY, outcome="no_answer", way="phone")
    assert case.state == "F" and "family_waits" in case.evidence_held
    sign(cast, case, "yes", at=MONDAY + 4 * DAY)
    assert (case.state, case.verdict) == ("C", "unanswered")


@pytest.mark.parametrize("state", ["F", "L"])
def test_lawful_is_no_way_round_the_leader(cast, state):
    case = third(cast)
    answers = ({"solved": "half", "satisfied": "1"},) if state == "F" else ({"solved": "no"},) * 3
    for n, said in enumerate(answers, 1):
        if case.state == "H":
            cast.prove(case, at=MONDAY + n * DAY - 12 * HOUR)
            cast.reply(case, at=MONDAY + n * DAY - 12 * HOUR)
            cast.do("approve", case, cast.reviewer(), at=MONDAY + n * DAY - 4 * HOUR)
        cast.ask_back(case, at=MONDAY + n * DAY, **said)
    assert case.state == state
    cast.do("find_lawful", case, cast.supervisor, at=MONDAY + 5 * DAY, basis="条例", words="已尽力")
    with refused(422, "还差：市领导签批"):
        cast.do("close_lawful", case, cast.shift_lead, at=MONDAY + 5 * DAY, words="同意")
    sign(cast, case, "yes", at=MONDAY + 5 * DAY)
    cast.do("close_lawful", case, cast.shift_lead, at=MONDAY + 6 * DAY, words="同意")
    assert (case.state, case.verdict) == ("C", "lawful_unsolved")


def test_the_second_time_closes_as_ever(cast):
    cast.case(at=MONDAY - 10 * DAY)
    case = cast.closed()
    assert (case.state, Attempt.objects.filter(case=case).count()) == ("C", 1)


@pytest.mark.parametrize(("answer", "state"), [("yes", "C"), ("no", "H")])
def test_rung_once_more_in_vain_his_answer_still_counts_when_it_is_signed(cast, answer, state):
    case = third(cast)
    cast.ask_back(case, at=MONDAY + DAY, solved="yes", satisfied="5")
    cast.do("attempt", case, cast.caller_back, at=MONDAY + DAY + HOUR, outcome="no_answer", way="sms")
    sign(cast, case, answer)
    assert case.state == state
