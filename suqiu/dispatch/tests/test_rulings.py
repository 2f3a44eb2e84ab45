"""异议和裁定: nothing stops, a named authority decides once, and whoever is named answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.models import Case, Dispute
from suqiu.cases.visibility import relations, sees_original
from suqiu.directory import changes, tables
from suqiu.directory.models import CatalogueVersion, Change, Grant, OfficeLine, Role
from suqiu.dispatch import queries
from suqiu.dispatch.models import Precedent
from tests.cast import MONDAY
from tests.reading import due, holders, last, refused, running, steps, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOUSING, MARKET, CITY = "C-HOUSING", "C-MARKET", "C-CITY_MGMT"
CENTRE, BUREAU, TOWN = "K-510824", "B-510824-HOUSING", "T-510824100"


def objected(cast, belongs_to: str = MARKET, **columns) -> Case:
    case = cast.in_hand(**columns)
    cast.object(case, at=MONDAY + 2 * HOUR, belongs_to=belongs_to)
    return case


def dispute(case: Case) -> tuple:
    return case.disputes.values_list("state", "is_open", "is_objection", "belongs_to").last()


# ---- objecting


def test_an_objection_stops_nothing_and_starts_the_clock_of_a_ruling(cast):
    """peers 4"""
    case = cast.in_hand()
    before = {k: due(case, k) for k in ("outer", "unit", "contact")}
    line = cast.object(case, at=MONDAY + 2 * HOUR, belongs_to=MARKET)
    assert written(line) == ("object", "officer", "c-housing-fz", HOUSING, {"belongs_to": MARKET})
    assert words(line) == {"words": "钢板是别家抢修留下的", "basis": "《城市道路管理条例》"}
    assert (case.state, case.dispute, dispute(case)) == ("H", "objected", ("objected", True, True, MARKET))
    assert running(case) == "contact outer ruling unit" and due(case, "ruling") == "06-10 17:00"
    assert {k: due(case, k) for k in before} == before
    assert holders(case) == [("lead", "HOTLINE"), ("lead", HOUSING), ("first", HOUSING)]


def test_who_objects_works_on_and_answers_and_then_there_is_nothing_to_rule(cast):
    case = objected(cast)
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    assert (case.state, case.dispute) == ("V", "objected")
    cast.do("approve", case, cast.reviewer(), at=MONDAY + 7 * HOUR)
    assert (case.state, case.dispute, running(case)) == ("F", "", "follow_up")
    assert dispute(case)[:2] == ("lapsed", False)


def test_a_unit_objects_once_and_not_after_it_answered(cast):
    case = objected(cast)
    with refused(409, "有一项争议还没有结"):
        cast.object(case, at=MONDAY + 3 * HOUR)
    cast.ruled(case, MARKET, at=MONDAY + 3 * HOUR)
    cast.do("sign_in", case, cast.handler(MARKET), at=MONDAY + 4 * HOUR)
    other = cast.replied()
    cast.do("send_back", other, cast.reviewer(), at=MONDAY + 7 * HOUR, words="再写")
    with refused(409, "已经答复过这件"):
        cast.object(other, at=MONDAY + 8 * HOUR)


def test_it_may_follow_a_return_that_was_overruled(cast):
    case = cast.in_hand()
    cast.do("contact", case, cast.handler(), at=MONDAY + HOUR, way="phone", outcome="connected", words="说了")
    cast.do("return_case", case, cast.reviewer(), at=MONDAY + HOUR, ground="not_our_duty", basis="三定", words="说了")
    with refused(409, "有一项争议还没有结"):
        cast.object(case, at=MONDAY + 2 * HOUR)
    cast.do("decide_return", case, cast.other_dispatcher, at=MONDAY + 2 * HOUR, is_upheld="no", words="目录第 3 行")
    cast.object(case, at=MONDAY + 3 * HOUR)
    assert (case.dispute, case.disputes.count()) == ("objected", 2)


@pytest.mark.parametrize(
    ("unit", "said"), [(HOUSING, "这就是本单位"), (CENTRE, "不能承办这件"), ("HOTLINE", "不能承办这件")]
)
def test_only_another_unit_can_be_named(cast, unit, said):
    case = cast.in_hand()
    with refused(422, said, field="belongs_to"):
        cast.object(case, at=MONDAY + 2 * HOUR, belongs_to=unit)


# ---- the other side


def test_the_unit_named_states_its_view_while_the_objection_is_open_and_holds_nothing(cast):
    case = objected(cast)
    leader = cast.unit_leader(MARKET)
    assert relations(leader, case, list(case.holdings.all())) == {"unit_leader@named"}
    assert not Case.objects.visible_to(leader).filter(pk=case.pk).exists()
    line = cast.do("state_view", case, leader, at=MONDAY + 3 * HOUR, words="抢修早交还了", basis="验收单")
    assert written(line)[1:4] == ("officer", "c-market-fz", MARKET) and words(line)["words"] == "抢修早交还了"
    line = cast.do("state_view", case, cast.dispatcher, at=MONDAY + 3 * HOUR, words="目录在住建")
    assert line.department_id == "HOTLINE"
    with refused(403, "不由您来做"):
        cast.do("state_view", case, cast.unit_leader(CITY), at=MONDAY + 3 * HOUR, words="也说一句")
    cast.ruled(case, at=MONDAY + 4 * HOUR)
    assert relations(leader, case, list(case.holdings.all())) == set()
    with refused(403, "不由您来做"):
        cast.do("state_view", case, leader, at=MONDAY + 5 * HOUR, words="再说一句")


def test_of_a_confidential_case_nobody_is_named(cast):
    case = objected(cast, secrecy="confidential", demand_type="report")
    assert relations(cast.unit_leader(MARKET), case, list(case.holdings.all())) == set()
    ruler = cast.ruler
    assert Case.objects.visible_to(ruler).filter(pk=case.pk).exists()  # as long as it waits for him
    assert not sees_original(case, relations(ruler, case, list(case.holdings.all())))
    cast.ruled(case, at=MONDAY + 4 * HOUR)
    assert not Case.objects.visible_to(ruler).filter(pk=case.pk).exists()


# ---- the ruling


def test_it_stays_and_who_is_named_can_neither_return_nor_object(cast):
    case = objected(cast)
    line = cast.ruled(case, at=MONDAY + 3 * HOUR)
    assert written(line) == ("rule", "officer", "cd01", "HOTLINE", {"outcome": "stays", "reach": "all"})
    assert (case.state, case.dispute, case.hops, dispute(case)[:2]) == ("H", "", 0, ("ruled", False))
    assert running(case) == "contact outer unit"
    with refused(409, "裁定定了由本单位办"):
        cast.object(case, at=MONDAY + 4 * HOUR)
    cast.do("contact", case, cast.handler(), at=MONDAY + 4 * HOUR, way="phone", outcome="connected", words="说了")
    with refused(409, "裁定定了由本单位办"):
        cast.do(
            "return_case", case, cast.reviewer(), at=MONDAY + 4 * HOUR, ground="no_power", basis="三定", words="说了"
        )


def test_it_moves_with_contact_anew_and_the_rest_of_the_term(cast):
    case = objected(cast)
    cast.prove(case, at=MONDAY)
    line = cast.ruled(case, MARKET, at=MONDAY + 2 * DAY)
    assert written(line)[4] == {"outcome": "moves", "department": MARKET, "reach": "all"}
    assert (case.state, case.hops, case.lead_department_id, case.first_department_id) == ("S", 1, MARKET, HOUSING)
    assert holders(case) == [("lead", "HOTLINE"), ("first", HOUSING), ("lead", MARKET)]
    assert running(case) == "contact hand_over outer sign_in unit" and case.evidence_held == []
    assert case.clocks.get(kind="unit", holding__department=HOUSING).stopped_by == "rule"
    assert due(case, "unit") == "06-29 17:00"  # one working day before the outer clock, as for the first
    cast.do("sign_in", case, cast.handler(MARKET), at=MONDAY + 2 * DAY)
    with refused(409, "裁定定了由本单位办"):
        cast.object(case, MARKET, at=MONDAY + 2 * DAY + HOUR)


def test_who_is_named_late_has_a_working_day_at_least(cast):
    case = objected(cast)
    cast.ruled(case, MARKET, at=MONDAY + 25 * DAY)
    assert due(case, "outer") == "06-30 17:00" and due(case, "unit") == "07-06 17:00"


def test_a_draft_that_waits_for_review_goes_with_who_wrote_it(cast):
    case = objected(cast)
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    cast.ruled(case, MARKET, at=MONDAY + DAY)
    assert case.state == "S" and running(case) == "contact hand_over outer sign_in unit"


def test_a_ruling_across_counties_brings_the_centre_that_is_above(cast):
    case = objected(cast)
    cast.ruled(case, BUREAU, at=MONDAY + 3 * HOUR)
    assert holders(case) == [("lead", "HOTLINE"), ("first", HOUSING), ("lead", CENTRE), ("lead", BUREAU)]
    county = cast.accepted(area=cast.area("510824100"))
    cast.do(
        "dispatch", county, cast.dispatcher, at=MONDAY + HOUR, matter=county.matter, department=cast.department(CENTRE)
    )
    cast.do("send_on", county, cast.county_dispatcher, at=MONDAY + HOUR, department=cast.department(BUREAU))
    cast.object(county, BUREAU, at=MONDAY + 2 * HOUR)
    cast.ruled(county, HOUSING, at=MONDAY + 3 * HOUR)
    assert holders(county) == [("lead", "HOTLINE"), ("first", BUREAU), ("lead", HOUSING)]
    assert county.hops == 1


@pytest.mark.parametrize(
    ("unit", "field", "said"),
    [
        ("", "department", "要写明由谁办"),
        (HOUSING, "department", "就是现在的主办单位"),
        (CENTRE, "department", "不能派给中心"),
        (TOWN, "override", "破例理由"),
    ],
)
def test_a_ruling_names_a_unit_that_can_have_it(cast, unit, field, said):
    case = objected(cast)
    named = {"department": cast.department(unit)} if unit else {}
    with refused(422, said, field=field):
        cast.ruled(case, at=MONDAY + 3 * HOUR, outcome="moves", **named)
    assert last(case).step == "object"


def test_nobody_rules_on_his_own_house(cast):
    case = objected(cast)
    for unit in (HOUSING, MARKET):
        ruler = cast.ruler
        Grant.objects.create(officer=ruler, role=Role.UNIT_LEADER, department_id=unit, since=MONDAY.date())
        with refused(403, "您在有争议的单位任职"):
            cast.ruled(case, at=MONDAY + 3 * HOUR, by=ruler)
        Grant.objects.filter(officer=ruler, department=unit).delete()
    with refused(403, "不由您来做"):
        cast.ruled(case, at=MONDAY + 3 * HOUR, by=cast.dispatcher)


def test_a_panel_of_two_has_five_days_more_and_the_second_decides(cast):
    case = objected(cast)
    said = {
        "outcome": "moves",
        "department": cast.department(MARKET),
        "basis": "先例",
        "words": "它挖的",
        "reach": "all",
    }
    cast.do("to_panel", case, cast.ruler, at=MONDAY + 3 * HOUR, **said)
    assert (case.dispute, due(case, "ruling"), dispute(case)[:2]) == ("panel", "06-17 17:00", ("panel", True))
    with refused(409, "现在没有等着裁定的异议"):
        cast.ruled(case, at=MONDAY + 4 * HOUR, by=cast.other_ruler)
    with refused(403, "「提两人合议」是您做的"):
        cast.do("confirm_ruling", case, cast.ruler, at=MONDAY + 4 * HOUR, is_right="yes", words="同意")
    cast.do("confirm_ruling", case, cast.other_ruler, at=MONDAY + 4 * HOUR, is_right="no", words="再查")
    assert (case.dispute, case.lead_department_id) == ("objected", HOUSING)
    cast.do("to_panel", case, cast.other_ruler, at=MONDAY + 5 * HOUR, **said)
    assert due(case, "ruling") == "06-17 17:00"  # no more than once
    line = cast.do("confirm_ruling", case, cast.ruler, at=MONDAY + 6 * HOUR, is_right="yes", words="同意")
    assert line.says == {"is_right": "yes", "outcome": "moves", "department": MARKET}
    found = Precedent.objects.get()
    assert (case.lead_department_id, found.ruled_by.username, found.second.username) == (MARKET, "cd02", "cd01")
    assert steps(case).endswith("object to_panel confirm_ruling to_panel confirm_ruling")


# ---- what follows from it


def test_a_ruling_is_cited_the_next_time(cast):
    case = objected(cast)
    cast.ruled(case, MARKET, at=MONDAY + 3 * HOUR, reach="area")
    found = Precedent.objects.get()
    assert (found.matter, found.area.code, found.department_id) == (case.matter, "510802", MARKET)
    assert (found.basis, found.reason, found.case, found.line_no) == ("谁挖掘谁恢复", "挖掘许可发给了它", case, 6)
    assert queries.of_case(cast.accepted()) == [found]
    assert queries.of_case(cast.accepted(area=cast.area("510824100"))) == []  # another county
    assert queries.of_case(cast.accepted(matter=cast.matter("plan"))) == []
    later = objected(cast)
    cast.ruled(later, at=MONDAY + DAY)
    assert [p.department_id for p in queries.of_case(cast.accepted())] == [HOUSING, MARKET]  # the newest first


def test_a_ruling_asks_for_a_new_catalogue_and_a_second_person_brings_it_into_force(cast):
    case = objected(cast)
    cast.ruled(case, MARKET, at=MONDAY + 3 * HOUR, new_duty=True)
    change = Precedent.objects.get().change
    assert (change.state, change.by.username, change.table) == (Change.State.WAITING, "cd01", "catalogue")
    assert change.options["note"] == f"裁定 {case.number}：挖掘许可发给了它"
    before = CatalogueVersion.objects.order_by("-number").first().number
    confirm = {
        "change": change,
        "table": tables.CATALOGUE,
        "at": MONDAY + DAY,
        "seen": "waiting",
        "check": lambda c: None,
    }
    for who in (cast.ruler, cast.dispatcher):
        with refused(403):
            changes.confirm(by=who, **confirm)
    changes.confirm(by=cast.administrator, **confirm)
    version = CatalogueVersion.objects.order_by("-number").first()
    assert version.number == before + 1 and version.note.startswith("裁定 ")
    assert version.matters.get(code=case.matter.code).owner_duty == "market"
    assert case.matter.owner_duty == "housing"  # the version under which it was dispatched is never edited
    assert list(OfficeLine.objects.filter(act__startswith="change_").values_list("act", flat=True)) == [
        "change_asked",
        "change_done",
    ]


def test_a_ruling_that_changes_nothing_in_the_catalogue_asks_for_nothing(cast):
    case = objected(cast)
    cast.ruled(case, at=MONDAY + 3 * HOUR, new_duty=True)
    assert Precedent.objects.get().change is None and not Change.objects.exists()


def test_what_was_lost_in_dispute_is_counted(cast):
    case = objected(cast)
    cast.ruled(case, MARKET, at=MONDAY + DAY + 2 * HOUR)
    assert queries.lost_of(Dispute.objects.filter(case=case), MONDAY + 9 * DAY) == 1.0
