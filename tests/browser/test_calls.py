"""A follow-up caller's piece of a day: calls by keys alone, an hour without a line, two callers side by side."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case, Look
from suqiu.followup.models import Attempt, FollowUpCall
from tests.cast import Cast

from .looking import faults_of, log_in

pytestmark = pytest.mark.browser
KEYS_AT_MOST = 6
NUMBERS = ("13812342217", "13800000001", "13800000002")


@pytest.fixture(autouse=True)
def _by_day(monkeypatch):
    """The tests run at any hour; people are rung by day."""
    monkeypatch.setattr("suqiu.followup.rules.is_calling_hour", lambda now: True)


def waiting(n: int) -> list[Case]:
    """Cases whose reply went out yesterday, the oldest first."""
    cast, found = Cast(), []
    for days, number in enumerate(NUMBERS[:n]):
        cast.caller_phone = number
        found.append(cast.sent(at=timezone.now() - timedelta(days=9 - days)))
    return found


class Hands:
    """Counts what the caller presses."""

    def __init__(self, page):
        self.page, self.pressed = page, []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed.append(key)

    def record(self) -> int:
        """Writes it down; how many keys this call took."""
        before = self.page.url
        self.press("Control+Enter")
        self.page.wait_for_url(lambda url: url != before)
        self.page.wait_for_load_state("networkidle")
        count, self.pressed = len(self.pressed), []
        return count


def test_a_morning_of_calls_by_keys_alone(window):
    """From the first page by one link; six keys for a call, three where nobody answers; each next case comes by itself."""
    solved, silent, unsolved = waiting(3)
    page = window()
    log_in(page, "hf01")
    page.get_by_role("link", name="回访电话").click()
    page.wait_for_url("**/desk/calls/next/")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{solved.number}/")
    hands = Hands(page)
    hands.press("d", "1", "1", "1", "1")
    page.wait_for_selector(".follows-ok")
    assert "按规则办结" in page.inner_text("#standing") and re.search(r"\d\d:\d\d", page.inner_text("[data-timer]"))
    assert hands.record() <= KEYS_AT_MOST
    page.wait_for_url(f"**/{silent.number}/")
    hands.press("d", "u")
    page.locator("#standing", has_text="再打一次").wait_for()
    assert hands.record() == 3
    page.wait_for_url(f"**/{unsolved.number}/")
    hands.press("d", "y", "n", "n", "5")
    page.wait_for_selector(".follows-over")
    page.keyboard.press("w")
    page.keyboard.type("修了两天又坏了，1 楼的按钮也不亮")  # words, digits among them, are no keys
    assert hands.record() <= KEYS_AT_MOST
    page.wait_for_url("**/desk/calls/next/")
    states = [Case.objects.get(pk=case.pk).state for case in (solved, silent, unsolved)]
    assert states == ["C", "F", "H"]
    told = {a.case_id: a for a in Attempt.objects.all()}
    assert (told[solved.pk].solved, told[solved.pk].satisfied) == ("yes", "5")
    assert (told[silent.pk].outcome, told[unsolved.pk].solved, told[unsolved.pk].satisfied) == ("no_answer", "no", "1")
    again = timezone.localtime(told[silent.pk].next_at)
    assert again > timezone.now() and again.hour != timezone.localtime(told[silent.pk].at).hour
    assert unsolved.contents.filter(name="words", body__startswith="修了两天又坏了，1 楼").exists()
    assert Look.objects.filter(what="contact", reason="follow_up").count() == 3
    assert not any(number in page.content() for number in NUMBERS)


def test_an_hour_without_a_line_loses_nothing(rough):
    """Two answers while the line is gone; the window is closed and opened again: each arrives, once."""
    (case,) = waiting(1)
    page = rough
    log_in(page, "hf01")
    page.goto(f"/desk/calls/{case.number}/")
    page.keyboard.press("1")
    page.wait_for_selector(".follows [name=record]:not([aria-disabled])")
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.wait_for_selector(".saved.is-waiting")
    assert [b.get_attribute("value") for b in page.query_selector_all("[data-question] [aria-pressed=true]")] == [
        "yes",
        "no",
        "no",
    ]
    context, back = page.context, page.context.new_page()
    page.close()
    context.set_offline(False)
    back.goto(f"/desk/calls/{case.number}/")
    back.wait_for_selector(".follows-over")
    taps = FollowUpCall.objects.get().taps
    assert [(t["name"], t["value"]) for t in taps] == [("contacted", "yes"), ("is_true", "no"), ("solved", "no")]
    back.reload()
    back.wait_for_load_state("networkidle")
    assert len(FollowUpCall.objects.get().taps) == 3


def test_the_session_ends_in_the_middle_of_a_call(window):
    (case,) = waiting(1)
    page = window()
    log_in(page, "hf01")
    page.goto(f"/desk/calls/{case.number}/")
    kept = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("1")
    page.wait_for_selector(".saved.is-waiting")
    assert "登录过期了" in page.inner_text("[data-saved-note]")
    page.context.add_cookies([c for c in kept if c["name"] == "sessionid"])
    page.keyboard.press("1")
    page.wait_for_selector("[data-chosen*='is_true=']", state="attached")
    assert [t["name"] for t in FollowUpCall.objects.get().taps] == ["contacted", "is_true"]


def test_two_callers_side_by_side(window):
    one, two = waiting(2)
    first, second = window(), window()
    for page, who in ((first, "hf01"), (second, "hf02")):
        log_in(page, who)
        page.goto("/desk/calls/next/")
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
    assert first.url.endswith(f"/{one.number}/") and second.url.endswith(f"/{two.number}/")
    second.goto(f"/desk/calls/{one.number}/")
    assert "正在打这件" in second.inner_text("main") and second.locator("[name=solved]").count() == 0


def test_a_call_without_scripts(window):
    (case,) = waiting(1)
    page = window(scripts=False)
    log_in(page, "hf01")
    page.goto(f"/desk/calls/{case.number}/")
    page.fill("#call-words", "都好了")
    for name, value in (("dial", "1"), ("contacted", "yes"), ("solved", "yes"), ("record", "1")):
        page.locator(f"button[name={name}][value='{value}']").first.click()
        page.wait_for_load_state("load")
    assert Case.objects.get(pk=case.pk).state == "C" and case.contents.filter(name="words", body="都好了").exists()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_are_straight_readable_and_in_one_language(window, language, phone):
    (case,) = waiting(1)
    page = window(phone=phone, language=language)
    log_in(page, "hf01")
    found = [
        fault
        for address in ("/desk/calls/next/", f"/desk/calls/{case.number}/")
        for fault in faults_of(page, address, language)
    ]
    assert found == [], "\n".join(found)
