"""Whose duty is it here? The hotline, the catalogue in force, and the owner of a matter in an area."""

from __future__ import annotations

from datetime import date, datetime

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Area, CatalogueVersion, Department, Duty, Matter, Officer, Setting, Substitute


def city() -> Area:
    """The city this installation serves: the one area of its kind without anything above it."""
    return Area.objects.get(kind=Area.Kind.CITY, parent=None)


def number_prefix() -> str:
    """What a case number begins with, as this city set it up; read once a minute per process."""
    found = cache.get("number_prefix")
    if found is None:
        found = Setting.objects.filter(key="number_prefix").values_list("value", flat=True).first() or ""
        cache.set("number_prefix", found, 60)
    return found


def hotline() -> Department:
    return Department.objects.get(kind=Department.Kind.HOTLINE)


def catalogue_now(moment: datetime | None = None) -> CatalogueVersion:
    return CatalogueVersion.objects.filter(valid_from__lte=moment or timezone.now()).order_by("-number").first()


def matters_now() -> list[Matter]:
    """The items that can be chosen (level 3), in the order of their codes."""
    return list(Matter.objects.filter(version=catalogue_now(), level=3).select_related("parent__parent"))


def owner_of(matter: Matter, area: Area) -> Department | None:
    """The department that has this duty, looked for up the area tree from where it happened; the county centre is the fallback.

    A matter of the city's own power is looked for at the city only.
    """
    chain = area.chain()
    if matter.power == "city":
        chain = [a for a in chain if a.kind == Area.Kind.CITY]
    elif matter.power == "county":
        chain = [a for a in chain if a.kind in (Area.Kind.CITY, Area.Kind.COUNTY)]
    here = Department.objects.filter(duty=matter.owner_duty, area__in=chain, is_active=True).exclude(
        kind=Department.Kind.COUNTY_CENTRE
    )
    by_area = {d.area_id: d for d in here}
    county = next((a for a in chain if a.kind == Area.Kind.COUNTY), None)
    for level in chain:
        if level.pk in by_area:
            return by_area[level.pk]
        if level == county and matter.power != "city" and (centre := centre_of(level)) and not _is_utility(matter):
            return centre
    return None


def centre_of(area: Area | None) -> Department | None:
    return (
        Department.objects.filter(kind=Department.Kind.COUNTY_CENTRE, area=area, is_active=True).first()
        if area
        else None
    )


def first_stop(owner: Department) -> Department:
    """Where the city sends it: to the county's centre if that county goes through it, else to the owner itself."""
    county = owner.area.county
    if owner.is_centre or county is None or not county.is_through_centre:
        return owner
    return centre_of(county) or owner


def _is_utility(matter: Matter) -> bool:
    """Utilities serve the whole city; a county centre never stands in for one."""
    return Department.objects.filter(duty=matter.owner_duty, kind=Department.Kind.UTILITY).exists()


def substitute_of(officer: Officer) -> Officer | None:
    today = timezone.localdate()
    row = (
        Substitute.objects.filter(officer=officer, since__lte=today).filter(Q(until=None) | Q(until__gte=today)).first()
    )
    return row.substitute if row else None


def stood_in_for(substitute: Officer, day: date | None = None) -> QuerySet:
    """The ids of those for whom this officer stands in on that day: for a subquery, so that it costs no question of its own."""
    day = day or timezone.localdate()
    rows = Substitute.objects.filter(substitute=substitute, since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return rows.order_by().values("officer")


def on_duty(department: Department, moment: datetime) -> Officer | None:
    """Whom to wake: the roster's officer of that hour, in this department or above it."""
    while department:
        duty = (
            Duty.objects.filter(department=department, starts_at__lte=moment, ends_at__gt=moment)
            .select_related("officer")
            .first()
        )
        if duty:
            return duty.officer
        department = department.parent
    return None


def officers_as(role: str, department: Department) -> list[Officer]:
    today = timezone.localdate()
    held = Q(grants__role=role, grants__department=department, grants__since__lte=today)
    return list(
        Officer.objects.filter(held, is_active=True)
        .filter(Q(grants__until=None) | Q(grants__until__gte=today))
        .distinct()
    )
