"""Is a list in order, whole, cheap, and strict about what it is asked?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.advance import reactions_muted
from suqiu.cases.models import Case
from tests.cast import MONDAY

from .conftest import NOW
from .test_queues import _hung, _late

QUERIES_AT_MOST = 12


def test_one_row_and_fifty_cost_the_same(cast, seated, django_assert_max_num_queries):
    officer, spent = seated("c-housing-jb1"), []
    with reactions_muted():
        cast.in_hand()
        officer.queue("unit")
        for more in (0, 49):
            for _n in range(more):
                cast.dispatched()
            with django_assert_max_num_queries(QUERIES_AT_MOST) as counted:
                rows = officer.numbers("unit")
            spent.append((len(rows), len(counted)))
    assert [rows for rows, _queries in spent] == [1, 50]
    assert spent[0][1] == spent[1][1]


def test_the_page_of_the_day_costs_the_same_however_much_waits(cast, seated, django_assert_max_num_queries):
    officer, spent = seated("c-housing-fz"), []
    with reactions_muted():
        cast.dispatched()
        officer.open("/desk/")
        for more in (0, 8):
            for _n in range(more):
                cast.dispatched()
                _late(cast)
            with django_assert_max_num_queries(QUERIES_AT_MOST) as counted:
                officer.open("/desk/")
            spent.append(len(counted))
    assert spent[0] == spent[1]


def test_what_runs_out_first_stands_first_and_pages_hold_together(cast, seated):
    with reactions_muted():
        made = [cast.in_hand(at=MONDAY - timedelta(days=n % 9, minutes=n)) for n in range(55)]
    officer = seated("c-housing-jb1")
    pages = [officer.numbers("unit"), officer.numbers("unit", page=2)]
    due = list(
        Case.objects.filter(pk__in=[c.pk for c in made]).order_by("next_due_at", "id").values_list("number", flat=True)
    )
    assert pages[0] + pages[1] == due
    assert (len(pages[0]), len(pages[1])) == (50, 5)
    page = officer.queue("unit", page=2)
    assert page.context["pager"]["previous_url"] == "/desk/queue/unit/" and page.context["pager"]["next_url"] == ""
    assert "第 51 到 55 件，共 55 件" in page.content.decode()
    assert officer.numbers("unit", page=3) == []


def test_the_order_of_receipt_can_be_asked_for(cast, seated):
    late, early = cast.in_hand(at=MONDAY), cast.in_hand(at=MONDAY - timedelta(days=1))
    assert seated("c-housing-jb1").numbers("unit", order="received") == [early.number, late.number]


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "order=title",
        "show=everything",
        "area=999999",
        "area=510802'",
        "type=anything",
        "urgency=now",
        "matter=000000",
        "page=0",
        "page=x",
        "page=-1",
        "page=99999",
        "title=" + "长" * 61,
        "state=H",
        "title=%00",
    ],
)
def test_an_unknown_filter_order_or_value_is_refused(query, cast, seated):
    page = seated("c-housing-jb1").open(f"/desk/queue/unit/?{query}")
    assert page.status_code == 400
    assert "没有这样的筛选或排序" in page.content.decode()


def test_filters_narrow_and_say_when_nothing_is_left(cast, seated):
    here = cast.in_hand()
    there = cast.in_hand(urgency="urgent", area=cast.area("510802002"), demand_type="help")
    officer = seated("c-housing-jb1")
    assert officer.numbers("unit", area="510802002") == [there.number]
    assert set(officer.numbers("unit", area="510802")) == {here.number, there.number}
    assert set(officer.numbers("unit", area="510800")) == {here.number, there.number}
    assert officer.numbers("unit", type="complaint", urgency="normal") == [here.number]
    assert officer.numbers("unit", urgency="urgent") == [there.number]
    assert set(officer.numbers("unit", matter=here.matter.code[:2])) == {here.number, there.number}
    assert len(officer.numbers("unit", title="电梯")) == 2
    assert officer.numbers("unit", title="没有这个词", urgency="urgent") == []
    assert "这样筛，一件也没有" in officer.queue("unit", title="没有这个词").content.decode()


def test_a_mark_of_like_is_a_letter_like_others(cast, seated):
    cast.in_hand()
    assert seated("c-housing-jb1").numbers("unit", title="%") == []


def test_chips_count_within_the_filter_and_lead_to_their_rows(cast, seated):
    late, fresh = _late(cast), cast.in_hand(at=NOW - timedelta(hours=3), urgency="urgent")
    officer = seated("c-housing-jb1")
    chips = {str(c["label"]): c for c in officer.queue("unit").context["filters"]}
    assert {label: chip["count"] for label, chip in chips.items()} == {
        "全部": 2,
        "超时": 1,
        "24 小时内": 1,
        "我经办的": 2,
    }
    assert officer.numbers("unit", show="late") == [late.number]
    assert officer.numbers("unit", show="day") == [fresh.number]
    page = officer.open(chips["超时"]["url"])
    assert page.context["filters"][1]["is_current"]


def test_rows_are_grouped_by_what_is_left(cast, seated):
    _late(cast), cast.in_hand(at=NOW - timedelta(hours=3), urgency="urgent")
    case = cast.proven(at=MONDAY)
    groups = seated("c-housing-jb1").queue("unit").context["groups"]
    assert [g["title"] for g in groups] == ["已超时", "24 小时内", "6 月 15 日以后"]
    assert groups[2]["rows"][0]["url"] == f"/desk/case/{case.number}/"


@pytest.mark.parametrize(
    ("verb", "queue", "who", "lack"),
    [
        ("in_hand", "unit", "c-housing-jb1", "差：联系记录、到现场、现场照片"),
        ("proven", "unit", "c-housing-jb1", "证据齐，可以答复"),
        ("replied", "to-review", "c-housing-sh", "答复等审核"),
        ("dispatched", "to-sign", "c-housing-jb1", "等签收"),
        ("sent", "follow-up", "hf01", "还没回访过"),
        ("case", "to-accept", "sl01", "还没受理"),
        ("accepted", "to-dispatch", "pd01", "还没派出"),
    ],
)
def test_a_row_says_what_lacks_or_whom_it_waits_for(verb, queue, who, lack, cast, seated):
    getattr(cast, verb)()
    rows = seated(who).queue(queue).context["groups"][0]["rows"]
    assert rows[0]["lack"] == lack


def test_a_row_is_masked(cast, seated):
    cast.in_hand()
    body = seated("c-housing-jb1").queue("unit").content.decode()
    assert "王**" in body and "王桂芳" not in body and "13812342217" not in body


def test_a_hung_case_and_one_that_waits_for_the_caller_have_clocks_of_their_own(cast, seated):
    _hung(cast)
    row = seated("db01").queue("ledger").context["groups"][0]["rows"][0]
    assert row["clock"]["level"] == "hung"
    case = cast.accepted()
    cast.do("ask_caller", case, cast.intake_reviewer, at=NOW, words="哪一栋")
    row = seated("sl01").queue("waiting-caller").context["groups"][0]["rows"][0]
    assert (row["clock"]["level"], row["lack"]) == ("paused", "等来电人补充")


def test_a_queue_of_another_post_does_not_exist(seated):
    for who, name in (
        ("c-housing-jb1", "to-dispatch"),
        ("pd01", "unit"),
        ("hw01", "with-leader"),
        ("gl01", "late"),
        ("ld01", "no-such"),
    ):
        assert seated(who).queue(name).status_code == 404


def test_the_rail_marks_where_one_is_and_what_is_late(cast, seated):
    _late(cast)
    body = seated("c-housing-fz").queue("unit").content.decode()
    assert re.search(r'href="/desk/queue/unit/" aria-current="page"', body)
    assert body.count("rail-count-late") == 2  # 已超时 and 本单位
