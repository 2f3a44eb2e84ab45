"""How long may a thing take (时限规则): which profile is in force, and which of its rows fits a case?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from suqiu.directory.tabular import Values
from suqiu.worktime.arithmetic import Allowance

from .models import Case, ClockProfile, ClockTerm

COLUMNS = ("kind", "demand_type", "urgency", "amount", "unit", "source")


@cache
def of_profile(number: int) -> tuple[Values, ...]:
    return tuple(ClockTerm.objects.filter(profile__number=number).values(*COLUMNS))


def profile_at(moment: datetime) -> int:
    """The number of the profile in force; the earliest one for moments before the first."""
    numbers = ClockProfile.objects.order_by("valid_from").values_list("valid_from", "number")
    in_force = [no for since, no in numbers if since <= moment] or [no for _since, no in numbers[:1]]
    if not in_force:
        raise LookupError("no clock profile is loaded: run manage.py new_city or manage.py demo")
    return in_force[-1]


def allowance(kind: str, case: Case, profile_no: int) -> Allowance | None:
    return allowance_in(of_profile(profile_no), kind, case.demand_type, case.urgency)


def allowance_in(terms: Iterable[Values], kind: str, demand_type: str, urgency: str) -> Allowance | None:
    """The matching row; where type and urgency both have one, the shorter wins. None: this kind has no clock here."""
    fits = [
        t
        for t in terms
        if t["kind"] == kind and t["demand_type"] in ("", demand_type) and t["urgency"] in ("", urgency)
    ]
    specific = [t for t in fits if t["demand_type"] or t["urgency"]] or fits
    return min((Allowance(t["amount"], t["unit"]) for t in specific), key=rough_hours, default=None)


def rough_hours(a: Allowance) -> float:
    return a.amount * {"working_day": 24, "day": 24, "working_hour": 3.4, "hour": 1}[a.unit]
