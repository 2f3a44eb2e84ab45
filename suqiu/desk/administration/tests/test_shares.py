"""抽查比例: seen in one place with default and source, changed by two persons, never to nothing, and only for draws from then on."""

from __future__ import annotations

import pytest

from suqiu.cases import sampling
from suqiu.cases.models import Case, Share
from suqiu.desk.tests.conftest import NOW, clock, seated  # noqa: F401
from suqiu.directory.models import Change, OfficeLine
from suqiu.followup.models import LookBack

from .test_tables import at, change_of, done, hand_in, mend, press, sheet


@pytest.fixture
def admin(seated):  # noqa: F811
    Share.objects.all().delete()
    return seated("gl01")


def test_all_shares_stand_on_one_page_with_default_floor_and_source(admin):
    Share.objects.create(kind="look_back", percent=25, source="市府办〔2026〕3 号")
    page = admin.open(at("shares"))
    text = page.content.decode()
    assert len(page.context["rows"]) == len(sampling.KINDS) == 3 and not page.context["adds"]
    assert "默认 5，不低于 2" in text and "默认 10，不低于 5" in text and "默认 30，不低于 10" in text
    assert "市府办〔2026〕3 号" in text and "25" in text and "ours" in text


def test_a_change_takes_two_and_is_written_in_the_office_journal(admin, cast, seated):  # noqa: F811
    change = done(admin, change_of(mend(admin, "shares", "on_spot", percent="8", source="市府办〔2026〕3 号")))
    assert change.state == Change.State.WAITING and sampling.percent("on_spot") == 5
    assert press(admin, change).status_code != 303 and sampling.percent("on_spot") == 5
    assert done(seated("ld01"), change).state == Change.State.DONE and sampling.percent("on_spot") == 8
    line = OfficeLine.objects.filter(act="change_done").latest("at", "no")
    assert line.says["shares"] == {"on_spot": [5, 8]} and line.says["proposed_by"] == cast.administrator.pk
    assert line.by_id == cast.leader.pk and line.at == NOW


@pytest.mark.parametrize(
    ("kind", "share"), [("on_spot", 1), ("look_back", 4), ("withdrawn_asked", 9), ("on_spot", 0), ("on_spot", 101)]
)
def test_no_share_falls_below_its_floor(admin, kind, share):
    answer = mend(admin, "shares", kind, percent=str(share), source="省钱")
    assert answer.status_code == 422 and ("再低，做假" if share <= 100 else "最多 100") in answer.content.decode()
    assert not Change.objects.exists() and not Share.objects.exists()


def test_nor_by_a_sheet_and_nobody_invents_a_kind(admin):
    heading = [str(c.label) for c in sampling.SHARES.columns]
    for row in (["on_spot", "0", "省钱"], ["on_sunday", "50", "新的"]):
        assert hand_in(admin, "shares", sheet(heading, row)).status_code == 422
    assert not Change.objects.exists() and not Share.objects.exists()


@pytest.mark.parametrize("kind", sampling.KINDS)
def test_at_its_floor_who_does_wrong_is_found_once_with_seven_in_eight(kind):
    """What the floors are chosen by: so many cases, and luck is not to be counted on."""
    found = sampling.KINDS[kind]
    assert 0 < found.floor <= found.default and 1 - (1 - found.floor / 100) ** found.often >= 0.86


def test_what_was_drawn_stays_drawn_and_the_new_share_is_of_later_closings(cast, admin):
    Share.objects.create(kind="look_back", percent=100, source="test")
    first = cast.closed()
    Share.objects.update(percent=0)
    second = cast.closed()
    assert list(LookBack.objects.values_list("case", flat=True)) == [first.pk] != [second.pk]
    Share.objects.update(percent=100)
    assert list(LookBack.objects.values_list("case", flat=True)) == [first.pk]


def test_a_step_that_is_tried_again_draws_the_same_lot():
    """Aborting and trying anew until nothing is drawn leads nowhere."""
    case = Case(number="GY2606080001", head="a" * 64)
    assert sampling.lot(case, "withdrawn_asked") == sampling.lot(case, "withdrawn_asked")
