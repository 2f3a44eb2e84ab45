"""A caller's desk: what is offered, what each press does without scripts, what is shown beside each question, and what is never shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from suqiu.cases.advance import Actor
from suqiu.cases.models import Look
from suqiu.desk.tests.conftest import NOW, Seated, clock, cost_the_same, said, seated  # noqa: F401
from suqiu.followup.calls import finish_left
from suqiu.followup.models import Attempt, FollowUpCall
from suqiu.gateways import telephony
from tests.cast import MONDAY, photo
from tests.hands import Form

NEXT = "/desk/calls/next/"
QUERIES_AT_MOST = 14


def page_of(case) -> str:
    return f"/desk/calls/{case.number}/"


def form(desk: Seated, case) -> dict:
    return Form(desk.open(page_of(case)).content.decode(), having="solved").values


def press(desk: Seated, case, **button):
    """One button of the page, with all the form holds, as a browser without scripts sends it."""
    return desk.send(page_of(case), form(desk, case) | button)


@pytest.fixture
def desk(seated) -> Seated:  # noqa: F811
    return seated("hf01")


def test_a_call_from_the_first_page_to_the_next_case(cast, desk):
    one, two = cast.sent(at=MONDAY - timedelta(days=3)), cast.sent(at=MONDAY - timedelta(days=2))
    page = desk.open(NEXT)
    assert page.context["calls"]["ready"] == 2 and not FollowUpCall.objects.exists()  # looking reserves nothing
    answer = desk.send(NEXT)
    assert (answer.status_code, answer["Location"]) == (303, page_of(one))
    for name, value in {"dial": "1", "contacted": "yes", "is_true": "yes", "solved": "yes", "satisfied": "5"}.items():
        assert press(desk, one, **{name: value}, words="灯亮了").status_code == 303
    answer = press(desk, one, record="1", words="灯亮了，谢谢")
    assert (answer.status_code, answer["Location"]) == (303, page_of(two))
    one.refresh_from_db()
    assert (one.state, one.verdict) == ("C", "solved")
    row = Attempt.objects.get()
    assert (row.by.username, row.solved, row.satisfied, row.way) == ("hf01", "yes", "5", "phone")
    assert Look.objects.get(case=one, what="contact").reason == "follow_up"


def test_the_number_is_never_shown(cast, desk, monkeypatch):
    case = cast.sent()
    shown = [desk.open(page_of(case)), press(desk, case, dial="1"), desk.open(page_of(case))]
    monkeypatch.setattr(
        telephony, "dial", lambda **how: (_ for _ in ()).throw(telephony.NotDialled("no line 13812342217"))
    )
    call = FollowUpCall.objects.get()
    FollowUpCall.objects.update(dialled_at=NOW - timedelta(minutes=1))
    shown += [press(desk, case, dial="1"), desk.open(page_of(case))]
    assert "没拨出去" in said(shown[-1])
    assert all("13812342217" not in page.content.decode() for page in shown) and "138****2217" in said(shown[0])
    call.refresh_from_db()
    assert call.dialled_at == NOW


@pytest.mark.parametrize(
    ("answers", "title", "button"),
    [
        ({}, "", "记下"),
        ({"solved": "yes", "satisfied": "5"}, "按规则办结", "记下，办结"),
        ({"solved": "no"}, "按规则要重办", "记下，重办"),
        ({"solved": "half"}, "要第二个人定", "记下，交第二人定"),
        ({"solved": "yes", "satisfied": "1"}, "要第二个人定", "记下，交第二人定"),
        ({"outcome": "no_answer"}, "再打一次", "记下，下次再打"),
        ({"contacted": "yes"}, "再打一次", "记下，下次再打"),
    ],
)
def test_what_it_leads_to_is_said_before_it_is_written(answers, title, button, cast, desk):
    case = cast.sent()
    for name, value in answers.items():
        press(desk, case, **{name: value})
    standing = desk.open(page_of(case)).context["standing"]
    assert (standing["title"], standing["label"], standing["can_record"]) == (title, button, bool(answers))
    assert not Attempt.objects.exists()


def test_a_redo_names_the_unit_and_the_day_and_the_third_goes_to_a_leader(cast, desk, seated, clock):  # noqa: F811
    case = cast.sent()
    press(desk, case, solved="no")
    told = desk.open(page_of(case)).context["standing"]["text"]
    assert "市住房和城乡建设局" in told and "6 月 11 日 17:00" in told and "第 1 次重办" in told
    FollowUpCall.objects.all().delete()
    for day in (1, 2):
        cast.ask_back(case, at=MONDAY + timedelta(days=day), solved="no", satisfied="1")
        at = MONDAY + timedelta(days=day)
        cast.prove(case, at=at)
        cast.reply(case, at=at)
        cast.do("approve", case, cast.reviewer(), at=at + timedelta(hours=7))
    clock.move_to(MONDAY + timedelta(days=3))
    desk = seated("hf01")  # his session of Monday is over
    press(desk, case, solved="no")
    assert desk.open(page_of(case)).context["standing"]["title"] == "按规则报领导"


def test_the_proof_stands_beside_its_question(cast, desk):
    case = cast.sent()
    beside = {q["name"]: q["proofs"] for q in desk.open(page_of(case)).context["questions"]}
    assert [f["text"] for f in beside["contacted"]] == ["今天 11:00，电话，说上话了，4 分钟"]
    assert [f["text"] for f in beside["is_true"]] == [
        "今天 14:00，到现场，照片 1 张",
        "现场记录有出入：照片没有时间也没有地点",
    ]
    assert [(f["text"], f["said"]) for f in beside["solved"]] == [("办了", "修好电梯"), ("办了", "说明停运原因")]
    assert [f["text"] for f in beside["satisfied"]] == ["以前没有问到过他"]
    assert "电梯门机板已换好" in desk.open(page_of(case)).context["reply"]


def test_hours_that_only_a_phone_knows_are_asked_about(cast, desk):
    case = cast.in_hand()
    came = MONDAY + timedelta(hours=4)
    for hour, way in ((1, "phone"), (2, "sms"), (3, "phone")):
        when = MONDAY + timedelta(hours=hour)
        cast.do(
            "contact", case, cast.handler(), at=came, way=way, outcome="no_answer", words="没人接", recorded_at=when
        )
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    sheet = said(Seated(cast.reviewer()).open(f"/desk/review/{case.number}/"))
    assert sheet.count("钟点只有手机记着") == 1
    cast.do("approve", case, cast.reviewer(), at=MONDAY + timedelta(hours=7))
    beside = {q["name"]: q["proofs"] for q in desk.open(page_of(case)).context["questions"]}
    assert [f["level"] for f in beside["contacted"] if "钟点只有手机记着" in f["text"]] == ["soon"]


def test_what_he_said_in_the_cycle_before_is_there(cast, desk, clock):  # noqa: F811
    case = cast.sent(at=MONDAY - timedelta(days=7))
    cast.ask_back(case, at=MONDAY - timedelta(days=6), solved="no", satisfied="2", words="还是不动")
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    cast.do("approve", case, cast.reviewer(), at=MONDAY + timedelta(hours=7))
    facts = {q["name"]: q["proofs"] for q in desk.open(page_of(case)).context["questions"]}["satisfied"]
    assert (facts[0]["text"], facts[0]["said"]) == ("6 月 2 日 09:00，第 1 轮，没解决，不满意", "还是不动")


def test_a_second_caller_sees_who_has_it_and_cannot_press(cast, desk, seated):  # noqa: F811
    case = cast.sent()
    press(desk, case, contacted="yes")
    page = seated("hf02").open(page_of(case))
    assert "正在打这件" in said(page) and 'name="solved"' not in page.content.decode()
    assert seated("hf02").send(page_of(case), {"solved": "no"}).status_code == 409
    assert [t["value"] for t in FollowUpCall.objects.get().taps] == ["yes"]


def attempt_page(case) -> str:
    return f"/desk/case/{case.number}/step/attempt/"


ANSWERED = {"outcome": "answered", "way": "phone", "solved": "no", "words": "他说还是不亮"}


def test_the_plain_page_of_the_step_knows_who_is_ringing(cast, desk, seated, clock):  # noqa: F811
    """Said when it is opened, and when somebody took the call while it was open; what was typed stays."""
    case, other = cast.sent(), seated("hf02")
    opened = other.form(case, "attempt")
    press(desk, case, contacted="yes")
    page = other.open(attempt_page(case))
    assert page.status_code == 409 and "正在打这件" in said(page) and cast.caller_back.full_name in said(page)
    assert 'name="solved"' not in page.content.decode()
    sent = other.send(attempt_page(case), opened | ANSWERED)
    assert sent.status_code == 409 and "正在打这件" in said(sent) and "他说还是不亮" in sent.content.decode()
    in_place = other.send(attempt_page(case), opened | ANSWERED, headers={"HX-Request": "true"})
    assert in_place.status_code == 409 and "正在打这件" in in_place.content.decode()
    assert not Attempt.objects.exists() and FollowUpCall.objects.get(ended_at=None).officer.username == "hf01"


def test_a_call_that_nobody_touches_any_more_holds_up_nobody(cast, desk, seated, clock):  # noqa: F811
    case, other = cast.sent(), seated("hf02")
    press(desk, case)  # taken, and nothing said
    assert other.open(attempt_page(case)).status_code == 409
    clock.shift(timedelta(minutes=21))
    assert other.open(attempt_page(case)).status_code == 200


def test_his_own_call_ends_with_what_he_writes_on_the_plain_page(cast, desk):
    case = cast.sent()
    press(desk, case, contacted="yes")
    answer = desk.take(case, "attempt", **ANSWERED | {"outcome": "no_answer", "solved": ""})
    assert answer.status_code == 303 and Attempt.objects.count() == 1
    call = FollowUpCall.objects.get()
    assert call.ended_at == NOW and [t["value"] for t in call.taps] == ["yes"]
    late = desk.send(page_of(case), {"record": "1", "call": call.pk})
    assert late.status_code == 409 and "已经记下或放回了" in said(late) and Attempt.objects.count() == 1
    assert finish_left(at=NOW + timedelta(hours=1)) == 0, "the worker writes it down no second time"


def test_the_caller_himself_waits_for_nobody(cast, desk):
    """He rang the hotline, or tapped on the link, while somebody had him on the list: his word is taken."""
    case = cast.sent()
    press(desk, case, contacted="yes")
    cast.do("attempt", case, Actor("citizen", cast.operator), at=NOW, outcome="answered", way="phone", solved="yes", satisfied="5")  # fmt: skip
    assert (case.state, Attempt.objects.get().by) == ("C", cast.operator)
    late = press_late(desk, case)
    assert late.status_code == 409 and "不等回访了" in said(late)


def press_late(desk: Seated, case):
    return desk.send(page_of(case), {"record": "1", "call": FollowUpCall.objects.get().pk})


def test_a_refused_press_keeps_what_was_said(cast, desk):
    case = cast.sent()
    answer = press(desk, case, solved="perhaps", words="他说再看看")
    assert (answer.status_code, answer.context["own_words"]) == (422, "他说再看看")
    assert FollowUpCall.objects.get(ended_at=None).words == "他说再看看"


def test_the_answer_of_two_presses_is_one_attempt(cast, desk):
    case = cast.sent()
    press(desk, case, solved="half")
    sent = form(desk, case) | {"record": "1"}
    assert [desk.send(page_of(case), sent).status_code for _press in range(2)] == [303, 303]
    assert Attempt.objects.count() == 1


def test_a_script_gets_only_what_changed(cast, desk):
    case = cast.sent()
    answer = desk.send(page_of(case), {"solved": "no", "key": "k"}, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in body and 'data-chosen="solved=no "' in body
    wrong = desk.send(page_of(case), {"outcome": "no_answer"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422 and "不能再记没接通" in wrong.content.decode()
    pk = FollowUpCall.objects.get().pk
    done = desk.send(page_of(case), {"record": "1", "call": pk}, headers={"HX-Request": "true"})
    assert done["X-Go-To"] == NEXT


def test_at_night_nobody_is_rung_by_itself(cast, desk, clock):  # noqa: F811
    case, _other = cast.sent(at=MONDAY - timedelta(days=3)), cast.sent()
    clock.move_to(NOW.replace(hour=21, minute=5))
    assert desk.open(NEXT).context["calls"]["is_night"] and "仍然打下一件" in said(desk.open(NEXT))
    press(desk, case, solved="yes")
    assert press(desk, case, record="1")["Location"] == NEXT


@pytest.mark.parametrize("who", ["hw01", "pd01", "c-housing-sh", "ld01"])
def test_others_have_no_calls_to_make(who, cast, seated):  # noqa: F811
    case = cast.sent()
    assert seated(who).open(NEXT).status_code == 403
    assert seated(who).open(page_of(case)).status_code == 403
    assert seated(who).send(page_of(case), {"solved": "yes"}).status_code in (403, 409)
    assert not FollowUpCall.objects.filter(officer__username=who).exclude(taps=[]).exists()


def test_pages_cost_the_same_for_a_short_and_a_long_case(cast, desk, django_assert_max_num_queries):
    short, long = cast.sent(), cast.sent(at=MONDAY - timedelta(days=1))
    for n in range(6):
        cast.do("caller_adds", long, cast.operator, at=NOW, words=f"补充 {n}", photos=[photo()])
    cost_the_same(desk, [page_of(short), page_of(long)], QUERIES_AT_MOST, django_assert_max_num_queries)


def test_pages_carry_no_inline_script_or_style(cast, desk):
    for address in (NEXT, page_of(cast.sent())):
        body = desk.open(address).content.decode()
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", body), address


def test_the_journal_tells_what_he_said_first(cast, desk):
    case = cast.sent()
    for value in ("no", "yes"):
        press(desk, case, solved=value)
    assert "先说的也留着：没解决" in said(desk.open(page_of(case)))
    press(desk, case, record="1")
    assert "先说的是 解决了吗：没解决" in said(desk.case(case))
