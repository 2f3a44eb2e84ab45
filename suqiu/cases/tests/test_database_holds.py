"""Does the database itself refuse what no program should do, even to the role that owns the tables?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from suqiu.cases.models import Case, Line, Look
from suqiu.directory import chain, office
from suqiu.directory.models import Officer
from tests.cast import MONDAY

KEPT = ("cases_line", "cases_look", "cases_seal", "directory_officeline")
OUT_OF_STEP = "columns differ from journal line"
# another value for each chained column, as SQL; what none of the other constraints refuses
ANOTHER = {
    "number": "'GY9999999999'",
    "state": "'D'",
    "cycle": "2",
    "demand_type": "'praise'",
    "routing_class": "'legal'",
    "urgency": "'critical'",
    "secrecy": "'open'",
    "matter_id": "(SELECT min(id) FROM directory_matter WHERE level = 3 AND id <> matter_id)",
    "evidence_class": "'plan'",
    "evidence_held": "ARRAY['contact']::varchar[]",
    "area_id": "'510811'",
    "event_id": "(SELECT id FROM cases_event)",
    "lead_department_id": "'C-TRANSPORT'",
    "lead_officer_id": "(SELECT min(id) FROM directory_officer)",
    "first_department_id": "'C-TRANSPORT'",
    "about_department_id": "'C-TRANSPORT'",
    "about_officer_id": "(SELECT min(id) FROM directory_officer)",
    "dispute": "'returned'",
    "hops": "hops + 1",
    "verdict": "'solved'",
    "received_at": "received_at + interval '1 microsecond'",
    "dispatched_at": "now()",
    "closed_at": "now()",
    "next_due_at": "next_due_at + interval '1 microsecond'",
    "next_due_kind": "'promise'",
}


def sql(statement: str, *values) -> list[tuple]:
    """As the owner of the tables, checked at once as at a commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return found


def refused(statement: str, *values, match: str) -> None:
    with pytest.raises(IntegrityError, match=match):
        sql(statement, *values)


@pytest.fixture
def case(cast) -> Case:
    """Dispatched and signed in, looked at, sealed, with an event beside it to point at."""
    case = cast.in_hand()
    Look.objects.create(case=case, officer=cast.operator, at=MONDAY, what="page")
    office.write(act="reveal", by=cast.operator, at=MONDAY, case=case.number)
    sql("INSERT INTO cases_seal (day, leaves, root, root_before, at) VALUES ('2026-06-08', 1, 'x', '', now())")
    sql("INSERT INTO cases_event (title, opened_at) VALUES ('停水', now())")
    return case


def test_it_is_the_owner_who_is_refused(case):
    (owners,) = sql("SELECT array_agg(DISTINCT tableowner::text) FROM pg_tables WHERE tablename = ANY(%s)", list(KEPT))
    (me,) = sql("SELECT current_user::text")
    assert owners == ([me[0]],)


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
def test_what_is_kept_is_neither_changed_nor_removed(case, table, statement):
    assert sql(f"SELECT count(*) FROM {table}")[0][0] > 0
    refused(statement.format(table), match=f"{table} is append-only")


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("cases_line", "INSERT INTO cases_line SELECT * FROM cases_line ON CONFLICT (id) DO UPDATE SET says = '{}'"),
        ("cases_line", "MERGE INTO cases_line AS l USING cases_line AS o ON l.id = o.id WHEN MATCHED THEN DELETE"),
        ("cases_line", "WITH gone AS (DELETE FROM cases_line RETURNING 1) SELECT count(*) FROM gone"),
        (
            "cases_look",
            "MERGE INTO cases_look AS l USING cases_look AS o ON l.id = o.id WHEN MATCHED THEN UPDATE SET words = 'x'",
        ),
    ],
)
def test_no_roundabout_way_changes_them(case, table, statement):
    refused(statement, match="append-only|does not follow")


def test_a_case_cannot_be_removed(case):
    refused("DELETE FROM cases_case", match="cases_case is append-only")
    refused("TRUNCATE cases_case CASCADE", match="is append-only")


@pytest.mark.parametrize("column", Case.CHAINED)
def test_no_chained_column_changes_without_a_line(case, column):
    before = Case.objects.values(column).get(pk=case.pk)
    refused(f"UPDATE cases_case SET {column} = {ANOTHER[column]} WHERE id = %s", case.pk, match=OUT_OF_STEP)
    assert Case.objects.values(column).get(pk=case.pk) == before
    changed = sql(f"SELECT {column} IS DISTINCT FROM {ANOTHER[column]} FROM cases_case WHERE id = %s", case.pk)
    assert changed == [(True,)], "the test would change nothing"


def test_every_chained_column_is_tried():
    assert set(ANOTHER) == set(Case.CHAINED)


@pytest.mark.parametrize(
    ("column", "value"), [("line_no", "line_no - 1"), ("line_no", "line_no + 1"), ("head", "'x'"), ("head", "''")]
)
def test_a_case_cannot_name_another_line_than_its_last(case, column, value):
    refused(f"UPDATE cases_case SET {column} = {value} WHERE id = %s", case.pk, match=OUT_OF_STEP)


def test_what_is_not_chained_may_change(case):
    sql("UPDATE cases_case SET title = '（依法删除了）', place = '' WHERE id = %s", case.pk)
    assert Case.objects.get(pk=case.pk).title == "（依法删除了）"


# ---- lines


def next_line(case: Case, **other) -> Line:
    """A line that would follow, but for what is said otherwise; its hash fits it."""
    last = case.lines.order_by("-no").first()
    values = {"no": last.no + 1, "prev": last.hash, "columns": last.columns} | other
    line = Line(case=case, step="contact", actor="officer", at=MONDAY + timedelta(hours=3), says={}, **values)
    line.hash = chain.link({"no": line.no, "prev": line.prev})
    return line


def write(line: Line, *, with_case: bool) -> None:
    with transaction.atomic():
        line.save(force_insert=True)
        if with_case:
            Case.objects.filter(pk=line.case_id).update(line_no=line.no, head=line.hash)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_line_that_follows_with_its_case_is_taken(case):
    write(next_line(case), with_case=True)
    assert Case.objects.get(pk=case.pk).line_no == case.line_no + 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"no": 9}, "line 9 does not follow the line before"),
        ({"no": 0}, "line 0 does not follow the line before"),
        ({"prev": "0" * 64}, "does not follow the line before"),
        ({"prev": ""}, "does not follow the line before"),
        ({"no": 2}, "does not follow the line before"),
        ({"columns": {}}, OUT_OF_STEP),
        ({"columns": {"state": "C"}}, OUT_OF_STEP),
    ],
)
def test_a_line_out_of_order_or_of_other_values_is_refused(case, other, said):
    with pytest.raises(IntegrityError, match=said):
        write(next_line(case, **other), with_case=True)


def test_a_line_without_its_case_is_refused(case):
    with pytest.raises(IntegrityError, match=f"line {case.line_no + 1} without its case"):
        write(next_line(case), with_case=False)


def test_the_same_number_twice_is_refused(case):
    second = case.lines.get(no=2)
    again = next_line(case, no=2, prev=case.lines.get(no=1).hash, columns=second.columns)
    with pytest.raises(IntegrityError, match="line_once"):
        write(again, with_case=False)


def test_a_case_without_a_first_line_is_refused(cast, case):
    copy = Case.objects.get(pk=case.pk)
    copy.pk, copy.number, copy.key, copy.line_no, copy.head = None, "GY0000000001", "no line", 0, ""
    with pytest.raises(IntegrityError, match=OUT_OF_STEP), transaction.atomic():
        copy.save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_orm_is_refused_like_everybody(case, cast):
    for change in (
        lambda: Line.objects.filter(case=case).update(says={}),
        lambda: Line.objects.filter(case=case).delete(),
        lambda: Look.objects.all().delete(),
        lambda: case.lines.first().save(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert Officer.objects.exists() and case.lines.count() == case.line_no
