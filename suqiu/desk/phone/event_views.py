"""突发口径: what is known of an event is put before the operators, prolonged, and ended with an all-clear to every caller."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.directory.models import Role
from suqiu.errors import Refused
from suqiu.intake import known_events
from suqiu.intake.models import KnownEvent

from .. import context, registry
from ..seats import HOTLINE, Seat
from ..shell import desk_form, see_other, when
from .event_forms import EndForm, EventForm, ProlongForm, until_default

ENDED_SHOWN = 20
READERS = (Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER)


@desk_form
def events(request: HttpRequest) -> HttpResponse:
    """In force, past their time, and ended; the form only for who may announce."""
    seat = _seat(request)
    may = known_events.may_announce(seat.officer)
    if request.method != "POST" or request.too_big:
        form = EventForm(initial={"valid_until": until_default(seat.now)}) if may else None
        return _events_page(request, seat, form, request.too_big.status if request.too_big else 200)
    if not may:
        raise Refused(_("突发口径由班长或受理审核员发布"), who_can=_("热线中心的班长、受理审核员"), status=403)
    form = EventForm(request.POST)
    if not form.is_valid():
        return _events_page(request, seat, form, form.status)
    said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    try:
        known = known_events.announce(by=request.user, at=seat.now, key=form.keyed(request.user)[:80], **said)
    except Refused as no:
        form.add_error(no.field if no.field in form.fields else None, no.reason)
        return _events_page(request, seat, form, no.status)
    messages.success(request, _("发布了。话务员打字说到这里，马上看得到"))
    return see_other(reverse("desk:event", args=[known.pk]))


@desk_form
def event(request: HttpRequest, pk: int) -> HttpResponse:
    seat = _seat(request)
    known = _all().filter(pk=pk).first()
    if known is None:
        raise Http404
    if request.method != "POST" or request.too_big:
        return _event_page(request, seat, known, request.too_big.status if request.too_big else 200)
    acts = {"prolong": (ProlongForm, known_events.prolong), "end": (EndForm, known_events.end)}
    name = next((n for n in acts if n in request.POST), "")
    if not name:
        raise Refused(_("没有看懂要做什么，请再点一次"), status=422)
    form, act = acts[name][0](request.POST), acts[name][1]
    if not form.is_valid():
        return _event_page(request, seat, known, 422, **{name: form})
    try:
        act(known=known, by=request.user, at=seat.now, **form.cleaned_data)
    except Refused as no:
        if no.field not in form.fields:
            raise
        form.add_error(no.field, no.reason)
        return _event_page(request, seat, known, no.status, **{name: form})
    messages.success(request, _("延长了") if name == "prolong" else _("结束了，恢复短信正在发"))
    return see_other(reverse("desk:event", args=[known.pk]))


def _seat(request: HttpRequest) -> Seat:
    seat = context.seat(request)
    if not seat.has(HOTLINE, *READERS):
        raise Refused(_("突发口径给热线中心的受理岗用"), who_can=_("热线中心的话务员、班长、受理审核员"), status=403)
    return seat


def _all():
    return KnownEvent.objects.select_related("event", "made_by", "ended_by").annotate(
        callers=Count("event__members", distinct=True)
    )


def _events_page(request: HttpRequest, seat: Seat, form: EventForm | None, status: int) -> HttpResponse:
    now, rows = seat.now, _all()
    waiting = rows.filter(ended_at=None)
    groups = [
        (_("正在用"), [_row(k, seat) for k in waiting.filter(valid_until__gt=now)[:100]]),
        (_("过了时间，还没有结束"), [_row(k, seat) for k in waiting.filter(valid_until__lte=now)[:100]]),
        (
            _("已经结束"),
            [_row(k, seat) for k in rows.exclude(ended_at=None).order_by("-ended_at", "-id")[:ENDED_SHOWN]],
        ),
    ]
    shown = {"groups": [{"title": title, "rows": found} for title, found in groups if found], "form": form}
    return render(request, "desk/phone/events.html", shown, status=status)


def _row(known: KnownEvent, seat: Seat) -> dict[str, Any]:
    return {
        "title": known.event.title,
        "text": known.text,
        "url": reverse("desk:event", args=[known.pk]),
        "area": registry.area_name(known.area_id),
        "words": known.words,
        "matter": registry.matter_name(known.matter_id),
        "from": when(known.valid_from, seat.now),
        "until": when(known.valid_until, seat.now),
        "by": known.made_by.full_name,
        "callers": known.callers,
        "ended": when(known.ended_at, seat.now) if known.ended_at else "",
        "ended_by": known.ended_by.full_name if known.ended_by else "",
        "all_clear": known.all_clear,
        "is_over": known.valid_until <= seat.now and not known.ended_at,
    }


def _event_page(request: HttpRequest, seat: Seat, known: KnownEvent, status: int, **forms: Any) -> HttpResponse:
    may = known_events.may_announce(seat.officer) and not known.ended_at
    later = max(known.valid_until, until_default(seat.now))
    shown = {
        "event": _row(known, seat),
        "may": may,
        "prolong": forms.get("prolong") or ProlongForm(initial={"valid_until": later}),
        "end": forms.get("end") or EndForm(),
    }
    return render(request, "desk/phone/event.html", shown, status=status)
