"""Whose phone is this, and how is a phone answered that hands in what it had kept? In JSON, with what to do next."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from suqiu.cases.models import Case, Line
from suqiu.directory.models import Officer
from suqiu.doors import Page
from suqiu.errors import Refused

from ..shell import desk_form

SALT = "suqiu.desk.site"


def account_of(officer: Officer) -> str:
    """What the phone keeps as whose: says nothing of who it is."""
    return salted_hmac(SALT, f"account:{officer.pk}").hexdigest()[:20]


def key_of(officer: Officer) -> str:
    """The key under which the phone keeps what waits; it has it only while this officer is signed in. Always the same."""
    made = salted_hmac(SALT, f"key:{officer.pk}", algorithm="sha256").digest()
    return base64.b64encode(made).decode()


def is_from_store(request: HttpRequest) -> bool:
    """Sent by the script that keeps records on the phone, not by pressing a form's button."""
    return request.headers.get("Accept", "") == "application/json"


def phone_form(view: Page) -> Page:
    """A page with a form for who is signed in; what comes from the phone's store is answered in JSON, whatever happens."""
    page = desk_form(view)

    @wraps(page)
    def answered(request: HttpRequest, *args, **named) -> HttpResponse:
        if not is_from_store(request):
            return page(request, *args, **named)
        if not request.user.is_authenticated:
            return JsonResponse({"reason": _("请先登录，手机里存着的会自动传")}, status=401)
        if request.headers.get("X-Suqiu-Account", "") != account_of(request.user):
            return JsonResponse({"reason": _("这是另一个账号记的，等他登录再传"), "is_others": True}, status=401)
        return _in_json(page, request, *args, **named)

    return answered


def _in_json(page: Callable[..., HttpResponse], request: HttpRequest, *args, **named) -> HttpResponse:
    try:
        return page(request, *args, **named)
    except Refused as no:
        return refused(no)
    except Http404:
        return gone()


def refused(no: Refused) -> JsonResponse:
    told: dict[str, Any] = {"reason": str(no.reason), "state": str(no.state), "who_can": str(no.who_can)}
    return JsonResponse(told | {"field": no.field}, status=no.status)


def gone() -> JsonResponse:
    told = {"reason": _("这件已经不在您手里，收不进去了"), "who_can": _("把记的内容告诉现在办这件的单位")}
    return JsonResponse(told, status=404)


def taken(line: Line, case: Case) -> JsonResponse:
    told = {"line": line.no, "received_at": line.at.isoformat(), "url": reverse("desk:case", args=[case.number])}
    return JsonResponse(told)
