"""The phone desk: a caller on the line becomes a case in one form, and hears number and query code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.citizens.models import Person
from suqiu.directory import office
from suqiu.directory.models import Role
from suqiu.errors import Refused
from suqiu.intake.actions import receive

from . import context, worklist
from .intake_forms import REGISTER, IntakeForm
from .seats import HOTLINE, Seat
from .shell import desk_form, desk_page, see_other, to_case, when

KEPT = "desk.code"  # {"number", "code", "until"}: the code, to be read aloud, for a few minutes
MINUTES_KEPT = 15
EARLIER_SHOWN = 10


@desk_form
def intake(request: HttpRequest) -> HttpResponse:
    seat = context.seat(request)
    if not seat.has(HOTLINE, Role.OPERATOR):
        raise Refused(_("电话登记由话务员做"), who_can=_("热线中心的话务员"), status=403)
    if request.too_big or request.method != "POST":
        refused = _said(request.too_big) if request.too_big else None
        return _intake_page(request, IntakeForm(), request.too_big.status if refused else 200, refused)
    form = IntakeForm(request.POST)
    if "look" in request.POST:
        return _look_up(request, form, seat)
    if not form.is_valid():
        return _intake_page(request, form, form.status)
    try:
        _register(request, form, seat.now)
    except Refused as no:
        field = form.field_of(no.field)
        form.add_error(field, no.reason)
        return _intake_page(request, form, no.status)
    return see_other(reverse("desk:intake_saved"))


def _register(request: HttpRequest, form: IntakeForm, now: datetime) -> None:
    """Two presses at the same moment: the one that comes second finds the key taken, and gets the answer of the first."""
    try:
        _receive(request, form, now)
    except IntegrityError:
        _receive(request, form, now)


@transaction.atomic
def _receive(request: HttpRequest, form: IntakeForm, now: datetime) -> None:
    """The case, what follows at once, and the session's memory of the code: all or nothing."""
    key = form.keyed(request.user)
    language = "zh-hans"  # of the call, not of the operator's screen
    case, code = receive(demand=form.demand(language), by=request.user, at=now, key=key)
    then = form.cleaned_data["then"]
    if then != REGISTER:
        import_string(BY_NAME[then].action)(case=case, by=request.user, at=now, key=f"{key}+", **form.taken())
    if code:
        until = now + timedelta(minutes=MINUTES_KEPT)
        request.session[KEPT] = {"number": case.number, "code": code, "until": until.isoformat()}
        request.session.save()
        request.session.modified = False


@desk_page
def saved(request: HttpRequest) -> HttpResponse:
    kept, seat = request.session.get(KEPT), context.seat(request)
    if not kept or datetime.fromisoformat(kept["until"]) < seat.now:
        return see_other(reverse("desk:intake"))
    case = Case.objects.visible_to(request.user).filter(number=kept["number"]).first()
    if case is None:
        return see_other(reverse("desk:intake"))
    code = f"{kept['code'][:4]} {kept['code'][4:]}"
    shown = {
        "case": {
            "number": case.spoken_number,
            "title": case.title,
            "url": to_case(case.number),
            "state": case.get_state_display(),
        },
        "code": code,
        "until": when(datetime.fromisoformat(kept["until"]), seat.now),
        "due": when(case.next_due_at, seat.now) if case.next_due_at else "",
    }
    return render(request, "desk/intake_saved.html", shown)


def _look_up(request: HttpRequest, form: IntakeForm, seat: Seat) -> HttpResponse:
    """What this number asked before, masked as everywhere; the look-up is a line in the office journal."""
    form.errors.clear()
    number = form.number_given
    if not number:
        form.add_error("phone", _("先写下完整的来电号码，再查"))
        return _intake_page(request, form, 422)
    people = Person.objects.by_phone(number).values("pk")
    cases = Case.objects.visible_to(seat.officer).filter(person__in=people).order_by("-id")
    ids = list(cases.values_list("pk", flat=True)[:EARLIER_SHOWN])
    office.write(act="look_up", by=request.user, at=seat.now, found=len(ids))
    return _intake_page(request, form, 200, earlier=worklist.rows(ids, seat))


def _intake_page(
    request: HttpRequest, form: IntakeForm, status: int, refused: dict | None = None, **more: Any
) -> HttpResponse:
    shown = {"form": form, "refused": refused, "earlier": None} | more
    return render(request, "desk/intake.html", shown, status=status)


def _said(no: Refused) -> dict[str, Any]:
    return {"title": _("没有收下"), "reason": no.reason, "state": "", "who_can": ""}
