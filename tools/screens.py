"""Pictures of what people see, for docs/screens.md: every main page, in both languages, on a desk and on a phone.

python -m tools.screens                      a demo city of its own, started for this
python -m tools.screens http://127.0.0.1:8000     one that runs already
"""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tools import browser

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screens"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LANGUAGES = {"zh": "zh-CN", "en": "en"}
PORT, PATIENCE, QUALITY = 8790, 400, 60
FIRST_CASE = ".case-row-title"


@dataclass(frozen=True)
class Shot:
    """One page: who looks at it (none: a citizen), where, and what he follows there first."""

    name: str
    title: str
    path: str
    who: str = ""
    follow: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ("desk", "phone")


SHOTS = (
    Shot("home", "A citizen arrives", "/"),
    Shot("submit", "He says what is wrong", "/submit/", sizes=("phone",)),
    Shot("track", "He follows his case", "/track/", sizes=("phone",)),
    Shot("verify", "He checks the record", "/verify/", sizes=("phone",)),
    Shot("phone", "An operator types while listening", "/desk/intake/", "hw01", sizes=("desk",)),
    Shot("today", "What is to be done today", "/desk/", "sl01"),
    Shot("queue", "A dispatcher's queue", "/desk/queue/to-dispatch/", "pd01", sizes=("desk",)),
    Shot("dispatch", "To whom does it go?", "/desk/queue/to-dispatch/", "pd01", (FIRST_CASE, "a[href$='/step/dispatch/']"), ("desk",)),
    Shot("worklist", "A unit's worklist", "/desk/queue/unit/", "c-housing-jb1"),
    Shot("case", "The case", "/desk/queue/unit/", "c-housing-jb1", (FIRST_CASE,)),
    Shot("site", "A handler on site", "/desk/site/", "c-housing-jb1", sizes=("phone",)),
    Shot("review", "Demand and reply side by side", "/desk/queue/to-review/", "c-housing-sh", (FIRST_CASE, "a[href*='/desk/review/']"), ("desk",)),
    Shot("call", "A follow-up call", "/desk/calls/next/", "hf01", sizes=("desk",)),
    Shot("search", "Where was something like this before?", "/desk/search/?q=电梯", "bz01", sizes=("desk",)),
    Shot("shift", "The shift leader's board", "/desk/shift/", "bz01", sizes=("desk",)),
    Shot("leader", "What waits for a leader", "/desk/", "ld01", sizes=("phone",)),
    Shot("administration", "The administration desk", "/desk/administration/", "gl01", sizes=("desk",)),
)  # fmt: skip


def main() -> None:
    if len(sys.argv) > 1:
        _take(sys.argv[1])
        return
    with tempfile.TemporaryDirectory(prefix="suqiu-screens-", ignore_cleanup_errors=True) as data:
        own = os.environ | {"SUQIU_DATA": data, "PORT": str(PORT)}
        server = subprocess.Popen(["make", "run"], cwd=ROOT, env=own, stdout=sys.stderr, start_new_session=True)
        try:
            _wait(f"http://127.0.0.1:{PORT}/")
            _take(f"http://127.0.0.1:{PORT}")
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(60)


def _wait(address: str) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(1)
    raise SystemExit(f"{address} does not answer")


def _take(base: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        chrome = driver.chromium.launch(executable_path=str(browser.find()), args=browser.FLAGS)
        for short, language in LANGUAGES.items():
            for size, viewport in SIZES.items():
                for shot in (s for s in SHOTS if size in s.sizes):
                    is_phone = size == "phone"
                    window = chrome.new_context(
                        base_url=base, viewport=viewport, locale=language, is_mobile=is_phone, has_touch=is_phone
                    )
                    _one(window, shot, FOLDER / f"{shot.name}-{size}-{short}.webp")
                    window.close()
    (FOLDER.parent / "screens.md").write_text(_page(), encoding="utf-8")


def _one(window: BrowserContext, shot: Shot, target: Path) -> None:
    page = window.new_page()
    if shot.who:
        _log_in(page, shot.who)
    page.goto(shot.path)
    for selector in shot.follow:
        link = page.locator(selector).first
        if link.count():
            page.goto(link.get_attribute("href"))
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(target, "WEBP", quality=QUALITY, method=6)
    print(f"{target.name}  {page.url}", flush=True)


def _log_in(page: Page, who: str) -> None:
    page.goto("/login/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", "suqiu-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/desk/"))


def _page() -> str:
    """The list of all pictures: one heading a page, the languages side by side."""
    lines = ["# What people see", "", "Made by `python -m tools.screens`; the data are those of the demo city.", ""]
    for shot in SHOTS:
        lines += [f"## {shot.title}", ""]
        for size in shot.sizes:
            width = {"desk": 440, "phone": 240}[size]
            lines += [
                f'<img src="screens/{shot.name}-{size}-{short}.webp" width="{width}" alt="{shot.title}, {size}, {short}">'
                for short in LANGUAGES
            ] + [""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
