"""派单: by the catalogue and the area, on two levels; a return climbs one level, and the first department stays answerable."""

from __future__ import annotations

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import ClockKind, Dispute, DisputeState, Holding, State
from suqiu.directory.models import Department

from . import rules

UNIT_CLOCKS = (ClockKind.UNIT, ClockKind.CONTACT, ClockKind.SIGN_IN)


@step("dispatch")
def dispatch(s: Stepping, *, matter, department, rewritten="", override="") -> None:
    """The city sends: to a unit, or to a county centre that sends on."""
    case = s.case
    rules.check_target(case, matter, department, override, from_city=True)
    rules.check_rewritten(case, rewritten)
    if case.matter_id != matter.pk:
        case.matter, case.evidence_class = matter, matter.evidence_class
    clocks.stop(s, ClockKind.DISPATCH)
    if department.kind == Department.Kind.COUNTY_CENTRE:
        s.to = State.TO_DISPATCH
        holding = holdings.open_lead(s, department)
        clocks.start(s, ClockKind.SUB_TERM, holding=holding)
    else:
        _give(s, department)


@step("send_on")
def send_on(s: Stepping, *, department, override="") -> None:
    """The county sends on, inside the one outer clock."""
    rules.check_target(s.case, s.case.matter, department, override, from_city=False)
    rules.check_within_county(s.lead.department, department)
    clocks.stop(s, ClockKind.SUB_TERM)
    _give(s, department)


@step("send_up")
def send_up(s: Stepping, *, ground, words) -> None:
    """退回市中心: a county that is not the right one gives it back; a hop, and a new dispatch clock at the city."""
    clocks.stop(s, ClockKind.SUB_TERM)
    holdings.end_lead(s, s.lead)
    s.case.hops += 1
    clocks.start(s, ClockKind.DISPATCH, holding=s.lead)


@step("return_case")
def return_case(s: Stepping, *, ground, basis, words) -> None:
    """退单: stops no clock."""
    unit = clocks.running(s.case, ClockKind.UNIT)
    own = s.case.holdings.filter(department=s.lead.department)
    rules.check_return(s.lead, own, s.at, unit.due_at if unit else None)
    s.lead.has_returned = True
    s.lead.save(update_fields=["has_returned"])
    s.case.dispute = DisputeState.RETURNED
    Dispute.objects.create(case=s.case, holding=s.lead, state=DisputeState.RETURNED, ground=ground, opened_at=s.at)
    clocks.start(s, ClockKind.RETURN_REVIEW, holding=s.lead)


@step("decide_return")
def decide_return(s: Stepping, *, is_upheld, words) -> None:
    """准退 climbs one level, with a new dispatch clock there; 不准 leaves it where it is. The first department stays named."""
    is_upheld = is_upheld == "yes"
    state = DisputeState.UPHELD if is_upheld else DisputeState.OVERRULED
    s.case.disputes.filter(is_open=True).update(state=state, is_open=False, decided_at=s.at)
    s.case.dispute = ""
    clocks.stop(s, ClockKind.RETURN_REVIEW)
    if not is_upheld:
        return
    s.to = State.TO_DISPATCH
    s.drop("contact", "hang_asked")  # the next unit makes contact anew, and its leader asks for himself
    clocks.stop(s, *UNIT_CLOCKS, holding=s.lead)
    holdings.end_lead(s, s.lead)
    s.case.hops += 1
    kind = ClockKind.SUB_TERM if s.lead.level == Holding.Level.COUNTY else ClockKind.DISPATCH
    clocks.start(s, kind, holding=s.lead)


@step("tell_hand_over")
def tell_hand_over(s: Stepping, *, way, words) -> None:
    clocks.stop(s, ClockKind.HAND_OVER)
    s.drop("handed_over")


@step("add_assist")
def add_assist(s: Stepping, *, departments, days, words) -> None:
    """加派: each with a term of its own inside the outer clock."""
    departments = list({d.pk: d for d in departments}.values())
    present = {h.department_id for h in s.holdings if h.until is None and h.role in ("lead", "assist")}
    rules.check_assists(s.case, departments, present, days)
    for department in departments:
        clocks.start_assist(s, holdings.add_assist(s, department), days)
    s.says["departments"] = [d.pk for d in departments]
    s.hold("assists_open")


def _give(s: Stepping, department: Department) -> None:
    """A unit gets it: its clocks run from this moment, never from sign-in."""
    case = s.case
    case.dispatched_at = s.at
    _no_longer_assists(s, department)
    holding = holdings.open_lead(s, department)
    clocks.start(s, ClockKind.CONTACT, holding=holding)
    clocks.start_unit(s, holding)
    clocks.start(s, ClockKind.SIGN_IN, holding=holding)
    if s.first.department_id != department.pk:
        clocks.start(s, ClockKind.HAND_OVER, holding=s.first)
    elif clocks.running(case, ClockKind.HAND_OVER):
        s.hold("handed_over")  # it came back before the caller was told: he still is to be told


def _no_longer_assists(s: Stepping, department: Department) -> None:
    """Who leads owes no outcome to himself."""
    for holding in [h for h in s.holdings if h.role == Holding.Role.ASSIST and h.department_id == department.pk]:
        clocks.stop(s, ClockKind.ASSIST, holding=holding)
        holdings.end_assist(s, holding)
