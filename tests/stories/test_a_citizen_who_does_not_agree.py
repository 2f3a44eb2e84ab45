"""A citizen who does not agree, on a telephone's small screen: closed too early, appealed, another hour, and this time it is done.

Every step of hers is a form of her own page, as it is sent without a script; those of the offices are taken by the table of steps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from suqiu.cases import journal
from suqiu.cases.models import Case
from suqiu.gateways.models import Message
from tests.cast import Cast, run_jobs
from tests.hands import press
from tests.reading import holders, on, refused, running, steps

PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 13; SM-A136U) Mobile"}
HOUR = timedelta(hours=1)


class Citizen:
    """王桂芳, with number and query code."""

    def __init__(self, case: Case):
        self.case, self.browser, self.code = case, Client(**PHONE), case.code

    def proves(self) -> None:
        """A browser forgets her after some hours: number and code once more."""
        press(self.browser, "/track/", {"number": self.case.number, "code": self.code}, having="code")

    def page(self):
        self.proves()
        return self.browser.get(f"/case/{self.case.number}/").context

    def can(self) -> list[str]:
        shown = self.page()
        return [str(a["label"]) for a in shown["actions"] + shown["more_actions"]]

    def does(self, step: str, having: str = "seen", expect=(302, 303), **fields):
        path = f"/case/{self.case.number}/do/{step}/"
        self.proves()
        answer = press(self.browser, path, fields, having=having, expect=expect)
        self.case.refresh_from_db()
        return answer


@pytest.fixture
def time(db):
    with time_machine.travel(on("06-08 09:00"), tick=False) as moved:
        yield lambda text: moved.move_to(on(text))


def messages(case: Case) -> list[str]:
    run_jobs()
    return list(
        Message.objects.filter(case_number=case.number, key__startswith="caller:")
        .order_by("id")
        .values_list("body", flat=True)
    )


def appeal_and_decide(cast: Cast, her: Citizen, time, at: datetime) -> None:
    case = her.case
    time("06-13 20:00")
    assert "申诉" in her.can() and "前可以申诉" in her.page()["next_thing"]["note"]
    her.does("appeal", words="门机板又坏了，昨天老人又被关在里面半小时。我说的是先看看，不是解决了。")
    assert (case.state, case.verdict) == ("C", "solved")  # nothing is rewritten by asking
    assert "告诉您申诉的结果" in her.page()["next_thing"]["note"] and "申诉" not in her.can()
    again = her.browser.post(f"/case/{case.number}/do/appeal/", {"key": "", "seen": case.line_no, "words": "再说一遍"})
    assert again.status_code == 409

    # Nobody who had a part in it decides: neither who took it in, nor anybody of the unit.
    for who in (cast.operator, cast.handler(), cast.unit_leader(), cast.caller_back):
        with refused(403):
            cast.do("decide_appeal", case, who, at=at, is_upheld="no", words="维持")
    cast.do(
        "decide_appeal",
        case,
        cast.intake_reviewer,
        at=at,
        is_upheld="yes",
        words="回听录音，您没有说解决了；现场照片也看不出换过。",
    )


def test_from_a_closing_she_did_not_mean_to_one_she_did(cast, time):
    case = cast.sent(at=on("06-08 09:00"))
    her = Citizen(case)
    time("06-09 10:00")
    cast.ask_back(
        case, at=on("06-09 10:00"), solved="yes", satisfied="3"
    )  # the caller heard yes where she said: let us see
    assert (case.state, case.verdict) == ("C", "solved")

    appeal_and_decide(cast, her, time, on("06-16 10:00"))
    case.refresh_from_db()
    time("06-16 11:00")
    assert (case.state, case.cycle, case.verdict) == ("H", 2, "")
    assert sorted(holders(case)) == [("first", "C-HOUSING"), ("lead", "C-HOUSING"), ("lead", "HOTLINE")]
    assert running(case) == "contact redo"
    assert [c.verdict for c in case.cycles.all()] == ["solved", ""]  # the first closing stays readable, by everybody
    told = her.page()["journal"][0]
    assert told["fact"].startswith("成立，回到原来的单位再办一轮，「回听录音，您没有说解决了")
    assert "申诉有结果了" in messages(case)[-1] and "回听录音" in messages(case)[-1]

    # The unit promises an hour at which she is at the hospital; she asks for another, the unit offers a third, she takes it.
    cast.do("promise", case, cast.handler(), at=on("06-16 11:00"), what="带新门机板上门", due_at=on("06-17 10:00"))
    promise = case.promises.get()
    her.does("ask_new_time", promise=str(promise.pk), due_at="2026-06-17T19:00", words="上午陪老人住院，晚上在家")
    time("06-16 15:00")
    case.refresh_from_db()
    said = {"is_accepted": "no", "due_at": on("06-18 19:00"), "words": "明晚全组抢修，后天晚上一定到"}
    cast.do("decide_new_time", case, cast.handler(), at=on("06-16 15:00"), **said)
    assert "单位提 2026-06-18 19:00" in messages(case)[-1] and "新时间可以" in her.can()
    assert case.promises.count() == 1  # until she agrees the first hour stands
    her.does("take_new_time")
    first, second = case.promises.order_by("id")
    assert (first.due_at, first.replaced_by, second.due_at) == (on("06-17 10:00"), second, on("06-18 19:00"))

    # Done again, with evidence of its own, and asked again.
    time("06-19 09:00")
    cast.prove(case, at=on("06-18 17:00"))
    cast.do("keep", case, cast.handler(), at=on("06-18 22:10"), promise=second, words="换好了")
    cast.reply(case, at=on("06-19 03:00"))
    cast.do("approve", case, cast.reviewer(), at=on("06-19 10:00"))
    time("06-19 20:00")
    her.does("attempt", solved="yes", satisfied="5", words="这回真的好了")
    assert (case.state, case.verdict, case.cycle) == ("C", "solved", 2)
    assert steps(case).split().count("close") == 2 and journal.verify(number=case.number).findings == []


def test_a_withdrawal_that_was_not_hers(cast, time):
    """The unit talked her out of it; a sampled call asks, and it is taken up again in the supervisor's sight."""
    case = cast.proven(at=on("06-08 09:00"))
    her = Citizen(case)
    time("06-09 09:00")
    her.does("withdraw", words="他们说撤了才给修")
    assert "15 天内可以申诉" in messages(case)[-1]
    with refused(403):  # never somebody of the unit
        cast.do("ask_withdrawn", case, cast.handler(), at=on("06-09 14:00"), outcome="answered", is_own_will="yes")
    said = {"outcome": "answered", "is_own_will": "no", "words": "是他们叫我撤的"}
    cast.do("ask_withdrawn", case, cast.caller_back, at=on("06-09 14:00"), **said)
    assert (case.state, case.cycle, case.evidence_held) == ("H", 2, ["not_his_will"])
    supervisor = Client()
    supervisor.force_login(cast.supervisor)
    assert case.number in supervisor.get("/desk/queue/not-his-will/").content.decode()
    assert "到哪一步了？" in her.can()  # she has her page and her say again
