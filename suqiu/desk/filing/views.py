"""线下代办: one form, with the person's own consent; and a page that shows the number, and a code only where it must be printed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.intake import filing, shown_code

from .. import context
from ..fields import MOMENT_FORMATS
from ..shell import desk_form, desk_page, see_other, when
from .forms import FilingForm

FILED = "desk.filed"  # number of the case this officer filed last


@desk_form
def file_for(request: HttpRequest) -> HttpResponse:
    filing.check_person(request.user)
    seat = context.seat(request)
    if request.too_big or request.method != "POST":
        form = FilingForm(initial={"consent_at": timezone.localtime(seat.now).strftime(MOMENT_FORMATS[0])})
        return _page(request, form, request.too_big.status if request.too_big else 200, request.too_big)
    form = FilingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, form.status)
    try:
        case, code = filing.file_for(
            demand=form.demand(), consent=form.consent(), by=request.user, at=seat.now, key=form.keyed(request.user)
        )
    except Refused as no:
        form.add_error(form.field_of(no.field), no.reason)
        return _page(request, form, no.status)
    request.session[FILED] = case.number
    if code:
        shown_code.keep(request.session, shown_code.AT_DESK, number=case.number, code=code, at=seat.now)
    return see_other(reverse("desk:filed"))


def _page(request: HttpRequest, form: FilingForm, status: int, too_big: Refused | None = None) -> HttpResponse:
    shown = {"form": form, "refused": too_big, "has_lost_files": bool(request.FILES)}
    return render(request, "desk/filing/file.html", shown, status=status)


@desk_page
def filed(request: HttpRequest) -> HttpResponse:
    """The number, and what he is told. The case itself opens only to whom it opens anyway."""
    number = request.session.get(FILED, "")
    case = Case.objects.filter(number=number, filing__by=request.user).select_related("person", "filing").first()
    if case is None:
        return see_other(reverse("desk:file_for"))
    seat = context.seat(request)
    code = shown_code.code_in(request.session, shown_code.AT_DESK, seat.now)
    is_his = bool(code) and shown_code.number_in(request.session, shown_code.AT_DESK) == number
    shown = {
        "number": case.spoken_number,
        "is_sent": case.filing.code_way == case.filing.CodeWay.SMS,
        "phone": case.person.masked_phone,
        "code": f"{code[:4]} {code[4:]}" if is_his else "",
        "until": when(shown_code.until(request.session, shown_code.AT_DESK), seat.now) if is_his else "",
    }
    return render(request, "desk/filing/filed.html", shown)
