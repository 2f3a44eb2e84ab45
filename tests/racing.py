"""How do tests let two act at the same moment? Real connections that wait for one lock, and what must hold afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from suqiu.cases import journal
from suqiu.cases.models import OPEN_STATES, Case, Holding
from tests.cast import Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


def at_once(*acts: Callable[[], Any], locked: Case | None = None) -> list[Any]:
    """Each in a thread and on a connection of its own. With `locked` all of them really wait for one row before any goes on."""
    answers: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            answers[number] = act()
        except Exception as error:  # handed to the test, which knows which error it wants
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    if locked is None:
        _run(threads)
        return answers
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=locked.pk)
        for thread in threads:
            thread.start()
        _wait_until_waiting(len(acts))
    for thread in threads:
        thread.join(timeout=30)
    return answers


def _run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)


def _wait_until_waiting(wanted: int) -> None:
    """Until so many connections stand before a lock."""
    for _try in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= wanted:
                return
        time.sleep(0.02)
    raise AssertionError("they never met")


def of(kind: type, answers: list[Any]) -> list[Any]:
    return [a for a in answers if isinstance(a, kind)]


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def holds(*cases: Case) -> None:
    """The chains verify, and the columns equal the last lines."""
    for case in cases:
        assert journal.verify(number=case.number).findings == []


def somebody_answers(case: Case) -> None:
    """The deepest lead is the one the case names; of a case that is over nobody is left."""
    leads = list(Holding.objects.filter(case=case, until=None, role="lead"))
    if case.state not in OPEN_STATES and case.state not in "AM":
        assert leads == []
        return
    deepest = max(leads, key=lambda h: Holding.DEPTH[h.level])
    assert (deepest.department_id, deepest.officer_id) == (case.lead_department_id, case.lead_officer_id)
    assert len({h.level for h in leads}) == len(leads)
