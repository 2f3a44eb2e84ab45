"""Who gets in, who has to wait, and what does the demo city show at the door?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from suqiu.demo import accounts, city
from suqiu.desk.locks import WRONG_AT_MOST

from .conftest import Seated, said

LOGIN = {"username": "c-housing-jb1", "password": city.PASSWORD}


@pytest.fixture
def password(cast):
    """The hasher of the tests is quick; the demo's people were made with the city's own."""
    for username in ("c-housing-jb1", "pd01", "gl01"):
        officer = cast.officer(username)
        officer.set_password(city.PASSWORD)
        officer.save()
    return city.PASSWORD


def test_the_right_password_opens_the_day(password, stranger):
    answer = stranger.send("/login/", LOGIN)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/")
    assert stranger.open("/desk/").status_code == 200


def test_one_comes_back_to_where_one_wanted_to_go_but_never_elsewhere(password, stranger):
    wanted = stranger.open("/desk/queue/unit/")
    assert wanted["Location"] == "/login/?next=/desk/queue/unit/"
    page = stranger.open(wanted["Location"])
    assert 'name="next" value="/desk/queue/unit/"' in page.content.decode()
    assert stranger.send("/login/", LOGIN | {"next": "/desk/queue/unit/"})["Location"] == "/desk/queue/unit/"
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert stranger.send("/login/", LOGIN | {"next": elsewhere})["Location"] == "/desk/"


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(password, stranger):
    answers = [stranger.send("/login/", LOGIN | given) for given in ({"password": "wrong"}, {"username": "nobody"})]
    assert [a.status_code for a in answers] == [422, 422]
    assert answers[0].context["form"].non_field_errors() == answers[1].context["form"].non_field_errors()
    assert city.PASSWORD not in str(answers[0].context["form"])


def test_nothing_filled_in_is_said_at_the_field(stranger):
    page = stranger.send("/login/", {})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"username", "password"}


def _try_wrong(seat: Seated, times: int, **more) -> int:
    status = 0
    for _n in range(times):
        status = seat.send("/login/", LOGIN | {"password": "wrong"}, **more).status_code
    return status


def test_too_many_wrong_passwords_wait_and_then_go_on(password, stranger, clock):
    assert _try_wrong(stranger, WRONG_AT_MOST) == 422
    locked = stranger.send("/login/", LOGIN)
    assert locked.status_code == 429
    assert "15 分钟" in said(locked) or "请等" in locked.content.decode()
    clock.shift(timedelta(minutes=16))
    assert stranger.send("/login/", LOGIN).status_code == 303


def test_a_lock_is_on_one_account_from_one_address(password, stranger):
    assert _try_wrong(stranger, WRONG_AT_MOST + 1) == 429
    assert stranger.send("/login/", LOGIN | {"username": "pd01"}).status_code == 303
    assert Seated(None).send("/login/", LOGIN, REMOTE_ADDR="10.1.2.3").status_code == 303
    assert Seated(None).send("/login/", LOGIN | {"username": "C-HOUSING-JB1 "}).status_code == 429


def test_the_right_password_wipes_the_slate(password, stranger):
    for _round in range(3):
        assert _try_wrong(stranger, WRONG_AT_MOST - 1) == 422
        assert stranger.send("/login/", LOGIN).status_code == 303


def test_who_left_the_service_does_not_get_in(password, cast, stranger):
    officer = cast.handler()
    officer.is_active = False
    officer.save()
    assert stranger.send("/login/", LOGIN).status_code == 422


def test_one_leaves_by_pressing_not_by_a_link(seated):
    officer = seated("hw01")
    assert officer.open("/logout/").status_code == 405
    answer = officer.send("/logout/")
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert officer.open("/desk/").status_code == 302


def test_the_demo_city_shows_its_people_and_what_waits_for_them(cast, stranger):
    cast.dispatched()
    page = stranger.open("/login/")
    people = [p for group in page.context["demo_accounts"] for p in group["people"]]
    assert sorted(p["username"] for p in people) == sorted(accounts.LOGINS)
    assert [p["username"] for p in page.context["demo_accounts"][2]["people"]] == ["ld01", "gl01"]
    waiting = {p["username"]: p["waiting"] for p in people}
    assert waiting["c-housing-jb1"] == "市住房和城乡建设局，待签收 1"
    assert waiting["ld01"] == "现在没有要动的"
    assert city.PASSWORD in page.content.decode()


def test_elsewhere_the_door_is_plain(settings, cast, stranger):
    settings.DEMO = False
    page = stranger.open("/login/")
    assert "demo_accounts" not in page.context
    for hidden in (city.PASSWORD, "hw01", "演示"):
        assert hidden not in page.content.decode()


def test_a_form_without_its_token_is_refused_in_words(password):
    strict = Seated(None, enforce_csrf_checks=True)
    answer = strict.send("/login/", LOGIN)
    assert answer.status_code == 403
    assert "打开太久" in answer.content.decode()


def test_the_desk_asks_who_one_is(stranger):
    for address in (
        "/desk/",
        "/desk/queue/unit/",
        "/desk/case/GY1/",
        "/desk/intake/",
        "/desk/notices/",
        "/desk/catalogue/",
        "/desk/mailbox/",
        "/desk/file/1/",
    ):
        answer = stranger.open(address)
        assert (answer.status_code, answer["Location"]) == (302, f"{django_settings.LOGIN_URL}?next={address}")


def test_the_demo_city_names_cases_that_can_be_looked_up(monkeypatch, cast, stranger):
    case = cast.sent()
    shown = accounts.Citizen(case.number, case.code, "F", "待回访", case.title)
    monkeypatch.setattr("suqiu.demo.accounts.citizens", lambda: [shown])
    page = stranger.open("/login/")
    citizen = page.context["demo_citizens"][0]
    assert citizen == {
        "name": "王**，待回访",
        "number": case.spoken_number,
        "code": f"{case.code[:4]} {case.code[4:]}",
        "url": f"/track/?number={case.number}",
    }
    assert stranger.open(citizen["url"]).status_code == 200
