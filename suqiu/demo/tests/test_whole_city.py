"""Is the whole city there: the first page with something for everybody, then all 2,000 by the worker's jobs? Takes minutes."""

from __future__ import annotations

import io
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from suqiu.cases import journal, periodic, rules
from suqiu.cases.flow import STEPS
from suqiu.cases.models import Case, Clock, Content, Line, Look, Promise, Seal, State
from suqiu.cases.visibility import relations
from suqiu.demo import accounts, build, hands, plan, storm
from suqiu.demo.moments import holiday, last_morning
from suqiu.directory.models import Officer, Setting
from suqiu.directory.queries import on_duty
from suqiu.intake.models import KnownEvent
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
    "cd01": {"rule", "to_panel"},
}
FORM = "draft_reply"  # supplies part of its evidence itself
LATE = "accept dispatch sub_term contact unit outer return_review ruling follow_up confirm leader recheck plan appeal promise redo".split()


def test_the_whole_city(db, monkeypatch):
    monkeypatch.setenv("SUQIU_DEMO_DAY", DAY.isoformat())
    began = time.monotonic()
    call_command("demo", "--first")
    first = time.monotonic() - began
    assert Case.objects.count() == plan.FIRST
    _everybody_has_something()
    _three_citizens_can_be_tried()
    began = time.monotonic()
    assert run_jobs() == len(build.pages()) + 2  # the storm and what is beside the plan; at the end the seals
    print(f"\nfirst {plan.FIRST}: {first:.0f} s; the rest and the seals: {time.monotonic() - began:.0f} s")
    _all_is_there()
    _late_ones_too()
    _half_is_answered_at_once()
    _a_storm_is_one_event()
    _offices_were_closed_in_the_holiday()
    _gas_at_night_is_told_by_the_minute()
    _a_leader_has_his_day()


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
    assert set(State.values) - set(states) == set()
    assert not Line.objects.filter(at__gte=until).exists() and periodic.steps_of_the_system(until) == 0
    assert Seal.objects.count() == 120 and journal.verify().findings == []
    assert Look.objects.filter(what="contact").count() > 300
    assert 100 < Case.objects.open().count() < 500
    keys = [p.key for p in (*plan.plan(DAY), *storm.calls(DAY))]
    beside = Case.objects.filter(key__startswith=hands.KEY)
    assert (
        Counter(keys) == Counter(Case.objects.exclude(pk__in=beside).values_list("key", flat=True))
        and beside.count() == 58
    )


def _late_ones_too() -> None:
    over = Clock.objects.filter(stopped_at=None, paused_at=None, due_at__lt=last_morning(DAY))
    late = Counter(over.values_list("kind", flat=True))
    assert not [kind for kind in LATE if not late[kind]], late
    missed = Promise.objects.filter(kept_at=None, replaced_by=None, due_at__lt=last_morning(DAY) - timedelta(days=1))
    assert missed.exists()


def _half_is_answered_at_once() -> None:
    accepted = Case.objects.filter(key__startswith="demo-", lines__step="accept").distinct()
    at_once = accepted.filter(lines__step="answer_at_once", dispatched_at=None)
    assert 0.42 < at_once.count() / accepted.count() < 0.75


def _a_storm_is_one_event() -> None:
    until = last_morning(DAY)
    known = KnownEvent.objects.open(until).get()  # operators still offer it this morning
    assert Case.objects.filter(key__startswith=storm.KEY).count() == 300
    assert Case.objects.filter(event=known.event).count() > 270
    assert known.event.lead.received_at < known.valid_from
    answers = Content.objects.filter(case__event=known.event, name="answer")
    assert answers.count() > 200 and set(answers.values_list("body", flat=True)) == {known.text}


def _offices_were_closed_in_the_holiday() -> None:
    free = holiday(DAY, plan.DAYS)
    inside = Case.objects.filter(key__startswith="demo-", received_at__date__range=(free[0], free[-1]))
    assert inside.count() >= 30
    quiet = Line.objects.filter(case__in=inside.filter(urgency="normal"), step__in=("visit", "approve", "send_back"))
    assert quiet.exists() and not quiet.filter(at__date__range=(free[0], free[-1])).exists()
    assert inside.filter(urgency="urgent", lines__step="contact", lines__at__date__range=(free[0], free[-1])).exists()
    moved = Line.objects.filter(step="new_calendar")
    assert moved.count() >= 3 and all(line.says["moved"] for line in moved)


def _gas_at_night_is_told_by_the_minute() -> None:
    case = Case.objects.get(title="施工挖断燃气管嘶嘶漏气")
    lines = list(case.lines.order_by("no"))
    told = [(line.step, f"{timezone.localtime(line.at):%H:%M:%S}") for line in lines]
    assert told[:6] == [
        ("receive", "22:41:00"), ("accept", "22:42:00"), ("dispatch", "22:43:00"), ("sign_in", "22:45:00"),
        ("assign", "22:46:00"), ("contact", "22:47:00"),
    ]  # fmt: skip
    assert (case.state, case.urgency) == ("F", "critical")
    signed = lines[3]
    assert signed.officer == on_duty(case.lead_department, signed.at)


def _a_leader_has_his_day() -> None:
    today = Clock.objects.filter(kind="recheck", stopped_at=None, due_at__date=DAY)
    assert today.filter(case__state="G").count() >= 2
    assert Case.objects.filter(state="L").exists()
    told = Line.objects.filter(step="decide", says__choice="handle", case__state="H")
    assert told.exists()  # an instruction that is still being carried out
