"""回访电话: served one at a time to one caller, dialled unseen, saved tap by tap, written down once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from suqiu.cases.models import Case, Look
from suqiu.directory.models import OfficeLine
from suqiu.followup import calls, queries
from suqiu.followup.models import Attempt, FollowUpCall, Link
from suqiu.gateways import telephony
from suqiu.gateways.models import Message
from tests.cast import MONDAY
from tests.reading import last, refused, steps, words, written

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
TEN = MONDAY + DAY + HOUR  # Tuesday, ten o'clock


@pytest.fixture
def other(cast):
    return cast.officer("hf02")


def wishes(case: Case, said: str) -> Case:
    case.person.preferred_time = said
    case.person.save()
    return case


def own(cast, phone: str, at=MONDAY, **columns) -> Case:
    """A case of another caller."""
    before, cast.caller_phone = cast.caller_phone, phone
    try:
        return cast.sent(at=at, **columns)
    finally:
        cast.caller_phone = before


def tapped(call: FollowUpCall, *said: str, at=TEN) -> FollowUpCall:
    for one in said:
        name, value = one.split("=")
        call = calls.tap(call=call, name=name, value=value, at=at)
    return call


# ---- who comes next


def test_an_hour_he_named_comes_first_then_the_term_that_runs_out(cast):
    later = own(cast, "13800000001", at=MONDAY + 2 * HOUR)
    earlier = own(cast, "13800000002", at=MONDAY - 3 * DAY)
    wished = wishes(own(cast, "13800000003", at=MONDAY + 3 * HOUR), "上午 10 点")
    evening = wishes(own(cast, "13800000004"), "晚上 7 点以后")
    ready, waiting = queries.line_up(cast.caller_back, TEN)
    assert [one.pk for one in ready] == [wished.pk, earlier.pk, later.pk]
    assert [(one.pk, one.ring_from) for one in waiting] == [(evening.pk, TEN.replace(hour=19))]


def test_who_was_not_reached_waits_for_another_hour(cast):
    case = cast.sent()
    cast.do("attempt", case, cast.caller_back, at=TEN, outcome="no_answer", way="phone")
    assert queries.line_up(cast.caller_back, TEN + 5 * MINUTE)[0] == []
    assert [one.pk for one in queries.line_up(cast.caller_back, TEN + 5 * HOUR)[0]] == [case.pk]


def test_who_has_answered_or_has_no_number_is_not_rung(cast):
    answered, silent = own(cast, "13800000001"), own(cast, "13800000002")
    cast.ask_back(answered, at=TEN, solved="half", satisfied="2")
    silent.person.phone = ""
    silent.person.save()
    assert queries.line_up(cast.caller_back, TEN) == ([], [])
    assert queries.without_number(cast.caller_back) == 1


def test_the_line_costs_one_query_however_long(cast, django_assert_num_queries):
    officer = cast.caller_back
    cast.sent()
    officer.grants_now()
    with django_assert_num_queries(1):
        assert len(queries.line_up(officer, TEN)[0]) == 1
    for n in range(3):
        own(cast, f"1380000000{n}")
    with django_assert_num_queries(1):
        assert len(queries.line_up(officer, TEN)[0]) == 4


# ---- nobody gets what another has


def test_two_callers_never_get_the_same_case(cast, other):
    one, two = own(cast, "13800000001"), own(cast, "13800000002", at=MONDAY + HOUR)
    first = calls.serve_next(by=cast.caller_back, at=TEN)
    second = calls.serve_next(by=other, at=TEN)
    assert (first.case_id, second.case_id) == (one.pk, two.pk)
    assert (
        calls.serve_next(by=cast.officer("hf01"), at=TEN + MINUTE).case_id == one.pk
    )  # he put nothing down: his own again
    with refused(409, first.officer.full_name, "正在打这件"):
        calls.take(case=one, by=other, at=TEN + MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpCall.objects.create(case=one, cycle=1, officer=other, opened_at=TEN, touched_at=TEN)


def test_what_was_left_without_a_word_is_free_again(cast, other):
    case = cast.sent()
    calls.serve_next(by=cast.caller_back, at=TEN)
    assert calls.serve_next(by=other, at=TEN + 19 * MINUTE) is None
    assert calls.serve_next(by=other, at=TEN + 20 * MINUTE).case_id == case.pk


def test_who_has_said_something_is_not_handed_on(cast, other):
    case = cast.sent()
    call = tapped(calls.serve_next(by=cast.caller_back, at=TEN), "contacted=yes")
    assert calls.serve_next(by=other, at=TEN + HOUR) is None
    with refused(409, "正在打这件"):
        calls.take(case=case, by=other, at=TEN + HOUR)
    assert calls.serve_next(by=cast.caller_back, at=TEN + HOUR).pk == call.pk  # his own comes first
    with refused(422, "请按「记下」"):
        calls.put_back(call=call, at=TEN + HOUR)


def test_put_back_is_served_again(cast):
    case = cast.sent()
    calls.put_back(call=calls.serve_next(by=cast.caller_back, at=TEN), at=TEN)
    assert calls.serve_next(by=cast.caller_back, at=TEN).case_id == case.pk
    assert not Attempt.objects.exists()


def test_only_what_waits_for_a_call_can_be_taken_and_only_by_who_may_call(cast):
    with refused(409, "要在 待回访 时做"):
        calls.take(case=cast.in_hand(), by=cast.caller_back, at=TEN)
    for stranger in (cast.operator, cast.handler(), cast.dispatcher):
        with refused(403, "「回访」不由您来做"):
            calls.take(case=own(cast, "13800000001"), by=stranger, at=TEN)
    assert not FollowUpCall.objects.exists()


# ---- dialled, never shown


def test_a_call_is_dialled_once_and_the_look_is_written_first(cast, monkeypatch):
    rung = []
    monkeypatch.setattr(telephony, "dial", lambda **how: rung.append(how))
    call = calls.take(case=cast.sent(), by=cast.caller_back, at=TEN)
    for _press in range(2):
        call = calls.dial(call=call, at=TEN, key="k1")
    assert [(r["to"], r["seat"], r["reference"]) for r in rung] == [("13812342217", "hf01", call.reference)]
    look = Look.objects.get(what="contact")
    assert (look.officer, look.reason, look.at) == (cast.caller_back, "follow_up", TEN)
    line = OfficeLine.objects.get(act="dial")
    assert (line.says["case"], line.says["reason"], line.says["call"]) == (
        call.case.number,
        "follow_up",
        call.reference,
    )
    assert "13812342217" not in str(line.says)
    calls.dial(call=call, at=TEN + MINUTE, key="k2")
    assert len(rung) == 2 and Look.objects.filter(what="contact").count() == 2


def test_what_could_not_be_dialled_can_be_dialled_again(cast, monkeypatch):
    def broken(**how):
        raise telephony.NotDialled("ConnectionRefusedError")

    monkeypatch.setattr(telephony, "dial", broken)
    call = calls.dial(call=calls.take(case=cast.sent(), by=cast.caller_back, at=TEN), at=TEN, key="k")
    call.refresh_from_db()
    assert call.problem == "ConnectionRefusedError"
    monkeypatch.setattr(telephony, "dial", lambda **how: None)
    assert calls.dial(call=call, at=TEN, key="k").problem == ""


def test_no_number_no_call(cast):
    case = cast.sent()
    case.person.phone = ""
    case.person.save()
    with refused(409, "没有留电话"):
        calls.dial(call=calls.take(case=case, by=cast.caller_back, at=TEN), at=TEN, key="k")
    assert not Look.objects.filter(what="contact").exists()


# ---- saved at once, written down once


def test_each_tap_is_kept_and_the_same_tap_sent_twice_is_one(cast):
    call = calls.take(case=cast.sent(), by=cast.caller_back, at=TEN)
    for key, value in (("a", "no"), ("a", "no"), ("b", "yes")):
        calls.tap(call=call, name="solved", value=value, at=TEN, key=key)
    call.refresh_from_db()
    assert [(t["name"], t["value"]) for t in call.taps] == [("solved", "no"), ("solved", "yes")]
    for name, value in (("solved", "perhaps"), ("mood", "good"), ("satisfied", "6")):
        with refused(422, field=name):
            calls.tap(call=call, name=name, value=value, at=TEN)
    with refused(413, field="words"):
        calls.note(call=call, words="长" * 2001, at=TEN)


def test_the_call_becomes_one_attempt_and_the_rule_acts(cast):
    case = cast.sent()
    call = tapped(
        calls.take(case=case, by=cast.caller_back, at=TEN), "contacted=yes", "is_true=yes", "solved=yes", "satisfied=5"
    )
    call = calls.note(call=call, words="电梯好了", at=TEN)
    line = calls.record(call=call, at=TEN)
    assert calls.record(call=call, at=TEN + MINUTE) == line  # pressed twice
    case.refresh_from_db()
    assert steps(case).endswith("attempt close") and (case.state, case.verdict) == ("C", "solved")
    assert written(line)[:4] == ("attempt", "officer", "hf01", "HOTLINE") and words(line) == {"words": "电梯好了"}
    call.refresh_from_db()
    assert (call.attempt, call.ended_at, call.words) == (Attempt.objects.get(), TEN, "")


def test_the_first_answer_and_the_final_one_are_both_in_the_journal(cast):
    case = cast.sent()
    call = tapped(calls.take(case=case, by=cast.caller_back, at=TEN), "solved=no", "solved=yes", "satisfied=3")
    line = calls.record(call=call, at=TEN)
    assert (line.says["solved"], line.says["first"]) == ("yes", {"solved": "no"})
    assert Attempt.objects.get().first == {"solved": "no"}


def test_nothing_has_a_default(cast):
    call = calls.take(case=cast.sent(), by=cast.caller_back, at=TEN)
    with refused(422, "还没有点", field="solved"):
        calls.record(call=call, at=TEN)
    with refused(422, "还没有点", field="solved"):
        calls.record(call=tapped(call, "solved=none"), at=TEN)
    assert not Attempt.objects.exists()


def test_half_an_answer_is_kept_and_he_is_rung_again(cast):
    case = cast.sent()
    calls.record(call=tapped(calls.take(case=case, by=cast.caller_back, at=TEN), "contacted=yes"), at=TEN)
    row = Attempt.objects.get()
    assert (row.contacted, row.outcome, row.next_at) == ("yes", "later", TEN.replace(hour=15))
    case.refresh_from_db()
    assert case.state == "F" and "answered" not in case.evidence_held


def test_he_names_another_time(cast):
    case = cast.sent()
    wanted = (TEN + DAY).replace(hour=19)
    call = tapped(calls.take(case=case, by=cast.caller_back, at=TEN), "outcome=later", f"next={wanted.isoformat()}")
    calls.record(call=call, at=TEN)
    assert Attempt.objects.get().next_at == wanted == datetime.fromisoformat(last(case).says["next_at"])
    for wrong in ("tomorrow", "2026-06-09T19:00", (TEN - HOUR).isoformat(), (TEN + 40 * DAY).isoformat()):
        with refused(422, field="next"):
            calls.tap(call=calls.take(case=case, by=cast.caller_back, at=TEN), name="next", value=wrong, at=TEN)


def test_three_hours_and_two_ways_end_it_as_not_reached(cast):
    """The second way is the link by SMS, sent in the same breath as the attempt is written."""
    case = cast.sent()
    for at, way in ((TEN, "no_answer"), (TEN.replace(hour=15), "sms"), (TEN.replace(hour=19), "no_answer")):
        calls.record(call=tapped(calls.serve_next(by=cast.caller_back, at=at), f"outcome={way}", at=at), at=at)
        case.refresh_from_db()
    assert (case.state, case.verdict) == ("C", "unanswered")
    assert list(Attempt.objects.values_list("way", "outcome")) == [
        ("phone", "no_answer"),
        ("sms", "no_answer"),
        ("phone", "no_answer"),
    ]
    message = Message.objects.get(key__startswith="call:")
    assert "/rate/" in message.body and case.number in message.body and Link.objects.filter(case=case).count() == 1


def test_what_he_answers_online_meanwhile_is_not_overwritten(cast):
    case = cast.sent()
    call = tapped(calls.take(case=case, by=cast.caller_back, at=TEN), "solved=no")
    cast.citizen("attempt", case, at=TEN, outcome="answered", way="online", solved="yes")
    with refused(409, "已经不等回访了"):
        calls.record(call=call, at=TEN)
    calls.put_back(call=call, at=TEN)
    assert Attempt.objects.get().solved == "yes"


def test_a_call_left_in_the_middle_is_written_down_by_the_worker(cast):
    case = cast.sent()
    tapped(calls.take(case=case, by=cast.caller_back, at=TEN), "solved=no", "satisfied=1")
    assert calls.finish_left(at=TEN + 29 * MINUTE) == 0
    assert calls.finish_left(at=TEN + 30 * MINUTE) == 1
    case.refresh_from_db()
    assert (case.state, case.cycle) == ("H", 2) and Attempt.objects.get().by == cast.caller_back
    empty = calls.take(case=own(cast, "13800000009"), by=cast.caller_back, at=TEN)
    assert calls.finish_left(at=TEN + HOUR) == 0
    empty.refresh_from_db()
    assert empty.ended_at == TEN + HOUR


def test_a_unit_that_held_it_is_never_served_it(cast):
    from suqiu.directory.models import Grant

    officer = cast.handler()
    Grant.objects.create(officer=officer, role="follow_up", department_id="HOTLINE", since=MONDAY.date())
    own_case, foreign = cast.sent(), own(cast, "13800000001", unit="C-MARKET")
    officer = cast.officer(officer.username)
    ready = [one.pk for one in queries.line_up(officer, TEN)[0]]
    assert foreign.pk in ready and own_case.pk not in ready
    with refused(403, "承办过这件的单位不能回访"):
        calls.take(case=own_case, by=officer, at=TEN)
