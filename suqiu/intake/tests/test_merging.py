"""Into which case may one be merged, what stays his own, and how does he find his way out again? (peers 13, 14, 15)"""

from __future__ import annotations

from datetime import timedelta

import pytest

from suqiu.cases import journal
from suqiu.cases.advance import SYSTEM
from suqiu.cases.models import Case
from suqiu.gateways.models import Message
from suqiu.intake import merging
from suqiu.intake.known_events import announce
from suqiu.intake.models import Membership
from tests.cast import MONDAY, run_jobs
from tests.reading import clock, holders, last, refused, running, steps, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "同一部电梯，同一天"


def fresh(case: Case) -> Case:
    return Case.objects.select_related("event__lead").get(pk=case.pk)


def join(cast, case: Case, into: Case, *, by=None, at=MONDAY + 2 * HOUR, **more):
    return cast.do("merge", case, by or cast.operator, at=at, into=into, words=WHY, **more)


# ---- what is refused, and what to do instead


def test_neither_into_itself_nor_into_a_member_nor_into_a_closed_one(cast):
    lead, member, other = cast.in_hand(), cast.accepted(), cast.accepted()
    closed, sent = cast.another().closed(), cast.another().sent()
    join(cast, member, lead)
    for into, said in (
        (other, ("不能并到它自己",)),
        (member, (f"{member.number} 自己并在 {lead.number} 下面", f"请并到 {lead.number}")),
        (closed, (f"{closed.number} 现在是「已办结」，不能再往里并",)),
        (sent, (f"{sent.number} 现在是「待回访」，不能再往里并",)),
    ):
        with refused(422, *said, field="into"):
            join(cast, other, into, at=MONDAY + 3 * DAY)
    assert (fresh(other).state, steps(other)) == ("D", "receive accept")


def test_neither_a_secret_nor_another_accused_is_mixed_in(cast):
    open_one, secret = cast.in_hand(), cast.accepted(secrecy="confidential")
    for case, into in ((secret, open_one), (cast.accepted(), cast.in_hand(secrecy="confidential"))):
        with refused(422, "保密件和不保密的不能并在一起", field="into"):
            join(cast, case, into, by=cast.dispatcher)
    about = cast.accepted(about_department=cast.department("C-MARKET"))
    with refused(422, "两件反映的单位或人不一样", field="into"):
        join(cast, about, open_one)


def test_not_while_a_question_waits_nor_in_a_redo(cast):
    lead, asked = cast.in_hand(), cast.in_hand()
    cast.do("ask_extension", asked, cast.reviewer(), at=MONDAY + HOUR, days=2, words="缺件")
    with refused(409, "还有一项申请或更正等着定"):
        join(cast, asked, lead)
    again = cast.sent()
    cast.ask_back(again, at=MONDAY + DAY, solved="no")
    with refused(409, "正在重办，不能并走"):
        join(cast, again, lead, at=MONDAY + DAY)


def test_third_party_staff_do_not_merge(cast):
    with refused(403, "第三方人员只记录"):
        join(cast, cast.accepted(), cast.in_hand(), by=cast.outsider)


def test_the_lead_is_not_answered_over_the_heads_of_the_others(cast):
    lead, member = cast.accepted(), cast.accepted()
    join(cast, member, lead)
    with refused(409, "下面还并着 1 件"):
        cast.do("answer_at_once", lead, cast.operator, at=MONDAY + 3 * HOUR, answer="七点开门", source="指南")


# ---- what stays his own


def test_own_clock_stays_and_the_lead_is_due_with_the_first_of_them(cast):
    early = cast.accepted(at=MONDAY - DAY)
    lead, late = cast.in_hand(), cast.accepted(at=MONDAY + HOUR)
    join(cast, late, lead)
    assert (running(late), "event" in running(lead)) == ("outer", False)  # the lead's own term ends first
    join(cast, early, lead)
    assert clock(lead, "event").due_at == clock(early, "outer").due_at < clock(lead, "outer").due_at
    assert clock(lead, "event").anchor_at == early.received_at
    cast.do("unmerge", early, cast.operator, at=MONDAY + 3 * HOUR, words="不是一处")
    assert "event" not in running(fresh(lead))


def test_merged_cases_are_in_no_open_list_and_in_no_alert(cast):
    """peers 13"""
    lead, member = cast.in_hand(), cast.in_hand()
    join(cast, member, lead)
    assert not Case.objects.open().filter(pk=member.pk).exists()
    from suqiu.desk.queues import BY_NAME
    from suqiu.desk.seats import seat_of

    for login, names in (
        ("c-housing-jb1", ("mine", "unit", "to-sign")),
        ("db01", ("late",)),
        ("c-housing-fz", ("unit-late",)),
    ):
        seat = seat_of(cast.officer(login), MONDAY + 60 * DAY)
        for name in names:
            assert not Case.objects.filter(BY_NAME[name].filter(seat), pk=member.pk).exists(), name
    from suqiu.cases import periodic

    assert periodic.steps_of_the_system(MONDAY + 60 * DAY) == 0 and fresh(member).state == "M"


def test_back_to_the_state_before_with_his_own_anchor(cast):
    """peers 14"""
    lead, member = cast.in_hand(), cast.in_hand(at=MONDAY + HOUR)
    before = [(c.kind, c.anchor_at, c.due_at, c.stopped_at) for c in member.clocks.order_by("id")]
    held = holders(member)
    join(cast, member, lead, at=MONDAY + 4 * HOUR)
    assert running(member) == "outer" and holders(member) == held  # somebody is answerable all the while
    cast.do("unmerge", member, cast.shift_lead, at=MONDAY + 2 * DAY, words="不是同一部")
    assert (member.state, member.event_id, holders(member)) == ("H", None, held)
    assert [(c.kind, c.anchor_at, c.due_at, c.stopped_at) for c in member.clocks.order_by("id")] == before
    assert Membership.objects.get(case=member).ending == "undone"
    join(cast, member, fresh(lead), at=MONDAY + 2 * DAY + HOUR)  # and may be merged again
    assert journal.verify(number=member.number).findings == []


def test_before_anybody_accepted_it_he_has_a_term_from_his_own_call(cast):
    lead, member = cast.in_hand(), cast.case(at=MONDAY + HOUR)
    join(cast, member, lead)
    assert (member.demand_type, member.routing_class, clock(member, "outer").anchor_at) == (
        "complaint",
        "accept",
        MONDAY + HOUR,
    )
    cast.do("unmerge", member, cast.operator, at=MONDAY + 3 * HOUR, words="看错了")
    assert (member.state, member.demand_type, running(member)) == ("R", "", "accept")


# ---- events into each other


def test_two_events_become_one_and_come_apart_again(cast):
    """peers 14: cases that share an event are merged, and each finds its way."""
    lead, theirs = cast.in_hand(), cast.in_hand()
    ours = [cast.accepted() for _n in range(2)]
    for case in ours:
        join(cast, case, theirs)
    join(cast, theirs, lead, at=MONDAY + 3 * HOUR)
    assert {fresh(c).event.lead_id for c in (*ours, theirs)} == {lead.pk}
    cast.do("unmerge", theirs, cast.operator, at=MONDAY + 4 * HOUR, words="两栋楼")
    assert {fresh(c).event.lead_id for c in ours} == {theirs.pk} and fresh(theirs).state == "H"
    with refused(422, "自己并在", field="into"):
        join(cast, cast.accepted(), ours[0], at=MONDAY + 5 * HOUR)


def test_a_known_event_becomes_the_event(cast):
    known = announce(
        by=cast.shift_lead, at=MONDAY, key="k", title="翠屏片区停梯", text="正在修", area=cast.area(), valid_until=MONDAY + DAY
    )  # fmt: skip
    lead, member = cast.in_hand(), cast.case(at=MONDAY + HOUR, known_event=known.pk)
    join(cast, member, lead)
    known.event.refresh_from_db()
    assert member.event_id == known.event_id and known.event.lead == lead  # he is still promised word of its end


# ---- the answer


def answered(cast, lead: Case, at=MONDAY) -> None:
    cast.prove(lead, at=at)
    cast.reply(lead, at=at, to_others="电梯修好了，给大家添麻烦了。")
    line = cast.do("approve", lead, cast.reviewer(), at=at + 8 * HOUR)
    merging.answer_members(line, at + 8 * HOUR)


def test_everybody_is_answered_once_and_rates_for_himself(cast):
    """peers 15"""
    lead, one, two = cast.in_hand(), cast.another().case(at=MONDAY), cast.another().dispatched(unit="C-MARKET")
    for case in (one, two):
        join(cast, case, lead)
    answered(cast, lead)
    one, two = fresh(one), fresh(two)
    assert (one.state, two.state) == ("F", "F")
    assert words(last(one)) == {"reply": "电梯修好了，给大家添麻烦了。"}
    assert [a.outcome for a in one.asks.all()] == ["answered"] and one.evidence_class == "on_site"
    assert holders(two) == [("lead", "HOTLINE"), ("first", "C-MARKET"), ("lead", "C-HOUSING")]  # first stays answerable
    cast.ask_back(one, at=MONDAY + DAY, solved="yes", satisfied="5")
    assert (one.state, one.verdict, fresh(two).state, fresh(lead).state) == ("C", "solved", "F", "F")
    cast.ask_back(two, at=MONDAY + DAY, solved="no")
    assert (two.state, two.cycle, two.event_id, last(two).says["left_event"]) == (
        "H",
        2,
        None,
        two.memberships.get().event_id,
    )
    assert merging.answer_left_over(MONDAY + 2 * DAY) == 0


def test_reopened_it_goes_to_who_answered_even_where_that_was_the_moment_of_closing(cast):
    case = cast.in_hand(unit="C-MARKET")
    cast.caller_phone = "13900001111"
    lead = cast.in_hand()
    join(cast, case, lead)
    answered(cast, lead)
    case = fresh(case)
    cast.ask_back(case, at=MONDAY + 8 * HOUR, solved="yes", satisfied="5")
    cast.citizen("appeal", case, at=MONDAY + 2 * DAY, words="又坏了")
    cast.do("decide_appeal", case, cast.other_intake_reviewer, at=MONDAY + 3 * DAY, is_upheld="yes", words="属实")
    assert set(holders(case)) == {("lead", "HOTLINE"), ("first", "C-MARKET"), ("lead", "C-HOUSING")}


def test_who_left_while_the_others_were_being_answered_and_is_asked_something_stops_nobody(cast, monkeypatch):
    """The list was made; then one goes his own way, and is asked for more: not this answer, and the next in the list has his."""
    lead, first, leaves, after = cast.in_hand(), *(cast.another().accepted() for _n in range(3))
    for case in (first, leaves, after):
        join(cast, case, lead)
    plain = merging.event_answered

    def while_he_leaves(*, case, **more):
        line = plain(case=case, **more)
        if case.pk == first.pk:
            at = MONDAY + 7 * HOUR
            cast.do("unmerge", fresh(leaves), cast.intake_reviewer, at=at, words="我这部是另一部电梯")
            cast.do("ask_caller", fresh(leaves), cast.operator, at=at, words="是哪一部")
        return line

    monkeypatch.setattr(merging, "event_answered", while_he_leaves)
    answered(cast, lead)
    assert [fresh(case).state for case in (first, leaves, after)] == ["F", "W", "F"]
    monkeypatch.undo()
    with refused(409, "要在 已并单 时做", "待补充"):
        merging.event_answered(case=fresh(leaves), by=SYSTEM, at=MONDAY + 8 * HOUR, approved=last(lead))


def test_who_was_cut_off_in_the_middle_is_answered_by_the_clock(cast):
    lead, member = cast.in_hand(), cast.accepted()
    join(cast, member, lead)
    cast.prove(lead, at=MONDAY)
    cast.reply(lead, at=MONDAY, to_others="电梯修好了。")
    cast.do("approve", lead, cast.reviewer(), at=MONDAY + 8 * HOUR)  # and the worker was killed
    assert merging.answer_left_over(MONDAY + 9 * HOUR) == 1 and fresh(member).state == "F"


def test_an_answer_of_an_earlier_round_is_not_his(cast):
    """He was merged into what is being redone: what did not solve it then is no answer to him now."""
    lead = cast.sent()
    cast.ask_back(lead, at=MONDAY + DAY, solved="no")
    member = cast.accepted(at=MONDAY + DAY)
    join(cast, member, lead, at=MONDAY + 2 * DAY)
    assert merging.answer_members(lead.lines.get(step="approve"), MONDAY + 2 * DAY) == 0
    assert merging.answer_left_over(MONDAY + 2 * DAY) == 0 and fresh(member).state == "M"


def test_the_caller_of_the_lead_takes_it_back_and_nobody_is_lost(cast):
    lead, first, second = cast.in_hand(), cast.in_hand(at=MONDAY + HOUR), cast.accepted(at=MONDAY + 2 * HOUR)
    for case in (first, second):
        join(cast, case, lead, at=MONDAY + 3 * HOUR)
    cast.citizen("withdraw", lead, at=MONDAY + 4 * HOUR)
    first, second = fresh(first), fresh(second)
    assert (lead.state, first.state, second.state) == ("Q", "H", "M")
    assert second.event.lead_id == first.pk and last(first).step in ("unmerge", "lead_event")
    answered(cast, first, at=MONDAY + DAY)
    assert fresh(second).state == "F"
    assert last(second).says["lead"] == first.number  # whose answer it was is said, wherever the event goes on to


def test_he_takes_his_own_back_and_the_others_go_on(cast):
    lead, member, other = cast.in_hand(), cast.accepted(), cast.accepted()
    for case in (member, other):
        join(cast, case, lead)
    cast.citizen("withdraw", member, at=MONDAY + 3 * HOUR)
    assert (member.state, fresh(other).state, fresh(lead).state) == ("Q", "M", "H")
    assert Membership.objects.get(case=member).ending == "withdrawn"


@pytest.mark.parametrize(("upheld", "state"), [("yes", "D"), ("no", "M")])
def test_an_appeal_is_judged_by_another_and_once(cast, upheld, state):
    lead, member = cast.in_hand(), cast.accepted()
    join(cast, member, lead, by=cast.shift_lead)
    cast.citizen("appeal", member, at=MONDAY + 3 * HOUR, words="不是一回事")
    assert running(member) == "appeal outer"
    with refused(403, "「并单」是您做的"):
        cast.do("decide_appeal", member, cast.shift_lead, at=MONDAY + 4 * HOUR, is_upheld=upheld, words="看了")
    cast.do("decide_appeal", member, cast.intake_reviewer, at=MONDAY + 4 * HOUR, is_upheld=upheld, words="看了")
    assert member.state == state
    if upheld == "no":
        with refused(409, "已经申诉过一次"):
            cast.citizen("appeal", member, at=MONDAY + 5 * HOUR, words="还是不同意")
    else:
        assert running(member) == "dispatch outer" and Membership.objects.get(case=member).ending == "appeal"


# ---- what the others hear of the lead


def told(case: Case) -> list[str]:
    run_jobs()
    return list(
        Message.objects.filter(case_number=case.number, key__startswith="event:").values_list("body", flat=True)
    )


def extended(cast, lead: Case, *, answer="yes", words="配件在途，周五到货") -> None:
    cast.do("ask_extension", lead, cast.reviewer(), at=MONDAY + DAY, days=5, words="缺件")
    cast.do("decide_extension", lead, cast.dispatcher, at=MONDAY + DAY + HOUR, is_upheld=answer, words=words)


def test_who_waits_with_a_lead_hears_that_its_unit_got_more_days(cast):
    lead, member = cast.in_hand(), cast.another().case(at=MONDAY)
    join(cast, member, lead)
    own = clock(member, "outer").due_at
    extended(cast, lead)
    (body,) = told(member)
    assert all(word in body for word in (member.number, "延期有结果了", "配件在途")) and lead.number not in body
    assert clock(member, "outer").due_at == own  # what he was told by law is not longer by it


def test_what_changes_nothing_for_him_he_does_not_hear(cast):
    lead, member = cast.in_hand(), cast.another().case(at=MONDAY)
    join(cast, member, lead)
    extended(cast, lead, answer="no")
    assert told(member) == []


@pytest.mark.parametrize("words", ["王桂芳同意等到周五", "打 138 1234-2217 问过，她同意"])
def test_words_that_name_the_leads_caller_go_to_nobody_else(cast, words):
    lead, member = cast.in_hand(), cast.another().case(at=MONDAY)
    join(cast, member, lead)
    extended(cast, lead, words=words)
    (body,) = told(member)
    assert "延期有结果了" in body and "同意" not in body
