"""Who may see which case, his contact data and his own words? A truth table over people and cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from suqiu.cases.models import Case
from suqiu.cases.visibility import is_about, relations, sees_contact, sees_original
from suqiu.directory.models import Department, Grant, Officer, Role
from tests.cast import MONDAY
from tests.reading import refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOTLINE_ALL = "hw01 hw02 hw03 bz01 bz02 sl01 sl02 pd01 pd02 hf01 hf02 db01 db02 ld01 ld02"  # all posts that take part
HOTLINE_TRUSTED = "bz01 bz02 sl01 sl02 pd01 pd02 hf01 hf02 db01 db02 ld01 ld02"  # of a confidential case: no operators
UNIT = "jb1 jb2 sh fz"
# everybody whom any case below could concern, and some whom none may
PEOPLE = f"{HOTLINE_ALL} gl01 k-510824-pd1 k-510824-pd2 k-510821-pd1 c-discipline-jj c-discipline-jb1".split() + [
    f"{unit}-{post}"
    for unit in ("c-housing", "c-market", "c-city_mgmt", "b-510824-housing", "c-health")
    for post in UNIT.split()
]


@contextmanager
def as_if(case: Case, **columns) -> Iterator[Case]:
    """The case as it were with other columns: no step writes them, so that they are taken back before the database asks."""
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**columns)
        yield Case.objects.get(pk=case.pk)
        transaction.set_rollback(True)


def of(unit: str, posts: str = UNIT) -> str:
    return " ".join(f"{unit}-{post}" for post in posts.split())


def seen_by(case: Case) -> set[str]:
    people = Officer.objects.filter(username__in=PEOPLE)
    assert len(people) == len(PEOPLE)
    return {o.username for o in people if Case.objects.visible_to(o).filter(pk=case.pk).exists()}


def give_back(cast, case: Case, unit: str, at=MONDAY, centre_dispatcher=None) -> None:
    contact = {"way": "phone", "outcome": "connected", "words": "说了"}
    cast.do("contact", case, cast.handler(unit), at=at + HOUR, **contact)
    grounds = {"ground": "not_our_duty", "basis": "权责清单", "words": "说了转给谁"}
    cast.do("return_case", case, cast.reviewer(unit), at=at + 2 * HOUR, **grounds)
    who = centre_dispatcher or cast.other_dispatcher
    cast.do("decide_return", case, who, at=at + 3 * HOUR, is_upheld="yes", words="目录第 3 行")


def send(cast, case: Case, unit: str, at=MONDAY + 4 * HOUR) -> None:
    cast.do(
        "dispatch", case, cast.dispatcher, at=at, matter=case.matter, department=cast.department(unit), rewritten="改写"
    )


def test_received_and_not_yet_sent_it_is_the_hotlines(cast):
    assert seen_by(cast.case()) == set(HOTLINE_ALL.split())


def test_its_own_unit_sees_it_and_no_other(cast):
    assert seen_by(cast.dispatched()) == set(f"{HOTLINE_ALL} {of('c-housing')}".split())


def test_the_county_route_shows_it_to_the_centre_and_its_bureau(cast):
    case = cast.accepted(area=cast.area("510824100"))
    send(cast, case, "K-510824", at=MONDAY + HOUR)
    assert seen_by(case) == set(f"{HOTLINE_ALL} k-510824-pd1 k-510824-pd2".split())
    cast.do(
        "send_on", case, cast.county_dispatcher, at=MONDAY + 2 * HOUR, department=cast.department("B-510824-HOUSING")
    )
    assert seen_by(case) == set(f"{HOTLINE_ALL} k-510824-pd1 k-510824-pd2 {of('b-510824-housing')}".split())


def test_a_past_holder_and_the_first_still_see_it(cast):
    """Housing was first and gave it back; market gave it back too: one is answerable, the other is merely past."""
    case = cast.dispatched()
    give_back(cast, case, "C-HOUSING")
    send(cast, case, "C-MARKET")
    give_back(cast, case, "C-MARKET", at=MONDAY + DAY)
    send(cast, case, "C-CITY_MGMT", at=MONDAY + DAY + 4 * HOUR)
    assert case.first_department_id == "C-HOUSING" and case.lead_department_id == "C-CITY_MGMT"
    assert seen_by(case) == set(f"{HOTLINE_ALL} {of('c-housing')} {of('c-market')} {of('c-city_mgmt')}".split())


def test_a_confidential_case_is_for_the_named_and_the_reviewer(cast):
    case = cast.dispatched(demand_type="report", secrecy="confidential")
    taken = "hw01"  # the operator who took it down
    assert seen_by(case) == set(f"{HOTLINE_TRUSTED} {taken} c-housing-sh".split())
    cast.do(
        "assign",
        case,
        cast.reviewer(),
        at=MONDAY + HOUR,
        officer=cast.handler(),
        substitute=cast.officer("c-housing-jb2"),
    )
    assert seen_by(case) == set(f"{HOTLINE_TRUSTED} {taken} c-housing-sh c-housing-jb1 c-housing-jb2".split())


@pytest.mark.parametrize("secrecy", ["confidential", "anonymous"])
def test_who_has_lost_a_confidential_case_sees_it_no_more_but_the_first_does(cast, secrecy):
    """Secrecy beats a past holding; the first department is a present holder until closure, by its reviewer."""
    case = cast.dispatched(demand_type="report", secrecy=secrecy)
    give_back(cast, case, "C-HOUSING")
    send(cast, case, "C-MARKET")
    give_back(cast, case, "C-MARKET", at=MONDAY + DAY)
    send(cast, case, "C-CITY_MGMT", at=MONDAY + DAY + 4 * HOUR)
    assert seen_by(case) == set(f"{HOTLINE_TRUSTED} hw01 c-housing-sh c-city_mgmt-sh".split())


def test_a_named_officer_who_has_moved_to_another_unit_sees_a_confidential_case_no_more(cast):
    case = cast.dispatched(demand_type="report", secrecy="confidential")
    mover = cast.handler()
    cast.do("assign", case, cast.reviewer(), at=MONDAY + HOUR, officer=mover)
    Grant.objects.filter(officer=mover).update(department_id="C-HEALTH")
    assert not Case.objects.visible_to(cast.handler()).exists()


def test_a_closed_confidential_case_is_the_hotlines_alone(cast):
    case = cast.closed(demand_type="report", secrecy="confidential")
    assert seen_by(case) == set(f"{HOTLINE_TRUSTED} hw01".split())


def test_a_demand_about_a_department_is_invisible_to_it_even_while_it_could_be_a_holder(cast):
    """被反映的单位: not by a holding, not by a role; the discipline officer reads it."""
    case = cast.dispatched(unit="C-DISCIPLINE", about_department=cast.department())
    assert seen_by(case) == set(f"{HOTLINE_ALL} c-discipline-jb1 c-discipline-jj".split())
    held = cast.dispatched()
    cast.add_assist(held, "C-MARKET", at=MONDAY + HOUR)
    with as_if(held, about_department="C-MARKET"):
        assert not {o for o in seen_by(held) if o.startswith("c-market")}
        with refused(403, "不由您来做"):
            cast.do(
                "contact",
                held,
                cast.handler("C-MARKET"),
                at=MONDAY + 2 * HOUR,
                way="phone",
                outcome="connected",
                words="说",
            )


def test_a_demand_about_a_person_is_invisible_to_him_whatever_his_grants(cast):
    case = cast.in_hand()
    for officer in (cast.handler(), cast.shift_lead, cast.leader):
        with as_if(case, about_officer=officer) as about:
            seen = seen_by(case)
            assert officer.username not in seen
            assert {"c-housing-sh", "bz02", "c-discipline-jj"} <= seen
            assert is_about(officer, about) and relations(officer, about, list(about.holdings.all())) == set()


def test_a_demand_about_the_hotline_is_still_worked_on_by_the_hotline(cast):
    case = cast.accepted(about_department=Department.objects.get(pk="HOTLINE"))
    assert set(HOTLINE_ALL.split()) <= seen_by(case)


def test_the_discipline_officer_sees_demands_about_people_and_no_others(cast):
    plain, about = cast.dispatched(), cast.dispatched(unit="C-DISCIPLINE", about_department=cast.department("C-HEALTH"))
    jj = cast.officer("c-discipline-jj")
    assert list(Case.objects.visible_to(jj)) == [about] and plain != about
    own = cast.accepted(about_department=cast.department("C-DISCIPLINE"))
    assert own not in Case.objects.visible_to(jj)


def test_without_a_grant_nothing_and_with_one_only_while_it_lasts(cast):
    case = cast.dispatched()
    officer = cast.handler()
    assert case in Case.objects.visible_to(officer)
    for ended in ({"until": MONDAY.date()}, {"until": None, "since": MONDAY.date() + timedelta(days=3650)}):
        Grant.objects.filter(officer=officer).update(**({"since": MONDAY.date() - DAY} | ended))
        assert not Case.objects.visible_to(cast.handler()).exists()
    assert not Case.objects.visible_to(cast.administrator).exists()


def test_nobody_at_all_sees_nothing(cast):
    cast.dispatched()
    gone = cast.handler()
    gone.is_active = False
    for user in (gone, AnonymousUser(), Officer(username="x"), None):
        assert not Case.objects.visible_to(user).exists()


def test_an_area_limits_a_hotline_grant(cast):
    here, there, nowhere = cast.accepted(), cast.accepted(area=cast.area("510824100")), cast.case()
    officer = cast.officer("hw02")
    Grant.objects.filter(officer=officer).update(area="510802")
    with as_if(nowhere, area=None):
        assert set(Case.objects.visible_to(cast.officer("hw02"))) == {here} and there != here
        Grant.objects.filter(officer=officer).update(area="510800")
        assert set(Case.objects.visible_to(cast.officer("hw02"))) == {here, there, nowhere}


def test_two_grants_are_one_person_who_sees_both(cast):
    here, there = cast.dispatched(), cast.dispatched(unit="C-MARKET")
    Grant.objects.create(officer=cast.handler(), role=Role.HANDLER, department_id="C-MARKET", since=MONDAY.date())
    assert set(Case.objects.visible_to(cast.handler())) == {here, there}


def test_a_read_only_officer_of_a_unit_sees_nothing_by_it(cast):
    """peers 21: one unit in the grant does not widen a role."""
    cast.dispatched()
    Grant.objects.filter(officer=cast.handler()).update(role=Role.DISCIPLINE)
    assert not Case.objects.visible_to(cast.handler()).exists()


# ---- relations


def stands(officer: Officer, case: Case) -> str:
    return " ".join(sorted(relations(officer, case, list(case.holdings.select_related("department")))))


def test_how_people_stand_to_a_case_on_its_way(cast):
    case = cast.accepted(area=cast.area("510824100"))
    assert stands(cast.dispatcher, case) == "dispatcher@city dispatcher@hotline"
    assert stands(cast.county_dispatcher, case) == ""
    send(cast, case, "K-510824", at=MONDAY + HOUR)
    assert stands(cast.dispatcher, case) == "dispatcher@hotline dispatcher@superior"
    assert stands(cast.county_dispatcher, case) == "dispatcher@county"
    bureau = "B-510824-HOUSING"
    cast.do("send_on", case, cast.county_dispatcher, at=MONDAY + 2 * HOUR, department=cast.department(bureau))
    assert stands(cast.dispatcher, case) == "dispatcher@hotline"
    assert stands(cast.county_dispatcher, case) == "dispatcher@superior"
    assert stands(cast.handler(bureau), case) == "handler@first handler@lead"
    give_back(cast, case, bureau, at=MONDAY + 2 * HOUR, centre_dispatcher=cast.other_county_dispatcher)
    assert (stands(cast.county_dispatcher, case), stands(cast.handler(bureau), case)) == (
        "dispatcher@county",
        "handler@first",
    )


def test_after_closure_the_last_lead_may_still_keep_its_promise(cast):
    case = cast.closed()
    assert stands(cast.handler(), case) == "handler@last"
    assert stands(cast.handler("C-MARKET"), case) == ""
    assert "supervisor@hotline" in stands(cast.supervisor, case)


# ---- contact data and the caller's own words


def test_contact_data_is_for_the_hotline_and_present_holders(cast):
    case = cast.dispatched()
    give_back(cast, case, "C-HOUSING")
    send(cast, case, "C-MARKET")
    give_back(cast, case, "C-MARKET", at=MONDAY + DAY)
    send(cast, case, "C-CITY_MGMT", at=MONDAY + DAY + 4 * HOUR)
    cast.add_assist(case, "C-HEALTH", at=MONDAY + DAY + 5 * HOUR)
    table = {
        cast.operator: True,
        cast.caller_back: True,
        cast.handler(): True,  # first
        cast.handler("C-MARKET"): False,  # past
        cast.handler("C-CITY_MGMT"): True,  # lead
        cast.handler("C-HEALTH"): True,  # assist
        cast.county_dispatcher: False,  # foreign
        cast.officer("c-discipline-jj"): False,
    }
    holdings = list(case.holdings.select_related("department"))
    assert {o.username: sees_contact(o, case, relations(o, case, holdings)) for o in table} == {
        o.username: may for o, may in table.items()
    }


def test_of_a_confidential_case_contact_data_and_words_stay_with_the_hotline(cast):
    case = cast.dispatched(demand_type="report", secrecy="confidential")
    holdings = list(case.holdings.select_related("department"))
    table = {
        cast.shift_lead: (True, True),
        cast.operator: (False, True),
        cast.reviewer(): (False, False),
        cast.handler(): (False, False),
    }
    for officer, expected in table.items():
        held = relations(officer, case, holdings)
        assert (sees_contact(officer, case, held), sees_original(case, held)) == expected, officer.username
    plain = cast.dispatched()
    assert sees_original(plain, set())
