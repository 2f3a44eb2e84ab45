"""Does the plan of the demo city hold: every life, every text once, and the same from one seed?"""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from suqiu.demo import places, plan, storm
from suqiu.demo.deeds import DEEDS
from suqiu.demo.lives import COVERING, LIVES, STORM, WAITING
from suqiu.demo.living import WORD, code_of
from suqiu.demo.moments import after, holiday, last_morning, official
from suqiu.demo.pace import PACE
from suqiu.demo.stories import chapters
from suqiu.worktime.arithmetic import Calendar

DAY = date(2026, 11, 24)
ANOTHER = date(2026, 3, 9)
DELAY = re.compile(r"\+?\d+(\.\d+)?-\d+(\.\d+)?[mhwdeD]")


def test_two_thousand_cases_each_with_words_of_its_own():
    planned = plan.plan(DAY)
    assert len(planned) == len({p.key for p in planned}) == len({p.text for p in planned}) == 2000
    assert len({(p.problem.title, p.problem.tellings[p.telling]) for p in planned}) == 2000
    assert sum(p.problem.language == "en" for p in planned) == 20


def test_half_of_what_is_accepted_is_answered_at_once():
    """Hotlines answer 60 to 75 of a hundred calls on the line; those that become cases are the harder ones."""
    accepted = [p for p in plan.plan(DAY) if "accept" in p.life.table.split()]
    at_once = [p for p in accepted if "answer" in p.life.table.split() and "dispatch" not in p.life.table.split()]
    assert 0.44 < len(at_once) / len(accepted) < 0.75


def test_the_place_says_what_the_area_does_not():
    for p in plan.plan(DAY):
        assert p.place.county_name not in p.where and p.place.town_name not in p.where, p.key
        assert p.place.county_name_en not in p.where, p.key


def test_every_life_is_lived_as_often_as_its_row_says():
    lived = Counter(p.life.name for p in plan.plan(DAY))
    assert {x.name: lived[x.name] for x in LIVES if x.count} == {x.name: x.count for x in LIVES if x.count}
    assert not [x.name for x in LIVES if x.weight and not lived[x.name]]
    assert len({x.name for x in LIVES}) == len(LIVES)


@pytest.mark.parametrize("life", [*LIVES, *STORM, *(c.life for c in chapters())], ids=lambda x: x.name)
def test_a_life_is_made_of_known_words(life):
    for word in life.table.split():
        assert DELAY.fullmatch(word) if word.startswith("+") else WORD.fullmatch(word)["name"] in DEEDS, word


def test_every_pace_can_be_read():
    assert not [d for row in PACE.values() for d in row if not DELAY.fullmatch(d)]


def test_the_first_page_has_what_waits_for_everybody():
    first = Counter(p.life.name for p in plan.plan(DAY)[: plan.FIRST])
    assert not [x.name for x in WAITING if first[x.name] != x.count]
    assert not [x.name for x in COVERING if first[x.name] < x.first]


def test_nothing_is_received_after_the_last_morning_or_before_the_hundred_and_twenty_days():
    end = last_morning(DAY)
    own = [p for p in plan.plan(DAY) if p.problem.use != "archive"]
    assert all(end - timedelta(days=121) < p.received_at < end for p in own)
    assert all(p.received_at < end - timedelta(days=300) for p in plan.plan(DAY) if p.problem.use == "archive")
    tonight = [p for p in own if timezone.localtime(p.received_at).date() == DAY]
    first = plan.plan(DAY)[: plan.FIRST]  # the day's numbers are given out before anybody else asks for one
    assert tonight and not [p.key for p in tonight if p not in first]


def test_callers_have_numbers_that_nobody_has():
    callers = {p.caller for p in plan.plan(DAY) if p.caller}
    numbers = [c.phone for c in callers]
    assert len(numbers) == len(set(numbers)) and 1200 < len(callers) < 1400
    assert not [n for n in numbers if not re.fullmatch(r"1[358]\d0000\d{4}|0839000\d{4}", n)]
    assert not [n for n in numbers if n.startswith("1390000")]  # the officers'
    several = Counter(p.caller for p in plan.plan(DAY) if p.caller)
    assert sum(n > 1 for n in several.values()) > 200


def test_where_it_happens_fits_what_happens():
    for p in plan.plan(DAY):
        assert p.problem.where == "any" or p.place.is_urban == (p.problem.where == "urban"), p.key
        assert p.place.spoken in p.text or p.place.spoken_en in p.text
        if p.problem.facts.duty == "town":
            assert p.place.town in places.towns_with_office()


def test_a_water_main_bursts_for_twelve():
    told = Counter(p.problem.event for p in plan.plan(DAY) if p.problem.event)
    assert max(told.values()) == 12 and len(told) == 4


def test_the_longest_holiday_is_found_and_calls_come_in_it():
    free = holiday(DAY, plan.DAYS)
    assert (free[0], free[-1]) == (date(2026, 10, 1), date(2026, 10, 7))
    assert not [d for d in holiday(ANOTHER, plan.DAYS) if official().is_working(d)]
    inside = [p for p in plan.plan(DAY) if timezone.localtime(p.received_at).date() in free]
    assert len(inside) >= 30 and {"holiday", "question", ""} <= {p.problem.use for p in inside}


def test_stories_go_on_from_chapter_to_chapter():
    told: dict[str, list] = {}
    for chapter in chapters():
        told.setdefault(chapter.story, []).append(chapter)
    assert len(told) == 5 and all(3 <= len(story) <= 12 for story in told.values())
    for story in told.values():
        assert [c.received_at(DAY) for c in story] == sorted(c.received_at(DAY) for c in story)
    assert {c.problem.title for c in told["the square dance comes back"]} == {
        p.problem.title for p in plan.plan(DAY) if p.life.name.startswith("the square dance")
    }
    whole = [c.problem for c in chapters() if "draft" in c.life.table]
    assert all(p.contact and p.finding and p.reply and p.basis and p.plan and p.unsolved for p in whole)


def test_a_storm_is_told_three_hundred_times_each_time_from_another_door():
    calls = storm.calls(DAY)
    assert len(calls) == len({c.text for c in calls}) == len({c.where + c.place.town for c in calls}) == 300
    assert len({c.telling for c in calls}) >= 30
    assert [c.received_at for c in calls] == sorted(c.received_at for c in calls)
    assert calls[-1].received_at - calls[0].received_at < timedelta(hours=6) and calls[-1].received_at < last_morning(
        DAY
    )
    assert {c.caller.phone for c in calls}.isdisjoint(p.caller.phone for p in plan.plan(DAY) if p.caller)
    assert Counter(c.text for c in storm.calls(ANOTHER)) == Counter(c.text for c in calls)
    assert {c.life.name for c in calls} == {life.name for life in STORM}


def test_one_seed_and_day_give_one_plan_in_another_process_too():
    script = (
        "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'suqiu.settings'); django.setup();"
        "from datetime import date; from hashlib import sha256; from suqiu.demo import plan;"
        "print(sha256(repr(plan.plan(date(2026, 11, 24))).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == sha256(repr(plan.plan(DAY)).encode()).hexdigest()


def test_another_day_has_the_same_stories_on_other_dates():
    assert Counter(p.text for p in plan.plan(ANOTHER)) == Counter(p.text for p in plan.plan(DAY))


def test_codes_are_eight_digits_and_differ():
    codes = [code_of(f"demo-{n:04d}") for n in range(2000)]
    assert all(re.fullmatch(r"\d{8}", c) for c in codes) and len(set(codes)) == 2000


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    delay=st.sampled_from(sorted({d for row in PACE.values() for d in row})),
    seed=st.integers(0, 10_000),
)
def test_a_deed_comes_later_and_never_too_late(start, delay, seed):
    from random import Random

    calendar = Calendar()
    moment = timezone.make_aware(start)
    at = after(moment, delay, Random(seed), calendar)
    assert moment - timedelta(seconds=1) <= at < moment + timedelta(days=45)
    if delay[-1] in "wd":
        assert calendar.is_working(at.astimezone(calendar.zone).date())
