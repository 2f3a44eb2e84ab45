"""Whose duty is it here, who is on duty tonight, and what does the office journal keep?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone, translation

from suqiu.directory import chain, office, queries
from suqiu.directory.models import (
    Area,
    CatalogueVersion,
    Department,
    Duty,
    Grant,
    Matter,
    OfficeLine,
    Officer,
    Role,
    Substitute,
)
from tests.cast import MONDAY

DAY = timedelta(days=1)


# ---- the owner of a matter


def owner(duty: str, power: str, area: str) -> str:
    found = queries.owner_of(Matter(owner_duty=duty, power=power), Area.objects.get(code=area))
    return found.code if found else ""


@pytest.mark.parametrize(
    ("duty", "power", "area", "code"),
    [
        ("housing", "county", "510802001", "B-510802-HOUSING"),  # from the town up to the county's bureau
        ("housing", "county", "510802", "B-510802-HOUSING"),
        ("housing", "county", "510800", "C-HOUSING"),
        ("housing", "city", "510802001", "C-HOUSING"),  # the city's own power is never looked for below
        ("housing", "county", "510821", "K-510821"),  # no such bureau: the county's centre stands in
        ("housing", "county", "510821100", "K-510821"),
        ("housing", "city", "510821", "C-HOUSING"),
        ("town", "town", "510802001", "T-510802001"),
        ("town", "town", "510824104", "K-510824"),  # a town without an office of its own in this directory
        ("town", "county", "510802001", "K-510802"),  # the county's power is not the town's
        ("gas", "county", "510821", "C-GAS"),  # a utility serves the whole city: no centre stands in for it
        ("gas", "city", "510824100", "C-GAS"),
        ("nobody", "city", "510802001", ""),
    ],
)
def test_the_duty_is_looked_for_up_the_area_tree(db, duty, power, area, code):
    assert owner(duty, power, area) == code


def test_a_department_that_is_no_more_owns_nothing(db):
    Department.objects.filter(code="B-510802-HOUSING").update(is_active=False)
    assert owner("housing", "county", "510802001") == "K-510802"
    Department.objects.filter(code="K-510802").update(is_active=False)
    assert owner("housing", "county", "510802001") == "C-HOUSING"


@pytest.mark.parametrize(
    ("owner_code", "stop"),
    [
        ("C-HOUSING", "C-HOUSING"),
        ("B-510802-HOUSING", "B-510802-HOUSING"),
        ("B-510824-HOUSING", "K-510824"),
        ("T-510824100", "K-510824"),
        ("K-510824", "K-510824"),
    ],
)
def test_the_first_stop_is_the_centre_where_the_county_goes_through_it(db, owner_code, stop):
    assert queries.first_stop(Department.objects.get(code=owner_code)).code == stop


def test_every_matter_has_an_owner_in_every_county(db):
    """No item of the catalogue leaves a dispatcher without a proposal."""
    areas = [Area.objects.get(code=c) for c in ("510802001", "510824100", "510821")]
    assert [(m.code, a.code) for m in queries.matters_now() for a in areas if queries.owner_of(m, a) is None] == []


def test_where_only_the_city_is_known_a_matter_of_the_towns_has_no_owner_yet(db):
    lacking = [m for m in queries.matters_now() if queries.owner_of(m, queries.city()) is None]
    assert lacking and {m.power for m in lacking} == {"town"}


def test_the_catalogue_in_force_is_the_latest_that_has_begun(db):
    first = queries.catalogue_now()
    CatalogueVersion.objects.create(number=2, valid_from=timezone.now() + DAY)
    assert queries.catalogue_now() == first
    second = CatalogueVersion.objects.create(number=3, valid_from=timezone.now() - timedelta(minutes=1))
    assert queries.catalogue_now() == second and queries.catalogue_now(timezone.now() - 30 * DAY) == first
    assert queries.matters_now() == [] and Matter.objects.filter(version=first).exists()


def test_each_item_that_can_be_chosen_says_what_a_reply_rests_on(db):
    found = queries.matters_now()
    assert len(found) >= 150 and {m.level for m in found} == {3}
    assert all(m.evidence_class in ("on_site", "explanation", "plan") and m.owner_duty and m.power for m in found)
    assert found[0].path.count(" › ") == 2


def test_renaming_a_matter_changes_no_code_and_no_history(cast):
    """peers 28."""
    case = cast.dispatched()
    line = case.lines.get(step="dispatch")
    Matter.objects.filter(pk=case.matter_id).update(name="改了名")
    case.refresh_from_db()
    assert (case.matter.code, line.says["matter"], line.columns["matter_id"]) == (
        cast.matter().code,
        case.matter_id,
        case.matter_id,
    )


# ---- areas and names


def test_an_area_knows_its_way_up(db):
    town = Area.objects.get(code="510824100")
    assert [a.code for a in town.chain()] == ["510824100", "510824", "510800"]
    assert (town.county.name, town.full_name, queries.city().county) == ("苍溪县", "苍溪县陵江镇", None)
    with translation.override("en"):
        assert town.full_name == "Lingjiang Town, Cangxi County"


# ---- officers


def test_a_grant_holds_from_its_first_day_to_its_last(db):
    officer, today = Officer.objects.get(username="hw01"), timezone.localdate()
    table = [
        (today, None, True),
        (today, today, True),
        (today + DAY, None, False),
        (today - 9 * DAY, today - DAY, False),
    ]
    for since, until, holds in table:
        Grant.objects.filter(officer=officer).update(since=since, until=until)
        assert Officer.objects.get(pk=officer.pk).has_role(Role.OPERATOR) == holds
        assert (officer in queries.officers_as(Role.OPERATOR, queries.hotline())) == holds


def test_who_has_left_is_not_among_the_officers(db):
    assert [o.username for o in queries.officers_as(Role.OPERATOR, queries.hotline())] == [
        "hw01",
        "hw02",
        "hw03",
        "zh01",
    ]
    Officer.objects.filter(username="hw02").update(is_active=False)
    assert [o.username for o in queries.officers_as(Role.OPERATOR, queries.hotline())] == ["hw01", "hw03", "zh01"]


def test_a_substitute_stands_in_while_named(db):
    first, second = (Officer.objects.get(username=f"c-housing-jb{n}") for n in (1, 2))
    assert queries.substitute_of(first) == second
    Substitute.objects.filter(officer=first).update(
        until=timezone.localdate() - DAY, since=timezone.localdate() - 9 * DAY
    )
    assert queries.substitute_of(first) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitute.objects.create(officer=first, substitute=first)


def test_who_is_woken_is_of_that_hour_and_of_the_unit_or_above_it(db):
    night = timezone.make_aware(datetime(2030, 1, 5, 23, 0))
    unit, city = Department.objects.get(code="C-HOUSING"), queries.hotline()
    assert queries.on_duty(unit, night) is None
    above = Duty.objects.create(
        department=city, officer=Officer.objects.get(username="bz01"), starts_at=night - DAY, ends_at=night + DAY
    )
    assert queries.on_duty(unit, night) == above.officer
    own = Duty.objects.create(
        department=unit, officer=Officer.objects.get(username="c-housing-fz"), starts_at=night, ends_at=night + DAY
    )
    assert queries.on_duty(unit, night) == own.officer
    assert queries.on_duty(unit, night + DAY) is None  # at the hour of hand-over the next one is awake
    assert queries.on_duty(unit, night - timedelta(seconds=1)) == above.officer


def test_the_citizen_is_shown_a_post_and_a_surname(db):
    officer = Officer.objects.get(username="c-housing-jb1")
    assert officer.shown_to_citizen == f"市住房和城乡建设局 经办人 {officer.full_name[0]}**"
    assert officer.full_name not in officer.shown_to_citizen


# ---- the office journal


def test_an_act_is_a_line_in_the_chain_of_its_department_and_year(cast):
    first = office.write(act="reveal", by=cast.operator, at=MONDAY, case="GY2606080001", reason="follow_up")
    second = office.write(act="export", by=cast.shift_lead, at=MONDAY + DAY, rows=12)
    other = office.write(act="reveal", by=cast.handler(), at=MONDAY, case="GY2606080001", reason="before_visit")
    system = office.write(act="seal", by=None, at=MONDAY, day=date(2026, 6, 8))
    next_year = office.write(act="export", by=cast.operator, at=timezone.make_aware(datetime(2027, 1, 1, 0, 0)), rows=1)
    assert [(line.chain, line.no) for line in (first, second, other, system, next_year)] == [
        ("HOTLINE/2026", 1),
        ("HOTLINE/2026", 2),
        ("C-HOUSING/2026", 1),
        ("system/2026", 1),
        ("HOTLINE/2027", 1),
    ]
    assert (first.prev, second.prev, first.by_id, system.by_id) == ("", first.hash, cast.operator.pk, None)
    assert (first.says, second.says, system.says) == (
        {"case": "GY2606080001", "reason": "follow_up"},
        {"rows": 12},
        {"day": "2026-06-08"},
    )
    for line in (first, second, other, system):
        assert chain.link(office.hashed(OfficeLine.objects.get(pk=line.pk))) == line.hash


def test_the_year_of_a_chain_is_the_citys_year(cast):
    """00:30 on New Year's Day in the city is still the old year in UTC."""
    line = office.write(
        act="reveal", by=cast.operator, at=timezone.make_aware(datetime(2027, 1, 1, 0, 30)), case="x", reason="verify"
    )
    assert line.chain == "HOTLINE/2027" and line.at.year == 2027


@pytest.mark.parametrize(
    "sql",
    ["UPDATE directory_officeline SET act = 'x'", "DELETE FROM directory_officeline", "TRUNCATE directory_officeline"],
)
def test_the_database_refuses_to_change_a_line(cast, sql):
    office.write(act="reveal", by=cast.operator, at=MONDAY, case="x", reason="verify")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert OfficeLine.objects.count() == 1


# ---- the canonical form


def test_the_canonical_form_is_the_same_bytes_whatever_the_order():
    at = timezone.make_aware(datetime(2026, 6, 8, 9, 0))
    one = chain.canonical({"b": [1, True, None], "a": {"y": at, "x": "水"}})
    assert one == chain.canonical({"a": {"x": "水", "y": at}, "b": (1, True, None)})
    assert one == '{"a":{"x":"水","y":"2026-06-08T01:00:00.000000Z"},"b":[1,true,null],"form":1}'.encode()


def test_a_moment_is_hashed_as_utc_whatever_its_zone():
    at = timezone.make_aware(datetime(2026, 6, 8, 9, 0))
    assert (
        chain.plain(at) == chain.plain(at.astimezone(timezone.get_fixed_timezone(0))) == "2026-06-08T01:00:00.000000Z"
    )
    assert (chain.plain(date(2026, 6, 8)), chain.plain({3, 1, 2}), chain.plain(Area(code="510800"))) == (
        "2026-06-08",
        [1, 2, 3],
        "510800",
    )


def test_a_digest_is_worthless_without_its_salt():
    salt = chain.new_salt()
    assert len(salt) == 32 and salt != chain.new_salt()
    assert chain.digest(salt, b"x") != chain.digest("", b"x") != chain.digest(salt, b"y")
