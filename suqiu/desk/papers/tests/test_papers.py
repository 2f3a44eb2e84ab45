"""Does the paper say to whom, until when and what, mask like the screen, name who printed it, and leave its trace?"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.models import Look
from suqiu.desk.tests.conftest import NOW, clock, said, seated  # noqa: F401
from suqiu.desk.tests.test_matrix import _passed_on
from suqiu.directory.models import OfficeLine
from tests.hands import Form

HOUR = timedelta(hours=1)


def _printed(at_desk, case, paper: str = "order"):
    address = f"/desk/case/{case.number}/print/{paper}/"
    page = at_desk.open(address)
    assert page.status_code == 200
    return at_desk.send(address, Form(page.content.decode(), having="key").values)


def test_the_order_says_to_whom_until_when_what_how_and_who_signed(cast, seated):  # noqa: F811
    case = cast.in_hand()
    page = _printed(seated("c-housing-jb1"), case)
    text = said(page)
    rows = dict(page.context["rows"] + page.context["blocks"] + page.context["signs"])
    assert list(rows) == [
        "承办单位", "交办时间", "时限", "紧急程度", "诉求类型", "事项", "事发地点", "来电人", "内容", "诉求点", "办理要求", "签发", "签收",
    ]  # fmt: skip
    assert rows["承办单位"] == "市住房和城乡建设局" and rows["交办时间"].startswith("2026 年 6 月 8 日")
    assert rows["内容"] == "改写后的内容" and rows["诉求点"] == "1. 修好电梯\n2. 说明停运原因"
    assert "单位答复：2026 年" in rows["时限"] and "现场照片" in rows["办理要求"]
    assert cast.dispatcher.full_name in rows["签发"] and case.spoken_number in text and "交办单" in text


def test_it_is_masked_like_the_screen_and_marked_with_who_and_when(cast, seated):  # noqa: F811
    case, officer = cast.in_hand(), cast.handler()
    for paper in ("order", "case"):
        body = _printed(seated("c-housing-jb1"), case, paper).content.decode()
        assert "王桂芳" not in body and "13812342217" not in body and "王**" in body
        no = OfficeLine.objects.filter(act="print").order_by("-no").first().no
        mark = (
            f"{officer.full_name}（市住房和城乡建设局）2026 年 6 月 8 日 {NOW.astimezone():%H:%M} 打印 台账第 {no} 号"
        )
        assert (
            len(re.findall(re.escape(re.sub(r"\d\d:\d\d", "@", mark)), re.sub(r"\d\d:\d\d", "@", body))) == 13
        )  # twelve across, one in the foot


def test_each_print_is_a_look_and_a_line_and_a_glance_at_the_question_is_neither(cast, seated):  # noqa: F811
    case, at_desk = cast.in_hand(), seated("c-housing-jb1")
    at_desk.open(f"/desk/case/{case.number}/print/order/")
    assert not Look.objects.filter(what=Look.What.PRINT).exists()
    _printed(at_desk, case), _printed(at_desk, case, "case")
    looks = Look.objects.filter(case=case, officer=cast.handler(), what=Look.What.PRINT)
    assert looks.count() == 2
    assert [ln.says["paper"] for ln in OfficeLine.objects.filter(act="print").order_by("no")] == ["order", "case"]


def test_the_caller_of_a_confidential_case_stays_off_the_units_paper(cast, seated):  # noqa: F811
    case = cast.in_hand(secrecy="confidential")
    body = _printed(seated("c-housing-jb1"), case, "case").content.decode()
    assert "王**" not in body and "电梯坏了三天" not in body and "改写后的内容" in body


@pytest.mark.parametrize(("who", "status"), [("c-market-jb1", 404), ("gl01", 404), ("hw02", 200)])
def test_who_may_not_see_it_cannot_print_it(who, status, cast, seated):  # noqa: F811
    case = cast.in_hand()
    for answer in (
        seated(who).open(f"/desk/case/{case.number}/print/case/"),
        seated(who).send(f"/desk/case/{case.number}/print/case/"),
    ):
        assert answer.status_code == status
    assert Look.objects.filter(what=Look.What.PRINT).count() == (status == 200)


def test_what_was_not_sent_out_has_no_order(cast, seated):  # noqa: F811
    case = cast.accepted()
    answer = seated("pd01").open(f"/desk/case/{case.number}/print/order/")
    assert answer.status_code == 409 and "没有交办单" in said(answer)
    assert seated("pd01").open(f"/desk/case/{case.number}/print/report/").status_code == 404


def test_who_held_it_once_prints_it_as_it_was_then(cast, seated):  # noqa: F811
    """Second of three: what came after is not his to read, on paper neither."""
    case = _passed_on(cast, "C-CITY_MGMT", "C-HOUSING", "C-MARKET")
    body = _printed(seated("c-housing-jb1"), case, "case").content.decode()
    assert "市市场监督管理局" not in body and "申请退单" not in body
    assert "市住房和城乡建设局" in body and "签收" in body


def test_the_sheet_of_a_meeting_has_each_departments_outcome_and_his_own_word(cast, seated):  # noqa: F811
    case = cast.in_hand()
    at_desk, address = seated("c-housing-jb1"), f"/desk/case/{case.number}/print/meeting/"
    assert at_desk.open(address).status_code == 409
    fields = {"place": "3 栋门口", "departments": [cast.department("C-MARKET")]}
    cast.do("call_meeting", case, cast.handler(), at=NOW - 5 * HOUR, meets_at=NOW - 3 * HOUR, **fields)
    cast.do("invite", case, cast.handler(), at=NOW - 4 * HOUR, whom="property", phone="13900001234")
    cast.do("meet", case, cast.handler(), at=NOW - HOUR, came="yes", words="明天换板", citizen_agrees="yes")
    cast.citizen("confirm_meeting", case, at=NOW - HOUR / 2, agrees="no", words="没说哪天")
    page = _printed(at_desk, case, "meeting")
    rows = dict(page.context["rows"] + page.context["blocks"] + page.context["signs"])
    assert (rows["地点"], rows["请到的外单位"], rows["市市场监督管理局"]) == ("3 栋门口", "139****1234", "还没有记")
    assert rows["市住房和城乡建设局"].startswith("到了，能定\n明天换板")
    assert rows["单位记的：来电人"] == "认可" and rows["本人凭码确认"].startswith("不认可，没说哪天")
    assert "王桂芳" not in page.content.decode() and "13900001234" not in page.content.decode()
    assert "会办单" in said(at_desk.case(case))
