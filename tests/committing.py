"""How do tests that really commit leave the house as they found it? Only what belongs to cases is emptied; the city stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from suqiu.demo import city
from suqiu.directory.models import Area

ROOMS = {
    "citizens",
    "gateways",
    "cases",
    "intake",
    "dispatch",
    "handling",
    "followup",
    "portal",
    "desk",
    "procrastinate",
}
GROUND = {"cases_clockprofile", "cases_clockterm", "cases_share"}
OF_THE_DAY = {"directory_change", "directory_notice", "directory_officeline", "django_session"}


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits; afterwards the next test need not build the city again."""
    with django_db_blocker.unblock():
        if not Area.objects.exists():  # emptied by a test that committed elsewhere
            city.build()
        yield
        tables = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in ROOMS} - GROUND | OF_THE_DAY
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # the journal refuses TRUNCATE to everybody
            cursor.execute(f"TRUNCATE {', '.join(sorted(tables))} CASCADE")
