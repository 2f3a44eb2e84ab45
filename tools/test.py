"""Runs all tests: ``python -m tools.test [what pytest takes]``. Brings a browser first, and says so where it cannot.

All of them run in two to four processes, each with a database of its own; what is named runs in one.
"""

from __future__ import annotations

import os
import sys

from tools import browser

TOGETHER = ["--numprocesses", str(max(2, min(os.cpu_count() or 2, 4))), "--dist", "loadfile"]


def main() -> None:
    chosen: list[str] = [] if sys.argv[1:] else list(TOGETHER)
    if lacking := browser.bring():
        names = " and ".join(lacking)
        if os.environ.get("CI") == "true":
            sys.exit(f"The browser tests need {names}, which could not be installed here.")
        print(f"NOT RUN: the browser tests, for want of {names}. Install: apt-get install {' '.join(browser.PACKAGES)}")
        chosen += ["-m", "not long and not browser"]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *chosen, *sys.argv[1:]])


if __name__ == "__main__":
    main()
