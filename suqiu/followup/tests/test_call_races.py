"""Two callers press at the same moment: on connections of their own, really committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from suqiu.errors import Refused
from suqiu.followup import calls
from suqiu.followup.models import Attempt, FollowUpCall
from tests.cast import MONDAY, Cast
from tests.committing import transactional_db  # noqa: F401
from tests.racing import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN = MONDAY + DAY + HOUR


@pytest.fixture
def cast(transactional_db: None) -> Cast:  # noqa: F811
    return Cast()


def test_two_callers_press_next_at_once_and_get_two_cases(cast):
    for number in ("13800000001", "13800000002"):
        cast.caller_phone = number
        cast.sent()
    officers = [cast.officer("hf01"), cast.officer("hf02")]
    got = at_once(*(lambda o=officer: calls.serve_next(by=o, at=TEN) for officer in officers))
    assert len({call.case_id for call in got}) == 2
    assert [call.officer_id for call in got] == [o.pk for o in officers]


def test_of_one_case_only_one_of_them_gets_a_call(cast):
    cast.sent()
    got = at_once(*(lambda w=who: calls.serve_next(by=cast.officer(w), at=TEN) for who in ("hf01", "hf02")))
    assert (
        sorted(call is None for call in got) == [False, True]
        and FollowUpCall.objects.filter(ended_at=None).count() == 1
    )


def test_two_who_open_the_same_case_by_hand(cast):
    case = cast.sent()
    got = at_once(
        *(lambda w=who: calls.take(case=case, by=cast.officer(w), at=TEN) for who in ("hf01", "hf02")), locked=case
    )
    assert {type(one) for one in got} == {FollowUpCall, Refused}


def test_the_next_case_does_not_wait_for_a_call_that_somebody_has_under_his_fingers(cast):
    """An hour old and empty, it would be let go; but at this moment its caller taps his first answer."""
    call = calls.take(case=cast.sent(), by=cast.officer("hf01"), at=TEN)

    def let_go() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            calls.let_go(by=cast.officer("hf02"), at=TEN + HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        FollowUpCall.objects.select_for_update().get(pk=call.pk)
        other.submit(let_go).result(timeout=10)
    call.refresh_from_db()
    assert call.ended_at is None
    calls.let_go(by=cast.officer("hf02"), at=TEN + HOUR)
    call.refresh_from_db()
    assert call.ended_at == TEN + HOUR


def test_recorded_by_two_presses_at_once_it_is_one_attempt(cast):
    case = cast.sent()
    call = calls.take(case=case, by=cast.caller_back, at=TEN)
    calls.tap(call=call, name="solved", value="no", at=TEN)
    lines = at_once(*[lambda: calls.record(call=call, at=TEN)] * 2, locked=case)
    assert lines[0] == lines[1] and Attempt.objects.count() == 1


def test_taps_that_come_at_once_are_all_kept(cast):
    call = calls.take(case=cast.sent(), by=cast.caller_back, at=TEN)
    given = {"contacted": "yes", "is_true": "no", "solved": "no", "satisfied": "2"}
    at_once(*(lambda n=name, v=value: calls.tap(call=call, name=n, value=v, at=TEN) for name, value in given.items()))
    call.refresh_from_db()
    assert {t["name"]: t["value"] for t in call.taps} == given


def test_dialling_answering_and_opening_at_once_never_wait_for_each_other(cast):
    """Quick fingers: the first press opens the call, the next ones come before it has answered."""
    case = cast.sent()
    officer = cast.caller_back
    call = calls.take(case=case, by=officer, at=TEN)
    for n in range(5):
        at = TEN + n * timedelta(seconds=20)
        acts = [
            lambda a=at, k=str(n): calls.dial(call=call, at=a, key=k),
            lambda a=at: calls.tap(call=call, name="solved", value="yes", at=a),
            lambda a=at: calls.take(case=case, by=officer, at=a),
            lambda a=at: calls.note(call=call, words="好了", at=a),
        ]
        assert [type(answer).__name__ for answer in at_once(*acts)] == ["FollowUpCall"] * 4
    call.refresh_from_db()
    assert (len(call.taps), call.words, call.problem, call.dialled_at) == (5, "好了", "", TEN + timedelta(seconds=80))
