"""Which areas, departments and matters are there to choose from? Small lists, read once a minute per language and process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from suqiu.cases.visibility import UNIT_ROLES
from suqiu.directory.models import Area, Department, Grant, Matter
from suqiu.directory.queries import catalogue_now

CACHE_SECONDS = 60
_memory: dict[tuple[str, str | None], tuple[float, Any]] = {}
CHOSEN_AREAS = (Area.Kind.CITY, Area.Kind.COUNTY, Area.Kind.TOWN)
KINDS = {  # in the order in which they are offered
    Department.Kind.CITY_BUREAU: gettext_lazy("市级部门"),
    Department.Kind.UTILITY: gettext_lazy("公共服务企业"),
    Department.Kind.COUNTY_CENTRE: gettext_lazy("县（区）热线中心"),
    Department.Kind.COUNTY_BUREAU: gettext_lazy("县（区）部门"),
    Department.Kind.TOWN: gettext_lazy("乡镇（街道）"),
    Department.Kind.DISCIPLINE: gettext_lazy("纪检监察"),
    Department.Kind.HOTLINE: gettext_lazy("热线中心"),
}


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True)
class Unit:
    """A department as it is offered. `is_behind_centre`: the city sends to its county's centre, never to it."""

    code: str
    name: str
    kind: str
    duty: str
    area: str
    is_behind_centre: bool


@dataclass(frozen=True)
class Item:
    """An item of the catalogue in force."""

    pk: int
    code: str
    name: str
    level: int
    owner_duty: str
    power: str
    evidence_class: str
    types: str


@dataclass(frozen=True)
class Colleague:
    """An officer as he can be chosen within his unit."""

    pk: int
    name: str


def people(unit: str) -> list[Colleague]:
    """Who works on cases in this unit, by name."""
    return _kept(f"people:{unit}", lambda: _read_people(unit))


def city_name() -> str:
    """The city's name in the reader's language; empty before the city is set up."""
    return next((a.name for a in areas().values() if a.kind == Area.Kind.CITY), "")


def areas() -> dict[str, Place]:
    return _kept("areas", _read_areas)


def units() -> dict[str, Unit]:
    return _kept("units", _read_units)


def matters() -> dict[int, Item]:
    return _kept("matters", _read_matters)


def matter_named(code: str) -> Item | None:
    return next((m for m in matters().values() if m.code == code), None)


def unit_name(code: Any) -> str:
    found = units().get(str(code))
    return found.name if found else str(code or "")


def area_name(code: Any) -> str:
    found = areas().get(str(code))
    return found.name if found else str(code or "")


def matter_name(pk: Any) -> str:
    found = matters().get(pk) if isinstance(pk, int) else None
    return found.name if found else ""


def spoken_areas() -> dict[str, str]:
    """Areas as callers name them: in Chinese, whatever language the officer reads."""
    return _kept("spoken_areas", lambda: dict(Area.objects.filter(kind__in=CHOSEN_AREAS).values_list("code", "name")))


def spoken_matters() -> dict[int, str]:
    """The items that can be chosen, in Chinese."""
    rows = Matter.objects.filter(version=catalogue_now(), level=3)
    return _kept("spoken_matters", lambda: dict(rows.values_list("pk", "name")))


def county_options() -> SafeString:
    """For filters: the counties, without their towns."""
    return _kept("county_options", lambda: _options((a.code, a.name) for a in areas().values() if a.kind == "county"))


def top_matter_options() -> SafeString:
    """For filters: the first level of the catalogue."""
    return _kept("top_matter_options", lambda: _options((m.code, m.name) for m in matters().values() if m.level == 1))


def choice_options(name: str, choices: Iterable[tuple[str, Any]]) -> SafeString:
    """For filters: an enumeration in the reader's language."""
    return _kept(f"choices:{name}", lambda: _options((value, str(label)) for value, label in choices))


def area_options() -> SafeString:
    """<optgroup> per county: the county itself, then its towns; the whole city first."""
    return _kept("area_options", _area_options)


def matter_options() -> SafeString:
    """<optgroup> per level 2, named by its path."""
    return _kept("matter_options", _matter_options)


def unit_options(groups: Iterable[tuple[str, Iterable[Unit]]]) -> SafeString:
    return _groups((label, [(u.code, u.name) for u in found]) for label, found in groups)


def by_kind(found: Iterable[Unit]) -> list[tuple[str, list[Unit]]]:
    """Grouped as the hotline speaks of them, empty groups left out."""
    found = list(found)
    grouped = [(str(label), [u for u in found if u.kind == kind]) for kind, label in KINDS.items()]
    return [(label, units) for label, units in grouped if units]


def _read_areas() -> dict[str, Place]:
    rows = Area.objects.filter(kind__in=CHOSEN_AREAS).order_by("code")
    return {a.code: Place(a.code, str(a), a.kind, a.parent_id or "") for a in rows}


def _read_units() -> dict[str, Unit]:
    rows = Department.objects.filter(is_active=True).select_related("area__parent__parent").order_by("code")
    found = {}
    for d in rows:
        county = d.area.county
        is_behind = bool(county and county.is_through_centre and d.kind != Department.Kind.COUNTY_CENTRE)
        found[d.code] = Unit(d.code, str(d), d.kind, d.duty, d.area_id, is_behind)
    return found


def _read_people(unit: str) -> list[Colleague]:
    today = timezone.localdate()
    held = Grant.objects.filter(department=unit, role__in=UNIT_ROLES, officer__is_active=True, since__lte=today)
    held = held.filter(Q(until=None) | Q(until__gte=today))
    found = held.values_list("officer", "officer__full_name", "officer__post").order_by("officer__username").distinct()
    return [Colleague(pk, f"{name} {post}".strip()) for pk, name, post in found]


def _read_matters() -> dict[int, Item]:
    rows = Matter.objects.filter(version=catalogue_now()).order_by("code")
    columns = ("code", "level", "owner_duty", "power", "evidence_class", "types")
    return {m.pk: Item(pk=m.pk, name=str(m), **{c: getattr(m, c) for c in columns}) for m in rows}


def _area_options() -> SafeString:
    found = list(areas().values())
    whole = [(a.code, _("%(area)s，说不清哪个县（区）") % {"area": a.name}) for a in found if a.kind == Area.Kind.CITY]
    groups = []
    for county in (a for a in found if a.kind == Area.Kind.COUNTY):
        own = (county.code, _("%(area)s，说不清哪个乡镇") % {"area": county.name})
        groups.append((county.name, [own, *((t.code, t.name) for t in found if t.parent == county.code)]))
    return _options(whole) + _groups(groups)


def _matter_options() -> SafeString:
    by_code = {m.code: m for m in matters().values()}
    groups = []
    for parent in (m for m in by_code.values() if m.level == 2):
        path = " › ".join(by_code[c].name for c in (parent.code[:2], parent.code) if c in by_code)
        groups.append((path, [(m.pk, m.name) for m in by_code.values() if m.level == 3 and m.code[:4] == parent.code]))
    return _groups(groups)


def _groups(groups: Iterable[tuple[str, Iterable[tuple[Any, str]]]]) -> SafeString:
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', ((label, _options(o)) for label, o in groups))


def _options(options: Iterable[tuple[Any, str]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', options)


def with_chosen(options: SafeString, value: Any) -> SafeString:
    """The options with one of them marked; they are kept as text, since a long select is dear to build."""
    plain = format_html('<option value="{}">', value)
    return mark_safe(options.replace(plain, plain[:-1] + " selected>", 1)) if value not in (None, "") else options


def _kept(what: str, read: Callable[[], Any]) -> Any:
    """Kept as it is, in this process: a cache that copies its values would copy them for every row of a list."""
    key, now = (what, get_language()), time.monotonic()
    since, value = _memory.get(key, (None, None))
    if since is None or not 0 <= now - since < CACHE_SECONDS:
        value = read()
        _memory[key] = now, value
    return value


def forget() -> None:
    _memory.clear()
