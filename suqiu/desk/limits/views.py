"""限制来电: one proposes, another decides, a third hears the caller's objection. The list says how many there were, those refused too."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Case as Choice
from django.db.models import Q, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.intake import caller_limits, limit_rules
from suqiu.intake.models import CallerLimit

from .. import context, looks
from ..paging import paged
from ..queries import find
from ..secrecy.showing import pressed, typed
from ..shell import DeskRequest, desk_form, desk_page, see_other
from . import sheet
from .forms import ProposeForm, ReasonForm

SHOWS = {  # what the list can be narrowed to
    "all": lambda now: Q(),
    "waiting": lambda now: Q(decided_at=None, until__gt=now) | Q(appealed_at__isnull=False, judged_at=None),
    "running": lambda now: Q(pk__in=caller_limits.running(now).values("pk")),
    "over": lambda now: Q(is_agreed=False) | Q(is_lifted=True) | Q(until__lte=now),
}


@desk_page
def limit_list(request: DeskRequest) -> HttpResponse:
    """What waits for somebody first."""
    _check_may_see(request)
    now, show = timezone.now(), request.GET.get("show", "all")
    if show not in SHOWS:
        raise Refused(_("没有这一种筛法"), status=422)
    waits = Choice(When(SHOWS["waiting"](now), then=Value(0)), default=Value(1))
    rows = _seen(request).filter(SHOWS[show](now)).annotate(waits=waits).order_by("waits", "-pk")
    page, pager = paged(request, rows, show=show if show != "all" else "")
    shown = {
        "rows": [sheet.row(limit, now) for limit in page],
        "pager": pager,
        "counts": sheet.counted(now),
        "shows": [_chip(name, label, show) for name, label in sheet.show_labels()],
    }
    return render(request, "desk/limits/list.html", shown)


def _chip(name: str, label: str, show: str) -> dict[str, Any]:
    query = f"?{urlencode({'show': name})}" if name != "all" else ""
    return {"label": label, "url": reverse("desk:limits") + query, "is_current": name == show}


@desk_form
def propose(request: DeskRequest, number: str) -> HttpResponse:
    """From the page of the case whose answer stands."""
    seat = context.seat(request)
    case = find(number, seat).case
    limit_rules.check_person(request.user)
    if request.method != "POST" or request.too_big:
        looks.at_page(case, request.user, seat.now)
        try:
            caller_limits.check_case(case)
        except Refused as no:
            return _propose_page(request, case, None, no.status, no)
        return _propose_page(request, case, ProposeForm(), 413 if request.too_big else 200, request.too_big)
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return _propose_page(request, case, form, form.status)
    said = {name: form.cleaned_data[name] for name in ("ground", "words", "until")}
    try:
        made = caller_limits.propose(case=case, by=request.user, at=seat.now, key=form.keyed(request.user), **said)
    except Refused as no:
        if no.field in form.fields:
            form.add_error(no.field, no.reason)
        return _propose_page(request, case, form, no.status, None if no.field in form.fields else no)
    messages.success(request, _("提请了，等另一个人认定"))
    return see_other(reverse("desk:limit", args=[made.pk]))


def _propose_page(
    request: DeskRequest, case: Case, form: ProposeForm | None, status: int, no: Refused | None = None
) -> HttpResponse:
    shown = {"form": form, "refused": no, "case": sheet.heading(case), "calls": sheet.calls(case, request.user)}
    return render(request, "desk/limits/propose.html", shown, status=status)


@desk_form
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """All that the second or the third person needs, and his two buttons."""
    limit = _found(request, pk)
    if request.too_big:
        raise request.too_big
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        looks.at_page(limit.case, request.user, timezone.now())
        return _page(request, limit, form)
    given = {"limit": limit, "by": request.user, "at": timezone.now()}

    def decided(is_agreed: bool) -> CallerLimit:
        return caller_limits.decide(**given, is_agreed=is_agreed, words=typed(form, "words"))

    def judged(is_lifted: bool) -> CallerLimit:
        return caller_limits.judge(**given, is_lifted=is_lifted, words=typed(form, "words"))

    deeds = {
        "agree": lambda: decided(True),
        "refuse": lambda: decided(False),
        "lift": lambda: judged(True),
        "keep": lambda: judged(False),
    }
    return pressed(request, deeds, lambda no: _page(request, _found(request, pk), form, no))


def _page(request: DeskRequest, limit: CallerLimit, form: ReasonForm, no: Refused | None = None) -> HttpResponse:
    now = timezone.now()
    stands = limit.stands(now)
    shown = {
        "title": _("限制来电 %(no)s 号") % {"no": limit.pk},
        "back": {"url": reverse("desk:limits"), "label": _("限制来电")},
        "state": stands.label,
        "kind": sheet.CHIPS.get(stands, ""),
        "facts": sheet.facts_of(limit),
        "links": sheet.calls(limit.case, request.user),
        "buttons": sheet.buttons(limit, request.user, form, now),
        "turn": sheet.turn(limit, request.user, now),
        "refused": no,
    }
    return render(request, "desk/secrecy/one.html", shown, status=no.status if no else 200)


def _check_may_see(request: DeskRequest) -> None:
    if not limit_rules.may_judge(request.user):
        raise Refused(
            _("限制来电人由热线的班长、受理审核员、督办员、市领导看和定"),
            who_can=_("接电话时，来电人有没有限制，查号码和打开他的诉求就看得到"), status=403,
        )  # fmt: skip


def _seen(request: DeskRequest):
    """Not those about a case that he may not see."""
    seen = Case.objects.visible_to(request.user).values("pk")
    found = CallerLimit.objects.filter(case__in=seen)
    return found.select_related("case__person", "proposed_by", "decided_by", "judged_by", "appealed_through")


def _found(request: DeskRequest, pk: int) -> CallerLimit:
    _check_may_see(request)
    found = _seen(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
