"""How does the business say no, and how is that no shown? One exception, one middleware."""

from __future__ import annotations

import logging
import secrets
import sys

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from . import outage

log = logging.getLogger("suqiu.errors")


class Refused(Exception):
    """The one way the business says no.

    `reason` could be read to a citizen; `state` says how things stand, `who_can` who can do what next.
    `status` is the HTTP status: 409 the state forbids it, 403 another person must do it, 422 something is missing.
    """

    def __init__(self, reason, *, state="", who_can="", status: int = 409, field: str = ""):
        super().__init__(str(reason))
        self.reason, self.state, self.who_can, self.status, self.field = reason, state, who_can, status, field


class RefusalsAnswered:
    """Turns a Refused into the page (or fragment) that shows it; a database that is gone into 503 with what was typed; anything else
    becomes a logged 500 with a reference number.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, Refused):
            return refusal(request, exc)
        if isinstance(exc, Http404 | PermissionDenied | SuspiciousOperation):
            return None  # Django answers these itself: 404, 403, 400
        if outage.is_gone(exc):
            return outage.answer(request, exc)
        reference = _logged(request)
        if settings.DEBUG:
            return None
        return render(request, "500.html", {"reference": reference}, status=500)


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed outside of a view, where a session is read or written: answered without asking for anything more."""
    exc = sys.exc_info()[1]
    if outage.is_gone(exc):
        return outage.answer(request, exc)
    page = render_to_string("500.html", {"reference": _logged(request)})
    return HttpResponse(page, status=500)


def _logged(request: HttpRequest) -> str:
    """Under a number that who met it can tell."""
    reference = secrets.token_hex(4)
    log.exception("reference %s: %s %s", reference, request.method, request.path)
    return reference


def refusal(request: HttpRequest, exc: Refused) -> HttpResponse:
    fragment = request.headers.get("HX-Request") == "true"
    template = "parts/_refusal.html" if fragment else "refused.html"
    context = {"title": _("现在还不能这样做"), "reason": exc.reason, "state": exc.state, "who_can": exc.who_can}
    context |= {"back": request.META.get("HTTP_REFERER", ""), "is_desk": request.path.startswith("/desk/")}
    return render(request, template, context, status=exc.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is too old: the words typed are still in the browser (data-draft), so say how to go on."""
    exc = Refused(_("这一页打开太久，或者浏览器没有带上凭证。请返回上一页，刷新后再交一次，写的字还在。"), status=403)
    return refusal(request, exc)


class LanguageByLink:
    """`?lang=en` works on every page and is remembered in the language cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = {"en": "en", "zh": "zh-hans", "zh-hans": "zh-hans", "zh-CN": "zh-hans"}.get(
            request.GET.get("lang", "")
        )
        if wanted:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = wanted
        elif settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            request.META["HTTP_ACCEPT_LANGUAGE"] = _chinese_unless_english_only(request)
        response = self.get_response(request)
        if wanted:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax")
        return response


def _chinese_unless_english_only(request: HttpRequest) -> str:
    """Chinese first: English only for a browser that names English and no Chinese."""
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()
    return "en" if "en" in asked and "zh" not in asked else "zh-hans"
