"""Who may open what? Every address of the site × every set of grants × a case of one's own, a foreign one, one that was lost,
one first held, a confidential one, and one about oneself. An address without an expectation fails, and so does a set of grants.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from suqiu.cases.models import Attachment, Case, Look
from suqiu.cases.visibility import HOTLINE_CONFIDENTIAL
from suqiu.desk.queues import QUEUES
from suqiu.directory.models import Department, Grant, Officer
from tests.cast import photo

from .conftest import NOW, Seated

HOTLINE = {"operator", "shift_lead", "intake_reviewer", "dispatcher", "follow_up", "supervisor", "leader", "ruler"} | {
    "two_posts"
}
SECRET = {str(role) for role in HOTLINE_CONFIDENTIAL} | {"two_posts"}
UNIT = {"handler", "reviewer", "unit_leader"}
NOBODY = {"anonymous", "no_grant", "administrator", "county", "limited", "foreign_handler", "discipline"}
ALL = HOTLINE | UNIT | NOBODY

SEES = {
    "own": HOTLINE | UNIT,
    "foreign": HOTLINE,
    "past": HOTLINE | UNIT,
    "first": HOTLINE | UNIT,
    "confidential": SECRET | {"handler", "reviewer"},
    "about_me": HOTLINE | {"discipline", "foreign_handler"},
}
SEES_CONTACT = {
    "own": HOTLINE | UNIT,
    "foreign": HOTLINE,
    "past": HOTLINE,
    "first": HOTLINE | UNIT,
    "confidential": SECRET,
    "about_me": HOTLINE | {"foreign_handler"},
}
MAY_CONTACT = {
    "own": UNIT,
    "foreign": set(),
    "past": set(),
    "first": UNIT,
    "confidential": {"handler", "reviewer"},
    "about_me": {"foreign_handler"},
}
MAY_ADD = {"operator", "shift_lead", "intake_reviewer", "two_posts"}
MAY_MERGE = MAY_ADD | {"dispatcher"}
TWO_POSTS = {"operator", "dispatcher"}  # one officer with both grants, as small centres have


# ---- people and cases


def _seats(cast) -> dict[str, Seated]:
    """One officer for each set of grants."""
    named = {
        "operator": "hw02", "shift_lead": "bz02", "intake_reviewer": "sl02", "dispatcher": "pd02", "follow_up": "hf01", "supervisor": "db01",
        "leader": "ld01", "administrator": "gl01", "county": "k-510824-pd1", "handler": "c-housing-jb1", "reviewer": "c-housing-sh",
        "unit_leader": "c-housing-fz", "foreign_handler": "c-discipline-jb1", "discipline": "c-discipline-jj",
        "two_posts": "zh01",
    }  # fmt: skip
    found = {seat: Seated(cast.officer(username)) for seat, username in named.items()}
    found |= {
        seat: Seated(_new_officer(seat, role, area))
        for seat, role, area in (("ruler", "ruler", None), ("limited", "dispatcher", "510824"), ("no_grant", "", None))
    }
    return found | {"anonymous": Seated(None)}


def _new_officer(username: str, role: str, area: str | None) -> Officer:
    officer = Officer.objects.create(username=username, full_name="赵**", department_id="HOTLINE", password="!")
    if role:
        Grant.objects.create(officer=officer, role=role, department_id="HOTLINE", area_id=area, since=NOW.date())
    return officer


def _cases(cast) -> dict[str, Case]:
    housing = "C-HOUSING"
    made = {
        "own": cast.in_hand(),
        "foreign": cast.in_hand(unit="C-MARKET"),
        "past": _passed_on(cast, "C-CITY_MGMT", housing, "C-MARKET"),
        "first": _passed_on(cast, housing, "C-CITY_MGMT"),
        "confidential": cast.in_hand(secrecy="confidential"),
        "about_me": cast.in_hand(unit="C-DISCIPLINE", about_department=cast.department(housing)),
    }
    for case in made.values():
        lead = cast.officer(f"{case.lead_department_id.lower()}-jb1")
        if case.state == "S":
            cast.do("sign_in", case, lead, at=NOW)
        cast.do("visit", case, lead, at=NOW, visited_at=NOW, place="楼下", words="看了", after=[photo("办后.jpg")])
    return made


def _passed_on(cast, *units: str) -> Case:
    case = cast.dispatched(unit=units[0])
    for n, (loser, winner) in enumerate(pairwise(units)):
        at = NOW - timedelta(hours=3 - n)
        cast.do("sign_in", case, cast.handler(loser), at=at)
        cast.do("contact", case, cast.handler(loser), at=at, way="phone", outcome="connected", words="说了")
        cast.do("return_case", case, cast.reviewer(loser), at=at, ground="not_our_duty", basis="三定", words="说了")
        cast.do(
            "decide_return",
            case,
            cast.dispatcher if n % 2 else cast.other_dispatcher,
            at=at,
            is_upheld="yes",
            words="改派",
        )
        by = cast.other_dispatcher if n % 2 == 0 else cast.dispatcher
        cast.do(
            "dispatch", case, by, at=at + timedelta(minutes=10), matter=case.matter, department=cast.department(winner)
        )
    return case


# ---- what is expected of each address

Expected = Callable[[str, str], int]  # (seat, kind of case) -> status


def _signed_in(seat: str, status: int) -> int:
    return 302 if seat == "anonymous" else status


def _for_all(seat: str, kind: str) -> int:
    return _signed_in(seat, 200)


def _seen(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in SEES[kind] else 404)


def _contact_form(seat: str, kind: str) -> int:
    return _signed_in(seat, 404 if seat not in SEES[kind] else 200 if seat in MAY_CONTACT[kind] else 403)


def _adding_form(seat: str, kind: str) -> int:
    return _signed_in(seat, 404 if seat not in SEES[kind] else 200 if seat in MAY_ADD else 403)


def _revealed(seat: str, kind: str) -> int:
    return _signed_in(seat, 404 if seat not in SEES[kind] else 200 if seat in SEES_CONTACT[kind] else 403)


def _visit_form(seat: str, kind: str) -> int:
    """Who holds it goes and looks; the department that had it first only talks."""
    may = MAY_CONTACT[kind] if kind != "first" else set()
    return _signed_in(seat, 404 if seat not in SEES[kind] else 200 if seat in may else 403)


def _seen_now(seat: str, kind: str) -> int:
    """Who held it once does not see who calls about it now."""
    return _signed_in(seat, 404 if kind == "past" and seat in UNIT else _seen(seat, kind))


def _merge_form(seat: str, kind: str) -> int:
    return _signed_in(seat, 404 if seat not in SEES[kind] else 200 if seat in MAY_MERGE else 403)


def _may_take_in(seat: str, kind: str) -> int:
    """No case of that number is there: nothing is taken in, and the page is shown again."""
    return _signed_in(seat, 404 if _seen_now(seat, kind) == 404 else 303 if seat in MAY_MERGE else 403)


def _called(seat: str, kind: str) -> int:
    """Of a confidential case the unit is put through by the exchange, though it sees neither name nor number."""
    may = SEES_CONTACT[kind] | (MAY_CONTACT[kind] if kind == "confidential" else set())
    return _signed_in(seat, 404 if seat not in SEES[kind] else 303 if seat in may else 403)


def _after_photo(seat: str, kind: str) -> int:
    """Taken by the unit that has it now: not for who lost it before."""
    return _signed_in(seat, 200 if seat in SEES[kind] and not (kind == "past" and seat in UNIT) else 404)


def _demand_photo(seat: str, kind: str) -> int:
    """The caller's own, handed in with the demand: of a confidential case it stays with the hotline."""
    return _signed_in(seat, 200 if seat in SEES[kind] and not (kind == "confidential" and seat in UNIT) else 404)


def _operators(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in ("operator", "two_posts") else 403)


def _may_file(status: int) -> Expected:
    return lambda seat, kind: _signed_in(seat, status if seat in MAY_ADD | {"handler", "foreign_handler"} else 403)


def _at_the_telephone(status: int) -> Expected:
    """For who takes calls; a caller who has not proved his case is asked to, whatever the case."""
    return lambda seat, kind: _signed_in(seat, status if seat in MAY_ADD else 403)


def _administrators(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat == "administrator" else 403)


def _second_persons(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in ("administrator", "shift_lead", "leader") else 403)


def _no_such_change(seat: str, kind: str) -> int:
    return _signed_in(seat, 404 if seat in ("administrator", "shift_lead", "leader") else 403)


def _who_assign(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in ("reviewer", "unit_leader") else 403)


def _nothing_in_his_hands(seat: str, kind: str) -> int:
    return _signed_in(seat, 404)


def _peeked(seat: str, kind: str) -> int:
    """A piece of a page, for scripts: asked for as a page it is none, whoever asks."""
    return _signed_in(seat, 404)


def _shift_leads(status: int) -> Expected:
    return lambda seat, kind: _signed_in(seat, status if seat == "shift_lead" else 404)


def _takers_out(status: int) -> Expected:
    """Who answers for a post or a unit asks; shift lead, supervisor and leader agree."""
    may = {
        "shift_lead",
        "intake_reviewer",
        "dispatcher",
        "supervisor",
        "leader",
        "two_posts",
        "reviewer",
        "unit_leader",
    }
    may |= {"limited"}
    return lambda seat, kind: _signed_in(seat, status if seat in may else 403)


LEAK_READERS = {"shift_lead", "supervisor", "leader", "discipline"}


def _leak_readers(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in LEAK_READERS else 403)


def _leak_report(seat: str, kind: str) -> int:
    """A case that he may not see is one that does not exist, here too."""
    return _signed_in(seat, 403 if seat not in LEAK_READERS else 200 if seat in SEES[kind] else 404)


def _with_a_post(status: int) -> Expected:
    """Whoever works with cases may say that one got out; one that is not his to see does not exist."""
    return lambda seat, kind: _signed_in(seat, (403 if status == 200 else 404) if seat == "no_grant" else status)


def _answerers(status: int) -> Expected:
    may = {"shift_lead", "intake_reviewer", "leader"}
    return lambda seat, kind: _signed_in(seat, status if seat in may else 403)


def _no_code(seat: str, kind: str) -> int:
    return _signed_in(seat, 303)


def _callers_back(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat == "follow_up" else 403)


def _not_in_that_state(seat: str, kind: str) -> int:
    """Refused with the state; who held it once is told that it is gone."""
    is_gone = kind == "past" and seat in UNIT
    return _signed_in(seat, 404 if seat not in SEES[kind] else 403 if is_gone else 409)


def _no_objection(seat: str, kind: str) -> int:
    """None of these was objected to; who may see the case is told so."""
    return _signed_in(seat, 409 if seat in SEES[kind] else 404)


def _who_works_on_cases(seat: str, kind: str) -> int:
    return _signed_in(seat, 403 if seat in ("administrator", "no_grant") else 200)


def _supervisors(seat: str, kind: str) -> int:
    return _signed_in(seat, 200 if seat in ("supervisor", "leader") else 403)


MAY_LIMIT = {"shift_lead", "intake_reviewer", "supervisor"}


def _limiters(seat: str, kind: str) -> int:
    """None of these cases is closed: who may propose a limit is told why not here."""
    return _signed_in(seat, 404 if seat not in SEES[kind] else 409 if seat in MAY_LIMIT else 403)


def _judges_of_limits(status: int) -> Expected:
    return lambda seat, kind: _signed_in(seat, status if seat in MAY_LIMIT | {"leader"} else 403)


def _public(status: int) -> Expected:
    return lambda seat, kind: status


def _file(kind_of_file: str) -> Callable[[Case], str]:
    return lambda case: reverse("desk:file", args=[Attachment.objects.get(case=case, kind=kind_of_file).pk])


def _address(name: str, *more: str) -> Callable[[Case], str]:
    return lambda case: reverse(name, args=[case.number, *more])


# name of the address -> (how it is asked, its path for a case, what is expected); GET unless a posting is given
MATRIX: dict[str, list[tuple[dict | None, Callable[[Case], str], Expected]]] = {
    "desk:login": [(None, lambda case: "/login/", _public(200))],
    "desk:logout": [(None, lambda case: "/logout/", _public(405))],
    "desk:today": [(None, lambda case: "/desk/", _for_all)],
    "desk:queue": [],  # see below: by post
    "desk:queue_take": [],  # the same
    "desk:queue_views": [],  # the same
    "desk:go": [(None, lambda case: "/desk/go/", _for_all)],
    "desk:keys": [(None, lambda case: "/desk/keys/", _for_all)],
    "desk:peek": [(None, _address("desk:peek"), _peeked)],
    "desk:paper": [
        (None, _address("desk:paper", "case"), _seen),
        ({"key": "k"}, _address("desk:paper", "case"), _seen),
        (None, _address("desk:paper", "order"), _seen),
    ],
    "desk:shift": [(None, lambda case: "/desk/shift/", _shift_leads(200))],
    "desk:shift_note": [({"text": ""}, lambda case: "/desk/shift/hand-over/", _shift_leads(422))],
    "desk:shift_note_read": [({"answer": ""}, lambda case: "/desk/shift/hand-over/1/", _shift_leads(404))],
    "desk:case": [(None, _address("desk:case"), _seen)],
    "desk:step": [
        (None, _address("desk:step", "contact"), _contact_form),
        (None, _address("desk:step", "caller_adds"), _adding_form),
    ],
    "desk:reveal": [({"reason": "verify"}, _address("desk:reveal"), _revealed)],
    "desk:file": [(None, _file("after"), _after_photo), (None, _file("demand"), _demand_photo)],
    "desk:intake": [(None, lambda case: "/desk/intake/", _operators)],
    "desk:intake_saved": [(None, lambda case: "/desk/intake/saved/", _no_code)],
    "desk:phone_look": [({"phone": "13900009999"}, lambda case: "/desk/phone/look/", _operators)],
    "desk:phone_suggest": [({"words": "电梯坏了三天"}, lambda case: "/desk/phone/suggest/", _operators)],
    "desk:phone_draft": [(None, lambda case: "/desk/phone/draft/", _operators)],
    "desk:events": [(None, lambda case: "/desk/phone/events/", _at_the_telephone(200))],
    "desk:event": [(None, lambda case: "/desk/phone/events/1000000/", _at_the_telephone(404))],
    "desk:caller": [(None, lambda case: "/desk/phone/caller/", _at_the_telephone(200))],
    "desk:caller_case": [(None, _address("desk:caller_case"), _at_the_telephone(303))],
    "desk:caller_step": [(None, _address("desk:caller_step", "withdraw"), _at_the_telephone(303))],
    "desk:caller_code": [({"key": "1"}, _address("desk:caller_code"), _at_the_telephone(303))],
    "desk:file_for": [(None, lambda case: "/desk/filing/", _may_file(200))],
    "desk:filed": [(None, lambda case: "/desk/filing/done/", lambda seat, kind: _signed_in(seat, 303))],  # nobody has
    "desk:exports": [(None, lambda case: "/desk/secrecy/exports/", _takers_out(200))],
    "desk:export": [(None, lambda case: "/desk/secrecy/exports/999999/", _takers_out(404))],
    "desk:export_file": [({"x": "1"}, lambda case: "/desk/secrecy/exports/999999/file/", _takers_out(404))],
    "desk:leak": [
        (None, lambda case: "/desk/secrecy/leak/", _leak_readers),
        (None, lambda case: f"/desk/secrecy/leak/?number={case.number}", _leak_report),
    ],
    "desk:breaches": [(None, lambda case: "/desk/secrecy/breaches/", _with_a_post(200))],
    "desk:breach": [(None, lambda case: "/desk/secrecy/breaches/999999/", _with_a_post(404))],
    "desk:data_requests": [(None, lambda case: "/desk/secrecy/data/", _answerers(200))],
    "desk:data_request": [(None, lambda case: "/desk/secrecy/data/999999/", _answerers(404))],
    "desk:limits": [
        (None, lambda case: "/desk/limits/", _judges_of_limits(200)),
        (None, lambda case: "/desk/limits/?show=mine", _judges_of_limits(422)),
    ],
    "desk:limit": [(None, lambda case: "/desk/limits/999999/", _judges_of_limits(404))],
    "desk:limit_propose": [
        (None, _address("desk:limit_propose"), _limiters),
        (
            {"ground": "x"},
            _address("desk:limit_propose"),
            lambda s, k: 422 if _limiters(s, k) == 409 else _limiters(s, k),
        ),
    ],
    "desk:caller_limit": [(None, _address("desk:caller_limit"), _at_the_telephone(303))],
    "desk:search": [(None, lambda case: "/desk/search/?q=电梯", _for_all)],
    "desk:notices": [(None, lambda case: "/desk/notices/", _for_all)],
    "desk:catalogue": [(None, lambda case: "/desk/catalogue/", _for_all)],
    "desk:administration": [(None, lambda case: "/desk/administration/", _administrators)],
    "desk:administration_table": [(None, lambda case: "/desk/administration/table/officers/", _administrators)],
    "desk:administration_row": [(None, lambda case: "/desk/administration/table/grants/row/", _administrators)],
    "desk:administration_file": [(None, lambda case: "/desk/administration/table/officers/file/", _administrators)],
    "desk:administration_upload": [(None, lambda case: "/desk/administration/table/terms/upload/", _administrators)],
    "desk:administration_changes": [(None, lambda case: "/desk/administration/changes/", _second_persons)],
    "desk:administration_change": [(None, lambda case: "/desk/administration/changes/999999/", _no_such_change)],
    "desk:first_passwords": [(None, lambda case: "/desk/administration/passwords/", _administrators)],
    "desk:issue_password": [(None, lambda case: "/desk/administration/passwords/hw01/", _administrators)],
    "desk:own_password": [(None, lambda case: "/desk/password/", _for_all)],
    "desk:cases_of_officers": [(None, lambda case: "/desk/hand-over/", _who_assign)],
    "desk:give_cases": [(None, lambda case: "/desk/hand-over/hw01/", _nothing_in_his_hands)],
    "desk:mailbox": [(None, lambda case: "/desk/mailbox/", _for_all)],
    "desk:site": [(None, lambda case: "/desk/site/", _for_all)],
    "desk:site_worker": [(None, lambda case: "/desk/site/worker.js", _public(200))],
    "desk:site_me": [(None, lambda case: "/desk/site/me/", lambda seat, kind: 401 if seat == "anonymous" else 200)],
    "desk:site_shell": [(None, lambda case: "/desk/site/shell/visit/", _for_all)],
    "desk:site_visit": [(None, _address("desk:site_visit"), _visit_form)],
    "desk:site_contact": [(None, _address("desk:site_contact"), _contact_form)],
    "desk:site_call": [({"key": ""}, _address("desk:site_call"), _called)],
    "desk:site_sign": [(None, _address("desk:site_sign"), lambda seat, kind: _signed_in(seat, 303))],
    "desk:call_next": [(None, lambda case: "/desk/calls/next/", _callers_back)],
    "desk:call": [(None, _address("desk:call"), _not_in_that_state)],  # none of these waits for a call or a review
    "desk:ruling": [(None, _address("desk:ruling"), _no_objection)],
    "desk:rulings": [(None, lambda case: "/desk/ruling/", _who_works_on_cases)],
    "desk:overrides": [(None, lambda case: "/desk/ruling/overrides/", _supervisors)],
    "desk:review": [(None, _address("desk:review"), _not_in_that_state)],
    "desk:event_callers": [
        (None, _address("desk:event_callers"), _seen_now),
        ({"numbers": "GY1", "words": "同一件"}, _address("desk:event_callers"), _may_take_in),
    ],
    "desk:event_join": [(None, _address("desk:event_join"), _merge_form)],
    # the citizen's door knows no officers: who has not proved number and code sees no case there
    "portal:home": [(None, lambda case: "/", _public(200))],
    "portal:submit": [(None, lambda case: "/submit/", _public(200))],
    "portal:submitted": [(None, lambda case: "/submitted/", _public(303))],
    "portal:track": [
        (None, lambda case: "/track/", _public(200)),
        ({"number": "{number}", "code": "00000000"}, lambda case: "/track/", _public(422)),
    ],
    "portal:case": [(None, _address("portal:case"), _public(303))],  # to the page that asks for number and code
    "portal:step": [(None, _address("portal:step", "caller_adds"), _public(303))],
    "portal:data": [
        (None, _address("portal:data"), _public(303)),
        ({"delete": "1"}, _address("portal:data"), _public(403)),
    ],
    "portal:limit": [
        (None, _address("portal:limit"), _public(303)),
        ({"words": "不同意"}, _address("portal:limit"), _public(403)),
    ],
    "portal:number": [(None, _address("portal:number"), _public(303))],
    "portal:rate_answer": [({"satisfied": "5"}, _address("portal:rate_answer"), _public(403))],
    "portal:receipt": [(None, _address("portal:receipt"), _public(303))],
    "portal:lost_code": [(None, lambda case: "/code/", _public(200))],
    "portal:found_code": [(None, lambda case: "/code/sms/", _public(303))],
    "portal:leave": [({"done": "1"}, lambda case: "/leave/", _public(303))],
    "portal:privacy": [(None, lambda case: "/privacy/", _public(200))],
    "portal:manifest": [(None, lambda case: "/manifest.webmanifest", _public(200))],
    "portal:file": [
        (
            None,
            lambda case: reverse("portal:file", args=[Attachment.objects.filter(case=case).first().pk]),
            _public(404),
        )
    ],
    "portal:verify": [(None, lambda case: "/verify/", _public(200))],
    "portal:still": [(None, lambda case: "/still/nobody-has-this-token/", _public(404))],
    "portal:rate": [(None, lambda case: "/rate/nobody-has-this-token/", _public(404))],
}
NEVER_LEAKED = {
    "desk:event_callers",
    "desk:event_join",
    "desk:limit_propose",
    "desk:call",
    "desk:review",
    "desk:ruling",
    "desk:site_visit",
    "desk:site_contact",
    "desk:case",
    "desk:step",
    "desk:reveal",
    "desk:file",
}


def addresses() -> list[str]:
    """The names of all addresses of the site."""

    def names(patterns, space: str = ""):
        for p in patterns:
            if isinstance(p, URLResolver):
                yield from names(p.url_patterns, f"{p.namespace}:" if p.namespace else space)
            elif isinstance(p, URLPattern):
                yield f"{space}{p.name}"

    return sorted(names(get_resolver().url_patterns))


def test_every_address_has_an_expectation_and_a_name_of_its_own():
    assert addresses() == sorted(MATRIX)


def test_every_set_of_grants_has_a_seat(cast):
    """Each role at each kind of place that the city has is somebody's in the matrix."""
    seats = {
        ("operator", "hotline"), ("shift_lead", "hotline"), ("intake_reviewer", "hotline"), ("dispatcher", "hotline"), ("follow_up", "hotline"),
        ("supervisor", "hotline"), ("ruler", "hotline"), ("leader", "hotline"), ("administrator", "hotline"),
        ("dispatcher", "county_centre"), ("discipline", "discipline"),
    }  # fmt: skip
    units = {k for k in Department.Kind.values if k not in ("hotline", "county_centre")}
    seats |= {(role, kind) for role in UNIT for kind in units}  # a unit is a unit, whatever its kind
    assert set(Grant.objects.values_list("role", "department__kind")) <= seats


@pytest.mark.django_db
def test_who_may_open_what(cast, monkeypatch):
    """peers 16."""
    monkeypatch.setattr("suqiu.portal.locks.WRONG_PER_NUMBER", 10**6)
    monkeypatch.setattr("suqiu.portal.locks.WRONG_PER_VISITOR", 10**6)
    original = cast.case
    monkeypatch.setattr(cast, "case", lambda **known: original(**known, files=[photo("来电人.jpg")]))
    cases, seats, wrong, asked = _cases(cast), _seats(cast), [], 0
    assert set(seats) == ALL and set(cases) == set(SEES)
    once = set()  # an address that names no case is the same for all of them
    for kind, case in cases.items():
        for name, ways in MATRIX.items():
            for posted, path, expected in ways:
                address, sent = (
                    path(case),
                    {k: v.format(number=case.number) for k, v in posted.items()} if posted else None,
                )
                if (address, str(sent)) in once:
                    continue
                once.add((address, str(sent)))
                for seat, at_desk in seats.items():
                    answer = at_desk.send(address, sent) if sent is not None else at_desk.open(address)
                    asked += 1
                    if answer.status_code != expected(seat, kind):
                        wrong.append((name, seat, kind, answer.status_code, expected(seat, kind)))
                    if (
                        answer.status_code == 404
                        and name in NEVER_LEAKED
                        and case.title in answer.content.decode(errors="replace")
                    ):
                        wrong.append((name, seat, kind, "the title leaks"))
    assert wrong == []
    assert asked > 6 * 8 * len(ALL)
    by_username = {at_desk.username: seat for seat, at_desk in seats.items()}
    looked = Look.objects.values_list("officer__username", "case__number").distinct()
    kinds = {case.number: kind for kind, case in cases.items()}
    assert {(by_username[who], kinds[number]) for who, number in looked} == {
        (s, k) for k, who in SEES.items() for s in who
    }


@pytest.mark.django_db
def test_no_list_and_no_count_shows_what_a_page_hides(cast):
    cases, seats = _cases(cast), _seats(cast)
    queues, wrong = {q.name: q for q in QUEUES}, []
    places = {"county": "county", "discipline": "discipline", **dict.fromkeys(UNIT | {"foreign_handler"}, "unit")}
    for seat, at_desk in seats.items():
        if seat == "anonymous":
            continue
        shown = at_desk.open("/desk/").content.decode()
        for name, queue in queues.items():
            role = {"county": "dispatcher", "limited": "dispatcher", "foreign_handler": "handler"}.get(seat, seat)
            roles = TWO_POSTS if seat == "two_posts" else {role}
            has_it = bool(roles & set(queue.roles)) and places.get(seat, "hotline") == queue.place
            page = at_desk.queue(name)
            if page.status_code != (200 if has_it else 404):
                wrong.append((name, seat, page.status_code))
            for door in ("take", "views"):
                answer = at_desk.send(f"/desk/queue/{name}/{door}/")
                if answer.status_code != (422 if has_it else 404):
                    wrong.append((name, door, seat, answer.status_code))
            shown += page.content.decode()
        wrong += [
            (seat, kind, "is listed") for kind, case in cases.items() if case.number in shown and seat not in SEES[kind]
        ]
    assert wrong == []
