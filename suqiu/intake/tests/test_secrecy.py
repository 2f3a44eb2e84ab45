"""Is a secret kept from the moment somebody asks for it, and does it take two to open it again?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.models import Case, Content
from tests.cast import MONDAY
from tests.reading import refused

HOUR = timedelta(hours=1)


def correct(cast, case, by=None, **new):
    return cast.do("correct", case, by or cast.intake_reviewer, at=MONDAY + 4 * HOUR, **({"words": "怕报复"} | new))


@pytest.mark.parametrize("secrecy", ["confidential", "anonymous"])
def test_made_secret_after_dispatch_it_asks_for_the_rewritten_text_at_once(cast, secrecy):
    case = cast.in_hand()
    Content.objects.filter(case=case, name="rewritten").delete()
    with refused(422, "同时写好改写后的内容", field="rewritten"):
        correct(cast, case, secrecy=secrecy)
    correct(cast, case, secrecy=secrecy, rewritten="有住户反映电梯停运")
    assert case.secrecy == secrecy and "correction" not in case.evidence_held
    assert not Case.objects.visible_to(cast.unit_leader()).exists()


def test_before_dispatch_the_dispatcher_writes_it(cast):
    case = cast.accepted()
    correct(cast, case, secrecy="confidential")
    assert case.is_confidential


def test_the_title_is_not_among_the_points_that_a_unit_reads(cast):
    """Where the operator wrote no points the title stands for the whole: of a secret case it would be his own words."""
    secret = cast.accepted(asks="", secrecy="confidential")
    assert secret.title not in secret.asks.get().text
    later = cast.accepted(asks="")
    assert later.asks.get().text == later.title
    correct(cast, later, secrecy="confidential")
    assert later.title not in later.asks.get().text


def test_opening_what_was_secret_waits_for_a_second_person(cast):
    case = cast.in_hand(secrecy="confidential")
    correct(cast, case, secrecy="open")
    assert case.secrecy == "confidential" and "correction" in case.evidence_held
    with refused(403, "「更正」是您做的"):
        cast.do(
            "confirm_correction", case, cast.intake_reviewer, at=MONDAY + 5 * HOUR, is_right="yes", words="本人同意"
        )
    cast.do(
        "confirm_correction", case, cast.other_intake_reviewer, at=MONDAY + 5 * HOUR, is_right="yes", words="本人同意"
    )
    assert case.secrecy == "open"


def test_what_protects_is_not_put_off_by_what_waits(cast):
    case = cast.in_hand()
    with refused(422, "请单独改"):
        correct(cast, case, secrecy="confidential", rewritten="改写", evidence_class="explanation")
    assert case.secrecy == "general"


def test_whom_it_is_about_is_put_right_and_hidden_at_once(cast):
    case = cast.accepted()
    correct(cast, case, about_officer=cast.handler("C-MARKET"))
    assert (case.about_officer, case.about_department_id) == (cast.handler("C-MARKET"), "C-MARKET")
    assert not Case.objects.visible_to(cast.unit_leader("C-MARKET")).exists()


def test_one_of_the_hotline_is_hidden_from_alone(cast):
    case = cast.accepted(about_officer=cast.shift_lead)
    assert case.about_department is None
    assert not Case.objects.visible_to(cast.shift_lead).exists()
    assert Case.objects.visible_to(cast.other_shift_lead).get() == case


def test_who_holds_it_is_taken_out_first(cast):
    case = cast.in_hand()
    with refused(409, "先把它收回来", field="about_department"):
        correct(cast, case, about_department=cast.department("C-HOUSING"))
