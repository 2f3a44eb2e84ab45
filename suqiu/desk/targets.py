"""To whom should this case go? The catalogue and the area say; the form offers that first, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from suqiu.cases.concerned import may_look_into
from suqiu.cases.models import Case
from suqiu.directory.models import Area, Department, Matter
from suqiu.directory.queries import first_stop, owner_of
from suqiu.dispatch import queries as dispatch

from . import registry
from .registry import Unit


@dataclass(frozen=True)
class Suggestion:
    code: str  # of the department; empty: none, and `why` says why
    why: str


def suggestion(case: Case, matter: Matter | None, *, from_city: bool) -> Suggestion:
    if matter is None:
        return Suggestion("", _("先选事项，再按「按目录找单位」"))
    area = case.area or Area.objects.filter(kind=Area.Kind.CITY, parent=None).first()
    owner = owner_of(matter, area) if area else None
    if owner is None:
        return Suggestion(
            "", _("目录第 %(code)s 项「%(matter)s」在%(area)s没有对应的单位，请自己选") % _named(matter, area)
        )
    ruled = _ruled(case, matter, area)
    if ruled and not from_city and not ruled.area_id.startswith(case.lead_department.area_id):
        ruled = None  # not this county's to give
    owner = ruled or owner
    to = first_stop(owner) if from_city else owner
    if case.about_department_id and not may_look_into(case.about_department, to):
        return Suggestion("", _("按目录归%(owner)s管，可这件反映的是%(about)s。请派给上级主管部门或纪检") % {
            "owner": owner, "about": case.about_department,
        })  # fmt: skip
    if ruled:
        return Suggestion(
            to.pk, _("「%(matter)s」裁定过归%(owner)s管，见下面的先例") % {"matter": matter, "owner": owner}
        )
    why = _("目录第 %(code)s 项「%(matter)s」，%(area)s归%(owner)s管") % (_named(matter, area) | {"owner": owner})
    if to.pk != owner.pk:
        why += _("；本县（区）的先派给它的中心，由它转派")
    return Suggestion(to.pk, why)


def _ruled(case: Case, matter: Matter, area: Area) -> Department | None:
    """Whose the newest ruling said it is; a catalogue that came after it has the last word."""
    found = dispatch.precedents(matter.code, area)[:1]
    if not found or found[0].ruled_at < matter.version.valid_from:
        return None
    unit = found[0].department
    return unit if unit.is_active and unit.pk != case.about_department_id else None


def _named(matter: Matter, area: Area | None) -> dict[str, str]:
    return {"code": matter.code, "matter": str(matter), "area": area.full_name if area else ""}


def groups(case: Case, suggested: str, *, from_city: bool) -> list[tuple[str, list[Unit]]]:
    """Whom the rules allow, by kind; the suggested one above all."""
    allowed = [u for u in registry.units().values() if _is_allowed(u, case, from_city)]
    if case.about_department_id:
        allowed = [u for u in allowed if u.code in _who_may_look_into(case)]
    first = [u for u in allowed if u.code == suggested]
    head = [(_("按目录该派给"), first)] if first else []
    return head + registry.by_kind(u for u in allowed if u.code != suggested)


def _is_allowed(unit: Unit, case: Case, from_city: bool) -> bool:
    if unit.code == case.about_department_id or unit.kind == Department.Kind.HOTLINE:
        return False
    if from_city:
        return not unit.is_behind_centre or bool(case.about_department_id)
    county = case.lead_department.area_id
    return unit.area.startswith(county) and unit.kind != Department.Kind.COUNTY_CENTRE


def _who_may_look_into(case: Case) -> set[str]:
    found = Department.objects.filter(is_active=True).select_related("parent__parent__parent")
    return {d.pk for d in found if may_look_into(case.about_department, d)}


def helpers(case: Case, present: set[str]) -> list[Unit]:
    """Whom it makes sense to ask for help here: the city's own, and those of the same county."""
    county = (case.area_id or "")[:6]
    may = _who_may_look_into(case) if case.about_department_id else None
    return [
        u
        for u in registry.units().values()
        if u.code not in present
        and (may is None or u.code in may)
        and u.kind not in (Department.Kind.HOTLINE, Department.Kind.COUNTY_CENTRE, Department.Kind.DISCIPLINE)
        and (u.kind in (Department.Kind.CITY_BUREAU, Department.Kind.UTILITY) or (county and u.area.startswith(county)))
    ]
