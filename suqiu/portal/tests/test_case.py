"""A case's page: what comes next, what was promised, and nothing of what is not the citizen's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suqiu.cases.models import Case, Look
from suqiu.directory.models import Department, Officer
from suqiu.followup.links import make_link
from tests.cast import MONDAY, photo

from .conftest import NOW

INSIDE = "只给里面看的话"  # stands in every text that staff write for themselves


def page_of(citizen, case: Case):
    answer = citizen.open(f"/case/{case.number}/")
    assert answer.status_code == 200
    return answer


def verbs(answer) -> list[str]:
    return [str(line["verb"]) for line in answer.context["journal"]]


# ---- what comes next


@pytest.mark.parametrize(
    ("verb", "at", "sentence", "note", "current"),
    [
        ("case", NOW, "今天 11:00 前告诉您受不受理", "现在：收到您的诉求", "受理"),
        ("accepted", NOW, "明天 09:00 前派到该管的单位", "现在：已受理", "派单"),
        ("dispatched", NOW, "明天 17:00 前有人联系您", "现在：派给承办单位", "办理"),
        ("in_hand", MONDAY, "原定 6 月 9 日 17:00 前有人联系您，已经过了", "现在：承办单位签收", "办理"),
        ("proven", MONDAY, "6 月 30 日 17:00 前书面答复您", "现在：承办单位签收", "办理"),
        ("replied", MONDAY, "6 月 30 日 17:00 前书面答复您", "现在：承办单位写好了答复，正在审核", "答复"),
        ("sent", MONDAY, "他们说办好了。您看解决了吗？", "只有您说了算，办理的单位不能替您评", "您评价"),
        (
            "closed",
            MONDAY,
            "您说解决了，已经办结",
            "6 月 9 日办结。又发生了可以另提一件，写上这件的编号。不同意这样办结，6 月 24 日前可以申诉。",
            None,
        ),
    ],
)
def test_the_first_line_is_the_next_thing(citizen, known, verb, at, sentence, note, current):
    answer = page_of(citizen, known(verb, at=at))
    assert answer.context["next_thing"] == {"sentence": sentence, "note": note}
    assert f'<h1 class="next-thing">{sentence}</h1>' in answer.content.decode()
    assert next((str(s["label"]) for s in answer.context["stages"] if s["is_current"]), None) == current
    assert [s["is_done"] for s in answer.context["stages"]] == sorted(
        (s["is_done"] for s in answer.context["stages"]), reverse=True
    )


def test_a_promise_comes_before_the_term(citizen, cast, known):
    case = known("proven")
    cast.do(
        "promise", case, cast.handler(), at=NOW - timedelta(hours=1), what="换好门机板", due_at=NOW + timedelta(hours=6)
    )
    answer = page_of(citizen, case)
    assert answer.context["next_thing"]["sentence"] == "今天 15:00 前：换好门机板"
    assert [(p["what"], p["state"]) for p in answer.context["promises"]] == [
        ("今天 15:00 前：换好门机板", "open"),
        ("6 月 30 日 17:00 前书面答复您", "open"),
        ("告诉您受不受理", "kept"),
        ("有人联系您", "kept"),
    ]
    page = answer.content.decode()
    assert page.index("我们答应您的") < page.index("经过</h2>")
    assert answer.context["promises"][0]["note"].startswith(f"{cast.department()}答应的；剩 6 小时 0 分")


def test_a_promise_missed_kept_and_put_off(citizen, cast, known):
    case = known("proven")
    day = timedelta(days=1)
    for what, due in (("来看一次", NOW - day), ("修好", NOW + day), ("打电话", NOW + 2 * day)):
        cast.do("promise", case, cast.handler(), at=MONDAY + timedelta(hours=6), what=what, due_at=due)
    made = {p.what: p for p in case.promises.all()}
    cast.do("keep", case, cast.handler(), at=NOW - timedelta(hours=3), promise=made["打电话"], words=INSIDE)
    cast.do(
        "renegotiate",
        case,
        cast.handler(),
        at=NOW - timedelta(hours=2),
        promise=made["修好"],
        due_at=NOW + 3 * day,
        words=INSIDE,
    )
    shown = {p["what"]: (p["state"], p["note"]) for p in page_of(citizen, case).context["promises"]}
    assert shown["6 月 9 日 09:00 前：来看一次"][0] == "late" and "超 1 天" in shown["6 月 9 日 09:00 前：来看一次"][1]
    assert shown["打电话"] == ("kept", f"{cast.department()}答应的，今天 06:00 做到")
    assert shown["6 月 13 日 09:00 前：修好"][0] == "open"
    assert "原定 明天 09:00，经您同意改期" in shown["6 月 13 日 09:00 前：修好"][1]


def test_terms_are_explained_line_by_line(citizen, known):
    workings = page_of(citizen, known("proven")).context["workings"]
    assert [str(w["what"]) for w in workings] == ["书面答复您"]
    assert any("放假不算：06-19" in line for line in workings[0]["lines"]) and any(
        "15 个工作日" in line for line in workings[0]["lines"]
    )


def test_both_departments_are_named_when_it_was_passed_on(citizen, cast, known):
    case = known("dispatched", unit="C-HOUSING")
    cast.do(
        "contact", case, cast.handler(), at=MONDAY + timedelta(hours=1), way="phone", outcome="connected", words=INSIDE
    )
    cast.do(
        "return_case",
        case,
        cast.reviewer(),
        at=MONDAY + timedelta(hours=2),
        ground="not_our_duty",
        basis=INSIDE,
        words=INSIDE,
    )
    cast.do("decide_return", case, cast.other_dispatcher, at=MONDAY + timedelta(hours=3), is_upheld="yes", words=INSIDE)
    other = Department.objects.filter(kind="city_bureau").exclude(code="C-HOUSING").first()
    fields = {"matter": cast.matter(), "department": other, "rewritten": INSIDE}
    cast.do("dispatch", case, cast.dispatcher, at=MONDAY + timedelta(hours=4), **fields)
    answer = page_of(citizen, case)
    page = answer.content.decode()
    assert (
        answer.context["holder"]["name"] == str(other) and str(cast.department()) in answer.context["holder"]["others"]
    )
    assert str(other) in page and f"首办单位：{cast.department()}" in page and INSIDE not in page


# ---- what was answered


def test_only_the_latest_approved_reply_is_shown(citizen, cast, known):
    case = known("replied")
    draft = page_of(citizen, case)
    assert draft.context["reply"] is None and "门机板已换好" not in draft.content.decode()
    assert {str(a["label"]) for a in draft.context["asks"]} == {"还没有答"}
    assert not draft.context["attachments"]

    cast.do("approve", case, cast.reviewer(), at=MONDAY + timedelta(hours=7), words=INSIDE)
    sent = page_of(citizen, case)
    assert sent.context["reply"]["text"] == "电梯门机板已换好，今天下午恢复运行。"
    assert sent.context["reply"]["note"] == f"{cast.department()}，6 月 8 日 16:00 答复"
    assert {str(a["label"]) for a in sent.context["asks"]} == {"办了"} and len(sent.context["attachments"]) == 1
    assert INSIDE not in sent.content.decode()

    cast.ask_back(case, at=MONDAY + timedelta(hours=8), solved="no", satisfied="1")
    cast.prove(case, at=MONDAY + timedelta(days=1))
    cast.reply(
        case,
        at=MONDAY + timedelta(days=1),
        reply="第二次的草稿。",
        asks={1: {"outcome": "answered"}, 2: {"outcome": "declined", "basis": INSIDE}},
    )
    again = page_of(citizen, case)
    assert again.context["reply"]["text"] == "电梯门机板已换好，今天下午恢复运行。"
    assert "第二次的草稿" not in again.content.decode() and INSIDE not in again.content.decode()
    assert {str(a["label"]) for a in again.context["asks"]} == {"还没有答"} and len(again.context["attachments"]) == 1


def test_answered_at_once(citizen, cast, known):
    case = known("accepted", at=NOW - timedelta(hours=1))
    cast.do("answer_at_once", case, cast.operator, at=NOW, answer="医保异地备案在手机上办。", source="医保办事指南")
    answer = page_of(citizen, case)
    assert answer.context["reply"] == {"text": "医保异地备案在手机上办。", "note": "医保办事指南；今天 09:00"}
    assert answer.context["next_thing"]["sentence"] == "已经答复您了。您看答到点上没有？"
    assert [str(s["label"]) for s in answer.context["stages"]] == ["受理", "答复", "您评价"]
    assert not answer.context["actions"], "five taps instead of buttons"
    assert [c["value"] for c in answer.context["rating"]["choices"]] == ["5", "4", "3", "2", "1"]


def test_told_another_way(citizen, cast, known):
    case = known("case", at=NOW - timedelta(hours=1))
    said = {
        "basis": "信访工作条例",
        "way": "市信访局 0839-1234567",
        "words": "这件事已在信访程序中，请问承办的信访局。",
    }
    cast.do("divert", case, cast.operator, at=NOW, routing_class="legal", reason="petition", **said)
    answer = page_of(citizen, case)
    assert answer.context["reply"] == {"text": said["words"], "note": "市信访局 0839-1234567；信访工作条例；今天 09:00"}
    assert not answer.context["stages"] and [str(a["label"]) for a in answer.context["actions"]] == ["申诉"]


# ---- what he was asked, and what he wrote


def test_the_question_stands_in_front_while_he_is_asked(citizen, cast, known):
    case = known("in_hand")
    known_case = known("case", at=NOW)
    cast.do("ask_caller", known_case, cast.operator, at=NOW, words="请问是几单元？")
    answer = page_of(citizen, known_case)
    assert (
        answer.context["asked"] == "请问是几单元？" and answer.context["next_thing"]["sentence"] == "请您补充一点情况"
    )
    assert "时限停着" in answer.context["next_thing"]["note"]
    assert [str(a["label"]) for a in answer.context["actions"]] == ["补充情况"]
    assert page_of(citizen, case).context["asked"] == ""


def test_his_own_words_are_in_the_story_and_staff_words_are_not(citizen, cast, known):
    case = known("in_hand")
    cast.citizen("caller_adds", case, at=NOW, words="今天又停了一次。")
    cast.do("caller_adds", case, cast.operator, at=NOW, words=INSIDE)
    answer = page_of(citizen, case)
    page = answer.content.decode()
    assert "电梯坏了三天，老人下不了楼" in page and "「今天又停了一次。」" in page and INSIDE not in page
    assert verbs(answer)[:2] == ["您补充了情况", "您补充了情况"] and verbs(answer)[-1] == "收到您的诉求"


def test_removed_words_are_said_to_be_removed(citizen, known):
    case = known("case")
    case.contents.update(body="", salt="", removed_at=NOW)
    assert "（依法删除了）" in page_of(citizen, case).content.decode()


# ---- who looked


def look(case: Case, officer: Officer, what: str = "contact", reason: str = "first_contact", words: str = "") -> None:
    Look.objects.create(case=case, officer=officer, at=NOW, what=what, reason=reason, words=words)


def test_who_looked_at_his_telephone_is_told_by_post_and_surname(citizen, cast, known):
    case, handler = known("in_hand"), cast.handler()
    look(case, handler)
    look(case, handler, reason="other", words=INSIDE)
    for _open in range(3):
        look(case, cast.operator, what="page", reason="")
    answer = page_of(citizen, case)
    assert [(r["who"], str(r["reason"])) for r in answer.context["looks"]] == [
        (handler.shown_to_citizen, "其他"),
        (handler.shown_to_citizen, "首次联系您"),
    ]
    page = answer.content.decode()
    assert handler.shown_to_citizen in page and handler.full_name not in page and INSIDE not in page
    assert "工作人员打开过这件诉求 3 次" in page


def test_of_a_confidential_case_only_the_kind_of_post(citizen, cast, known):
    case = known("dispatched", secrecy="confidential")
    look(case, cast.caller_back)
    answer = page_of(citizen, case)
    assert [r["who"] for r in answer.context["looks"]] == ["回访员"]
    assert cast.caller_back.full_name[0] + "**" not in answer.content.decode()


def test_many_looks_are_counted_and_the_newest_shown(citizen, cast, known):
    case = known("case")
    for _look in range(60):
        look(case, cast.operator)
    answer = page_of(citizen, case)
    assert len(answer.context["looks"]) == 50 and "电话一共看过 60 次" in answer.content.decode()


# ---- nothing of the inside


def busy_case(cast, at=MONDAY, **columns) -> Case:
    """A long life, in which every text that staff write for themselves holds INSIDE."""
    hours = iter(range(1, 200))

    def later():
        return at + timedelta(minutes=10 * next(hours))

    case = cast.accepted(at=at, **columns)
    do = cast.do
    do(
        "dispatch",
        case,
        cast.dispatcher,
        at=later(),
        matter=case.matter,
        department=cast.department(),
        rewritten=INSIDE,
        override=INSIDE,
    )
    do("sign_in", case, cast.handler(), at=later())
    do("assign", case, cast.reviewer(), at=later(), officer=cast.handler(), substitute=cast.officer("c-housing-jb2"))
    do(
        "add_assist",
        case,
        cast.dispatcher,
        at=later(),
        departments=[cast.department("C-TRANSPORT")],
        days=2,
        words=INSIDE,
    )
    do("contact", case, cast.handler(), at=later(), way="phone", outcome="connected", minutes=3, words=INSIDE)
    do("promise", case, cast.handler(), at=later(), what="三天内修好", due_at=at + timedelta(days=3))
    do(
        "visit",
        case,
        cast.handler(),
        at=(moment := later()),
        visited_at=moment,
        place=INSIDE,
        words=INSIDE,
        before=[photo()],
        after=[photo()],
    )
    do("file_outcome", case, cast.handler("C-TRANSPORT"), at=later(), words=INSIDE)
    do("ask_extension", case, cast.reviewer(), at=later(), days=3, words="配件在路上")
    do("decide_extension", case, cast.dispatcher, at=later(), is_upheld="yes", words="同意等配件")
    meets, asked = at + timedelta(hours=8), [cast.department("C-TRANSPORT")]
    do("call_meeting", case, cast.handler(), at=later(), meets_at=meets, place="3 栋楼下", departments=asked)
    do("meet", case, cast.handler(), at=meets, came="yes", words=INSIDE, citizen_agrees="yes")
    asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
    texts = {"reply": "草稿里的话", "account": INSIDE, "asks": asks}
    do("draft_reply", case, cast.handler(), at=meets + timedelta(minutes=10), **texts)
    do("send_back", case, cast.reviewer(), at=meets + timedelta(minutes=20), words=INSIDE)
    do("draft_reply", case, cast.handler(), at=meets + timedelta(minutes=30), **(texts | {"reply": "门机板换好了。"}))
    do("approve", case, cast.reviewer(), at=meets + timedelta(minutes=40), words=INSIDE)
    do(
        "attempt",
        case,
        cast.caller_back,
        at=meets + timedelta(minutes=50),
        outcome="answered",
        way="phone",
        solved="half",
        satisfied="3",
        words=INSIDE,
    )
    do("redo", case, cast.shift_lead, at=meets + timedelta(minutes=60), words=INSIDE)
    for officer in (cast.handler(), cast.caller_back, cast.operator):
        look(case, officer, words=INSIDE)
    return case


def portal_pages(citizen, case: Case, token: str) -> list[str]:
    steps = ("caller_adds", "withdraw", "attempt", "appeal", "resume", "settle", "not_answered")
    return [
        "/", "/submit/", "/track/", "/verify/", f"/case/{case.number}/", f"/receipt/{case.number}/", f"/rate/{token}/",
        *(f"/case/{case.number}/do/{name}/" for name in steps),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("secrecy", ["general", "confidential"])
def test_no_page_tells_a_name_a_telephone_or_an_internal_word(citizen, cast, secrecy, language):
    """peers 25."""
    case = busy_case(cast, secrecy=secrecy)
    token = make_link(case=case, at=NOW)
    citizen.prove(case)
    citizen.open(f"/?lang={language}")
    people = list(Officer.objects.filter(pk__in=case.lines.exclude(officer=None).values("officer")))
    assert len(people) == 7
    secret = [INSIDE, "草稿里的话", cast.caller_phone, "王桂芳", case.code]
    secret += [value for o in people for value in (o.full_name, o.phone, o.email, o.username)]
    for address in portal_pages(citizen, case, token):
        shown = citizen.open(address).content.decode()
        assert not [s for s in secret if s in shown], address
    page = page_of(citizen, case).content.decode()
    assert "门机板换好了" in page and "配件在路上" in page and "同意等配件" in page


def test_a_stale_form_does_not_name_the_officer(citizen, cast, known):
    case = known("in_hand")
    form = citizen.form_of(case, "withdraw")
    cast.prove(case, at=MONDAY)
    cast.reply(case, at=MONDAY)
    said = {"key": form["key"].value(), "seen": form["seen"].value(), "words": "不办了"}
    answer = citizen.send(f"/case/{case.number}/do/withdraw/", said)
    page = answer.content.decode()
    assert answer.status_code == 409 and "事情往前走了一步" in page and "不办了" in page
    assert cast.handler().full_name not in page
    assert Case.objects.get(pk=case.pk).state == "V"


# ---- whose case


def test_a_case_not_proved_looks_like_none(citizen, cast):
    case = cast.case()
    for address in ("/case/%s/", "/receipt/%s/", "/case/%s/do/withdraw/", "/case/%s/number/", "/case/%s/answered/"):
        answers = []
        for number in (case.number, "GY2606089999"):
            opened, sent = citizen.open(address % number), citizen.send(address % number, {"key": "1"})
            assert opened.status_code in (303, 405) and sent.status_code in (403, 405), address
            answers.append(
                [opened.status_code, opened.headers.get("Location", "").replace(number, ""), sent.status_code]
            )
        assert answers[0] == answers[1], "one answer, whether or not there is such a case"
    assert Case.objects.get(pk=case.pk).line_no == 1


def test_one_case_proved_opens_no_other(citizen, cast, known):
    known("case")
    other = cast.case(text="别人的事，和他无关。")
    answer = citizen.open(f"/case/{other.number}/")
    assert (answer.status_code, answer["Location"]) == (303, f"/track/?number={other.number}")


def test_a_step_that_is_not_the_citizens_does_not_exist(citizen, known):
    case = known("case")
    for name in ("accept", "close", "receive", "nonsense", "archive"):
        assert citizen.open(f"/case/{case.number}/do/{name}/").status_code == 404


# ---- the record


def test_the_receipt_says_that_the_lines_hold(citizen, known):
    answer = page_of(citizen, known("closed"))
    receipt = answer.context["receipt"]
    assert receipt["is_valid"] and "10 条记录，最早 6 月 8 日 09:00" in receipt["sentence"]


def test_a_changed_line_is_told(citizen, known):
    case = known("in_hand")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE cases_line SET says = '{}' WHERE case_id = %s AND no = 2", [case.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
    answer = page_of(citizen, case)
    assert not answer.context["receipt"]["is_valid"] and "凭证对不上" in answer.content.decode()


# ---- how many queries


def queries_of(citizen, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert citizen.open(address).status_code == 200
    return len(caught)


def test_queries_are_few_and_the_same_for_a_long_life(citizen, cast):
    young, old = cast.case(), busy_case(cast)
    for n in range(50):
        look(old, cast.operator)
        cast.citizen("caller_adds", old, at=NOW, words=f"第 {n} 次补充", photos=[photo()] if n < 5 else ())
    counts = []
    for case in (young, old):
        citizen.prove(case)
        citizen.open(f"/case/{case.number}/")  # calendar and city's name are kept for a while
        counts.append(queries_of(citizen, f"/case/{case.number}/"))
    assert counts[0] == counts[1] <= 12
