"""What would be equal in two demo cities of one seed and day? Every case as one line of JSON, without what chance decides.

Left out: ids, salts, hashes, query codes, file names on disk. Officers appear by login, matters by code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

from suqiu.cases.models import Case, Clock, Holding, Line, Promise
from suqiu.directory import chain
from suqiu.directory.models import Matter, Officer

from .build import KEY

CASE_FIELDS = (
    "number key channel kind title place longitude latitude language is_date_known source_system source_number state cycle demand_type "
    "routing_class urgency secrecy evidence_class evidence_held area_id lead_department_id first_department_id about_department_id "
    "dispute hops verdict received_at dispatched_at closed_at next_due_at next_due_kind line_no"
).split()
HOLDING_FIELDS = "department_id role level cycle since until signed_at outcome has_visited has_returned".split()
CLOCK_FIELDS = (
    "kind cycle anchor_at anchor amount unit due_at is_provisional profile_no calendar_no explanation segments paused_at stopped_at stopped_by"
).split()
PROMISE_FIELDS = "department_id what due_at made_at kept_at".split()
FILE_FIELDS = "line_no kind name mime taken_at longitude latitude facts_from".split()
OFFICERS = ("officer", "substitute", "lead_officer_id", "about_officer_id")
MATTERS = ("matter", "matter_id")
ROWS = "promise old event event_id left_event earlier into limit".split()  # ids of rows, which are told by themselves


def export(out: TextIO) -> int:
    """Writes the demo cases in the order of their numbers; returns how many."""
    names = dict(Officer.objects.values_list("pk", "username"))
    codes = dict(Matter.objects.values_list("pk", "code"))
    count = 0
    for case in _cases().iterator(chunk_size=100):
        told = _case(case, names, codes)
        out.write(json.dumps(chain.plain(told), ensure_ascii=False, sort_keys=True) + "\n")
        count += 1
    return count


def _cases():
    return (
        Case.objects.filter(key__startswith=KEY).order_by("number").select_related("person", "event")
        .prefetch_related("lines", "contents", "holdings", "asks", "promises", "clocks", "attachments", "looks", "clocks__holding")
    )  # fmt: skip


def _case(case: Case, names: dict, codes: dict) -> dict[str, Any]:
    return _named(case, CASE_FIELDS) | {
        "caller": [case.person.masked_name, case.person.masked_phone, case.person.preferred_time],
        "matter": codes.get(case.matter_id),
        "event": case.event.title if case.event else None,
        "lead_officer": names.get(case.lead_officer_id),
        "lines": [_line(line, names, codes) for line in case.lines.all()],
        "contents": [[c.line_no, c.name, c.body] for c in case.contents.all()],
        "holdings": [_holding(h, names) for h in sorted(case.holdings.all(), key=lambda h: h.pk)],
        "asks": [[a.no, a.text, a.outcome, a.basis, a.cycle] for a in case.asks.all()],
        "promises": [_promise(p, names) for p in sorted(case.promises.all(), key=lambda p: p.pk)],
        "clocks": [_clock(c) for c in sorted(case.clocks.all(), key=lambda c: c.pk)],
        "files": [_named(a, FILE_FIELDS) for a in case.attachments.all()],
        "looks": [[x.at, x.what, x.reason.partition(":")[0], x.words, names[x.officer_id]] for x in sorted(case.looks.all(), key=lambda x: x.pk)],
    }  # fmt: skip


def _line(line: Line, names: dict, codes: dict) -> dict[str, Any]:
    told = _named(line, ["no", "step", "actor", "department_id", "at"])
    told |= {"by": names.get(line.officer_id), "contents": sorted(n.split(":")[0] for n in line.contents)}
    return told | {"says": _spelled(line.says, names, codes), "columns": _spelled(line.columns, names, codes)}


def _spelled(values: dict, names: dict, codes: dict) -> dict[str, Any]:
    return dict(_pairs(values, names, codes))


def _pairs(values: dict, names: dict, codes: dict) -> Iterator[tuple[str, Any]]:
    """Ids become words that are the same everywhere; a promise is told by its own row."""
    for key, value in values.items():
        if key in OFFICERS:
            yield key, names.get(value)
        elif key in MATTERS:
            yield key, codes.get(value)
        elif isinstance(value, dict):
            yield key, _spelled(value, names, codes)
        elif key not in ROWS:
            yield key, value


def _holding(holding: Holding, names: dict) -> dict[str, Any]:
    people = {"officer": names.get(holding.officer_id), "substitute": names.get(holding.substitute_id)}
    return _named(holding, HOLDING_FIELDS) | people


def _promise(promise: Promise, names: dict) -> dict[str, Any]:
    told = {"officer": names.get(promise.officer_id), "is_replaced": promise.replaced_by_id is not None}
    return _named(promise, PROMISE_FIELDS) | told


def _clock(clock: Clock) -> dict[str, Any]:
    held = [clock.holding.department_id, clock.holding.role] if clock.holding else []
    return _named(clock, CLOCK_FIELDS) | {"holding": held, "is_promise": clock.promise_id is not None}


def _named(row: Any, fields: list[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}
