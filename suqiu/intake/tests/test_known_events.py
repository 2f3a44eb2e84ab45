"""Does everybody recorded under an event keep his own case, and hear once that it is over?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases.models import Case, Event
from suqiu.directory.models import OfficeLine
from suqiu.gateways.models import Message
from suqiu.intake import actions, known_events
from suqiu.intake.demand import Demand
from suqiu.intake.models import KnownEvent
from tests.cast import MONDAY, Cast, run_jobs
from tests.reading import refused, steps


def announced(cast: Cast, **more) -> KnownEvent:
    known = {
        "title": "东坝片区停水",
        "text": "东坝片区主管爆裂，正在抢修，今晚 8 点前恢复。",
        "area": cast.area("510802001"),
        "valid_until": MONDAY + timedelta(hours=11),
        "words": "东坝 停水",
    }
    return known_events.announce(by=cast.shift_lead, at=MONDAY, key="event-1", **(known | more))


def called(cast: Cast, known: KnownEvent, n: int, phone: str = "", **more) -> Case:
    demand = Demand(text="家里停水了", phone=phone, channel="phone", known_event=known.pk, **more)
    at = MONDAY + timedelta(minutes=n)
    return actions.receive(demand=demand, by=cast.operator, at=at, key=f"call-{n}")[0]


def told(key: str) -> list[Message]:
    return list(Message.objects.filter(key__startswith=key).order_by("id"))


def test_announcing_is_a_line_of_the_office_journal_and_done_once(cast):
    known = announced(cast)
    assert announced(cast) == known and Event.objects.count() == 1
    line = OfficeLine.objects.get(act="announce_event")
    assert line.by_id == cast.shift_lead.pk
    assert line.says == {"event": known.pk, "area": "510802001", "until": line.says["until"]}
    assert list(KnownEvent.objects.open(MONDAY + timedelta(hours=1))) == [known]
    assert not KnownEvent.objects.open(MONDAY + timedelta(hours=12)).exists()


@pytest.mark.parametrize("who", ["hw01", "pd01", "c-housing-fz", "gl01"])
def test_only_shift_lead_and_reviewer_announce_and_end(who, cast):
    known = announced(cast)
    with refused(403, "班长"):
        known_events.announce(
            by=cast.officer(who), at=MONDAY, key="x", title="停电", text="停电了", area=cast.area(),
            valid_until=MONDAY + timedelta(hours=1),
        )  # fmt: skip
    with refused(403, "班长"):
        known_events.end(known=known, by=cast.officer(who), at=MONDAY, all_clear="好了")
    assert known_events.may_announce(cast.intake_reviewer)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"valid_until": MONDAY}, "valid_until"),
        ({"valid_until": MONDAY + timedelta(days=31)}, "valid_until"),
        ({"title": " "}, "title"),
        ({"title": "停" * 61}, "title"),
        ({"text": "停" * 401}, "text"),
    ],
)
def test_what_is_no_announcement(given, field, cast):
    with refused(422, field=field):
        announced(cast, **given)
    assert not Event.objects.exists()


def test_a_member_has_number_code_and_clock_of_his_own(cast):
    known = announced(cast)
    first, second = called(cast, known, 1, "13900001111"), called(cast, known, 2, "13900002222")
    assert first.number != second.number and {first.event_id, second.event_id} == {known.event_id}
    assert first.lines.get().columns["event_id"] == known.event_id  # in the line that received it
    assert first.state == "R" and first.next_due_at  # it goes its way
    run_jobs()
    body = Message.objects.get(case_number=first.number).body
    assert "「东坝片区停水」恢复后会发短信告诉您" in body


def test_a_case_under_no_event_is_promised_nothing(cast):
    cast.case()
    run_jobs()
    assert "恢复" not in Message.objects.get().body


def test_ending_tells_each_caller_once_whatever_became_of_his_case(cast):
    known = announced(cast)
    called(cast, known, 1, "13900001111")
    called(cast, known, 2, "13900001111")  # the same man, impatient
    gone = called(cast, known, 3, "13900003333")
    called(cast, known, 4)  # left no number
    cast.citizen("withdraw", gone, at=MONDAY + timedelta(minutes=30))
    known_events.end(
        known=known, by=cast.shift_lead, at=MONDAY + timedelta(hours=2), all_clear="水来了，请先放几分钟。"
    )
    run_jobs()
    assert len(told("all-clear:")) == 2
    assert all("水来了，请先放几分钟。" in m.body for m in told("all-clear:"))
    known_events.tell_all_clear(known_events.KnownEvent.objects.get())  # the worker was killed and does it again
    assert len(told("all-clear:")) == 2
    assert OfficeLine.objects.get(act="end_event").says == {"event": known.pk, "members": 4}


def test_it_does_not_end_without_the_words_that_were_promised(cast):
    known = announced(cast)
    called(cast, known, 1, "13900001111")
    with refused(422, "1 件都等着恢复短信", field="all_clear"):
        known_events.end(known=known, by=cast.shift_lead, at=MONDAY, all_clear=" ")
    known.refresh_from_db()
    assert known.ended_at is None


def test_ended_twice_it_is_ended_once(cast):
    known, at = announced(cast), MONDAY + timedelta(hours=1)
    for _press in range(2):
        known_events.end(known=known, by=cast.shift_lead, at=at, all_clear="好了")
    assert OfficeLine.objects.filter(act="end_event").count() == 1
    with refused(409, "已经结束"):
        known_events.end(known=known, by=cast.other_shift_lead, at=at, all_clear="又好了")
    with refused(409, "已经结束"):
        known_events.prolong(known=known, by=cast.shift_lead, at=at, valid_until=at + timedelta(hours=3))


def test_under_an_ended_or_old_event_nothing_is_recorded(cast):
    known = announced(cast)
    demand = Demand(text="家里停水了", channel="phone", known_event=known.pk)
    with refused(409, "已经结束或过了时间", field="event"):
        actions.receive(demand=demand, by=cast.operator, at=MONDAY + timedelta(hours=12), key="late")
    known_events.prolong(known=known, by=cast.shift_lead, at=MONDAY, valid_until=MONDAY + timedelta(hours=20))
    assert actions.receive(demand=demand, by=cast.operator, at=MONDAY + timedelta(hours=12), key="late")[0].event_id
    known_events.end(known=known, by=cast.shift_lead, at=MONDAY + timedelta(hours=13), all_clear="好了")
    with refused(409, field="event"):
        actions.receive(demand=demand, by=cast.operator, at=MONDAY + timedelta(hours=14), key="later")
    with refused(422, field="event"):
        actions.receive(demand=Demand(text="停水", known_event=10**6), by=cast.operator, at=MONDAY, key="none")


def test_who_is_being_recorded_while_it_ends_is_told_too(cast):
    """The job that tells everybody ran before his case was there: what follows his own line makes up for it."""
    known = announced(cast)
    known_events.end(known=known, by=cast.shift_lead, at=MONDAY + timedelta(hours=2), all_clear="水来了")
    run_jobs()
    assert told("all-clear:") == []
    KnownEvent.objects.update(ended_at=None, ended_by=None)
    called(cast, known, 5, "13900001111")
    KnownEvent.objects.update(ended_at=MONDAY + timedelta(hours=2), ended_by=cast.shift_lead)
    run_jobs()
    assert len(told("all-clear:")) == 1


def test_answered_with_the_words_of_the_event_he_may_still_say_no(cast):
    known = announced(cast)
    case = called(cast, known, 1, "13900001111")
    at = MONDAY + timedelta(minutes=2)
    cast.do("answer_at_once", case, cast.operator, at=at, answer=known.text, source="突发口径：东坝片区停水")
    assert case.state == "A"
    known_events.end(known=known, by=cast.shift_lead, at=MONDAY + timedelta(hours=3), all_clear="水来了")
    cast.citizen("not_answered", case, at=MONDAY + timedelta(hours=4), words="还是没有水")
    assert case.state == "D" and case.event_id == known.event_id
    assert steps(case) == "receive answer_at_once not_answered"
