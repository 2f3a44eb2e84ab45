"""A real browser at the real server: one browser a run, one fresh window a test, and whatever its console says is a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.committing import transactional_db  # noqa: F401
from tools import browser as chromium


@pytest.fixture(scope="session")
def chrome() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=str(chromium.find()), args=chromium.FLAGS)


@pytest.fixture
def window(chrome, live_server, transactional_db):  # noqa: F811
    """window(phone=True, language="en", scripts=False) opens a page whose console errors fail the test at its end."""
    opened, faults = [], []

    def open_window(*, phone: bool = False, language: str = "zh-CN", scripts: bool = True):
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = chrome.new_context(
            base_url=live_server.url,
            viewport=size,
            locale=language,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.on(
            "console", lambda m: faults.append(m.text) if m.type == "error" and "status of 4" not in m.text else None
        )
        page.on("pageerror", lambda e: faults.append(str(e)))
        opened.append(context)
        return page

    yield open_window
    for context in opened:
        context.close()
    assert faults == []


@pytest.fixture
def rough(chrome, live_server, transactional_db):  # noqa: F811
    """A window in which requests are meant to fail: what the browser says of those is no fault, what a script throws is."""
    thrown: list[str] = []
    context = chrome.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.on("pageerror", lambda e: thrown.append(str(e)))
    yield page
    context.close()
    assert thrown == []
