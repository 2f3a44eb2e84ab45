"""How is a question to the database asked again without being put together anew? Built once per kind of person, kept as SQL.

A list asks the same few questions all day; putting one together costs more than PostgreSQL needs to answer it. A question is built
with a moment that nobody lives in standing for now; what it says of time is moved to the real now when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value

NOW = datetime(9000, 1, 1, tzinfo=UTC)  # stands for now while a statement is built
NEAR = timedelta(days=400)
IDS = [-9000]  # stands for the ids of a page
KEPT = 4096
COUNTED_AT_MOST = 1000


@dataclass(frozen=True)
class Statement:
    """SQL with its values; `None` instead of one: nothing can be found."""

    sql: str
    values: tuple[Any, ...]

    def at(self, now: datetime, ids: list[int] | None = None) -> list[Any]:
        return [_put(value, now, ids) for value in self.values]


def statement(key: Hashable, build: Callable[[], QuerySet]) -> Statement | None:
    """The question that `build` makes, kept under `key`: whatever it depends on, but for the time, must be part of the key."""
    return _built(key, _Unkeyed(build))


def forget() -> None:
    _built.cache_clear()


def rows_of(
    asked: Iterable[Statement | None], now: datetime, order: str = "", ids: list[int] | None = None
) -> list[tuple]:
    """All rows of these questions in one query."""
    parts = [s for s in asked if s is not None]
    if not parts:
        return []
    sql = parts[0].sql if len(parts) == 1 else " UNION ALL ".join(f"({s.sql})" for s in parts) + order
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for s in parts for value in s.at(now, ids)])
        return cursor.fetchall()


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
    one = "SELECT %s, count(*), count(*) FILTER (WHERE late) FROM ({} LIMIT {}) AS q(late)"
    sql = " UNION ALL ".join(one.format(s.sql, COUNTED_AT_MOST) for s in parts.values())
    values = [value for name, s in parts.items() for value in (name, *s.at(now))]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return found | {name: Count(n, late) for name, n, late in cursor.fetchall()}


def one_of_ids() -> Func:
    """`.filter(one_of_ids())`: the ids are given when the question is asked."""
    ids = Value(IDS, output_field=ArrayField(BigIntegerField()))
    return Func(F("pk"), ids, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField())


class _Unkeyed:
    """Carries `build` past the cache: two askers of one key build the same."""

    def __init__(self, build: Callable[[], QuerySet]):
        self.build = build

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unkeyed)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=KEPT)
def _built(key: Hashable, unkeyed: _Unkeyed) -> Statement | None:
    try:
        sql, values = unkeyed.build().query.sql_with_params()
    except EmptyResultSet:
        return None
    return Statement(sql, tuple(values))


def _put(value: Any, now: datetime, ids: list[int] | None) -> Any:
    if isinstance(value, datetime) and abs(value - NOW) < NEAR:
        return now + (value - NOW)
    return ids if value == IDS else value
