"""Is a case open only to the caller whose number or code it has, and does a lost code go to his own number alone?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.citizens.contact import code_hash
from suqiu.directory.models import OfficeLine
from suqiu.gateways.models import Message
from suqiu.intake import actions, callers
from suqiu.intake.demand import Demand
from tests.cast import MONDAY
from tests.reading import refused

LATER = MONDAY + timedelta(hours=1)


def prove(cast, case, way, said, *, by="hw02", at=LATER):
    return callers.prove(by=cast.officer(by), number=getattr(case, "number", case), way=way, said=said, at=at)


def test_the_number_he_calls_from_or_the_code_proves_it(cast):
    case = cast.case()
    assert prove(cast, case, "number", "+86 138-1234-2217") == case
    assert prove(cast, case, "code", f"{case.code[:4]} {case.code[4:]}") == case
    assert [ln.says for ln in OfficeLine.objects.filter(act="caller_proved").order_by("no")] == [
        {"case": case.number, "way": "number"},
        {"case": case.number, "way": "code"},
    ]


@pytest.mark.parametrize(
    ("way", "said"), [("number", "13900009999"), ("number", ""), ("code", "00000000"), ("code", "")]
)
def test_nothing_else_does(way, said, cast):
    case = cast.case()
    assert prove(cast, case, way, said if said != case.code else "1") is None
    assert prove(cast, "GY2606080000", way, said) is None
    assert OfficeLine.objects.filter(act="caller_not_proved").count() == 2
    assert not OfficeLine.objects.filter(act="caller_proved").exists()


def test_a_case_without_a_number_is_not_proved_by_no_number(cast):
    case = actions.receive(demand=Demand(text="没留电话的"), by=cast.operator, at=MONDAY, key="no-number")[0]
    assert prove(cast, case, "number", "") is None


@pytest.mark.parametrize("who", ["pd01", "hf01", "c-housing-jb1", "k-510824-pd1"])
def test_only_who_takes_calls_speaks_for_callers(who, cast):
    case = cast.case()
    with refused(403, "受理岗"):
        prove(cast, case, "code", case.code, by=who)


def test_too_many_wrong_ones_lock_this_case_softly(cast):
    case, other = cast.case(), cast.case()
    for n in range(callers.WRONG_PER_NUMBER):
        assert prove(cast, case, "code", "00000000", at=LATER + timedelta(seconds=n)) is None
    with refused(429, "请等 15 分钟"):
        prove(cast, case, "code", case.code, by="hw01", at=LATER + timedelta(seconds=9))
    assert prove(cast, other, "code", other.code, at=LATER + timedelta(seconds=9)) == other
    assert prove(cast, case, "code", case.code, at=LATER + timedelta(minutes=16)) == case


def test_one_officer_does_not_try_case_after_case(cast):
    for n in range(callers.WRONG_PER_OFFICER):
        prove(cast, f"GY26060{n:05d}", "code", "00000000", at=LATER + timedelta(seconds=n))
    case = cast.case()
    with refused(429):
        prove(cast, case, "code", case.code, at=LATER + timedelta(minutes=1))
    assert prove(cast, case, "code", case.code, by="hw01", at=LATER + timedelta(minutes=1)) == case


def test_a_lost_code_goes_to_the_registered_number_only(cast):
    case = cast.case()
    assert callers.replace_code(case=case, by=cast.operator, at=LATER, key="k1") is True
    case.refresh_from_db()
    message = Message.objects.get(key__startswith="code:")
    code = message.body.split("查询码：")[1][:9]
    assert case.query_code_hash == code_hash(code) != code_hash(case.code)
    assert message.to_masked == "138****2217"
    line = OfficeLine.objects.get(act="replace_code")
    assert line.says == {"case": case.number} and line.by_id == cast.operator.pk
    assert callers.replace_code(case=case, by=cast.operator, at=LATER, key="k1") is False  # pressed twice
    assert Message.objects.filter(key__startswith="code:").count() == 1


def test_not_more_than_three_codes_a_day(cast):
    case = cast.case()
    for n in range(3):
        callers.replace_code(case=case, by=cast.operator, at=LATER, key=f"k{n}")
    with refused(429, "3 次"):
        callers.replace_code(case=case, by=cast.operator, at=LATER + timedelta(hours=1), key="k9")
    assert callers.replace_code(case=case, by=cast.operator, at=LATER + timedelta(days=2), key="k9")


def test_who_left_no_number_is_told_what_to_do(cast):
    case = actions.receive(demand=Demand(text="没留电话的"), by=cast.operator, at=MONDAY, key="no-number")[0]
    with refused(422, "没有登记电话"):
        callers.replace_code(case=case, by=cast.operator, at=LATER, key="k")
    assert not Message.objects.exists()
