"""The handler on site, with one hand: today's places, a visit, a contact, a call; on line and, kept on the phone, without a signal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.handling import photo_rules
from suqiu.speech import noted

from .. import context, looks, panels, turns
from ..fields import PlaceField
from ..panels.record import FILE_LABELS
from ..queries import Opened, open_case
from ..seats import Seat
from ..shell import desk_page, see_other, when
from . import phone, places, queries
from .forms import SiteForm
from .phone import phone_form
from .route import Spot

SHELLS = ("list", "visit", "contact")
VISITING, SPEAKING = "visit", "contact"
DOUBTED = {"far": photo_rules.FAR, "drift": photo_rules.DRIFT}  # the page asks for a word where the record would


@desk_page
def today(request: HttpRequest) -> HttpResponse:
    """The places of the day. Where the phone is comes in a header, so that it stands in no address and in no log."""
    seat = context.seat(request)
    cases = queries.to_visit(seat)
    here = _here(request)
    shown = {
        "places": places.in_turn(cases[: queries.STOPS_AT_MOST], here or _unit(seat), seat, is_phone=bool(here)),
        "is_more": len(cases) > queries.STOPS_AT_MOST,
        "is_from_here": bool(here),
        "seen": places.seen(queries.seen_today(seat), seat.now),
        "now": timezone.localtime(seat.now),
        "account": phone.account_of(request.user),
        "has_post": bool(seat.units),
    }
    return render(request, "desk/site/today.html", shown)


def _here(request: HttpRequest) -> Spot | None:
    """X-Suqiu-Place: longitude, latitude; anything else is as if nothing came."""
    place = PlaceField(required=False).clean([*request.headers.get("X-Suqiu-Place", "").split(","), None, None][:3])
    return Spot(place[0], place[1]) if place else None


def _unit(seat: Seat) -> Spot:
    """Without the phone's place he sets out from his unit, of which the area is known."""
    department = seat.officer.department
    return Spot(None, None, department.area_id)


# ---- one place: go there, ring, write down


@phone_form
def visit(request: HttpRequest, number: str) -> HttpResponse:
    return _record(request, number, VISITING)


@phone_form
def contact(request: HttpRequest, number: str) -> HttpResponse:
    return _record(request, number, SPEAKING)


def _record(request: HttpRequest, number: str, name: str) -> HttpResponse:
    opened = open_case(number, context.seat(request))
    if request.too_big:
        raise request.too_big
    if request.method != "POST":
        looks.at_page(opened.case, request.user, opened.now)
        if no := turns.refusal(BY_NAME[name], opened):
            error = no.error(opened.case)
            return _form_page(request, opened, name, SiteForm(name, opened), status=error.status, no=error)
        return _form_page(request, opened, name, SiteForm(name, opened))
    sent_at = request.headers.get("X-Suqiu-Sent-At", "")
    is_kept = phone.is_from_store(request)
    form = SiteForm(name, opened, request.POST, request.FILES, sent_at=sent_at, is_kept=is_kept)
    if not form.is_valid():
        return _mistaken(request, opened, name, form)
    try:
        line = _take(opened, form)
    except Refused as no:
        return _not_taken(request, opened, name, form, no)
    if phone.is_from_store(request):
        return phone.taken(line, opened.case)
    messages.success(request, _("「%(step)s」记下了") % {"step": BY_NAME[name].label})
    return see_other(reverse("desk:site"))


def _take(opened: Opened, form: SiteForm):
    """What waited on a phone was opened long ago: whether it may be taken, the table says by how things stand now."""
    seen = None if form.cleaned_data["recorded_at"] else form.cleaned_data["seen"]
    by = opened.seat.officer
    action = import_string(form.row.action)
    return action(case=opened.case, by=by, at=opened.now, key=form.keyed(by), seen=seen, **form.said())


def _mistaken(request: HttpRequest, opened: Opened, name: str, form: SiteForm) -> HttpResponse:
    if not phone.is_from_store(request):
        return _form_page(request, opened, name, form, status=form.status)
    said = [str(e) for errors in form.errors.values() for e in errors]
    return phone.refused(Refused(noted(said), status=form.status, field=next(iter(form.errors))))


def _not_taken(request: HttpRequest, opened: Opened, name: str, form: SiteForm, no: Refused) -> HttpResponse:
    if phone.is_from_store(request):
        return phone.refused(no)
    fresh = open_case(opened.case.number, opened.seat)
    if field := form.field_of(no.field):
        form.add_error(field, no.reason)
    form.show_line(fresh.case.line_no)
    form.opened = fresh
    return _form_page(request, fresh, name, form, status=no.status, no=None if field else no)


def _form_page(
    request: HttpRequest, opened: Opened, name: str, form: SiteForm, *, status: int = 200, no: Refused | None = None
) -> HttpResponse:
    case = opened.case
    first = queries.first_picture(opened) if name == VISITING else None
    is_dead = no is not None and request.method != "POST"  # refused before anything was typed
    shown = {
        "name": name,
        "form": None if is_dead else form,
        "case": panels.heading(opened),
        "asks": panels.asks(opened),
        "clock": _next_clock(opened),
        "caller": _caller(opened),
        "number": case.number,
        "position": places.spot(case),
        "first": _picture(first, opened) if first else None,
        "refused": _said(no, case) if no else None,
        "has_lost_files": bool(request.FILES),
        "account": phone.account_of(request.user),
        "key": str(uuid4()),
        "doubted": DOUBTED,
    }
    return render(request, f"desk/site/{name}.html", shown, status=status)


def _next_clock(opened: Opened) -> dict[str, Any] | None:
    running = [c for c in opened.clocks if c.stopped_at is None]
    first = min(running, key=lambda c: (c.due_at, c.pk), default=None)
    return panels.face(first, opened.now) if first else None


def _picture(found: dict, opened: Opened) -> dict[str, str]:
    taken = parse_datetime(found["taken_at"]) if found["taken_at"] else None
    label = FILE_LABELS[found["kind"]]
    return {
        "url": reverse("desk:file", args=[found["id"]]),
        "label": label,
        "at": when(taken, opened.now) if taken else "",
    }


def _caller(opened: Opened) -> dict[str, str]:
    """Whom to ring, by the masked name; empty where one may not, or nobody left a number."""
    person = opened.case.person
    may = opened.may_ring and bool(person.phone_sealed)
    name = person.masked_name if opened.sees_contact else _("来电人")
    return {"name": name, "url": reverse("desk:site_call", args=[opened.case.number])} if may else {}


def _said(no: Refused, case) -> dict[str, Any]:
    way = {"url": reverse("desk:case", args=[case.number]), "label": _("看现在的情况")}
    title = _("现在还不能记")
    return {"title": title, "reason": no.reason, "state": no.state, "who_can": no.who_can, "ways": [way]}


@phone_form
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """签收, and straight on to the form of the visit."""
    if request.method != "POST":
        return see_other(reverse("desk:site_visit", args=[number]))
    if request.too_big:
        raise request.too_big
    opened = open_case(number, context.seat(request))
    if opened.case.state == "S":
        key = request.POST.get("key", "")[:36]
        action = import_string(BY_NAME["sign_in"].action)
        by = opened.seat.officer
        action(case=opened.case, by=by, at=opened.now, key=f"site:{by.pk}:{key}" if key else None)
    if phone.is_from_store(request):
        return JsonResponse({"line": opened.case.line_no})
    return see_other(reverse("desk:site_visit", args=[number]))


# ---- for the script that keeps records on the phone


@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in on this phone; with what the script needs to hand in what it kept, and to draw the mark across it."""
    if not request.user.is_authenticated:
        return JsonResponse({"account": ""}, status=401)
    officer = request.user
    told = {"account": phone.account_of(officer), "key": phone.key_of(officer), "csrf": get_token(request)}
    return JsonResponse(told | {"mark": context.whose(officer)})


@desk_page
def shell(request: HttpRequest, name: str) -> HttpResponse:
    """The page without a case: kept on the phone, filled there from today's places when there is no signal.

    It holds nobody's name, not even in its mark: the script draws that, of whoever the places it fills in were sent to.
    """
    if name not in SHELLS:
        raise Http404
    of_nobody = {"is_shell": True, "screen_mark": ""}
    if name == "list":
        return render(request, "desk/site/today.html", of_nobody | {"places": [], "seen": []})
    form = SiteForm(name, _nobody(request))
    shown = {"name": name, "form": form, "number": "", "case": {}, "caller": {}, "key": "", "doubted": DOUBTED}
    return render(request, f"desk/site/{name}.html", of_nobody | shown)


def _nobody(request: HttpRequest) -> Opened:
    return Opened(Case(line_no=0), context.seat(request), [], set())


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker's script: it lies here because its reach is where it lies, and no further."""
    with open(finders.find("js/site-worker.js"), "rb") as script:
        response = HttpResponse(script.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
