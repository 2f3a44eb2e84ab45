"""What may be taken in, refused, corrected? Values in, answers out."""

from __future__ import annotations

import pytest

from suqiu.cases.models import Case
from suqiu.intake import rules
from suqiu.intake.demand import Demand, clean_words, title_from
from tests.reading import refused


@pytest.mark.parametrize("text", ["", " \n\t", "好", "\u3000\u3000"])
def test_a_demand_says_something(text):
    with refused(422, "还没有写内容", field="text"):
        rules.check_demand(text, Demand(text=text))


@pytest.mark.parametrize(
    "phone",
    [
        "13812342217",
        "+86 138-1234-2217",
        "008613812342217",
        "１３８１２３４２２１７",
        "0839-3223456",
        "02887654321",
        "3223456",
        "12345",
        "4008123123",
    ],
)
def test_numbers_people_give(phone):
    assert rules.phone_is_possible(phone)
    rules.check_demand("路灯不亮", Demand(text="路灯不亮", phone=phone))


@pytest.mark.parametrize("phone", ["1381234221", "138123422177", "abc", "1", "0", "99999999999999"])
def test_numbers_that_cannot_be(phone):
    with refused(422, "电话号码好像不对", field="phone"):
        rules.check_demand("路灯不亮", Demand(text="路灯不亮", phone=phone))


def test_half_a_position_is_none():
    with refused(422, "位置只有一半", field="longitude"):
        rules.check_demand("路灯不亮", Demand(text="路灯不亮", longitude=105.8))
    rules.check_demand("路灯不亮", Demand(text="路灯不亮", longitude=105.8, latitude=32.4))


def test_asks_are_lines_without_their_numbers():
    assert rules.ask_lines("1. 修好电梯\n\n（2）说明停运原因\n  3、公布维保记录  ") == [
        "修好电梯",
        "说明停运原因",
        "公布维保记录",
    ]
    assert rules.ask_lines("") == [] and rules.ask_lines("\n \n") == []
    assert rules.ask_lines("长" * 400) == ["长" * 300]
    assert len(rules.ask_lines("\n".join(["修"] * 12))) == 12
    with refused(422, "最多分 12 点", field="ask_lines"):
        rules.ask_lines("\n".join(["修"] * 13))


def test_a_report_is_not_open():
    with refused(422, "举报件不能公开", field="secrecy"):
        rules.check_secrecy(Case(demand_type="report", secrecy="open"))
    for secrecy in ("general", "confidential", "anonymous"):
        rules.check_secrecy(Case(demand_type="report", secrecy=secrecy))
    rules.check_secrecy(Case(demand_type="complaint", secrecy="open"))


def test_every_reason_belongs_to_one_class():
    reasons = [r for found in rules.REASONS_OF_CLASS.values() for r in found]
    assert len(reasons) == len(set(reasons)) == 10
    assert set(rules.REASONS_OF_CLASS) == {"emergency", "legal", "explain", "malicious"}


def test_a_copy_is_corrected_and_never_the_case():
    case = Case(demand_type="report", secrecy="confidential")
    assert rules.corrected(case, {"secrecy": "general"}).secrecy == "general" and case.secrecy == "confidential"


def test_words_are_cleaned_and_not_cut():
    assert clean_words(" 水\x00管\x07爆\r\n了\r\n\n\n\n快来 ") == "水管爆\n了\n\n快来"
    assert clean_words("Cafe\u0301") == "Caf\u00e9"
    assert clean_words("字" * 20_000) == "字" * 20_000
    with refused(413, "写了 20001 个字", "最多收 20000 个", field="text"):
        clean_words("字" * 20_001)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("电梯坏了三天，老人下不了楼。请派人来修。", "电梯坏了三天，老人下不了楼"),
        ("喂？路灯不亮", "喂"),
        ("长" * 90, "长" * 60),
        ("。。", "。。"),
    ],
)
def test_the_first_sentence_is_the_title(text, title):
    assert title_from(text) == title
