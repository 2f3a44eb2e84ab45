"""What follows from an answer? The rule that closes, asks for redo, or refers up; never a person of the unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.directory.models import Officer
from suqiu.errors import Refused

QUESTIONS = ("contacted", "is_true", "solved", "satisfied")
REDOS_AT_MOST = 2
REMIND_AGAIN_AFTER = timedelta(hours=4)
TRIES_AT_MOST = 3  # of a look back; whoever is not reached then is left in peace
UNSATISFIED = ("1", "2")
NOT_REACHED = ("no_answer", "refused")  # what counts towards three attempts in vain; 改时间 is a date, not a failure
ATTEMPTS_WANTED, WAYS_WANTED = 3, 2
HOURS = (10, 15, 19)  # the next attempt moves through the day: morning, afternoon, evening
LINK_DAYS = 14
STOPPED_AFTER = timedelta(minutes=30)  # who has tapped nothing for so long is done
HELD_FOR = timedelta(minutes=20)  # a case in a caller's hands is nobody else's, unless he does nothing for so long
CALLING_HOURS = (8, 21)  # nobody is rung earlier or later
PREFERRED_WINDOW = timedelta(hours=2)  # 晚上 7 点以后: from seven on for so long
NO_WORD = "none"  # 没回答: asked, and not answered
ENDINGS = {"no_answer", "later", "refused", "sms"}
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


def answers_of(taps: list[dict]) -> dict[str, str]:
    """What stands at the end of all taps: the last one on each question. Who answers a question has been reached."""
    found: dict[str, str] = {}
    for tap in taps:
        if tap["name"] in QUESTIONS:
            found.pop("outcome", None)
        found[tap["name"]] = tap["value"]
    return {name: value for name, value in found.items() if value}


def first_said(taps: list[dict]) -> dict[str, str]:
    """The first answer to each question that was answered otherwise in the end: both are kept."""
    last, first = answers_of(taps), {}
    for tap in taps:
        if tap["name"] in QUESTIONS and tap["value"] not in ("", NO_WORD):
            first.setdefault(tap["name"], tap["value"])
    return {name: value for name, value in first.items() if value != last.get(name)}


def said_of(answers: dict[str, str]) -> dict[str, str]:
    """The answers alone, as an attempt keeps them: 没回答 is none."""
    return {name: answers[name] for name in QUESTIONS if answers.get(name) not in (None, "", NO_WORD)}


def ending_of(answers: dict[str, str], cycle: int, words: str = "") -> tuple[str, str]:
    """(outcome, way) of the attempt that these answers make; ("", "") when there is nothing to write down yet.

    Who said enough to act on has answered. Who said less is rung again: what he said is kept.
    """
    said = said_of(answers)
    if verdict_of(said.get("solved", ""), said.get("satisfied", ""), cycle) != "wait":
        return "answered", "phone"
    outcome = answers.get("outcome", "later" if said or words else "")
    return ("no_answer", "sms") if outcome == "sms" else (outcome, "phone" if outcome else "")


def check_ending(answers: dict[str, str], value: str) -> None:
    """没接通 is not written over what somebody has said."""
    if value not in ENDINGS:
        raise Refused(_("没有看懂这个回答，请再选一次"), status=422, field="outcome")
    if value in ("no_answer", "sms") and said_of(answers):
        raise Refused(_("已经点了回答，不能再记没接通。他不想往下说的，点「不愿回答」"), status=422, field="outcome")


def check_withdrawn(outcome: str, is_own_will: str) -> None:
    """Reached: the one question is asked. Not reached: nothing is answered for him."""
    if outcome == "answered" and not is_own_will:
        raise Refused(_("接通了，请问清是不是他自己要撤的"), status=422, field="is_own_will")
    if outcome != "answered" and is_own_will:
        raise Refused(_("没接通，就没有回答"), status=422, field="is_own_will")


def is_calling_hour(now: datetime) -> bool:
    return CALLING_HOURS[0] <= timezone.localtime(now).hour < CALLING_HOURS[1]


def slots(now: datetime) -> list[datetime]:
    """The times offered to somebody who asks to be rung later: the next four of the day's three."""
    found = [next_attempt(now)]
    while len(found) < 4:
        found.append(next_attempt(found[-1]))
    return found


def ring_from(now: datetime, next_at: datetime | None, hour: int | None, due_at: datetime | None) -> datetime:
    """From when on this person may be rung; not after `now` means: ring. An hour he named waits for it, unless the term would run out."""
    if next_at is not None:
        return next_at
    if hour is None:
        return now
    start = timezone.localtime(now).replace(hour=hour, minute=0, second=0, microsecond=0)
    if now >= start + PREFERRED_WINDOW:
        start += timedelta(days=1)
    return now if due_at is not None and now < due_at <= start else start


def is_unanswered(tries: Iterable[tuple[datetime, str, str]]) -> bool:
    """(when, way, outcome): three attempts in vain, at different hours, by two ways. Half an answer is none of them."""
    tries = [t for t in tries if t[2] in NOT_REACHED]
    hours = {timezone.localtime(when).replace(minute=0, second=0, microsecond=0) for when, _way, _outcome in tries}
    return len(hours) >= ATTEMPTS_WANTED and len({way for _when, way, _outcome in tries}) >= WAYS_WANTED


def check_answer(name: str, value: str) -> None:
    if value not in ANSWERS.get(name, ()):
        raise Refused(_("没有看懂这个回答，请再选一次"), status=422, field=name)


def check_seen_at(visited_at: datetime, now: datetime, closed_at: datetime) -> None:
    """A re-check on the spot lies between the closing and now."""
    if not closed_at - timedelta(minutes=1) <= visited_at <= now + timedelta(minutes=5):
        raise Refused(_("抽查要在办结以后去，时间不能在将来"), status=422, field="visited_at")


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


def check_hang(plan: str, officer: Officer | None) -> None:
    """On the ledger nothing stands without what will be done and who is responsible, whoever puts it there."""
    if not plan.strip():
        raise Refused(_("挂账的要写怎么解决，来电人看得到"), status=422, field="plan")
    if officer is None:
        raise Refused(_("挂账的要写谁负责"), status=422, field="officer")
