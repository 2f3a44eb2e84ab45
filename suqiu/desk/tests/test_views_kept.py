"""Are filters kept under a name, for oneself or one's department, and counted in the rail?"""

from __future__ import annotations

import pytest

from suqiu.desk.models import SavedView
from suqiu.desk.views_kept import SHOWN_AT_MOST

from .conftest import NOW


def _keep(at_desk, name: str, back: str = "urgency=urgent", **more):
    return at_desk.send("/desk/queue/unit/views/", {"name": name, "back": back} | more)


def test_a_view_stands_in_the_rail_with_its_count_and_leads_to_its_filter(cast, seated):
    urgent, _normal = cast.in_hand(urgency="urgent"), cast.in_hand()
    officer = seated("c-housing-jb1")
    answer = _keep(officer, "急的")
    assert (answer.status_code, answer["Location"]) == (303, "/desk/queue/unit/?urgency=urgent")
    page = officer.open(answer["Location"])
    assert officer.numbers("unit", urgency="urgent") == [urgent.number]
    rail = page.content.decode().partition('id="rail"')[2].partition("</nav>")[0]
    own = rail[rail.index("急的") - 200 : rail.index("急的") + 100]
    assert (
        'href="/desk/queue/unit/?urgency=urgent" aria-current="page"' in own
        and '<span class="rail-count">1</span>' in own
    )


def test_a_view_costs_one_query_however_many_there_are(cast, seated, django_assert_max_num_queries):
    cast.in_hand()
    officer, spent = seated("c-housing-jb1"), []
    for more in (1, 9):
        for n in range(more):
            _keep(officer, f"看法 {more} {n}", back=f"urgency=urgent&text={n}")
        officer.queue("unit")
        with django_assert_max_num_queries(12) as counted:
            officer.queue("unit")
        spent.append(len(counted))
    assert spent[0] == spent[1]


def test_a_shared_view_is_the_departments_and_nobody_elses(cast, seated):
    _keep(seated("c-housing-jb1"), "我自己的")
    _keep(seated("c-housing-jb1"), "大家的", back="show=late", is_shared="1")
    shown = {
        who: seated(who).open("/desk/").content.decode() for who in ("c-housing-jb2", "c-market-jb1", "c-housing-jb1")
    }
    assert [("大家的" in page, "我自己的" in page) for page in shown.values()] == [
        (True, False),
        (False, False),
        (True, True),
    ]


def test_a_colleague_sees_only_what_he_may_in_a_shared_view(cast, seated):
    """The view is a filter, not a door: what is counted is the reader's own."""
    cast.in_hand(secrecy="confidential")
    _keep(seated("c-housing-sh"), "保密的也算", back="text=GY", is_shared="1")
    assert "保密的也算" in seated("c-housing-fz").open("/desk/").content.decode()
    assert seated("c-housing-fz").numbers("unit", text="GY") == []
    assert len(seated("c-housing-sh").numbers("unit", text="GY")) == 1


def test_the_same_name_again_is_the_new_filter(cast, seated):
    officer = seated("c-housing-jb1")
    _keep(officer, "急的"), _keep(officer, " 急的 ", back="show=late&after=1.2.3")
    assert list(SavedView.objects.values_list("name", "query")) == [("急的", "show=late")]


@pytest.mark.parametrize(("name", "status"), [("", 422), ("长" * 31, 422), ("好", 400)])
def test_a_view_without_a_name_or_with_a_filter_that_is_none_is_refused(name, status, cast, seated):
    officer = seated("c-housing-jb1")
    answer = _keep(officer, name, back="colour=red" if status == 400 else "show=late", is_shared="1")
    assert answer.status_code == status and not SavedView.objects.exists()
    if status == 422:
        page = answer.content.decode()
        assert "起个名字" in page and 'name="is_shared" value="1" checked' in page


def test_there_is_an_end_to_saving(cast, seated):
    officer = cast.handler()
    for n in range(SHOWN_AT_MOST):
        SavedView.objects.create(officer=officer, name=f"{n}", queue="unit", query="", made_at=NOW)
    answer = _keep(seated("c-housing-jb1"), "再一个")
    assert answer.status_code == 422 and "先去掉一个" in answer.content.decode()


def test_only_ones_own_view_can_be_taken_away(cast, seated):
    _keep(seated("c-housing-jb1"), "大家的", is_shared="1")
    kept = SavedView.objects.get()
    seated("c-housing-jb2").send("/desk/queue/unit/views/", {"drop": str(kept.pk)})
    assert SavedView.objects.count() == 1
    assert seated("c-housing-jb1").send("/desk/queue/unit/views/", {"drop": str(kept.pk)}).status_code == 303
    assert SavedView.objects.count() == 0


def test_a_view_whose_filter_no_longer_exists_harms_nobody(cast, seated):
    """peers 22."""
    SavedView.objects.create(officer=cast.handler(), name="旧的", queue="unit", query="area=999999", made_at=NOW)
    SavedView.objects.create(officer=cast.handler(), name="更旧的", queue="no-such", query="", made_at=NOW)
    page = seated("c-housing-jb1").open("/desk/").content.decode()
    assert "旧的" in page and "更旧的" not in page
