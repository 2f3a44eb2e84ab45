"""网下办认可: the citizen's own word, behind his query code; once, after somebody filed, and not when it is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.models import Case
from suqiu.handling.models import Meeting

from .conftest import NOW, Citizen

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WRONG = "00000000"


@pytest.fixture
def met(cast):
    """Two units met at his door; the lead wrote down that he agreed."""
    case = cast.proven(at=NOW - 2 * DAY)
    fields = {"meets_at": NOW - 3 * HOUR, "place": "3 栋门口", "departments": [cast.department("C-MARKET")]}
    cast.do("call_meeting", case, cast.handler(), at=NOW - DAY, **fields)
    said = {"came": "yes", "words": "三天内换主机", "citizen_agrees": "yes"}
    cast.do("meet", case, cast.handler(), at=NOW - 2 * HOUR, **said)
    return case


def address(case) -> str:
    return f"/case/{case.number}/do/confirm_meeting/"


def lines(case) -> int:
    return case.lines.filter(step="confirm_meeting").count()


def test_what_each_unit_wrote_stands_above_his_yes_or_no(citizen, met):
    citizen.prove(met)
    page = citizen.open(address(met))
    assert page.status_code == 200 and "三天内换主机" in page.content.decode()
    assert [o["said"] for o in page.context["outcomes"]] == ["三天内换主机"]
    assert page.context["form"]["agrees"].value() is None  # nothing is chosen for him, whatever the unit wrote


def test_his_no_stands_against_what_the_unit_wrote(citizen, met):
    citizen.prove(met)
    answer = citizen.take(met, "confirm_meeting", agrees="no", words="只来了一家")
    assert (answer.status_code, answer["Location"]) == (303, f"/case/{met.number}/")
    meeting, case = Meeting.objects.get(), Case.objects.get(pk=met.pk)
    assert (meeting.citizen_agrees, meeting.is_confirmed, meeting.confirmed_at) == (True, False, NOW)
    line = case.lines.get(step="confirm_meeting")
    assert (line.actor, line.officer_id, line.says["agrees"]) == ("citizen", None, "no")


def test_without_the_code_there_is_no_form_and_nothing_is_taken(citizen, met):
    assert citizen.open(address(met))["Location"].startswith("/track/")
    answer = citizen.send(address(met), {"agrees": "yes", "seen": met.line_no})
    assert answer.status_code == 403 and "三天内换主机" not in answer.content.decode() and lines(met) == 0


def test_wrong_codes_are_counted_and_then_the_right_one_waits_too(citizen, met, clock):
    for _try in range(5):
        assert citizen.prove(met, WRONG).status_code == 422
    locked = citizen.prove(met)
    assert locked.status_code == 429 and citizen.open(address(met))["Location"].startswith("/track/")
    assert Citizen().prove(met).status_code == 429  # of the number, not of the browser
    clock.shift(16 * timedelta(minutes=1))
    assert citizen.prove(met).status_code == 303
    assert citizen.take(met, "confirm_meeting", agrees="yes").status_code == 303 and lines(met) == 1


def test_the_code_of_another_case_opens_his_own_alone(citizen, cast, met):
    other = cast.case(at=NOW - HOUR)
    citizen.prove(other)
    assert citizen.open(address(met))["Location"].startswith("/track/")
    assert citizen.send(address(met), {"agrees": "yes", "seen": met.line_no}).status_code == 403
    assert lines(met) == 0


def test_it_is_said_once(citizen, met):
    citizen.prove(met)
    form = citizen.form_of(met, "confirm_meeting")
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "agrees": "yes"}
    assert [citizen.send(address(met), said).status_code for _press in range(2)] == [303, 303] and lines(met) == 1
    assert citizen.take(met, "confirm_meeting", agrees="no").status_code == 409
    assert lines(met) == 1 and Meeting.objects.get().is_confirmed is True
    names = [a["url"] for a in citizen.open(f"/case/{met.number}/").context["actions"]]
    assert address(met) not in names


@pytest.mark.parametrize("agrees", ["", "perhaps", "1"])
def test_what_is_neither_is_asked_again(citizen, met, agrees):
    citizen.prove(met)
    answer = citizen.take(met, "confirm_meeting", agrees=agrees, words="写的还在")
    assert answer.status_code == 422 and "写的还在" in answer.content.decode() and lines(met) == 0


def test_before_anybody_filed_there_is_nothing_to_agree_to(citizen, cast):
    case = cast.in_hand(at=NOW - DAY)
    fields = {"meets_at": NOW + DAY, "place": "3 栋门口", "departments": [cast.department("C-MARKET")]}
    cast.do("call_meeting", case, cast.handler(), at=NOW - HOUR, **fields)
    citizen.prove(case)
    assert citizen.take(case, "confirm_meeting", agrees="yes").status_code == 409 and lines(case) == 0


def test_after_the_closing_it_is_too_late_and_says_so(citizen, cast, met):
    cast.reply(met, at=NOW - 7 * HOUR)
    cast.do("approve", met, cast.reviewer(), at=NOW - HOUR / 2)
    citizen.prove(met)
    form = citizen.form_of(met, "confirm_meeting")  # opened while it could still be said
    cast.ask_back(met, at=NOW, solved="yes", satisfied="5")
    assert met.state == "C"
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "agrees": "no"}
    answer = citizen.send(address(met), said)
    assert answer.status_code == 409 and lines(met) == 0
    assert citizen.open(address(met)).status_code == 409
