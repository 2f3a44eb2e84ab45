"""How does a test take the database away, and how does it ask as a server would? Real connections, really cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from psycopg import sql

SERVER = WSGIHandler()


@contextmanager
def database_gone() -> Iterator[None]:
    """The server lets nobody in and has cut all who were in; afterwards it lets them in again, and nobody is told."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**(connection.get_connection_params() | _ELSEWHERE), autocommit=True) as keeper:
        lets_in = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        keeper.execute(lets_in.format(sql.Identifier(name), sql.SQL("false")))
        try:
            cut(keeper, name)
            yield
        finally:
            keeper.execute(lets_in.format(sql.Identifier(name), sql.SQL("true")))


def restarted() -> None:
    """All connections are cut while nobody asks anything: the server was away between two requests."""
    with database_gone():
        pass


def cut(keeper: psycopg.Connection, name: str) -> None:
    ended = keeper.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    )
    assert all(is_ended for (is_ended,) in ended.fetchall())


_ELSEWHERE = {"dbname": "postgres", "cursor_factory": None, "context": None}


class Served(Client):
    """A browser before the real handler: tokens are asked for, and connections opened, kept and closed as a server does it."""

    def request(self, **asked: Any) -> HttpResponse:
        answer = SERVER(self._base_environ(**asked), lambda status, headers, *more: None)
        answer.close()
        self.cookies.update(answer.cookies)
        return answer
