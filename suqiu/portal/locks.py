"""Has somebody tried too often? Soft locks on wrong codes, on messages and on submissions; the way out is always the telephone.

A number and a session are counted first and closely. An address is a whole village, an office or a school as easily as one person, so its
ceiling is high: it stops a flood, never a neighbour. A try is written before it is judged, so that many at the same moment count as many.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from suqiu.directory.tries import WINDOW, TooMany, locked_until, minutes_until
from suqiu.doors import address_of

from .models import Try

WRONG_PER_NUMBER, WRONG_PER_VISITOR, WRONG_PER_BLOCK = 5, 20, 300  # within the window
HOUR = timedelta(hours=1)
SUBMISSIONS = {"session": 30, "address": 1200}  # an hour
MESSAGES = {"session": 20, "address": 400}  # codes asked for by SMS, an hour; one number has its own limit
KEPT = timedelta(days=1)


def note_code(request: HttpRequest, number: str, at: datetime) -> list[Try]:
    """Writes a try of a query code; the caller takes it back by `forget` when the code was right. Raises TooMany."""
    limits = _code_limits(request, number)
    noted = Try.objects.bulk_create(Try(mark=mark, at=at) for mark in limits)
    earlier = _others(noted, at - 2 * WINDOW)
    until = [u for mark, limit in limits.items() if (u := locked_until(earlier[mark], limit))]
    if until and (minutes := minutes_until(max(until), at)):
        forget(noted)
        raise TooMany(minutes)
    return noted


def forget(noted: list[Try]) -> None:
    Try.objects.filter(pk__in=[t.pk for t in noted]).delete()


def note_submission(request: HttpRequest, at: datetime) -> None:
    """Writes a submission; raises TooMany beyond the hour's number of this session, or of this address."""
    _note_within_the_hour(request, "submission", SUBMISSIONS, at)


def note_message(request: HttpRequest, at: datetime) -> None:
    """Writes a message asked for; raises TooMany likewise."""
    _note_within_the_hour(request, "message", MESSAGES, at)


def block_of(address: str) -> str:
    """Neighbours are one: /24 of IPv4, /48 of IPv6."""
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return address
    own = getattr(own, "ipv4_mapped", None) or own
    return str(ipaddress.ip_network((own, 24 if own.version == 4 else 48), strict=False))


def _note_within_the_hour(request: HttpRequest, what: str, limits: dict[str, int], at: datetime) -> None:
    marks = {_mark(what, address_of(request)): limits["address"]}
    if request.session.session_key:
        marks[_mark(f"{what}.session", request.session.session_key)] = limits["session"]
    noted = Try.objects.bulk_create(Try(mark=mark, at=at) for mark in marks)
    earlier = _others(noted, at - HOUR)
    full = [times[limit - 1] + HOUR for mark, limit in marks.items() if len(times := earlier[mark]) >= limit]
    if full:
        forget(noted)
        raise TooMany(max(minutes_until(max(full), at), 1))


def _code_limits(request: HttpRequest, number: str) -> dict[str, int]:
    limits = {
        _mark("number", number): WRONG_PER_NUMBER,
        _mark("block", block_of(address_of(request))): WRONG_PER_BLOCK,
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
