"""What happens when two act at once, and at the moment of commit? Real connections, real commits, nothing rolled back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from suqiu.cases import periodic
from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Case, Content, Holding, Line
from suqiu.citizens.models import Person
from suqiu.directory import office
from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from suqiu.followup.actions import finish_link
from suqiu.followup.links import make_link, tap
from suqiu.followup.models import Attempt, Link
from suqiu.gateways.models import Message
from suqiu.intake import actions as intake
from suqiu.intake import caller_limits
from suqiu.intake.demand import Demand
from suqiu.intake.models import CallerLimit
from tests.cast import MONDAY, Cast
from tests.committing import transactional_db  # noqa: F401
from tests.limits import asked_three_times, decide, limited, propose
from tests.racing import DAY, HOUR, at_once, fresh, holds, of
from tests.reading import holders, refused, running, steps


@pytest.fixture
def cast(transactional_db: None) -> Cast:  # noqa: F811
    return Cast()


# ---- one step, two people


def test_two_people_take_one_step_and_one_line_is_written(cast):
    case = cast.dispatched()
    first, second = cast.handler(), cast.officer("c-housing-jb2")
    answers = at_once(
        lambda: cast.do("sign_in", fresh(case), first, at=MONDAY + HOUR),
        lambda: cast.do("sign_in", fresh(case), second, at=MONDAY + HOUR),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    assert (no.status, no.state) == (409, "办理中") and "「签收」要在 待签收 时做" in str(no.reason)
    assert steps(case) == "receive accept dispatch sign_in" and fresh(case).head == line.hash
    holds(case)


def test_sent_out_and_sent_back_at_once_only_one_of_them_happens(cast):
    case = cast.replied()
    seen = case.line_no
    answers = at_once(
        lambda: cast.do("approve", fresh(case), cast.reviewer(), at=MONDAY + 7 * HOUR, seen=seen),
        lambda: cast.do("send_back", fresh(case), cast.unit_leader(), at=MONDAY + 7 * HOUR, seen=seen, words="缺日期"),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    assert no.status == 409 and "您打开之后" in str(no.reason) and line.officer.full_name in str(no.reason)
    assert fresh(case).state == {"approve": "F", "send_back": "H"}[line.step]
    holds(case)


def test_two_dispatchers_send_it_to_two_units_and_one_has_it(cast):
    case = cast.accepted()
    answers = at_once(
        *(
            lambda who=who, unit=unit: cast.do(
                "dispatch", fresh(case), who, at=MONDAY + HOUR, matter=case.matter, department=cast.department(unit)
            )
            for who, unit in ((cast.dispatcher, "C-HOUSING"), (cast.other_dispatcher, "C-MARKET"))
        ),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    unit = line.says["department"]
    assert no.status == 409 and holders(case) == [("lead", "HOTLINE"), ("lead", unit), ("first", unit)]
    assert running(case) == "contact outer sign_in unit"
    holds(case)


def test_a_return_is_judged_once(cast):
    case = cast.in_hand()
    cast.do("contact", case, cast.handler(), at=MONDAY + HOUR, way="phone", outcome="connected", words="说了")
    grounds = {"ground": "not_our_duty", "basis": "清单", "words": "说了转给谁"}
    cast.do("return_case", case, cast.reviewer(), at=MONDAY + 2 * HOUR, **grounds)
    seen, judges = case.line_no, (cast.other_dispatcher, cast.officer("pd02"))
    answers = at_once(
        *(
            lambda who=who, say=say: cast.do(
                "decide_return", fresh(case), who, at=MONDAY + 3 * HOUR, seen=seen, is_upheld=say, words="目录第 3 行"
            )
            for who, say in zip(judges, ("yes", "no"), strict=True)
        ),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    assert no.status == 409 and "已经走了「审退单」" in str(no.reason)
    assert fresh(case).hops == {"yes": 1, "no": 0}[line.says["is_upheld"]] and case.disputes.count() == 1
    holds(case)


def _in_dispute(cast) -> Case:
    case = cast.in_hand()
    cast.object(case, at=MONDAY + 2 * HOUR, belongs_to="C-MARKET")
    return case


def test_two_rulers_at_once_and_one_of_them_has_ruled(cast):
    case = _in_dispute(cast)
    seen = case.line_no
    answers = at_once(
        *(
            lambda who=who, unit=unit: cast.ruled(fresh(case), unit, by=who, at=MONDAY + 3 * HOUR, seen=seen)
            for who, unit in ((cast.ruler, "C-MARKET"), (cast.other_ruler, "C-CITY_MGMT"))
        ),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    unit = line.says["department"]
    assert no.status == 409 and "已经走了「裁定」" in str(no.reason)
    assert fresh(case).lead_department_id == unit and fresh(case).hops == 1
    assert [p.department_id for p in case.precedents.all()] == [unit]
    assert case.holdings.filter(until=None, is_ruled=True).count() == 1
    holds(case)


def test_ruled_and_returned_at_once_only_the_ruling_moves_it(cast):
    """A return while an objection is open is none; after the ruling the unit is no more the one that could."""
    case = _in_dispute(cast)
    cast.do("contact", case, cast.handler(), at=MONDAY + 2 * HOUR, way="phone", outcome="connected", words="说了")
    grounds = {"ground": "not_our_duty", "basis": "清单", "words": "说了转给谁"}
    answers = at_once(
        lambda: cast.ruled(fresh(case), "C-MARKET", at=MONDAY + 3 * HOUR),
        lambda: cast.do("return_case", fresh(case), cast.reviewer(), at=MONDAY + 3 * HOUR, **grounds),
        locked=case,
    )
    (line,), (no,) = of(Line, answers), of(Refused, answers)
    assert line.step == "rule" and no.status in (403, 409)
    assert holders(case) == [("lead", "HOTLINE"), ("first", "C-HOUSING"), ("lead", "C-MARKET")]
    assert case.disputes.count() == 1 and running(case) == "contact hand_over outer sign_in unit"
    holds(case)


def test_an_objection_is_made_once(cast):
    case = cast.in_hand()
    answers = at_once(
        *(lambda: cast.object(fresh(case), at=MONDAY + 2 * HOUR) for _n in range(2)),
        locked=case,
    )
    (_line,), (no,) = of(Line, answers), of(Refused, answers)
    assert no.status == 409 and case.disputes.filter(is_open=True).count() == 1
    assert running(case) == "contact outer ruling unit"
    holds(case)


def test_the_system_and_a_person_sign_in_at_once(cast):
    case = cast.dispatched()
    late = MONDAY + 8 * HOUR
    at_once(
        lambda: periodic.steps_of_the_system(late),
        lambda: cast.do("sign_in", fresh(case), cast.handler(), at=late),
        locked=case,
    )
    assert steps(case) == "receive accept dispatch sign_in" and fresh(case).state == "H"
    holds(case)


def test_two_workers_take_the_steps_of_the_system_once(cast):
    """peers 6."""
    cases = [cast.dispatched() for _n in range(3)]
    late = MONDAY + 8 * HOUR
    at_once(lambda: periodic.steps_of_the_system(late), lambda: periodic.steps_of_the_system(late), locked=cases[0])
    assert [steps(case) for case in cases] == ["receive accept dispatch sign_in"] * 3
    holds(*cases)


# ---- one form, pressed twice


def test_a_double_click_is_one_line_and_one_answer(cast):
    case = cast.dispatched()
    press = lambda: cast.do("sign_in", fresh(case), cast.handler(), at=MONDAY + HOUR, key="form-1")  # noqa: E731
    first, second, third = at_once(press, press, press, locked=case)
    assert first == second == third and isinstance(first, Line)
    assert steps(case) == "receive accept dispatch sign_in"
    holds(case)


def test_a_demand_handed_in_twice_at_once_is_one_case(cast):
    """Both answers name it; the code is shown to one of them only."""
    demand = Demand(text="路灯不亮", phone="13812342217")
    press = lambda: intake.receive(demand=demand, by=CITIZEN, at=MONDAY, key="web-1")  # noqa: E731
    answers = at_once(*[press] * 4)
    assert of(Exception, answers) == []
    assert {case.pk for case, _code in answers} == {Case.objects.get().pk}
    assert sorted(len(code) for _case, code in answers) == [0, 0, 0, 8]
    assert (Line.objects.count(), Person.objects.count(), Content.objects.count()) == (1, 1, 1)


def test_many_demands_at_once_have_numbers_without_a_gap_and_one_person(cast):
    answers = at_once(
        *(
            lambda n=n: intake.receive(
                demand=Demand(text=f"路灯不亮 {n}", phone="13812342217"), by=CITIZEN, at=MONDAY, key=f"web-{n}"
            )
            for n in range(6)
        )
    )
    assert of(Exception, answers) == []
    assert sorted(case.number for case, _code in answers) == [f"GY260608{n:04d}" for n in range(1, 7)]
    assert Person.objects.count() == 1
    holds(*Case.objects.all())


# ---- the caller answers twice


def test_a_no_by_telephone_and_a_no_by_link_make_one_redo(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    tap(link=Link.objects.get(), name="solved", value="no", at=MONDAY + 9 * HOUR)
    answers = at_once(
        lambda: cast.do(
            "attempt", fresh(case), cast.caller_back, at=MONDAY + DAY, way="phone", outcome="answered", solved="no"
        ),
        lambda: finish_link(link=Link.objects.get(), at=MONDAY + DAY),
        locked=case,
    )
    assert [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)] == []
    assert (fresh(case).state, fresh(case).cycle, steps(case).count("redo")) == ("H", 2, 1)
    assert Attempt.objects.count() == 1
    holds(case)


def test_the_last_button_of_a_link_pressed_twice_is_one_answer(cast):
    case = cast.sent()
    make_link(case=case, at=MONDAY + 8 * HOUR)
    tap(link=Link.objects.get(), name="solved", value="yes", at=MONDAY + 9 * HOUR)
    press = lambda: finish_link(link=Link.objects.get(), at=MONDAY + 9 * HOUR)  # noqa: E731
    answers = at_once(press, press, locked=case)
    assert len(of(Line, answers)) == 1 and answers.count(None) == 1
    assert (fresh(case).verdict, Attempt.objects.count()) == ("solved", 1)
    holds(case)


# ---- the office journal


def test_two_writers_to_one_office_chain_leave_no_gap(cast):
    by = cast.operator
    answers = at_once(
        *(lambda n=n: office.write(act="reveal", by=by, at=MONDAY, case=str(n), reason="verify") for n in range(6))
    )
    assert of(Exception, answers) == []
    lines = list(OfficeLine.objects.order_by("no"))
    assert [line.no for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.prev for line in lines] == ["", *(line.hash for line in lines[:-1])]


# ---- the moment of commit


def test_a_dispatched_case_has_exactly_one_open_first_or_the_commit_fails(cast):
    """By the database, whoever writes: ended, doubled, deleted, or never opened."""
    case = cast.dispatched()
    first = case.holdings.get(role="first")
    with pytest.raises(IntegrityError, match="0 open first holdings, not one"), transaction.atomic():
        Holding.objects.filter(pk=first.pk).update(until=MONDAY + HOUR)
    with pytest.raises(IntegrityError, match="one_open_first"), transaction.atomic():
        Holding.objects.create(
            case=case, department=cast.department("C-MARKET"), role="first", level="unit", since=MONDAY
        )
    for sql in ("DELETE FROM cases_holding WHERE role = 'first'", "TRUNCATE cases_holding CASCADE"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    received = cast.case()
    with pytest.raises(IntegrityError, match="dispatched_case_has_first"), transaction.atomic():
        Case.objects.filter(pk=received.pk).update(state="S")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=received.pk).update(state="S", first_department="C-HOUSING")
    assert holders(case) == [("lead", "HOTLINE"), ("lead", "C-HOUSING"), ("first", "C-HOUSING")]
    assert fresh(received).state == "R"


def test_an_open_case_is_led_by_somebody_or_the_commit_fails(cast):
    case = cast.case()
    with pytest.raises(IntegrityError, match="open_case_is_held"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(lead_department=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Holding.objects.filter(case=case).update(until=MONDAY)
        cast.citizen("caller_adds", fresh(case), at=MONDAY + HOUR, words="没人管吗")
        Case.objects.filter(pk=case.pk).update(state="D")
    assert holders(case) == [("lead", "HOTLINE")]


def test_a_closed_case_has_a_verdict_or_the_commit_fails(cast):
    case = cast.closed()
    with pytest.raises(IntegrityError, match="closed_case_has_verdict"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(verdict="")


@pytest.mark.parametrize(
    "change", [{"state": "D"}, {"hops": 3}, {"urgency": "critical"}, {"received_at": MONDAY - DAY}]
)
def test_no_column_changes_without_its_line(cast, change):
    case = cast.case()
    with pytest.raises(IntegrityError, match="columns differ from journal line 1"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**change)
    holds(case)


def test_without_its_line_the_step_itself_does_not_happen(cast, monkeypatch):
    """peers 7: the writer of the journal fails, and with it the business: no visit, no photo, no clock moved."""
    case = cast.dispatched()
    before = [(c.kind, c.stopped_at) for c in case.clocks.all()]

    def broken(self, *args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Line, "save", broken)
    with pytest.raises(RuntimeError, match="disk is full"):
        cast.do("sign_in", fresh(case), cast.handler(), at=MONDAY + HOUR)
    monkeypatch.undo()
    now = fresh(case)
    assert (now.state, now.line_no, case.holdings.get(role="lead", level="unit").signed_at) == ("S", 3, None)
    assert [(c.kind, c.stopped_at) for c in case.clocks.all()] == before
    holds(case)


def test_an_answer_and_what_the_rule_does_about_it_are_both_there_or_neither(cast, monkeypatch):
    case = cast.sent()

    def broken(**kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("suqiu.followup.actions.redo", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        cast.ask_back(case, at=MONDAY + DAY, solved="no")
    assert (fresh(case).state, Attempt.objects.count(), steps(case).split()[-1]) == ("F", 0, "approve")
    monkeypatch.undo()
    cast.ask_back(fresh(case), at=MONDAY + DAY, solved="no")
    assert fresh(case).cycle == 2
    holds(case)


def test_a_refusal_leaves_nothing_behind(cast):
    case = cast.in_hand()
    with refused(422, "还差："):
        cast.reply(case, at=MONDAY)
    assert case.asks.filter(outcome="").count() == 2 and not case.replies.exists() and case.lines.count() == 4
    holds(case)


def test_two_who_decide_on_one_limit_at_once_decide_once(cast):
    """One agrees, one does not, at the same moment: what the first says stands, and the caller hears one thing or nothing."""
    at = MONDAY + 2 * HOUR
    limit = propose(cast, asked_three_times(cast), at=at)
    answers = at_once(
        lambda: decide(Cast(), limit, at=at, by=cast.intake_reviewer),
        lambda: decide(Cast(), limit, at=at, by=cast.supervisor, yes=False),
    )
    (done,), (late,) = of(CallerLimit, answers), of(Refused, answers)
    kept = CallerLimit.objects.get(pk=limit.pk)
    assert (kept.is_agreed, kept.decided_by_id) == (done.is_agreed, done.decided_by_id) and late.status == 409
    assert Message.objects.filter(key=f"caller_limited:{limit.pk}").count() == int(kept.is_agreed)
    assert OfficeLine.objects.filter(act__in=("agree_limit", "refuse_limit")).count() == 1


def test_two_proposals_about_one_caller_are_one_limit(cast):
    case, at = asked_three_times(cast), MONDAY + 2 * HOUR
    answers = at_once(
        lambda: propose(Cast(), case, at=at, key="one"),
        lambda: propose(Cast(), case, at=at, by=cast.supervisor, key="two"),
    )
    assert len(of(CallerLimit, answers)) == 1 and of(Refused, answers)[0].status == 409


def test_an_operator_and_the_rule_do_not_both_take_a_call(cast):
    limited(cast, asked_three_times(cast), at=MONDAY + HOUR)
    case, at = cast.case(at=MONDAY + DAY, is_phone_confirmed=True), MONDAY + DAY
    told = {"demand_type": "complaint", "urgency": "normal", "secrecy": "general", "area": cast.area()}
    at_once(
        lambda: caller_limits.answer(fresh(case), at),
        lambda: cast.do("accept", fresh(case), cast.operator, at=at, **told),
        locked=case,
    )
    assert steps(case) in ("receive answer_again", "receive accept")
