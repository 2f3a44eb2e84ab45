"""One event, many callers, in a browser: merged by ticking, read by the hotline and by the caller, straight and in one language."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case
from tests.cast import Cast

from .looking import faults_of, log_in

pytestmark = pytest.mark.browser


def together() -> tuple[Cast, Case, Case, Case]:
    """A lead in a unit's hands, one caller merged into it, and one more who says the same."""
    cast, at = Cast(), timezone.now() - timedelta(days=1)
    lead, member = cast.in_hand(at=at), cast.case(at=at + timedelta(hours=1))
    cast.do("merge", member, cast.operator, at=at + timedelta(hours=2), into=lead, words="同一部电梯")
    return cast, lead, member, cast.case(at=at + timedelta(hours=3))


def shot(page, name: str) -> None:
    """For who wants to look: SUQIU_SHOTS names a folder."""
    if folder := os.environ.get("SUQIU_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_pages_are_straight_and_readable(window, phone):
    _cast, lead, member, other = together()
    page = window(phone=phone)
    log_in(page, "pd01")
    for name, address in (
        ("event", f"/desk/event/{lead.number}/"),
        ("join", f"/desk/event/{other.number}/join/?into={lead.number}"),
        ("member", f"/desk/case/{member.number}/"),
        ("alike", f"/desk/case/{other.number}/"),
    ):
        assert faults_of(page, address, "zh-CN") == [], name
        shot(page, f"{name}-{'phone' if phone else 'desktop'}")


def test_one_is_ticked_and_taken_in_without_a_script(window):
    _cast, lead, _member, other = together()
    page = window(scripts=False)
    log_in(page, "hw01")
    page.goto(f"/desk/event/{lead.number}/")
    page.get_by_label(other.title).check()
    page.fill("textarea[name=words]", "同一栋同一部")
    page.get_by_role("button", name="并进来").click()
    page.wait_for_url(f"**/desk/event/{lead.number}/")
    assert Case.objects.get(pk=other.pk).state == "M" and "并进来 1 件" in page.inner_text("body")


def test_the_merged_caller_reads_what_happens_and_may_object(window):
    _cast, lead, member, _other = together()
    page = window(phone=True)
    page.goto("/track/")
    page.fill("input[name=number]", member.number)
    page.fill("input[name=code]", member.code)
    page.get_by_role("button").first.click()
    page.wait_for_url(f"**/case/{member.number}/")
    assert faults_of(page, f"/case/{member.number}/", "zh-CN") == []
    shot(page, "citizen-phone")
    assert "和别人反映的同一件事一起办" in page.inner_text("h1") and lead.number not in page.inner_text("body")
    assert page.get_by_role("link", name="申诉").count()
