"""A meeting at the door: outsiders learn place and hour alone, each department files, and the citizen himself says whether he agrees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import periodic
from suqiu.cases.advance import CITIZEN
from suqiu.directory.models import Notice
from suqiu.gateways.models import Message
from suqiu.handling.models import Guest, Meeting
from tests.cast import MONDAY, run_jobs
from tests.reading import refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEETS = MONDAY + DAY


def called(cast, place: str = "翠屏社区 3 栋门口"):
    case = cast.in_hand()
    fields = {"place": place, "departments": [cast.department("C-MARKET")]}
    cast.do("call_meeting", case, cast.handler(), at=MONDAY + 2 * HOUR, meets_at=MEETS, **fields)
    return case


def invite(cast, case, at=MONDAY + 3 * HOUR, **more):
    return cast.do("invite", case, cast.handler(), at=at, **({"whom": "property", "phone": "139 0000 1234"} | more))


def test_an_outsider_is_told_place_and_hour_and_nothing_else(cast):
    case = called(cast)
    line = invite(cast, case)
    run_jobs()
    message = Message.objects.get(key__startswith="guest:")
    assert message.body == "【12345】请您 2026-06-09 09:00 到 翠屏社区 3 栋门口，配合现场处理。"
    assert message.case_number == ""  # nobody finds the case by the message
    for known in (case.number, case.title, "王", cast.caller_phone, "电梯", "诉求"):
        assert known not in message.body
    guest = Guest.objects.get()
    assert (bytes(guest.phone_sealed), guest.phone_masked) == (b"", "139****1234")
    assert case.contents.get(line_no=line.no).body == "139****1234" and "13900001234" not in str(line.says)


@pytest.mark.parametrize("place", ["王桂芳家楼下", "3 栋，到了打 13812342217"])
def test_a_place_that_names_him_goes_to_no_outsider(cast, place):
    case = called(cast, place)
    with refused(422, "写着姓名或号码"):
        invite(cast, case)
    assert not Guest.objects.exists()


def test_who_is_asked_and_when(cast):
    case = called(cast)
    with refused(422, "11 位手机号", field="phone"):
        invite(cast, case, phone="0839-3300001")
    with refused(409, "已经过了"):
        invite(cast, case, at=MEETS + HOUR)
    with refused(403, "不由您来做"):
        cast.do("invite", case, cast.handler("C-MARKET"), at=MONDAY + 3 * HOUR, whom="property", phone="13900001234")


def test_the_citizen_says_himself_whatever_the_unit_wrote(cast):
    case = called(cast)
    with refused(409, "还没有单位记下结果"):
        cast.do("confirm_meeting", case, CITIZEN, at=MEETS + HOUR, agrees="yes")
    cast.do("meet", case, cast.handler(), at=MEETS + HOUR, came="yes", words="当场定了", citizen_agrees="yes")
    line = cast.do("confirm_meeting", case, CITIZEN, at=MEETS + 2 * HOUR, agrees="no", words="只来了一家")
    meeting = Meeting.objects.get()
    assert (meeting.citizen_agrees, meeting.is_confirmed, meeting.confirmed_at) == (True, False, MEETS + 2 * HOUR)
    assert (line.actor, line.says) == ("citizen", {"agrees": "no"})
    with refused(409, "您已经说过了"):
        cast.do("confirm_meeting", case, CITIZEN, at=MEETS + 3 * HOUR, agrees="yes")
    with refused(403, "不由您来做"):
        cast.do("confirm_meeting", case, cast.handler(), at=MEETS + 3 * HOUR, agrees="yes")


def test_a_meeting_put_off_is_missed_at_its_new_hour(cast):
    """He asked for another day and the unit took it: who was called is expected then, and written down if he does not come."""
    case, later = called(cast), MEETS + 2 * DAY
    cast.citizen("ask_new_time", case, at=MONDAY + 3 * HOUR, promise=case.promises.get(), due_at=later, words="要住院")
    cast.do("decide_new_time", case, cast.handler(), at=MONDAY + 4 * HOUR, is_accepted="yes", words="行")
    assert case.clocks.get(kind="meeting", stopped_at=None).anchor_at == later
    periodic.steps_of_the_system(MEETS + DAY)
    assert not case.lines.filter(step="not_come").exists()
    periodic.steps_of_the_system(later + DAY)
    assert case.lines.get(step="not_come").says == {"departments": ["C-HOUSING", "C-MARKET"]}
    assert not case.clocks.filter(kind="meeting", stopped_at=None).exists()


def put_off(cast, case, promise, *, to, by=None, at=MONDAY + 4 * HOUR):
    fields = {"promise": promise, "due_at": to, "words": "电话里他说行"}
    return cast.do("renegotiate", case, by or cast.handler(), at=at, **fields)


def test_put_off_by_the_unit_with_his_yes_the_meeting_moves_too(cast):
    case, later = called(cast), MEETS + 2 * DAY
    put_off(cast, case, case.promises.get(), to=later)
    assert Meeting.objects.get().meets_at == later
    assert case.promises.get(replaced_by=None).what == "6 月 11 日 09:00，2 家单位到 翠屏社区 3 栋门口"
    run_jobs()
    rung = Notice.objects.filter(text__startswith="承诺改期").values_list("officer__username", flat=True)
    assert cast.handler("C-MARKET").username in rung and cast.handler().username not in rung
    periodic.steps_of_the_system(MEETS + DAY)
    assert not case.lines.filter(step="not_come").exists()
    with refused(409, "还没到时间"):
        cast.do("meet", case, cast.handler("C-MARKET"), at=MEETS + HOUR, came="yes", words="到了")
    cast.do("meet", case, cast.handler(), at=later + HOUR, came="yes", words="当场定了", citizen_agrees="yes")
    assert case.promises.get(replaced_by=None).kept_at == later + HOUR


def test_what_another_unit_promised_for_the_same_hour_is_its_own(cast):
    """Neither put off nor kept does it touch the meeting, nor the meeting it."""
    case = called(cast)
    theirs = {"what": "带检测仪来", "due_at": MEETS}
    line = cast.do("promise", case, cast.handler("C-MARKET"), at=MONDAY + 3 * HOUR, **theirs)
    own = case.promises.get(pk=line.says["promise"])
    cast.do("meet", case, cast.handler(), at=MEETS + HOUR, came="yes", words="当场定了", citizen_agrees="yes")
    assert set(case.promises.filter(kept_at=None)) == {own}
    put_off(cast, case, own, to=MEETS + DAY, by=cast.handler("C-MARKET"), at=MEETS + 2 * HOUR)
    assert Meeting.objects.get().meets_at == MEETS


def test_a_meeting_that_took_place_keeps_its_hour(cast):
    """Somebody has written down how it went: what is promised anew is no longer that meeting."""
    case = called(cast)
    cast.do("meet", case, cast.handler(), at=MEETS + HOUR, came="no", words="车坏了")
    put_off(cast, case, case.promises.get(), to=MEETS + 2 * DAY, at=MEETS + 2 * HOUR)
    assert Meeting.objects.get().meets_at == MEETS
    assert case.clocks.get(kind="meeting", stopped_at=None).anchor_at == MEETS
    assert case.promises.get(replaced_by=None).due_at == MEETS + 2 * DAY
