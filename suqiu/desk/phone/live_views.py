"""What does the phone desk's page ask for while the operator types: who calls, what is like it, and where it is kept?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.errors import Refused
from suqiu.intake import calls

from ..shell import desk_form, see_other
from . import suggestions, told
from .forms import DRAFTED, number_in
from .views import operator_seat


@desk_form
def look(request: HttpRequest) -> HttpResponse:
    """The same for a script: the left column alone."""
    seat = operator_seat(request)
    if request.method != "POST":
        return see_other(reverse("desk:intake"))
    number = number_in(request.POST.get("phone", ""))
    if not number:
        raise Refused(_("先写下完整的来电号码，再查"), status=422)
    return render(request, "desk/phone/_caller.html", {"caller": told.caller_of(number, seat)})


@desk_form
def suggest(request: HttpRequest) -> HttpResponse:
    """The right column alone, for what stands on the form. Reads, never writes."""
    seat = operator_seat(request)
    if request.method != "POST":
        return see_other(reverse("desk:intake"))
    if request.too_big:
        raise request.too_big
    typed = suggestions.read(request.POST)
    return render(request, "desk/phone/_suggestions.html", {"found": suggestions.found(typed, seat)})


@desk_form
def draft(request: HttpRequest) -> HttpResponse:
    """GET: a fresh token for a page that outlived its session. POST: keeps what was typed, or gives a draft up."""
    seat = operator_seat(request)
    if request.method != "POST":
        return JsonResponse({"token": get_token(request), "key_of": request.user.pk})
    if request.too_big:
        raise request.too_big
    if "drop" in request.POST:
        calls.drop(by=request.user, key=request.POST["drop"])
        return see_other(reverse("desk:intake"))
    revision = request.POST.get("revision", "")
    if not revision.isdecimal() or len(revision) > 17:
        raise Refused(_("草稿少了版本，请刷新页面；写的字还在这台电脑里"), status=422)
    values = {name: request.POST[name] for name in DRAFTED if request.POST.get(name)}
    kept = calls.save(
        by=request.user, key=request.POST.get("key", ""), revision=int(revision), values=values, at=seat.now
    )
    status = 200 if kept == int(revision) else 409
    return JsonResponse({"revision": kept, "at": f"{timezone.localtime(seat.now):%H:%M:%S}"}, status=status)
