"""Whose stories run through several cases? A place or a person, chapter by chapter, each a case of its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from django.utils import timezone

from .life import Life
from .people import Caller
from .places import Place, places
from .problems import HERE, Problem

CALLER = ("name", "phone", "preferred_time")
OWN = ("days", "at", "table", "channel", "caller", "corner")  # of the chapter; all else is told of its problem


@dataclass(frozen=True)
class Chapter:
    """One case: so many days before the last morning, at that minute."""

    story: str
    caller: Caller
    place: Place
    corner: str
    problem: Problem
    life: Life
    channel: str
    days: int
    at: time

    def received_at(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day - timedelta(days=self.days), self.at))


@cache
def chapters() -> tuple[Chapter, ...]:
    """In the order of the file, which is that of time within each story."""
    rows = tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))["story"]
    return tuple(_chapter(story, n, row) for story in rows for n, row in enumerate(story["chapter"], 1))


def _chapter(story: dict, number: int, row: dict) -> Chapter:
    told = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k not in OWN}
    place = _place(story["village"])
    problem = Problem(use="story", **told | {"kind": story.get("kind", "citizen")})
    life = Life(f"{story['name']} {number}", row["table"])
    caller = Caller(**{k: v for k, v in (row.get("caller") or story["caller"]).items() if k in CALLER})
    return Chapter(
        story=story["name"], caller=caller, place=place, corner=row.get("corner", story["corner"]), problem=problem, life=life,
        channel=row.get("channel", "phone"), days=row["days"], at=time.fromisoformat(row["at"]),
    )  # fmt: skip


def _place(code: str) -> Place:
    return next(place for place in places() if place.code == code)
