"""Do the lives hold in the real flow: every row taken, everything lawful, and twice the same?"""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from suqiu.cases import journal, periodic
from suqiu.cases.flow import STEPS
from suqiu.cases.models import Attachment, Case, Content, Line, Look, Seal
from suqiu.citizens.contact import code_hash
from suqiu.demo import build, export, hands, plan, storm, tasks
from suqiu.demo.lives import LIVES
from suqiu.demo.living import code_of
from suqiu.demo.moments import last_morning
from suqiu.directory.models import OfficeLine, Setting
from suqiu.gateways.models import Message
from suqiu.intake.models import KnownEvent

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)
SMALL = sum(min(life.first, life.count) for life in LIVES)  # the lives that take every row, and no others


def told() -> str:
    out = io.StringIO()
    export.export(out)
    return out.getvalue()


def build_small() -> None:
    build.build_first(DAY, SMALL)
    build.build_beside(DAY)


def are_triggers_content() -> None:
    """What the database would say at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture(scope="module")
def first_export(django_db_setup, django_db_blocker):
    """A small city, written out and taken back: what remains are other ids for the next one."""
    with django_db_blocker.unblock(), transaction.atomic():
        build_small()
        told_first = told()
        transaction.set_rollback(True)
    return told_first


@pytest.fixture(scope="module")
def small_city(first_export, django_db_setup, django_db_blocker):
    """The same city again, for the tests of this file."""
    plan.plan.cache_clear()
    with django_db_blocker.unblock(), transaction.atomic():
        build_small()
        yield
        transaction.set_rollback(True)


def test_one_seed_and_day_give_one_city(first_export, small_city):
    assert first_export == told()
    rows = [json.loads(line) for line in first_export.splitlines()]
    numbers = Case.objects.filter(key__startswith=hands.KEY).count()
    assert len(rows) == SMALL + numbers and [r["number"] for r in rows] == sorted(r["number"] for r in rows)


def test_the_export_has_nothing_that_chance_decides(small_city):
    words: set[str] = set()
    for model, column in ((Line, "hash"), (Content, "salt"), (Attachment, "path"), (Case, "query_code_hash")):
        words |= set(model.objects.values_list(column, flat=True))
    written = told()
    assert len(words) > SMALL and not [w for w in words if w and w in written]


def test_every_row_of_the_flow_is_taken_three_times(small_city):
    taken = Counter(Line.objects.values_list("step", flat=True))
    assert {s.name: taken[s.name] for s in STEPS if taken[s.name] < 3} == {}


def test_the_journal_holds_and_the_database_agrees(small_city):
    are_triggers_content()
    report = journal.verify()
    assert report.findings == [] and report.chains >= SMALL


def test_nothing_happens_after_the_last_morning_and_the_system_owes_nothing(small_city):
    until = last_morning(DAY)
    assert not Line.objects.filter(at__gte=until).exists() and not Look.objects.filter(at__gte=until).exists()
    assert periodic.steps_of_the_system(until) == 0


def test_the_lines_of_a_case_are_in_the_order_of_time(small_city):
    for case in Case.objects.all():
        moments = list(case.lines.order_by("no").values_list("at", flat=True))
        assert moments == sorted(moments), case.number


def test_nobody_is_written_to(small_city):
    assert not Message.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone()[0] == 0


def test_no_blank_is_left_in_a_text(small_city):
    assert not Content.objects.filter(body__contains="{").exists()
    assert not Case.objects.filter(title__contains="{").exists()


def test_a_visit_has_a_photo_of_its_own_time_and_place(small_city):
    """But for the few that came through a chat, which have to be explained."""
    photos = Attachment.objects.filter(kind="after").exclude(name="mmexport.jpg")
    assert photos.exists() and not photos.filter(taken_at=None).exists() and not photos.filter(longitude=None).exists()
    assert len(set(photos.values_list("sha256", flat=True))) == photos.count()


def test_a_query_code_can_be_worked_out_from_the_seed(small_city):
    for case in Case.objects.exclude(state="Z"):
        assert case.query_code_hash == code_hash(code_of(case.key))


def test_a_slice_is_built_once(small_city):
    before = (Case.objects.count(), Line.objects.count())
    assert build.build_slice(DAY, 0, 10) == []
    assert (Case.objects.count(), Line.objects.count()) == before
    assert Setting.objects.get(key="demo").value == {"day": DAY.isoformat(), "done": SMALL, "of": plan.SIZE}


def test_a_storm_is_built_once_and_said_in_one_voice(small_city, monkeypatch):
    calls = storm.calls(DAY)[:20]
    monkeypatch.setattr(storm, "calls", lambda day: calls)
    with transaction.atomic():
        assert len(build.build_storm(DAY)) == 20 and build.build_storm(DAY) == []
        known = KnownEvent.objects.get()
        assert known.event.lead.key == calls[0].key and known.event.opened_at < calls[0].received_at
        late = [call.key for call in calls if call.received_at >= known.valid_from]
        assert sorted(known.event.members.values_list("key", flat=True)) == late and len(late) >= 5
        answers = Content.objects.filter(case__event=known.event, name="answer").values_list("body", flat=True)
        assert set(answers) == {known.text}
        are_triggers_content()
        assert Setting.objects.get(key="demo").value["done"] == SMALL and not Message.objects.exists()
        transaction.set_rollback(True)


def test_the_books_are_closed_once(small_city):
    with transaction.atomic():
        assert build.close_the_books(DAY) == 120
        assert Seal.objects.count() == 120 and Seal.objects.order_by("day").first().day == DAY - timedelta(days=120)
        seen = Look.objects.filter(what="contact").count()
        assert seen and OfficeLine.objects.filter(act="reveal").count() == seen
        assert build.close_the_books(DAY) == 0
        assert journal.verify().findings == []
        transaction.set_rollback(True)


def test_the_rest_waits_for_the_worker_in_order(small_city):
    with transaction.atomic():
        count = tasks.defer_the_rest(DAY)
        with connection.cursor() as cursor:
            cursor.execute("SELECT task_name, lock, args FROM procrastinate_jobs WHERE priority < 0 ORDER BY id")
            jobs = cursor.fetchall()
        transaction.set_rollback(True)
    assert len(jobs) == count and {lock for _name, lock, _args in jobs} == {"demo"}
    slices = [json.loads(a) if isinstance(a, str) else a for name, _lock, a in jobs if name == "demo_slice"]
    assert [s["begin"] for s in slices] == [plan.FIRST, *(s["end"] for s in slices[:-1])] and slices[-1]["end"] == 2000
    assert jobs[-1][0] == "demo_books"
