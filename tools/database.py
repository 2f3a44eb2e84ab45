"""Which database does the service talk to, and where do its files lie?"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from tools import cluster

PREPARED_AFTER = 5  # times that a connection is asked the same; lists are, see suqiu/desk/statements.py


def data_folder() -> Path:
    """``SUQIU_DATA``, else ``.data`` in the repository; a temporary folder under pytest."""
    if _is_test_run():
        cluster.for_tests()
    return cluster.data_folder()


def database_settings() -> dict[str, Any]:
    """``DATABASES["default"]``: from ``DATABASE_URL``, else the packaged PostgreSQL over the data folder.

    Nothing is started here: manage.py and ``make run`` do that, so that settings can be read without a database.
    Under pytest it is a database of this run alone.
    """
    if _is_test_run():
        return read_address(cluster.for_tests())
    return read_address(os.environ.get("DATABASE_URL") or cluster.url())


def read_address(address: str) -> dict[str, Any]:
    """Settings of ``postgresql://user:password@host:port/name?option=value``; the host may be a socket folder."""
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (only PostgreSQL can hold Suqiu).")
    options = dict(parse_qsl(parts.query))
    name = options.pop("dbname", unquote(parts.path.lstrip("/")))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://user@host/NAME.")
    host, port = _host_and_port(parts.netloc.rpartition("@")[2])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": options.pop("user", unquote(parts.username or "")),
        "PASSWORD": options.pop("password", unquote(parts.password or "")),
        "HOST": options.pop("host", host),
        "PORT": options.pop("port", port),
        "OPTIONS": options | {"prepare_threshold": _prepared_after(options.get("prepare_threshold"))},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _prepared_after(written: str | None) -> int | None:
    """`prepare_threshold=none` in the address: never, as poolers want it that share connections between transactions."""
    if written is None:
        return PREPARED_AFTER
    return int(written) if written.isdecimal() else None


def _host_and_port(place: str) -> tuple[str, str]:
    """``urlsplit().hostname`` would make a socket's path lower case."""
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", place)
    if not found:
        raise ImproperlyConfigured("DATABASE_URL has no readable host and port: postgresql://user@HOST:PORT/name.")
    return unquote(found[1].strip("[]")), found[2] or ""


def _is_test_run() -> bool:
    return "PYTEST_VERSION" in os.environ  # pytest sets it before anything else
