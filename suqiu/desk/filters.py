"""Which filters and orders does a list know, and what does an address ask for? Checked here, before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import DemandType, State, Urgency
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.errors import Refused

from . import registry
from .seats import Seat

ORDERS = {  # name -> label, the column, does it fall?
    "due": (gettext_lazy("剩余时间"), "next_due_at", False),
    "received": (gettext_lazy("收到时间，早的在前"), "received_at", False),
    "newest": (gettext_lazy("收到时间，新的在前"), "received_at", True),
}
SHOWS: dict[str, tuple[Any, Callable[[Seat], Q]]] = {  # chips over the list
    "all": (gettext_lazy("全部"), lambda seat: Q()),
    "late": (gettext_lazy("超时"), lambda seat: Q(next_due_at__lt=seat.now)),
    "day": (gettext_lazy("24 小时内"), lambda seat: Q(next_due_at__gte=seat.now, next_due_at__lt=seat.now + timedelta(days=1))),
    "redo": (gettext_lazy("重办"), lambda seat: Q(cycle__gt=1)),
    "mine": (gettext_lazy("我经办的"), lambda seat: Q(lead_officer=seat.officer)),
}  # fmt: skip
NOT_FILTERS = {"lang", "show", "order", "after", "before"}
CURSOR = re.compile(r"(-|\d{1,17})\.(\d{1,18})\.(\d{1,7})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """A row of the list and how many stand before it: pages begin behind it (or end before it), however far down they are."""

    moment: datetime | None
    pk: int
    place: int

    def __str__(self) -> str:
        micros = "-" if self.moment is None else (self.moment - EPOCH) // timedelta(microseconds=1)
        return f"{micros}.{self.pk}.{self.place}"


@dataclass
class Wanted:
    """What the address asks for, checked."""

    show: str = "all"
    order: str = "due"
    chosen: dict[str, str] = field(default_factory=dict)
    where: Q = field(default_factory=Q)
    after: Cursor | None = None
    before: Cursor | None = None

    @property
    def key(self) -> tuple:
        return tuple(sorted(self.chosen.items()))

    def shown(self, seat: Seat) -> Q:
        return self.where & SHOWS[self.show][1](seat)


def read(query: QueryDict, seat: Seat) -> Wanted:
    """From the address; an unknown filter, order or value is refused with 400, never silently left out."""
    unknown = set(query) - set(FILTERS) - NOT_FILTERS
    if unknown:
        raise _unknown(sorted(unknown)[0])
    show, order = query.get("show", "all"), query.get("order", "due")
    if show not in SHOWS or order not in ORDERS:
        raise _unknown("show, order")
    chosen = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
    where = Q()
    for name, value in chosen.items():
        where &= FILTERS[name](value, seat)
    return Wanted(show, order, chosen, where, _cursor(query, "after"), _cursor(query, "before"))


def _cursor(query: QueryDict, name: str) -> Cursor | None:
    if name not in query:
        return None
    parts = CURSOR.fullmatch(query[name])
    if parts is None:
        raise _unknown(name)
    moment = None if parts[1] == "-" else EPOCH + timedelta(microseconds=int(parts[1]))
    return Cursor(moment, int(parts[2]), int(parts[3]))


def _unknown(name: str) -> Refused:
    return Refused(
        _("没有这样的筛选或排序：%(name)s") % {"name": name[:40]}, who_can=_("请回到队列，从筛选里选"), status=400
    )


def _one_of(column: str, choices: Iterable[str]):
    def where(value: str, seat: Seat) -> Q:
        if value not in choices:
            raise _unknown(column)
        return Q(**{column: value})

    return where


def _in_area(code: str, seat: Seat) -> Q:
    if code not in registry.areas():
        raise _unknown("area")
    is_city = not registry.areas()[code].parent
    return Q() if is_city else Q(area__code__startswith=code)


def _of_matter(code: str, seat: Seat) -> Q:
    if registry.matter_named(code) is None:
        raise _unknown("matter")
    return Q(matter__code__startswith=code)


def _said(words: str, seat: Seat) -> Q:
    """In the title or in the number, typed as it is read aloud. What a row does not show cannot be looked for."""
    if len(words) > 60 or "\0" in words:
        raise _unknown("text")
    titled = Q(title__icontains=words)
    if not seat.is_hotline:
        titled &= ~Q(secrecy__in=CONFIDENTIAL)
    number = re.sub(r"[\s-]", "", words).upper()
    return titled | Q(number__contains=number) if number.isascii() and number.isalnum() else titled


FILTERS: dict[str, Callable[[str, Seat], Q]] = {
    "state": _one_of("state", State.values),
    "area": _in_area,
    "type": _one_of("demand_type", DemandType.values),
    "urgency": _one_of("urgency", Urgency.values),
    "matter": _of_matter,
    "text": _said,
}
