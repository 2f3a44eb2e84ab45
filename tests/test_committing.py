"""Does a test that really commits leave anything to the next one? Neither rows, nor a changed city, nor what the process remembers of it."""

from __future__ import annotations

import pytest

from suqiu.cases.models import Case, Line, Share
from suqiu.desk import registry
from suqiu.directory import office
from suqiu.directory.models import Department, Grant, Notice, Officer
from tests import ground
from tests.cast import MONDAY, Cast, drawn_of_a_hundred
from tests.committing import transactional_db  # noqa: F401

SHARES = {
    "look_back": 0,
    "on_spot": 0,
    "withdrawn_asked": 100,
}  # no chance in tests; the built city asks whoever withdrew


@pytest.fixture
def cast(transactional_db: None) -> Cast:  # noqa: F811
    return Cast()


def test_what_was_committed_is_gone_and_the_city_stands_as_it_was_built(cast):
    assert ground.left_behind() == ground.changed() == []
    cast.drawn()
    Notice.objects.create(officer=cast.handler(), text="有一件到期", at=MONDAY)
    office.write(act="reveal", by=cast.leader, at=MONDAY)
    Officer.objects.filter(username="db01").update(is_third_party=True)
    Department.objects.filter(code="C-HOUSING").update(name="别的名字")
    drawn_of_a_hundred(100)
    ground.forget()
    assert registry.unit_name("C-HOUSING") == "别的名字" and {"cases_case", "followup_spotcheck"} <= {
        *ground.left_behind()
    }
    ground.lay_again()
    assert ground.left_behind() == ground.changed() == []
    assert not Case.objects.exists() and not Line.objects.exists() and not cast.supervisor.is_third_party
    assert registry.unit_name("C-HOUSING") == cast.department().name != "别的名字"
    assert dict(Share.objects.values_list("kind", "percent")) == SHARES


def test_what_was_deleted_stands_again(cast):
    """The two shares once lay in a room whose tables are emptied: after the first such test chance drew, and tests failed by chance."""
    Share.objects.all().delete()
    Grant.objects.filter(officer=cast.outsider).delete()
    ground.lay_again()
    assert dict(Share.objects.values_list("kind", "percent")) == SHARES
    assert Grant.objects.filter(officer=cast.outsider).exists() and ground.changed() == []
