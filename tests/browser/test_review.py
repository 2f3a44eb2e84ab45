"""A reviewer's piece of a day: read, send, send back saying what is missing, see what was mended; by keys alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case
from tests.cast import Cast
from tests.reading import last, words

from .looking import faults_of, log_in

pytestmark = pytest.mark.browser
GOOD = "电梯门机板已换好，今天下午恢复运行。停运原因是门机板老化。"
EMPTY = "您反映的问题我局高度重视，已责成物业限期整改。"


def drafted(reply: str, days: int) -> Case:
    cast, at = Cast(), timezone.now() - timedelta(days=days)
    case = cast.proven(at=at)
    cast.reply(case, at=at, reply=reply)
    return case


def test_one_is_sent_one_is_sent_back_and_comes_again(window):
    good, empty = drafted(GOOD, 4), drafted(EMPTY, 3)
    page = window()
    log_in(page, "c-housing-sh")
    page.goto("/desk/queue/to-review/")
    page.locator(f"a[href*='{good.number}']").first.click()
    page.get_by_role("link", name="审核通过").first.click()
    page.wait_for_url(f"**/desk/review/{good.number}/")
    page.keyboard.press("a")  # opens, and sends nothing yet
    page.wait_for_selector("[data-decision=approve][open]")
    assert Case.objects.get(pk=good.pk).state == "V"
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/review/{empty.number}/")  # the next by itself
    assert Case.objects.get(pk=good.pk).state == "F"
    assert "第 1 点没有答" in page.inner_text(".hints")
    page.keyboard.press("r")
    page.wait_for_selector("[data-decision=send_back][open]")
    assert "第 1 点没有答：修好电梯" in page.input_value("[data-decision=send_back] textarea")
    page.keyboard.press("End")
    page.keyboard.type("。写明换了什么。A 和 R 在这里是字。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/queue/to-review/")
    empty.refresh_from_db()
    assert empty.state == "H" and "A 和 R 在这里是字" in words(last(empty))["words"]
    Cast().reply(empty, at=timezone.now() - timedelta(hours=6, minutes=1), reply=GOOD)
    page.goto(f"/desk/review/{empty.number}/")
    assert "和退回的那份比" in page.inner_text("#before")
    assert page.locator("#before ins").count() and "高度重视" in page.inner_text("#before del")


def test_next_and_previous_by_letters_and_no_letter_while_typing(window):
    one, two = drafted(GOOD, 4), drafted(GOOD, 3)
    page = window()
    log_in(page, "c-housing-sh")
    page.goto(f"/desk/review/{one.number}/")
    page.keyboard.press("j")
    page.wait_for_url(f"**/{two.number}/")
    page.keyboard.press("k")
    page.wait_for_url(f"**/{one.number}/")
    page.keyboard.press("r")
    page.keyboard.type("jk")
    page.wait_for_timeout(200)
    assert page.url.endswith(f"/{one.number}/") and page.input_value("[data-decision=send_back] textarea").endswith(
        "jk"
    )


def test_an_empty_sending_back_is_refused_beside_the_words(window):
    case = drafted(GOOD, 2)
    page = window(scripts=False)
    log_in(page, "c-housing-sh")
    page.goto(f"/desk/review/{case.number}/")
    page.locator("[data-decision=send_back] summary").click()
    page.fill("[data-decision=send_back] textarea", " ")
    page.locator("[data-decision=send_back] form button").click()
    page.wait_for_load_state("load")
    assert "还没有填" in page.inner_text("[data-decision=send_back]") and Case.objects.get(pk=case.pk).state == "V"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_page_is_straight_readable_and_in_one_language(window, language, phone):
    case = drafted(EMPTY, 3)
    cast = Cast()
    cast.do("send_back", case, cast.reviewer(), at=timezone.now(), words="写明哪天")
    cast.reply(case, at=timezone.now() - timedelta(hours=6), reply=GOOD)
    page = window(phone=phone, language=language)
    log_in(page, "c-housing-sh")
    assert faults_of(page, f"/desk/review/{case.number}/", language) == []
