"""Runs all tests: ``python -m tools.test [what pytest takes]``. Brings a browser first, and says so where it cannot."""

from __future__ import annotations

import os
import sys

from tools import browser


def main() -> None:
    chosen: list[str] = []
    if lacking := browser.bring():
        names = " and ".join(lacking)
        if os.environ.get("CI") == "true":
            sys.exit(f"The browser tests need {names}, which could not be installed here.")
        print(f"NOT RUN: the browser tests, for want of {names}. Install: apt-get install {' '.join(browser.PACKAGES)}")
        chosen = ["-m", "not long and not browser"]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *chosen, *sys.argv[1:]])


if __name__ == "__main__":
    main()
