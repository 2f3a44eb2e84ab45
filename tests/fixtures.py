"""What every test stands on: real PostgreSQL with the demo city built once, jobs that run when asked, files in a folder of their own."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser driver keeps an event loop in the test's thread


def _flush_past_the_triggers() -> None:
    """Tests that commit empty the tables afterwards; the journal refuses TRUNCATE to everybody, so triggers sleep for that."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self, sql_list):
        plain(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    DatabaseOperations.execute_sql_flush = execute_sql_flush


@pytest.fixture(scope="session", autouse=True)
def _one_root_for_settings(tmp_path_factory):
    """Tests live in several folders; all of them get the same settings."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ATTACHMENTS = tmp_path_factory.mktemp("attachments")
    settings.SEALS = tmp_path_factory.mktemp("seals")
    _flush_past_the_triggers()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    from suqiu.cases.models import Share
    from suqiu.cases.sampling import LOOK_BACK, ON_SPOT
    from suqiu.demo import city

    with django_db_blocker.unblock():
        city.build()
        Share.objects.bulk_create(
            Share(kind=kind, percent=0, source="test") for kind in (ON_SPOT, LOOK_BACK)
        )  # no chance in tests


@pytest.fixture(autouse=True)
def _language():
    from django.utils import translation

    translation.activate("zh-hans")


@pytest.fixture
def cast(db):
    from tests.cast import Cast

    return Cast()
