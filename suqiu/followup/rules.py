"""What follows from an answer? The rule that closes, asks for redo, or refers up; never a person of the unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.errors import Refused

QUESTIONS = ("contacted", "is_true", "solved", "satisfied")
REDOS_AT_MOST = 2
UNSATISFIED = ("1", "2")
NOT_REACHED = ("no_answer", "refused")  # what counts towards three attempts in vain; 改时间 is a date, not a failure
ATTEMPTS_WANTED, WAYS_WANTED = 3, 2
HOURS = (10, 15, 19)  # the next attempt moves through the day: morning, afternoon, evening
LINK_DAYS = 14
STOPPED_AFTER = timedelta(minutes=30)  # who has tapped nothing for so long is done
ANSWERS = {f.name: {value for value, _label in f.choices} for f in BY_NAME["attempt"].asks if f.name in QUESTIONS}


def verdict_of(solved: str, satisfied: str, cycle: int) -> str:
    """close | confirm | redo | refer_up | wait.

    No: redo, at most twice, then a leader. Half, or unsatisfied whatever else he said: a second person decides. Solved: close.
    """
    if solved == "no":
        return "redo" if cycle <= REDOS_AT_MOST else "refer_up"
    if solved == "half" or satisfied in UNSATISFIED:
        return "confirm"
    return "close" if solved == "yes" else "wait"


def is_unanswered(tries: Iterable[tuple[datetime, str, str]]) -> bool:
    """(when, way, outcome): three attempts in vain, at different hours, by two ways. Half an answer is none of them."""
    tries = [t for t in tries if t[2] in NOT_REACHED]
    hours = {timezone.localtime(when).replace(minute=0, second=0, microsecond=0) for when, _way, _outcome in tries}
    return len(hours) >= ATTEMPTS_WANTED and len({way for _when, way, _outcome in tries}) >= WAYS_WANTED


def check_answer(name: str, value: str) -> None:
    if value not in ANSWERS.get(name, ()):
        raise Refused(_("没有看懂这个回答，请再选一次"), status=422, field=name)


def next_attempt(at: datetime, preferred_hour: int | None = None) -> datetime:
    """The next of the three times of day that is at least two hours off; the citizen's own hour if he named one."""
    local = timezone.localtime(at)
    if preferred_hour is not None:
        wanted = local.replace(hour=preferred_hour, minute=0, second=0, microsecond=0)
        return wanted if wanted > local + timedelta(hours=1) else wanted + timedelta(days=1)
    for hour in HOURS:
        wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0)
        if wanted > local + timedelta(hours=2):
            return wanted
    return (local + timedelta(days=1)).replace(hour=HOURS[0], minute=0, second=0, microsecond=0)


def preferred_hour(words: str) -> int | None:
    """The hour in the citizen's own words (晚上 7 点以后, 19:00): only what is written plainly."""
    found = re.search(r"(上午|早上|中午|下午|晚上|晚)?\s*(\d{1,2})\s*(?:点|:|：)", words)
    if not found:
        return {"上午": 10, "早上": 9, "中午": 12, "下午": 15, "晚上": 19}.get(
            next((w for w in ("上午", "早上", "中午", "下午", "晚上") if w in words), "")
        )
    hour = int(found[2])
    if found[1] in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    return hour if 7 <= hour <= 21 else None
