"""Is every long list found by an index of its own? Asked of the planner, with reading whole tables forbidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from suqiu.cases.models import Case, Promise
from suqiu.directory.models import OfficeLine
from tests.cast import MONDAY

ASKED = {
    "case_area": lambda: Case.objects.filter(area="510802001", received_at__gte=MONDAY).order_by("received_at"),
    "case_about_department": lambda: Case.objects.filter(about_department="C-HOUSING").order_by(),
    "case_about_officer": lambda: Case.objects.filter(about_officer=1).order_by(),
    "promise_open": lambda: Promise.objects.filter(
        department="C-HOUSING", kept_at=None, replaced_by=None, due_at__lt=MONDAY
    ).order_by("due_at"),
    "office_line_by": lambda: OfficeLine.objects.filter(by_id=1, at__gte=MONDAY - timedelta(days=1)).order_by("at"),
}


@pytest.mark.parametrize("name", ASKED)
def test_it_is_found_by_its_index(name, db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert name in ASKED[name]().explain()


@pytest.mark.parametrize("column", ["area_id", "about_department_id", "about_officer_id"])
def test_no_column_is_indexed_twice(column, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'cases_case' AND indexdef LIKE %s", [f"%({column}%"]
        )
        assert cursor.fetchone() == (1,)
