"""Which views has an officer saved, or been given by a colleague, and how many stand in each?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from suqiu.errors import Refused

from . import filters, worklist
from .models import SavedView
from .queues import BY_NAME, Queue
from .seats import Seat
from .statements import Statement

SHOWN_AT_MOST = 20
NAME_LIMIT = 30


@dataclass(frozen=True)
class View:
    """A saved view as the rail shows it. `is_own`: only its owner can take it away."""

    pk: int
    name: str
    queue: Queue
    query: str
    is_own: bool
    is_shared: bool

    @property
    def url(self) -> str:
        return f"{self.queue.url}?{self.query}" if self.query else self.queue.url

    @property
    def column(self) -> str:
        return f"view:{self.pk}"


def of(seat: Seat) -> list[View]:
    """His own, then those of his department; only for queues he has. One query."""
    may = Q(officer=seat.officer) | Q(department__in=[seat.officer.department_id])
    kept = SavedView.objects.filter(may).order_by("name", "id")
    rows = kept.values_list("pk", "name", "queue", "query", "officer", "department")[: 3 * SHOWN_AT_MOST]
    found = [
        View(pk, name, BY_NAME[queue], query, officer == seat.officer.pk, department is not None)
        for pk, name, queue, query, officer, department in rows
        if queue in BY_NAME and seat.has(BY_NAME[queue].place, *BY_NAME[queue].roles)
    ]
    return sorted(found, key=lambda v: not v.is_own)[:SHOWN_AT_MOST]


def asked(views: list[View], seat: Seat) -> dict[str, Statement | None]:
    """What has to be counted for them. A view whose filter no longer exists (an area renamed away) counts nothing."""
    found: dict[str, Statement | None] = {}
    for view in views:
        try:
            wanted = filters.read(QueryDict(view.query), seat)
        except Refused:
            continue
        found[view.column] = worklist.count_of(view.queue, seat, wanted, wanted.show)
    return found


def keep(*, seat: Seat, queue: Queue, name: str, query: str, is_shared: bool, at: datetime) -> SavedView:
    """Under a name of one's own; the same name again means the new filters."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise Refused(_("起个名字，最多 %(n)d 个字") % {"n": NAME_LIMIT}, status=422, field="name")
    wanted = filters.read(QueryDict(query), seat)
    values = {"queue": queue.name, "query": plain(wanted), "made_at": at}
    values["department"] = seat.officer.department if is_shared else None
    own = SavedView.objects.filter(officer=seat.officer)
    if own.exclude(name=name).count() >= SHOWN_AT_MOST:
        raise Refused(_("最多存 %(n)d 个视图，先去掉一个") % {"n": SHOWN_AT_MOST}, status=422, field="name")
    try:
        with transaction.atomic():
            return SavedView.objects.update_or_create(officer=seat.officer, name=name, defaults=values)[0]
    except IntegrityError:  # the same form from two windows: the other one has kept it
        return own.get(name=name)


def drop(*, seat: Seat, pk: int) -> None:
    """Only one's own; what is gone already is gone."""
    SavedView.objects.filter(pk=pk, officer=seat.officer).delete()


def plain(wanted: filters.Wanted) -> str:
    """The filters as they stand in an address, without the place in the list."""
    values = {"show": wanted.show, "order": wanted.order, **wanted.chosen}
    standard = {"show": "all", "order": "due"}
    return urlencode({name: value for name, value in values.items() if value != standard.get(name)})
