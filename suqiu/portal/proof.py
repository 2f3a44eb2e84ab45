"""Which cases may this browser see? Those whose query code it gave, those it handed in, and, for files only, a link's."""

from __future__ import annotations

import hmac
import unicodedata
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest

from suqiu.cases.models import Case
from suqiu.citizens import confirming
from suqiu.citizens.contact import code_hash
from suqiu.errors import Refused

from . import locks
from .models import Try

PROVED, LINKED = "portal.cases", "portal.linked"
KEPT_AT_MOST = 30


def prove(request: HttpRequest, number: str, code: str, at: datetime) -> Case | None:
    """The case of this number and code, remembered for the session; None is the same for a wrong code and no such number.

    Raises locks.TooMany.
    """
    noted = locks.note_code(request, number, at)
    return _let_in(request, _matching(number, code), noted)


def prove_by_message(request: HttpRequest, number: str, code: str, at: datetime) -> Case | None:
    """The case of this number, if the code is that of the message sent for it; None says nothing of why. Raises locks.TooMany."""
    noted = locks.note_code(request, f"message {number}", at)
    try:
        is_right = confirming.confirm(subject=number, code=code, at=at)
    except Refused:  # too late, or tried too often
        return None
    case = Case.objects.filter(number=number).first() if is_right else None
    return _let_in(request, case, noted)


def _let_in(request: HttpRequest, case: Case | None, noted: list[Try]) -> Case | None:
    if case is None:
        return None
    locks.forget(noted)
    if not knows(request, case.number):
        request.session.cycle_key()
        remember(request, case)
    return case


def remember(request: HttpRequest, case: Case, place: str = PROVED) -> None:
    held = request.session.get(place, {})
    if held.get(case.number) == case.pk:
        return  # nothing to write
    held[case.number] = case.pk
    request.session[place] = dict(list(held.items())[-KEPT_AT_MOST:])


def knows(request: HttpRequest, number: str) -> bool:
    return number in request.session.get(PROVED, {})


def known(request: HttpRequest) -> list[tuple[str, str]]:
    """(number, number as spoken) of the cases this browser may see, the latest first; a browser without a session is not asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return []
    return [(number, Case(number=number).spoken_number) for number in reversed(request.session.get(PROVED, {}))]


def id_or_404(request: HttpRequest, number: str) -> int:
    """The id of a case this browser may see. Anything else looks like a case that does not exist."""
    try:
        return request.session.get(PROVED, {})[number]
    except KeyError:
        raise Http404 from None


def ids_for_files(request: HttpRequest) -> tuple[set[int], set[int]]:
    """(cases whose own and sent pictures may be seen, cases whose sent pictures may be seen)."""
    proved = set(request.session.get(PROVED, {}).values())
    return proved, proved | set(request.session.get(LINKED, {}).values())


def plain_code(written: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", written) if c.isdigit())


def _matching(number: str, code: str) -> Case | None:
    case = Case.objects.filter(number=number).exclude(query_code_hash="").first()
    kept = case.query_code_hash if case else "0" * 64
    return case if hmac.compare_digest(kept, code_hash(code)) else None
