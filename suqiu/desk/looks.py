"""Who looked at what? Written before it is shown: a page, a file, a telephone number with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import Case, Look
from suqiu.directory import office
from suqiu.directory.models import OfficeLine, Officer
from suqiu.errors import Refused

REASONS = {
    "first_contact": gettext_lazy("首次联系"),
    "before_visit": gettext_lazy("上门前"),
    "follow_up": gettext_lazy("回访"),
    "verify": gettext_lazy("核实身份"),
    "other": gettext_lazy("其他"),
}
WORDS_LIMIT = 120
SAME_PRESS = timedelta(minutes=10)  # within it a second posting of one form is the first one, come twice


def at_page(case: Case, officer: Officer, at: datetime) -> None:
    Look.objects.create(case=case, officer=officer, at=at, what=Look.What.PAGE)


def at_file(case: Case, officer: Officer, at: datetime, file: int) -> None:
    Look.objects.create(case=case, officer=officer, at=at, what=Look.What.FILE, reason=f"file:{file}")


def at_pieces(cases: Iterable[int], officer: Officer, at: datetime) -> None:
    """Title and some words of each case that a search found."""
    Look.objects.bulk_create(Look(case_id=pk, officer=officer, at=at, what=Look.What.SEARCH) for pk in cases)


def at_contact(*, case: Case, by: Officer, reason: str, words: str, at: datetime, key: str) -> None:
    """The look and its line in the office journal, in one transaction; the same form posted twice is one look."""
    words = words.strip()
    if reason not in REASONS:
        raise Refused(_("为什么要看，请点一个理由"), status=422, field="reason")
    if reason == "other" and not words:
        raise Refused(_("选「其他」要写一句为什么"), status=422, field="words")
    if len(words) > WORDS_LIMIT:
        raise Refused(_("理由最多 %(n)d 个字") % {"n": WORDS_LIMIT}, status=422, field="words")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reveal:{key}"])
        mine = OfficeLine.objects.filter(act="reveal", by_id=by.pk, at__gte=at - SAME_PRESS)
        if key and mine.filter(says__key=key).exists():
            return
        Look.objects.create(case=case, officer=by, at=at, what=Look.What.CONTACT, reason=reason, words=words)
        office.write(act="reveal", by=by, at=at, case=case.number, reason=reason, key=key)
