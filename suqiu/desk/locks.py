"""Has somebody tried too many passwords? A soft lock on one account from one address, so that nobody can lock out others.

A try is written before it is judged, so that many guesses at the same moment count as many.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from suqiu.doors import address_of

from .models import WrongPassword

WINDOW = timedelta(minutes=15)  # so many wrong passwords within it, and then as long to wait
WRONG_AT_MOST = 5
KEPT = timedelta(days=1)


class TooMany(Exception):
    """Too many tries; `minutes` to wait."""

    def __init__(self, minutes: int):
        super().__init__(f"{minutes} minutes to wait")
        self.minutes = minutes


def note(request: HttpRequest, account: str, at: datetime) -> WrongPassword:
    """Writes a try; the caller takes it back by `forgive` when the password was right. Raises TooMany while locked."""
    WrongPassword.objects.filter(at__lt=at - KEPT).delete()
    mark = salted_hmac(
        "suqiu.desk.locks", f"{account.strip().lower()}\n{address_of(request)}", algorithm="sha256"
    ).hexdigest()
    tried = WrongPassword.objects.create(mark=mark, at=at)
    before = WrongPassword.objects.filter(mark=mark, at__gt=at - 2 * WINDOW).exclude(pk=tried.pk)
    until = locked_until(list(before.values_list("at", flat=True)))
    if until and until > at:
        tried.delete()
        raise TooMany(math.ceil((until - at).total_seconds() / 60))
    return tried


def forgive(tried: WrongPassword) -> None:
    """The password was right: this account begins anew from this address."""
    WrongPassword.objects.filter(mark=tried.mark).delete()


def locked_until(times: list[datetime]) -> datetime | None:
    """`times`, newest first. The newest few close together lock for a window from the last one on."""
    if len(times) < WRONG_AT_MOST or times[0] - times[WRONG_AT_MOST - 1] > WINDOW:
        return None
    return times[0] + WINDOW
