"""Who answers for a case that is over, and in which language stands what people wrote?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import translation

from suqiu.desk.templatetags.said import lang_of
from tests.cast import MONDAY

from .conftest import NOW
from .test_queues import _moved


def _held(page) -> list[tuple[str, str, str]]:
    return [(h["role"], h["department"], h["kind"]) for h in page.context["holdings"]]


def _closed_by_the_second(cast):
    """Housing gave it back, city management did it, the caller said solved."""
    case, unit = _moved(cast), "C-CITY_MGMT"
    cast.do("sign_in", case, cast.handler(unit), at=NOW)
    cast.prove(case, at=NOW, unit=unit)
    cast.reply(case, at=NOW, unit=unit)
    cast.do("first_sees", case, cast.handler(), at=NOW + timedelta(hours=7))
    cast.do("approve", case, cast.reviewer(unit), at=NOW + timedelta(hours=7))
    cast.ask_back(case, at=NOW + timedelta(hours=8), solved="yes", satisfied="5")
    return case


def test_of_a_closed_case_the_last_lead_is_the_lead(cast, seated):
    case = _closed_by_the_second(cast)
    assert _held(seated("hf01").case(case)) == [
        ("主办", "市综合行政执法局", "accent"), ("上级", "市12345政务服务便民热线中心", ""), ("首办", "市住房和城乡建设局", ""),
        ("先前主办", "市住房和城乡建设局", ""),
    ]  # fmt: skip


def test_a_case_that_never_changed_hands_has_no_earlier_lead(cast, seated):
    case = cast.closed(at=MONDAY - timedelta(days=1))
    roles = _held(seated("hf01").case(case))
    assert roles[0] == ("主办", "市住房和城乡建设局", "accent") and ("先前主办", "市住房和城乡建设局", "") not in roles


def test_of_an_open_case_who_has_it_now_is_the_lead(cast, seated):
    case = _moved(cast)
    cast.do("sign_in", case, cast.handler("C-CITY_MGMT"), at=NOW)
    now = seated("c-housing-jb1").case(case)  # first department: reads on
    assert ("主办", "市综合行政执法局", "accent") in _held(now) and (
        "主办",
        "市住房和城乡建设局",
        "accent",
    ) not in _held(now)


@pytest.mark.parametrize(
    ("text", "chinese_page", "english_page"),
    [
        ("电梯坏了", "zh-CN", "zh-CN"), ("Mr Lee 家", "zh-CN", "zh-CN"), ("The lift is broken", "en", "en"),
        ("12:30", "zh-CN", "en"), ("", "zh-CN", "en"), (None, "zh-CN", "en"),
    ],
)  # fmt: skip
def test_the_language_of_a_text_is_its_own(text, chinese_page, english_page):
    assert lang_of(text) == chinese_page
    with translation.override("en"):
        assert lang_of(text) == english_page


def test_what_people_wrote_is_marked_on_an_english_page(cast, seated):
    case = cast.sent()
    desk = seated("hf01")
    for address in (f"/desk/case/{case.number}/", f"/desk/case/{case.number}/step/attempt/"):
        body = desk.open(f"{address}?lang=en").content.decode()
        for words in ("电梯坏了三天，老人下不了楼，请派人来修。", "修好电梯", "电梯门机板已换好，今天下午恢复运行。"):
            marked = re.findall(rf"<(\w+)([^>]*)>\s*{re.escape(words)}", body)
            assert marked and all('lang="zh-CN"' in attributes for _tag, attributes in marked), (address, words)
