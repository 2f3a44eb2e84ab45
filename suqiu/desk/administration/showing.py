"""How are a table, a change and its effects shown? Values into words; nothing is decided here."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.models import ClockKind, State
from suqiu.directory import changes, rules
from suqiu.directory.models import Area, Change, Department, Officer
from suqiu.directory.tabular import ADD, CHANGE, REMOVE, Column, Table, Values, key_of
from suqiu.gateways import wordings

from ..shell import when

ROWS_SHOWN = 200
CELL_LIMIT = 80
HAN = re.compile("[\u3400-\u9fff]")


class Names:
    """What codes stand for, each table read once a page."""

    def __init__(self) -> None:
        self._read: dict[str, dict[str, str]] = {}

    def __call__(self, column: Column, code: str, table: str) -> str:
        kind = _REFERS.get((table, column.name)) or _REFERS.get(("", column.name))
        if kind is None:
            return ""
        if kind not in self._read:
            self._read[kind] = _READ[kind]()
        return self._read[kind].get(code, "")


_REFERS = {
    ("areas", "parent"): "areas", ("departments", "parent"): "departments", ("", "department"): "departments", ("", "area"): "areas",
    ("", "officer"): "officers", ("", "substitute"): "officers",
}  # fmt: skip
_READ = {
    "areas": lambda: {a.pk: str(a) for a in Area.objects.all()},
    "departments": lambda: {d.pk: str(d) for d in Department.objects.all()},
    "officers": lambda: dict(Officer.objects.values_list("username", "full_name")),
}


def value(column: Column, held: Any, names: Names, table: str) -> str:
    if column.kind == "flag":
        return _("是") if held else _("否")
    if held in ("", None):
        return "—"
    if column.kind == "choice":
        return str(dict(column.choices()).get(held, held))
    name = names(column, str(held), table) if column.kind == "ref" else ""
    return f"{name} {held}" if name else str(held)


def cells(table: Table, row: Values, names: Names) -> list[dict[str, Any]]:
    found = [(c, _cut(value(c, row[c.name], names, table.name))) for c in table.columns]
    return [{"label": c.label, "text": t, "is_empty": t == "—", "is_chinese": is_chinese(c, t)} for c, t in found]


def _cut(text: str) -> str:
    """What is longer than a cell ends after a whole clause, and shows that it goes on."""
    if len(text) <= CELL_LIMIT:
        return text
    clauses = re.match(rf"(?s).{{20,{CELL_LIMIT}}}[，。；：、,.;:]", text)
    return f"{clauses[0] if clauses else text[:CELL_LIMIT]}…"


def is_chinese(column: Column, text: str) -> bool:
    """What somebody wrote in Chinese is said to be Chinese, on a page in whatever language; our own words are the page's."""
    return column.kind not in ("choice", "flag") and bool(HAN.search(text))


def head(found: Table) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "note": found.note,
        "url": to_table(found),
        "removes": found.removes,
        "is_version": found.is_version,
    }


def to_table(found: Table) -> str:
    return reverse("desk:administration_table", args=[found.name])


def row_address(table: Table, row: Values) -> str:
    return f"{reverse('desk:administration_row', args=[table.name])}?{urlencode({'key': '~'.join(key_of(table.keys, row))})}"


def is_found(table: Table, row: Values, words: str, names: Names) -> bool:
    """In what is shown, and in the codes behind it."""
    shown = (f"{value(c, row[c.name], names, table.name)}\n{row[c.name]}" for c in table.columns)
    return any(words in text.casefold() for text in shown)


# ---- a change


def change_line(change: Change, tables: dict[str, Table], now: datetime) -> dict[str, Any]:
    """As a row of the list of changes."""
    return {
        "url": reverse("desk:administration_change", args=[change.pk]),
        "table": tables[change.table].label,
        "said": counted(change.rows),
        "by": change.by.full_name,
        "at": when(change.at, now),
        "state": change.get_state_display(),
        "is_open": change.state in ("draft", "waiting"),
    }


def counted(rows: list[dict[str, Any]]) -> str:
    """加 3 行，改 1 行."""
    kinds = Counter(row["kind"] for row in rows)
    words = ((ADD, _("加 %(n)d 行")), (CHANGE, _("改 %(n)d 行")), (REMOVE, _("去 %(n)d 行")))
    return _("，").join(word % {"n": kinds[kind]} for kind, word in words if kinds[kind])


def change_rows(change: Change, table: Table) -> list[dict[str, Any]]:
    names = Names()
    return [_row(row, table, names) for row in change.rows[:ROWS_SHOWN]]


def _row(row: dict[str, Any], table: Table, names: Names) -> dict[str, Any]:
    old, new = row["old"] or {}, row["new"] or {}
    words = {ADD: _("加"), CHANGE: _("改"), REMOVE: str(table.removes or _("去"))}
    held = new or old
    title = [value(table.column(k), held[k], names, table.name) for k in table.keys]
    shown = [c for c in table.columns if c.name not in table.keys]
    if row["kind"] == CHANGE:
        shown = [c for c in shown if old[c.name] != new[c.name]]
    return {
        "kind": row["kind"],
        "word": words[row["kind"]],
        "title": " · ".join(t for t in title if t != "—"),
        "is_chinese": any(is_chinese(table.column(k), t) for k, t in zip(table.keys, title, strict=True)),
        "line": row["line"],
        "cells": [
            {
                "label": c.label,
                "old": value(c, old[c.name], names, table.name) if old else "",
                "new": value(c, new[c.name], names, table.name) if new else "",
                "is_chinese": any(is_chinese(c, str(side.get(c.name, ""))) for side in (old, new)),
            }
            for c in shown
            if row["kind"] == CHANGE or held[c.name] not in ("", None)
        ],
        "preview": wordings.shown(*row["key"], new["text"]) if table.name == "messages" and new else "",
        "language": "en" if table.name == "messages" and row["key"][1] == "en" else "zh-CN",
    }


def options(change: Change, table: Table) -> list[dict[str, str]]:
    found = []
    for column in table.options:
        said = change.options.get(column.name)
        if column.kind == "moment":
            said = f"{timezone.localtime(datetime.fromisoformat(said)):%Y-%m-%d %H:%M}" if said else _("一生效就用")
        if said:
            found.append(
                {
                    "label": column.label,
                    "said": said,
                    "is_chinese": is_chinese(column, said) and column.kind != "moment",
                }
            )
    return found


def whose_turn(change: Change, me: Officer) -> dict[str, Any]:
    """What this person can do with it: the buttons, and the sentence that says whose turn it is."""
    is_mine, needs = change.by_id == me.pk, rules.needs_second(change.table, change.rows)
    may_second = not is_mine and rules.may_second(me, change.table) and me.username not in rules.concerned(change)
    alone = needs and changes.is_setting_up()
    if change.state == Change.State.DRAFT:
        said = _("要第二人：您确认后，由另一个人同意才生效") if needs and not alone else _("您确认后，照下面写的生效")
        said = said if is_mine else _("还是草稿，等 %(who)s 确认") % {"who": change.by}
        return {"said": said, "confirms": is_mine, "seconds": False, "drops": is_mine}
    if change.state == Change.State.WAITING:
        said = _("等第二人同意") if not may_second else _("%(who)s 提的，等您看") % {"who": change.by}
        return {"said": said, "confirms": False, "seconds": may_second, "drops": is_mine}
    return {"said": ended(change), "confirms": False, "seconds": False, "drops": False}


def ended(change: Change) -> str:
    told = {"who": change.second or change.by, "at": when(change.decided_at, timezone.now()), "words": change.words}
    said = {
        "done": _("%(at)s 生效") if change.second is None else _("%(at)s 生效，%(who)s 同意"),
        "refused": _("%(at)s，%(who)s 没有同意：%(words)s"),
        "dropped": _("%(at)s 撤回"),
    }
    return said[change.state] % told


# ---- effects


def effects(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    units = {d.pk: str(d) for d in Department.objects.all()} if any(e["what"] == "owner" for e in found) else {}
    return [
        {
            "said": _counted(e),
            "cases": [_case(c, units) for c in e["cases"]],
            "more": max(e["count"] - len({c["number"] for c in e["cases"]}), 0),
        }
        for e in found
    ]


def _counted(effect: dict[str, Any]) -> str:
    said = _sentence(effect["what"]) % {"n": effect["count"]}
    return _("至少 %(said)s") % {"said": said} if effect.get("is_at_least") else said


def _sentence(what: str) -> str:
    return {
        "owner": _("%(n)d 件还没派出的，建议派给的单位会变"),
        "left_in_hands": _("%(n)d 件没办结的还在他手里，要由单位负责人交接"),
        "stood_in": _("%(n)d 件没办结的，起止之间 B 岗也看得到、办得了"),
        "item_gone": _("%(n)d 件还没派出的，事项不在新目录里，派单时要重选"),
        "item_owner": _("%(n)d 件还没派出的，事项换了主管或权限"),
        "item_evidence": _("%(n)d 件还没派出的，派单时按新的证据类"),
        "item_kept": _("%(n)d 件已经派出的，仍按原来的版本"),
        "term_kept": _("%(n)d 个正在走的时限按原来的版本走完；要是更正重算，会变成这样"),
        "due_moves": _("%(n)d 件没办结的诉求，时限会变"),
    }[what]


def _case(case: dict[str, Any], units: dict[str, str]) -> dict[str, str]:
    before, then = case.get("from", ""), case.get("to", "")
    if "kind" in case:
        before, then = _moment(before), _moment(then)
    return {
        "number": case["number"],
        "what": str(ClockKind(case["kind"]).label) if "kind" in case else str(State(case["state"]).label) if "state" in case else "",
        "old": units.get(before, before) or ("—" if units else ""),
        "new": units.get(then, then) or ("—" if units else ""),
    }  # fmt: skip


def _moment(written: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(written)):%Y-%m-%d %H:%M}"
