"""Is handling, closing and ruling refused to third-party staff at every door, whatever roles somebody gave them?

Made from the table of steps and the list of addresses: a new row or a new page is asked too.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from suqiu.cases.flow import STEPS
from suqiu.cases.models import Line
from suqiu.desk.tests.conftest import *  # noqa: F403  the clock and the seats of the desk
from suqiu.desk.tests.conftest import NOW, Seated
from suqiu.directory.models import Grant, Role

HANDLING = [row for row in STEPS if row.is_handling and row.is_offered]
OF_HOTLINE = {w.split("@")[0] for row in STEPS for w in row.who if w.endswith(("@hotline", "@city"))}


def addresses_of_a_case() -> list[str]:
    """Every path of the desk with one case in it and nothing else to fill in."""

    def paths(patterns, before=""):
        for p in patterns:
            here = before + str(p.pattern)
            if isinstance(p, URLResolver):
                yield from paths(p.url_patterns, here)
            elif isinstance(p, URLPattern):
                yield here

    found = sorted(p for p in paths(get_resolver().url_patterns) if p.startswith("desk/") and "<str:number>" in p)
    return [f"/{p}" for p in found if p.count("<") == 1]


@pytest.fixture
def outsiders(cast):
    """One of a contractor at the hotline and one in a unit, with every role there is."""
    in_unit = cast.officer("c-housing-jb2")
    units = ("handler", "reviewer", "unit_leader")
    for who, department, roles in ((cast.outsider, "HOTLINE", OF_HOTLINE), (in_unit, "C-HOUSING", units)):
        type(who).objects.filter(pk=who.pk).update(is_third_party=True)
        for role in roles:
            Grant.objects.get_or_create(
                officer=who, role=role, department_id=department, defaults={"since": NOW.date()}
            )
    assert Role.DISPATCHER in OF_HOTLINE and Role.LEADER in OF_HOTLINE
    return [Seated(cast.outsider), Seated(cast.officer("c-housing-jb2"))]


def test_no_step_of_handling_by_any_door(cast, outsiders):
    cases = [cast.accepted(), cast.in_hand(), cast.replied(), cast.sent()]
    before, tried = Line.objects.count(), 0
    for desk in outsiders:
        for case in cases:
            for row in (r for r in HANDLING if case.state in r.start):
                address = desk.step_url(case, row.name)
                assert desk.open(address).status_code in (403, 404), (desk.username, case.state, row.name)
                answer = desk.send(address, {"seen": str(case.line_no), "words": "办了", "is_upheld": "yes"})
                assert answer.status_code in (403, 404, 422), (row.name, answer.status_code)
                tried += 1
    assert Line.objects.count() == before and tried > 60


def test_no_page_of_a_case_takes_a_step_for_them(cast, outsiders):
    """Beside the step's own page: review, follow-up call, the telephone's pages, and whatever comes."""
    cases, addresses = [cast.in_hand(), cast.replied(), cast.sent()], addresses_of_a_case()
    assert "/desk/review/<str:number>/" in addresses and len(addresses) > 6
    before = Line.objects.count()
    said = {"approve": "1", "verdict": "solved", "words": "办了", "outcome": "answered", "close": "1", "key": "k"}
    for desk in outsiders:
        for case in cases:
            for address in addresses:
                answer = desk.send(address.replace("<str:number>", case.number), said | {"seen": str(case.line_no)})
                assert answer.status_code < 500, address
    assert Line.objects.count() == before


def test_they_take_nothing_out_and_second_nothing(outsiders):
    for desk in outsiders:
        for address in ("/desk/secrecy/exports/", "/desk/secrecy/leak/", "/desk/secrecy/data/"):
            assert desk.open(address).status_code == 403, (desk.username, address)
