"""Which open cases would change, if this did? Numbers, states and times: an administrator reads no word of a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from suqiu.cases import calendars
from suqiu.cases.models import OPEN_STATES, Case, Clock, Holding
from suqiu.cases.terms import allowance_in
from suqiu.directory import table_rules
from suqiu.directory.models import Change
from suqiu.directory.queries import first_stop, owner_of
from suqiu.directory.tabular import REMOVE, Key, Table, Values, after
from suqiu.worktime.arithmetic import due_at
from suqiu.worktime.queries import calendar_now, supposing

FIRST = 10  # cases named
LOOKED_AT = 200  # cases worked out one by one while somebody waits for the page
TO_DISPATCH = "RD"  # states in which it is not yet said who handles it
Effects = list[dict[str, Any]]


def check(change: Change) -> None:
    """What stands against a change from the side of the cases: a department that answers for open ones is not closed."""
    if change.table == "departments":
        for row in change.rows:
            if row["old"] and row["old"]["is_active"] and not row["new"]["is_active"]:
                numbers = held_by(row["key"][0])
                table_rules.check_closing(row["new"]["name"], numbers[: table_rules.NUMBERS_SHOWN], len(numbers))


def held_by(department: str) -> list[str]:
    """Open cases for which this department answers, as lead, first or assisting; the most urgent first."""
    held = Holding.objects.filter(department=department, until=None).values("case")
    found = Case.objects.filter(pk__in=held, state__in=OPEN_STATES).order_by("next_due_at", "id")
    return list(found.values_list("number", flat=True))


def of(table: Table, stands: dict[Key, Values], rows: list[dict[str, Any]], options: dict[str, Any]) -> Effects:
    measure = MEASURED.get(table.name)
    found = measure(table, stands, rows, options) if measure else []
    return [e for e in found if e["count"] or e.get("is_at_least")]


def _effect(what: str, cases: Iterable[dict[str, Any]], count: int | None = None, **more: Any) -> dict[str, Any]:
    cases = list(cases)
    return {"what": what, "count": len(cases) if count is None else count, "cases": cases[:FIRST], **more}


# ---- areas and departments: whose a case would be


def _owners(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    """Tried out and taken back: the rule that finds the owner is asked itself, before and after."""
    before = _targets()
    with transaction.atomic():
        table.write(rows=rows, after=after(stands, rows), options=options, by=None, at=timezone.now())
        now = _targets()
        transaction.set_rollback(True)
    moved = {pair for pair in before if before[pair] != now.get(pair)}
    cases = [
        {"number": number, "from": before[matter, area], "to": now.get((matter, area), "")}
        for number, matter, area in _undispatched()
        if (matter, area) in moved
    ]
    return [_effect("owner", cases)]


def _undispatched() -> Iterable[tuple[str, int, str]]:
    found = Case.objects.filter(state__in=TO_DISPATCH).exclude(matter=None).exclude(area=None)
    return found.order_by("next_due_at", "id").values_list("number", "matter_id", "area_id")


def _targets() -> dict[tuple[int, str], str]:
    """(matter, area) of the cases that wait -> where they would be sent."""
    waiting = Case.objects.filter(state__in=TO_DISPATCH).exclude(matter=None).exclude(area=None)
    found = {}
    for case in (
        waiting.select_related("matter", "area__parent__parent")
        .order_by("matter_id", "area_id")
        .distinct("matter_id", "area_id")
    ):
        owner = owner_of(case.matter, case.area)
        found[case.matter_id, case.area_id] = first_stop(owner).pk if owner else ""
    return found


# ---- people: in whose hands a case would be


def _in_hands(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    gone = [r["key"][0] for r in rows if r["old"] and r["old"]["is_active"] and not r["new"]["is_active"]]
    return [_effect("left_in_hands", _cases(lead_officer__username__in=gone))]


def _without_grant(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    today, then = timezone.localdate().isoformat(), after(stands, rows)
    kept = {(k[0], k[2]) for k, v in then.items() if v["until"] is None or v["until"] >= today}
    gone = {(r["key"][0], r["key"][2]) for r in rows if r["old"]} - kept
    cases = [c for who, unit in sorted(gone) for c in _cases(lead_officer__username=who, lead_department=unit)]
    return [_effect("left_in_hands", cases)]


def _stood_in(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    absent = {r["key"][0] for r in rows if r["kind"] != REMOVE}
    return [_effect("stood_in", _cases(lead_officer__username__in=absent))]


def _cases(**where: Any) -> list[dict[str, Any]]:
    found = Case.objects.filter(state__in=OPEN_STATES, **where).order_by("next_due_at", "id")
    return [{"number": n, "state": s} for n, s in found.values_list("number", "state")]


# ---- the catalogue


def _items(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    touched = {row["key"][0]: row for row in rows if row["old"]}
    waiting, keeping = Counter(), 0
    cases: dict[str, list[dict[str, Any]]] = {"item_gone": [], "item_owner": [], "item_evidence": []}
    open_cases = Case.objects.filter(state__in=OPEN_STATES, matter__code__in=touched).order_by("next_due_at", "id")
    for number, state, code in open_cases.values_list("number", "state", "matter__code"):
        if state not in TO_DISPATCH:
            keeping += 1
        elif what := _item_effect(touched[code]):
            waiting[what] += 1
            cases[what].append({"number": number, "state": state, "to": code})
    return [*(_effect(what, found) for what, found in cases.items()), _effect("item_kept", [], keeping)]


def _item_effect(row: dict[str, Any]) -> str:
    old, new = row["old"], row["new"]
    if new is None:
        return "item_gone"
    if (old["owner_duty"], old["power"]) != (new["owner_duty"], new["power"]):
        return "item_owner"
    return "item_evidence" if old["evidence_class"] != new["evidence_class"] else ""


# ---- terms and calendars: when a case is due


def _terms(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    """Running clocks keep their version; what a correction would make of them is shown."""
    then, calendar, found = after(stands, rows), calendar_now(), []
    kinds = {row["key"][0] for row in rows}
    running = Clock.objects.filter(stopped_at=None, kind__in=kinds).exclude(unit="fixed")
    other = _of_another_length(running, then)
    if not other:
        return []
    touched = running.filter(reduce(or_, other))
    for clock in touched.select_related("case").order_by("due_at", "id")[:FIRST]:
        case = clock.case
        allowed = allowance_in(then.values(), clock.kind, case.demand_type, case.urgency)
        then_due = due_at(clock.anchor_at, allowed, calendar).at
        found.append(_due(case, clock.kind, clock.due_at, then_due))
    return [_effect("term_kept", found, touched.count())]


def _of_another_length(running: QuerySet[Clock], then: dict[Key, Values]) -> list[Q]:
    """Kinds of clock, type, urgency and length that the new rows would make longer or shorter: a few, whatever the number of cases."""
    names = ("kind", "case__demand_type", "case__urgency", "amount", "unit")
    found = []
    for values in running.order_by().values_list(*names).distinct():
        kind, demand_type, urgency, *length = values
        allowed = allowance_in(then.values(), kind, demand_type, urgency)
        if allowed and [allowed.amount, allowed.unit] != length:
            found.append(Q(**dict(zip(names, values, strict=True))))
    return found


def _calendar(table: Table, stands: dict[Key, Values], rows: list, options: dict) -> Effects:
    """Worked out by the very rule that the worker follows after the load, for the cases due first; beyond, it is `at least`."""
    now = calendar_now()
    days = {date.fromisoformat(k[0]): (v["is_working"], v["name"]) for k, v in after(stands, rows).items()}
    years = now.official_years | {int(row["key"][0][:4]) for row in rows}
    then = type(now)(days=days, official_years=years, hours=now.hours, zone=now.zone, version=-1)
    if not rows:
        return []
    first = min(date.fromisoformat(row["key"][0]) for row in rows)
    with supposing(then):
        moved, is_cut = calendars.first_that_move(ends_from=first, at_most=LOOKED_AT, at=timezone.now())
    found = [_due(clock.case, clock.kind, before, clock.due_at) for clock, before in moved if clock.due_at != before]
    return [_effect("due_moves", found, len({f["number"] for f in found}), is_at_least=is_cut)]


def _due(case: Case, kind: str, before: Any, then: Any) -> dict[str, Any]:
    return {
        "number": case.number, "state": case.state, "kind": kind, "from": before.isoformat(), "to": then.isoformat(),
    }  # fmt: skip


MEASURED = {
    "areas": _owners,
    "departments": _owners,
    "officers": _in_hands,
    "grants": _without_grant,
    "substitutes": _stood_in,
    "catalogue": _items,
    "terms": _terms,
    "calendar": _calendar,
}
