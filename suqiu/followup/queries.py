"""Whom should this caller ring next? By the hour each person named, by hours not tried yet, and by the term that runs out first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from suqiu.cases.models import Case, Holding, State
from suqiu.directory.models import Officer

from . import rules
from .models import Attempt, FollowUpCall

LOOKED_AT = 300  # cases, those with the least time left; enough for every hour of the day to find its own


@dataclass(frozen=True)
class ToRing:
    """A case that waits for a call. `ring_from`: not before. `is_wished`: he named this hour, or was told of it."""

    pk: int
    ring_from: datetime
    is_wished: bool
    due_at: datetime | None


def waiting(officer: Officer) -> QuerySet[Case]:
    """Cases in 待回访 that nobody has answered and that this officer may follow up, with a number to ring."""
    held_by_own = Holding.objects.filter(case=OuterRef("pk"), department__in=officer.departments_as())
    cases = Case.objects.visible_to(officer).filter(state=State.FOLLOW_UP)
    cases = cases.exclude(evidence_held__contains=["answered"]).exclude(person__phone_sealed=b"")
    return cases.exclude(Exists(held_by_own.exclude(level=Holding.Level.CITY)))


def without_number(officer: Officer) -> int:
    """How many wait that cannot be rung: they answer by link, or not at all."""
    cases = Case.objects.visible_to(officer).filter(state=State.FOLLOW_UP, person__phone_sealed=b"")
    return cases.exclude(evidence_held__contains=["answered"]).count()


def line_up(officer: Officer, now: datetime) -> tuple[list[ToRing], list[ToRing]]:
    """(those that may be rung now, the best first; those whose hour has not come, the earliest first). One query whatever their number."""
    found = _looked_at(officer, now)
    ready = sorted(
        (one for one in found if one.ring_from <= now),
        key=lambda one: (not one.is_wished, one.due_at is None, one.due_at or now, one.pk),
    )
    return ready, sorted((one for one in found if one.ring_from > now), key=lambda one: (one.ring_from, one.pk))


def _looked_at(officer: Officer, now: datetime) -> list[ToRing]:
    tries = Attempt.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle")).order_by("-id").values("next_at")
    is_held = FollowUpCall.objects.filter(case=OuterRef("pk"), ended_at=None)
    free = waiting(officer).exclude(Exists(is_held)).annotate(next_attempt=Subquery(tries[:1]))
    ordered = free.order_by(F("next_due_at").asc(nulls_last=True), "id")
    rows = ordered.values_list("pk", "next_attempt", "person__preferred_time", "next_due_at")[:LOOKED_AT]
    return [_judged(*row, now=now) for row in rows]


def _judged(pk: int, next_at: datetime | None, wish: str, due_at: datetime | None, *, now: datetime) -> ToRing:
    hour = rules.preferred_hour(wish)
    return ToRing(pk, rules.ring_from(now, next_at, hour, due_at), bool(next_at or hour is not None), due_at)
