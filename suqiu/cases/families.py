"""Has this caller asked for the same before (重复件)? The same person, and the same matter or words that are alike."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from suqiu.language.likeness import likeness, pairs

from .models import Case, Content

BACK = timedelta(days=366)
LOOKED_AT = 60  # the newest of this caller's cases that are compared
ALIKE = 0.4  # from here on two texts of one caller are about one thing
SIGNED_FROM = 3  # so many times, and only a leader lets it be closed


def family(case: Case, among: QuerySet[Case] | None = None) -> list[Case]:
    """His cases about this, the oldest first, this one among them. One query; what he took back himself does not count."""
    told = Content.objects.filter(case=OuterRef("pk"), line_no=1, name="text", removed_at=None)
    near = Q(received_at__gt=case.received_at - BACK, received_at__lt=case.received_at + BACK)
    found = (Case.objects.all() if among is None else among).filter(near, person=case.person_id).exclude(state__in="QZ")
    found = found.annotate(told=Subquery(told.values(t=Substr("body", 1, 160))[:1]))
    rows = list(found.order_by("-received_at", "-id")[:LOOKED_AT])
    own = next((row for row in rows if row.pk == case.pk), None)
    if own is None:
        return [case]
    said = _said(own)
    return [row for row in reversed(rows) if row.pk == case.pk or is_same(case, row, said)]


def is_same(case: Case, other: Case, said: set[str]) -> bool:
    if case.matter_id is not None and case.matter_id == other.matter_id:
        return True
    return likeness(said, _said(other), {}) >= ALIKE


def needs_leader(case: Case) -> bool:
    return len(family(case)) >= SIGNED_FROM


def _said(case: Case) -> set[str]:
    return pairs(f"{case.title}，{case.told or ''}")
