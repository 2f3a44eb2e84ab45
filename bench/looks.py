"""A million looks by staff: what a leak report reads through, ten thousand of them at the one case that is asked about."""

from __future__ import annotations

from django.db import connection

from suqiu.cases.models import Look

LOOKS, AT_ONE = 1_000_000, 10_000
EVERYWHERE = """INSERT INTO cases_look (case_id, officer_id, at, what, reason, words)
    SELECT c.id, o.id, now() - n * interval '20 seconds', 'page', '', ''
    FROM generate_series(1, %s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM cases_case) AS c
        ON c.place = n %% (SELECT count(*) FROM cases_case)
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM directory_officer) AS o
        ON o.place = n %% (SELECT count(*) FROM directory_officer)"""
AT_THE_CASE = """INSERT INTO cases_look (case_id, officer_id, at, what, reason, words)
    SELECT (SELECT id FROM cases_case WHERE number = %s), o.id, now() - n * interval '20 seconds', 'page', '', ''
    FROM generate_series(1, %s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM directory_officer) AS o
        ON o.place = n %% (SELECT count(*) FROM directory_officer)"""


def at_case(number: str) -> None:
    """Written once; a second call adds nothing."""
    if Look.objects.filter(case__number=number).count() >= AT_ONE:
        return
    with connection.cursor() as cursor:
        cursor.execute(EVERYWHERE, [LOOKS - AT_ONE])
        cursor.execute(AT_THE_CASE, [number, AT_ONE])
        cursor.execute("ANALYZE cases_look")
