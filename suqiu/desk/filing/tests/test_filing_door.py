"""Filing for somebody, without a script: one form; and his own page says that it was filed for him."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from suqiu.cases.models import Case
from suqiu.desk.tests.conftest import NOW, said
from suqiu.intake.models import Filing

AGREED = f"{timezone.localtime(NOW - timedelta(hours=1)):%Y-%m-%dT%H:%M}"
FIELDS = {
    "key": "1" * 36, "name": "赵素珍", "phone": "", "words": "低保停了两个月，没有人来说为什么。", "secrecy": "general",
    "consent_way": "signed", "consent_at": AGREED, "consent_words": "我按了手印，你帮我交",
}  # fmt: skip


def test_the_slip_is_printed_once_and_his_page_says_who_filed(cast, seated):
    officer = seated("c-housing-jb1")
    assert "他怎么同意您代办的" in officer.open("/desk/filing/").content.decode()
    answers = [officer.send("/desk/filing/", FIELDS) for _press in range(2)]
    assert [a.status_code for a in answers] == [303, 303], said(answers[0])
    case = Case.objects.get()
    shown = officer.open("/desk/filing/done/")
    code = shown.context["code"].replace(" ", "")
    assert case.spoken_number in shown.content.decode() and len(code) == 8
    assert officer.open(f"/desk/case/{case.number}/").status_code == 404
    browser = Client()
    assert browser.post("/track/", {"number": case.number, "code": code}).status_code == 303
    page = browser.get(f"/case/{case.number}/").content.decode()
    assert str(cast.department()) in page and "没有同意过，请打 12345" in page and "您（工作人员代记）" in page
    assert cast.handler().full_name not in page
    desk = seated("sl01").open(f"/desk/case/{case.number}/").content.decode()
    assert "线下代办" in desk and "我按了手印，你帮我交" in desk and "签了字同意的" in desk


def test_a_mobile_number_gets_the_code_and_the_officer_does_not(seated):
    officer = seated("hw01")
    assert officer.send("/desk/filing/", FIELDS | {"phone": "13812342217"}).status_code == 303
    shown = officer.open("/desk/filing/done/")
    assert shown.context["code"] == "" and "138****2217" in shown.content.decode()
    assert seated("hw02").open("/desk/filing/done/").status_code == 303  # another officer's session knows none


@pytest.mark.parametrize(
    ("given", "words", "status"),
    [
        ({"name": ""}, "替谁办的要写明姓名", 422),
        ({"name": "赵**"}, "打过码的不能存", 422),
        ({"phone": "138****2217"}, "打过码的不能存", 422),
        ({"consent_way": "nodded"}, "", 422),
        ({"consent_words": ""}, "照他的原话", 422),
        ({"consent_at": "昨天"}, "时间写成", 422),
        ({"words": "长" * 20_001}, "最多收", 413),
        ({"area": "999999"}, "没有这个区划", 422),
    ],
)
def test_bad_input_is_said_and_nothing_is_lost(seated, given, words, status):
    answer = seated("hw01").send("/desk/filing/", FIELDS | given)
    page = answer.content.decode()
    assert (answer.status_code == status and words in page and "我按了手印" in page) or "consent_words" in given
    assert not Case.objects.exists() and not Filing.objects.exists()


def test_who_may_not_file_is_told_who_does(seated):
    answer = seated("ld01").open("/desk/filing/")
    assert answer.status_code == 403 and "线下代办由" in answer.content.decode()
