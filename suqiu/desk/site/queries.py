"""Where does this officer have to go? The cases in his hands that somebody must still see, and those he has seen today."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from suqiu.cases.models import Ask, Case, Clock, Holding, Promise
from suqiu.directory.models import EvidenceClass
from suqiu.directory.queries import stood_in_for
from suqiu.handling.models import SiteVisit

from ..queries import Opened
from ..seats import Seat

STOPS_AT_MOST = 30
SEEN_AT_MOST = 20
HERE = "SH"  # states in which a unit goes and looks


def to_visit(seat: Seat) -> list[Case]:
    """The most pressing first, one more than are shown, so that the page knows whether there are others; one query."""
    cases = Case.objects.visible_to(seat.officer).filter(_in_my_hands(seat), _still_to_see(seat), state__in=HERE)
    cases = cases.select_related("area__parent__parent", "person", "lead_department")
    cases = cases.annotate(
        clock=Subquery(_clock()), kept_asks=ArraySubquery(_asks()), promised=Subquery(_promised(seat))
    )
    return list(cases.order_by("next_due_at", "id")[: STOPS_AT_MOST + 1])


def seen_today(seat: Seat) -> list[SiteVisit]:
    """His visits of this day, the latest first: a second picture may still be wanted."""
    start = timezone.make_aware(datetime.combine(timezone.localtime(seat.now).date(), time.min))
    mine = SiteVisit.objects.filter(officer=seat.officer, received_at__gte=start)
    mine = mine.filter(case__in=Case.objects.visible_to(seat.officer).values("pk"))
    return list(mine.select_related("case").order_by("-id")[:SEEN_AT_MOST])


def first_picture(opened: Opened) -> dict | None:
    """The picture that a new one is laid over: the first of this case that shows how it was before."""
    before = [f for f in opened.files if f["kind"] == "before" and f["mime"].startswith("image/")]
    of_caller = [f for f in opened.files if f["kind"] == "demand" and f["mime"].startswith("image/")]
    return next(iter(before or of_caller), None)


def _in_my_hands(seat: Seat) -> Q:
    own = Holding.objects.filter(case=OuterRef("pk"), until=None, department__in=seat.units)
    mine = Q(officer=seat.officer) | Q(substitute=seat.officer) | Q(officer__in=stood_in_for(seat.officer))
    named = own.filter(mine, role__in=("lead", "assist"))
    unnamed = own.filter(role="assist", officer=None, outcome="")
    return Q(Exists(named)) | Q(Exists(unnamed))


def _still_to_see(seat: Seat) -> Q:
    lacks = Q(evidence_class=EvidenceClass.ON_SITE) & ~Q(evidence_held__contains=["photo", "visit"])
    return lacks | Q(Exists(_due_today(seat)))


def _due_today(seat: Seat):
    """Promised by his unit for today or before, and not kept yet."""
    end = timezone.make_aware(datetime.combine(timezone.localtime(seat.now).date(), time.max))
    return Promise.objects.filter(
        case=OuterRef("pk"), department__in=seat.units, kept_at=None, replaced_by=None, due_at__lte=end
    )


def _clock():
    running = Clock.objects.filter(case=OuterRef("pk"), kind=OuterRef("next_due_kind"), stopped_at=None)
    return running.order_by("due_at", "id").values(
        c=JSONObject(since="anchor_at", unit="unit", is_provisional="is_provisional")
    )[:1]


def _promised(seat: Seat):
    return _due_today(seat).order_by("due_at", "id").values(p=JSONObject(what="what", due_at="due_at"))[:1]


def _asks():
    return Ask.objects.filter(case=OuterRef("pk")).order_by("no").values("text")
