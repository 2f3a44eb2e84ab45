"""What does the page of today's places say of each? Clock, address, what was asked, how far, why now, and what is lacking."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import Case
from suqiu.handling.models import SiteVisit
from suqiu.speech import labelled

from .. import worklist
from ..lacking import lacking
from ..seats import Seat
from ..shell import to_case, when
from .route import Leg, Spot, Stop, in_order

SHARED = {
    12: gettext_lazy("同一个村（社区）"),
    9: gettext_lazy("同一个乡镇（街道）"),
    6: gettext_lazy("同一个县（区）"),
}


def in_turn(cases: list[Case], start: Spot, seat: Seat, *, is_phone: bool) -> list[dict[str, Any]]:
    """The places in the order in which to go."""
    by_pk = {case.pk: case for case in cases}
    legs = in_order((Stop(c.pk, spot(c), c.next_due_at) for c in cases), start, seat.now)
    return [_place(by_pk[leg.key], leg, seat, is_first=not no, is_phone=is_phone) for no, leg in enumerate(legs)]


def spot(case: Case) -> Spot:
    """Of a confidential case the area alone: a distance would tell where the caller lives."""
    if case.is_confidential:
        return Spot(None, None, case.area_id or "")
    return Spot(case.longitude, case.latitude, case.area_id or "")


def title(case: Case) -> str:
    return worklist.hidden_title(case.matter_id) if case.is_confidential else case.title


def address(case: Case) -> str:
    area = case.area.full_name if case.area else case.area_as_written
    place = "" if case.is_confidential else case.place
    return place if place.startswith(area) else " ".join(filter(None, (area, place)))


def far(metres: int) -> str:
    return _("%(n)s 米") % {"n": metres} if metres < 1000 else _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}


def _place(case: Case, leg: Leg, seat: Seat, *, is_first: bool, is_phone: bool) -> dict[str, Any]:
    lack, icon = lacking(case, seat.now)
    person, here = case.person, spot(case)
    may_call = not case.is_confidential and bool(person.phone_sealed)
    return {
        "number": case.number,
        "spoken_number": case.spoken_number,
        "seen": case.line_no,
        "title": title(case),
        "address": address(case),
        "place": "" if case.is_confidential else case.place,
        "asks": case.kept_asks,
        "promised": _promised(case, seat.now),
        "clock": worklist.chip(case, seat.now),
        "lack": lack if case.state != "S" else _("还没签收"),
        "lack_icon": icon,
        "distance": _distance(leg, is_first and not is_phone),
        "why": _why(leg, is_first),
        "longitude": here.longitude,
        "latitude": here.latitude,
        "caller": person.masked_name if may_call else "",
        "is_to_sign": case.state == "S",
        "key": str(uuid4()),
        "urls": {
            "case": to_case(case.number),
            "visit": reverse("desk:site_visit", args=[case.number]),
            "contact": reverse("desk:site_contact", args=[case.number]),
            "sign": reverse("desk:site_sign", args=[case.number]),
        },
    }


def _distance(leg: Leg, is_from_unit: bool) -> str:
    if leg.metres is not None:
        return far(leg.metres)
    return "" if is_from_unit else str(SHARED.get(leg.shared, ""))


def _why(leg: Leg, is_first: bool) -> str:
    if leg.why == "due":
        return _("先去")
    return _("最近") if is_first else _("就近")


def _promised(case: Case, now: datetime) -> str:
    if not case.promised:
        return ""
    due = parse_datetime(case.promised["due_at"])
    return labelled(_("答应过 %(when)s 前") % {"when": when(due, now)}, case.promised["what"])


def seen(visits: list[SiteVisit], now: datetime) -> list[dict[str, str]]:
    """One row a case, though he may have been there twice."""
    found: dict[int, dict[str, str]] = {}
    for visit in visits:
        row = {
            "title": title(visit.case),
            "at": f"{timezone.localtime(visit.visited_at):%H:%M}",
            "url": to_case(visit.case.number),
            "visit_url": reverse("desk:site_visit", args=[visit.case.number]),
        }
        found.setdefault(visit.case_id, row)
    return list(found.values())
