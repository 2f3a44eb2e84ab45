"""Is the whole city there: the first page with something for everybody, then all 2,000 by the worker's jobs? Takes minutes."""

from __future__ import annotations

import io
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from suqiu.cases import journal, periodic, rules
from suqiu.cases.flow import STEPS
from suqiu.cases.models import Case, Clock, Line, Look, Promise, Seal, State
from suqiu.cases.visibility import relations
from suqiu.demo import accounts, plan
from suqiu.demo.moments import last_morning
from suqiu.directory.models import Officer, Setting
from tests.cast import run_jobs

pytestmark = pytest.mark.long
DAY = date(2026, 11, 24)
WAITS_FOR = {
    "hw01": {"answer_at_once"},
    "sl01": {"accept", "review_answer", "decide_appeal", "confirm_correction"},
    "pd01": {"dispatch", "decide_return", "decide_extension"},
    "k-510824-pd1": {"send_on", "decide_return"},
    "c-housing-jb1": {"sign_in", "contact", "visit", "draft_reply", "tell_hand_over", "first_sees"},
    "c-housing-sh": {"approve", "send_back", "assign", "return_case", "ask_extension"},
    "c-housing-fz": {"ask_to_hang", "approve"},
    "hf01": {"attempt", "find_lawful", "recheck"},
    "bz01": {"close", "redo", "close_lawful", "decide_appeal", "review_answer"},
    "db01": {"recheck", "off_ledger", "redo"},
    "ld01": {"hang", "decide"},
}
FORM = "draft_reply"  # supplies part of its evidence itself
LATE = "accept dispatch sub_term contact unit outer return_review follow_up confirm leader recheck plan appeal promise redo".split()


def test_the_whole_city(db, monkeypatch):
    monkeypatch.setenv("SUQIU_DEMO_DAY", DAY.isoformat())
    began = time.monotonic()
    call_command("demo", "--first")
    first = time.monotonic() - began
    assert Case.objects.count() == plan.FIRST
    _everybody_has_something()
    _three_citizens_can_be_tried()
    began = time.monotonic()
    assert run_jobs() == 31
    print(f"\nfirst {plan.FIRST}: {first:.0f} s; the rest and the seals: {time.monotonic() - began:.0f} s")
    _all_is_there()
    _late_ones_too()


def _everybody_has_something() -> None:
    """By the rules themselves: which steps could each of them take now, in a case he may see?"""
    lacking = {login: wanted - _able(Officer.objects.get(username=login)) for login, wanted in WAITS_FOR.items()}
    assert {login: steps for login, steps in lacking.items() if steps} == {}


def _able(officer: Officer) -> set[str]:
    found = set()
    for case in Case.objects.visible_to(officer).prefetch_related("holdings__department"):
        held = relations(officer, case, list(case.holdings.all()))
        found |= {s.name for s in STEPS if not rules.refusal(s, case, "officer", held, mind_evidence=s.name != FORM)}
    return found


def _three_citizens_can_be_tried() -> None:
    assert [c.state for c in accounts.citizens()] == ["F", "H", "C"]
    out = io.StringIO()
    call_command("demo", "--accounts", stdout=out)
    assert all(c.number in out.getvalue() for c in accounts.citizens())


def _all_is_there() -> None:
    until = last_morning(DAY)
    assert Setting.objects.get(key="demo").value == {"day": DAY.isoformat(), "done": 2000, "of": 2000, "sealed": True}
    taken = Counter(Line.objects.values_list("step", flat=True))
    assert not [s.name for s in STEPS if taken[s.name] < 3]
    states = Counter(Case.objects.values_list("state", flat=True))
    assert set(State.values) - set(states) == {"M"}  # joining cases is no step yet
    assert not Line.objects.filter(at__gte=until).exists() and periodic.steps_of_the_system(until) == 0
    assert Seal.objects.count() == 120 and journal.verify().findings == []
    assert Look.objects.filter(what="contact").count() > 300
    assert 100 < Case.objects.open().count() < 500
    assert Counter(p.key for p in plan.plan(DAY)) == Counter(Case.objects.values_list("key", flat=True))


def _late_ones_too() -> None:
    over = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=last_morning(DAY))
    late = Counter(over.values_list("kind", flat=True))
    assert not [kind for kind in LATE if not late[kind]], late
    missed = Promise.objects.filter(kept_at=None, replaced_by=None, due_at__lt=last_morning(DAY) - timedelta(days=1))
    assert missed.exists()
