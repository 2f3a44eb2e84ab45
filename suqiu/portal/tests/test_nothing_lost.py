"""Whatever goes wrong between typing and keeping, the words come back: an old page, an ended session, a database that is gone."""

import pytest
from django.core.cache import cache
from django.db import OperationalError

from suqiu.cases.models import Case, Content
from suqiu.followup.links import make_link
from suqiu.portal import case_views, queries, views
from tests.cast import photo

from .conftest import NOW

WORDS = '路灯不亮三天了，老人摔了一跤。\n第二行 <b>& 引号"</b>'
ESCAPED = "路灯不亮三天了，老人摔了一跤。\n第二行 &lt;b&gt;&amp; 引号&quot;&lt;/b&gt;"


def gone(*_args, **_named):
    raise OperationalError("server closed the connection unexpectedly")


# ---- the page was open too long, or its cookie is gone


def test_a_form_without_its_token_comes_back_whole(citizen):
    strict = type(citizen)(enforce_csrf_checks=True)
    said = {"words": WORDS, "place": "3 栋", "phone": "13812342217", "secrecy": "confidential", "key": ""}
    answer = strict.send("/submit/", said)
    page = answer.content.decode()
    assert answer.status_code == 403 and not Case.objects.exists()
    assert ESCAPED in page and "写的都在" in page and "data-refusal" in page
    assert [answer.context["form"][n].value() for n in ("place", "phone", "secrecy")] == [
        "3 栋",
        "13812342217",
        "confidential",
    ]
    once_more = said | {"csrfmiddlewaretoken": str(answer.context["csrf_token"]), "words": WORDS}
    assert strict.send("/submit/", once_more).status_code == 303 and Case.objects.count() == 1


def test_no_step_is_taken_without_its_token(citizen, known):
    case = known("in_hand")
    form = citizen.form_of(case, "withdraw")
    citizen.browser.handler.enforce_csrf_checks = True
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": "不办了，算了。"}
    answer = citizen.send(f"/case/{case.number}/do/withdraw/", said)
    assert answer.status_code == 403 and "不办了，算了。" in answer.content.decode()
    for address, said in (
        ("/track/", {"number": case.number, "code": case.code}),
        ("/verify/", {}),
        ("/code/", {"number": case.number}),
    ):
        shown = citizen.send(address, said)
        assert shown.status_code == 403 and 'name="csrfmiddlewaretoken"' in shown.content.decode(), address
    assert Case.objects.get(pk=case.pk).state == "H"


def test_no_tap_is_kept_without_its_token(citizen, cast, known):
    case = known("sent")
    token = make_link(case=case, at=NOW)
    citizen.browser.handler.enforce_csrf_checks = True
    assert citizen.send(f"/rate/{token}/", {"solved": "no"}).status_code == 403
    assert case.links.get().answers == {}


# ---- the session ended while he typed


def test_a_demand_typed_until_the_session_ended_still_shows_its_code(citizen):
    form = citizen.open("/submit/").context["form"]
    del citizen.browser.cookies["sessionid"]
    assert (
        citizen.send("/submit/", {"key": form["key"].value(), "words": WORDS, "secrecy": "general"}).status_code == 303
    )
    shown = citizen.open("/submitted/")
    assert shown.status_code == 200 and len(shown.context["code"]) == 9


def test_who_lost_his_session_is_asked_again_and_finds_his_words(citizen, known):
    case = known("in_hand")
    form = citizen.form_of(case, "caller_adds")
    citizen.browser.cookies.clear()
    address = f"/case/{case.number}/do/caller_adds/"
    answer = citizen.send(address, {"key": form["key"].value(), "seen": form["seen"].value(), "words": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 403 and "您写的都留着" in page and f'value="{case.number}"' in page
    assert "data-keep-drafts" in page, "the draft in the browser stays too"
    assert Case.objects.get(pk=case.pk).line_no == 4
    proved = citizen.prove(case)
    assert (proved.status_code, proved["Location"]) == (303, address)
    form = citizen.open(address).context["form"]
    assert form["words"].value() == WORDS
    citizen.send(address, {"key": form["key"].value(), "seen": form["seen"].value(), "words": WORDS})
    assert Content.objects.filter(case=case, body=WORDS.replace("\r\n", "\n")).exists()
    assert citizen.open(address).context["form"]["words"].value() == "", "handed back once"


def test_another_case_gets_none_of_it(citizen, cast, known):
    case, other = known("in_hand"), cast.case(text="另一件事，井盖坏了。")
    citizen.browser.cookies.clear()
    citizen.send(f"/case/{case.number}/do/caller_adds/", {"words": WORDS})
    assert citizen.prove(other)["Location"] == f"/case/{other.number}/"


# ---- the database is gone


def test_a_demand_while_the_database_is_gone(citizen, monkeypatch):
    """503, every word and every choice in the page, the same key: pressed again when it is back, one case."""
    form = citizen.open("/submit/").context["form"]
    said = {"key": form["key"].value(), "words": WORDS, "place": "3 栋", "secrecy": "confidential"}
    with monkeypatch.context() as broken:
        broken.setattr(views, "receive", gone)
        answer = citizen.send("/submit/", said | {"photos": photo()})
    page = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] == "10" and not Case.objects.exists()
    assert ESCAPED in page and "没有丢" in page and "照片要再选一次" in page
    for name in ("key", "place", "secrecy"):
        assert f'name="{name}" value="{said[name]}"' in page
    assert [citizen.send("/submit/", said).status_code for _press in range(2)] == [303, 303]
    assert Case.objects.count() == 1


@pytest.mark.parametrize("address", ["/", "/submit/", "/track/", "/case/GY2606080001/", "/code/", "/verify/"])
def test_no_query_at_all_is_answered(citizen, known, monkeypatch, address):
    """Not even session, areas or city can be read, and no cache is warm: every page still says so, every form keeps its words."""
    known("case")
    cache.clear()
    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
        opened = citizen.open(address)
        sent = citizen.send("/submit/", {"words": WORDS, "secrecy": "general", "key": "", "area": "510802001"})
    assert opened.status_code in (200, 503) and "<main" in opened.content.decode()
    assert sent.status_code == 503 and ESCAPED in sent.content.decode()
    assert citizen.open(address).status_code < 400, "and is there again"


def test_a_step_while_the_database_is_gone(citizen, known, monkeypatch):
    case = known("in_hand")
    form = citizen.form_of(case, "caller_adds")
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": WORDS}
    with monkeypatch.context() as broken:
        broken.setattr(case_views, "_take", gone)
        answer = citizen.send(f"/case/{case.number}/do/caller_adds/", said)
    assert answer.status_code == 503 and ESCAPED in answer.content.decode()
    assert Case.objects.get(pk=case.pk).line_no == 4


def test_a_page_while_the_database_is_gone(citizen, known, monkeypatch):
    case = known("in_hand")
    monkeypatch.setattr(queries, "read", gone)
    answer = citizen.open(f"/case/{case.number}/")
    page = answer.content.decode()
    assert answer.status_code == 503 and "再试一次" in page and "tel:12345" in page and case.title not in page


def test_the_words_come_back_in_english_too(citizen, monkeypatch):
    citizen.open("/?lang=en")
    form = citizen.open("/submit/").context["form"]
    monkeypatch.setattr(views, "receive", gone)
    answer = citizen.send("/submit/", {"key": form["key"].value(), "words": "The lamp is dark.", "secrecy": "general"})
    assert answer.status_code == 503 and "The lamp is dark." in answer.content.decode()
    assert '<html lang="en"' in answer.content.decode()


def test_nothing_else_is_called_an_unreachable_database(citizen, monkeypatch):
    def wrong(*_args, **_named):
        raise ValueError("a bug")

    form = citizen.open("/submit/").context["form"]
    monkeypatch.setattr(views, "receive", wrong)
    answer = citizen.send("/submit/", {"key": form["key"].value(), "words": WORDS, "secrecy": "general"})
    assert answer.status_code == 500 and "Retry-After" not in answer
