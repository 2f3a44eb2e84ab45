"""Is every long list found by an index of its own? Asked of the planner, with reading whole tables forbidden.

Where two indexes would do, only the size of the table decides: such a list is asked of two thousand copies of one case.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from suqiu.cases.models import Case, Promise
from suqiu.desk.queues import BY_NAME
from suqiu.directory.models import OfficeLine
from tests.cast import MONDAY

ASKED = {
    "case_about_department": lambda: Case.objects.filter(about_department="C-HOUSING").order_by(),
    "case_about_officer": lambda: Case.objects.filter(about_officer=1).order_by(),
    "case_appeal": lambda: Case.objects.filter(
        state__in=BY_NAME["appeals"].states, evidence_held__contains=["appeal"]
    ).order_by("next_due_at", "id"),
    "promise_open": lambda: Promise.objects.filter(
        department="C-HOUSING", kept_at=None, replaced_by=None, due_at__lt=MONDAY
    ).order_by("due_at"),
    "office_line_by": lambda: OfficeLine.objects.filter(by_id=1, at__gte=MONDAY - timedelta(days=1)).order_by("at"),
}


COPIES = """
    INSERT INTO cases_case SELECT (jsonb_populate_record(c, jsonb_build_object(
        'id', c.id + n, 'number', n::text, 'key', n::text, 'area_id', a.code, 'received_at', c.received_at - n * interval '1 h'
    ))).* FROM cases_case c, generate_series(1, 2000) n,
    LATERAL (SELECT code FROM directory_area ORDER BY code OFFSET n % 50 LIMIT 1) a
"""


@pytest.mark.parametrize("name", ASKED)
def test_it_is_found_by_its_index(name, db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert name in ASKED[name]().explain()


def test_cases_of_an_area_are_found_by_both_at_once(cast):
    case = cast.case()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # copies have no journal
        cursor.execute(COPIES)
        cursor.execute("ANALYZE cases_case")
    of_area = Case.objects.filter(area=case.area, received_at__gte=MONDAY - timedelta(days=60)).order_by("received_at")
    assert "case_area" in of_area.explain()


@pytest.mark.parametrize("column", ["area_id", "about_department_id", "about_officer_id"])
def test_no_column_is_indexed_twice(column, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'cases_case' AND indexdef LIKE %s", [f"%({column}%"]
        )
        assert cursor.fetchone() == (1,)
