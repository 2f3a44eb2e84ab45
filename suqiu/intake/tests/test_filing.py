"""线下代办: filed for him with his consent; he has the code, and who filed has gained nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.advance import Actor
from suqiu.cases.models import Case
from suqiu.gateways.models import Message
from suqiu.intake import callers
from suqiu.intake.channels import assisted
from suqiu.intake.filing import Consent, file_for
from suqiu.intake.models import Filing
from tests.cast import MONDAY
from tests.reading import holders, last, refused, words, written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGREED = Consent("spoken", MONDAY - HOUR, "你帮我报一下，我不会弄手机")


def filed(cast, by=None, *, consent=AGREED, key="f1", **more) -> tuple[Case, str]:
    demand = assisted.read(assisted.SAMPLE | more)
    return file_for(demand=demand, consent=consent, by=by or cast.handler(), at=MONDAY, key=key)


@pytest.fixture
def officer(cast):
    return cast.handler()


def test_it_is_his_case_with_who_filed_and_how_he_agreed(cast, officer):
    case, code = filed(cast, officer)
    line = last(case)
    said = {"channel": "assisted", "kind": "citizen", "consent": "spoken", "consent_at": AGREED.at.isoformat()}
    assert written(line)[:4] == ("receive", "citizen", officer.username, "C-HOUSING")
    assert {**line.says, "consent_at": ""} == {**said, "consent_at": ""} and words(line)["consent"] == AGREED.words
    row = Filing.objects.get()
    assert (row.case, row.by, row.department_id, row.consent_way, row.consent_at, row.code_way) == (
        case, officer, "C-HOUSING", "spoken", AGREED.at, "sms",
    )  # fmt: skip
    assert (case.person.name, holders(case), code) == ("赵素珍", [("lead", "HOTLINE")], "")


def test_the_code_goes_to_him_alone_and_says_that_somebody_filed(cast, officer):
    case, code = filed(cast, officer)
    body = Message.objects.get(key=f"filed:{case.pk}").body
    assert code == "" and case.number in body and str(officer.department) in body and "没有同意过" in body


def test_who_can_get_no_message_gets_it_on_paper_once(cast, officer):
    case, code = filed(cast, officer, phone="08393220000")
    assert len(code) == 8 and Filing.objects.get().code_way == "paper"
    assert not Message.objects.filter(key=f"filed:{case.pk}").exists()
    again, nothing = filed(cast, officer, phone="08393220000")
    assert (again, nothing, Filing.objects.count()) == (case, "", 1)


def test_who_filed_sees_rates_and_withdraws_nothing_by_it(cast, officer):
    case, _code = filed(cast, officer)
    assert not Case.objects.visible_to(officer).filter(pk=case.pk).exists()
    for name, fields in (("withdraw", {}), ("caller_adds", {"words": "催"})):
        with refused(403, "不由您来做"):
            cast.do(name, case, Actor("citizen", officer), at=MONDAY + HOUR, **fields)


def test_an_operator_who_filed_does_not_take_his_call(cast):
    """Not even with the right code; a colleague does."""
    case, code = filed(cast, cast.operator, phone="")
    said = {"number": case.number, "way": "code", "said": code, "at": MONDAY + HOUR}
    with refused(403, "不能再由您替他"):
        callers.prove(by=cast.operator, **said)
    assert callers.prove(by=cast.shift_lead, **said) == case


def test_an_operator_who_filed_in_confidence_does_not_read_it(cast):
    """Who takes a call sees the confidential case he wrote down; who filed for somebody else does not."""
    case, _code = filed(cast, cast.operator, secrecy="confidential")
    taken = cast.case(secrecy="confidential")
    seen = Case.objects.visible_to(cast.operator)
    assert not seen.filter(pk=case.pk).exists() and seen.filter(pk=taken.pk).exists()


@pytest.mark.parametrize(
    ("more", "consent", "field"),
    [
        ({"name": " "}, AGREED, "name"),
        ({"secrecy": "anonymous"}, AGREED, "secrecy"),
        ({}, Consent("nodded", AGREED.at, AGREED.words), "consent_way"),
        ({}, Consent("spoken", MONDAY + DAY, AGREED.words), "consent_at"),
        ({}, Consent("spoken", MONDAY - 31 * DAY, AGREED.words), "consent_at"),
        ({}, Consent("spoken", AGREED.at, "行"), "consent_words"),
    ],
)
def test_without_his_consent_nothing_is_filed(cast, officer, more, consent, field):
    with refused(422, field=field):
        filed(cast, officer, consent=consent, **more)
    assert not Case.objects.exists() and not Filing.objects.exists()


def test_not_everybody_files(cast):
    with refused(403, "线下代办由"):
        filed(cast, cast.leader)
