"""To whom may it go, and until when may it come back? Values in, answers out."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from suqiu.cases.concerned import may_look_into
from suqiu.cases.models import Case, Holding
from suqiu.directory.models import Area, Department, Matter
from suqiu.dispatch import rules
from tests.reading import moment, refused

pytestmark = pytest.mark.django_db  # the calendar; everything else is given


def city(text: str) -> datetime:
    return timezone.make_aware(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M"))


CITY = Area(code="510800", kind="city")
THROUGH = Area(code="510824", name="苍溪县", kind="county", parent=CITY, is_through_centre=True)
DIRECT = Area(code="510802", name="利州区", kind="county", parent=CITY, is_through_centre=False)
TOWN_THERE = Area(code="510824100", kind="town", parent=THROUGH)


def department(kind: str, area: Area = CITY, **fields) -> Department:
    return Department(**({"code": f"{kind}-{area.code}", "name": "某单位", "kind": kind, "area": area} | fields))


def target(
    unit: Department,
    *,
    power: str = "county",
    override: str = "",
    from_city: bool = True,
    about: Department | None = None,
) -> None:
    rules.check_target(
        Case(about_department=about), Matter(power=power, name="路灯"), unit, override, from_city=from_city
    )


@pytest.mark.parametrize("kind", ["city_bureau", "utility", "discipline"])
def test_the_city_sends_to_its_own_units(kind):
    target(department(kind))


def test_a_county_through_its_centre_is_reached_by_it_alone():
    target(department("county_centre", THROUGH))
    for unit in (department("county_bureau", THROUGH), department("town", TOWN_THERE)):
        with refused(422, "苍溪县 的诉求先派给它的中心", field="department"):
            target(unit, power="town")


def test_a_county_without_that_rule_is_sent_to_directly_or_through_its_centre():
    target(department("county_bureau", DIRECT))
    target(department("county_centre", DIRECT))


def test_nobody_sends_to_a_centre_that_sends():
    with refused(422, "不能派给中心自己", field="department"):
        target(department("hotline"))
    for kind in ("hotline", "county_centre"):
        with refused(422, "不能派给中心自己", field="department"):
            target(department(kind, THROUGH), from_city=False)


def test_a_unit_that_is_no_more_gets_nothing():
    with refused(422, "已经撤并", field="department"):
        target(department("city_bureau", is_active=False))


def test_nobody_handles_a_demand_about_himself():
    unit = department("city_bureau", code="C-1")
    with refused(422, "不能交给它自己办", field="department"):
        target(unit, about=unit)


ABOUT = [  # whom it is about, who gets it, whether he may
    (("county_bureau", "housing"), ("city_bureau", "housing"), True),
    (("county_bureau", "housing"), ("city_bureau", "fire"), False),
    (("county_bureau", "housing"), ("county_bureau", "market"), False),
    (("county_bureau", "housing"), ("county_centre", ""), False),
    (("city_bureau", "housing"), ("city_bureau", "market"), False),
    (("utility", "gas"), ("city_bureau", "housing"), True),
    (("town", "town"), ("city_bureau", "civil_affairs"), False),
    *(
        ((kind, ""), ("discipline", ""), True)
        for kind in ("county_bureau", "city_bureau", "utility", "town", "hotline")
    ),
]


@pytest.mark.parametrize(("about", "unit", "may"), ABOUT)
def test_it_goes_to_what_stands_above_or_to_the_discipline_side(about, unit, may):
    top = department("hotline", code="TOP")
    complained = department(about[0], DIRECT, duty=about[1], code="C-1", parent=top)
    to = department(unit[0], DIRECT, duty=unit[1], code="C-2", parent=top)
    assert may_look_into(complained, to) is may
    if not may:
        with refused(422, "只能交给它的上级主管部门或纪检", field="department"):
            target(to, about=complained)


def test_its_own_parent_stands_above():
    parent = department("county_bureau", DIRECT, code="C-1", duty="a")
    child = department("county_bureau", DIRECT, code="C-2", duty="b", parent=parent)
    assert may_look_into(child, parent) and not may_look_into(parent, child)


@pytest.mark.parametrize("from_city", [True, False])
def test_a_town_gets_what_is_not_in_its_power_only_with_a_reason(from_city):
    town = department("town", Area(code="510802001", kind="town", parent=DIRECT))
    target(town, power="town", from_city=from_city)
    for power in ("county", "city", ""):
        for nothing in ("", "  "):
            with refused(422, "派给乡镇要写明破例理由", "66 号文", field="override"):
                target(town, power=power, override=nothing, from_city=from_city)
        target(town, power=power, override="山洪，就近先处置", from_city=from_city)


def test_a_county_sends_on_within_its_borders():
    centre = department("county_centre", THROUGH)
    rules.check_within_county(centre, department("county_bureau", THROUGH))
    rules.check_within_county(centre, department("town", TOWN_THERE))
    for outside in (department("city_bureau"), department("county_bureau", DIRECT)):
        with refused(422, "只能转派给本县（区）的单位", "退回市中心", field="department"):
            rules.check_within_county(centre, outside)


@pytest.mark.parametrize("secrecy", ["confidential", "anonymous"])
def test_a_confidential_case_goes_out_rewritten(secrecy):
    for nothing in ("", " \n"):
        with refused(422, "保密件要先改写", field="rewritten"):
            rules.check_rewritten(Case(secrecy=secrecy), nothing)
    rules.check_rewritten(Case(secrecy=secrecy), "有人反映工地夜间施工")
    rules.check_rewritten(Case(secrecy="general"), "")


# ---- the window of a return


@pytest.mark.parametrize(
    ("sent", "unit_due", "closes"),
    [
        ("06-08 09:30", "06-29 17:00", "06-09 17:00"),  # long term: one working day
        ("06-08 09:30", "06-10 17:00", "06-08 15:37"),  # 6.5 + 7 + 7 hours: a quarter is 5 h 7 min 30 s
        ("06-08 09:00", "06-09 17:00", "06-08 13:30"),  # 14 hours: 3.5 hours, lunch left out
        ("06-12 16:00", "06-30 17:00", "06-15 17:00"),  # over a weekend
        ("06-18 16:00", "07-03 17:00", "06-22 17:00"),  # over 端午
    ],
)
def test_a_return_closes_after_a_working_day_or_a_quarter_of_the_term(sent, unit_due, closes):
    assert moment(rules.return_closes(city(sent), city(unit_due))) == closes


def held(**fields) -> Holding:
    return Holding(**({"cycle": 1, "since": city("06-08 09:30")} | fields))


def check(holding: Holding, *own: Holding, at: str = "06-08 12:00", unit_due: str | None = "06-29 17:00") -> None:
    rules.check_return(holding, [holding, *own], city(at), city(unit_due) if unit_due else None)


def test_within_the_window_a_fresh_holding_may_be_given_back():
    check(held())
    check(held(), at="06-09 17:00")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"has_returned": True}, "这一轮已经退过一次"),
        ({"has_visited": True}, "已经到过现场"),
        ({"has_replied": True}, "已经答复过这件"),
    ],
)
def test_once_before_the_first_visit_and_never_after_a_reply(fields, reason):
    with refused(409, reason):
        check(held(**fields))
    with refused(409, reason):
        check(held(), held(until=city("06-08 10:00"), **fields))  # the same unit, when it had it before


def test_a_return_of_an_earlier_cycle_does_not_count():
    check(held(cycle=2), held(has_returned=True, until=city("06-08 10:00")))


def test_after_the_window_it_stays():
    with refused(409, "退单到 6 月 9 日 17:00 截止", "1 个工作日（或期限的四分之一）"):
        check(held(), at="06-09 17:01")


def test_a_redo_is_not_given_back():
    with refused(409, "重办和销账后的诉求不能再退"):
        check(held(), unit_due=None)


def test_assists_are_units_that_could_lead():
    case = Case(about_department=department("city_bureau", code="C-9"))
    good = department("discipline", code="C-1")
    rules.check_assists(case, [good], set(), 3)
    for bad, present in (
        (good, {"C-1"}),
        (department("county_centre", THROUGH), set()),
        (department("hotline"), set()),
        (department("city_bureau", code="C-9"), set()),
        (department("city_bureau", is_active=False), set()),
    ):
        with refused(422, "已经在办，或不能做协办", field="departments"):
            rules.check_assists(case, [bad], present, 3)
    for days in (0, 16, 10_000):
        with refused(422, "协办 1 到 15 个工作日", field="days"):
            rules.check_assists(case, [good], set(), days)
