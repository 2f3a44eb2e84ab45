"""A reviewer's desk: ask, reply and proof side by side; send or send back on one page; never his own reply."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.models import Look
from suqiu.desk.tests.conftest import NOW, Seated, clock, cost_the_same, said, seated  # noqa: F401
from tests.cast import MONDAY, photo
from tests.hands import Form
from tests.reading import last, steps, words

QUERIES_AT_MOST = 13
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def page_of(case) -> str:
    return f"/desk/review/{case.number}/"


def forms(page) -> dict[str, dict]:
    return {
        f["values"]["decision"]: f["values"]
        for f in Form(page.content.decode(), having="decision").forms
        if "decision" in f["names"]
    }


def decide(desk: Seated, case, decision: str, **fields):
    return desk.send(page_of(case), forms(desk.open(page_of(case)))[decision] | fields)


@pytest.fixture
def desk(seated) -> Seated:  # noqa: F811
    return seated("c-housing-sh")


def drafted(cast, *, reply: str = "电梯门机板已换好，今天下午恢复运行。停运原因是门机板老化。", at=MONDAY, **columns):
    case = cast.proven(at=at, **columns)
    cast.reply(case, at=at, reply=reply)
    return case


def test_each_ask_stands_beside_what_the_reply_says_and_what_proves_it(cast, desk):
    page = desk.open(page_of(drafted(cast)))
    points = page.context["points"]
    assert [(p["text"], str(p["label"]), p["mention"]) for p in points] == [
        ("修好电梯", "办了", "电梯门机板已换好，今天下午恢复运行。"),
        ("说明停运原因", "办了", "停运原因是门机板老化。"),
    ]
    assert [(p["label"], p["fact"]) for p in points[0]["proofs"]] == [
        ("联系记录", "今天 11:00，电话，4 分钟"), ("到现场", "今天 14:00，翠屏社区 3 栋"), ("现场照片", "今天 14:00，1 张"),
    ]  # fmt: skip
    assert [c["fact"] for c in page.context["contacts"]] == ["今天 11:00，电话，说上话了，4 分钟"]
    assert [p["span"] for p in points] == [2, 0]  # proven by the same things, shown once
    text = said(page)
    assert "电梯坏了三天" in text and "更换门机板一块" in text and "换了门机板" in text and "说好下午去看" in text


def test_a_declined_ask_rests_on_its_basis_and_a_planned_one_on_its_day(cast, desk):
    case = cast.proven()
    day = (NOW + 9 * DAY).date()
    asks = {1: {"outcome": "planned"}, 2: {"outcome": "declined", "basis": "条例第 9 条"}}
    cast.reply(case, at=MONDAY, asks=asks, plan="换一部电梯", plan_on=day)
    first, second = desk.open(page_of(case)).context["points"]
    assert [(p["done"], p["fact"]) for p in first["proofs"]] == [(True, "换一部电梯，6 月 17 日")]
    assert [(p["done"], p["fact"]) for p in second["proofs"]] == [(True, "条例第 9 条")]


def test_a_photo_that_is_not_there_is_an_empty_frame(cast, desk):
    case = cast.in_hand()
    cast.do("contact", case, cast.handler(), at=NOW - HOUR, way="phone", outcome="connected", words="说好了")
    cast.do(
        "visit",
        case,
        cast.handler(),
        at=NOW,
        visited_at=NOW,
        place="楼下",
        words="看了",
        before=[photo("前.jpg")],
        after=[photo("后.jpg")],
    )
    cast.do(
        "visit", case, cast.handler(), at=NOW, visited_at=NOW, place="机房", words="又看了", after=[photo("后2.jpg")]
    )
    cast.reply(case, at=NOW - 6 * HOUR)
    later, earlier = desk.open(page_of(case)).context["visits"]
    assert [(p["label"], p.get("is_missing", False)) for p in earlier["photos"]] == [
        ("办理前", False),
        ("办理后", False),
    ]
    assert [(p["label"], p.get("is_missing", False)) for p in later["photos"]] == [("办理前", True), ("办理后", False)]
    assert "没有办理前的照片" in said(desk.open(page_of(case)))


def test_what_is_missing_is_named_and_stands_ready_in_the_words_to_send_back(cast, desk):
    case = drafted(cast, reply="您反映的问题我局高度重视，已责成限期整改。")
    page = desk.open(page_of(case))
    assert [h.title for h in page.context["hints"]] == [
        "现场记录有出入",
        "第 1 点没有答",
        "第 2 点没有答",
        "没有日期",
        "照片不成对",
    ]
    assert page.context["is_grave"] and "仍然发出" in said(page)
    back = forms(page)["send_back"]["words"]
    assert "第 1 点没有答：修好电梯" in back and "「限期」写明哪天" in back
    assert forms(page)["approve"].get("words", "").strip() == ""


def test_sending_goes_on_to_the_next_and_then_to_the_queue(cast, desk):
    one, two = drafted(cast, at=MONDAY - DAY), drafted(cast)
    assert desk.open(page_of(one)).context["position"] == {
        "queue": "待审核", "queue_url": "/desk/queue/to-review/", "nth": 1, "of": 2, "previous_url": "", "next_url": page_of(two),
    }  # fmt: skip
    answer = decide(desk, one, "approve")
    assert (answer.status_code, answer["Location"]) == (303, page_of(two))
    one.refresh_from_db()
    assert (one.state, last(one).officer.username) == ("F", "c-housing-sh")
    answer = decide(desk, two, "send_back", words="写明哪天")
    assert (answer.status_code, answer["Location"]) == (303, "/desk/queue/to-review/")
    two.refresh_from_db()
    assert two.state == "H" and words(last(two)) == {"words": "写明哪天"}


def test_sending_back_without_a_word_is_refused_and_the_page_stays(cast, desk):
    case = drafted(cast)
    answer = decide(desk, case, "send_back", words=" ")
    assert answer.status_code == 422 and "还没有填" in said(answer)
    assert {d["name"]: d["is_open"] for d in answer.context["decisions"]} == {"approve": False, "send_back": True}
    case.refresh_from_db()
    assert case.state == "V"


def test_two_presses_are_one_step_and_a_second_reviewer_is_told(cast, desk, seated):  # noqa: F811
    case = drafted(cast)
    other = seated("c-housing-fz")
    late = forms(other.open(page_of(case)))["send_back"] | {"words": "再补"}
    sent = forms(desk.open(page_of(case)))["approve"]
    assert desk.send(page_of(case), sent).status_code == 303
    assert desk.send(page_of(case), sent).status_code == 409  # the page is of a case that has moved on
    assert other.send(page_of(case), late).status_code == 409
    assert steps(case).count("approve") == 1 and "send_back" not in steps(case)


def test_the_author_does_not_review_his_own_reply(cast, seated):  # noqa: F811
    case = drafted(cast)
    from suqiu.directory.models import Grant

    Grant.objects.create(officer=cast.handler(), role="reviewer", department_id="C-HOUSING", since=MONDAY.date())
    page = seated("c-housing-jb1").open(page_of(case))
    assert page.status_code == 409 and "这一步要换一个人" in said(page)
    assert not Look.objects.exists()


def test_what_changed_since_it_was_sent_back(cast, desk):
    case = drafted(cast, reply="电梯修好了。谢谢您的支持。")
    cast.do("send_back", case, cast.reviewer(), at=NOW, words="写明换了什么")
    cast.do("contact", case, cast.handler(), at=NOW, way="phone", outcome="connected", words="又问了一次")
    cast.reply(
        case,
        at=NOW,
        reply="电梯换了门机板。谢谢您的支持。",
        asks={1: {"outcome": "answered"}, 2: {"outcome": "declined", "basis": "无"}},
    )
    before = desk.open(page_of(case)).context["before"]
    assert (before["title"], before["why"]["said"]) == ("和退回的那份比", "写明换了什么")
    assert before["reply"] == [("gone", "电梯修好了。"), ("new", "电梯换了门机板。"), ("same", "谢谢您的支持。")]
    assert before["asks"] == ["第 2 点：办了 → 不能办，有依据"]
    assert len(before["proofs"]) == 1 and "联系" in before["proofs"][0]


def test_a_redo_is_held_against_the_reply_of_the_last_cycle(cast, desk):
    case = cast.sent(at=MONDAY - 7 * DAY)
    cast.ask_back(case, at=MONDAY - 6 * DAY, solved="no", satisfied="1", words="还是不动")
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY, reply="这回换了整台门机。")
    before = desk.open(page_of(case)).context["before"]
    assert (
        before["title"] == "和上一轮发出的那份比"
        and "还是不动" in before["why"]["said"]
        and "没解决" in before["why"]["said"]
    )


def test_the_first_department_has_to_see_it_first(cast, seated):  # noqa: F811
    from suqiu.desk.tests.test_queues import _moved

    case, unit = _moved(cast), "C-CITY_MGMT"
    cast.do("sign_in", case, cast.handler(unit), at=NOW)
    cast.do("contact", case, cast.handler(unit), at=NOW, way="phone", outcome="connected", words="说好了")
    cast.do("visit", case, cast.handler(unit), at=NOW, visited_at=NOW, place="楼下", words="看了", after=[photo()])
    cast.reply(case, at=NOW - 6 * HOUR, unit=unit)
    desk = seated("c-city_mgmt-sh")
    page = desk.open(page_of(case))
    assert page.context["first"]["level"] == "soon" and "还没看答复" in page.context["first"]["said"]
    refused = {d["name"]: d["refused"] for d in page.context["decisions"]}
    assert refused == {"approve": "还差：首办看过答复。补上就能做。", "send_back": ""}
    assert set(forms(page)) == {"send_back"}
    cast.do("first_sees", case, cast.handler(), at=NOW)
    page = desk.open(page_of(case))
    assert page.context["first"]["level"] == "ok" and cast.handler().full_name in page.context["first"]["said"]
    assert [d["refused"] for d in page.context["decisions"]] == ["", ""]


@pytest.mark.parametrize(
    ("who", "status"), [("c-housing-jb1", 403), ("hf01", 403), ("c-market-sh", 404), ("c-housing-fz", 200)]
)
def test_who_may_review(who, status, cast, seated):  # noqa: F811
    case = drafted(cast)
    assert seated(who).open(page_of(case)).status_code == status
    assert Look.objects.count() == (status == 200)


def test_a_unit_reviews_a_confidential_case_rewritten(cast, desk):
    body = desk.open(page_of(drafted(cast, secrecy="confidential"))).content.decode()
    assert "改写后的内容" in body
    for kept in ("电梯坏了三天", "王**", "2217"):
        assert kept not in body


def test_the_button_of_the_case_page_leads_here(cast, desk):
    case = drafted(cast)
    urls = {s["name"]: s["url"] for s in desk.case(case).context["steps_allowed"]}
    assert urls["approve"] == urls["send_back"] == page_of(case)


def test_pages_cost_the_same_for_a_short_and_a_long_case(cast, desk, django_assert_max_num_queries):
    short, long = drafted(cast), drafted(cast)
    for n in range(5):
        cast.do("caller_adds", long, cast.operator, at=NOW, words=f"补充 {n}", photos=[photo()])
        cast.do("contact", long, cast.handler(), at=NOW, way="phone", outcome="connected", words=f"联系 {n}")
    cost_the_same(desk, [page_of(short), page_of(long)], QUERIES_AT_MOST, django_assert_max_num_queries)


def test_the_page_carries_no_inline_script_or_style(cast, desk):
    body = desk.open(page_of(drafted(cast))).content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", body)
