"""How was such a case ruled before?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from suqiu.cases.models import Case, Dispute
from suqiu.directory.models import Area

from . import rules
from .models import Precedent

SHOWN = 5


def precedents(code: str, area: Area | None) -> list[Precedent]:
    """Those of this matter, in whatever version of the catalogue, that reach here; the newest first."""
    here = [a.pk for a in area.chain()] if area else []
    found = Precedent.objects.filter(matter__code=code).filter(Q(area=None) | Q(area__in=here))
    return list(
        found.select_related("matter", "area", "department__area__parent__parent", "ruled_by", "second", "case")[:SHOWN]
    )


def of_case(case: Case) -> list[Precedent]:
    return precedents(case.matter.code, case.area) if case.matter else []


def lost_of(disputes: Iterable[Dispute], now: datetime) -> float:
    """Working days that these disputes took, the open one up to now."""
    return rules.days_lost((d.opened_at, d.decided_at or now) for d in disputes)
