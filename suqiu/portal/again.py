"""Who comes back after his session ended: asked for number and code once more, and what he had typed waits for him."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from suqiu.intake.callers import plain_number
from suqiu.intake.demand import TEXT_LIMIT

from .proof_forms import TrackForm
from .shell import page, see_other

KEPT = "portal.kept"  # {"number", "step", "words"}: typed into a step whose case this browser no longer knows


def ask(request: HttpRequest, number: str, step: str = "") -> HttpResponse:
    """Says the same of a case that exists and of one that does not."""
    number = plain_number(number)[:40]
    if request.method != "POST":
        return see_other("track", at=f"?{urlencode({'number': number})}")
    words = request.POST.get("words", "")[:TEXT_LIMIT]
    if step:
        request.session[KEPT] = {"number": number, "step": step, "words": words}
    form = TrackForm(initial={"number": number})
    return page(request, "portal/track.html", {"form": form, "is_again": True, "has_kept_words": bool(words)}, 403)


def kept_step(request: HttpRequest, number: str) -> str:
    """The step he was taking when the session ended."""
    kept = request.session.get(KEPT) or {}
    return kept.get("step", "") if kept.get("number") == number else ""


def kept_words(request: HttpRequest, number: str, step: str) -> str:
    """What he had typed into it; handed back once."""
    if kept_step(request, number) != step:
        return ""
    return request.session.pop(KEPT)["words"]
