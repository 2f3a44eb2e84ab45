"""Who is looked at again, by chance alone; by whom; and what a "not as told" or a "no" sets going (peers 8, peers 10, peers 32)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from suqiu.cases import journal, sampling
from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Case, Cycle, Share
from suqiu.directory.models import Notice
from suqiu.followup import looking_back
from suqiu.followup.models import LookBack, SpotCheck
from suqiu.gateways.models import Message
from tests.cast import MONDAY, drawn_of_a_hundred, photo, run_jobs
from tests.reading import due, refused, running

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def look(cast, case, by=None, at=MONDAY + 4 * DAY, **more):
    fields = {"as_told": "yes", "visited_at": at, "words": "门机板是新的", "photos": [photo()]} | more
    return cast.do("recheck_on_spot", case, by or cast.supervisor, at=at, **fields)


# ---- chance


def test_a_share_is_drawn_and_nothing_of_it_stands_in_the_line(cast):
    case = cast.drawn()
    assert SpotCheck.objects.get(case=case).by is None
    assert LookBack.objects.get(case=case).ask_from == case.closed_at + 30 * DAY
    closing = case.lines.get(step="close")
    assert closing.says == {"verdict": "solved"} and "drawn" not in str(closing.columns)
    assert not SpotCheck.objects.filter(case=cast.closed(at=MONDAY + DAY)).exists()


def test_who_never_said_it_was_solved_is_not_asked_whether_it_still_is(cast):
    drawn_of_a_hundred(100)
    case = cast.sent()
    at = MONDAY + 2 * DAY
    for day, way in ((0, "phone"), (1, "sms"), (2, "phone")):
        cast.do("attempt", case, cast.caller_back, at=at + day * DAY + day * HOUR, outcome="no_answer", way=way)
    assert case.verdict == "unanswered"
    assert SpotCheck.objects.filter(case=case).exists() and not LookBack.objects.filter(case=case).exists()


def test_the_lot_is_the_cases_own_and_known_only_with_the_servers_key(cast, settings):
    case = cast.sent()
    first = sampling.lot(case, sampling.ON_SPOT)
    assert first == sampling.lot(case, sampling.ON_SPOT) != sampling.lot(case, sampling.LOOK_BACK)
    settings.SECRET_KEY = "another"
    assert sampling.lot(case, sampling.ON_SPOT) != first


def test_lots_fall_evenly():
    """Of 4,000 cases about one in twenty: neither none nor all, and not by number."""
    cases = [Case(number=f"GY{n:010d}", head=f"{n:064x}") for n in range(4000)]
    drawn = sum(sampling.lot(c, sampling.ON_SPOT) % 10_000 < 500 for c in cases)
    assert 140 < drawn < 260


def test_a_city_without_a_word_of_its_own_has_ours(cast):
    Share.objects.all().delete()
    assert (sampling.percent(sampling.ON_SPOT), sampling.percent(sampling.LOOK_BACK)) == (5, 10)


# ---- on the spot


def test_as_told_is_recorded_and_the_case_stays_closed(cast):
    case = cast.drawn()
    line = look(cast, case)
    assert (line.step, line.says["as_told"], case.state, case.verdict) == ("recheck_on_spot", "yes", "C", "solved")
    seen = SpotCheck.objects.get(case=case)
    assert (seen.by, seen.is_as_told, seen.visited_at) == (cast.supervisor, True, MONDAY + 4 * DAY)
    assert case.attachments.filter(line_no=line.no, kind="proof").count() == 1
    with refused(409, "没有抽到，或者已经抽查过"):
        look(cast, case, cast.officer("db02"), at=MONDAY + 5 * DAY)


def test_not_as_told_opens_it_again_and_the_verdict_stays(cast):
    """peers 8: a new cycle, the old one keeps its verdict, nothing is overdue."""
    case = cast.drawn()
    look(cast, case, as_told="no", words="门机板没有换")
    assert (case.state, case.cycle, case.verdict, case.closed_at) == ("H", 2, "", None)
    cycles = list(Cycle.objects.filter(case=case).order_by("no").values_list("no", "verdict", "why"))
    assert cycles == [(1, "solved", "received"), (2, "", "spot_check")]
    assert case.evidence_held == [] and running(case) == "contact redo" and due(case, "redo") == "06-17 17:00"
    assert (case.lead_department_id, case.first_department_id) == ("C-HOUSING", "C-HOUSING")
    held = case.holdings.filter(until=None).order_by("id").values_list("role", "department_id")
    assert sorted(held) == [("first", "C-HOUSING"), ("lead", "C-HOUSING"), ("lead", "HOTLINE")]
    assert journal.verify(number=case.number).findings == []
    run_jobs()
    assert Notice.objects.filter(officer=cast.handler(), text__startswith="实地抽查").count() == 1
    assert "没办好，重办" in Message.objects.filter(case_number=case.number).order_by("-id")[0].body


def test_somebody_else_goes(cast):
    case = cast.drawn()
    with refused(403, "要换一个人"):
        look(cast, case, cast.caller_back)  # who asked him
    with refused(403, "不由您来做"):
        look(cast, case, cast.handler())
    with refused(403, "不由您来做"):
        look(cast, case, cast.reviewer())
    supervisor = cast.supervisor
    supervisor.is_third_party = True
    supervisor.save()
    with refused(403, "第三方人员"):
        look(cast, case, supervisor)


@pytest.mark.parametrize("hours", [-1, 24 * 30])
def test_it_lies_between_the_closing_and_now(cast, hours):
    case = cast.drawn()
    with refused(422, "抽查要在办结以后去", field="visited_at"):
        look(cast, case, visited_at=case.closed_at + hours * HOUR)


def test_what_was_not_drawn_cannot_be_chosen(cast):
    drawn_of_a_hundred(0)
    case = cast.closed()
    with refused(409, "谁也不能选"):
        look(cast, case)
    assert not SpotCheck.objects.filter(case=case).exists()


# ---- thirty days later


def test_one_link_is_sent_after_thirty_days_in_the_day_time(cast):
    case = cast.drawn()
    asked = case.closed_at + 30 * DAY
    assert looking_back.send_due(at=asked - HOUR) == 0
    assert looking_back.send_due(at=asked.replace(hour=18) + DAY / 2) == 0  # 02:00 in the city
    assert looking_back.send_due(at=asked) == 1 and looking_back.send_due(at=asked) == 0
    body = Message.objects.filter(key__startswith="look-back:").get().body
    assert case.number in body and "/still/" in body and "现在还好吗" in body


def test_nobody_is_asked_about_what_goes_on_already(cast):
    case = cast.drawn()
    look(cast, case, as_told="no")
    assert looking_back.send_due(at=MONDAY + 40 * DAY) == 0


def test_no_opens_it_again_without_a_new_demand(cast):
    """peers 10: a visible line with his words; the number, and the verdict of then, stay."""
    case = cast.drawn()
    number, cases = case.number, Case.objects.count()
    at = case.closed_at + 31 * DAY
    line = cast.do("look_back", case, CITIZEN, at=at, outcome="answered", still="no", words="上周又停了")
    assert (line.actor, line.says["still"]) == ("citizen", "no") and case.contents.get(
        line_no=line.no
    ).body == "上周又停了"
    assert (case.state, case.cycle, case.number, Case.objects.count()) == ("H", 2, number, cases)
    assert Cycle.objects.get(case=case, no=1).verdict == "solved" and running(case) == "contact redo"
    with refused(409, "办理中"):
        cast.do("look_back", case, CITIZEN, at=at, outcome="answered", still="yes")


def test_yes_is_kept_and_asked_no_more(cast):
    case = cast.drawn()
    at = case.closed_at + 31 * DAY
    line = cast.do("look_back", case, CITIZEN, at=at, key="k", outcome="answered", still="yes")
    again = cast.do("look_back", case, CITIZEN, at=at, key="k", outcome="answered", still="yes")
    assert line.pk == again.pk and (case.state, case.cycle) == ("C", 1)
    with refused(409, "已经问过了"):
        cast.do("look_back", case, CITIZEN, at=at, outcome="answered", still="no")


def test_a_call_in_vain_is_rung_again_at_another_time_of_day(cast):
    case = cast.drawn()
    at = case.closed_at + 33 * DAY
    cast.do("look_back", case, cast.officer("hf02"), at=at, outcome="no_answer")
    row = LookBack.objects.get(case=case)
    assert (row.tries, row.next_at > at, row.answered_at, case.state) == (1, True, None, "C")
    with refused(422, "请问清", field="still"):
        cast.do("look_back", case, cast.officer("hf02"), at=row.next_at, outcome="answered")
    with refused(403, "不由您来做"):
        cast.do("look_back", case, cast.handler(), at=row.next_at, outcome="answered", still="yes")


def test_a_killed_worker_sends_it_once_all_the_same(cast):
    """The link and the message are written together, or not at all."""
    case = cast.drawn()
    at = case.closed_at + 30 * DAY
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        looking_back.send_due(at=at)
        raise KeyboardInterrupt
    assert not Message.objects.filter(key__startswith="look-back:").exists()
    assert looking_back.send_due(at=at) == 1
