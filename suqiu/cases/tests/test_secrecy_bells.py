"""Does work on secrets ring those who must do it, in time, and nobody whom it is about?"""

from __future__ import annotations

from datetime import timedelta

import time_machine

from suqiu.cases import breaches, own_data, periodic, taking_out
from suqiu.directory.models import Notice
from tests.cast import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rung(key: str) -> set[str]:
    return set(Notice.objects.filter(key__startswith=key).values_list("officer__username", flat=True))


def ring_terms(now) -> None:
    with time_machine.travel(now, tick=False):
        periodic.ring_terms_of_secrecy(0)


def report(cast, *cases):
    return breaches.report(
        by=cast.supervisor, at=MONDAY, key="k", words="物业微信群里有工单截图", numbers=[c.number for c in cases]
    )


def test_a_breach_rings_whoever_handles_it_but_him_who_reported_it(cast):
    breach = report(cast, cast.in_hand())
    told = rung(f"breach:{breach.pk}:reported")
    assert cast.leader.username in told and cast.supervisor.username not in told
    text = Notice.objects.filter(officer=cast.leader).get(key=f"breach:{breach.pk}:reported").text
    assert "主管部门" in text and cast.caller_phone not in text


def test_a_breach_does_not_ring_him_whom_its_case_is_about(cast):
    breach = report(cast, cast.accepted(about_officer=cast.leader))
    assert rung(f"breach:{breach.pk}"), "others of the hotline are rung"
    assert cast.leader.username not in rung(f"breach:{breach.pk}")


def test_its_terms_ring_in_their_last_quarter_and_when_they_are_over_once_each(cast):
    breach = report(cast, cast.in_hand())
    ring_terms(MONDAY + 17 * HOUR)
    assert not rung(f"breach:{breach.pk}:authority")
    ring_terms(MONDAY + 19 * HOUR)
    assert cast.supervisor.username in rung(f"breach:{breach.pk}:authority:soon")
    assert not rung(f"breach:{breach.pk}:tell")
    for _twice in range(2):
        ring_terms(MONDAY + 3 * DAY + HOUR)
    late = Notice.objects.filter(key=f"breach:{breach.pk}:tell:over", officer=cast.leader)
    assert "过了时限" in late.get().text
    breaches.tell(breach=breach, by=cast.supervisor, at=MONDAY + 3 * DAY + 2 * HOUR)
    before = Notice.objects.count()
    breaches.tell_authority(breach=breach, by=cast.supervisor, at=MONDAY + 4 * DAY, authority="市网信办，回执 12 号")
    ring_terms(MONDAY + 9 * DAY)
    assert Notice.objects.count() == before, "what is done rings no more"


def test_asking_to_close_rings_the_second_person_each_time_it_is_asked(cast):
    breach = report(cast, cast.in_hand())
    breaches.tell(breach=breach, by=cast.supervisor, at=MONDAY)
    breaches.tell_authority(breach=breach, by=cast.supervisor, at=MONDAY, authority="市网信办")
    for n in (1, 2):
        at = MONDAY + n * HOUR
        breaches.ask_to_close(breach=breach, by=cast.supervisor, at=at, finding="查清了，一名物业人员")
        assert rung(f"breach:{breach.pk}:closing:{at.isoformat()}") >= {cast.leader.username}
        breaches.back(breach=breach, by=cast.leader, at=at, words="还差处理决定")


def test_an_export_rings_those_who_may_agree_and_not_the_asker(cast):
    cast.in_hand()
    asked = taking_out.ask(
        by=cast.supervisor, at=MONDAY + 8 * HOUR, key="k", why="月度分析，交政务服务局", columns=["title"], format="csv"
    )
    told = rung(f"export:{asked.pk}")
    assert cast.leader.username in told and cast.supervisor.username not in told


def test_a_citizens_request_rings_who_answers_it_and_the_second_person(cast):
    case, at = cast.closed(), MONDAY + 3 * DAY
    asked = own_data.ask(case=case, kind="delete", at=at, key="k")
    assert cast.intake_reviewer.username in rung(f"data:{asked.pk}:asked")
    own_data.answer(request=asked, by=cast.intake_reviewer, at=at + HOUR, is_granted=True, words="照办")
    told = rung(f"data:{asked.pk}:second")
    assert told and cast.intake_reviewer.username not in told
    ring_terms(asked.due_at + HOUR)
    assert "过了时限" in Notice.objects.filter(key=f"data:{asked.pk}:over").first().text


def test_a_term_rings_only_those_who_can_do_what_is_due(cast):
    """Who answers it while it waits for an answer; who may agree while it waits for that, and not the one who answered."""
    case = cast.closed()
    asked = own_data.ask(case=case, kind="delete", at=MONDAY + 3 * DAY, key="k")
    ring_terms(asked.due_at - HOUR)
    soon = rung(f"data:{asked.pk}:soon")
    assert cast.intake_reviewer.username in soon and not soon & {cast.supervisor.username, cast.leader.username}
    own_data.answer(request=asked, by=cast.intake_reviewer, at=asked.due_at, is_granted=True, words="照办")
    ring_terms(asked.due_at + HOUR)
    over = rung(f"data:{asked.pk}:over")
    assert cast.leader.username in over and not over & {cast.supervisor.username, cast.intake_reviewer.username}
