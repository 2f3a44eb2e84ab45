"""A clerk at his list: two fingers, several cases at once, the palette, the shift board; with scripts and without."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.advance import reactions_muted
from suqiu.cases.models import Case, Line, Look
from suqiu.desk import registry
from suqiu.desk.models import HandOver, SavedView
from tests.cast import Cast

from .looking import faults_of, log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def cases(transactional_db) -> list[Case]:
    registry.forget()
    cast, at = Cast(), timezone.now() - timedelta(hours=3)
    with reactions_muted():
        return [cast.dispatched(at=at + timedelta(minutes=n)) for n in range(4)]


def _signed() -> set[str]:
    return set(Line.objects.filter(step="sign_in").values_list("case__number", flat=True))


def _current(page) -> str:
    href = page.get_attribute(".case-row[aria-current] .case-row-title", "href")
    return re.search(r"/case/(\w+)/", href)[1]


def test_two_are_signed_in_with_six_keys(window, cases):
    """j x j x moves and ticks; Tab is not needed: the button stands below, pressed twice it is pressed once."""
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/")
    for key in "jxjx":
        page.keyboard.press(key)
    assert page.inner_text(".batch-said") == "勾了 2 件"
    page.evaluate("() => { const b = document.querySelector('.batch button[value=sign_in]'); b.click(); b.click(); }")
    page.wait_for_url("**/desk/queue/to-sign/")
    page.wait_for_selector(".note")
    assert "2 件记下了" in page.inner_text(".notes")
    assert _signed() == {c.number for c in cases[:2]}
    assert Line.objects.filter(step="sign_in").count() == 2


def test_several_are_signed_in_without_scripts(window, cases):
    page = window(scripts=False)
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/")
    for box in page.locator(".case-row [name=case]").all()[1:3]:
        box.check()
    page.click(".batch button[value=sign_in]")
    page.wait_for_selector(".notes")
    assert _signed() == {c.number for c in cases[1:3]}


def test_a_refusal_takes_the_focus_and_names_its_row(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/")
    page.check("[data-tick-all]")
    Cast().do("sign_in", cases[2], Cast().officer("c-housing-jb2"), at=timezone.now())
    page.click(".batch button[value=sign_in]")
    page.wait_for_selector(".refused-rows")
    assert cases[2].number in page.inner_text(".refused-rows")
    assert page.evaluate("document.activeElement.matches('[data-refusal]')")
    assert _signed() == {c.number for c in cases}


def test_the_list_is_walked_and_a_case_opened_without_the_mouse(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/")
    for key in "jjk":
        page.keyboard.press(key)
    assert _current(page) == cases[0].number
    page.wait_for_selector(".peek-title")
    assert "改写后的内容" in page.inner_text(".peek") and cases[0].spoken_number in page.inner_text(".peek")
    assert Look.objects.filter(case=cases[0]).count() == 1 and not Look.objects.filter(case=cases[1]).exists()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/case/{cases[0].number}/")


def test_letters_are_letters_while_somebody_types(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/")
    page.keyboard.press("/")
    page.keyboard.type("jxk?g1电梯")
    assert page.input_value(".sift [name=text]") == "jxk?g1电梯"
    assert page.locator(".case-row[aria-current]").count() == 0 and page.locator("dialog[open]").count() == 0


def test_the_palette_goes_to_a_case_by_the_end_of_its_number(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.keyboard.press("Control+k")
    page.keyboard.type(cases[3].number[-4:])
    page.wait_for_selector(f'dialog [data-go][href="/desk/case/{cases[3].number}/"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/case/{cases[3].number}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("签收")
    page.wait_for_selector('dialog [data-go][aria-selected][href$="/step/sign_in/"]')
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_answers_that_come_late_do_not_cover_what_was_typed_last(window, cases):
    """The first question is answered after the second: what stands there belongs to what is typed."""
    page, held = window(), []
    log_in(page, "c-housing-jb1")
    page.route("**/desk/go/?q=%E7%AD%BE*", lambda route: held.append(route))
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog [data-go]")
    page.keyboard.type("签")
    page.wait_for_timeout(300)
    page.fill("dialog input", "提醒")
    page.wait_for_selector('dialog [data-go][aria-selected][href="/desk/notices/"]')
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    assert len(held) == 1
    assert page.locator('dialog [data-go][href="/desk/notices/"]').count() == 1


def test_g_and_a_letter_lead_and_keys_can_be_switched_off(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url("**/desk/queue/mine/")
    page.keyboard.press("?")
    page.wait_for_selector("dialog [data-keys-switch]")
    page.check("dialog [data-keys-switch]")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_timeout(300)
    assert page.url.endswith("/desk/queue/mine/")


def test_a_filter_is_saved_as_a_view_and_found_in_the_rail(window, cases):
    page = window()
    log_in(page, "c-housing-jb1")
    page.goto("/desk/queue/to-sign/?show=day&urgency=normal")
    page.fill(".sift-keep [name=name]", "今天的")
    page.click(".sift-keep .button:not([name])")
    page.wait_for_selector(".notes")
    assert SavedView.objects.get().query == "show=day&urgency=normal"
    assert page.locator(".rail a[aria-current]", has_text="今天的").count() == 1


def test_a_shift_is_handed_over(window, transactional_db):
    Cast()
    page = window()
    log_in(page, "bz01")
    page.goto("/desk/shift/")
    page.fill("[name=text]", "河西停水，口径晚八点更新")
    page.click(".hand-over-form button")
    page.wait_for_selector(".hand-over")
    assert page.input_value("[name=text]") == ""
    other = window()
    log_in(other, "bz02")
    other.goto("/desk/shift/")
    other.click(".hand-over button")
    other.wait_for_selector(".hand-over .is-done")
    note = HandOver.objects.get()
    assert (note.read_by.username, note.written_by.username) == ("bz02", "bz01")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_new_pages_are_straight_and_readable(window, cases, language, phone):
    """As all pages; what is still Chinese on English pages is the catalogue's affair and tested there."""
    page = window(phone=phone, language=language)
    log_in(page, "c-housing-sh")
    addresses = [
        "/desk/queue/to-sign/",
        "/desk/queue/to-sign/?text=x",
        "/desk/go/?q=a",
        "/desk/keys/",
        f"/desk/case/{cases[0].number}/print/order/",
    ]
    found = [fault for address in addresses for fault in faults_of(page, address, "zh-CN")]
    log_out = page.context.new_page()
    page.context.clear_cookies()
    log_in(log_out, "bz01")
    found += [
        fault for address in ("/desk/shift/", "/desk/queue/late/") for fault in faults_of(log_out, address, "zh-CN")
    ]
    assert found == [], "\n".join(found)
