"""One event, many callers: who waits with the case that is handled for all, and how does one more come in?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import events
from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.intake.callers import plain_number
from suqiu.intake.merge_rules import TAKES_IN
from suqiu.intake.merging import merge

from .. import context, looks, panels, turns
from ..forms import StepForm
from ..paging import paged
from ..queries import Opened, open_case
from ..shell import desk_form, see_other, to_case
from . import callers
from .alike import alike
from .forms import TakeInForm

AT_ONCE = 20  # taken in by one press


@desk_form
def event(request: HttpRequest, number: str) -> HttpResponse:
    """The lead and everybody who waits with it. Whoever may merge takes in others that say the same, several at once."""
    opened = open_case(number, context.seat(request))
    if opened.is_past:
        raise Http404
    if lead := events.lead_of(opened.case):
        return see_other(_address(lead) if callers_may_see(lead, opened) else to_case(number))
    if request.method != "POST" or request.too_big:
        looks.at_page(opened.case, request.user, opened.now)
        return _event_page(request, opened, None, request.too_big.status if request.too_big else 200)
    if not may_merge(opened):
        raise Refused(_("并单由热线的受理岗、派单员来做"), who_can=_("热线中心"), status=403)
    form = TakeInForm(request.POST)
    if not form.is_valid():
        return _event_page(request, opened, form, form.status)
    taken, refused = _take_in(opened, form)
    if taken:
        messages.success(request, ngettext("并进来 %(n)d 件", "并进来 %(n)d 件", taken) % {"n": taken})
    for said in refused:
        messages.error(request, said)
    return see_other(_address(opened.case))


def callers_may_see(lead: Case, opened: Opened) -> bool:
    return Case.objects.visible_to(opened.seat.officer).filter(pk=lead.pk).exists()


def may_merge(opened: Opened) -> bool:
    """Into this case, by this officer."""
    row = BY_NAME["merge"]
    may = bool(set(row.who) & opened.held) and not opened.seat.officer.is_third_party
    return may and opened.case.state in TAKES_IN


def _take_in(opened: Opened, form: TakeInForm) -> tuple[int, list[str]]:
    """Each on its own: one that is refused holds up none of the others."""
    chosen = Case.objects.visible_to(opened.seat.officer).filter(number__in=form.cleaned_data["numbers"][:AT_ONCE])
    key, taken, refused = form.keyed(opened.seat.officer), 0, []
    for case in chosen.order_by("received_at", "id"):
        try:
            merge(
                case=case, by=opened.seat.officer, at=opened.now, into=opened.case, words=form.cleaned_data["words"],
                key=f"{key}:{case.pk}",
            )  # fmt: skip
            taken += 1
        except Refused as no:
            refused.append(_("%(number)s 没有并：%(why)s") % {"number": case.number, "why": no.reason})
    return taken, refused


def _event_page(request: HttpRequest, opened: Opened, form: TakeInForm | None, status: int) -> HttpResponse:
    page, pager = paged(request, callers.seen(opened))
    may = may_merge(opened)
    shown = {
        "case": panels.heading(opened),
        "sentence": panels.sentence(opened),
        "counts": callers.counts(opened),
        "rows": callers.rows(page, opened.seat),
        "pager": pager,
        "hidden": not opened.seat.is_hotline,
        "alike": alike(opened) if may else [],
        "form": form or TakeInForm(initial={"key": str(uuid4())}),
        "event_url": _address(opened.case),
    }
    return render(request, "desk/event/event.html", shown, status=status)


def _address(lead: Case) -> str:
    return reverse("desk:event_callers", args=[lead.number])


# ---- one case into another


@desk_form
def join(request: HttpRequest, number: str) -> HttpResponse:
    """并单: the likest cases beside this one; the other's number may also be written."""
    opened, row = open_case(number, context.seat(request)), BY_NAME["merge"]
    if request.method == "POST" and not request.too_big:
        return _joined(request, opened)
    looks.at_page(opened.case, request.user, opened.now)
    if no := turns.refusal(row, opened):
        error = no.error(opened.case)
        return _join_page(request, opened, None, error.status, _said(error))
    form = StepForm(row, opened)
    wanted = plain_number(request.GET.get("into", "")[:40])[:24]
    return _join_page(request, opened, form, request.too_big.status if request.too_big else 200, wanted=wanted)


def _joined(request: HttpRequest, opened: Opened) -> HttpResponse:
    data = request.POST.copy()
    written, ticked = data.get("into", "").strip(), data.get("chosen", "")
    data["into"] = written or ticked
    form = StepForm(BY_NAME["merge"], opened, data)
    if written and ticked and plain_number(written) != ticked:  # never the wrong one by oversight
        form.add_error("into", _("勾的是 %(ticked)s，写的是另一个编号；只留一处") % {"ticked": ticked[:24]})
    if not form.is_valid():
        return _join_page(request, opened, form, form.status)
    officer = opened.seat.officer
    try:
        merge(
            case=opened.case,
            by=officer,
            at=opened.now,
            key=form.keyed(officer),
            seen=form.cleaned_data["seen"],
            **form.said(),
        )
    except Refused as no:
        if form.field_of(no.field):
            form.add_error(no.field, " ".join(str(s) for s in (no.reason, no.who_can) if s))
            return _join_page(request, opened, form, no.status)
        form.show_line(Case.objects.get(pk=opened.case.pk).line_no)
        return _join_page(request, opened, form, no.status, _said(no))
    messages.success(request, _("并好了；来电人会收到短信，不同意可以申诉"))
    return see_other(to_case(opened.case.number))


def _said(no: Refused) -> dict[str, Any]:
    return {"title": _("现在还不能并单"), "reason": no.reason, "state": no.state, "who_can": no.who_can}


def _join_page(
    request: HttpRequest,
    opened: Opened,
    form: StepForm | None,
    status: int,
    refused: dict | None = None,
    wanted: str = "",
) -> HttpResponse:
    found = alike(opened) if form else []
    if form and wanted and wanted not in {row["number"] for row in found}:
        form.initial["into"] = wanted  # not among the likest: written, not ticked
    shown = {
        "case": panels.heading(opened),
        "sentence": panels.sentence(opened),
        **panels.demand(opened),
        "alike": found,
        "chosen": request.POST.get("chosen", wanted),
        "form": form,
        "refused": refused,
        "note": turns.NOTES["merge"],
    }
    return render(request, "desk/event/join.html", shown, status=status)
