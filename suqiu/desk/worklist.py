"""Which cases stand in a list, in what order, and what does each row say? Ids first, then one join over the ids of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import clocks, rules
from suqiu.cases.flow import BY_NAME as STEP
from suqiu.cases.models import Case, Clock, ClockKind, DemandType, Urgency
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.citizens.contact import decrypt, mask_name
from suqiu.doors import day
from suqiu.errors import Refused
from suqiu.followup.models import Attempt
from suqiu.speech import listed

from . import registry, row_markup
from .queues import Queue
from .seats import Seat
from .shell import to_case, when

ROWS_A_PAGE = 50
PAGES_AT_MOST = 2000
ORDERS = {
    "due": (F("next_due_at").asc(nulls_last=True), "id"),
    "received": ("received_at", "id"),
}
SHOWS: dict[str, tuple[Any, Any]] = {  # chips over the list
    "all": (gettext_lazy("全部"), lambda seat: Q()),
    "late": (gettext_lazy("超时"), lambda seat: Q(next_due_at__lt=seat.now)),
    "day": (gettext_lazy("24 小时内"), lambda seat: Q(next_due_at__gte=seat.now, next_due_at__lt=seat.now + timedelta(days=1))),
    "redo": (gettext_lazy("重办"), lambda seat: Q(cycle__gt=1)),
    "mine": (gettext_lazy("我经办的"), lambda seat: Q(lead_officer=seat.officer)),
}  # fmt: skip
NOT_FILTERS = {"lang", "page"}


@dataclass
class Wanted:
    """What the address asks for, checked."""

    show: str
    order: str
    page: int
    chosen: dict[str, str]
    where: Q


def read(query: QueryDict, seat: Seat) -> Wanted:
    """From the address; an unknown filter, order or value is refused with 400, never silently left out."""
    unknown = set(query) - set(FILTERS) - {"show", "order"} - NOT_FILTERS
    if unknown:
        raise _unknown(sorted(unknown)[0])
    show, order, page = query.get("show", "all"), query.get("order", "due"), query.get("page", "1")
    if show not in SHOWS or order not in ORDERS or not page.isdecimal() or not 1 <= int(page) <= PAGES_AT_MOST:
        raise _unknown("show, order, page")
    chosen = {name: value for name in FILTERS if (value := query.get(name, "").strip())}
    where = Q()
    for name, value in chosen.items():
        where &= FILTERS[name](value)
    if "title" in chosen and not seat.is_hotline:
        where &= ~Q(secrecy__in=CONFIDENTIAL)  # what a row does not show cannot be looked for
    return Wanted(show, order, int(page), chosen, where)


def _unknown(name: str) -> Refused:
    return Refused(
        _("没有这样的筛选或排序：%(name)s") % {"name": name[:40]}, who_can=_("请回到队列，从筛选里选"), status=400
    )


def _one_of(column: str, choices: Iterable[str]):
    def where(value: str) -> Q:
        if value not in choices:
            raise _unknown(column)
        return Q(**{column: value})

    return where


def _in_area(code: str) -> Q:
    if code not in registry.areas():
        raise _unknown("area")
    is_city = not registry.areas()[code].parent
    return Q() if is_city else Q(area__code__startswith=code)


def _of_matter(code: str) -> Q:
    if registry.matter_named(code) is None:
        raise _unknown("matter")
    return Q(matter__code__startswith=code)


def _titled(words: str) -> Q:
    if len(words) > 60 or "\0" in words:
        raise _unknown("title")
    return Q(title__icontains=words)


FILTERS = {
    "area": _in_area,
    "type": _one_of("demand_type", DemandType.values),
    "urgency": _one_of("urgency", Urgency.values),
    "matter": _of_matter,
    "title": _titled,
}


# ---- one page of a queue


@dataclass
class Page:
    rows: list[dict[str, Any]]
    counts: dict[str, int]
    number: int

    @property
    def total(self) -> int:
        return self.counts["shown"]

    @property
    def first(self) -> int:
        return (self.number - 1) * ROWS_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page_of(queue: Queue, seat: Seat, wanted: Wanted) -> Page:
    """Three queries whatever the size: counts of the chips, ids of the page, rows of the ids. All over one query object."""
    cases = Case.objects.visible_to(seat.officer).filter(queue.filter(seat) & wanted.where)
    shown = SHOWS[wanted.show][1](seat)
    counts = cases.aggregate(
        shown=Count("pk", filter=shown or ~Q(pk=None)),
        **{f"n_{name}": Count("pk", filter=where(seat) or ~Q(pk=None)) for name, (_label, where) in SHOWS.items()},
    )
    start = (wanted.page - 1) * ROWS_A_PAGE
    ids = cases.filter(shown).order_by(*ORDERS[wanted.order]).values_list("pk", flat=True)
    return Page(rows(list(ids[start : start + ROWS_A_PAGE]), seat), counts, wanted.page)


def first_of(queues: list[Queue], seat: Seat, how_many: int) -> dict[str, list[dict[str, Any]]]:
    """The first rows of several queues, in two queries."""
    if not queues:
        return {}
    parts = [_first_ids(q, seat, how_many) for q in queues]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    ids: dict[str, list[int]] = {}
    for pk, name in found:
        ids.setdefault(name, []).append(pk)
    by_id = {row["pk"]: row for row in rows(sorted({pk for found in ids.values() for pk in found}), seat)}
    return {name: [by_id[pk] for pk in sorted(found, key=lambda pk: by_id[pk]["order"])] for name, found in ids.items()}


def _first_ids(queue: Queue, seat: Seat, how_many: int):
    cases = Case.objects.visible_to(seat.officer).filter(queue.filter(seat)).order_by(*ORDERS["due"])
    return cases.values_list("pk", Value(queue.name, output_field=CharField()))[:how_many]


# ---- rows

COLUMNS = {
    "pk": "pk", "number": "number", "title": "title", "secrecy": "secrecy", "state": "state", "cycle": "cycle",
    "demand_type": "demand_type", "urgency": "urgency", "area": "area_id", "area_as_written": "area_as_written",
    "matter": "matter_id", "evidence_class": "evidence_class", "evidence_held": "evidence_held", "dispute": "dispute",
    "lead_department_id": "lead_department_id", "first_department_id": "first_department_id", "lead_kind": "lead_department__kind",
    "officer": "lead_officer__full_name", "officer_id": "lead_officer_id", "name": "person__name_sealed",
    "next_due_at": "next_due_at", "next_due_kind": "next_due_kind",
}  # fmt: skip


def rows(ids: list[int], seat: Seat) -> list[dict[str, Any]]:
    """What each row shows, in the order of `ids`; one query."""
    if not ids:
        return []
    running = Clock.objects.filter(case=OuterRef("pk"), kind=OuterRef("next_due_kind"), stopped_at=None)
    clock = running.order_by("due_at", "id").values(
        c=JSONObject(since="anchor_at", unit="unit", is_provisional="is_provisional")
    )
    tries = Attempt.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle")).order_by("-id").values("next_at")
    found = Case.objects.filter(pk__in=ids).annotate(clock=Subquery(clock[:1]), next_attempt=Subquery(tries[:1]))
    values = found.order_by().values_list(*COLUMNS.values(), "clock", "next_attempt")
    names = (*COLUMNS, "clock", "next_attempt")
    by_id = {v[0]: SimpleNamespace(**dict(zip(names, v, strict=True))) for v in values}
    return [row | {"html": row_markup.row(row)} for row in (_row(by_id[pk], seat) for pk in ids if pk in by_id)]


def _row(c: SimpleNamespace, seat: Seat) -> dict[str, Any]:
    is_secret = c.secrecy in CONFIDENTIAL
    is_hidden = is_secret and not seat.is_hotline
    lack, icon = lacking(c, seat.now)
    meta = [
        _where(c),
        str(DemandType(c.demand_type).label) if c.demand_type else "",
        "" if is_hidden else mask_name(decrypt(c.name)),
    ]
    if c.urgency != Urgency.NORMAL:
        meta.append(str(Urgency(c.urgency).label))
    if c.cycle > 1:
        meta.append(_("重办第 %(n)d 次") % {"n": c.cycle - 1})
    return {
        "pk": c.pk,
        "order": (c.next_due_at is None, c.next_due_at or seat.now, c.pk),
        "due": c.next_due_at,
        "url": to_case(c.number),
        "title": hidden_title(c.matter) if is_hidden else c.title,
        "clock": chip(c, seat.now),
        "meta": [word for word in meta if word],
        "lack": lack,
        "lack_icon": icon,
        "officer": c.officer or "",
        "is_secret": is_secret,
    }  # fmt: skip


def hidden_title(matter: int | None) -> str:
    """A title is made of the caller's own words: whoever may not read them reads the matter."""
    return registry.matter_name(matter) or _("保密件")


def _where(c: SimpleNamespace) -> str:
    return registry.area_name(c.area) if c.area else c.area_as_written


def chip(c: SimpleNamespace, now: datetime) -> dict[str, Any] | None:
    """The clock that runs out next, as parts/_clock_chip.html shows it."""
    if c.next_due_at is None:
        return None
    kept = c.clock or {}
    since = parse_datetime(kept["since"]) if isinstance(kept.get("since"), str) else c.next_due_at
    bare = SimpleNamespace(anchor_at=since, due_at=c.next_due_at)
    level, share = clocks.level(bare, now)
    if level != "over" and c.state in "GW":
        level = "hung" if c.state == "G" else "paused"
    word = clocks.remaining(c.next_due_at, now, clocks.is_working_time(c.next_due_kind, kept.get("unit", "fixed")))
    title = _("%(kind)s：到 %(when)s") % {"kind": ClockKind(c.next_due_kind).label, "when": when(c.next_due_at, now)}
    if kept.get("is_provisional"):
        title += _("，暂按现行日历")
    return {"word": word, "level": level, "share": share, "title": title}


LACKS = {
    "R": (gettext_lazy("还没受理"), "circle-dashed"),
    "W": (gettext_lazy("等来电人补充"), "hourglass"),
    "D": (gettext_lazy("还没派出"), "circle-dashed"),
    "S": (gettext_lazy("等签收"), "hourglass"),
    "L": (gettext_lazy("等领导定"), "hourglass"),
    "G": (gettext_lazy("挂账，每月复核"), "archive"),
    "A": (gettext_lazy("等来电人评价"), "hourglass"),
    "C": (gettext_lazy("已办结"), "circle-check"),
    "Q": (gettext_lazy("已撤单"), "circle-check"),
    "X": (gettext_lazy("已告知途径"), "circle-check"),
    "M": (gettext_lazy("已并单"), "circle-check"),
    "Z": (gettext_lazy("已归档"), "archive"),
}
ASKED = (  # a question that waits for an answer comes before all else
    ("correction", gettext_lazy("更正待复核")),
    ("extension_asked", gettext_lazy("延期待审")),
    ("hang_asked", gettext_lazy("挂账待签")),
    ("lawful_found", gettext_lazy("依法办结待第二人")),
    ("appeal", gettext_lazy("申诉待审")),
)


def lacking(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    """What is missing, or whom the case waits for; and the icon that says so. Columns only."""
    if c.dispute == "returned":
        return _("退单待审"), "scale"
    for kind, words in ASKED:
        if kind in c.evidence_held:
            return str(words), "hourglass"
    if c.state in LACKS:
        words, icon = LACKS[c.state]
        return str(words), icon
    return {"H": _of_handling, "V": _of_review, "F": _of_follow_up}[c.state](c, now)


def _of_handling(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    lacks = rules.missing_from_others(STEP["draft_reply"], c)
    if lacks:
        return _("差：%(what)s") % {"what": listed(rules.evidence_label(k) for k in lacks)}, "circle-dashed"
    return _("证据齐，可以答复"), "circle-check"


def _of_review(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    if rules.missing_from_others(STEP["approve"], c):
        return _("等首办单位看答复"), "hourglass"
    return _("答复等审核"), "file-text"


def _of_follow_up(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    if "answered" in c.evidence_held:
        return _("等第二人定"), "hourglass"
    if c.next_attempt:
        return _("下次回访 %(when)s") % {"when": when(c.next_attempt, now)}, "phone"
    return _("还没回访过"), "circle-dashed"


# ---- grouped by how long is left


def grouped(found: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """已超时 · 24 小时内 · 本周 · 以后 · 没有时限; empty groups left out, rows in their order."""
    local = timezone.localtime(now)
    week_end = (local + timedelta(days=7 - local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    bounds = (
        (_("已超时"), lambda due: due is not None and due < now),
        (_("24 小时内"), lambda due: due is not None and due < now + timedelta(days=1)),
        (_("本周"), lambda due: due is not None and due < week_end),
        (_("%(day)s以后") % {"day": day(week_end, now)}, lambda due: due is not None),
        (_("没有时限在走"), lambda due: True),
    )
    left, groups = list(found), []
    for title, is_in in bounds:
        own = [row for row in left if is_in(row["due"])]
        left = [row for row in left if not is_in(row["due"])]
        if own:
            groups.append({"title": title, "note": _("%(n)d 件") % {"n": len(own)}, "rows": own})
    return groups
