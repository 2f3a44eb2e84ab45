"""Is a question that is asked again the same question, for another officer, another day, another case?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from suqiu.cases.models import Case
from suqiu.desk import queues, statements
from suqiu.desk.queries import find, open_case
from suqiu.desk.seats import seat_of
from tests.cast import MONDAY


@pytest.fixture(autouse=True)
def nothing_kept():
    statements.forget()
    yield
    statements.forget()


def test_states_stay_in_the_sql_and_people_places_and_moments_are_left_open(cast):
    seat = seat_of(cast.handler(), MONDAY)
    asked = queues.asked(seat)["mine"]
    assert "'S', 'H', 'V', 'G'" in asked.sql and "C-HOUSING" not in asked.sql and str(seat.officer.pk) not in asked.sql
    assert {v for v in asked.values if isinstance(v, str)} == {"C-HOUSING"}
    assert MONDAY in asked.at(MONDAY) and statements.NOW not in asked.at(MONDAY)


def test_colleagues_of_one_unit_and_of_another_share_a_plan(cast):
    one, other, elsewhere = (
        queues.asked(seat_of(officer, MONDAY))["mine"]
        for officer in (cast.handler(), cast.officer("c-housing-jb2"), cast.handler("C-MARKET"))
    )
    assert one.sql == other.sql == elsewhere.sql and one.values != other.values != elsewhere.values


def test_what_is_prepared_answers_as_what_is_not(cast):
    """Asked more often than a connection needs to prepare it: the counts still follow every step."""
    seat, found = seat_of(cast.handler(), MONDAY), []
    for _n in range(8):
        cast.dispatched()
        counted = {w.queue.name: w.count for w in queues.counts(seat)}
        found.append((counted["to-sign"], counted["unit"]))
    assert found == [(n, n) for n in range(1, 9)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%late%%'")
        assert cursor.fetchone()[0] >= 1


def test_each_case_is_read_for_who_reads_it(cast):
    case, other = cast.dispatched(text="水管破了"), cast.dispatched(text="路灯不亮", unit="C-MARKET")
    for _n in range(7):
        own = open_case(case.number, seat_of(cast.handler(), MONDAY + timedelta(hours=1)))
        assert own.case == Case.objects.get(pk=case.pk) and own.case.lead_department.code == "C-HOUSING"
        assert [line.no for line in own.lines] == list(range(1, own.case.line_no + 1))
        assert all(line.case is own.case for line in own.lines) and own.clocks and own.holdings
        assert open_case(other.number, seat_of(cast.handler("C-MARKET"), MONDAY)).case.pk == other.pk
        with pytest.raises(Http404):
            find(other.number, seat_of(cast.handler(), MONDAY))


def test_every_question_is_counted(cast):
    """What goes to the server's own plans is among the queries that other tests count."""
    case, seat = cast.dispatched(), seat_of(cast.handler(), MONDAY)
    open_case(case.number, seat)
    with CaptureQueriesContext(connections["default"]) as asked:
        open_case(case.number, seat)
    assert len(asked) == 4
