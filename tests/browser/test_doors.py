"""What only a browser can tell: no script is needed, none breaks the policy, two presses are one case, nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case
from tests.browser.looking import faults_of, log_in
from tests.cast import Cast

pytestmark = pytest.mark.browser


def say(page, words: str) -> None:
    page.goto("/submit/")
    page.fill("[name=words]", words)
    page.check("[name=secrecy][value=general]", force=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_demand_is_handed_in_on_a_phone_and_looked_up(window, scripts):
    page = window(phone=True, scripts=scripts)
    say(page, "楼下烧烤店夜里油烟大，请来看看。")
    page.locator("main form button, form.submit button").last.click()
    page.wait_for_url("**/submitted/")
    case = Case.objects.get()
    code = re.search(r"\b\d{4} \d{4}\b", page.inner_text("main").replace("\xa0", " ")).group()
    page.context.clear_cookies()
    page.goto("/track/")
    page.fill("[name=number]", case.number)
    page.fill("[name=code]", code)
    page.locator("main form button").last.click()
    page.wait_for_url(f"**/case/{case.number}/")
    assert "楼下烧烤店夜里油烟大" in page.inner_text("main")


def test_two_presses_are_one_case(window):
    page = window(phone=True)
    say(page, "路口的井盖翘起来了，电动车压上去会翻。")
    page.evaluate("() => { const f = document.querySelector('main form'); f.requestSubmit(); f.requestSubmit(); }")
    page.wait_for_url("**/submitted/")
    assert Case.objects.count() == 1


def test_what_was_typed_is_there_again_after_a_crash(window):
    page = window(phone=True)
    say(page, "水管爆了，巷子里全是水。")
    page.wait_for_timeout(900)  # a draft is kept when the typing rests
    page.goto("about:blank")
    page.goto("/submit/")
    assert page.input_value("[name=words]") == "水管爆了，巷子里全是水。"


def test_a_refused_step_keeps_what_was_written(window):
    """The reply lacks its proof: the page says what is missing, and the words stand where they were."""
    case = Cast().in_hand(at=timezone.now() - timedelta(hours=8))
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto(f"/desk/case/{case.number}/step/draft_reply/")
    if page.locator("textarea[name=reply]").count() == 0:
        assert "联系记录" in page.inner_text("main")
        return
    page.fill("textarea[name=reply]", "电梯已经修好。")
    page.locator("main form:has(textarea[name=reply]) button").last.click()
    page.wait_for_load_state("networkidle")
    assert page.input_value("textarea[name=reply]") == "电梯已经修好。"
    assert Case.objects.get(pk=case.pk).state == "H"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_are_straight_readable_and_in_one_language(window, language, phone):
    """No sideways scroll, nothing under 12 px, no fault that axe finds, no Chinese on English pages but what people wrote."""
    cast, now = Cast(), timezone.now() - timedelta(hours=8)
    case = cast.proven(at=now)
    addresses = ["/", "/submit/", "/track/", "/verify/", "/login/"]
    page = window(phone=phone, language=language)
    found = [fault for address in addresses for fault in faults_of(page, address, language)]
    log_in(page, "c-housing-jb1")
    desk = [
        "/desk/",
        "/desk/queue/unit/",
        f"/desk/case/{case.number}/",
        f"/desk/case/{case.number}/step/contact/",
        "/desk/catalogue/",
    ]
    found += [fault for address in desk for fault in faults_of(page, address, language)]
    assert found == [], "\n".join(found)
