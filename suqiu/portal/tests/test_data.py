"""Does the citizen see what is kept of him and who looked, may he ask, and does nobody else learn anything from it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import own_data
from suqiu.cases.models import DataRequest, Look
from suqiu.citizens.models import Person

from .conftest import NOW, Citizen


def form(citizen: Citizen, case, which: str) -> dict[str, str]:
    found = citizen.open(f"/case/{case.number}/data/").context[which]
    return {name: found[name].value() or "" for name in found.fields} | {which: "1"}


def test_he_sees_what_is_kept_masked_and_who_looked_by_post_and_surname(citizen, known, cast):
    """peers 25: no address of third parties, and no officer's full name."""
    case = known("closed")
    for what in ("page", "contact", "export", "search"):
        Look.objects.create(case=case, officer=cast.handler(), at=NOW, what=what)
    text = citizen.open(f"/case/{case.number}/data/").content.decode()
    assert "王**" in text and "138****2217" in text and cast.caller_phone not in text and "王桂芳" not in text
    assert cast.handler().full_name not in text and cast.handler().phone not in text
    assert cast.handler().shown_to_citizen in text and "依法留到 2036 年" in text


def test_a_browser_that_has_not_proved_it_learns_nothing(known, cast):
    case = known("closed")
    stranger = Citizen()
    assert stranger.open(f"/case/{case.number}/data/").status_code == 303
    assert stranger.open("/case/GY2601019999/data/").status_code == 303
    assert stranger.send(f"/case/{case.number}/data/", {"delete": "1"}).status_code == 403
    assert not DataRequest.objects.exists()


def test_asked_answered_and_read(citizen, known, cast):
    case = known("closed")
    sent = form(citizen, case, "delete") | {"words": "不想留了"}
    assert citizen.send(f"/case/{case.number}/data/", sent).status_code == 303
    assert citizen.send(f"/case/{case.number}/data/", sent).status_code == 303, "handed in twice it is one"
    asked = DataRequest.objects.get()
    page = citizen.open(f"/case/{case.number}/data/")
    assert page.context["delete"] is None and "前答复您" in page.content.decode()
    own_data.answer(request=asked, by=cast.intake_reviewer, at=NOW, is_granted=True, words="给您删了")
    assert "给您删了" not in citizen.open(f"/case/{case.number}/data/").content.decode(), "not before the second person"
    own_data.confirm(request=asked, by=cast.shift_lead, at=NOW)
    text = citizen.open(f"/case/{case.number}/data/").content.decode()
    assert "给您删了" in text and "已经删除了" in text and "138****2217" not in text


def test_the_form_as_it_stood_changes_nothing(citizen, known, cast):
    """peers 18: it showed a masked name; handed in as it was, there is nothing to correct."""
    case = known("closed")
    answer = citizen.send(f"/case/{case.number}/data/", form(citizen, case, "correct"))
    assert answer.status_code == 422 and not DataRequest.objects.exists()
    assert Person.objects.get(pk=case.person_id).name == "王桂芳"


@pytest.mark.parametrize("fields", [{"words": "字" * 30_000}, {"name": "名" * 500}, {"preferred_time": "晚" * 90}])
def test_too_much_is_said_and_not_kept(citizen, known, fields):
    case = known("closed")
    assert citizen.send(f"/case/{case.number}/data/", form(citizen, case, "correct") | fields).status_code in (413, 422)
    assert not DataRequest.objects.exists()


def test_while_it_is_open_the_page_says_why_nothing_is_deleted(citizen, known):
    assert "还在办" in citizen.open(f"/case/{known('in_hand').number}/data/").content.decode()


def test_late_is_not_hidden_from_him(citizen, known, clock):
    case = known("closed")
    citizen.send(f"/case/{case.number}/data/", form(citizen, case, "delete"))
    clock.shift(timedelta(hours=2))
    assert "7 月 2 日 17:00 前答复您" in citizen.open(f"/case/{case.number}/data/").content.decode()
