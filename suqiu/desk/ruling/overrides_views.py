"""破例: how often was a bureau's matter sent to a town, by whom, and with which reason (为基层减负)?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases.models import Case, Content, Line
from suqiu.directory.models import Matter, Officer, Role
from suqiu.errors import Refused

from .. import context, registry
from ..paging import paged
from ..seats import HOTLINE, Seat
from ..shell import desk_page, to_case, when

GIVING = ("dispatch", "send_on", "rule", "confirm_ruling")  # steps that give a case to a unit
DAYS = (30, 90, 365)


@desk_page
def overrides(request: HttpRequest) -> HttpResponse:
    seat = context.seat(request)
    if not seat.has(HOTLINE, Role.SUPERVISOR, Role.LEADER):
        raise Refused(_("破例的统计给督办员和市领导看"), status=403)
    days = request.GET.get("days", "90")
    if days not in map(str, DAYS):
        raise Refused(_("只能看 30、90 或 365 天的"), status=400)
    since = seat.now - timedelta(days=int(days))
    page, pager = paged(request, _lines(since).select_related("officer", "case").order_by("-at", "-id"), days=days)
    shown = {
        "counts": _counts(since),
        "rows": _rows(list(page), seat),
        "pager": pager,
        "days": [{"label": ngettext("%(n)d 天", "%(n)d 天", d) % {"n": d}, "url": f"?days={d}", "is_current": str(d) == days} for d in DAYS],
    }  # fmt: skip
    return render(request, "desk/ruling/overrides.html", shown)


def _lines(since: datetime):
    reason = Content.objects.filter(case=OuterRef("case"), line_no=OuterRef("no"), name="override")
    return Line.objects.filter(step__in=GIVING, at__gte=since).filter(Exists(reason))


def _counts(since: datetime) -> list[dict[str, Any]]:
    """By matter and by who sent it, the most first; beside each how many he sent in all, so that no share is hidden."""
    found = _lines(since).order_by().values("columns__matter_id", "officer").annotate(n=Count("pk"))
    rows = sorted(found, key=lambda r: (-r["n"], r["columns__matter_id"] or 0, r["officer"]))[:200]
    sent = Line.objects.filter(step__in=GIVING, at__gte=since, officer__in={r["officer"] for r in rows})
    in_all = dict(sent.order_by().values_list("officer").annotate(n=Count("pk")))
    people = Officer.objects.in_bulk({r["officer"] for r in rows})
    matters = _matters({r["columns__matter_id"] for r in rows})
    return [
        {"matter": matters.get(r["columns__matter_id"], ""), "who": str(people.get(r["officer"], "")), "n": r["n"], "of": in_all.get(r["officer"], 0)}
        for r in rows
    ]  # fmt: skip


def _rows(lines: list[Line], seat: Seat) -> list[dict[str, Any]]:
    ids = [ln.case_id for ln in lines]
    may = set(Case.objects.visible_to(seat.officer).filter(pk__in=ids).values_list("pk", flat=True))
    said = Content.objects.filter(case__in=ids, name="override", removed_at=None)
    why = {(c, no): body for c, no, body in said.values_list("case_id", "line_no", "body")}
    matters = _matters({ln.columns["matter_id"] for ln in lines})
    return [
        {
            "at": when(ln.at, seat.now),
            "who": str(ln.officer or ""),
            "matter": matters.get(ln.columns["matter_id"], ""),
            "to": registry.unit_name(ln.columns["lead_department_id"]),
            "why": why.get((ln.case_id, ln.no), _("文字依法删除了")) if ln.case_id in may else "",
            "url": to_case(ln.case.number) if ln.case_id in may else "",
            "number": ln.case.spoken_number if ln.case_id in may else "",
        }
        for ln in lines
    ]


def _matters(ids: set) -> dict[int, str]:
    return {m.pk: str(m) for m in Matter.objects.filter(pk__in=ids - {None})}
