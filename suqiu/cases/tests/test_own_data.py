"""Is the citizen answered about his data in time, does a deletion take two, and is kept what the law keeps?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from suqiu.cases import journal, own_data
from suqiu.cases.anonymising import REMOVED
from suqiu.cases.models import Content, DataRequest
from suqiu.citizens.models import Person
from suqiu.directory.models import OfficeLine
from tests.cast import MONDAY
from tests.reading import refused

LATER = MONDAY + timedelta(days=3)


def ask(case, kind="delete", key="k", **more) -> DataRequest:
    return own_data.ask(case=case, kind=kind, at=LATER, key=key, **more)


def answer(request, by, *, is_granted=True, words="照办", at=LATER, **more) -> DataRequest:
    return own_data.answer(request=request, by=by, at=at, is_granted=is_granted, words=words, **more)


def test_a_request_has_its_own_clock_of_fifteen_working_days(cast):
    asked = ask(cast.closed())
    assert f"{asked.due_at.astimezone(MONDAY.tzinfo):%m-%d %H:%M}" == "07-03 17:00"  # over a holiday of one day
    assert asked.explanation[0][0] == "from"


def test_a_correction_is_made_when_it_is_granted(cast):
    case = cast.closed()
    asked = ask(case, "correct", name="王桂芬", preferred_time="晚上")
    answer(asked, cast.intake_reviewer)
    person = Person.objects.get(pk=case.person_id)
    assert (person.name, person.preferred_time, person.phone) == ("王桂芬", "晚上", cast.caller_phone)
    assert journal.verify(number=case.number).findings == []


@pytest.mark.parametrize("name", ["王**", "", " 王** "])
def test_a_name_that_was_shown_masked_and_sent_back_changes_nothing(cast, name):
    """peers 18: saving a form that showed masked values leaves the stored values intact."""
    case = cast.closed()
    asked = ask(case, "correct", name=name, words="地址写错了")
    assert asked.name_sealed == b""
    answer(asked, cast.intake_reviewer)
    assert Person.objects.get(pk=case.person_id).name == "王桂芳"
    with refused(422, "写一下哪里不对", field="words"):
        ask(case, "correct", key="k2", name=name, preferred_time=case.person.preferred_time)


def test_a_deletion_takes_two_persons_and_forgets_the_name_while_the_words_are_kept_by_law(cast):
    case = cast.closed()
    asked = answer(ask(case), cast.intake_reviewer)
    assert (asked.state, asked.is_whole) == ("second", False)
    assert Person.objects.get(pk=case.person_id).name == "王桂芳", "nothing is deleted yet"
    with refused(403, "不能自己同意自己"):
        own_data.confirm(request=asked, by=cast.intake_reviewer, at=LATER)
    for officer in (cast.operator, cast.dispatcher, cast.administrator, cast.handler()):
        with refused(403, "不能做删除的第二人"):
            own_data.confirm(request=asked, by=officer, at=LATER)
    own_data.confirm(request=asked, by=cast.shift_lead, at=LATER)
    case.refresh_from_db()
    assert (case.person.name, case.person.phone, case.person.phone_index) == ("", "", "")
    assert Content.objects.filter(case=case, name="text").get().body, "kept until its time is over"
    assert journal.verify().findings == []
    acts = list(OfficeLine.objects.order_by("at", "pk").values_list("act", flat=True))
    assert sorted(acts) == ["data_answered", "data_asked", "data_done", "forget_person"]


def test_when_the_years_are_over_everything_goes(cast):
    case = cast.closed()
    late = MONDAY.replace(year=MONDAY.year + 11)
    asked = answer(ask(case, words="我叫王桂芳，请全部删掉"), cast.intake_reviewer, at=late)
    assert asked.is_whole
    own_data.confirm(request=asked, by=cast.shift_lead, at=late)
    case.refresh_from_db()
    assert case.title == REMOVED and not Content.objects.exclude(body="").exists()
    assert DataRequest.objects.get().words == "", "his request told his name"
    assert journal.verify().findings == []


def test_the_second_may_send_it_back(cast):
    asked = answer(ask(cast.closed()), cast.intake_reviewer)
    back = own_data.send_back(request=asked, by=cast.shift_lead, at=LATER)
    assert (back.state, back.by, back.answer) == ("waiting", None, "")


def test_while_it_is_open_his_number_is_needed(cast):
    case = cast.in_hand()
    with refused(409, "还没办完"):
        answer(ask(case), cast.intake_reviewer)


def test_a_no_names_its_basis(cast):
    asked = ask(cast.closed())
    with refused(422, "写明依据", field="basis"):
        answer(asked, cast.intake_reviewer, is_granted=False)
    done = answer(asked, cast.intake_reviewer, is_granted=False, basis="个人信息保护法第四十七条第二款")
    assert done.state == "declined" and done.decided_at == LATER


def test_asked_twice_it_is_one_and_a_second_kind_is_another(cast):
    case = cast.closed()
    assert ask(case) == ask(case)
    with refused(409, "正在办"):
        ask(case, key="k2")
    ask(case, "correct", key="k3", words="姓写错了")
    other = cast.closed()
    with refused(409, "用过了"):
        ask(other)


def test_who_may_answer(cast):
    asked = ask(cast.closed())
    for officer in (cast.operator, cast.outsider, cast.handler(), cast.reviewer(), cast.administrator, cast.leader):
        with refused(403, "由班长和受理审核员"):
            answer(asked, officer)


def test_the_database_itself_wants_a_second_person_for_a_deletion(cast):
    asked = answer(ask(cast.closed()), cast.intake_reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=asked.pk).update(state="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=asked.pk).update(second=cast.intake_reviewer)
