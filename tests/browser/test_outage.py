"""The database goes away under an open form. What stands on the screen, and is the same button enough when it is back?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from suqiu.cases.models import Case, Line
from tests.cast import Cast
from tests.outages import database_gone

from .looking import log_in

pytestmark = pytest.mark.browser
WORDS = "说好下午两点去看，他在家等"


@pytest.fixture
def case(transactional_db) -> Case:
    return Cast().in_hand(at=timezone.now() - timedelta(hours=2))


@contextmanager
def away() -> Iterator[None]:
    """For the server; what the test itself reads, it reads on a connection of after."""
    connection.close()
    with database_gone():
        yield
    connection.close()


def fill(page, case: Case) -> None:
    log_in(page, "c-housing-jb1")
    page.goto(f"/desk/case/{case.number}/step/contact/")
    choose(page, "way", "phone")
    choose(page, "outcome", "connected")
    page.fill("[name=words]", WORDS)


def choose(page, name: str, value: str) -> None:
    """Few choices are buttons, many are a list."""
    if page.locator(f"select[name={name}]").count():
        page.select_option(f"[name={name}]", value)
    else:
        page.check(f"[name={name}][value={value}]")


def press(page) -> None:
    page.locator("form[action$='/step/contact/'] button.button-main").click()


def test_with_scripts_the_form_stays_and_says_why(rough, case):
    page = rough
    fill(page, case)
    with away():
        press(page)
        page.locator("#refusal", has_text="暂时存不进去").wait_for()
        assert page.input_value("[name=words]") == WORDS and page.url.endswith("/step/contact/")
        assert "写的都还在这一页上" in page.inner_text("#refusal")
    press(page)
    page.wait_for_url(f"**/desk/case/{case.number}/")
    assert Line.objects.filter(case=case, step="contact").count() == 1


@pytest.fixture
def plain(chrome, live_server):
    """A window without scripts, in which a request is meant to fail."""
    context = chrome.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_scripts_the_words_come_back_on_a_page_of_their_own(plain, case):
    page = plain
    fill(page, case)
    with away():
        press(page)
        page.get_by_role("heading", name="我们这里暂时存不进去").wait_for()
        assert page.input_value("textarea[name=words]") == WORDS
    page.get_by_role("button", name="再交一次").click()
    page.wait_for_url(f"**/desk/case/{case.number}/")
    assert Line.objects.filter(case=case, step="contact").count() == 1


def test_a_list_is_one_press_away_when_it_is_back(rough, case):
    page = rough
    log_in(page, "c-housing-jb1")
    with away():
        page.goto("/desk/queue/unit/")
        page.get_by_role("heading", name="我们这里暂时取不出来").wait_for()
    page.get_by_role("link", name="再试一次").click()
    page.get_by_text(case.title).first.wait_for()
