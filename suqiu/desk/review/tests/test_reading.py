"""What a careful reader notices: values in, hints out, no database."""

from __future__ import annotations

import pytest

from suqiu.desk.review import reading

REPLY = (
    "您好。3 月 6 日到您家看过，厨房外墙渗水属实，由施工单位免费重做防水，3 月 20 日前做完。橱柜的损失由施工单位赔。"
)


@pytest.mark.parametrize(
    ("ask", "found", "is_sure"),
    [
        ("厨房外墙渗水", 1, True),
        ("赔橱柜的损失", 2, True),
        ("把外墙防水重做", 1, True),
        ("测一次渗漏", 1, False),  # one letter in common: perhaps
        ("电梯维保单位公示", 1, False),
        ("夜里别吵", None, False),
        ("", None, False),
    ],
)
def test_the_sentence_that_speaks_of_an_ask_is_found_or_none_is(ask, found, is_sure):
    sentences = ["您好。", *(s + "。" for s in REPLY.split("。")[1:-1])]
    assert reading.mention(ask, REPLY) == (sentences[found] if found is not None else "", is_sure)


def test_english_is_read_by_words():
    reply = "We repaired the street lamps on 3 March. The drain will follow."
    assert reading.mention("Repair the street lamps", reply) == (reply, True)
    assert reading.mention("Refund my parking fee", reply) == ("", False)


def test_differences_are_told_clause_by_clause():
    old, new = "电梯已修好。感谢您的支持。", "电梯门机板已换好，今天恢复运行。感谢您的支持。"
    assert reading.differences(old, new) == [
        ("gone", "电梯已修好。"), ("new", "电梯门机板已换好，今天恢复运行。"), ("same", "感谢您的支持。"),
    ]  # fmt: skip
    assert reading.differences(old, old) == [("same", old)]
    assert reading.differences("", new) == [("new", new)]


def hints(reply: str = REPLY, **known) -> list[str]:
    fields = {"before": "", "asks": [], "has_spoken": True, "lacks_before": False, "lacks_after": False} | known
    return [hint.title for hint in reading.hints(reply=reply, **fields)]


def ask(outcome: str = "answered", mention: str = "") -> dict:
    return {"no": 3, "text": "退还物业费", "outcome": outcome, "mention": mention}


@pytest.mark.parametrize(
    ("known", "titles"),
    [
        ({}, []),
        ({"asks": [ask()]}, ["第 3 点没有答"]),
        ({"asks": [ask(mention="会退")]}, []),
        ({"asks": [ask(outcome="declined")]}, []),  # it says why in its basis
        ({"before": REPLY}, ["一字没改"]),
        ({"before": REPLY + "谢谢。"}, []),
        ({"reply": "我局已责成限期整改。"}, ["没有日期"]),
        ({"reply": "限期整改，3 月 20 日前做完。"}, []),
        ({"reply": "请联系施工单位 13812342217。"}, ["有个人信息"]),
        ({"has_spoken": False}, ["没和他说上话"]),
        ({"lacks_before": True}, ["照片不成对"]),
    ],
)
def test_each_hint_has_its_reason_and_no_other(known, titles):
    assert hints(**known) == titles


def test_a_hint_says_what_to_write_when_it_is_sent_back():
    told = reading.hints(
        reply="尽快处理", before="", asks=[ask()], has_spoken=True, lacks_before=True, lacks_after=True
    )
    assert [h.about for h in told] == ["第 3 点没有答：退还物业费", "「尽快」写明哪天", "补办理前、办理后的照片"]
    assert [h.is_grave for h in told] == [True, False, False]
