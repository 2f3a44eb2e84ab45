"""Does it hold whatever people do? Random legal walks through the table of steps, each checked after every step."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from django.db import transaction

from suqiu.cases.advance import reactions_muted
from suqiu.cases.flow import STEPS
from suqiu.worktime.queries import calendar_changed

from .walking import City, Walk


@pytest.fixture(autouse=True)
def calendar_as_it_was():
    yield
    calendar_changed()


def walk(one: Walk, lengths: tuple[int, ...], taken: Counter) -> int:
    """Goes on for lengths[0] steps, and from there in four ways for the rest. Returns how many whole walks that were.

    Walks that share their beginning walk it once: each is taken back to where the next one parts from it.
    """
    calendar_changed()  # what an earlier walk loaded is gone
    with transaction.atomic():
        try:
            one.go(lengths[0])
            if len(lengths) == 1 or one.is_over:
                one.watch.check_at_end()
        except Exception as error:
            error.add_note(f"seed {one.seed}: {' '.join(one.taken)} at {datetime.isoformat(one.now)}")
            raise
        if len(lengths) == 1 or one.is_over:
            taken.update(one.case.lines.values_list("step", flat=True))
            one.city.beside.update(one.beside())
            walks = 1
        else:
            walks = sum(walk(one.parting(number), lengths[1:], taken) for number in range(4))
        transaction.set_rollback(True)
    return walks


def test_a_hundred_and_fifty_walks(db):
    city, taken, walks, seed = City(), Counter(), 0, 0
    while walks < 150:
        with transaction.atomic(), reactions_muted():
            walks += walk(Walk(city, str(seed)), (5, 5, 4), taken)
            transaction.set_rollback(True)
        seed += 1
    assert taken["receive"] == walks and sum(taken.values()) > 1500
    never = {s.name for s in STEPS} - set(taken)
    assert len(never) < 12, never  # they go everywhere, not round in a circle
    assert not never & {"merge", "unmerge", "event_answered", "sign_family"}  # and into an event and out of it


@pytest.mark.long
def test_a_thousand_long_walks(db):
    city, taken = City(), Counter()
    for seed in range(1000):
        with transaction.atomic(), reactions_muted():
            walk(Walk(city, f"long-{seed}"), (40,), taken)
            transaction.set_rollback(True)
    assert {s.name for s in STEPS} - set(taken) <= {"archive"} and city.beside[
        "archive"
    ]  # what is archived opens a case
