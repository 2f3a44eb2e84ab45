"""What follows from an answer, and when is the next attempt? Values in, answers out."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from suqiu.followup import rules
from tests.reading import moment, refused


def city(text: str) -> datetime:
    return timezone.make_aware(datetime.strptime(f"2026-06-{text}", "%Y-%m-%d %H:%M"))


@pytest.mark.parametrize("satisfied", ["", "1", "2", "3", "4", "5"])
@pytest.mark.parametrize(("cycle", "verdict"), [(1, "redo"), (2, "redo"), (3, "refer_up"), (4, "refer_up")])
def test_no_is_redone_twice_and_then_a_leaders(satisfied, cycle, verdict):
    assert rules.verdict_of("no", satisfied, cycle) == verdict


@pytest.mark.parametrize("cycle", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("solved", "satisfied", "verdict"),
    [
        ("yes", "", "close"),  # half an answer is an answer
        ("yes", "5", "close"),
        ("yes", "4", "close"),
        ("yes", "3", "close"),
        ("yes", "2", "confirm"),
        ("yes", "1", "confirm"),
        ("half", "", "confirm"),
        ("half", "5", "confirm"),
        ("", "1", "confirm"),  # unsatisfied, whatever else he said or did not say
        ("", "2", "confirm"),
        ("", "5", "wait"),  # satisfied does not say solved
        ("", "", "wait"),
    ],
)
def test_only_a_plain_yes_closes_by_itself(solved, satisfied, verdict, cycle):
    assert rules.verdict_of(solved, satisfied, cycle) == verdict


def tries(*said: str) -> list[tuple[datetime, str, str]]:
    return [(city(f"{day} {clock}"), way, outcome) for day, clock, way, outcome in (one.split() for one in said)]


@pytest.mark.parametrize(
    ("made", "is_unanswered"),
    [
        ([], False),
        (["09 10:00 phone no_answer", "09 15:00 sms no_answer"], False),
        (["09 10:00 phone no_answer", "09 15:00 phone no_answer", "09 19:00 phone no_answer"], False),
        (["09 10:00 phone no_answer", "09 10:30 sms no_answer", "09 10:50 phone no_answer"], False),
        (["09 10:00 phone no_answer", "09 15:00 sms no_answer", "09 19:00 phone no_answer"], True),
        (["09 10:00 phone refused", "09 15:00 sms no_answer", "09 19:00 phone no_answer"], True),
        (
            ["09 19:00 phone no_answer", "10 19:00 sms no_answer", "11 19:00 phone no_answer"],
            True,
        ),  # his own hour, three days
        (
            ["09 10:00 phone later", "09 15:00 sms no_answer", "09 19:00 phone no_answer"],
            False,
        ),  # he asked for another time
        (["09 10:00 online answered", "09 15:00 phone no_answer", "09 19:00 phone no_answer"], False),  # half an answer
        (
            [
                "09 10:00 online answered",
                "09 11:00 phone no_answer",
                "09 15:00 sms no_answer",
                "09 19:00 phone refused",
            ],
            True,
        ),
    ],
)
def test_three_attempts_in_vain_at_different_hours_by_two_ways(made, is_unanswered):
    assert rules.is_unanswered(tries(*made)) == is_unanswered


@pytest.mark.parametrize(
    ("at", "next_at"),
    [
        ("09 08:30", "06-09 15:00"),
        ("09 07:00", "06-09 10:00"),
        ("09 10:00", "06-09 15:00"),
        ("09 13:30", "06-09 19:00"),
        ("09 18:00", "06-10 10:00"),
    ],
)
def test_the_next_attempt_moves_through_the_day(at, next_at):
    assert moment(rules.next_attempt(city(at))) == next_at


def test_the_hour_he_named_is_kept_to():
    assert moment(rules.next_attempt(city("09 10:00"), 19)) == "06-09 19:00"
    assert moment(rules.next_attempt(city("09 18:30"), 19)) == "06-10 19:00"


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ("晚上 7 点以后", 19),
        ("19:00", 19),
        ("下午3点", 15),
        ("上午 10 点", 10),
        ("中午", 12),
        ("晚上", 19),
        ("早上", 9),
        ("下午 14:30", 14),
        ("随时", None),
        ("", None),
        ("晚上 11 点", None),  # nobody is rung at that hour
        ("凌晨 3 点", None),
    ],
)
def test_only_an_hour_written_plainly_is_understood(said, hour):
    assert rules.preferred_hour(said) == hour


def test_an_answer_is_one_of_those_offered():
    for name, values in {
        "solved": "yes half no",
        "satisfied": "1 2 3 4 5",
        "contacted": "yes no",
        "is_true": "yes no",
    }.items():
        for value in values.split():
            rules.check_answer(name, value)
        for value in ("", "maybe", "6"):
            with refused(422, "没有看懂这个回答", field=name):
                rules.check_answer(name, value)
    with refused(422, field="outcome"):
        rules.check_answer("outcome", "answered")


# ---- a call that is being made


def taps(*said: str) -> list[dict]:
    return [{"name": name, "value": value} for name, value in (one.split("=") for one in said)]


def test_the_last_tap_counts_and_the_first_is_kept():
    made = taps("contacted=yes", "solved=no", "satisfied=1", "solved=yes", "satisfied=1")
    assert rules.answers_of(made) == {"contacted": "yes", "solved": "yes", "satisfied": "1"}
    assert rules.first_said(made) == {"solved": "no"}
    assert rules.first_said(taps("solved=none", "solved=yes")) == {}
    assert rules.first_said(taps("solved=yes", "solved=none")) == {"solved": "yes"}


def test_who_answers_a_question_has_been_reached():
    assert rules.answers_of(taps("outcome=no_answer", "contacted=yes")) == {"contacted": "yes"}
    assert rules.answers_of(taps("contacted=yes", "outcome=refused")) == {"contacted": "yes", "outcome": "refused"}


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ("", ("", "")),
        ("contacted=none solved=none", ("", "")),
        ("contacted=yes", ("later", "phone")),  # half an answer: kept, and rung again
        ("contacted=yes solved=yes", ("answered", "phone")),
        ("solved=none satisfied=1", ("answered", "phone")),  # unsatisfied is enough for a second person
        ("solved=none satisfied=5", ("later", "phone")),
        ("contacted=yes outcome=refused", ("refused", "phone")),
        ("solved=no outcome=refused", ("answered", "phone")),  # he has said it
        ("outcome=no_answer", ("no_answer", "phone")),
        ("outcome=sms", ("no_answer", "sms")),
    ],
)
def test_what_was_tapped_makes_one_attempt(said, ending):
    assert rules.ending_of(rules.answers_of(taps(*said.split())), 1) == ending


def test_words_alone_are_a_call_to_be_made_again():
    assert rules.ending_of({}, 1, "他在开车") == ("later", "phone")


def test_nobody_answered_is_not_written_over_an_answer():
    for value in ("no_answer", "sms"):
        rules.check_ending({"solved": "none"}, value)
        with refused(422, "不能再记没接通", field="outcome"):
            rules.check_ending({"solved": "yes"}, value)
    rules.check_ending({"contacted": "yes"}, "refused")
    with refused(422, field="outcome"):
        rules.check_ending({}, "answered")


@pytest.mark.parametrize(
    ("now", "next_at", "hour", "due", "ring_from"),
    [
        ("09 10:00", None, None, None, "09 10:00"),
        ("09 10:00", "09 15:00", None, None, "09 15:00"),  # tried before: the next hour
        ("09 16:00", "09 15:00", None, None, "09 15:00"),
        ("09 10:00", None, 19, None, "09 19:00"),  # he said: in the evening
        ("09 20:30", None, 19, None, "09 19:00"),
        ("09 21:30", None, 19, None, "10 19:00"),
        ("09 10:00", None, 19, "09 17:00", "09 10:00"),  # the term would be over by then
        ("09 10:00", None, 19, "10 17:00", "09 19:00"),
        ("09 10:00", None, 19, "08 17:00", "09 19:00"),  # it is over already: his hour counts again
    ],
)
def test_when_somebody_may_be_rung(now, next_at, hour, due, ring_from):
    found = rules.ring_from(city(now), city(next_at) if next_at else None, hour, city(due) if due else None)
    assert found == city(ring_from)


def test_nobody_is_rung_at_night():
    assert [rules.is_calling_hour(city(f"09 {at}")) for at in ("07:59", "08:00", "20:59", "21:00")] == [
        False,
        True,
        True,
        False,
    ]


def test_another_time_is_one_of_the_next_four():
    assert [moment(at) for at in rules.slots(city("09 11:00"))] == [
        "06-09 15:00",
        "06-09 19:00",
        "06-10 10:00",
        "06-10 15:00",
    ]
