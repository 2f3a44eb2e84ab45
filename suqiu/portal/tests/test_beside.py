"""What stands beside the cases: privacy in ten lines, the card on the home screen, leaving a shared machine, marks of language."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from PIL import Image

from suqiu.cases.models import Case, Content
from suqiu.portal.marked import filled, joined, marked
from tests.cast import MONDAY

from .conftest import NOW


def test_privacy_is_ten_lines_and_linked_where_people_hand_in(citizen, db):
    page = citizen.open("/privacy/").content.decode()
    assert page.split("<main")[1].count("<li>") == 10
    assert 'href="/privacy/"' in citizen.open("/submit/").content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("language, lang, name", [("zh", "zh-CN", "广元市 12345"), ("en", "en", "Guangyuan 12345")])
def test_the_manifest_can_be_installed(citizen, db, language, lang, name):
    citizen.open(f"/?lang={language}")
    answer = citizen.open("/manifest.webmanifest")
    found = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (found["name"], found["lang"], found["display"], found["start_url"]) == (name, lang, "standalone", "/")
    assert {i["purpose"] for i in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        side = int(icon["sizes"].split("x")[0])
        assert Image.open(finders.find(icon["src"].removeprefix("/static/"))).size == (side, side)
    assert 'rel="manifest"' in citizen.open("/").content.decode()


def test_no_worker_runs_behind_the_portal():
    assert "serviceWorker" not in Path(finders.find("js/portal.js")).read_text(encoding="utf-8")


def test_leaving_forgets_the_cases_of_this_browser(citizen, known):
    case = known("case")
    assert "/leave/" in citizen.open("/").content.decode() and case.number in citizen.open("/").content.decode()
    assert citizen.send("/leave/", {})["Location"] == "/"
    assert citizen.open(f"/case/{case.number}/")["Location"].startswith("/track/")
    assert "/leave/" not in citizen.open("/").content.decode() and case.number not in citizen.open("/").content.decode()


def test_leaving_does_not_sign_an_officer_out(citizen, cast, known):
    known("case")
    citizen.browser.force_login(cast.operator)
    citizen.send("/leave/", {})
    assert "_auth_user_id" in citizen.browser.session


def test_titles_say_the_city_and_no_number(citizen, known):
    case = known("case")
    for address in ("/", "/submit/", f"/case/{case.number}/"):
        title = re.search("<title>(.*?)</title>", citizen.open(address).content.decode())[1]
        assert title.endswith(" · 广元市 12345") and case.number[-4:] not in title


# ---- said for somebody else, and a leak


def test_for_whom_is_said_under_the_words_with_his_consent(citizen):
    words = "低保申请三个月没有回音。"
    refused = citizen.hand_in(words=words, on_behalf="楼下王奶奶")
    assert refused.status_code == 422 and "要他知道" in refused.content.decode() and words in refused.content.decode()
    assert citizen.hand_in(words=words, on_behalf="楼下王奶奶", has_consent="on").status_code == 303
    case = Case.objects.get()
    assert Content.objects.get(case=case).body == f"{words}\n\n（替楼下王奶奶说的，本人知道并同意）"
    assert case.title == "低保申请三个月没有回音"


def test_who_fears_a_leak_begins_a_confidential_demand(citizen, known):
    case = known("case")
    form = citizen.open(f"/submit/?leak={case.number}").context["form"]
    assert case.number in form["words"].value() and form["secrecy"].value() == "confidential"
    assert citizen.open("/submit/?leak=GY2606089999").context["form"]["words"].value() == ""


# ---- how far is it


def test_how_far_is_it_is_answered_before_and_after(citizen, cast, known):
    case = known("in_hand")
    page = citizen.open(f"/case/{case.number}/do/caller_adds/?hurry=1")
    rows = {str(r["label"]): str(r["value"]) for r in page.context["standing"]["rows"]}
    assert rows == {
        "现在": "承办单位签收（6 月 8 日 10:00起）",
        "谁在办": str(cast.department()),
        "接下来": "原定 6 月 9 日 17:00 前有人联系您，已经过了",
    }
    answer = citizen.take(case, "caller_adds", is_hurry="on")
    shown = citizen.open(answer["Location"]).content.decode()
    assert "催办记下了" in shown and "时限不变" in shown and "只催一下" not in shown
    line = case.lines.latest("no")
    assert (line.step, line.says) == ("caller_adds", {"is_hurry": True})
    again = citizen.open(f"/case/{case.number}/do/caller_adds/?hurry=1").context["standing"]["rows"]
    assert str(again[-1]["value"]) == "1 次，最近 今天 09:00"


# ---- five taps


@pytest.fixture
def answered(cast, known) -> Case:
    case = known("accepted", at=MONDAY)
    cast.do("answer_at_once", case, cast.operator, at=NOW, answer="手机上办。", source="办事指南")
    return case


def tap(citizen, case: Case, level: str, **more):
    rating = citizen.open(f"/case/{case.number}/").context["rating"]
    said = {"key": str(rating["key"]), "seen": rating["seen"], "satisfied": level} | more
    return citizen.send(f"/case/{case.number}/answered/", said), said


@pytest.mark.parametrize(
    ("level", "step", "state"), [(n, "settle", "C") for n in "543"] + [(n, "not_answered", "D") for n in "21"]
)
def test_one_tap_of_five_is_kept_at_once(citizen, answered, level, step, state):
    answer, said = tap(citizen, answered, level)
    assert (answer.status_code, answer["Location"]) == (303, f"/case/{answered.number}/")
    line = answered.lines.latest("no")
    assert (line.step, line.actor, line.says["satisfied"]) == (step, "citizen", level)
    assert Case.objects.get(pk=answered.pk).state == state
    assert citizen.send(f"/case/{answered.number}/answered/", said).status_code == 303, "pressed twice"
    assert answered.lines.latest("no").no == line.no
    shown = citizen.open(f"/case/{answered.number}/")
    assert shown.context["rating"] is None and "记下了" in shown.content.decode()


def test_nothing_is_chosen_beforehand(citizen, answered):
    page = citizen.open(f"/case/{answered.number}/").content.decode()
    five = page.split('id="rating"')[1].split("</form>")[0]
    assert five.count("<button") == 5 and "aria-pressed" not in five and "checked" not in five


@pytest.mark.parametrize("level", ["", "0", "6", "非常满意", "\x00"])
def test_a_tap_that_is_none(citizen, answered, level):
    answer, _said = tap(citizen, answered, level)
    assert answer.status_code == 422 and "再点一次" in answer.content.decode()
    assert Case.objects.get(pk=answered.pk).state == "A"


def test_a_tap_after_somebody_else_moved_it(citizen, cast, answered):
    rating = citizen.open(f"/case/{answered.number}/").context["rating"]
    cast.citizen("not_answered", answered, at=NOW)
    answer = citizen.send(
        f"/case/{answered.number}/answered/", {"key": rating["key"], "seen": rating["seen"], "satisfied": "5"}
    )
    assert answer.status_code == 409 and Case.objects.get(pk=answered.pk).state == "D"


# ---- marks of language


@pytest.mark.parametrize(
    ("page", "said", "shown"),
    [
        ("en", "张**", '<span lang="zh-CN">张**</span>'),
        ("en", "The lamp", "The lamp"),
        ("zh-hans", "The lamp", '<span lang="en">The lamp</span>'),
        ("zh-hans", "路灯", "路灯"),
        ("en", "<b>灯", '<span lang="zh-CN">&lt;b&gt;灯</span>'),
        ("en", "", ""),
        ("en", "GY 260608 0001", "GY 260608 0001"),
    ],
)
def test_what_was_said_in_another_language_is_marked(page, said, shown):
    with translation.override(page):
        assert str(marked(said)) == shown


def test_marked_parts_are_escaped_once():
    with translation.override("en"):
        assert filled("%(a)s & %(b)s", a=marked("灯<"), b="<i>") == '<span lang="zh-CN">灯&lt;</span> &amp; &lt;i&gt;'
        assert str(joined(["", marked("灯"), "<"])).endswith("&lt;")


def test_on_an_english_page_every_chinese_word_of_data_is_marked(citizen, cast, known):
    """Names, posts and people's words; what the interface says is for the catalogue."""
    case = known("proven")
    cast.do("promise", case, cast.handler(), at=NOW, what="换好门机板", due_at=NOW.replace(hour=17))
    citizen.open("/?lang=en")
    page = citizen.open(f"/case/{case.number}/").content.decode()
    for words in (case.title, "换好门机板", "电梯坏了三天，老人下不了楼，请派人来修。"):
        assert words in page
        bare = re.sub(r'<span lang="zh-CN">[^<]*</span>', "", page)
        assert words not in bare, words
