"""Is everybody told that his data got out, in time, and does nobody close that alone?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from suqiu.cases import breaches
from suqiu.cases.models import Breach
from suqiu.directory.models import OfficeLine
from suqiu.gateways.models import Message
from tests.cast import MONDAY
from tests.reading import refused

HOUR = timedelta(hours=1)


def report(by, *cases, key="k", at=MONDAY, words="物业微信群里有工单截图", numbers=None) -> Breach:
    return breaches.report(by=by, at=at, key=key, words=words, numbers=numbers or [c.number for c in cases])


def test_from_the_report_to_the_end(cast):
    case = cast.in_hand()
    breach = report(cast.handler(), case)
    assert breach.authority_by - MONDAY == 24 * HOUR and breach.tell_by - MONDAY == 72 * HOUR

    with refused(422, "还差：", "告知本人", "报告主管部门"):
        breaches.ask_to_close(breach=breach, by=cast.supervisor, at=MONDAY + HOUR, finding="查清了，一名物业人员")
    breaches.tell(breach=breach, by=cast.supervisor, at=MONDAY + HOUR)
    breach = breaches.tell(breach=breach, by=cast.supervisor, at=MONDAY + 2 * HOUR)
    assert (breach.told_at, breach.told_count, breach.untold_count) == (MONDAY + HOUR, 1, 0), "told once"
    assert Message.objects.filter(key__startswith="breach:").count() == 1
    breaches.tell_authority(breach=breach, by=cast.supervisor, at=MONDAY + 2 * HOUR, authority="市网信办，回执 12 号")
    breaches.ask_to_close(breach=breach, by=cast.supervisor, at=MONDAY + 3 * HOUR, finding="查清了，一名物业人员")
    for officer in (cast.supervisor, cast.handler()):
        with refused(403, ""):
            breaches.close(breach=breach, by=officer, at=MONDAY + 4 * HOUR)
    breach = breaches.close(breach=breach, by=cast.leader, at=MONDAY + 4 * HOUR)
    assert (breach.state, breach.asked_by, breach.closed_by) == ("closed", cast.supervisor, cast.leader)
    acts = list(OfficeLine.objects.filter(act__startswith="breach").order_by("at").values_list("act", flat=True))
    assert acts == ["breach_reported", "breach_told", "breach_authority_told", "breach_close_asked", "breach_closed"]


def test_a_message_to_each_who_left_a_number_and_the_others_counted(cast):
    case = cast.in_hand()
    nameless = cast.case(secrecy="anonymous")
    nameless.person.phone = ""
    nameless.person.save()
    breach = breaches.tell(breach=report(cast.supervisor, case, nameless), by=cast.supervisor, at=MONDAY + HOUR)
    assert (breach.told_count, breach.untold_count) == (1, 1)
    letter = Message.objects.get(key=f"breach:{breach.pk}:{case.pk}")
    assert case.number in letter.body and letter.to_masked == "138****2217" and cast.caller_phone not in letter.body


def test_the_second_person_may_send_it_back_with_what_is_missing(cast):
    breach = report(cast.handler(), cast.in_hand())
    breaches.tell(breach=breach, by=cast.supervisor, at=MONDAY)
    breaches.tell_authority(breach=breach, by=cast.supervisor, at=MONDAY, authority="市网信办")
    breaches.ask_to_close(breach=breach, by=cast.supervisor, at=MONDAY, finding="不知道是谁")
    breach = breaches.back(breach=breach, by=cast.leader, at=MONDAY + HOUR, words="泄露查询里三个人没问")
    assert breach.state == "open" and "三个人没问" in breach.finding


@pytest.mark.parametrize("numbers", [[], ["GY2601010001"], ["' or 1=1"], ["X" * 900]])
def test_no_such_number_and_one_he_may_not_see_are_the_same(cast, numbers):
    foreign = cast.in_hand(unit="C-MARKET")
    for given in (numbers, [foreign.number]):
        with refused(422, "", field="numbers"):
            report(cast.handler(), numbers=given)


def test_handled_by_those_whose_post_it_is_and_never_by_third_party_staff(cast):
    breach = report(cast.handler(), cast.in_hand())
    for officer in (cast.handler(), cast.operator, cast.dispatcher, cast.administrator, cast.outsider):
        with refused(403, "由热线中心的班长"):
            breaches.tell(breach=breach, by=officer, at=MONDAY)


def test_reported_twice_with_one_form_is_one(cast):
    case = cast.in_hand()
    assert report(cast.handler(), case) == report(cast.handler(), case) and Breach.objects.count() == 1


def test_the_database_itself_closes_nothing_that_is_not_told(cast):
    breach = report(cast.handler(), cast.in_hand())
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.filter(pk=breach.pk).update(state="closed", closed_by=cast.leader, closed_at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        breach.delete()
