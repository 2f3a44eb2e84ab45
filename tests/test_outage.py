"""The database is gone for some seconds while people work. What do they read, what becomes of what they typed, and who goes on after it?"""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection

from suqiu import outage
from suqiu.cases.models import Case, Line
from suqiu.desk import context, registry
from suqiu.intake.models import CallDraft
from tests.cast import MONDAY, Cast, photo
from tests.committing import transactional_db  # noqa: F401
from tests.hands import Form
from tests.outages import Served, database_gone, restarted

WORDS = '三单元电梯停了三天，老人下不了楼。\n第二行 <b>& 引号"</b>'
CALL = {
    "phone": "13900001111",
    "name": "李秀英",
    "words": WORDS,
    "secrecy": "general",
    "urgency": "normal",
    "place": "3 栋",
}
LISTS = [
    "/desk/",
    "/desk/queue/to-accept/",
    "/desk/search/?q=电梯",
    "/desk/notices/",
    "/desk/calls/next/",
    "/desk/catalogue/",
]


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:  # noqa: F811
    cache.clear()
    registry.forget()
    with time_machine.travel(MONDAY, tick=True):
        yield Cast()
    cache.clear()


@pytest.fixture
def desk(cast: Cast):
    """`desk("hw01")`: that officer at a browser before the server."""

    def sit(username: str) -> Served:
        browser = Served()
        browser.force_login(cast.officer(username))
        return browser

    return sit


def filled(browser: Served, address: str, having: str, **said) -> dict:
    opened = browser.get(address)
    assert opened.status_code == 200
    return Form(opened.content.decode(), having=having).values | said


def kept(answer, having: str) -> dict:
    """What the form stands at; a browser leaves the first line break of a text out."""
    return {n: v.removeprefix("\n") for n, v in Form(answer.content.decode(), having=having).values.items()}


def shown(answer) -> str:
    return html.unescape(answer.content.decode())


def is_outage(answer) -> bool:
    assert answer.status_code == 503, answer.status_code
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("10", "no-store")
    assert "sessionid" not in answer.cookies, "nobody is signed out by it"
    return True


# ---- the desk: what was typed comes back and can be handed in again


def test_a_call_that_is_written_down_while_the_database_is_gone(desk):
    operator = desk("hw01")
    said = filled(operator, "/desk/intake/", "words", **CALL, then="register")
    with database_gone():
        answers = [operator.post("/desk/intake/", said) for _press in range(2)]
    for answer in answers:
        page = shown(answer)
        assert is_outage(answer) and WORDS in page and "您写的都在下面，没有丢" in page and "data-keep-drafts" in page
        assert "打 12345" not in page and "告诉系统管理员这个号" in page
    assert not Case.objects.exists()
    again = kept(answers[-1], "words")
    assert 'action="/desk/intake/"' in shown(answers[-1]) and {n: again[n] for n in CALL} == CALL
    assert [operator.post("/desk/intake/", again).status_code for _press in range(2)] == [303, 303]
    case = Case.objects.get()
    assert case.contents.get(name="text").body == WORDS and case.person.phone == CALL["phone"]


def test_a_step_that_is_taken_while_the_database_is_gone(desk, cast):
    case, handler = cast.proven(), desk(cast.handler().username)
    address = f"/desk/case/{case.number}/step/draft_reply/"
    words = {"reply": WORDS + "，修好了。", "account": "更换门机板一块，试运行两个小时，没有再停。"}
    said = filled(handler, address, "reply", **words) | {f"outcome-{n}": "answered" for n in (1, 2)}
    before = Line.objects.count()
    with database_gone():
        answer = handler.post(address, said)
    assert is_outage(answer) and words["reply"] in shown(answer) and words["account"] in shown(answer)
    assert Line.objects.count() == before
    again = kept(answer, "reply")
    assert {n: v for n, v in again.items() if n in words | said and n != "csrfmiddlewaretoken"} == {
        n: v for n, v in said.items() if n != "csrfmiddlewaretoken"
    }


def test_a_step_handed_in_again_is_taken_once(desk, cast):
    case, handler = cast.in_hand(), desk(cast.handler().username)
    address = f"/desk/case/{case.number}/step/contact/"
    said = filled(handler, address, "way", way="phone", outcome="connected", minutes="4", words="说好下午去看")
    with database_gone():
        answer = handler.post(address, said)
    again = kept(answer, "words")
    assert [handler.post(address, again).status_code for _press in range(2)] == [303, 303]
    assert Line.objects.filter(case=case, step="contact").count() == 1


def test_photographs_have_to_be_chosen_again_and_the_page_says_so(desk, cast):
    case, handler = cast.in_hand(), desk(cast.handler().username)
    address = f"/desk/case/{case.number}/step/visit/"
    said = filled(handler, address, "place", place="3 栋", words="换了门机板")
    with database_gone():
        answer = handler.post(address, said | {"after": photo()})
    assert is_outage(answer) and "照片要再选一次" in shown(answer) and "换了门机板" in shown(answer)


def test_a_form_that_is_sent_by_a_script_stays_open_and_is_told_in_place(desk, cast):
    case, handler = cast.in_hand(), desk(cast.handler().username)
    address = f"/desk/case/{case.number}/step/contact/"
    said = filled(handler, address, "way", words="说好下午去看")
    with database_gone():
        answer = handler.post(address, said, headers={"HX-Request": "true"})
    piece = shown(answer)
    assert is_outage(answer) and "<html" not in piece and 'class="portal-page"' in piece, (
        "as parts/_in_place.html selects it"
    )
    assert "data-refusal" in piece and "写的都还在这一页上" in piece


def test_a_draft_of_the_phone_desk_is_not_called_kept(desk):
    operator = desk("hw01")
    token = filled(operator, "/desk/intake/", "words")["csrfmiddlewaretoken"]
    said = {"key": "1" * 36, "revision": 1, "words": "电梯停", "csrfmiddlewaretoken": token}
    with database_gone():
        answer = operator.post("/desk/phone/draft/", said)
    assert is_outage(answer), "anything but 2xx: the script keeps it in the browser and tries again"
    assert operator.post("/desk/phone/draft/", said).status_code == 200 and CallDraft.objects.count() == 1


# ---- the desk: what is only read


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_say_so_in_the_readers_language_and_are_there_again(desk, cast, language):
    case, officer = cast.case(), desk("bz01")
    caller = desk("hf01")
    for browser in (officer, caller):
        browser.cookies["django_language"] = language
    pages = [(caller if "calls" in a else officer, a) for a in [*LISTS, f"/desk/case/{case.number}/"]]
    assert all(browser.get(address).status_code == 200 for browser, address in pages)
    with database_gone():
        for browser, address in pages:
            answer = browser.get(address)
            page = shown(answer)
            assert is_outage(answer) and case.title not in page and 'class="button button-main" href="/desk/' in page
            assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in page
            assert ("再试一次" in page) == (language != "en")
    assert [browser.get(address).status_code for browser, address in pages] == [200] * len(pages)


def test_a_connection_that_was_cut_between_two_requests_costs_nobody_anything(desk):
    """Nobody asked while it was away: the first who asks is answered, on a new connection."""
    officer = desk("bz01")
    assert officer.get("/desk/").status_code == 200
    first = connection.connection
    assert first is not None and not first.closed, "it is kept between requests"
    restarted()
    assert officer.get("/desk/").status_code == 200
    assert connection.connection is not first


def test_who_signs_in_meanwhile_types_his_password_again_and_reads_it_nowhere(cast):
    browser = Served()
    said = filled(browser, "/login/", "password", username="bz01", password="suqiu-demo")
    with database_gone():
        answer = browser.post("/login/", said)
    assert is_outage(answer) and "suqiu-demo" not in shown(answer) and 'href="/login/"' in shown(answer)
    assert browser.post("/login/", said).status_code == 303


def test_a_session_that_cannot_be_written_is_the_same_outage(desk, monkeypatch):
    """The page itself was ready; what failed is the middleware around it."""
    plain, officer = context.seat, desk("bz01")

    def changing(request):
        request.session["seen"] = 1
        return plain(request)

    def gone_by_then(session, **how):
        with database_gone(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    monkeypatch.setattr(context, "seat", changing)
    with monkeypatch.context() as broken:
        broken.setattr(SessionStore, "save", gone_by_then)
        assert is_outage(officer.get("/desk/notices/"))
    assert officer.get("/desk/notices/").status_code == 200


# ---- the citizen's door, by the same hands


def test_a_demand_handed_in_while_the_database_is_gone(cast):
    citizen = Served()
    said = filled(citizen, "/submit/", "words", words=WORDS, place="3 栋", secrecy="confidential")
    with database_gone():
        answer = citizen.post("/submit/", said | {"photos": photo()})
    page = shown(answer)
    assert is_outage(answer) and WORDS in page and "照片要再选一次" in page and "打 12345" in page
    again = kept(answer, "words")
    assert [citizen.post("/submit/", again).status_code for _press in range(2)] == [303, 303]
    assert Case.objects.get().contents.get(name="text").body == WORDS


# ---- and nothing else


def test_what_is_wrong_in_the_house_is_no_outage(desk, monkeypatch):
    def wrong(*_args, **_named):
        raise ValueError("a bug")

    monkeypatch.setattr(context, "seat", wrong)
    answer = desk("bz01").get("/desk/")
    assert answer.status_code == 500 and "Retry-After" not in answer and not outage.is_gone(ValueError())
