"""What becomes of a request while the database cannot be reached? 503, the words typed, and the same button again; at both doors."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

log = logging.getLogger("suqiu.outage")
RETRY_SECONDS = 10
STAFF = ("/desk/", "/login/", "/logout/")
LINE = 40  # characters: what is longer was written, not chosen, and is shown
NEVER_SENT_BACK = ("password",)  # part of a field's name: a form with such a field is opened anew


def is_gone(exc: BaseException | None) -> bool:
    """Nothing is wrong with the request: the same one can succeed in a few seconds."""
    return isinstance(exc, OperationalError | InterfaceError)


def answer(request: HttpRequest, exc: BaseException) -> HttpResponse:
    """Stands without session, user and database; a script that puts answers into the open page gets the piece for it."""
    reference = secrets.token_hex(4)
    log.error(
        "reference %s: %s %s: %s", reference, request.method, request.path, str(exc).strip()
    )  # once each: no trace
    if hasattr(request, "session"):
        request.session.modified = False  # nothing can be written
    is_piece = request.headers.get("HX-Request") == "true"
    shown = {"reference": reference, "is_desk": request.path.startswith(STAFF), "is_form": request.method == "POST"}
    if not is_piece:
        shown |= _form(request)
    page = render_to_string("parts/_unreachable.html" if is_piece else "unreachable.html", shown)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})


def _form(request: HttpRequest) -> dict[str, Any]:
    """What was posted, to be posted again under the same key."""
    said = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    is_secret = any(part in name for name, _value in said for part in NEVER_SENT_BACK)
    return {
        "path": request.get_full_path(),
        "is_form": request.method == "POST" and not is_secret,
        "words": [(name, value) for name, value in said if _is_writing(name, value)],
        "others": [(name, value) for name, value in said if not _is_writing(name, value)],
        "has_lost_files": bool(request.FILES),
        "csrf_token": get_token(request),
    }


def _is_writing(name: str, value: str) -> bool:
    return name == "words" or "\n" in value or len(value) > LINE
