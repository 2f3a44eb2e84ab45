"""Is there a Chromium with Chinese letters for the tests that need a browser?"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
ELSEWHERE = [Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
PACKAGES = ["chromium", "fonts-wqy-microhei"]
FLAGS = [  # of a browser that asks for nothing and calls nobody
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


def find() -> Path | None:
    """The browser's program: ``SUQIU_BROWSER``, else the first one known."""
    if chosen := os.environ.get("SUQIU_BROWSER"):
        return Path(chosen)
    found = [Path(path) for name in PROGRAMS if (path := shutil.which(name))]
    return next((path for path in found + ELSEWHERE if path.exists()), None)


def missing() -> list[str]:
    """What the browser tests lack, by the names of Debian's packages."""
    lacking = [] if find() else ["chromium"]
    return lacking if _has_chinese_font() else [*lacking, "fonts-wqy-microhei"]


def bring() -> list[str]:
    """Installs what is missing where root may (Debian and its kin); returns what is missing still."""
    if missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"· Installing {' and '.join(missing())} for the browser tests (once)", flush=True)
        _apt("update")
        _apt("install", "-y", "--no-install-recommends", *missing())
    return missing()


def _apt(*arguments: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", "-qq", *arguments], env=quiet, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return find() in ELSEWHERE  # macOS brings its own
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True).stdout.strip())
