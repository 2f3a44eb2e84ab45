"""Is every mistake that others have made held off by a test that exists? And those that had no test of their own."""

from __future__ import annotations

import ast
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client

from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Line
from suqiu.citizens.models import Person
from suqiu.directory.models import Notice
from suqiu.gateways import outbox
from suqiu.gateways.models import Message
from suqiu.gateways.tasks import send_waiting
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from tests.cast import MONDAY, run_jobs
from tests.committing import transactional_db  # noqa: F401
from tests.reading import clock, refused

ROOT = Path(__file__).parents[1]
LIST = ROOT / "docs" / "regressions.md"
ROW = re.compile(r"^\| (\d+) \| .+ \| (.+) \|$")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# ---- the list


def listed() -> dict[int, list[str]]:
    rows = [found for line in LIST.read_text(encoding="utf-8").splitlines() if (found := ROW.match(line))]
    return {int(row[1]): re.findall(r"`([^`]+)`", row[2]) for row in rows}


def test_the_list_is_whole():
    assert set(listed()) == set(range(1, 26))
    assert all(listed().values())


@pytest.mark.parametrize(("number", "name"), [(n, name) for n, names in listed().items() for name in names])
def test_every_test_of_the_list_exists_and_names_its_number(number, name):
    path, _colons, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    assert len(found) == 1, name
    said = ast.get_docstring(found[0]) or ""
    assert re.search(rf"peers (?:\d+, )*{number}\b", said), f"{name} does not say: peers {number}"


# ---- those without a home


def test_two_workers_send_one_message_and_a_crash_loses_none(transactional_db, monkeypatch):  # noqa: F811
    """peers 6: two at one message, one goes out. A worker killed between taking and noting leaves it to the next."""
    gone: list[str] = []
    hand_over = threading.Barrier(2, timeout=20)

    def slow(to: str, body: str) -> None:
        gone.append(body)
        hand_over.wait()  # the other worker comes while this one is at it

    monkeypatch.setitem(outbox._SENDERS, "sms", slow)
    one = outbox.write(key="k1", channel="sms", to="13812342217", body="有答复了", at=MONDAY, case_number="GY1")

    def other() -> None:
        try:
            hand_over.wait()
            outbox.send_now(one.pk)
        finally:
            connection.close()

    second = threading.Thread(target=other)
    second.start()
    outbox.send_now(one.pk)
    second.join(timeout=30)
    one.refresh_from_db()
    assert (gone, one.status, one.tries) == (["有答复了"], "sent", 1)

    def killed(to: str, body: str) -> None:
        raise SystemExit(9)

    monkeypatch.setitem(outbox._SENDERS, "sms", killed)
    two = outbox.write(key="k2", channel="sms", to="13812342217", body="重办了", at=MONDAY, case_number="GY1")
    with pytest.raises(SystemExit):
        outbox.send_now(two.pk)
    monkeypatch.setitem(outbox._SENDERS, "sms", lambda to, body: gone.append(body))
    send_waiting.func(timestamp=0)
    two.refresh_from_db()
    assert (gone[1:], two.status) == (["重办了"], "sent")


def test_a_no_opens_it_again_where_the_citizen_can_read_it(cast):
    """peers 10: a line of its own, words on his page, and a message; never silently."""
    case = cast.sent()
    cast.ask_back(case, at=MONDAY + DAY, solved="no", satisfied="1", words="门还是关不上")
    assert list(case.lines.order_by("-no").values_list("step", flat=True)[:2]) == ["redo", "attempt"]
    run_jobs()
    assert "没办好，重办" in Message.objects.get(key=f"caller:{case.lines.get(step='redo').pk}").body
    browser = Client()
    browser.post("/track/", {"number": case.number, "code": case.code})
    told = [(row["verb"], row["fact"]) for row in browser.get(f"/case/{case.number}/").context["journal"][:2]]
    assert (str(told[0][0]), str(told[1][0])) == ("没办好，重办", "回访了您") and "没解决" in told[1][1]


def test_the_first_contact_stays_due_when_a_shorter_promise_is_given(cast):
    """peers 11: a promise, an attempt in vain or an extension has a clock of its own; the contact's is met by a contact alone."""
    case = cast.in_hand()
    due_at = clock(case, "contact").due_at
    cast.do("promise", case, cast.handler(), at=MONDAY + 2 * HOUR, what="下午回话", due_at=MONDAY + 3 * HOUR)
    tried = {"way": "phone", "outcome": "no_answer", "words": "没人接"}
    cast.do("contact", case, cast.handler(), at=MONDAY + 2 * HOUR, **tried)
    kept = clock(case, "contact")
    assert (kept.due_at, kept.stopped_at) == (due_at, None) and case.clocks.filter(kind="contact").count() == 1
    assert case.next_due_kind == "contact"
    cast.do("contact", case, cast.handler(), at=MONDAY + 3 * HOUR, **tried | {"outcome": "connected"})
    assert clock(case, "contact").stopped_at == MONDAY + 3 * HOUR


def test_at_midnight_a_bell_waits_and_danger_wakes(cast):
    """peers 12: at 00:00 an ordinary case rings nobody's telephone and is due in working time; danger to life does at once."""
    night = MONDAY.replace(hour=0)
    with time_machine.travel(night + HOUR, tick=False):
        plain, danger = cast.dispatched(at=night), cast.dispatched(at=night, urgency="critical")
        run_jobs()
    sms = Message.objects.filter(key__startswith="officer:")
    assert set(sms.values_list("case_number", flat=True)) == {danger.number}
    assert Notice.objects.filter(case_number=plain.number).exists()
    assert clock(plain, "sign_in").due_at == MONDAY + 5 * HOUR  # four hours of work from nine, with the break at noon
    assert clock(danger, "contact").due_at == night + timedelta(minutes=30) + 2 * HOUR


@pytest.mark.parametrize("shown", ["138****2217", "138 **** 2217", "1**********"])
def test_a_masked_number_is_never_stored(cast, shown):
    """peers 18: what comes back as it was shown is no number; the number that is kept stays."""
    cast.case()
    before = (Person.objects.count(), Person.objects.get().phone)
    with refused(422, "电话号码好像不对", field="phone"):
        intake.receive(demand=Demand(text="路灯不亮", name="王**", phone=shown), by=CITIZEN, at=MONDAY, key="m")
    assert (Person.objects.count(), Person.objects.get().phone) == before
    intake.receive(demand=Demand(text="路灯不亮", name="王**", phone=before[1]), by=CITIZEN, at=MONDAY, key="n")
    assert Person.objects.get().name == "王桂芳"  # nor does a name that comes later overwrite the first


def test_a_browser_lists_the_cases_it_proved_and_no_other(cast):
    """peers 20: his own, each once, the latest first; another browser knows none of them."""
    mine, foreign = [cast.case(text=f"路灯不亮 {n}") for n in range(3)], cast.case(text="别人的")
    browser, other = Client(), Client()
    for case in mine:
        browser.post("/track/", {"number": case.number, "code": case.code})
    browser.post("/track/", {"number": foreign.number, "code": "00000000"})
    known = [number for number, _spoken in browser.get("/track/").context["known"]]
    assert known == [case.number for case in reversed(mine)]
    assert other.get("/track/").context["known"] == []
    assert {browser.get(f"/case/{case.number}/").status_code for case in mine} == {200}


def test_another_place_says_whose_it_would_be(cast, db):
    """peers 23: the unit keeps it until a dispatcher decides; the line names the catalogue's owner, and the dispatchers hear."""
    case = cast.in_hand(matter=cast.matter(power="county"))
    run_jobs()
    line = cast.do(
        "correct", case, cast.intake_reviewer, at=MONDAY + 2 * HOUR, area=cast.area("510824100"), words="写错了"
    )
    assert case.lead_department_id == "C-HOUSING" and line.says["owner"] == "B-510824-HOUSING"
    run_jobs()
    heard = Notice.objects.filter(case_number=case.number, text__startswith="更正后按目录该换单位")
    assert "pd01" in set(heard.values_list("officer__username", flat=True))
    browser = Client()
    browser.force_login(cast.dispatcher)
    assert "仍由" in browser.get(f"/desk/case/{case.number}/").content.decode()
    same = cast.do("correct", case, cast.intake_reviewer, at=MONDAY + 3 * HOUR, urgency="urgent", words="有老人")
    assert "owner" not in same.says and Line.objects.filter(case=case, step="correct").count() == 2
