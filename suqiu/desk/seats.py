"""In which seats does this officer sit? His grants, sorted the way the queues and the case page ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from suqiu.cases.visibility import UNIT_ROLES
from suqiu.directory.models import Department, Officer, Role

HOTLINE, COUNTY, UNIT, DISCIPLINE = "hotline", "county", "unit", "discipline"


@dataclass
class Seat:
    """An officer now. `roles`: the roles held at each kind of place; `units`, `centres`: codes of the departments."""

    officer: Officer
    now: datetime
    roles: dict[str, set[str]] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    centres: set[str] = field(default_factory=set)

    def has(self, place: str, *roles: str) -> bool:
        return bool(self.roles.get(place, set()) & set(roles))

    @property
    def is_hotline(self) -> bool:
        return bool(self.roles.get(HOTLINE))

    @property
    def key(self) -> tuple:
        """All that decides what this officer sees, but for the hour: who stands in for whom is said by the day."""
        if not hasattr(self, "_key"):
            grants = self.officer.grants_now()
            held = tuple(
                (g.role, g.department_id, g.department.kind, g.area_id, g.area and g.area.kind) for g in grants
            )
            day = timezone.localtime(self.now).date()
            self._key = (self.officer.pk, self.officer.is_active, self.officer.department_id, held, day)
        return self._key

    @property
    def places(self) -> frozenset[str]:
        """Codes of all departments he speaks for or belongs to."""
        return frozenset({self.officer.department_id, *(g.department_id for g in self.officer.grants_now())} - {None})

    def at(self, moment: datetime) -> Seat:
        return replace(self, now=moment)

    @property
    def sees_cases(self) -> bool:
        """An administrator alone sees none."""
        return bool(self.all_roles - {Role.ADMINISTRATOR})

    @property
    def all_roles(self) -> set[str]:
        return {role for held in self.roles.values() for role in held}


def seat_of(officer: Officer, now: datetime) -> Seat:
    seat = Seat(officer, now)
    for grant in officer.grants_now():
        kind = grant.department.kind
        if grant.role == Role.DISCIPLINE:
            seat.roles.setdefault(DISCIPLINE, set()).add(grant.role)
        elif kind == Department.Kind.HOTLINE:
            seat.roles.setdefault(HOTLINE, set()).add(grant.role)
        elif kind == Department.Kind.COUNTY_CENTRE:
            seat.roles.setdefault(COUNTY, set()).add(grant.role)
            seat.centres.add(grant.department_id)
        elif grant.role in UNIT_ROLES:
            seat.roles.setdefault(UNIT, set()).add(grant.role)
            seat.units.add(grant.department_id)
    return seat
