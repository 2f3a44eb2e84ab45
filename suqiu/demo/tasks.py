"""What does the worker still do for a demo city that has just been opened? The storm, the other cases page by page, at last the seals."""

from __future__ import annotations

from datetime import date

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import build

LOCK = "demo"  # one after the other, in the order in which they were put in
BEHIND = -10  # what visitors do comes first; they wait for one slice at most
AGAIN = RetryStrategy(max_attempts=5, wait=5)


@app.task(name="demo_slice", retry=AGAIN)
def demo_slice(*, day: str, begin: int, end: int) -> None:
    build.build_slice(date.fromisoformat(day), begin, end)


@app.task(name="demo_storm", retry=AGAIN)
def demo_storm(*, day: str) -> None:
    build.build_storm(date.fromisoformat(day))
    build.build_beside(date.fromisoformat(day))


@app.task(name="demo_books", retry=AGAIN)
def demo_books(*, day: str) -> None:
    build.close_the_books(date.fromisoformat(day))


def defer_the_rest(day: date) -> int:
    """Puts in all that is still to be loaded, in the caller's transaction. Returns how many jobs."""
    demo_storm.configure(lock=LOCK, priority=BEHIND).defer(day=day.isoformat())
    for begin, end in build.pages():
        demo_slice.configure(lock=LOCK, priority=BEHIND).defer(day=day.isoformat(), begin=begin, end=end)
    demo_books.configure(lock=LOCK, priority=BEHIND).defer(day=day.isoformat())
    return len(build.pages()) + 2
