"""Which cases stand in a list, in what order, and what does each row say? Ids first, then one join over the ids of a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import timing
from suqiu.cases.models import Case, Clock, ClockKind, DemandType, Line, Urgency
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.citizens.contact import decrypt, mask_name
from suqiu.doors import day
from suqiu.followup.models import Attempt

from . import registry, row_markup
from .filters import ORDERS, SHOWS, Cursor, Wanted
from .lacking import lacking
from .queues import Queue, counting, in_queue
from .seats import Seat
from .shell import when
from .statements import NOW as STANDS
from .statements import Statement, one_of_ids, rows_of, statement

ROWS_A_PAGE = 50


# ---- one page of a queue


@dataclass
class Page:
    rows: list[dict[str, Any]]
    place: int  # how many rows stand before the first
    after: Cursor | None  # of the next page
    before: Cursor | None  # of the previous one


def chips(queue: Queue, seat: Seat, wanted: Wanted) -> dict[str, Statement | None]:
    """What has to be counted for the chips over the list, within its filters."""
    return {f"show:{show}": count_of(queue, seat, wanted, show) for show in SHOWS}


def count_of(queue: Queue, seat: Seat, wanted: Wanted, show: str) -> Statement | None:
    return counting(queue, seat, (show, *wanted.key), lambda then: wanted.where & SHOWS[show][1](then))


def page_of(queue: Queue, seat: Seat, wanted: Wanted, ticked: set[str] | None = None) -> Page:
    """Two queries whatever the size and however far down: ids of the page, rows of the ids."""
    back = wanted.before is not None
    found = rows_of(_page(queue, seat, wanted, back), seat.now, _union_order(wanted.order, back))
    is_more, found = len(found) > ROWS_A_PAGE, found[:ROWS_A_PAGE]
    if back:
        found.reverse()
    place = max(wanted.before.place - len(found), 0) if back else wanted.after.place if wanted.after else 0
    shown = rows([pk for _moment, pk in found], seat, ticked)
    is_behind, is_before = (True, is_more) if back else (is_more, wanted.after is not None)
    after = Cursor(*found[-1], place + len(found)) if found and is_behind else None
    before = Cursor(*found[0], place) if found and is_before else None
    return Page(shown, place, after, before)


def _page(queue: Queue, seat: Seat, wanted: Wanted, back: bool) -> list[Statement | None]:
    _label, column, falls = ORDERS[wanted.order]
    cursor = wanted.before if back else wanted.after
    down = falls != back
    order = (
        (F(column).desc(nulls_first=True), "-id") if down else (F(column).asc(nulls_last=True), "id")
    )  # the same index, read from either end

    def build(part: Q):
        found = in_queue(queue, seat.at(STANDS), lambda then: wanted.shown(then) & part)
        return found.order_by(*order).values_list(column, "pk")[: ROWS_A_PAGE + 1]

    key = (seat.key, "page", queue.name, wanted.show, wanted.order, *wanted.key, back, str(cursor))
    return [
        statement((*key, n), partial(build, part), seat.places) for n, part in enumerate(_beyond(column, cursor, down))
    ]


def _beyond(column: str, cursor: Cursor | None, down: bool) -> list[Q]:
    """What comes after the cursor; those without a moment are a part of their own, so that the index can be read from there on."""
    if cursor is None:
        return [Q()]
    on, than = ("lte", "lt") if down else ("gte", "gt")
    without = Q(**{f"{column}__isnull": True})
    if cursor.moment is None:
        rest = without & Q(**{f"pk__{than}": cursor.pk})
        return [rest, ~without] if down else [rest]
    exact = Q(**{f"{column}__{on}": cursor.moment}) & (
        Q(**{f"{column}__{than}": cursor.moment}) | Q(**{f"pk__{than}": cursor.pk})
    )
    return [exact] if down else [exact, without]


def _union_order(order: str, back: bool) -> str:
    down = ORDERS[order][2] != back
    return f" ORDER BY {'1 DESC NULLS FIRST, 2 DESC' if down else '1 ASC NULLS LAST, 2'} LIMIT {ROWS_A_PAGE + 1}"


def first_of(queues: list[Queue], seat: Seat, how_many: int) -> dict[str, list[dict[str, Any]]]:
    """The first rows of several queues, in two queries."""
    ids: dict[str, list[int]] = {}
    for pk, name in rows_of([_first_ids(q, seat, how_many) for q in queues], seat.now):
        ids.setdefault(name, []).append(pk)
    by_id = {row["pk"]: row for row in rows(sorted({pk for found in ids.values() for pk in found}), seat)}
    return {name: [by_id[pk] for pk in sorted(found, key=lambda pk: by_id[pk]["order"])] for name, found in ids.items()}


def _first_ids(queue: Queue, seat: Seat, how_many: int) -> Statement | None:
    def build():
        cases = in_queue(queue, seat.at(STANDS)).order_by(F("next_due_at").asc(nulls_last=True), "id")
        return cases.values_list("pk", Value(queue.name, output_field=CharField()))[:how_many]

    return statement((seat.key, "first", queue.name, how_many), build, seat.places)


# ---- rows

COLUMNS = {
    "pk": "pk", "number": "number", "title": "title", "secrecy": "secrecy", "state": "state", "cycle": "cycle",
    "demand_type": "demand_type", "urgency": "urgency", "area": "area_id", "area_as_written": "area_as_written",
    "matter": "matter_id", "evidence_class": "evidence_class", "evidence_held": "evidence_held", "dispute": "dispute",
    "lead_department_id": "lead_department_id", "first_department_id": "first_department_id", "line_no": "line_no",
    "officer": "lead_officer__full_name", "officer_id": "lead_officer_id", "name": "person__name_sealed",
    "next_due_at": "next_due_at", "next_due_kind": "next_due_kind",
}  # fmt: skip
NAMES = (*COLUMNS, "clock", "next_attempt", "reminded")


def rows(ids: list[int], seat: Seat, ticked: set[str] | None = None) -> list[dict[str, Any]]:
    """What each row shows, in the order of `ids`; one query. `ticked`: rows can be ticked, and these are."""
    if not ids:
        return []
    by_id = {
        v[0]: SimpleNamespace(**dict(zip(NAMES, v, strict=True)))
        for v in rows_of([statement("rows", _rows)], seat.now, ids=ids)
    }
    voice = Voice(seat.now)
    found = [_row(by_id[pk], seat, voice) for pk in ids if pk in by_id]
    return [row | {"html": row_markup.row(row, ticked)} for row in found]


def _rows():
    running = Clock.objects.filter(case=OuterRef("pk"), kind=OuterRef("next_due_kind"), stopped_at=None)
    clock = running.order_by("due_at", "id").values(
        c=JSONObject(since="anchor_at", unit="unit", is_provisional="is_provisional")
    )
    tries = Attempt.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle")).order_by("-id").values("next_at")
    reminded = Line.objects.filter(case=OuterRef("pk"), step="remind")
    reminded = reminded.order_by().values("case").annotate(n=Count("pk")).values("n")
    found = Case.objects.filter(one_of_ids()).annotate(
        clock=Subquery(clock[:1]), next_attempt=Subquery(tries[:1]), reminded=Subquery(reminded)
    )
    return found.order_by().values_list(*COLUMNS.values(), "clock", "next_attempt", "reminded")


class Voice:
    """The words of one list in the reader's language, each looked up once and not for every row."""

    def __init__(self, now: datetime):
        self.now = now
        self.types = {value: str(label) for value, label in DemandType.choices}
        self.urgencies = {value: str(label) for value, label in Urgency.choices}
        self.kinds = {value: str(label) for value, label in ClockKind.choices}
        self.until, self.provisional = _("%(kind)s：到 %(when)s"), _("，暂按现行日历")
        self.days: dict[Any, str] = {}
        self.lacks: dict[Any, tuple[str, str]] = {}
        self.lefts: dict[tuple[datetime, bool], str] = {}

    def left(self, due: datetime, is_working: bool) -> str:
        if (due, is_working) not in self.lefts:
            self.lefts[due, is_working] = timing.remaining(due, self.now, is_working)
        return self.lefts[due, is_working]

    def when(self, moment: datetime) -> str:
        local = timezone.localtime(moment)
        if local.date() not in self.days:
            said = when(local, self.now)
            self.days[local.date()] = said[: -len("00:00")]
        return f"{self.days[local.date()]}{local:%H:%M}"

    def lacking(self, c: SimpleNamespace) -> tuple[str, str]:
        key = (
            c.state,
            c.dispute,
            tuple(c.evidence_held),
            c.evidence_class,
            c.first_department_id == c.lead_department_id,
            c.next_attempt,
        )
        if key not in self.lacks:
            self.lacks[key] = lacking(c, self.now)
        return self.lacks[key]


def _row(c: SimpleNamespace, seat: Seat, voice: Voice) -> dict[str, Any]:
    is_secret = c.secrecy in CONFIDENTIAL
    is_hidden = is_secret and not seat.is_hotline
    lack, icon = voice.lacking(c)
    meta = [_where(c), voice.types.get(c.demand_type, ""), "" if is_hidden else mask_name(decrypt(c.name))]
    if c.urgency != Urgency.NORMAL:
        meta.append(voice.urgencies[c.urgency])
    if c.cycle > 1:
        meta.append(_("重办第 %(n)d 次") % {"n": c.cycle - 1})
    if c.reminded:
        meta.append(ngettext("已催 %(n)d 次", "已催 %(n)d 次", c.reminded) % {"n": c.reminded})
    return {
        "pk": c.pk,
        "number": c.number,
        "line_no": c.line_no,
        "order": (c.next_due_at is None, c.next_due_at or seat.now, c.pk),
        "due": c.next_due_at,
        "url": f"/desk/case/{c.number}/",
        "title": hidden_title(c.matter) if is_hidden else c.title,
        "clock": chip(c, seat.now, voice),
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


def chip(c: SimpleNamespace, now: datetime, voice: Voice | None = None) -> dict[str, Any] | None:
    """The clock that runs out next, as parts/_clock_chip.html shows it."""
    if c.next_due_at is None:
        return None
    voice = voice or Voice(now)
    kept = json.loads(c.clock) if isinstance(c.clock, str) else c.clock or {}
    since = parse_datetime(kept["since"]) if isinstance(kept.get("since"), str) else c.next_due_at
    bare = SimpleNamespace(anchor_at=since, due_at=c.next_due_at)
    level, share = timing.level(bare, now)
    if level != "over" and c.state in "GW":
        level = "hung" if c.state == "G" else "paused"
    is_working = timing.is_working_time(kept.get("unit", "fixed"))
    word = voice.left(c.next_due_at, is_working)
    title = voice.until % {"kind": voice.kinds[c.next_due_kind], "when": voice.when(c.next_due_at)}
    if kept.get("is_provisional"):
        title += voice.provisional
    return {"word": word, "level": level, "share": share, "title": title}


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
            groups.append(
                {"title": title, "note": ngettext("%(n)d 件", "%(n)d 件", len(own)) % {"n": len(own)}, "rows": own}
            )
    return groups
