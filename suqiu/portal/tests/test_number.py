"""Is it his number? A code by SMS confirms it; without one the case says so; who lost the query code gets in by it, and nobody else."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError

from suqiu.cases.models import Case
from suqiu.citizens.models import Person, PhoneCode
from suqiu.gateways.models import Message
from suqiu.portal import locks, number_views

WORDS = "翠屏社区 3 栋的路灯从上周起不亮，晚上老人摔了一跤。"
PHONE = "138 1234 2217"


def text_message() -> Message:
    return Message.objects.filter(key__startswith="phone-code:").order_by("id").last()


def digits() -> str:
    return re.search(r"验证码 (\d{6})，", text_message().body)[1]


@pytest.fixture
def handed_in(citizen) -> Case:
    assert citizen.hand_in(words=WORDS, phone=PHONE).status_code == 303
    return Case.objects.get()


def enter(citizen, case: Case, code: str, **more):
    return citizen.send(f"/case/{case.number}/number/", {"sms": code} | more)


def page_of(citizen, case: Case) -> str:
    return citizen.open(f"/case/{case.number}/").content.decode()


def test_a_code_is_sent_at_once_and_kept_only_as_a_digest(citizen, handed_in):
    assert (text_message().to_masked, text_message().channel) == ("138****2217", "sms")
    assert handed_in.number in text_message().body
    kept = PhoneCode.objects.get()
    assert digits() not in str(vars(kept)) and "13812342217" not in str(vars(kept))
    page = citizen.open("/submitted/").content.decode()
    assert "138****2217" in page and 'autocomplete="one-time-code"' in page and digits() not in page


def test_the_right_code_confirms_the_number_and_the_page_stays_with_its_query_code(citizen, handed_in):
    code = citizen.open("/submitted/").context["code"]
    assert "未核实号码" in page_of(citizen, handed_in)
    answer = enter(citizen, handed_in, digits(), back="submitted")
    assert (answer.status_code, answer["Location"]) == (303, "/submitted/")
    again = citizen.open("/submitted/").content.decode()
    assert code in again and "核实过了" in again and "one-time-code" not in again
    assert "未核实号码" not in page_of(citizen, handed_in) and Person.objects.get().is_phone_confirmed
    assert enter(citizen, handed_in, digits()).status_code == 303, "pressed twice"


def test_wide_digits_and_gaps_are_read(citizen, handed_in):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in digits())
    assert enter(citizen, handed_in, f" {wide[:3]} {wide[3:]} ").status_code == 303


def test_five_tries_and_ten_minutes(citizen, handed_in, clock):
    right = digits()
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        answer = enter(citizen, handed_in, wrong)
        assert answer.status_code == 422 and f"还能试 {left} 次" in answer.content.decode()
    locked = enter(citizen, handed_in, right)
    assert locked.status_code == 429 and "再发一条" in locked.content.decode()
    clock.shift(timedelta(seconds=61))
    assert citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"}).status_code == 303
    clock.shift(timedelta(minutes=10, seconds=1))
    late = enter(citizen, handed_in, digits())
    assert late.status_code == 410 and "10 分钟" in late.content.decode()
    assert not Person.objects.get().is_phone_confirmed


def test_another_message_after_a_minute_and_the_last_one_counts(citizen, handed_in, clock):
    first = digits()
    early = citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"})
    assert early.status_code == 429 and "再等 60 秒" in early.content.decode()
    assert Message.objects.filter(key__startswith="phone-code:").count() == 1
    clock.shift(timedelta(seconds=60))
    assert citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"}).status_code == 303
    second = digits()
    if first != second:
        assert enter(citizen, handed_in, first).status_code == 422
    assert enter(citizen, handed_in, second).status_code == 303


def test_nobody_is_flooded_with_messages(citizen, handed_in, clock):
    for _more in range(9):
        clock.shift(timedelta(minutes=20))
        assert citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"}).status_code == 303
    clock.shift(timedelta(minutes=20))
    full = citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"})
    assert full.status_code == 429 and "12345" in full.content.decode()
    assert citizen.hand_in(words="又一件事，井盖翘了。", phone=PHONE).status_code == 303, "the demand itself is taken"
    assert Message.objects.filter(key__startswith="phone-code:").count() == 10
    clock.shift(timedelta(days=1))
    citizen.hand_in(words="第三件事，路灯不亮。", phone=PHONE)
    assert Message.objects.filter(key__startswith="phone-code:").count() == 11, "the next day"


def test_one_browser_asks_for_so_many_messages_an_hour(citizen, handed_in, monkeypatch, clock):
    monkeypatch.setitem(locks.MESSAGES, "session", 2)
    clock.shift(timedelta(minutes=2))
    assert citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"}).status_code == 303
    clock.shift(timedelta(minutes=2))
    full = citizen.send(f"/case/{handed_in.number}/number/", {"again": "1"})
    assert full.status_code == 429 and "打 12345" in full.content.decode()


@pytest.mark.parametrize("why", [DatabaseError("the outbox is locked"), OSError("no queue")])
def test_a_message_that_cannot_go_never_keeps_a_demand(citizen, monkeypatch, why):
    def refuse(**_said):
        raise why

    monkeypatch.setattr(number_views.outbox, "write", refuse)
    assert citizen.hand_in(words=WORDS, phone=PHONE).status_code == 303
    case = Case.objects.get()
    assert citizen.open("/submitted/").status_code == 200 and "未核实号码" in page_of(citizen, case)
    assert not PhoneCode.objects.exists(), "no wait for a message that was never sent"


@pytest.mark.parametrize("said", [{}, {"phone": "0839-3261234"}, {"phone": PHONE, "secrecy": "anonymous"}])
def test_no_code_where_no_message_can_go(citizen, said):
    assert citizen.hand_in(words=WORDS, **said).status_code == 303
    assert not PhoneCode.objects.exists() and "one-time-code" not in citizen.open("/submitted/").content.decode()
    shown = page_of(citizen, Case.objects.get())
    assert ("未核实号码" in shown) == (said.get("phone") == "0839-3261234"), "a landline is there, and not confirmed"


def test_a_number_typed_by_a_stranger_is_not_confirmed_by_its_owners_calls(citizen, cast):
    cast.case()
    Person.objects.update(is_phone_confirmed=True)
    citizen.hand_in(words=WORDS, phone=cast.caller_phone)
    case = Case.objects.get(channel="web")
    assert case.person.is_phone_confirmed and "未核实号码" in page_of(citizen, case)


def test_a_caller_whose_number_was_shown_is_confirmed(citizen, cast):
    case = cast.case(is_phone_confirmed=True)
    citizen.prove(case)
    assert "核实过了" in page_of(citizen, case)


def test_only_who_knows_the_case_may_try(citizen, handed_in):
    stranger = type(citizen)()
    answer = enter(stranger, handed_in, digits())
    assert answer.status_code == 403 and not Person.objects.get().is_phone_confirmed


# ---- the query code is lost


def ask(citizen, number: str, phone: str):
    return citizen.send("/code/", {"number": number, "phone": phone})


def test_number_and_telephone_bring_a_message_that_opens_the_case(citizen, cast):
    case = cast.case()
    answer = ask(citizen, case.spoken_number, "+86 138-1234-2217")
    assert (answer.status_code, answer["Location"]) == (303, "/code/sms/")
    assert citizen.open("/code/sms/").status_code == 200
    opened = citizen.send("/code/sms/", {"sms": digits()})
    assert (opened.status_code, opened["Location"]) == (303, f"/case/{case.number}/")
    assert "电梯坏了三天" in page_of(citizen, case) and "核实过了" in page_of(citizen, case)
    assert citizen.open("/code/sms/").status_code == 303, "over"


@pytest.mark.parametrize("number, phone", [("right", "13900000000"), ("GY2606089999", "13812342217")])
def test_what_does_not_belong_together_gets_the_same_answer_and_no_message(citizen, cast, number, phone):
    """peers 24."""
    case = cast.case()
    before = Message.objects.count()
    answer = ask(citizen, case.number if number == "right" else number, phone)
    assert (answer.status_code, answer["Location"], Message.objects.count()) == (303, "/code/sms/", before)
    wrong = citizen.send("/code/sms/", {"sms": "123456"})
    assert wrong.status_code == 422 and case.number not in str(citizen.browser.session.get("portal.cases", {}))


def test_guessing_the_message_is_locked(citizen, cast):
    case = cast.case()
    ask(citizen, case.number, cast.caller_phone)
    right = digits()
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        assert citizen.send("/code/sms/", {"sms": wrong}).status_code == 422
    assert citizen.send("/code/sms/", {"sms": right}).status_code == 429
    other = type(citizen)()
    ask(other, case.number, "13900000000")
    assert other.send("/code/sms/", {"sms": right}).status_code == 429, "whoever tries"


def test_an_anonymous_case_sends_nothing(citizen, cast):
    citizen.hand_in(words=WORDS, phone=PHONE, secrecy="anonymous")
    ask(citizen, Case.objects.get().number, PHONE)
    assert text_message() is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"number": "GY1"},
        {"phone": "13812342217"},
        {"number": "GY1", "phone": "1381234"},
        {"number": "\x00", "phone": "\x00"},
    ],
)
def test_something_is_missing(citizen, db, said):
    assert citizen.send("/code/", said).status_code == 422


@pytest.mark.parametrize("sms", ["", " \x00", "x" * 21, "abcdef"])
def test_a_code_that_is_none(citizen, handed_in, sms):
    answer = enter(citizen, handed_in, sms)
    assert answer.status_code == 422 and "field-errors" in answer.content.decode()
