"""What may be promised to somebody who has just handed in? The term that runs, and the latest the others can be."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases import terms
from suqiu.cases.models import Case, ClockKind, DemandType
from suqiu.worktime.arithmetic import due_at
from suqiu.worktime.queries import calendar_now

from .shell import when


def promises(case: Case, now: datetime) -> list[dict[str, Any]]:
    """Nobody has read it yet, so its kind is not known: of each term the longest that the rules allow."""
    whats = (
        (ClockKind.ACCEPT, _("%(when)s 前告诉您受不受理"), ""),
        (ClockKind.DISPATCH, _("受理的话，%(when)s 前派到该管的单位"), ""),
        (ClockKind.OUTER, _("最晚 %(when)s 前书面答复您"), _("咨询、求助更快；受理时告诉您确切日子")),
    )
    found = [(latest(case, kind), what, note) for kind, what, note in whats]
    return [
        {"what": what % {"when": when(due, now)}, "note": note, "state": "open"} for due, what, note in found if due
    ]


def latest(case: Case, kind: str) -> datetime | None:
    """The latest due time of this kind over all types of demand, counted from receipt."""
    profile, calendar = terms.profile_at(case.received_at), calendar_now()
    found = []
    for demand_type in DemandType.values:
        as_if = copy(case)
        as_if.demand_type = demand_type
        if allowed := terms.allowance(kind, as_if, profile):
            found.append(due_at(case.received_at, allowed, calendar).at)
    return max(found, default=None)
