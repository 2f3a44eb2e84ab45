"""The ruler's page: both sides, what was ruled before, one decision; and what it shows to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.models import Look
from suqiu.desk.tests.conftest import NOW, Seated, clock, cost_the_same, said, seated  # noqa: F401
from suqiu.directory.models import Department, Notice
from suqiu.directory.queries import catalogue_now
from suqiu.dispatch.models import Precedent
from tests.cast import MONDAY, run_jobs
from tests.hands import Form
from tests.reading import last, steps, words

QUERIES_AT_MOST = 24
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RULED = {"outcome": "moves", "department": "C-MARKET", "basis": "谁挖掘谁恢复", "words": "许可发给了它", "reach": "all"}


def page_of(case) -> str:
    return f"/desk/ruling/{case.number}/"


def forms(page) -> dict[str, dict]:
    found = Form(page.content.decode(), having="csrfmiddlewaretoken").forms
    return {f["values"]["decision"]: f["values"] for f in found if "decision" in f["names"]}


def decide(desk: Seated, case, decision: str, **fields):
    return desk.send(page_of(case), forms(desk.open(page_of(case)))[decision] | fields)


def objected(cast, belongs_to: str = "C-MARKET", at=MONDAY, **columns):
    case = cast.in_hand(at=at, **columns)
    cast.object(case, at=at + 2 * HOUR, belongs_to=belongs_to)
    return case


@pytest.fixture
def desk(seated) -> Seated:  # noqa: F811
    return seated("cd01")


def test_both_sides_stand_side_by_side_with_the_clock_and_what_it_has_cost(cast, desk):
    case = objected(cast)
    page = desk.open(page_of(case))
    sides = [(s["who"], str(s["role"]), s["words"], s["basis"], str(s["note"])) for s in page.context["sides"]]
    housing, market = str(cast.department()), str(cast.department("C-MARKET"))
    assert sides[0][:4] == (housing, "提异议", "钢板是别家抢修留下的", "《城市道路管理条例》")
    assert sides[1] == (market, "被指的单位", "", "", "还没有说明")
    assert (page.context["hops"], page.context["lost"]) == (0, 0.7)
    assert page.context["clock"]["level"] == "ok" and "06 月" not in page.context["clock"]["fact"]
    text = said(page)
    assert f"没定之前由 {housing} 办理、答复来电人" in text and "还没有先例" in text and "换过 0 次单位" in text
    assert list(forms(page)) == ["rule", "to_panel"]
    cast.do("state_view", case, cast.unit_leader("C-MARKET"), at=NOW, words="早交还了", basis="验收单")
    assert desk.open(page_of(case)).context["sides"][1]["words"] == "早交还了"


def test_a_ruling_is_taken_on_the_page(cast, desk):
    case = objected(cast)
    answer = decide(desk, case, "rule", **RULED)
    assert (answer.status_code, answer["Location"]) == (303, "/desk/queue/to-rule/")
    case.refresh_from_db()
    assert (case.state, case.lead_department_id, case.hops) == ("S", "C-MARKET", 1)
    assert words(last(case)) == {"basis": "谁挖掘谁恢复", "words": "许可发给了它"}
    page = desk.open(page_of(case))
    assert page.context["result"]["to"] == str(cast.department("C-MARKET")) and forms(page) == {}
    assert "已经定了" in page.content.decode()


def test_what_is_wrong_is_said_at_its_field_and_the_words_stay(cast, desk):
    case = objected(cast)
    answer = decide(desk, case, "rule", **(RULED | {"department": ""}))
    assert answer.status_code == 422 and "改由别的单位办，要写明由谁办" in answer.content.decode()
    assert "许可发给了它" in answer.content.decode()
    for fields in ({"outcome": "half"}, {"reach": "world"}, {"department": "C-NONE"}, {"basis": ""}):
        assert decide(desk, case, "rule", **(RULED | fields)).status_code == 422
    assert decide(desk, case, "rule", **(RULED | {"words": "字" * 20001})).status_code == 413
    for unknown in ("contact", "nothing", ""):
        assert desk.send(page_of(case), {"decision": unknown}).status_code == 404
    assert steps(case).endswith("object")


def test_pressed_twice_is_ruled_once_and_a_page_that_is_old_is_refused(cast, desk, seated):  # noqa: F811
    case = objected(cast)
    other = forms(seated("cd02").open(page_of(case)))["rule"]
    form = forms(desk.open(page_of(case)))["rule"] | RULED
    assert [desk.send(page_of(case), form).status_code for _n in range(2)] == [303, 303]
    assert Precedent.objects.count() == 1
    answer = seated("cd02").send(page_of(case), other | RULED)
    assert answer.status_code == 409 and "您打开之后" in said(answer)


def test_two_rule_together_and_the_second_reads_what_the_first_proposes(cast, desk, seated):  # noqa: F811
    case = objected(cast)
    assert decide(desk, case, "to_panel", **RULED).status_code == 303
    page = desk.open(page_of(case))
    assert forms(page) == {} and "「提两人合议」是您做的" in page.content.decode()
    second = seated("cd02")
    page = second.open(page_of(case))
    assert page.context["proposal"]["reason"] == "许可发给了它" and list(forms(page)) == ["confirm_ruling"]
    assert decide(second, case, "confirm_ruling", is_right="yes", words="同意").status_code == 303
    case.refresh_from_db()
    assert case.lead_department_id == "C-MARKET"


def test_the_unit_named_sees_the_question_and_nothing_else(cast, seated):  # noqa: F811
    case = objected(cast)
    type(case).objects.filter(pk=case.pk).update(place="翠屏社区 3 栋 2 单元 501")
    run_jobs()
    leader = seated("c-market-fz")
    assert Notice.objects.get(officer__username="c-market-fz").case_number == case.number
    answer = leader.case(case)
    assert (answer.status_code, answer["Location"]) == (303, page_of(case))
    assert case.number in leader.open("/desk/ruling/").content.decode()
    page = leader.open(page_of(case))
    text = page.content.decode()
    assert page.status_code == 200 and list(forms(page)) == ["state_view"]
    for kept in ("王桂芳", "王**", "13812342217", "2217", "群众说", "501", f"/desk/case/{case.number}/"):
        assert kept not in text, kept
    for address in ("step/state_view/", "print/case/", "peek/"):
        assert leader.open(f"/desk/case/{case.number}/{address}").status_code == 404
    assert decide(leader, case, "state_view", words="我们早交还了", basis="验收单").status_code == 303
    assert last(case).department_id == "C-MARKET" and Look.objects.filter(officer__username="c-market-fz").exists()
    cast.ruled(case, at=NOW)
    assert leader.open(page_of(case)).status_code == 404 and leader.case(case).status_code == 404
    assert case.number not in leader.open("/desk/ruling/").content.decode()


@pytest.mark.parametrize("who", ["c-city_mgmt-fz", "c-market-jb1", "k-510824-pd1", "gl01"])
def test_nobody_else_sees_it(who, cast, seated):  # noqa: F811
    case = objected(cast)
    answer = seated(who).open(page_of(case))
    assert answer.status_code == (404 if who != "c-market-jb1" else 200)
    if who == "c-market-jb1":  # of the unit named: reads, and leaves the word to his leader
        assert forms(answer) == {}


def test_of_a_confidential_case_the_named_unit_sees_nothing_and_the_ruler_not_who_called(cast, seated):  # noqa: F811
    case = objected(cast, secrecy="confidential", demand_type="report")
    run_jobs()
    assert not Notice.objects.filter(officer__username="c-market-fz").exists()
    assert seated("c-market-fz").open(page_of(case)).status_code == 404
    page = seated("cd01").open(page_of(case))
    text = page.content.decode()
    assert page.status_code == 200 and "王桂芳" not in text and case.title not in text and "保密件，不问它" in text
    case_page = seated("cd01").case(case).content.decode()
    assert "改写后的内容" in case_page and "老人下不了楼" not in case_page


def test_third_party_staff_do_not_rule(cast, desk):
    case = objected(cast)
    ruler = cast.ruler
    ruler.is_third_party = True
    ruler.save()
    page = desk.open(page_of(case))
    assert forms(page) == {} and "第三方人员只记录" in page.content.decode()


def test_a_case_without_an_objection_has_no_such_page(cast, desk):
    answer = desk.open(page_of(cast.in_hand()))
    assert answer.status_code == 409 and "没有单位提过异议" in said(answer)
    assert desk.open("/desk/ruling/GY0/").status_code == 404


def test_the_next_dispatcher_reads_it_and_is_offered_the_unit(cast, desk, seated):  # noqa: F811
    cast.ruled(objected(cast), "C-MARKET", at=NOW)
    page = seated("pd01").open(f"/desk/case/{cast.accepted(at=NOW).number}/step/dispatch/")
    assert "挖掘许可发给了它" in page.content.decode()
    assert "裁定过归" in page.context["step"]["why"]
    assert '<option value="C-MARKET" selected>' in page.content.decode()


def test_the_case_page_says_hops_and_days_and_where_both_sides_stand(cast, seated):  # noqa: F811
    case = objected(cast)
    cast.ruled(case, "C-MARKET", at=NOW)
    page = seated("pd01").case(case)
    assert page.context["dispute"] == {"hops": 1, "lost": 0.7, "url": page_of(case)}
    assert re.search("换过 1 次单位.*争了 0.7 个工作日", page.content.decode(), re.S)
    assert seated("pd01").case(cast.in_hand()).context["dispute"] is None


def test_a_page_costs_the_same_however_much_was_said(cast, desk, django_assert_max_num_queries):
    short, long = objected(cast), objected(cast)
    for n in range(50):
        who = cast.dispatcher if n % 2 else cast.unit_leader("C-MARKET")
        cast.do("state_view", long, who, at=NOW, words=f"第 {n} 遍")
    for n in range(6):
        cast.ruled(objected(cast), at=NOW + n * HOUR)
    cost_the_same(desk, [page_of(short), page_of(long)], QUERIES_AT_MOST, django_assert_max_num_queries)


def test_a_second_person_brings_the_catalogue_of_a_ruling_into_force(cast, desk, seated):  # noqa: F811
    case = objected(cast)
    decide(desk, case, "rule", **RULED, new_duty="on")
    change = Precedent.objects.get().change
    page = f"/desk/administration/changes/{change.pk}/"
    assert desk.open(page).status_code == 403  # who asked does not decide
    for who in ("gl01", "ld01"):
        shown = seated(who).open(page)
        assert shown.status_code == 200 and "许可发给了它" in shown.content.decode()
    assert seated("ld01").send(page, {"confirm": "1", "state": "waiting"}).status_code == 303
    version = catalogue_now(NOW)
    assert version.matters.get(code=case.matter.code).owner_duty == "market" and case.number in version.note


# ---- the list, and what was sent past the catalogue


def test_the_list_of_precedents_links_only_what_one_may_see(cast, desk, seated):  # noqa: F811
    cast.ruled(objected(cast), "C-MARKET", at=NOW)
    number = Precedent.objects.get().case.number
    assert f"/desk/case/{number}/" in desk.open("/desk/ruling/").content.decode()
    page = seated("c-city_mgmt-fz").open("/desk/ruling/").content.decode()
    assert ("许可发给了它" not in page and "挖掘许可发给了它" in page) or "挖掘许可发给了它" in page
    assert number not in page


def test_overrides_are_counted_by_matter_and_dispatcher_with_their_reasons(cast, seated):  # noqa: F811
    town = Department.objects.get(pk="T-510802001")
    for n in range(3):
        case = cast.accepted(at=MONDAY + n * HOUR)
        cast.do(
            "dispatch", case, cast.dispatcher, at=MONDAY + n * HOUR + HOUR, matter=case.matter, department=town,
            override=f"山洪，第 {n} 次",
        )  # fmt: skip
    cast.dispatched()
    page = seated("db01").open("/desk/ruling/overrides/")
    (row,) = page.context["counts"]
    assert (row["matter"], row["who"], row["n"], row["of"]) == (str(cast.matter()), str(cast.dispatcher), 3, 4)
    assert [r["why"] for r in page.context["rows"]] == ["山洪，第 2 次", "山洪，第 1 次", "山洪，第 0 次"]
    assert seated("db01").open("/desk/ruling/overrides/?days=7").status_code == 400  # peers 17
    assert seated("pd01").open("/desk/ruling/overrides/").status_code == 403
