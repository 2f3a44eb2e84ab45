"""Is a list in order, whole, cheap, and strict about what it is asked?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db.models import F

from suqiu.cases.advance import reactions_muted
from suqiu.cases.models import Case
from suqiu.desk import filters, statements, worklist
from suqiu.desk.queues import counts
from suqiu.desk.seats import seat_of
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
    due = list(
        Case.objects.filter(pk__in=[c.pk for c in made]).order_by("next_due_at", "id").values_list("number", flat=True)
    )
    officer = seated("c-housing-jb1")
    first = officer.queue("unit")
    assert numbers_on(first) == due[:50] and first.context["pager"]["previous_url"] == ""
    second = officer.open(first.context["pager"]["next_url"])
    assert numbers_on(second) == due[50:]
    assert second.context["pager"] == {
        "sentence": "第 51 到 55 件，共 55 件", "previous_url": "/desk/queue/unit/", "next_url": "",
    }  # fmt: skip


@pytest.mark.parametrize("order", ["due", "received", "newest"])
def test_pages_lead_on_and_back_over_equal_moments_and_rows_without_one(order, cast, seated, monkeypatch):
    """Every case once, in one order, whichever way one goes; those without a moment come last (here: not yet sent out)."""
    column = {"due": "dispatched_at", "received": "received_at", "newest": "received_at"}[order]
    monkeypatch.setitem(filters.ORDERS, order, ("", column, order == "newest"))
    monkeypatch.setattr(worklist, "ROWS_A_PAGE", 3)
    statements.forget()
    with reactions_muted():
        for n in range(7):
            cast.dispatched(at=MONDAY - timedelta(days=n // 2))
        for _n in range(4):
            cast.case(at=MONDAY - timedelta(days=1))
    officer, found, pages, address = seated("hw01"), [], [], f"/desk/queue/registered/?order={order}"
    while address:
        page = officer.open(address)
        pages.append(numbers_on(page))
        found += pages[-1]
        address = page.context["pager"]["next_url"]
    rank = F(column).desc() if order == "newest" else F(column).asc(nulls_last=True)
    assert found == list(
        Case.objects.order_by(rank, "-id" if order == "newest" else "id").values_list("number", flat=True)
    )
    for expected in reversed(pages[:-1]):
        page = officer.open(page.context["pager"]["previous_url"])
        assert numbers_on(page) == expected
    assert page.context["pager"]["previous_url"] == ""


def test_a_page_begins_where_it_was_left_even_when_rows_above_are_gone(cast, seated):
    """What is done in the meantime moves nothing: the next page begins behind the row one saw, not fifty rows down."""
    with reactions_muted():
        made = [cast.dispatched(at=MONDAY - timedelta(minutes=n)) for n in range(53)]
    officer = seated("c-housing-jb1")
    first = officer.queue("to-sign")
    rest = [c.number for c in sorted(made, key=lambda c: (c.next_due_at, c.pk))][50:]
    for case in made[:3] + made[-2:]:
        if case.number not in rest:
            cast.do("sign_in", case, cast.handler(), at=NOW)
    assert numbers_on(officer.open(first.context["pager"]["next_url"])) == rest


def numbers_on(page) -> list[str]:
    assert page.status_code == 200, page.status_code
    return re.findall(r'class="case-row-title"(?: id="c\d+")? href="/desk/case/(\w+)/"', page.content.decode())


def test_the_order_of_receipt_can_be_asked_for(cast, seated):
    late, early = cast.in_hand(at=MONDAY), cast.in_hand(at=MONDAY - timedelta(days=1))
    assert seated("c-housing-jb1").numbers("unit", order="received") == [early.number, late.number]
    assert seated("c-housing-jb1").numbers("unit", order="newest") == [late.number, early.number]


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
        "page=2",
        "after=x",
        "after=1.2",
        "after=999999999999999999999.1.1",
        "before=-.-1.0",
        "text=" + "长" * 61,
        "state=Y",
        "text=%00",
    ],
)
def test_an_unknown_filter_order_or_value_is_refused(query, cast, seated):
    """peers 17."""
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
    assert len(officer.numbers("unit", text="电梯")) == 2
    assert officer.numbers("unit", state="H") and officer.numbers("unit", state="S") == []
    assert officer.numbers("unit", text=here.number[-4:]) == [here.number]
    assert officer.numbers("unit", text=here.spoken_number.lower()) == [here.number]
    assert officer.numbers("unit", text="没有这个词", urgency="urgent") == []
    assert "这样筛，一件也没有" in officer.queue("unit", text="没有这个词").content.decode()


def test_words_kept_from_a_unit_are_not_found_by_it_and_its_number_is(cast, seated):
    case = cast.in_hand(secrecy="confidential")
    officer = seated("c-housing-sh")
    assert officer.numbers("unit", text="电梯") == []
    assert officer.numbers("unit", text=case.number) == [case.number]
    assert "电梯坏了三天" not in officer.queue("unit").content.decode()


def test_a_kept_question_is_asked_of_now_and_of_who_asks(cast, seated, clock):
    """The same question an hour later counts what has run out since; another person's grants are another question."""
    with reactions_muted():
        case = cast.in_hand(at=MONDAY)
    officer = cast.unit_leader()
    before = {w.queue.name: (w.count, w.late) for w in counts(seat_of(officer, NOW))}
    later = case.next_due_at + timedelta(minutes=1)
    after = {w.queue.name: (w.count, w.late) for w in counts(seat_of(officer, later))}
    assert (before["unit"], after["unit"]) == ((1, 0), (1, 1))
    assert (before["unit-late"], after["unit-late"]) == ((0, 0), (1, 1))
    officer.grants.update(department="C-MARKET")
    del officer._grants_now
    moved = {w.queue.name: w.count for w in counts(seat_of(officer, NOW))}
    assert moved["unit"] == 0


def test_nothing_is_counted_without_end(cast, seated, monkeypatch):
    monkeypatch.setattr(statements, "COUNTED_AT_MOST", 3)
    with reactions_muted():
        for _n in range(4):
            cast.dispatched()
    page = seated("c-housing-jb1").queue("to-sign")
    assert page.context["pager"]["sentence"] == "第 1 到 4 件，共 2+ 件"
    assert re.search(r'class="rail-count[^>]*>2\+<', page.content.decode())


def test_a_page_of_fifty_stays_small(cast, seated):
    with reactions_muted():
        for _n in range(50):
            cast.dispatched()
    assert len(seated("c-housing-jb1").queue("unit").content) <= 56_000


def test_a_mark_of_like_is_a_letter_like_others(cast, seated):
    cast.in_hand()
    assert seated("c-housing-jb1").numbers("unit", text="%") == []


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
