"""Does a caller on the line become a case in one form, with number and code to read aloud?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.models import Case
from suqiu.citizens.contact import code_hash
from suqiu.citizens.models import Person
from suqiu.directory.models import OfficeLine

from .conftest import said

KEY = "0" * 36
CALL = {
    "key": KEY,
    "phone": "139 0000 1111",
    "name": "李秀英",
    "words": "三单元水管爆了，水往电梯井里灌",
    "secrecy": "general",
    "urgency": "normal",
    "then": "register",
}


def test_a_call_becomes_a_case_and_the_code_is_read_aloud(seated):
    operator = seated("hw01")
    assert operator.open("/desk/intake/").status_code == 200
    answer = operator.send(
        "/desk/intake/", CALL | {"area": "510802001", "place": "翠屏社区 3 栋", "preferred_time": "晚上 7 点以后"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/desk/intake/saved/")
    case = Case.objects.get()
    assert (case.state, case.channel, case.area_id, case.place) == ("R", "phone", "510802001", "翠屏社区 3 栋")
    assert (case.person.name, case.person.phone, case.person.is_phone_confirmed) == ("李秀英", "139 0000 1111", True)
    assert case.lines.get().officer.username == "hw01"
    page = operator.open("/desk/intake/saved/")
    assert case.spoken_number in page.content.decode()
    assert code_hash(page.context["code"]) == case.query_code_hash


def test_the_code_is_shown_to_nobody_else_and_not_for_long(seated, clock):
    operator = seated("hw01")
    operator.send("/desk/intake/", CALL)
    assert operator.open("/desk/intake/saved/").status_code == 200
    assert seated("hw02").open("/desk/intake/saved/").status_code == 303
    kept = operator.browser.session["desk.code"]["code"]
    assert kept and operator.browser.session.get("desk.code")["number"] == Case.objects.get().number
    assert code_hash(operator.open("/desk/intake/saved/").context["code"]) == Case.objects.get().query_code_hash
    assert not re.search(r"\d{8}", kept), "sealed"
    clock.shift(timedelta(minutes=11))
    assert operator.open("/desk/intake/saved/")["Location"] == "/desk/intake/"


def test_a_code_that_is_over_leaves_the_session_whatever_page_is_opened(seated, clock):
    operator = seated("hw01")
    operator.send("/desk/intake/", CALL)
    clock.shift(timedelta(minutes=11))
    operator.open("/desk/")
    assert operator.browser.session["desk.code"]["code"] == ""


def test_a_double_press_is_one_case_and_one_code(seated):
    operator = seated("hw01")
    assert [operator.send("/desk/intake/", CALL).status_code for _press in range(2)] == [303, 303]
    assert Case.objects.count() == 1
    assert operator.open("/desk/intake/saved/").context["code"].strip()


@pytest.mark.parametrize(
    ("then", "fields", "state", "steps"),
    [
        ("accept", {"demand_type": "help", "area": "510802001", "ask_lines": "止水\n修好"}, "D", "receive accept"),
        (
            "answer_at_once",
            {"answer": "带身份证到窗口，当天办结", "source": "办事指南：居住证"},
            "A",
            "receive answer_at_once",
        ),
        (
            "divert",
            {
                "routing_class": "legal",
                "reason": "in_court",
                "basis": "《民事诉讼法》",
                "way": "承办法院",
                "told": "正在审理，请问承办法官",
            },
            "X",
            "receive divert",
        ),
    ],
)
def test_what_follows_at_once_is_taken_in_the_same_breath(then, fields, state, steps, seated):
    answer = seated("hw01").send("/desk/intake/", CALL | fields | {"then": then})
    assert answer.status_code == 303, said(answer)
    case = Case.objects.get()
    assert (case.state, " ".join(ln.step for ln in case.lines.all())) == (state, steps)


def test_if_the_second_half_is_refused_the_first_is_not_kept(seated):
    answer = seated("hw01").send(
        "/desk/intake/",
        CALL | {"then": "divert", "routing_class": "legal", "reason": "danger", "basis": "x", "way": "y", "told": "z"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这个原因不属于这一类" in page and "三单元水管爆了" in page
    assert not Case.objects.exists()


def test_what_follows_needs_its_own_fields(seated):
    answer = seated("hw01").send("/desk/intake/", CALL | {"then": "accept"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"demand_type", "area"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"words": "  "}, "words", "还没有写内容"),
        ({"words": "哦"}, "words", "还没有写内容"),
        ({"phone": "1381234"}, "phone", "电话号码好像不对"),
        ({"phone": "138****2217"}, "phone", "打过码的号码不能存"),
        ({"name": "王**"}, "name", "打过码的姓名不能存"),
        ({"area": "999"}, "area", "没有这个区划"),
        ({"secrecy": "whatever"}, "secrecy", ""),
        ({"then": "close"}, "then", ""),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_lost(given, field, words, seated):
    answer = seated("hw01").send("/desk/intake/", CALL | given)
    assert answer.status_code == 422
    errors = answer.context["form"].errors[field]
    assert words in errors[0]
    assert "李秀英" in answer.content.decode() or "name" in given
    assert not Case.objects.exists() and not Person.objects.exists()


def test_too_long_and_too_big(seated, settings):
    operator = seated("hw01")
    long = operator.send("/desk/intake/", CALL | {"words": "啊" * 20_001})
    assert (long.status_code, "最多收 20000 个" in long.content.decode()) == (413, True)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    big = operator.send("/desk/intake/", CALL | {"words": "a" * 2000})
    assert (big.status_code, "写的内容太长" in said(big)) == (413, True)
    assert not Case.objects.exists()


def test_control_characters_do_not_reach_the_case(seated):
    seated("hw01").send("/desk/intake/", CALL | {"words": "水\x00管\x07爆了\r\n快来", "name": "李\x00秀英"})
    case = Case.objects.get()
    assert case.contents.get().body == "水管爆了\n快来"
    assert case.person.name == "李秀英"


def test_an_anonymous_caller_is_not_kept(seated):
    seated("hw01").send("/desk/intake/", CALL | {"secrecy": "anonymous"})
    person = Case.objects.get().person
    assert (person.name, person.phone, person.phone_index) == ("", "", "")


def test_what_this_number_asked_before_is_found_masked(cast, seated):
    earlier = cast.case(text="楼道灯坏了一个月没人管，晚上看不见台阶")
    secret = cast.accepted(secrecy="confidential")
    operator = seated("hw02")
    page = operator.send("/desk/intake/", CALL | {"phone": "+86 138-1234-2217", "look": "1"})
    body = page.content.decode()
    assert page.status_code == 200
    assert f"/desk/case/{earlier.number}/" in body and "王**" in body and "王桂芳" not in body
    assert secret.number not in body  # not his call, and confidential
    assert "三单元水管爆了" in body  # what was typed stays
    assert not page.context["form"].errors
    line = OfficeLine.objects.get(act="look_up")
    assert (line.by_id, line.says) == (cast.officer("hw02").pk, {"found": 1})


def test_looking_up_needs_a_number(seated):
    page = seated("hw01").send("/desk/intake/", {"look": "1", "words": "说到一半"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"phone"}
    assert "说到一半" in page.content.decode()
    assert not OfficeLine.objects.exists()


def test_a_number_that_never_called(seated):
    page = seated("hw01").send("/desk/intake/", CALL | {"look": "1"})
    assert "这个号码没有提过诉求" in page.content.decode()


def test_only_operators_sit_at_the_telephone(seated):
    for who in ("pd01", "c-housing-jb1", "gl01"):
        assert seated(who).open("/desk/intake/").status_code == 403
        assert seated(who).send("/desk/intake/", CALL).status_code == 403
    assert seated("hw03").open("/desk/intake/").status_code == 200  # third-party staff record
    assert not Case.objects.exists()
