"""Does an operator do for a proved caller what his own page would let him do, marked as done for him, and nothing for anybody else?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from suqiu.cases.models import Case, Look
from suqiu.citizens.contact import code_hash
from suqiu.gateways.models import Message
from tests.hands import Form
from tests.reading import last, words, written

from .conftest import NOW, Seated, said


def proved(at_desk: Seated, case: Case, way: str = "number", given: str = "13812342217"):
    return at_desk.send("/desk/phone/caller/", {"number": case.spoken_number, "way": way, "said": given})


def do(at_desk: Seated, case: Case, step: str, **fields):
    address = f"/desk/phone/caller/{case.number}/step/{step}/"
    page = at_desk.open(address)
    assert page.status_code == 200, said(page)
    form = Form(page.content.decode(), having="seen")
    answer = at_desk.send(address, form.values | fields)
    case.refresh_from_db()
    return answer


def test_number_or_code_opens_it_and_the_look_is_written(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    answer = proved(operator, case)
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/phone/caller/{case.number}/")
    page = operator.open(answer["Location"])
    shown = page.content.decode()
    assert "王**" in shown and "138****2217" in shown and "13812342217" not in shown and case.code not in shown
    assert "住房和城乡建设局正在办" in shown
    assert Look.objects.filter(case=case, officer__username="hw02", what="page").exists()
    assert proved(seated("hw01"), case, "code", case.code).status_code == 303


def test_nothing_opens_without_proof_and_nothing_is_told(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    for wrong in (proved(operator, case, given="13900009999"), proved(operator, case, "code", "00000000")):
        assert wrong.status_code == 422 and "有一个不对" in said(wrong) and case.title not in said(wrong)
    for address in ("", "step/withdraw/", "code/"):
        answer = (
            operator.send(f"/desk/phone/caller/{case.number}/{address}")
            if address
            else operator.open(f"/desk/phone/caller/{case.number}/")
        )
        assert (answer.status_code, answer["Location"]) == (303, "/desk/phone/caller/")
    assert last(case).step == "sign_in" and not Message.objects.filter(key__startswith="code:").exists()


def test_proof_is_for_this_caller_and_this_call_only(cast, seated, clock):
    case, other, operator = cast.in_hand(), cast.in_hand(), seated("hw02")
    proved(operator, case)
    assert operator.open(f"/desk/phone/caller/{other.number}/").status_code == 303
    assert seated("hw01").open(f"/desk/phone/caller/{case.number}/").status_code == 303
    proved(operator, other)  # the next caller: the one before is closed
    assert operator.open(f"/desk/phone/caller/{case.number}/").status_code == 303
    clock.shift(timedelta(minutes=21))
    assert operator.open(f"/desk/phone/caller/{other.number}/").status_code == 303


def test_what_he_typed_waits_while_the_caller_is_proved_once_more(cast, seated, clock):
    case, operator = cast.in_hand(), seated("hw02")
    proved(operator, case)
    address = f"/desk/phone/caller/{case.number}/step/caller_adds/"
    form = Form(operator.open(address).content.decode(), having="seen").values
    clock.shift(timedelta(minutes=21))
    answer = operator.send(address, form | {"words": "今天又坏了，困了人", "is_hurry": "on"})
    assert (answer.status_code, answer["Location"]) == (303, "/desk/phone/caller/")
    page = operator.open(answer["Location"])
    assert "刚才写的还在" in said(page) and page.context["form"]["number"].value() == case.number
    assert "今天又坏了" not in said(page)
    assert proved(operator, case)["Location"] == address
    page = operator.open(address)
    assert "今天又坏了，困了人" in page.content.decode() and page.context["form"]["is_hurry"].value()
    assert "今天又坏了" not in operator.open(address).content.decode(), "handed back once"
    assert do(operator, case, "caller_adds", words="今天又坏了，困了人").status_code == 303


def test_another_callers_page_does_not_get_the_words(cast, seated, clock):
    case, other, operator = cast.in_hand(), cast.in_hand(), seated("hw02")
    operator.send(f"/desk/phone/caller/{case.number}/step/caller_adds/", {"words": "今天又坏了"})
    assert proved(operator, other)["Location"] == f"/desk/phone/caller/{other.number}/"
    assert "desk.caller_step" not in operator.browser.session


def test_too_many_wrong_proofs_are_said_as_such(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    for _try in range(5):
        proved(operator, case, "code", "00000000")
    answer = proved(operator, case, "code", case.code)
    assert answer.status_code == 429 and "请等 15 分钟" in said(answer)


def test_a_confidential_case_is_for_others_to_take(cast, seated):
    case = cast.in_hand(secrecy="confidential")
    answer = proved(seated("hw02"), case)
    assert answer.status_code == 403 and "请转给班长" in said(answer) and case.title not in said(answer)
    assert proved(seated("bz01"), case).status_code == 303


STEPS = [
    ("sent", "attempt", {"solved": "yes", "satisfied": "5", "words": "修好了"}, "C"),
    ("sent", "attempt", {"solved": "no"}, "H"),
    ("in_hand", "caller_adds", {"words": "今天又坏了", "is_hurry": "on"}, "H"),
    ("in_hand", "withdraw", {"words": "自己修好了"}, "Q"),
]


@pytest.mark.parametrize(("stand", "step", "fields", "state"), STEPS, ids=[f"{s[1]}-{s[3]}" for s in STEPS])
@pytest.mark.parametrize("who", ["hw02", "hw03"])
def test_his_steps_are_taken_for_him(who, stand, step, fields, state, cast, seated):
    """By third-party staff too: they record what he says and decide nothing."""
    case, operator = getattr(cast, stand)(), seated(who)
    proved(operator, case)
    answer = do(operator, case, step, **fields)
    assert answer.status_code == 303, said(answer)
    assert case.state == state
    line = case.lines.filter(step=step).latest("no")
    assert written(line)[:3] == (step, "citizen", who)
    if fields.get("words"):
        assert words(line)["words"] == fields["words"]
    assert f"{line.officer}代记" in said(seated("bz01").case(case))
    browser = Client()
    browser.post("/track/", {"number": case.number, "code": case.code})
    assert "代记" in browser.get(f"/case/{case.number}/").content.decode()


def test_answered_at_once_he_says_yes_or_no(cast, seated):
    for step, state, level in (("settle", "C", "5"), ("not_answered", "D", "1")):
        case = cast.case()
        cast.do("answer_at_once", case, cast.operator, at=NOW, answer="带身份证到窗口", source="办事指南")
        operator = seated("hw02")
        proved(operator, case)
        page = operator.open(f"/desk/phone/caller/{case.number}/step/{step}/")
        form = Form(page.content.decode(), having="seen")
        more = {"satisfied": level} if "satisfied" in form.names else {}
        assert do(operator, case, step, **more).status_code == 303
        assert case.state == state and last(case).actor == "citizen"


def test_he_answers_what_he_was_asked_and_appeals(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    cast.do("ask_caller", case, cast.shift_lead, at=NOW, words="哪一部电梯？")
    proved(operator, case)
    assert "哪一部电梯" in said(operator.open(f"/desk/phone/caller/{case.number}/"))
    assert do(operator, case, "resume", words="东边那部").status_code == 303 and case.state == "H"
    told = cast.case()
    cast.do(
        "divert", told, cast.operator, at=NOW, routing_class="legal", reason="in_court", basis="民事诉讼法", way="法院", words="请问法官"
    )  # fmt: skip
    proved(operator, told)
    assert do(operator, told, "appeal", words="没有起诉").status_code == 303
    assert "appeal" in told.evidence_held and last(told).actor == "citizen"


def test_what_is_not_his_turn_is_said_and_not_done(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    proved(operator, case)
    page = operator.open(f"/desk/phone/caller/{case.number}/step/attempt/")
    assert page.status_code == 409 and "用不着这样做" in said(page)
    assert operator.open(f"/desk/phone/caller/{case.number}/step/approve/").status_code == 404
    offered = [s["name"] for s in operator.open(f"/desk/phone/caller/{case.number}/").context["steps"]]
    assert offered == ["caller_adds", "withdraw"]


def test_rating_needs_his_answer_and_keeps_what_was_typed(cast, seated):
    case, operator = cast.sent(), seated("hw02")
    proved(operator, case)
    answer = do(operator, case, "attempt", words="他还没说")
    assert answer.status_code == 422 and "他还没说" in answer.content.decode()
    assert case.state == "F"


def test_pressed_twice_it_is_one_line(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    proved(operator, case)
    address = f"/desk/phone/caller/{case.number}/step/caller_adds/"
    values = Form(operator.open(address).content.decode(), having="seen").values | {"words": "又坏了"}
    assert [operator.send(address, values).status_code for _press in range(2)] == [303, 303]
    assert case.lines.filter(step="caller_adds").count() == 1


def test_a_lost_code_goes_to_his_number_and_not_to_the_screen(cast, seated):
    case, operator = cast.in_hand(), seated("hw02")
    proved(operator, case)
    page = operator.open(f"/desk/phone/caller/{case.number}/")
    answer = operator.send(f"/desk/phone/caller/{case.number}/code/", {"key": page.context["key"]})
    code = Message.objects.get(key__startswith="code:").body.split("查询码：")[1][:9]
    case.refresh_from_db()
    assert case.query_code_hash == code_hash(code)
    shown = operator.open(answer["Location"]).content.decode()
    assert "发到他登记的号码上" in shown and code not in shown and code.replace(" ", "") not in shown
    browser = Client()
    assert browser.post("/track/", {"number": case.number, "code": case.code}).status_code == 422
    assert browser.post("/track/", {"number": case.number, "code": code}).status_code in (302, 303)
