"""How do tests read what was written: a line of the journal, its words, a clock, a refusal?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.utils import timezone

from suqiu.cases.models import Case, Clock, Content, Line
from suqiu.errors import Refused


def written(line: Line) -> tuple[str, str, str, str | None, dict]:
    """(step, actor, login of the officer, code of the department, what the line says)."""
    return line.step, line.actor, line.officer.username if line.officer else "", line.department_id, line.says


def words(line: Line) -> dict[str, str]:
    """The texts that lie beside a line."""
    return dict(Content.objects.filter(case=line.case_id, line_no=line.no).values_list("name", "body"))


def last(case: Case) -> Line:
    return case.lines.order_by("-no").first()


def steps(case: Case) -> str:
    """The names of all steps taken, in order."""
    return " ".join(case.lines.order_by("no").values_list("step", flat=True))


def clock(case: Case, kind: str) -> Clock:
    """The latest clock of this kind."""
    return case.clocks.filter(kind=kind).order_by("-id").first()


def due(case: Case, kind: str) -> str:
    """When the latest clock of this kind runs out, in city time: 06-30 17:00."""
    return moment(clock(case, kind).due_at)


def on(text: str) -> datetime:
    """City time of 2026, as it is said: 06-09 10:00."""
    return timezone.make_aware(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M"))


def moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def running(case: Case) -> str:
    """The kinds of the clocks that run or are paused, sorted."""
    return " ".join(sorted(case.clocks.filter(stopped_at=None).values_list("kind", flat=True)))


def holders(case: Case) -> list[tuple[str, str]]:
    """(role, department) of everybody who holds it now, in the order in which they got it."""
    return list(case.holdings.filter(until=None).order_by("id").values_list("role", "department_id"))


@contextmanager
def refused(status: int, *parts: str, field: str = "") -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The business says no, with this status, about this field, and in words that hold all parts."""
    with pytest.raises(Refused) as no:
        yield no
    said = f"{no.value.reason} {no.value.state} {no.value.who_can}"
    assert (no.value.status, no.value.field) == (status, field), said
    assert all(part in said for part in parts), said
