"""The administrator's desk in a real browser: one row mended without a script, its change looked at and confirmed."""

from __future__ import annotations

import pytest

from suqiu.directory.models import Change, Department
from tests.browser.looking import enter, faults_of
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_row_is_mended_looked_at_and_confirmed(window, scripts):
    page = window(scripts=scripts)
    enter(page, Cast().administrator)
    page.goto("/desk/administration/table/departments/?q=C-MARKET")
    page.click("main table a")
    page.fill("[name=name_en]", "Market Office")
    page.locator("main form.section button").first.click()
    page.wait_for_url("**/changes/*/")
    assert "Market Office" in page.inner_text("main")
    page.click("button[name=confirm]")
    page.wait_for_load_state()
    assert Change.objects.get().state == "done"
    assert Department.objects.get(pk="C-MARKET").name_en == "Market Office"
    Department.objects.filter(pk="C-MARKET").update(name_en="Market Regulation Bureau")


@pytest.mark.parametrize(("language", "phone"), [("zh-CN", True), ("en", False)])
def test_a_change_that_moves_due_times_is_straight_and_sound(window, language, phone):
    cast = Cast()
    cast.in_hand()
    page = window(phone=phone, language=language)
    enter(page, cast.administrator)
    page.goto("/desk/administration/table/calendar/row/")
    page.fill("[name=day]", "2026-06-12")
    page.fill("[name=option-source]", "2026-9")
    page.locator("main form.section button").first.click()
    page.wait_for_url("**/changes/*/")
    address = f"/desk/administration/changes/{Change.objects.get().pk}/"
    assert page.locator("#effects .rows li").count() >= 1
    assert faults_of(page, address, language) == []
