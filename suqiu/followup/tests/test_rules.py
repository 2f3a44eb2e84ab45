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
