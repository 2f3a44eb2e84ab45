"""A command in a process of its own, on a database of its own, killed in the middle: what is left, and does the next run go on?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def own_database() -> Iterator[str]:
    """The address of an empty database with our tables, gone afterwards."""
    name = f"killed_{os.getpid()}"
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            migrated = manage(_address(name), "migrate", "--verbosity=0")
            assert (migrated.communicate(timeout=PATIENCE), migrated.returncode) == (("", ""), 0)
            yield _address(name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    at = settings.DATABASES["default"]
    person = quote(at["USER"]) + (f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else "")
    place = quote(at["HOST"], safe="") + (f":{at['PORT']}" if at["PORT"] else "")
    return f"postgresql://{person}@{place}/{name}" if person else f"postgresql://{place}/{name}"


def manage(address: str, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": address}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments, "--skip-checks"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_once(run: subprocess.Popen[str], database: psycopg.Connection, is_far_enough: Callable[[], bool]) -> None:
    """Kills it once a good part is done, and waits until its connection is gone."""
    limit = time.monotonic() + PATIENCE
    while not is_far_enough():
        assert run.poll() is None and time.monotonic() < limit, run.communicate()
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    while database.execute(others).fetchone()[0] > 1:
        time.sleep(0.01)
