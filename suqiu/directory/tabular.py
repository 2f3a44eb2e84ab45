"""What does a table say that differs from what stands? Cells into values, values into a difference of rows; no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

ADD, CHANGE, REMOVE = "add", "change", "remove"
LANGUAGES = ("zh-hans", "en")
YES = {"1", "是", "yes", "y", "true", "对", "✓"}
NO = {"0", "否", "no", "n", "false", "不是", ""}
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
OBEYED = tuple("=+-@＝＋－＠\t\r")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

Values = dict[str, Any]  # column -> text, whole number, yes or no, ISO day, or None
Key = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column. kind: text · code · words · choice · flag · day · number · ref (choices come from a function)."""

    name: str
    label: Any
    kind: str = "text"
    choices: Callable[[], Sequence[tuple[str, str]]] = tuple
    is_required: bool = True
    limit: int = 120
    pattern: str = ""
    help: Any = ""
    start: Any = ""  # what a new row has where the file has no such column; a function for what depends on the day

    @property
    def first(self) -> Any:
        """What a new row begins with."""
        start = self.start() if callable(self.start) else self.start
        return self.empty if start == "" else start

    @property
    def empty(self) -> Any:
        return None if self.kind in ("day", "number") else False if self.kind == "flag" else ""


@dataclass(frozen=True)
class Given:
    """A row as given: its line in the file, what it says of the columns it has, and whether it says to remove itself."""

    line: int
    values: Values
    is_removed: bool = False


@dataclass(frozen=True)
class Wrong:
    line: int
    key: str
    reason: str


class Unreadable(ValueError):
    """A cell that cannot be what its column holds; the message is for who filled it."""


def cell_value(column: Column, cell: Any) -> Any:
    """A cell of a sheet, or a field of a form, as the column's value. Raises Unreadable with the reason."""
    text = plain_text(cell)
    if text == "" and column.kind != "flag":
        if column.is_required and column.start != "":
            return column.first
        if column.is_required:
            raise Unreadable(_("「%(label)s」没有填") % {"label": column.label})
        return column.empty
    return _READ[column.kind](column, cell, text)


def plain_text(cell: Any) -> str:
    """What a person sees in the cell; an apostrophe put before a formula sign is taken off again."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date().isoformat()
    text = UNSEEN.sub("", "" if cell is None else str(cell)).strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(OBEYED) else text


def _text(column: Column, cell: Any, text: str) -> str:
    if len(text) > column.limit:
        told = {"label": column.label, "limit": column.limit, "n": len(text)}
        raise Unreadable(_("「%(label)s」最多 %(limit)d 个字，现在 %(n)d 个") % told)
    if column.kind != "words":
        text = re.sub(r"\s+", " ", text)
    if column.pattern and not re.fullmatch(column.pattern, text):
        told = {"label": column.label, "said": text, "help": column.help}
        hint = _("；表格里请把这一列设成文本，免得前面的 0 丢了") if isinstance(cell, int | float) else ""
        raise Unreadable(_("「%(label)s」写的是 %(said)s：%(help)s") % told + hint)
    return text


def _choice(column: Column, cell: Any, text: str) -> str:
    for value in labels(column):
        if text.casefold() in {value.casefold(), *(t.casefold() for t in labels(column)[value])}:
            return value
    raise Unreadable(_("「%(label)s」没有这个选项：%(said)s") % {"label": column.label, "said": text[:40]})


def labels(column: Column) -> dict[str, list[str]]:
    """Value -> its label in each language, so that a file written in one is read in the other."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with override(language):
            for value, label in column.choices():
                found.setdefault(str(value), []).append(str(label))
    return found


def _ref(column: Column, cell: Any, text: str) -> str:
    return _text(column, cell, text)  # whether it exists is asked of all rows together: one may name another


def _flag(column: Column, cell: Any, text: str) -> bool:
    if cell is True or text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise Unreadable(_("「%(label)s」要写 是 或 否，写的是 %(said)s") % {"label": column.label, "said": text[:40]})


def _day(column: Column, cell: Any, text: str) -> str:
    if isinstance(cell, date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    raise Unreadable(_("「%(label)s」要写成 2027-01-01，写的是 %(said)s") % {"label": column.label, "said": text[:40]})


def _number(column: Column, cell: Any, text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text):
        raise Unreadable(_("「%(label)s」要一个整数，写的是 %(said)s") % {"label": column.label, "said": text[:40]})
    return int(text)


_READ: dict[str, Callable[[Column, Any, str], Any]] = {
    "text": _text,
    "code": _text,
    "words": _text,
    "choice": _choice,
    "ref": _ref,
    "flag": _flag,
    "day": _day,
    "number": _number,
}


# ---- the difference


def key_of(keys: Sequence[str], values: Mapping[str, Any]) -> Key:
    return tuple("" if values.get(k) is None else str(values.get(k, "")) for k in keys)


def difference(
    columns: Sequence[Column], keys: Sequence[str], stands: Mapping[Key, Values], given: Iterable[Given]
) -> tuple[list[dict[str, Any]], list[Wrong]]:
    """The rows that are added, changed or removed, each with what it was and what it is to be; and what cannot be.

    A row that the file does not name stays as it is; so does a column it does not have.
    """
    rows, wrong, seen = [], [], dict[Key, int]()
    for row in given:
        key = key_of(keys, row.values)
        if key in seen:
            wrong.append(Wrong(row.line, shown(key), _("和第 %(line)d 行是同一条") % {"line": seen[key]}))
            continue
        seen[key] = row.line
        old = stands.get(key)
        if row.is_removed:
            if old is None:
                wrong.append(Wrong(row.line, shown(key), _("要删去的这一条本来就没有")))
            else:
                rows.append(_row(REMOVE, key, row.line, old, None))
            continue
        new = _filled(columns, old, row.values)
        lacking = [str(c.label) for c in columns if c.is_required and new[c.name] in ("", None)]
        if lacking:
            wrong.append(Wrong(row.line, shown(key), _("新的一条还缺：%(what)s") % {"what": "、".join(lacking)}))
        elif old is None:
            rows.append(_row(ADD, key, row.line, None, new))
        elif new != old:
            rows.append(_row(CHANGE, key, row.line, old, new))
    return rows, wrong


def _filled(columns: Sequence[Column], old: Values | None, said: Values) -> Values:
    before = old or {c.name: c.first for c in columns}
    return {c.name: said.get(c.name, before[c.name]) for c in columns}


def _row(kind: str, key: Key, line: int, old: Values | None, new: Values | None) -> dict[str, Any]:
    return {"kind": kind, "key": list(key), "line": line, "old": old, "new": new}


def shown(key: Iterable[str]) -> str:
    return " · ".join(part for part in key if part)


def after(stands: Mapping[Key, Values], rows: Iterable[dict[str, Any]]) -> dict[Key, Values]:
    """What stands once the rows are applied."""
    found = dict(stands)
    for row in rows:
        key = tuple(row["key"])
        if row["kind"] == REMOVE:
            found.pop(key, None)
        else:
            found[key] = row["new"]
    return found


def stale(stands: Mapping[Key, Values], rows: Iterable[dict[str, Any]]) -> list[str]:
    """Rows that no longer stand as they did when the difference was taken."""
    return [shown(row["key"]) for row in rows if stands.get(tuple(row["key"])) != row["old"]]


@dataclass(frozen=True)
class Table:
    """A table that the administrator keeps: its columns, what stands, what may not be, and how it is written."""

    name: str
    label: Any
    note: Any  # one sentence: what it is for
    icon: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    stands: Callable[[], dict[Key, Values]]
    check: Callable[[dict[Key, Values], list[dict[str, Any]]], list[tuple[list[str], str]]]
    write: Callable[..., dict[str, Any]]  # (rows=, after=, options=, by=, at=) -> what the office journal notes
    removes: Any = ""  # what the column is called that removes a row; empty: rows of this table are never removed
    options: tuple[Column, ...] = ()  # said once for a whole change
    is_version: bool = False  # a change is a new version of the whole, never an edit

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)
