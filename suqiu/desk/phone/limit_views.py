"""限制的申诉, by telephone: the limit is read to the caller who has proved his case, and his objection written down."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.errors import Refused
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit

from .. import looks, queries
from ..limits.forms import AppealForm
from ..shell import desk_form, see_other, when
from .caller_views import _ask_again, _proved, _seat


@desk_form
def caller_limit(request: HttpRequest, number: str) -> HttpResponse:
    seat = _seat(request)
    if not _proved(request, number, seat.now):
        return _ask_again(number)
    opened = queries.open_case(number, seat)
    limit = caller_limits.told_on(opened.case)
    if limit is None:
        raise Http404
    if request.method != "POST" or request.too_big:
        looks.at_page(opened.case, request.user, seat.now)
        return _page(request, opened, limit, AppealForm(), 413 if request.too_big else 200, request.too_big)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, opened, limit, form, form.status)
    try:
        caller_limits.appeal(limit=limit, by=request.user, at=seat.now, words=form.cleaned_data["words"])
    except Refused as no:
        limit = caller_limits.told_on(opened.case)
        if no.field in form.fields:
            form.add_error(no.field, no.reason)
        return _page(request, opened, limit, form, no.status, None if no.field in form.fields else no)
    messages.success(request, _("替来电人记下了申诉；审的时候限制停着，结果发短信告诉他"))
    return see_other(reverse("desk:caller_case", args=[number]))


def _page(
    request: HttpRequest,
    opened: queries.Opened,
    limit: CallerLimit,
    form: AppealForm,
    status: int,
    no: Refused | None = None,
) -> HttpResponse:
    now = opened.now
    found = opened.case
    can = limit.stands(now) in (CallerLimit.Stands.RUNNING, CallerLimit.Stands.IDLE) and not limit.appealed_at
    shown = {
        "case": {
            "number": found.spoken_number,
            "title": found.title,
            "url": reverse("desk:caller_case", args=[found.number]),
        },
        "limit": {
            "ground": limit.get_ground_display(),
            "until": when(limit.until, now),
            "words": limit.words,
            "stands": limit.stands(now).label,
        },
        "form": form if can else None,
        "refused": no,
    }
    return render(request, "desk/phone/caller_limit.html", shown, status=status)
