"""裁定: one page on which both sides, what was ruled before, and the decision stand; and the list of what was ruled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.dispatch.models import Precedent
from suqiu.errors import Refused
from suqiu.speech import sentences

from .. import context, looks, turns
from ..case_views import take_step
from ..forms import StepForm
from ..paging import paged
from ..queues import BY_NAME as QUEUE
from ..shell import desk_form, desk_page, see_other, to_case, when
from . import sheet

DECISIONS = ("rule", "confirm_ruling", "to_panel", "state_view")
RULERS = ("rule", "confirm_ruling", "to_panel")


@desk_form
def ruling(request: HttpRequest, number: str) -> HttpResponse:
    seat = context.seat(request)
    read = sheet.open_sheet(number, seat)
    if request.method != "POST" or request.too_big:
        looks.at_page(read.case, request.user, seat.now)
        return _page(request, read, refused=request.too_big)
    row = BY_NAME.get(request.POST.get("decision", "")) if request.POST.get("decision") in DECISIONS else None
    if row is None:
        raise Http404
    form = _form(row, read, request.POST)
    if not form.is_valid():
        return _page(request, read, form=form, status=form.status)
    try:
        take_step(read.opened, row, form)
    except Refused as no:
        return _not_taken(request, number, form, no)
    messages.success(request, _("「%(step)s」记下了") % {"step": row.label})
    return see_other(QUEUE["to-rule"].url if row.name in RULERS else reverse("desk:ruling", args=[number]))


def _form(row, read: sheet.Sheet, data: Any = None) -> StepForm:
    form = StepForm(row, read.opened, data)
    form.auto_id = f"{row.name}_%s"
    return form


def _not_taken(request: HttpRequest, number: str, form: StepForm, no: Refused) -> HttpResponse:
    """The words stay, beside the field that the refusal names; who has lost sight of it meanwhile reads why."""
    try:
        fresh = sheet.open_sheet(number, context.seat(request))
    except Http404:
        raise no from None
    again = _form(form.row, fresh, request.POST)
    again.is_valid()
    if field := again.field_of(no.field):
        again.add_error(field, no.reason)
        return _page(request, fresh, form=again, status=no.status)
    again.show_line(fresh.case.line_no)
    return _page(request, fresh, form=again, refused=no)


def _page(
    request: HttpRequest,
    read: sheet.Sheet,
    form: StepForm | None = None,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    shown = sheet.shown(read) | {
        "decisions": [_decision(name, read, form) for name in DECISIONS if _is_his(name, read)],
        "refused": _said(refused, read) if refused else None,
        "url": reverse("desk:ruling", args=[read.case.number]),
        "queue": _back(read),
    }
    answer = render(request, "desk/ruling/ruling.html", shown, status=refused.status if refused else status)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _is_his(name: str, read: sheet.Sheet) -> bool:
    """A form only for who may take the step now, or could but for who he is or what he did before."""
    if read.opened.is_past:
        return False
    no = turns.refusal(BY_NAME[name], read.opened)
    return no is None or no.kind in ("outsider", "same_person")


def _decision(name: str, read: sheet.Sheet, given: StepForm | None) -> dict[str, Any]:
    row = BY_NAME[name]
    form = given if given and given.row.name == name else _form(row, read)
    no = turns.refusal(row, read.opened)
    return turns.described(row, read.opened) | {
        "form": form,
        "is_open": form.is_bound or name in ("rule", "confirm_ruling", "state_view"),
        "refused": sentences([no.reason, no.who_can]) if no else "",
    }


def _back(read: sheet.Sheet) -> dict[str, str]:
    if "ruler@hotline" in read.opened.held:
        name = "panel" if read.case.dispute == "panel" else "to-rule"
        return {"label": str(QUEUE[name].label), "url": QUEUE[name].url}
    return {"label": _("裁定和先例"), "url": reverse("desk:rulings")}


def _said(no: Refused, read: sheet.Sheet) -> dict[str, Any]:
    ways = [] if read.is_named else [{"url": to_case(read.case.number), "label": _("看现在的情况")}]
    return {"title": _("没有收下"), "reason": no.reason, "state": no.state, "who_can": no.who_can, "ways": ways}


# ---- the list


@desk_page
def rulings(request: HttpRequest) -> HttpResponse:
    """What waits for a word of one's own unit; then all that was ruled, the newest first."""
    seat = context.seat(request)
    if not seat.sees_cases:
        raise Refused(_("先例给办件的人看"), who_can=_("热线中心和承办单位的人能看"), status=403)
    found = Precedent.objects.select_related("matter", "area", "department", "ruled_by", "second", "case")
    page, pager = paged(request, found)
    may = set(
        Case.objects.visible_to(seat.officer).filter(pk__in=[p.case_id for p in page]).values_list("pk", flat=True)
    )
    waiting = [_asked(case, seat) for case in sheet.waiting_for(seat)[:20]] if seat.units else []
    shown = {"waiting": waiting, "precedents": [sheet.cite(p, seat, p.case_id in may) for p in page], "pager": pager}
    return render(request, "desk/ruling/rulings.html", shown)


def _asked(case: Case, seat) -> dict[str, str]:
    return {
        "url": reverse("desk:ruling", args=[case.number]),
        "number": case.spoken_number,
        "title": case.title,
        "who": str(case.lead_department),
        "due": when(case.next_due_at, seat.now) if case.next_due_at else "",
    }
