"""What does a shift leader have to see? Demands of the web nobody took, calls half written down, dispatches near their limit, and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases.models import Case, Line
from suqiu.directory.models import Duty, Grant, Role
from suqiu.directory.queries import hotline
from suqiu.intake.models import CallDraft

from ..models import HandOver
from ..seats import Seat
from ..shell import when

ROWS = 8
COUNTED_AT_MOST = 1000
NEAR = timedelta(hours=24)
DRAFTS = 12
NOTES = 6
OPERATORS = (Role.OPERATOR, Role.INTAKE_REVIEWER, Role.SHIFT_LEAD)
ON_SHIFT = timedelta(minutes=90)  # who stepped within it, or has a draft open, sits here
BY_HAND = "phone"  # all other channels come without a voice on the line


@dataclass
class Found:
    """The first ids, how many there are, and (for demands nobody took) how many hours each has waited."""

    ids: list[int]
    total: int
    ages: list[float]

    @property
    def said(self) -> str:
        return str(self.total) if self.total < COUNTED_AT_MOST else f"{COUNTED_AT_MOST - 1}+"


def unaccepted(seat: Seat) -> Found:
    """The oldest first."""
    waiting = Case.objects.visible_to(seat.officer).filter(state="R").exclude(channel=BY_HAND)
    found = list(waiting.order_by("received_at", "id").values_list("pk", "received_at")[:COUNTED_AT_MOST])
    ages = [(seat.now - at).total_seconds() / 3600 for _pk, at in found]
    return Found([pk for pk, _at in found[:ROWS]], len(found), ages)


def ages(hours: list[float]) -> list[tuple[str, int, bool]]:
    """How old, how many, is it too old?"""
    steps = ((0, 1, _("不到 1 小时")), (1, 2, _("1 到 2 小时")), (2, 8, _("2 到 8 小时")), (8, 10**6, _("8 小时以上")))
    return [(label, sum(low <= h < high for h in hours), low >= 2) for low, high, label in steps]


def near_limit(seat: Seat) -> Found:
    """Sent out and due within a day; what is late already stands in its own queue."""
    soon = Q(next_due_at__gte=seat.now, next_due_at__lt=seat.now + NEAR, state__in="SH") & ~Q(
        lead_department__kind="hotline"
    )
    found = Case.objects.visible_to(seat.officer).filter(soon).order_by("next_due_at", "id")
    ids = list(found.values_list("pk", flat=True)[:COUNTED_AT_MOST])
    return Found(ids[:ROWS], len(ids), [])


def drafts() -> list[dict[str, Any]]:
    """Whose, since when, when last written in; never a word of it: a draft names the caller and is its writer's."""
    kept = CallDraft.objects.order_by("begun_at", "id")
    return list(kept.values("begun_at", "saved_at", who=F("officer__full_name"))[:DRAFTS])


def people(now: datetime) -> list[dict[str, Any]]:
    """The hotline's operators: on the roster or at work now first, with what each has done today. Three queries."""
    today = timezone.localtime(now).date()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    held = Grant.objects.filter(
        department__kind="hotline", role__in=OPERATORS, officer__is_active=True, since__lte=today
    )
    held = held.filter(Q(until=None) | Q(until__gte=today)).order_by("officer__username")
    who = {
        pk: {"name": name, "post": post}
        for pk, name, post in held.values_list("officer", "officer__full_name", "officer__post")
    }
    done = Line.objects.filter(officer__in=who, at__gte=start, at__lte=now).values("officer").annotate(
        received=Count("pk", filter=Q(step="receive")), accepted=Count("pk", filter=Q(step="accept")),
        answered=Count("pk", filter=Q(step="answer_at_once")), last=Max("at"),
    )  # fmt: skip
    load = {row["officer"]: row for row in done}
    house = hotline()
    roster = set(
        Duty.objects.filter(department=house, starts_at__lte=now, ends_at__gt=now).values_list("officer", flat=True)
    )
    shown = [_person(pk, person, load.get(pk), pk in roster, now) for pk, person in who.items()]
    return sorted(shown, key=lambda p: (not p["is_here"], -p["total"], p["name"]))


def _person(
    pk: int, person: dict[str, str], load: dict[str, Any] | None, is_rostered: bool, now: datetime
) -> dict[str, Any]:
    load = load or {"received": 0, "accepted": 0, "answered": 0, "last": None}
    at_work = bool(load["last"] and now - load["last"] <= ON_SHIFT)
    return person | {
        "received": load["received"],
        "accepted": load["accepted"],
        "answered": load["answered"],
        "total": load["received"] + load["accepted"] + load["answered"],
        "last": when(load["last"], now) if load["last"] else "",
        "is_here": is_rostered or at_work,
        "said": _("值班中") if is_rostered else _("正在做") if at_work else "",
    }


def notes() -> list[HandOver]:
    """The latest, and any older one that nobody has read."""
    kept = HandOver.objects.select_related("written_by", "read_by")
    latest = list(kept[:NOTES])
    unread = kept.filter(read_by=None).exclude(pk__in=[n.pk for n in latest])
    return latest + list(unread[:NOTES])


def figures(now: datetime) -> dict[str, int]:
    """How things stand when the shift is handed over."""
    open_cases = Case.objects.filter(state="R")
    return {
        "unaccepted": open_cases.exclude(channel=BY_HAND).count(),
        "to_accept": open_cases.count(),
        "to_dispatch": Case.objects.filter(state="D", lead_department__kind="hotline").count(),
        "drafts": CallDraft.objects.count(),
        "late": Case.objects.open().filter(next_due_at__lt=now).count(),
    }


def said_of(stood: dict[str, int]) -> list[str]:
    """Those figures in words."""
    words = {
        "unaccepted": lambda n: ngettext("网上没受理 %(n)d 件", "网上没受理 %(n)d 件", n),
        "to_accept": lambda n: ngettext("待受理 %(n)d 件", "待受理 %(n)d 件", n),
        "to_dispatch": lambda n: ngettext("待派单 %(n)d 件", "待派单 %(n)d 件", n),
        "drafts": lambda n: ngettext("没写完的来电 %(n)d 个", "没写完的来电 %(n)d 个", n),
        "late": lambda n: ngettext("超时 %(n)d 件", "超时 %(n)d 件", n),
    }
    return [words[name](n) % {"n": n} for name, n in stood.items() if name in words]
