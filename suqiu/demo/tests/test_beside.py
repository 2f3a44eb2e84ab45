"""Are the stories beside the plan told to their end: whom do they leave waiting, and does the room that guards each of them agree?"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction

from suqiu.cases import journal, leaks, periodic
from suqiu.cases.models import Breach, Case, DataRequest, ExportRequest, Line, Look, State
from suqiu.cases.visibility import relations
from suqiu.citizens.contact import code_hash
from suqiu.demo import beside, build, hands
from suqiu.demo.living import code_of
from suqiu.demo.moments import last_morning
from suqiu.desk.targets import suggestion
from suqiu.directory.models import Change, Notice, OfficeLine, Officer, Setting
from suqiu.dispatch.models import Precedent
from suqiu.gateways.models import Message
from suqiu.handling.models import Meeting
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit, Filing, Membership

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        build.lay_ground(DAY)
        Setting.objects.create(key="demo", value={"day": DAY.isoformat(), "done": 0, "of": 2000})
        yield build.build_beside(DAY)
        transaction.set_rollback(True)


def case(key: str) -> Case:
    return Case.objects.get(key=hands.KEY + key)


def steps(key: str) -> list[str]:
    return list(Line.objects.filter(case__key=hands.KEY + key).order_by("no").values_list("step", flat=True))


def test_every_chain_is_whole_and_the_database_agrees(told):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert journal.verify().findings == [] and len(told) == 58
    assert build.build_beside(DAY) == []


def test_nothing_happens_after_the_last_morning_and_the_system_owes_nothing(told):
    until = last_morning(DAY)
    assert not Line.objects.filter(at__gte=until).exists() and not OfficeLine.objects.filter(at__gte=until).exists()
    assert periodic.steps_of_the_system(until) == 0
    for one in Case.objects.all():
        moments = list(one.lines.order_by("no").values_list("at", flat=True))
        assert moments == sorted(moments), one.key


def test_nobody_is_written_to(told):
    assert not Message.objects.exists()


def test_the_code_of_a_case_can_be_worked_out(told):
    assert not [c.key for c in Case.objects.all() if c.query_code_hash != code_hash(code_of(c.key))]


def test_each_caller_has_a_name_and_a_number_of_his_own(told):
    people = {
        c.person.phone: c.person.name for c in Case.objects.exclude(secrecy="anonymous") if not c.person.removed_at
    }
    families = 2 * len(hands.rows("family"))
    limited = sum(c.key.startswith(hands.KEY + "limit-") for c in told)
    deleted = DataRequest.objects.filter(state="done", kind="delete").count()
    assert len(people) == len(told) - 1 - families - limited - deleted and all(len(n) >= 2 for n in people.values())


# ---- one event, many callers


def test_twelve_callers_of_one_event_are_all_answered(told):
    lead = case("event-0-0")
    assert lead.state == "C" and lead.event.members.count() == 11
    assert set(lead.event.members.values_list("state", flat=True)) == {State.CLOSED}
    merged = [n for n in range(1, 12) if "merge" in steps(f"event-0-{n}")]
    assert len(merged) == 11 and all("event_answered" in steps(f"event-0-{n}") for n in range(1, 11))


def test_the_citizen_whose_merge_was_undone_is_answered_alone(told):
    taken = steps("event-0-11")
    assert taken.index("merge") < taken.index("appeal") < taken.index("decide_appeal") < taken.index("dispatch")
    assert "event_answered" not in taken and case("event-0-11").state == "C" and case("event-0-11").event is None
    assert Membership.objects.get(case=case("event-0-11")).ending == Membership.Ending.APPEAL


def test_the_newest_event_still_waits(told):
    assert (
        list(Case.objects.filter(state="M").values_list("event__lead__key", flat=True)) == [case("event-3-0").key] * 3
    )


def test_of_families_of_three_some_are_signed_one_is_not_and_one_waits(told):
    signed = Line.objects.filter(step="sign_family")
    assert Counter(signed.values_list("says__is_upheld", flat=True)) == {"yes": 3, "no": 1}
    assert set(signed.values_list("officer__username", flat=True)) == {"ld01"}
    assert [case(f"family-{n}-2").state for n in range(5)] == ["C", "C", "C", "H", "F"]
    assert "family_waits" in case("family-4-2").evidence_held


# ---- whose is it


def test_what_was_ruled_is_cited_when_the_next_one_is_dispatched(told):
    precedent = Precedent.objects.get()
    assert precedent.department_id == "C-HOUSING" and precedent.area is None
    assert (precedent.ruled_by.username, precedent.change.state) == ("cd01", Change.State.WAITING)
    later, newest = case("ruled-1"), case("ruled-2")
    assert later.dispatched_at > precedent.ruled_at and (later.first_department_id, later.hops) == ("C-HOUSING", 0)
    assert newest.state == "D"
    found = suggestion(newest, newest.matter, from_city=True)
    assert found.code == "C-HOUSING" and "裁定" in found.why


def test_a_town_called_and_one_did_not_come_and_one_could_decide_nothing(told):
    meeting = Meeting.objects.get(case=case("whistle-0"))
    came = dict(meeting.parts.values_list("department", "came"))
    assert meeting.called_by.kind == "town" and meeting.is_confirmed
    assert (came["C-HOUSING"], came["C-WATER_SUPPLY"], came["C-CITY_MGMT"]) == ("no_power", "no", "yes")
    assert "not_come" in steps("whistle-0") and case("whistle-0").state == "C"
    to_come = Meeting.objects.get(case=case("whistle-1"))
    assert to_come.meets_at > last_morning(DAY) and not to_come.parts.exclude(filed_at=None).exists()


# ---- filed for somebody


def test_who_cannot_go_online_is_filed_for_with_his_consent(told):
    filed = Filing.objects.order_by("case_id")
    assert set(filed.values_list("consent_way", flat=True)) == {"spoken", "signed", "phone"}
    assert set(filed.values_list("code_way", flat=True)) == {"paper"}
    assert [f.case.state for f in filed] == ["C", "H", "R"] and {f.case.channel for f in filed} == {"assisted"}
    assert all(f.case.contents.get(line_no=1, name="consent").body for f in filed)
    officer = Officer.objects.get(username="t-510802001-jb1")
    assert not relations(officer, filed[0].case, list(filed[0].case.holdings.all()))


# ---- who rings on


def limit_of(number: int) -> CallerLimit:
    return CallerLimit.objects.get(case=case(f"family-{number}-2"))


def test_one_caller_is_limited_and_what_is_new_still_goes_to_a_person(told):
    limit, at = limit_of(1), last_morning(DAY)
    assert (limit.stands(at), limit.proposed_by.username, limit.decided_by.username) == ("running", "bz01", "sl01")
    assert [steps(f"limit-1-{n}") for n in (0, 1)] == [["receive", "accept", "answer_again", "settle"]] * 2
    assert steps("limit-1-under") == ["receive", "answer_again"] and case("limit-1-under").state == State.ANSWERED
    (line,) = Line.objects.filter(says__limit=limit.pk)
    assert (line.case.key, line.actor) == (hands.KEY + "limit-1-under", "system")
    assert steps("limit-1-new") == ["receive"]


def test_one_limit_was_not_agreed_to(told):
    limit = limit_of(0)
    assert (limit.stands(last_morning(DAY)), limit.decided_by.username) == ("refused", "db01")
    assert not Line.objects.filter(says__limit=limit.pk).exists()


def test_one_limit_is_lifted_and_what_he_said_is_handled(told):
    limit, under = limit_of(2), case("limit-2-under")
    assert limit.stands(last_morning(DAY)) == "lifted" and limit.appealed_through is None
    moments = [limit.proposed_at, limit.decided_at, under.received_at, limit.appealed_at, limit.judged_at]
    assert moments == sorted(moments) and limit.judged_at <= limit.appeal_due_at
    assert len({limit.proposed_by_id, limit.decided_by_id, limit.judged_by_id}) == 3
    assert steps("limit-2-under")[:4] == ["receive", "answer_again", "not_answered", "dispatch"]
    assert (under.state, under.lead_department_id) == (State.HANDLING, "C-HOUSING")


def test_all_limits_are_counted(told):
    found = caller_limits.counts(last_morning(DAY))
    assert {n: found[n] for n in ("proposed", "agreed", "refused", "running", "lifted", "answered")} == {
        "proposed": 3, "agreed": 2, "refused": 1, "running": 1, "lifted": 1, "answered": 2,
    }  # fmt: skip
    assert not Notice.objects.filter(key__startswith="limit:").exists()  # nobody is rung for what is long decided


# ---- what leaves, what got out, what is asked of one's own data


def test_exports_have_their_second_person(told):
    assert Counter(ExportRequest.objects.values_list("state", flat=True)) == {
        "expired": 1,
        "made": 1,
        "refused": 1,
        "waiting": 2,
    }
    there = ExportRequest.objects.get(state="made")
    assert there.count and there.taken == 1 and there.second.username == "bz02" and there.expires_at > last_morning(DAY)
    assert Look.objects.filter(what=Look.What.EXPORT, reason=f"export:{there.pk}").count() == there.count


def test_a_breach_is_closed_one_waits_and_the_clock_of_one_runs(told):
    assert Counter(Breach.objects.values_list("state", flat=True)) == {"closed": 1, "closing": 1, "open": 1}
    running = Breach.objects.get(state="open")
    assert running.told_at is None and running.authority_told_at and running.tell_by > last_morning(DAY)
    leaked = running.cases.get()
    reader = Officer.objects.get(username="db01")
    assert OfficeLine.objects.filter(act="leak_report", says__case=leaked.number, by_id=reader.pk).exists()
    with transaction.atomic():
        found = leaks.report(case=leaked, by=reader, at=last_morning(DAY))
        transaction.set_rollback(True)
    assert {"c-housing-jb1", "c-housing-sh", "hw01"} <= {v.officer.username for v in found.viewers}


def test_citizens_asked_to_correct_and_to_delete(told):
    asked = Counter(DataRequest.objects.values_list("kind", "state"))
    assert asked == {
        ("correct", "done"): 1,
        ("correct", "waiting"): 1,
        ("delete", "done"): 1,
        ("delete", "second"): 1,
        ("delete", "declined"): 1,
    }
    gone = DataRequest.objects.get(kind="delete", state="done")
    assert gone.second and gone.second != gone.by and gone.case.person.removed_at
    assert case("family-0-2").person.name == "昝秀兰"
    late = DataRequest.objects.filter(state__in=("waiting", "second"), due_at__lt=last_morning(DAY))
    assert not late.exists()


def test_the_stories_are_those_that_are_written_down(told):
    assert {c.key.removeprefix(hands.KEY).split("-")[0] for c in told} == {
        "event", "family", "ruled", "whistle", "filed", "limit", "anonymous",
    }  # fmt: skip
    assert len(beside.STORIES) == 7
