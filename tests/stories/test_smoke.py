from datetime import timedelta

import pytest

from suqiu.errors import Refused
from tests.cast import MONDAY


def test_a_lift_is_mended_and_the_caller_says_so(cast):
    case = cast.closed()
    assert (case.state, case.verdict, case.cycle) == ("C", "solved", 1)
    assert [
        line.step for line in case.lines.all()
    ] == "receive accept dispatch sign_in contact visit draft_reply approve attempt close".split()
    assert not case.holdings.filter(until=None).exists()


def test_nothing_closes_on_paper(cast):
    case = cast.in_hand()
    with pytest.raises(Refused) as no:
        cast.reply(case, at=MONDAY)
    assert no.value.status == 422 and "联系记录" in str(no.value.reason)


def test_three_times_not_solved_goes_to_a_leader(cast):
    case = cast.sent()
    for day in (1, 2, 3):
        at = MONDAY + timedelta(days=day)
        cast.ask_back(case, at=at, solved="no", satisfied="1")
        if day < 3:
            assert (case.state, case.cycle) == ("H", day + 1)
            cast.prove(case, at=at)
            cast.reply(case, at=at)
            cast.do("approve", case, cast.reviewer(), at=at + timedelta(hours=7))
    assert case.state == "L"
