"""What stands before the first test, and how does it stand again after one that really commits? The city as it was built, row for row."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection, transaction

from suqiu.cases import terms
from suqiu.demo import city
from suqiu.desk import registry, statements
from suqiu.worktime.queries import calendar_changed
from tests.cast import drawn_of_a_hundred

COPY = "as_built"  # a schema beside ours: a copy of every table that is not empty


def lay() -> None:
    city.build()
    drawn_of_a_hundred(0)  # no chance in tests
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {COPY} CASCADE")
        cursor.execute(f"CREATE SCHEMA {COPY}")
        for table in _tables("public"):
            cursor.execute(f"SELECT EXISTS (TABLE public.{table})")
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TABLE {COPY}.{table} AS TABLE public.{table}")


def lay_again() -> None:
    """What was empty is empty, what stood stands as it did, and no process remembers anything else."""
    kept = _tables(COPY)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the journal refuses TRUNCATE to everybody
        cursor.execute(f"TRUNCATE {', '.join(f'public.{t}' for t in _tables('public') if t not in kept)}")
        for table in changed():
            cursor.execute(f"DELETE FROM public.{table}")
            cursor.execute(f"INSERT INTO public.{table} TABLE {COPY}.{table}")
    forget()


def changed() -> list[str]:
    """Which tables of those that stood do not stand as they did?"""
    rows = "(SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {}.{} t)"
    with connection.cursor() as cursor:
        found = []
        for table in _tables(COPY):
            cursor.execute(f"SELECT {rows.format('public', table)} IS DISTINCT FROM {rows.format(COPY, table)}")
            found += [table] if cursor.fetchone()[0] else []
    return found


def left_behind() -> list[str]:
    """Which tables are not empty that were?"""
    with connection.cursor() as cursor:
        found = []
        for table in sorted(set(_tables("public")) - set(_tables(COPY))):
            cursor.execute(f"SELECT EXISTS (TABLE public.{table})")
            found += [table] if cursor.fetchone()[0] else []
    return found


def forget() -> None:
    """What this process keeps in memory of a city that is no more."""
    cache.clear()
    registry.forget()
    statements.forget()
    terms.of_profile.cache_clear()
    calendar_changed()


def _tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema])
        return [row[0] for row in cursor.fetchall()]
