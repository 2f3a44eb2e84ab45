"""Who leaves what in whose hands? The open cases of an officer, and their hand-over: each its own step, each refusal by name."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.models import OPEN_STATES, Case, Line
from suqiu.directory.models import Officer, Role
from suqiu.errors import Refused
from suqiu.handling.actions import assign
from suqiu.speech import joined

MAY_ASSIGN = (Role.UNIT_LEADER, Role.REVIEWER)
IN_A_UNIT = (Role.HANDLER, Role.REVIEWER, Role.UNIT_LEADER)
CASES_AT_MOST = 300  # in one go; whoever has more in his hands is handed over twice


def units(by: Officer) -> set[str]:
    """Where this person may assign; a centre has no handlers."""
    return {g.department_id for g in by.grants_now() if g.role in MAY_ASSIGN and not g.department.is_centre}


def people(units: set[str]) -> list[Officer]:
    today = timezone.localdate()
    held = Q(grants__department__in=units, grants__role__in=IN_A_UNIT, grants__since__lte=today)
    held &= Q(grants__until=None) | Q(grants__until__gte=today)
    return list(Officer.objects.filter(held, is_active=True).distinct().order_by("username"))


def hands(by: Officer) -> list[dict[str, Any]]:
    """Everybody who has open cases of these units in his hands, the fullest first; who has left the unit too."""
    mine = _visible(by, units(by)).exclude(lead_officer=None).order_by()
    counted = mine.values(
        "lead_officer__username", "lead_officer__full_name", "lead_officer__post", "lead_officer__is_active"
    ).annotate(n=Count("pk"))
    return [
        {
            "username": c["lead_officer__username"],
            "name": c["lead_officer__full_name"],
            "post": c["lead_officer__post"],
            "is_active": c["lead_officer__is_active"],
            "count": c["n"],
        }
        for c in counted.order_by("-n", "lead_officer__username")
    ]


def cases_of(leaving: Officer, by: Officer, units: set[str]) -> list[Case]:
    return list(_visible(by, units).filter(lead_officer=leaving).order_by("next_due_at", "id")[:CASES_AT_MOST])


def _visible(by: Officer, units: set[str]) -> QuerySet[Case]:
    return Case.objects.visible_to(by).filter(lead_department__in=units, state__in=OPEN_STATES)


def given(key: str, *, by: Officer, besides: list[Case]) -> list[Case]:
    """What the form of this key has handed over already, for who handed it over."""
    if not re.fullmatch(r"[0-9a-f-]{36}", key):
        return []
    lines = Line.objects.filter(key__startswith=f"desk:{by.pk}:{key}:", step="assign").values("case")
    return list(Case.objects.visible_to(by).filter(pk__in=lines).exclude(pk__in=[c.pk for c in besides]).order_by("id"))


def label(case: Case) -> str:
    title = _("保密件") if case.is_confidential else case.title
    due = f"{timezone.localtime(case.next_due_at):%m-%d %H:%M}" if case.next_due_at else ""
    return joined([title, case.get_state_display(), due and _("%(at)s 到期") % {"at": due}])


def give(
    cases: list[Case], *, by: Officer, to: Officer, substitute: Officer | None, key: str, at: datetime
) -> tuple[list[str], list[dict[str, Any]]]:
    """(numbers handed over, those refused with the reason)."""
    done, refused = [], []
    for case in cases:
        try:
            assign(case=case, by=by, at=at, key=f"{key}:{case.pk}", officer=to, substitute=substitute)
            done.append(case.number)
        except Refused as no:
            told = {"reason": str(no.reason), "state": str(no.state), "who_can": str(no.who_can)}
            refused.append({"number": case.number} | told)
    return done, refused
