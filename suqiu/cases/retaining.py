"""留存: how long is what of a case kept, by its class and age, and what is to be forgotten now?"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case as Choice
from django.db.models import DateTimeField, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import anonymising, taking_out
from .models import Attachment, Case, Secrecy

DEFAULT = Path(__file__).with_name("retention.csv")
CASES_A_PAGE = 200
OVER = "CXQZ"  # states in which nothing more happens by itself
PERSON, WHOLE = "person", "whole"
DEEDS = {PERSON: _("忘掉姓名电话"), WHOLE: _("连同内容和附件一起删")}


@dataclass(frozen=True)
class Rule:
    secrecy: str
    deed: str
    years: int
    source: str


@cache
def rules(path: Path = DEFAULT) -> tuple[Rule, ...]:
    """The profile; each class has each deed exactly once, or nothing is forgotten by it."""
    with path.open(encoding="utf-8", newline="") as lines:
        found = tuple(_rule(row) for row in csv.DictReader(lines))
    wanted = {(s, d) for s in Secrecy.values for d in DEEDS}
    if sorted((r.secrecy, r.deed) for r in found) != sorted(wanted):
        raise ImproperlyConfigured(f"{path.name}: every class needs each deed exactly once")
    return found


def rule(secrecy: str, deed: str) -> Rule:
    return next(r for r in rules() if (r.secrecy, r.deed) == (secrecy, deed))


def keeps_until(case: Case, deed: str) -> datetime | None:
    """Until when this is kept; None while the case is not over."""
    if case.state not in OVER:
        return None
    return _plus_years(_over_at(case), rule(case.secrecy, deed).years)


def is_kept_long_enough(case: Case, at: datetime) -> bool:
    """The words too may go: their time by the rules on archives is over."""
    until = keeps_until(case, WHOLE)
    return until is not None and until <= at


def due(deed: str, at: datetime) -> QuerySet[Case]:
    """Cases of which this is to be forgotten now and has not been; what is done is not found again, so a broken run goes on."""
    aged = Q(pk__in=[])
    for r in rules():
        if r.deed == deed:
            aged |= Q(secrecy=r.secrecy, over_at__lte=_plus_years(at, -r.years))
    ended = Coalesce("closed_at", "received_at")
    over_at = Choice(When(state="Z", then=F("received_at")), default=ended, output_field=DateTimeField())
    cases = Case.objects.filter(state__in=OVER).annotate(over_at=over_at).filter(aged)
    if deed == PERSON:
        return cases.filter(person__removed_at=None)
    return cases.exclude(title=anonymising.REMOVED)


def left(at: datetime) -> dict[tuple[str, str], int]:
    """How many cases of each class wait for each deed: what a dry run says."""
    found: dict[tuple[str, str], int] = {}
    for deed in DEEDS:
        counted = Counter(due(deed, at).order_by().values_list("secrecy", flat=True))
        found |= {(deed, secrecy): counted[secrecy] for secrecy in Secrecy.values if counted[secrecy]}
    return found


def run(*, by: Officer | None, at: datetime) -> Iterator[Counter[str]]:
    """Case by case, each in its own transaction; yields what was done of each. Killed anywhere, the next run goes on."""
    total: Counter[str] = Counter()
    for deed, do in ((WHOLE, anonymising.anonymise), (PERSON, anonymising.forget_person)):
        for case in _pages(due(deed, at)):
            done = _one(deed, do, case, by, at)
            total += done
            yield done
    swept = Counter(files_left_behind=sweep_files(), exports=taking_out.expire(at))
    yield swept
    if total := +(total + swept):
        office.write(act="retain", by=by, at=at, **total)


def sweep_files() -> int:
    """Files whose rows say that they are gone, but which a kill left on the disk."""
    n, last = 0, 0
    while page := list(Attachment.objects.filter(pk__gt=last).exclude(removed_at=None).order_by("pk")[:CASES_A_PAGE]):
        for file in page:
            try:
                storage.read(file.path).close()
            except FileNotFoundError:
                continue
            storage.remove(file.path)
            n += 1
        last = page[-1].pk
    return n


def _one(deed: str, do: Any, case: Case, by: Officer | None, at: datetime) -> Counter[str]:
    try:
        do(case=case, by=by, at=at)
    except Refused:  # reopened since the page was read: not over any more
        return Counter(passed_over=1)
    return Counter({deed: 1})


def _pages(cases: QuerySet[Case]) -> Iterator[Case]:
    last = 0
    while page := list(cases.filter(pk__gt=last).order_by("pk")[:CASES_A_PAGE]):
        yield from page
        last = page[-1].pk


def _over_at(case: Case) -> datetime:
    return case.received_at if case.state == "Z" else case.closed_at or case.received_at


def _plus_years(moment: datetime, years: int) -> datetime:
    local = timezone.localtime(moment)
    try:
        return local.replace(year=local.year + years)
    except ValueError:  # the 29th of February
        return local.replace(year=local.year + years, day=28)


def _rule(row: dict[str, str]) -> Rule:
    if row["unit"] != "year" or int(row["amount"]) < 1 or not row["source"]:
        raise ImproperlyConfigured(f"{DEFAULT.name}: {row}")
    return Rule(row["secrecy"], row["deed"], int(row["amount"]), row["source"])
