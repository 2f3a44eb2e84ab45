"""Has somebody tried too often? Soft locks on wrong codes and on submissions; the way out is always the telephone.

A try is written before it is judged, so that many guesses at the same moment count as many.
"""

from __future__ import annotations

import ipaddress
import math
from collections import defaultdict
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from suqiu.doors import address_of

from .models import Try

WINDOW = timedelta(minutes=15)  # so many wrong codes within it, and then as long to wait
WRONG_PER_NUMBER, WRONG_PER_VISITOR = 5, 20
SUBMISSIONS_AN_HOUR = 600  # per address: a whole village may share one
KEPT = timedelta(days=1)


class TooMany(Exception):
    """Too many tries; `minutes` to wait."""

    def __init__(self, minutes: int):
        super().__init__(f"{minutes} minutes to wait")
        self.minutes = minutes


def note_code(request: HttpRequest, number: str, at: datetime) -> list[Try]:
    """Writes a try of a query code; the caller takes it back by `forget` when the code was right. Raises TooMany."""
    limits = _code_limits(request, number)
    noted = Try.objects.bulk_create(Try(mark=mark, at=at) for mark in limits)
    earlier = _others(noted, at - 2 * WINDOW)
    until = [u for mark, limit in limits.items() if (u := locked_until(earlier[mark], limit))]
    if until and (left := max(until) - at) > timedelta(0):
        forget(noted)
        raise TooMany(math.ceil(left.total_seconds() / 60))
    return noted


def forget(noted: list[Try]) -> None:
    Try.objects.filter(pk__in=[t.pk for t in noted]).delete()


def note_submission(request: HttpRequest, at: datetime) -> None:
    """Writes a submission from this address; raises TooMany beyond the hour's number."""
    mark = _mark("submission", address_of(request))
    if Try.objects.filter(mark=mark, at__gt=at - timedelta(hours=1)).count() >= SUBMISSIONS_AN_HOUR:
        raise TooMany(60)
    Try.objects.create(mark=mark, at=at)


def locked_until(times: list[datetime], limit: int) -> datetime | None:
    """`times`, newest first. The newest `limit` of them close together lock for a window from the last one on."""
    if len(times) < limit or times[0] - times[limit - 1] > WINDOW:
        return None
    return times[0] + WINDOW


def block_of(address: str) -> str:
    """Neighbours are one: /24 of IPv4, /48 of IPv6."""
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return address
    own = getattr(own, "ipv4_mapped", None) or own
    return str(ipaddress.ip_network((own, 24 if own.version == 4 else 48), strict=False))


def _code_limits(request: HttpRequest, number: str) -> dict[str, int]:
    limits = {
        _mark("number", number): WRONG_PER_NUMBER,
        _mark("block", block_of(address_of(request))): WRONG_PER_VISITOR,
    }
    if request.session.session_key:
        limits[_mark("session", request.session.session_key)] = WRONG_PER_VISITOR
    return limits


def _others(noted: list[Try], since: datetime) -> dict[str, list[datetime]]:
    """The times of earlier tries under the same marks, newest first; what is old goes."""
    Try.objects.filter(at__lt=since - KEPT).delete()
    found: dict[str, list[datetime]] = defaultdict(list)
    rows = Try.objects.filter(mark__in=[t.mark for t in noted], at__gt=since).exclude(pk__in=[t.pk for t in noted])
    for mark, at in rows.values_list("mark", "at"):
        found[mark].append(at)
    return found


def _mark(purpose: str, value: str) -> str:
    return salted_hmac(f"suqiu.portal.locks.{purpose}", value, algorithm="sha256").hexdigest()
