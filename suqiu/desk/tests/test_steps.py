"""Does the one view take every plain step? Forms opened, filled and sent without a script, through whole lives of cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from suqiu.cases import journal
from suqiu.cases.flow import BY_NAME, STEPS
from suqiu.cases.models import Attachment, Case, Content, Line
from suqiu.directory.models import Matter
from suqiu.handling.models import SiteVisit
from tests.cast import MONDAY, photo
from tests.hands import Form

from .conftest import NOW, said
from .test_queues import (
    _answered,
    _appealed,
    _assisted,
    _at_county,
    _found_lawful,
    _half,
    _hung,
    _moved,
    _new_time_asked,
    _new_time_offered,
    _promised,
    _returned,
    _to_correct,
    _to_extend,
    _to_hang,
    _waiting,
    _with_leader,
    _withdrawn,
    before_panel,
    objected,
)

LATER = f"{timezone.localtime(NOW + timedelta(days=2)):%Y-%m-%dT%H:%M}"
DAY = f"{timezone.localtime(NOW + timedelta(days=40)):%Y-%m-%d}"
SEEN_AT = f"{timezone.localtime(NOW - timedelta(minutes=20)):%Y-%m-%dT%H:%M}"
WAY = {
    "routing_class": "legal",
    "reason": "in_court",
    "basis": "《民事诉讼法》",
    "way": "承办法院，或打 12368",
    "words": "这件事正在法院审理",
}
ACCEPTED = {
    "demand_type": "complaint",
    "area": "510802001",
    "urgency": "normal",
    "secrecy": "general",
    "ask_lines": "修好电梯\n说明原因",
}


def _told_before(cast) -> Case:
    cast.closed(at=NOW - timedelta(days=9))
    return cast.case()


def _beside_another(cast) -> Case:
    cast.in_hand()
    return cast.accepted()


def _the_other(cast) -> str:
    return Case.objects.order_by("pk").first().spoken_number


def _merged(cast) -> Case:
    case = _beside_another(cast)
    cast.do("merge", case, cast.operator, at=NOW, into=Case.objects.order_by("pk").first(), words="同一部电梯")
    return case


def _third_time(cast) -> Case:
    for _n in range(2):
        cast.case()
    case = cast.sent()
    cast.ask_back(case, at=NOW, solved="half", satisfied="3")
    return case


VISITED = {"visited_at": SEEN_AT, "place": "3 栋", "words": "换了门机板", "before": photo, "after": photo}
VISITED |= {"position-lon": "105.83", "position-lat": "32.43", "position-accuracy": "12"}
ALL_GOOD = {
    "outcome": "answered",
    "way": "phone",
    "contacted": "yes",
    "is_true": "yes",
    "solved": "yes",
    "satisfied": "5",
    "words": "好了",
}
ASKS = {"asks-1-outcome": "answered", "asks-2-outcome": "declined", "asks-2-basis": "《物业管理条例》第二条"}


def _third_half(cast) -> Case:
    """Two redos are used up, and he says half: a second person sends it to a leader."""
    start = MONDAY - timedelta(days=21)
    case = cast.sent(at=start)
    for week, answer in ((1, "no"), (2, "no"), (3, "half")):
        at = start + timedelta(days=7 * week)
        cast.ask_back(case, at=at, solved=answer, satisfied="3")
        if week < 3:
            cast.prove(case, at=at)
            cast.reply(case, at=at)
            cast.do("approve", case, cast.reviewer(), at=at + timedelta(hours=7))
    return case


def _called(cast) -> Case:
    case = cast.in_hand()
    cast.do(
        "call_meeting",
        case,
        cast.handler(),
        at=NOW - timedelta(hours=2),
        meets_at=NOW - timedelta(hours=1),
        place="楼下",
        departments=[cast.department("C-CITY_MGMT")],
    )
    return case


def _split(cast) -> Case:
    case = cast.in_hand(at=NOW - timedelta(hours=3))
    cast.do(
        "split",
        case,
        cast.dispatcher,
        at=NOW,
        points=[2],
        department=cast.department("C-MARKET"),
        days=3,
        words="检验归它",
    )
    return case


def _to_meet(cast) -> Case:
    case, fields = cast.in_hand(), {"place": "楼下", "departments": [cast.department("C-CITY_MGMT")]}
    cast.do("call_meeting", case, cast.handler(), at=NOW, meets_at=NOW + timedelta(days=1), **fields)
    return case


def _moved_and_replied(cast) -> Case:
    case = _moved(cast)
    cast.do("sign_in", case, cast.handler("C-CITY_MGMT"), at=NOW)
    cast.do("contact", case, cast.handler("C-CITY_MGMT"), at=NOW, way="phone", outcome="connected", words="说了")
    cast.do(
        "visit", case, cast.handler("C-CITY_MGMT"), at=NOW, visited_at=NOW, place="楼下", words="看了", after=[photo()]
    )
    cast.reply(case, at=NOW - timedelta(hours=6), unit="C-CITY_MGMT")
    return case


def _promise_of(case: Case) -> str:
    return str(case.promises.get().pk)


LIVES = {  # step: (the case, who, what is typed, the state it leads to)
    "accept": (lambda c: c.case(), "sl01", ACCEPTED, "D"),
    "ask_caller": (lambda c: c.accepted(), "sl01", {"words": "请问哪一栋"}, "W"),
    "resume": (_waiting, "hw01", {"words": "3 栋"}, "D"),
    "caller_adds": (lambda c: c.accepted(), "hw01", {"words": "又停了", "is_hurry": "on", "photos": photo}, "D"),
    "answer_at_once": (lambda c: c.case(), "hw01", {"answer": "带身份证到窗口", "source": "办事指南"}, "A"),
    "review_answer": (_answered, "sl01", {"is_right": "no", "words": "指南改了"}, "D"),
    "not_answered": (_answered, "hw01", {"words": "我问的是外地户口"}, "D"),
    "suspect": (lambda c: c.case(), "hw01", {"words": "今天第 30 次，只骂人"}, "R"),
    "divert": (lambda c: c.case(), "sl01", WAY, "X"),
    "appeal": (lambda c: _diverted(c), "hw01", {"words": "没有打官司"}, "X"),
    "decide_appeal": (_appealed, "sl02", {"is_upheld": "yes", "words": "核实没有立案"}, "R"),
    "correct": (lambda c: c.in_hand(), "sl01", {"area": "510802002", "words": "地点写错了"}, "H"),
    "confirm_correction": (_to_correct, "sl02", {"is_right": "yes", "words": "同意"}, "H"),
    "answer_again": (_told_before, "hw01", {}, "A"),
    "merge": (_beside_another, "hw01", {"into": _the_other, "words": "同一部电梯"}, "M"),
    "unmerge": (_merged, "bz01", {"words": "不是同一部"}, "D"),
    "sign_family": (_third_time, "ld01", {"is_upheld": "yes", "words": "这次换了主机"}, "F"),
    "dispatch": (lambda c: c.accepted(), "pd01", {"department": "C-HOUSING"}, "S"),
    "send_on": (_at_county, "k-510824-pd1", {"department": "B-510824-HOUSING"}, "S"),
    "send_up": (_at_county, "k-510824-pd1", {"ground": "not_our_area", "words": "不在本县"}, "D"),
    "return_case": (lambda c: _spoken(c), "c-housing-sh", {"ground": "not_our_duty", "basis": "三定方案", "words": "说了要退"}, "H"),
    "decide_return": (_returned, "pd02", {"is_upheld": "yes", "words": "目录在城管"}, "D"),
    "object": (lambda c: c.in_hand(), "c-housing-fz", {"words": "别家抢修留下的", "basis": "三定方案", "belongs_to": "C-MARKET"}, "H"),
    "state_view": (objected, "pd01", {"words": "目录在住建", "basis": "目录"}, "H"),
    "rule": (objected, "cd01", {"outcome": "moves", "department": "C-MARKET", "basis": "许可", "words": "它挖的", "reach": "all"}, "S"),
    "to_panel": (objected, "cd01", {"outcome": "stays", "basis": "目录", "words": "没有变", "reach": "area"}, "H"),
    "confirm_ruling": (before_panel, "cd02", {"is_right": "yes", "words": "同意"}, "H"),
    "tell_hand_over": (_moved, "c-housing-jb1", {"way": "phone", "words": "现在由综合执法局办"}, "S"),
    "add_assist": (lambda c: c.in_hand(), "pd01", {"departments": ["C-CITY_MGMT", "C-MARKET"], "days": "3", "words": "请一起看"}, "H"),
    "split": (lambda c: c.in_hand(), "pd01", {"points": ["2"], "department": "C-MARKET", "days": "3", "words": "检验归它"}, "H"),
    "sign_in": (lambda c: c.dispatched(), "c-housing-jb1", {}, "H"),
    "assign": (lambda c: c.in_hand(), "c-housing-sh", {"officer": lambda c: c.officer("c-housing-jb2").pk, "substitute": lambda c: c.handler().pk}, "H"),
    "contact": (lambda c: c.in_hand(), "c-housing-jb1", {"way": "phone", "outcome": "connected", "minutes": "4", "words": "说好下午去看"}, "H"),
    "visit": (lambda c: c.in_hand(at=NOW - timedelta(hours=3)), "c-housing-jb1", VISITED, "H"),
    "call_meeting": (lambda c: c.in_hand(), "c-housing-jb1", {"meets_at": LATER, "place": "您家楼下", "departments": ["C-CITY_MGMT"]}, "H"),
    "meet": (_called, "c-housing-jb1", {"came": "yes", "words": "当场定了方案", "citizen_agrees": "yes", "photos": photo}, "H"),
    "invite": (_to_meet, "c-housing-jb1", {"whom": "property", "phone": "13900001234"}, "H"),
    "explain": (lambda c: c.proven(at=NOW - timedelta(hours=6)), "c-housing-jb1", {"words": "照片从微信来，没有带时间"}, "H"),
    "file_outcome": (_assisted, "c-city_mgmt-jb1", {"words": "清理了通道"}, "H"),
    "decide_asks": (_split, "c-market-jb1", {"asks-2-outcome": "declined", "asks-2-basis": "《检验规则》", "words": "周期没到"}, "H"),
    "promise": (lambda c: c.in_hand(), "c-housing-jb1", {"what": "周三下午修好", "due_at": LATER}, "H"),
    "keep": (_promised, "c-housing-jb1", {"promise": _promise_of, "words": "修好了"}, "H"),
    "renegotiate": (_promised, "c-housing-jb1", {"promise": _promise_of, "due_at": LATER, "words": "他说周三也行"}, "H"),
    "ask_new_time": (_promised, "hw01", {"promise": _promise_of, "due_at": LATER, "words": "那天要住院"}, "H"),
    "decide_new_time": (_new_time_asked, "c-housing-jb1", {"is_accepted": "yes", "words": "行，那天去"}, "H"),
    "take_new_time": (_new_time_offered, "hw01", {}, "H"),
    "ask_extension": (lambda c: c.in_hand(), "c-housing-sh", {"days": "3", "words": "等配件"}, "H"),
    "decide_extension": (_to_extend, "pd01", {"is_upheld": "yes", "words": "同意"}, "H"),
    "draft_reply": (lambda c: c.proven(), "c-housing-jb1", {"reply": "门机板换好了，今天恢复运行。", "account": "换门机板一块", **ASKS}, "V"),
    "first_sees": (_moved_and_replied, "c-housing-jb1", {}, "V"),
    "approve": (lambda c: c.replied(), "c-housing-sh", {"words": "可以"}, "F"),
    "send_back": (lambda c: c.replied(), "c-housing-sh", {"words": "没写哪天修好"}, "H"),
    "ask_to_hang": (lambda c: c.proven(), "c-housing-fz", {"plan": "列入改造", "plan_on": DAY, "officer": lambda c: c.handler().pk, "words": "缺资金"}, "H"),
    "hang": (_to_hang, "ld01", {"words": "同意"}, "G"),
    "recheck": (_hung, "c-housing-jb1", {"still": "yes", "words": "资金已报"}, "G"),
    "off_ledger": (_hung, "db01", {"words": "资金到了"}, "H"),
    "attempt": (lambda c: c.sent(), "hf01", ALL_GOOD, "C"),
    "close": (_half, "bz01", {"verdict": "half", "words": "剩下的他自己处理"}, "C"),
    "redo": (_half, "bz01", {"words": "一半没办"}, "H"),
    "refer_up": (_third_half, "bz01", {"words": "两次都只办了一半"}, "L"),
    "find_lawful": (_half, "db01", {"basis": "《物业管理条例》", "words": "依法只能这样"}, "F"),
    "close_lawful": (_found_lawful, "bz01", {"words": "同意"}, "C"),
    "decide": (_with_leader, "ld01", {"choice": "handle", "plan_on": DAY, "words": "月底前办好"}, "H"),
    "ask_withdrawn": (_withdrawn, "hf01", {"outcome": "answered", "is_own_will": "no", "words": "单位让我撤的"}, "H"),
    "recheck_on_spot": (lambda c: c.drawn(at=NOW - timedelta(days=3)), "db01", {"as_told": "no", "visited_at": SEEN_AT, "words": "没修", "photos": photo}, "H"),
    "look_back": (lambda c: c.drawn(at=NOW - timedelta(days=32)), "hf01", {"outcome": "answered", "still": "no", "words": "上周又停了"}, "H"),
    "remind": (lambda cast: cast.in_hand(), "db01", {"words": "来电人又打来了"}, "H"),
}  # fmt: skip


def _diverted(cast) -> Case:
    case = cast.case()
    cast.do("divert", case, cast.intake_reviewer, at=NOW, **WAY)
    return case


def _spoken(cast) -> Case:
    case = cast.in_hand(at=NOW - timedelta(hours=1))
    cast.do("contact", case, cast.handler(), at=NOW, way="phone", outcome="connected", words="说了")
    return case


def _typed(fields: dict, cast, case: Case) -> dict:
    made = {}
    for name, value in fields.items():
        if value is photo:
            value = photo()
        elif callable(value):
            value = value(case) if value is _promise_of else str(value(cast))
        made[name] = value
    return made


@pytest.mark.parametrize("name", LIVES)
def test_a_step_is_taken_by_its_form(name, cast, seated):
    make, who, fields, state = LIVES[name]
    case = make(cast)
    officer = seated(who)
    assert name in officer.offered(case)
    before = case.line_no
    officer.taken(case, name, **_typed(fields, cast, case))
    assert case.state == state
    line = case.lines.get(no=before + 1)
    assert (line.step, line.officer.username) == (name, who)
    words = {f.name for f in BY_NAME[name].asks if f.is_words} & set(fields)
    assert words <= set(case.contents.filter(line_no=line.no).values_list("name", flat=True))
    assert journal.verify(number=case.number).findings == []


def test_every_step_that_is_offered_is_taken_above():
    """Withdrawing is the caller's alone, and has no form at the desk."""
    assert {s.name for s in STEPS if s.is_offered} - {"withdraw"} == set(LIVES)


def test_a_whole_life_over_http(cast, seated, clock):
    """From the call to the caller's own yes: nine people, nine forms, nothing by any other way."""
    operator = seated("hw01")
    words = {
        "phone": "13900001111",
        "name": "李秀英",
        "words": "三单元水管爆了，水往电梯井里灌",
        "area": "510802001",
        "place": "翠屏社区 3 栋",
    }
    saved = operator.send(
        "/desk/intake/", words | {"key": "1" * 36, "secrecy": "general", "urgency": "normal", "then": "register"}
    )
    assert saved.status_code == 303, said(saved)
    case = Case.objects.get()
    seated("sl01").taken(
        case,
        "accept",
        demand_type="help",
        urgency="normal",
        secrecy="general",
        ask_lines="止水\n修好水管",
        matter=cast.matter().pk,
    )
    seated("pd01").taken(case, "dispatch", department="C-HOUSING")
    seated("c-housing-jb1").taken(case, "sign_in")
    seated("c-housing-jb1").taken(case, "contact", way="phone", outcome="connected", minutes="3", words="马上到")
    clock.shift(timedelta(hours=1))
    at = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    seated("c-housing-jb1").taken(case, "visit", visited_at=at, place="3 栋", words="关了总阀，换了管", after=photo())
    seated("c-housing-jb1").taken(
        case,
        "draft_reply",
        reply="水管换好了。",
        account="换 DN50 管 2 米",
        **{"asks-1-outcome": "answered", "asks-2-outcome": "answered"},
    )
    seated("c-housing-sh").taken(case, "approve")
    clock.shift(timedelta(days=1))
    seated("hf01").taken(case, "attempt", outcome="answered", way="phone", solved="yes", satisfied="5")
    assert (case.state, case.verdict, case.area_id) == ("C", "solved", "510802001")
    assert [
        ln.step for ln in case.lines.all()
    ] == "receive accept dispatch sign_in contact visit draft_reply approve attempt close".split()


# ---- what was seen, twice, too late, by somebody else


def test_a_double_press_is_one_line(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    form = officer.form(case, "contact") | {"way": "phone", "outcome": "no_answer", "words": "没人接"}
    answers = [officer.send(officer.step_url(case, "contact"), form) for _press in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert case.lines.filter(step="contact").count() == 1


def test_who_goes_back_and_changes_his_words_has_said_something_else(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    form = officer.form(case, "contact") | {"way": "phone", "outcome": "no_answer"}
    for words in ("没人接", "没人接，留了言"):
        assert officer.send(officer.step_url(case, "contact"), form | {"words": words}).status_code == 303
    bodies = (
        Content.objects.filter(case=case, line_no__gt=4, name="words")
        .order_by("line_no")
        .values_list("body", flat=True)
    )
    assert list(bodies) == ["没人接", "没人接，留了言"]


def test_another_officers_key_gives_nothing_away(cast, seated):
    """A key belongs to who got the form: the same figures from somebody else are his own posting."""
    case = cast.in_hand()
    form = seated("c-housing-jb1").form(case, "contact") | {"way": "phone", "outcome": "no_answer", "words": "没人接"}
    assert seated("c-housing-jb1").send(f"/desk/case/{case.number}/step/contact/", form).status_code == 303
    assert seated("c-housing-jb2").send(f"/desk/case/{case.number}/step/contact/", form).status_code == 303
    assert list(case.lines.filter(step="contact").values_list("officer__username", flat=True)) == [
        "c-housing-jb1",
        "c-housing-jb2",
    ]


def test_a_stale_form_says_who_came_first_and_keeps_every_word(cast, seated):
    case, officer = cast.replied(), seated("c-housing-fz")
    form = officer.form(case, "send_back")
    seated("c-housing-sh").taken(case, "approve")
    answer = officer.send(officer.step_url(case, "send_back"), form | {"words": "没写哪天修好，请补"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert cast.reviewer().full_name in page and "审核通过" in page and "没写哪天修好，请补" in page
    assert Line.objects.filter(case=case, step="send_back").count() == 0


def test_two_forms_open_at_once_both_say_what_they_have_to_say(cast, seated):
    """Nothing was decided meanwhile: a contact beside a contact is no conflict."""
    case = cast.in_hand()
    first, second = seated("c-housing-jb1"), seated("c-housing-jb2")
    forms = [
        s.form(case, "contact") | {"way": "phone", "outcome": "no_answer", "words": "没人接"} for s in (first, second)
    ]
    for officer, form in zip((first, second), forms, strict=True):
        assert officer.send(officer.step_url(case, "contact"), form).status_code == 303


def test_two_dispatch_one_case_and_one_is_told(cast, seated):
    case = cast.accepted()
    first, second = seated("pd01"), seated("pd02")
    forms = [s.form(case, "dispatch") for s in (first, second)]
    assert first.send(first.step_url(case, "dispatch"), forms[0] | {"department": "C-HOUSING"}).status_code == 303
    late = second.send(second.step_url(case, "dispatch"), forms[1] | {"department": "C-MARKET"})
    assert late.status_code == 409
    assert cast.dispatcher.full_name in late.content.decode()
    case.refresh_from_db()
    assert case.lead_department_id == "C-HOUSING"


def test_another_hour_is_answered_with_both_hours_in_sight(cast, seated):
    case = _new_time_asked(cast)
    page = seated("c-housing-jb1").open(f"/desk/case/{case.number}/step/decide_new_time/").content.decode()
    assert "「明天上午到楼下」原定 6 月 8 日 21:00，提出改到 6 月 9 日 21:00。那天要住院。" in page


def test_after_reading_how_it_stands_the_same_form_can_be_sent(cast, seated):
    """Shown again, the form stands at the line the officer has now read; what he typed is in it."""
    case = cast.accepted()
    officer = seated("sl01")
    form = officer.form(case, "correct") | {"urgency": "urgent", "words": "有老人困在楼上"}
    seated("pd01").taken(case, "dispatch", department="C-HOUSING")
    again = officer.send(officer.step_url(case, "correct"), form)
    assert again.status_code == 409
    shown = Form(again.content.decode(), having="seen").values
    assert (shown["words"].strip(), shown["urgency"], shown["seen"]) == ("有老人困在楼上", "urgent", str(case.line_no))
    assert officer.send(officer.step_url(case, "correct"), shown).status_code == 303
    case.refresh_from_db()
    assert case.urgency == "urgent"


def test_a_script_gets_the_refusal_alone_and_the_line_the_case_stands_at(cast, seated):
    case, officer = cast.replied(), seated("c-housing-fz")
    form = officer.form(case, "send_back")
    seated("c-housing-sh").taken(case, "approve")
    answer = officer.send(officer.step_url(case, "send_back"), form | {"words": "补"}, headers={"hx-request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<html" not in page and 'role="alert"' in page
    assert f'value="{case.line_no}" id="id_seen" hx-swap-oob="true"' in page


# ---- what cannot be taken


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    answer = officer.take(case, "contact", way="phone", words="说到一半断了")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请点一个" in page and "说到一半断了" in page
    assert 'value="phone" required aria-describedby' in page or 'value="phone"' in page
    assert case.lines.filter(step="contact").count() == 0


def test_an_ask_declined_without_a_basis_is_named(cast, seated):
    case, officer = cast.proven(), seated("c-housing-jb1")
    answer = officer.take(case, "draft_reply", reply="换好了", account="换", **(ASKS | {"asks-2-basis": ""}))
    assert answer.status_code == 422
    assert answer.context["form"].errors["asks-2-basis"] == ["不能办的，要写依据"]


def test_a_refusal_of_the_action_stands_at_the_field_it_names(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    early = f"{timezone.localtime(MONDAY - timedelta(days=3)):%Y-%m-%dT%H:%M}"
    answer = officer.take(case, "visit", visited_at=early, place="3 栋", words="看了")
    assert answer.status_code == 422
    assert "早于派给本单位的时间" in answer.context["form"].errors["visited_at"][0]


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        ("现场.jpg", b"no picture at all", 415, "不是照片或 PDF"),
        ("现场.jpg", b"%PDF-1.4 cut", 303, ""),
        ("cut.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 422, "打不开"),
    ],
)
def test_a_file_is_what_it_holds_not_what_it_is_called(name, body, status, words, cast, seated):
    case, officer = cast.in_hand(at=NOW - timedelta(hours=2)), seated("c-housing-jb1")
    answer = officer.take(
        case, "visit", visited_at=SEEN_AT, place="3 栋", words="看了现场", after=SimpleUploadedFile(name, body)
    )
    assert answer.status_code == status
    if words:
        page = answer.content.decode()
        assert words in page and "看了现场" in page and "照片要再选一次" in page
        assert not SiteVisit.objects.exists() and not Attachment.objects.exists()


def test_control_characters_are_dropped_and_marks_stay_marks(cast, seated):
    case = cast.in_hand()
    seated("c-housing-jb1").taken(
        case, "contact", way="phone", outcome="connected", words="他说\x00\x07<b>修</b>\u202e了"
    )
    kept = Content.objects.get(case=case, line_no=case.line_no, name="words").body
    assert "\x00" not in kept and "\x07" not in kept
    page = seated("c-housing-jb1").case(case).content.decode()
    assert "<b>修</b>" not in page and "&lt;b&gt;修&lt;/b&gt;" in page


def test_too_many_words_are_refused_as_too_large_and_kept(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    answer = officer.take(case, "contact", way="phone", outcome="connected", words="啊" * 20_001)
    assert answer.status_code == 413
    assert "最多收 20000 个" in answer.content.decode()
    assert answer.content.decode().count("啊") >= 20_001


def test_ten_megabytes_are_refused_and_come_back_in_the_form(cast, seated):
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    answer = officer.take(case, "contact", way="phone", outcome="connected", words="a" * 10_000_000)
    assert answer.status_code == 413
    assert "最多收 20000 个" in answer.content.decode() and answer.content.decode().count("a") > 10_000_000
    case.refresh_from_db()
    assert case.line_no == 4


def test_what_is_too_big_to_read_is_refused_with_the_form(cast, seated, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    case, officer = cast.in_hand(), seated("c-housing-jb1")
    answer = officer.take(case, "contact", way="phone", outcome="connected", words="a" * 2000)
    assert answer.status_code == 413
    assert "写的内容太长" in said(answer) and answer.context["form"] is not None


@pytest.mark.parametrize("field", ["department", "matter"])
def test_what_is_not_in_the_list_is_said_under_it(field, cast, seated):
    case = cast.accepted()
    for wrong in ("no-such", "9" * 30, "1' or '1'='1"):
        answer = seated("pd01").take(case, "dispatch", **{"department": "C-HOUSING", field: wrong})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors


def test_a_promise_of_another_case_is_not_found(cast, seated):
    other, case = _promised(cast), _promised(cast)
    answer = seated("c-housing-jb1").take(case, "keep", promise=_promise_of(other), words="做到了")
    assert answer.status_code == 404
    assert other.promises.get().kept_at is None


def test_an_officer_of_another_unit_cannot_be_named(cast, seated):
    case = cast.in_hand()
    answer = seated("c-housing-sh").take(case, "assign", officer=cast.handler("C-MARKET").pk)
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.lead_officer_id != cast.handler("C-MARKET").pk


def test_a_step_out_of_turn_says_so_before_anything_is_typed(cast, seated):
    case = cast.dispatched()
    page = seated("c-housing-jb1").open(f"/desk/case/{case.number}/step/draft_reply/")
    assert page.status_code == 409
    assert page.context["form"] is None
    assert "要在 办理中 时做" in said(page)


def test_what_lacks_comes_with_the_button_that_supplies_it(cast, seated):
    case = cast.in_hand()
    page = seated("c-housing-jb1").open(f"/desk/case/{case.number}/step/draft_reply/")
    assert page.status_code == 422
    assert [w["url"].split("/")[-2] for w in page.context["refused"]["ways"]] == ["contact", "visit", case.number]


@pytest.mark.parametrize("name", ["withdraw", "receive", "settle", "archive", "close_unanswered", "no-such-step"])
def test_steps_without_a_form_at_the_desk(name, cast, seated):
    case = cast.in_hand()
    page = seated("hw01").open(f"/desk/case/{case.number}/step/{name}/")
    assert page.status_code == (403 if name == "withdraw" else 404)


def test_third_party_staff_record_and_do_not_decide(cast, seated):
    case = _appealed(cast)
    outsider = cast.outsider
    outsider.grants.update(role="shift_lead")
    refused = seated("hw03").refused(case)
    assert "第三方人员" in refused["decide_appeal"]
    answer = seated("hw03").open(f"/desk/case/{case.number}/step/decide_appeal/")
    assert answer.status_code == 403


# ---- what the form offers


def test_dispatch_offers_what_the_catalogue_says_and_why(cast, seated):
    case = cast.accepted(
        area=cast.area("510824100"), matter=Matter.objects.filter(owner_duty="housing", power="county", level=3)[0]
    )
    page = seated("pd01").open(f"/desk/case/{case.number}/step/dispatch/")
    body = page.content.decode()
    assert '<option value="K-510824" selected>' in body
    assert case.matter.code in page.context["step"]["why"] and "由它转派" in page.context["step"]["why"]
    assert body.index("按目录该派给") < body.index("市级部门")
    assert "B-510824-HOUSING" not in body  # behind its centre: not for the city to send to
    assert "B-510802-HOUSING" in body


def test_dispatch_finds_the_unit_for_another_matter_and_keeps_what_was_typed(cast, seated):
    case, officer = cast.accepted(), seated("pd01")
    other = cast.matter(duty="market")
    form = officer.form(case, "dispatch") | {"matter": other.pk, "override": "先记着", "look": "1"}
    page = officer.send(officer.step_url(case, "dispatch"), form)
    assert page.status_code == 200
    body = page.content.decode()
    assert f'<option value="{other.pk}" selected>' in body and "先记着" in body
    assert other.code in page.context["step"]["why"]
    case.refresh_from_db()
    assert case.state == "D"


def test_the_department_complained_about_is_not_offered_its_own_case(cast, seated):
    case = cast.accepted(about_department=cast.department("C-HOUSING"))
    body = seated("pd01").open(f"/desk/case/{case.number}/step/dispatch/").content.decode()
    assert 'value="C-HOUSING"' not in body
    refused = seated("pd01").take(case, "dispatch", department="C-HOUSING")
    assert refused.status_code == 422 and "不能交给它自己办" in refused.context["form"].errors["department"][0]


def test_a_confidential_case_goes_out_rewritten_or_not_at_all(cast, seated):
    case = cast.accepted(secrecy="confidential")
    officer = seated("pd01")
    refused = officer.take(case, "dispatch", department="C-HOUSING")
    assert refused.status_code == 422 and "rewritten" in refused.context["form"].errors
    officer.taken(case, "dispatch", department="C-HOUSING", rewritten="有人反映某小区电梯停运")
    assert "rewritten" not in seated("pd01").form(cast.accepted(), "dispatch")


def test_nothing_is_judged_beforehand(cast, seated):
    form = seated("hf01").form(cast.sent(), "attempt")
    assert {name for name, value in form.items() if value.strip()} == {"csrfmiddlewaretoken", "key", "seen"}
    form = seated("c-housing-jb1").form(cast.proven(), "draft_reply")
    assert not {n: v for n, v in form.items() if "outcome" in n and v}


def test_a_draft_sent_back_stands_there_to_be_mended(cast, seated):
    case = cast.replied()
    cast.do("send_back", case, cast.reviewer(), at=NOW, words="没写哪天")
    form = seated("c-housing-jb1").form(case, "draft_reply")
    assert form["reply"].strip() == "电梯门机板已换好，今天下午恢复运行。"
    assert form["asks-1-outcome"] == "answered"


def test_what_the_operator_writes_down_for_the_caller_is_the_callers(cast, seated):
    case = cast.accepted()
    seated("hw01").taken(case, "caller_adds", words="又停了")
    line = case.lines.last()
    assert (line.actor, line.officer.username) == ("citizen", "hw01")


def test_the_county_offers_its_own_units_only(cast, seated):
    case = _at_county(cast)
    body = seated("k-510824-pd1").open(f"/desk/case/{case.number}/step/send_on/").content.decode()
    assert (
        "B-510824-HOUSING" in body
        and "B-510802-HOUSING" not in body
        and "C-HOUSING" not in body.replace("B-510824-HOUSING", "")
    )


def test_after_a_step_that_takes_the_case_away_one_lands_on_the_day(cast, seated):
    """Accepted as confidential by an operator who did not take the call: from now on it is not his to read."""
    case, operator = cast.case(), seated("hw02")
    fields = {"demand_type": "report", "area": "510802001", "urgency": "normal", "secrecy": "confidential"}
    assert operator.take(case, "accept", **fields)["Location"] == "/desk/"
    assert operator.case(case).status_code == 404
