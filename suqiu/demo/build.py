"""How does the demo city come about? Page by page through the real actions, each page one transaction, none twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from suqiu.cases import journal
from suqiu.cases.advance import reactions_muted
from suqiu.cases.models import Case, Look
from suqiu.directory import office
from suqiu.directory.models import Area, Setting
from suqiu.errors import Refused
from suqiu.gateways import seals

from . import beside, city, storm
from .deeds import DEEDS
from .ground import Ground
from .living import Living
from .moments import last_morning
from .plan import DAYS, FIRST, SIZE, Planned, plan

SETTING = "demo"
PAGE = 60  # cases a transaction
GROUND_BEFORE = timedelta(days=400)  # catalogue, clocks and grants are older than the first case
KEY = "demo-"
CITY_CODE = "510800"


def demo_day(is_kept: bool = True) -> date:
    """The last day of the demo city: as first started (unless it is to be thrown away), else as asked for, else today."""
    kept = state().get("day") if is_kept else ""
    return date.fromisoformat(kept or os.environ.get("SUQIU_DEMO_DAY") or timezone.localdate().isoformat())


def state() -> dict:
    """{"day": …, "done": n, "of": 2000}; empty before the first start."""
    row = Setting.objects.filter(key=SETTING).first()
    return row.value if row else {}


def lay_ground(day: date) -> None:
    """Areas, departments, officers, catalogue, clocks; what stands already is left alone if it is this city's."""
    if not Area.objects.exists():
        city.build(min(last_morning(day), timezone.now()) - GROUND_BEFORE, day)
    elif not Area.objects.filter(code=CITY_CODE).exists():
        raise Refused("这里已经有一座城市，不能再装演示数据")
    else:
        city.duties(day)


def pages(size: int = SIZE) -> list[tuple[int, int]]:
    """The slices of the plan after the first ones."""
    return [(at, min(at + PAGE, size)) for at in range(min(FIRST, size), size, PAGE)]


@transaction.atomic
def build_first(day: date, size: int = FIRST, on_case: Callable[[], None] | None = None) -> list[Case]:
    """The ground and the first cases, or nothing at all."""
    lay_ground(day)
    Setting.objects.update_or_create(key=SETTING, defaults={"value": {"day": day.isoformat(), "done": 0, "of": SIZE}})
    return build_slice(day, 0, size, on_case)


@transaction.atomic
def build_slice(day: date, begin: int, end: int, on_case: Callable[[], None] | None = None) -> list[Case]:
    """The cases of one slice of the plan; those that stand already are left as they are."""
    row = Setting.objects.select_for_update().get(key=SETTING)
    made = live(plan(day)[begin:end], day, on_case)
    row.value = row.value | {"done": _planned().count()}
    row.save()
    return made


@transaction.atomic
def build_storm(day: date, on_case: Callable[[], None] | None = None) -> list[Case]:
    """The three hundred calls of the last evening, beside the plan; built once."""
    Setting.objects.select_for_update().get(key=SETTING)
    calls, ground = storm.calls(day), Ground()
    before = [call for call in calls if call.received_at < storm.announced_at(day)]
    made = live(before, day, on_case, ground)
    ground.known_event = storm.announce(day, ground)
    return made + live(calls[len(before) :], day, on_case, ground)


@transaction.atomic
def build_beside(day: date, on_case: Callable[[], None] | None = None) -> list[Case]:
    """The stories beside the plan: callers who share an event, what was ruled, what got out; built once."""
    Setting.objects.select_for_update().get(key=SETTING)
    return beside.build(day, Ground(), on_case)


def _planned():
    others = Q(key__startswith=storm.KEY) | Q(key__startswith=beside.KEY)
    return Case.objects.filter(key__startswith=KEY).exclude(others)


def live(
    wanted: Sequence[Planned], day: date, on_case: Callable[[], None] | None = None, ground: Ground | None = None
) -> list[Case]:
    """Every case lives its life to the last morning."""
    there = set(Case.objects.filter(key__in=[p.key for p in wanted]).values_list("key", flat=True))
    ground, until, made = ground or Ground(), last_morning(day), []
    with reactions_muted(), translation.override("zh-hans"):
        for planned in wanted:
            if planned.key not in there:
                made.append(Living(planned, ground, until).live(DEEDS))
            if on_case:
                on_case()
    return made


@transaction.atomic
def close_the_books(day: date) -> int:
    """At the end, once: every look at a caller's number goes into the office journal, and each day gets its seal."""
    row = Setting.objects.select_for_update().get(key=SETTING)
    if row.value.get("sealed"):
        return 0
    _write_looks_down()
    for number in range(DAYS, 0, -1):
        sealed = day - timedelta(days=number)
        _row, text = journal.seal(sealed, _after_midnight(sealed))
        if text:
            seals.keep(sealed, text)
    row.value = row.value | {"sealed": True}
    row.save()
    return DAYS


def _write_looks_down() -> None:
    looks = Look.objects.filter(what=Look.What.CONTACT, case__key__startswith=KEY).order_by("at", "id")
    for look in looks.select_related("case", "officer"):
        office.write(act="reveal", by=look.officer, at=look.at, case=look.case.number, reason=look.reason)


def _after_midnight(day: date) -> datetime:
    return last_morning(day + timedelta(days=1)).replace(hour=0, minute=5)
