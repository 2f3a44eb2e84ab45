"""How is a question to the database asked again without being put together and planned anew? Built once, kept as SQL, prepared there.

A list asks the same few questions all day; putting one together and planning it costs more than answering it. A question is built
with a moment that nobody lives in standing for now; what it says of time is moved to the real now when it is asked. Who asks, of
which department and when are left open in the SQL, everything else is part of it: colleagues share one prepared plan.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

NOW = datetime(9000, 1, 1, tzinfo=UTC)  # stands for now while a statement is built
NEAR = timedelta(days=400)
IDS = [-9000]  # stands for the ids of a page
NUMBER, CASE = "case number", -9001  # stand for the one case that is asked for
KEPT = 4096
COUNTED_AT_MOST = 1000


@dataclass(frozen=True)
class Statement:
    """SQL with its values; `None` instead of one: nothing can be found."""

    sql: str
    values: tuple[Any, ...]

    def at(self, now: datetime, ids: list[int] | None = None, case: str | int | None = None) -> list[Any]:
        return [_put(value, now, ids, case) for value in self.values]


def statement(key: Hashable, build: Callable[[], QuerySet], places: frozenset[str] = frozenset()) -> Statement | None:
    """The question that `build` makes, kept under `key`: whatever it depends on, but for the time, must be part of the key.

    `places`: codes of departments that are left open in the SQL.
    """
    return _built(key, _Unkeyed(build), places)


def forget() -> None:
    _built.cache_clear()
    _objects.cache_clear()


def rows_of(
    asked: Iterable[Statement | None], now: datetime, order: str = "", ids: list[int] | None = None
) -> list[tuple]:
    """All rows of these questions in one query."""
    parts = [s for s in asked if s is not None]
    if not parts:
        return []
    sql = parts[0].sql if len(parts) == 1 else " UNION ALL ".join(f"({s.sql})" for s in parts) + order
    return _answers(sql, [value for s in parts for value in s.at(now, ids)])


@dataclass(frozen=True)
class Count:
    """How many, and how many of them too long; never counted beyond COUNTED_AT_MOST."""

    n: int = 0
    late: int = 0

    @property
    def said(self) -> str:
        return str(self.n) if self.n < COUNTED_AT_MOST else f"{COUNTED_AT_MOST - 1}+"


def counts(asked: dict[str, Statement | None], now: datetime) -> dict[str, Count]:
    """All counts in one query. Each question gives one row per case: is it late?"""
    found = dict.fromkeys(asked, Count())
    parts = {name: s for name, s in asked.items() if s is not None}
    if not parts:
        return found
    one = "SELECT {}, count(*), count(*) FILTER (WHERE late) FROM ({} LIMIT {}) AS q(late)"
    sql = " UNION ALL ".join(one.format(n, s.sql, COUNTED_AT_MOST) for n, s in enumerate(parts.values()))
    names = list(parts)
    answers = _answers(sql, [value for s in parts.values() for value in s.at(now)])
    return found | {names[n]: Count(many, late) for n, many, late in answers}


def objects_of(
    key: Hashable, build: Callable[[], QuerySet], now: datetime, case: str | int, places=frozenset()
) -> list:
    """The model objects that `build` finds, for the case whose NUMBER or CASE it was built with."""
    kept = _objects(key, _Unkeyed(build), places)
    if kept is None:
        return []
    asked, compiler, found = kept
    again, found = copy(compiler), copy(found)
    again.connection = connection
    again.execute_sql = lambda **_how: [_answers(asked.sql, asked.at(now, case=case))]
    found.query = copy(found.query)
    found.query.get_compiler = lambda **_which: again
    return list(found._iterable_class(found))


def one_of_ids() -> Func:
    """`.filter(one_of_ids())`: the ids are given when the question is asked."""
    ids = Value(IDS, output_field=ArrayField(BigIntegerField()))
    return Func(
        F("pk"), ids, template="(%(expressions)s::bigint[]))", arg_joiner=" = ANY(", output_field=BooleanField()
    )


class _Unkeyed:
    """Carries `build` past the cache: two askers of one key build the same."""

    def __init__(self, build: Callable[[], QuerySet]):
        self.build = build

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unkeyed)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=KEPT)
def _built(key: Hashable, unkeyed: _Unkeyed, places: frozenset[str]) -> Statement | None:
    try:
        return _kept(*unkeyed.build().query.sql_with_params(), places)
    except EmptyResultSet:
        return None


@lru_cache(maxsize=KEPT)
def _objects(
    key: Hashable, unkeyed: _Unkeyed, places: frozenset[str]
) -> tuple[Statement, SQLCompiler, QuerySet] | None:
    """Its compiler knows which columns make which objects."""
    found = unkeyed.build()
    compiler = found.query.get_compiler(connection=connection)
    try:
        return _kept(*compiler.as_sql(), places), compiler, found
    except EmptyResultSet:
        return None


def _kept(sql: str, values: Sequence[Any], places: frozenset[str]) -> Statement:
    left_open = [_is_left_open(value, places) for value in values]
    fixed = tuple("%s" if is_open else _literal(value) for value, is_open in zip(values, left_open, strict=True))
    return Statement(sql % fixed, tuple(compress(values, left_open)))


def _is_left_open(value: Any, places: frozenset[str]) -> bool:
    """Moments, ids and departments. Kinds and states stay in the SQL: indexes of a part of a table are chosen by them."""
    if isinstance(value, str):
        return value in places or value == NUMBER
    return value == IDS or (isinstance(value, date | int) and not isinstance(value, bool))


def _literal(value: Any) -> str:
    return psycopg.sql.Literal(value).as_string(connection.connection).replace("%", "%%")


def _answers(asked: str, values: list[Any]) -> list[tuple]:
    """Bound and prepared by the server, which Django's own cursors never do."""
    connection.ensure_connection()
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrapped(psycopg.Cursor(connection.connection)) as cursor:
        cursor.execute(asked, values)
        return cursor.fetchall()


def _put(value: Any, now: datetime, ids: list[int] | None, case: str | int | None) -> Any:
    if isinstance(value, datetime) and abs(value - NOW) < NEAR:
        return now + (value - NOW)
    if value == IDS:
        return ids
    return case if value in (NUMBER, CASE) else value
