"""Has somebody tried too many passwords? A soft lock on one account from one address, so that nobody can lock out others.

A try is written before it is judged, so that many guesses at the same moment count as many.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from suqiu.directory.tries import WINDOW, TooMany, locked_until, minutes_until
from suqiu.doors import address_of

from .models import WrongPassword

WRONG_AT_MOST = 5  # within the window
KEPT = timedelta(days=1)


def note(request: HttpRequest, account: str, at: datetime) -> WrongPassword:
    """Writes a try; the caller takes it back by `forgive` when the password was right. Raises TooMany while locked."""
    WrongPassword.objects.filter(at__lt=at - KEPT).delete()
    mark = salted_hmac(
        "suqiu.desk.locks", f"{account.strip().lower()}\n{address_of(request)}", algorithm="sha256"
    ).hexdigest()
    tried = WrongPassword.objects.create(mark=mark, at=at)
    before = WrongPassword.objects.filter(mark=mark, at__gt=at - 2 * WINDOW).exclude(pk=tried.pk)
    until = locked_until(list(before.values_list("at", flat=True)), WRONG_AT_MOST)
    if until and (minutes := minutes_until(until, at)):
        tried.delete()
        raise TooMany(minutes)
    return tried


def forgive(tried: WrongPassword) -> None:
    """The password was right: this account begins anew from this address."""
    WrongPassword.objects.filter(mark=tried.mark).delete()
