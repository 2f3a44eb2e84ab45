"""What becomes of typed words when the form's token is too old, or the database is gone? They come back on the page, to be handed in again."""

from __future__ import annotations

import logging
import secrets
from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt

from suqiu import doors

log = logging.getLogger("suqiu.portal")
RETRY_SECONDS = 10
POSTS_ONLY = ("POST",)


class FormRequest(doors.FormRequest):
    """`is_token_lost`: the form was not made for this browser, or long ago; it may be shown again with its words, and nothing else done."""

    is_token_lost: bool


class _Noting(CsrfViewMiddleware):
    """The same check, noted instead of answered with a page on which everything typed would be gone."""

    def _reject(self, request, reason):
        request.is_token_lost = True


def form_page(view: doors.Page, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> doors.Page:
    """As doors.form_page, but a lost token comes to the view, as `request.is_token_lost`."""
    check = _Noting(lambda request: HttpResponse())

    @csrf_exempt  # checked here
    @wraps(view)
    def noted(request: FormRequest, *args, **named) -> HttpResponse:
        request.is_token_lost = False
        if request.method == "POST" and not request.too_big:
            check.process_view(request, view, args, named)
        return view(request, *args, **named)

    return doors.form_page(noted, methods)


def steady(view: doors.Page) -> doors.Page:
    """While the database cannot be reached: 503, the words typed, and a button that hands them in again under the same key."""

    @wraps(view)
    def kept(request: HttpRequest, *args, **named) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except (OperationalError, InterfaceError):
            return _unreachable(request)

    return kept


def _unreachable(request: HttpRequest) -> HttpResponse:
    reference = secrets.token_hex(4)
    log.exception("reference %s: %s %s", reference, request.method, request.path)
    request.session.modified = False  # nothing can be written
    said = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    context = {
        "reference": reference,
        "path": request.get_full_path(),
        "is_form": request.method == "POST",
        "words": [(name, value) for name, value in said if name == "words"],
        "others": [(name, value) for name, value in said if name != "words"],
        "has_lost_files": bool(request.FILES),
        "csrf_token": get_token(request),
    }
    page = render_to_string("portal/unreachable.html", context)  # without the request: it would ask who is signed in
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})
