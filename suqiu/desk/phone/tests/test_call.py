"""Does the phone desk know who calls, what it belongs to, and where a call was left? Without a script, as the server answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.cases.models import Case
from suqiu.desk.phone import suggestions
from suqiu.desk.seats import seat_of
from suqiu.directory.models import Grant, OfficeLine
from suqiu.intake import known_events
from suqiu.intake.models import CallDraft
from suqiu.language.likeness import likeness, pairs, shared_words, weights
from tests.cast import photo
from tests.hands import Form

from .conftest import NOW, said

KEY = "22222222-2222-4222-8222-222222222222"
CALL = {
    "key": KEY,
    "phone": "13900001111",
    "name": "李秀英",
    "words": "三单元电梯停了三天，老人下不了楼",
    "secrecy": "general",
    "urgency": "normal",
}


BOTH = "zh01"  # an operator who may dispatch as well


@pytest.fixture
def outage(cast):
    return known_events.announce(
        by=cast.shift_lead, at=NOW, key="outage", title="翠屏片区停水", text="翠屏片区主管爆裂，今晚 8 点前恢复。",
        area=cast.area("510802"), words="翠屏 停水", valid_until=NOW + timedelta(hours=5),
    )  # fmt: skip


# ---- who calls


def test_the_caller_is_masked_told_and_written_down(cast, seated):
    case = cast.in_hand()
    cast.do("promise", case, cast.handler(), at=NOW, what="明天换好门机板", due_at=NOW + timedelta(days=1))
    answer = seated("hw02").send("/desk/phone/look/", {"phone": "+86 138-1234-2217"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "王**" in page and "138****2217" in page and "王桂芳" not in page and "13812342217" not in page
    assert "住房和城乡建设局正在办" in page and "前：明天换好门机板" in page
    assert OfficeLine.objects.get(act="look_up").says == {"found": 1}


def test_each_look_is_a_line(seated):
    operator = seated("hw01")
    for n in range(3):
        operator.send("/desk/phone/look/", {"phone": f"1390000000{n}"})
    assert OfficeLine.objects.filter(act="look_up").count() == 3
    assert operator.send("/desk/phone/look/", {"phone": "12"}).status_code == 422
    assert OfficeLine.objects.filter(act="look_up").count() == 3


def test_what_is_past_its_term_is_told_as_such(cast, seated, clock):
    cast.in_hand()
    clock.shift(timedelta(days=60))
    page = seated("hw02").send("/desk/phone/look/", {"phone": "13812342217"}).content.decode()
    assert "已经过了" in page


def test_looking_up_asks_the_same_however_many_cases(cast, seated):
    def asked(n: int) -> int:
        for _call in range(n):
            cast.in_hand()
        operator = seated("hw02")
        operator.send("/desk/phone/look/", {"phone": "13812342217"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            operator.send("/desk/phone/look/", {"phone": "13812342217"})
        return len(queries)

    assert asked(1) == asked(8)


# ---- what it belongs to


def suggested(seated, **typed):
    answer = seated("hw02").send("/desk/phone/suggest/", typed)
    assert answer.status_code == 200
    return answer.context["found"]


def test_a_case_that_may_be_the_same_is_shown_with_why(cast, seated):
    case = cast.accepted()
    found = suggested(seated, words="我家楼里电梯坏了，老人下不了楼", area="510802001", phone="13812342217")
    assert [c["number"] for c in found.cases] == [case.number]
    assert found.cases[0]["is_his"] and "电梯坏了" in found.cases[0]["shared"]
    assert suggested(seated, words="公园的长椅断了一条腿，坐不了人", area="510802001").cases == []


def test_closed_foreign_and_secret_cases_are_not_shown(cast, seated):
    cast.closed()
    cast.accepted(secrecy="confidential")
    about = cast.accepted(about_department=cast.department("C-HOUSING"))
    found = suggested(seated, words="电梯坏了三天，老人下不了楼，请派人来修", area="510802001")
    assert [c["number"] for c in found.cases] == [about.number]
    assert suggested(seated, words="电梯坏了三天，老人下不了楼", area="510824").cases == []  # another county


def test_places_items_and_the_unit_are_offered_and_none_is_chosen(cast, seated):
    area = cast.area("510802001")
    found = suggested(seated, words=f"{area.name}这边电梯老是出故障，{area.parent.name}的")
    assert found.areas[0]["code"] == area.pk
    assert "电梯" in found.matters[0]["name"] and found.target is None
    matter = found.matters[0]["pk"]
    found = suggested(seated, words="电梯老是出故障", area=area.pk, matter=matter)
    assert found.areas == [] and found.matters == []
    assert found.target["code"] and found.target["name"] in found.target["why"]


@pytest.mark.parametrize(
    ("words", "area", "is_shown"),
    [
        ("翠屏这边没有水", "", True),
        ("家里停水两天了", "510802001", True),
        ("你好", "510802001", True),  # the place matches
        ("翠屏停水了", "510824", False),  # another county
        ("我要办居住证", "", False),
    ],
)
def test_a_known_event_appears_when_place_or_words_match(words, area, is_shown, outage, seated):
    found = suggested(seated, words=words, area=area)
    assert [e["pk"] for e in found.events] == ([outage.pk] if is_shown else [])


def test_a_known_event_is_there_at_once_and_gone_at_once(cast, outage, seated, clock):
    assert suggested(seated, words="翠屏停水").events[0]["text"] == outage.text
    known_events.end(known=outage, by=cast.shift_lead, at=NOW, all_clear="")
    assert suggested(seated, words="翠屏停水").events == []


def test_what_is_no_suggestion_request_is_harmless(seated):
    for typed in ({}, {"matter": "x" * 50, "area": "1", "event": "9" * 30}, {"words": "\0" * 5}, {"matter": "9" * 40}):
        assert suggested(seated, **typed).is_empty
    assert seated("hw02").open("/desk/phone/suggest/").status_code == 303


def test_suggesting_asks_the_same_however_many_cases(cast, seated):
    def asked(n: int) -> int:
        for _call in range(n):
            cast.accepted()
        seat, typed = (
            seat_of(cast.officer("hw02"), NOW),
            suggestions.Typed(words="电梯坏了三天，老人下不了楼", area="510802001"),
        )
        suggestions.found(typed, seat)
        with CaptureQueriesContext(connection) as queries:
            suggestions.found(typed, seat)
        return len(queries)

    assert asked(1) == asked(20)


def test_likeness_is_of_what_is_rare():
    texts = [pairs(t) for t in ("小区电梯坏了没人修", "小区路灯坏了没人修", "小区水管坏了没人修")]
    weight = weights(texts)
    said_of_lift = pairs("电梯又坏了")
    scores = [likeness(said_of_lift, t, weight) for t in texts]
    assert scores[0] > 2 * max(scores[1:]) > 0
    assert likeness(pairs("天气真好"), texts[0], weight) == 0.0
    assert likeness(texts[0], texts[0], weight) == pytest.approx(1)
    assert pairs("我家wifi断了") == {"wifi", "断了"}
    assert shared_words("路面钢板被大车压响", "大车一过钢板就响，路面不平") == ["大车", "钢板", "路面"]


# ---- drafts


def keep(operator, revision: int, **values):
    return operator.send("/desk/phone/draft/", {"key": KEY, "revision": revision} | values)


def test_a_call_that_was_interrupted_is_taken_up_again(seated):
    operator = seated("hw01")
    assert keep(operator, 1, words="楼上漏水", phone="13900001111").json()["revision"] == 1
    page = seated("hw01").open("/desk/intake/")  # another browser, another session
    form = Form(page.content.decode(), having="words")
    assert (form.values["words"].strip(), form.values["key"]) == ("楼上漏水", KEY)
    assert 'value="13900001111"' in page.content.decode() and "放回来了" in page.content.decode()
    assert "楼上漏水" not in seated("hw02").open("/desk/intake/").content.decode()


def test_another_call_may_be_begun_meanwhile(seated):
    operator = seated("hw01")
    keep(operator, 1, words="楼上漏水")
    page = operator.open("/desk/intake/?call=new")
    assert Form(page.content.decode(), having="words").values["words"].strip() == ""
    assert [d["words"] for d in page.context["drafts"]] == ["楼上漏水"]
    operator.send("/desk/phone/draft/", {"drop": KEY})
    assert operator.open("/desk/intake/?call=new").context["drafts"] == []


def test_a_draft_does_not_hang_on_an_event_that_is_over(cast, outage, seated):
    operator = seated("hw01")
    keep(operator, 1, words="停水了", event=outage.pk)
    assert Form(operator.open("/desk/intake/").content.decode(), having="words").values["event"] == str(outage.pk)
    known_events.end(known=outage, by=cast.shift_lead, at=NOW, all_clear="")
    assert Form(operator.open("/desk/intake/").content.decode(), having="words").values["event"] == ""


def test_registering_ends_the_draft_and_only_then(seated):
    operator = seated("hw01")
    keep(operator, 1, words="楼上漏水")
    assert operator.send("/desk/intake/", CALL | {"then": "accept"}).status_code == 422
    assert CallDraft.objects.exists()
    assert operator.send("/desk/intake/", CALL | {"then": "register"}).status_code == 303
    assert not CallDraft.objects.exists()


def test_an_older_revision_is_answered_with_the_newer_one(seated):
    operator = seated("hw01")
    keep(operator, 5, words="新的")
    answer = keep(operator, 4, words="旧的")
    assert (answer.status_code, answer.json()["revision"]) == (409, 5)
    assert keep(operator, "x").status_code == 422


def test_the_number_of_queries_of_the_page_does_not_grow_with_drafts(seated, cast):
    def asked() -> int:
        cache.clear()
        operator = seated("hw01")
        operator.open("/desk/intake/?call=new")
        with CaptureQueriesContext(connection) as queries:
            operator.open("/desk/intake/?call=new")
        return len(queries)

    seated("hw01").send("/desk/phone/draft/", {"key": f"{0:036d}", "revision": 1, "words": "一"})
    few = asked()
    for n in range(1, 6):
        seated("hw01").send("/desk/phone/draft/", {"key": f"{n:036d}", "revision": 1, "words": "一"})
    assert asked() == few


# ---- in one go


def test_who_may_both_registers_accepts_and_dispatches_in_one_go(cast, seated):
    matter = cast.matter()
    answer = seated(BOTH).send(
        "/desk/intake/",
        CALL | {"then": "dispatch", "demand_type": "help", "area": "510802001", "matter": matter.pk},
    )
    assert answer.status_code == 303, said(answer)
    case = Case.objects.get()
    assert " ".join(ln.step for ln in case.lines.order_by("no")) == "receive accept dispatch"
    offered = suggestions.target(suggestions.Typed(area="510802001", matter=matter.pk))
    assert case.first_department_id == case.lead_department_id == offered["code"]


def test_the_unit_chosen_on_the_form_is_the_one_that_gets_it(cast, seated):
    fields = {"then": "dispatch", "demand_type": "help", "area": "510802001", "matter": cast.matter().pk}
    seated(BOTH).send("/desk/intake/", CALL | fields | {"department": "C-MARKET"})
    assert Case.objects.get().lead_department_id == "C-MARKET"


@pytest.mark.parametrize("who", ["hw02", "hw03"])
def test_who_may_not_dispatch_does_not(who, cast, seated):
    """hw03 is third-party staff: with a grant too he only records."""
    if who == "hw03":
        Grant.objects.create(officer=cast.outsider, role="dispatcher", department_id="HOTLINE", since=NOW.date())
    page = seated(who).open("/desk/intake/").content.decode()
    assert 'value="dispatch"' not in page and 'value="accept"' in page
    fields = {"then": "dispatch", "demand_type": "help", "area": "510802001", "matter": cast.matter().pk}
    answer = seated(who).send("/desk/intake/", CALL | fields)
    assert answer.status_code == 403
    assert "三单元电梯停了三天" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_confidential_case_is_not_sent_before_it_is_rewritten(cast, seated):
    fields = {"then": "dispatch", "demand_type": "help", "area": "510802001", "matter": cast.matter().pk}
    answer = seated(BOTH).send("/desk/intake/", CALL | fields | {"secrecy": "confidential"})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"secrecy"}
    assert not Case.objects.exists()


# ---- under a known event


def test_one_press_records_him_under_it_answers_and_promises(outage, seated):
    operator = seated("hw01")
    answer = operator.send("/desk/intake/", CALL | {"words": "家里停水了", "then": "event", "event": outage.pk})
    assert answer.status_code == 303, said(answer)
    case = Case.objects.get()
    assert (case.event_id, case.state) == (outage.event_id, "A")
    line = case.lines.get(step="answer_at_once")
    texts = {c.name: c.body for c in case.contents.filter(line_no=line.no)}
    assert texts["answer"] == outage.text and outage.event.title in texts["source"]
    assert "恢复了，会发短信告诉您" in said(operator.open("/desk/intake/saved/"))


def test_who_left_no_number_is_not_promised_a_message(outage, seated):
    operator = seated("hw01")
    operator.send("/desk/intake/", CALL | {"phone": "", "then": "event", "event": outage.pk})
    page = said(operator.open("/desk/intake/saved/"))
    assert "收不到短信" in page and "会发短信告诉您" not in page


def test_he_may_want_more_than_the_answer(outage, seated):
    """The event marked and another way taken: a member all the same, and the case goes its way."""
    seated("hw01").send("/desk/intake/", CALL | {"then": "register", "event": outage.pk})
    case = Case.objects.get()
    assert (case.event_id, case.state) == (outage.event_id, "R")


def test_an_event_that_ended_while_he_spoke_is_said_and_nothing_is_lost(cast, outage, seated):
    known_events.end(known=outage, by=cast.shift_lead, at=NOW, all_clear="")
    answer = seated("hw01").send("/desk/intake/", CALL | {"then": "event", "event": outage.pk})
    assert answer.status_code == 409
    assert "已经结束或过了时间" in answer.content.decode() and "三单元电梯停了三天" in answer.content.decode()
    assert not Case.objects.exists()
    again = Form(answer.content.decode(), having="words").values
    assert again["event"] == ""  # any other way is open
    for wrong in ("", "x", "9" * 30):
        assert seated("hw01").send("/desk/intake/", CALL | {"then": "event", "event": wrong}).status_code == 422


def test_without_a_script_a_suggestion_is_taken_by_its_own_button(cast, outage, seated):
    operator = seated("hw01")
    page = operator.send("/desk/intake/", CALL | {"words": "家里停水了", "place": "翠屏", "take": f"event:{outage.pk}"})
    assert page.status_code == 200 and page.context["form"]["event"].value() == str(outage.pk)
    assert page.context["found"].events[0]["is_taken"]
    page = operator.send("/desk/intake/", CALL | {"take": "area:510802001"})
    assert page.context["form"]["area"].value() == "510802001"
    page = operator.send("/desk/intake/", CALL | {"take": "phone:1"})
    assert page.context["form"]["phone"].value() == "13900001111"
    assert not Case.objects.exists()


def test_photos_have_no_place_here(cast, seated):
    """A stray file in a posting of the phone desk is not taken."""
    answer = seated("hw01").send("/desk/intake/", CALL | {"then": "register", "files": photo()})
    assert answer.status_code == 303
    assert not Case.objects.get().attachments.exists()
