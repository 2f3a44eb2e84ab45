"""Does each queue hold what waits, for whom it waits, and nothing else? And are all of them counted in one query?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from suqiu.cases.models import Case
from suqiu.desk.queues import QUEUES, counts, queues_of
from suqiu.desk.seats import seat_of
from suqiu.intake import caller_limits
from tests.cast import MONDAY
from tests.limits import asked_three_times, limited, propose

from .conftest import NOW

SOON = NOW + timedelta(hours=4)


def _about(cast, unit: str = "C-HOUSING") -> Case:
    return cast.accepted(about_department=cast.department(unit))


def _waiting(cast) -> Case:
    case = cast.accepted()
    cast.do("ask_caller", case, cast.intake_reviewer, at=NOW, words="哪一栋")
    return case


def _answered(cast) -> Case:
    case = cast.case()
    cast.do("answer_at_once", case, cast.operator, at=NOW, answer="带身份证到窗口", source="办事指南")
    return case


def _appealed(cast) -> Case:
    case = cast.case()
    told = {
        "routing_class": "legal",
        "reason": "in_court",
        "basis": "《民事诉讼法》",
        "way": "承办法院",
        "words": "正在审理",
    }
    cast.do("divert", case, cast.intake_reviewer, at=NOW, **told)
    cast.citizen("appeal", case, at=NOW, words="没有打官司")
    return case


def _closing_appealed(cast) -> Case:
    case = cast.closed(at=MONDAY - timedelta(days=7))
    cast.citizen("appeal", case, at=NOW, words="门机板又坏了，我没说解决")
    return case


def _to_correct(cast) -> Case:
    case = cast.in_hand(demand_type="consult")
    cast.do("correct", case, cast.intake_reviewer, at=NOW, demand_type="complaint", words="是投诉")
    return case


def _at_county(cast) -> Case:
    case = cast.accepted(area=cast.area("510824100"))
    cast.do("dispatch", case, cast.dispatcher, at=NOW, matter=case.matter, department=cast.department("K-510824"))
    return case


def _in_county_unit(cast) -> Case:
    case = _at_county(cast)
    cast.do("send_on", case, cast.county_dispatcher, at=NOW, department=cast.department("B-510824-HOUSING"))
    cast.do("sign_in", case, cast.handler("B-510824-HOUSING"), at=NOW)
    return case


def _returned(cast, case: Case | None = None, unit: str = "C-HOUSING") -> Case:
    case = case or cast.in_hand(at=NOW - timedelta(hours=1))
    cast.do("contact", case, cast.handler(unit), at=NOW, way="phone", outcome="connected", words="说了")
    cast.do("return_case", case, cast.reviewer(unit), at=NOW, ground="not_our_duty", basis="三定方案", words="说了要退")
    return case


def _returned_in_county(cast) -> Case:
    return _returned(cast, _in_county_unit(cast), "B-510824-HOUSING")


def _to_extend(cast) -> Case:
    case = cast.in_hand()
    cast.do("ask_extension", case, cast.reviewer(), at=NOW, days=3, words="等配件")
    return case


def _half(cast) -> Case:
    case = cast.sent(at=MONDAY - timedelta(days=7))
    cast.ask_back(case, at=NOW, solved="half", satisfied="3")
    return case


def _found_lawful(cast) -> Case:
    case = _half(cast)
    cast.do("find_lawful", case, cast.supervisor, at=NOW, basis="《物业管理条例》", words="依法只能这样")
    return case


def _to_hang(cast) -> Case:
    case = cast.proven(at=MONDAY - timedelta(days=7))
    plan_on = timezone.localtime(NOW).date() + timedelta(days=60)
    cast.do(
        "ask_to_hang",
        case,
        cast.unit_leader(),
        at=NOW,
        plan="列入改造",
        plan_on=plan_on,
        officer=cast.handler(),
        words="缺资金",
    )
    return case


def _hung(cast) -> Case:
    case = _to_hang(cast)
    cast.do("hang", case, cast.leader, at=NOW, words="同意")
    return case


def _to_recheck(cast) -> Case:
    """Signed so long ago that a month's look is due in days."""
    case, at = cast.proven(at=MONDAY - timedelta(days=35)), NOW - timedelta(days=26)
    plan = {"plan": "列入改造", "plan_on": timezone.localdate(NOW) + timedelta(days=60), "officer": cast.handler()}
    cast.do("ask_to_hang", case, cast.unit_leader(), at=at, words="缺资金", **plan)
    cast.do("hang", case, cast.leader, at=at, words="同意")
    return case


def _withdrawn(cast) -> Case:
    """After the unit has spoken with him: in tests all of them are asked."""
    case = cast.in_hand(at=NOW - timedelta(hours=2))
    cast.do(
        "contact", case, cast.handler(), at=NOW - timedelta(hours=1), way="phone", outcome="connected", words="说了"
    )
    cast.citizen("withdraw", case, at=NOW, words="不用办了")
    return case


def _not_his_will(cast) -> Case:
    case = _withdrawn(cast)
    cast.do("ask_withdrawn", case, cast.caller_back, at=NOW, outcome="answered", is_own_will="no", words="让我撤的")
    return case


def _third_time(cast) -> Case:
    """He called twice before about the same; now he says that it is solved."""
    other, cast.caller_phone = cast.caller_phone, "15800009999"
    for n in (1, 2):
        cast.case(at=MONDAY - timedelta(days=n))
    case = cast.sent()
    cast.ask_back(case, at=NOW, solved="yes", satisfied="5")
    cast.caller_phone = other
    return case


def _with_leader(cast) -> Case:
    start = MONDAY - timedelta(days=21)
    case = cast.sent(at=start)
    for week in (1, 2, 3):
        at = start + timedelta(days=7 * week)
        cast.ask_back(case, at=at, solved="no", satisfied="1")
        if week < 3:
            cast.prove(case, at=at)
            cast.reply(case, at=at)
            cast.do("approve", case, cast.reviewer(), at=at + timedelta(hours=7))
    return case


def _assigned(cast) -> Case:
    case = cast.in_hand()
    cast.do("assign", case, cast.reviewer(), at=NOW, officer=cast.handler(), substitute=cast.officer("c-housing-jb2"))
    return case


def _signed_by_the_system(cast) -> Case:
    case = cast.dispatched()
    cast.do("sign_in", case, at=NOW)
    return case


def _assisted(cast) -> Case:
    case = cast.in_hand()
    cast.do(
        "add_assist",
        case,
        cast.dispatcher,
        at=NOW,
        departments=[cast.department("C-CITY_MGMT")],
        days=3,
        words="一起看",
    )
    return case


def _moved(cast) -> Case:
    """Returned by housing, now with city management: housing is still its first department."""
    case = _returned(cast)
    cast.do("decide_return", case, cast.other_dispatcher, at=NOW, is_upheld="yes", words="目录在城管")
    cast.do("dispatch", case, cast.dispatcher, at=NOW, matter=case.matter, department=cast.department("C-CITY_MGMT"))
    return case


def _promised(cast) -> Case:
    case = cast.in_hand()
    cast.do("promise", case, cast.handler(), at=NOW, what="明天上午到楼下", due_at=SOON)
    return case


def _new_time_asked(cast) -> Case:
    case = _promised(cast)
    later = {"due_at": SOON + timedelta(days=1), "words": "那天要住院"}
    cast.citizen("ask_new_time", case, at=NOW, promise=case.promises.get(), **later)
    return case


def _new_time_offered(cast) -> Case:
    case = _new_time_asked(cast)
    said = {"is_accepted": "no", "due_at": SOON + timedelta(days=2), "words": "那天抢修"}
    cast.do("decide_new_time", case, cast.handler(), at=NOW, **said)
    return case


def _late(cast) -> Case:
    return cast.in_hand(at=MONDAY - timedelta(days=21))


def objected(cast) -> Case:
    case = cast.in_hand(at=NOW - timedelta(hours=3))
    cast.object(case, at=NOW - timedelta(hours=1), belongs_to="C-MARKET")
    return case


def before_panel(cast) -> Case:
    case = objected(cast)
    said = {"outcome": "stays", "basis": "目录", "words": "没有变", "reach": "area"}
    cast.do("to_panel", case, cast.ruler, at=NOW - timedelta(minutes=30), **said)
    return case


def _proposed(cast) -> Case:
    case = asked_three_times(cast, at=NOW - timedelta(days=1))
    propose(cast, case, at=NOW - timedelta(hours=1))
    return case


def _limit_appealed(cast) -> Case:
    case = asked_three_times(cast, at=NOW - timedelta(days=1))
    limit = limited(cast, case, at=NOW - timedelta(hours=1))
    caller_limits.appeal(limit=limit, by=None, at=NOW, words="不是同一部电梯")
    return case


CASES = [  # queue, who has it, the case that waits in it, who has the same post and not this case
    ("to-accept", "sl01", lambda cast: cast.case(), "c-housing-jb1"),
    ("to-accept", "hw02", lambda cast: cast.case(), "pd01"),
    ("registered", "hw01", lambda cast: cast.case(), "hw02"),
    ("waiting-caller", "sl01", _waiting, "hw01"),
    ("sample", "sl01", _answered, "hf01"),
    ("appeals", "sl02", _appealed, "hw01"),
    ("corrections", "sl02", _to_correct, "sl01"),
    ("to-dispatch", "pd01", lambda cast: cast.accepted(), "k-510824-pd1"),
    ("returns", "pd02", _returned, "k-510824-pd1"),
    ("to-rule", "cd01", objected, "pd01"),
    ("panel", "cd02", before_panel, "cd01"),
    ("in-dispute", "pd01", objected, "hf01"),
    ("unit-disputes", "c-housing-fz", objected, "c-market-fz"),
    ("extensions", "pd01", _to_extend, "hf01"),
    ("follow-up", "hf01", lambda cast: cast.sent(), "c-housing-jb1"),
    ("to-decide", "bz01", _half, "hf01"),
    ("to-decide", "db01", _half, "ld01"),
    ("lawful", "bz01", _found_lawful, "db01"),
    ("lawful", "ld01", _found_lawful, "hf01"),
    ("withdrawn", "hf01", _withdrawn, "bz01"),
    ("not-his-will", "db01", _not_his_will, "hf01"),
    ("appeals", "bz01", _closing_appealed, "hf01"),
    ("spot-checks", "db01", lambda cast: cast.drawn(at=NOW - timedelta(days=3)), "bz01"),
    ("look-backs", "hf02", lambda cast: cast.drawn(at=NOW - timedelta(days=36)), "db01"),
    ("ledger", "db01", _hung, "bz01"),
    ("late", "db01", _late, "hf01"),
    ("with-leader", "ld01", _with_leader, "db01"),
    ("to-hang", "ld01", _to_hang, "db01"),
    ("families", "ld01", _third_time, "bz01"),
    ("limits", "sl01", _proposed, "bz01"),
    ("limits", "db01", _proposed, "ld01"),
    ("limits", "ld01", _limit_appealed, "sl01"),
    ("to-send-on", "k-510824-pd1", _at_county, "k-510823-pd1"),
    ("county-returns", "k-510824-pd2", _returned_in_county, "k-510823-pd1"),
    ("to-review", "c-housing-sh", lambda cast: cast.replied(), "c-city_mgmt-sh"),
    ("mine", "c-housing-jb1", _assigned, "c-city_mgmt-jb1"),
    ("mine", "c-housing-jb2", _assigned, "c-market-jb1"),
    ("to-sign", "c-housing-jb1", lambda cast: cast.dispatched(), "c-city_mgmt-jb1"),
    ("to-assign", "c-housing-fz", _signed_by_the_system, "c-city_mgmt-fz"),
    ("unit-returns", "c-housing-sh", _returned, "c-city_mgmt-sh"),
    ("unit-late", "c-housing-fz", _late, "c-city_mgmt-fz"),
    ("assisting", "c-city_mgmt-jb1", _assisted, "c-housing-jb1"),
    ("first-not-done", "c-housing-jb1", _moved, "c-city_mgmt-jb1"),
    ("promises", "c-housing-jb1", _promised, "c-city_mgmt-jb1"),
    ("rechecks", "c-housing-jb1", _to_recheck, "c-city_mgmt-jb1"),
    ("unit", "c-housing-jb1", lambda cast: cast.in_hand(), "c-city_mgmt-jb1"),
    ("about-officials", "c-discipline-jj", lambda cast: _about(cast), "c-market-jb1"),
]


@pytest.mark.parametrize(("name", "who", "make", "other"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_queue_holds_what_waits_for_its_owner_alone(name, who, make, other, cast, seated):
    case, elsewhere = make(cast), cast.closed(at=MONDAY - timedelta(days=14))
    assert case.number in seated(who).numbers(name)
    assert elsewhere.number not in seated(who).numbers(name)
    page = seated(other).queue(name)
    assert page.status_code == 404 or case.number not in page.content.decode()


def test_every_queue_is_tested_above():
    assert {q.name for q in QUEUES} == {name for name, *_rest in CASES}


@pytest.mark.parametrize(
    "who",
    [
        "hw01",
        "sl01",
        "bz01",
        "pd01",
        "hf01",
        "db01",
        "ld01",
        "cd01",
        "k-510824-pd1",
        "c-housing-jb1",
        "c-housing-fz",
        "c-discipline-jj",
    ],
)
def test_all_counts_come_in_one_query_and_say_what_the_lists_say(who, cast, seated, django_assert_num_queries):
    for make in (_answered, _half, _late, _promised, _returned, _hung, _about, _at_county, objected, _limit_appealed):
        make(cast)
    cast.case()
    officer = cast.officer(who)
    officer.grants_now()
    seat = seat_of(officer, NOW)
    with django_assert_num_queries(1):
        found = counts(seat)
    assert {w.queue.name: w.count for w in found} == {q.name: len(seated(who).numbers(q.name)) for q in queues_of(seat)}
    assert all(0 <= w.late <= w.count for w in found)


def test_a_count_is_marked_late_only_when_something_in_it_is(cast):
    _late(cast)
    late = {w.queue.name: w.late for w in counts(seat_of(cast.unit_leader(), NOW))}
    assert (late["unit"], late["unit-late"], late["to-sign"]) == (1, 1, 0)


def test_the_day_begins_with_what_is_late(cast, seated):
    case = _late(cast)
    cast.dispatched(at=NOW - timedelta(hours=1))
    page = seated("c-housing-fz").open("/desk/")
    assert page.context["sections"][0]["title"] == "已超时"
    assert page.context["sections"][0]["rows"][0]["url"] == f"/desk/case/{case.number}/"
    assert "件超时" in page.context["today"]["sentence"]


def test_when_all_is_done_the_page_says_so(seated):
    page = seated("ld01").open("/desk/")
    assert (page.status_code, page.context["sections"]) == (200, [])
    assert "要动的都动了" in page.content.decode()


def test_an_officer_without_a_post_reads_why_nothing_is_here(cast, seated):
    cast.administrator.grants.all().delete()
    assert "您还没有岗位" in seated("gl01").open("/desk/").content.decode()


def test_a_case_about_ones_own_department_is_counted_nowhere(cast, seated):
    case = cast.dispatched(unit="C-DISCIPLINE", about_department=cast.department("C-HOUSING"))
    cast.do("sign_in", case, cast.handler("C-DISCIPLINE"), at=NOW)
    found = {w.queue.name: w.count for w in counts(seat_of(cast.unit_leader("C-HOUSING"), NOW))}
    assert set(found.values()) == {0}
    assert {w.queue.name: w.count for w in counts(seat_of(cast.handler("C-DISCIPLINE"), NOW))}["unit"] == 1
