"""派单: by the catalogue and the area, on two levels; a return climbs one level, and the first department stays answerable."""

from __future__ import annotations

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import ClockKind, Dispute, DisputeState, Holding, State
from suqiu.directory.models import Department

from . import giving, rules, rulings


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
        giving.give(s, department)


@step("send_on")
def send_on(s: Stepping, *, department, override="") -> None:
    """The county sends on, inside the one outer clock."""
    rules.check_target(s.case, s.case.matter, department, override, from_city=False)
    rules.check_within_county(s.lead.department, department)
    clocks.stop(s, ClockKind.SUB_TERM)
    giving.give(s, department)


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
    clocks.stop(s, *giving.UNIT_CLOCKS, holding=s.lead)
    holdings.end_lead(s, s.lead)
    s.case.hops += 1
    clocks.start_dispatch(s)


@step("object")
def object(s: Stepping, *, words, basis, belongs_to=None) -> None:  # named as its row
    """异议·提裁定: nothing stops; the unit works on and still answers, while a named authority decides whose it is."""
    own = s.case.holdings.filter(department=s.lead.department)
    has_objected = s.case.disputes.filter(is_objection=True, holding__department=s.lead.department).exists()
    rules.check_object(own, has_objected, any(h.has_replied for h in own))
    if belongs_to:
        rules.check_named(s.case, belongs_to)
    s.case.dispute = DisputeState.OBJECTED
    Dispute.objects.create(
        case=s.case, holding=s.lead, state=DisputeState.OBJECTED, is_objection=True, belongs_to=belongs_to,
        line_no=s.line_no, opened_at=s.at,
    )  # fmt: skip
    clocks.start(s, ClockKind.RULING, holding=s.lead)


@step("state_view")
def state_view(s: Stepping, *, words, basis="") -> None:
    """说明看法: the department named, and who dispatched, put theirs beside it on the same page."""
    if "unit_leader@named" in s.relations or "reviewer@named" in s.relations:
        s.acts_for = rulings.open_dispute(s.case).belongs_to_id


@step("rule")
def rule(s: Stepping, *, outcome, basis, words, reach, department=None, override="", new_duty=False) -> None:
    rulings.check(s, outcome, department, override)
    rulings.give(s, rulings.Ruling(outcome, department, basis, words, reach, override, new_duty, by=s.officer))


@step("to_panel")
def to_panel(s: Stepping, *, outcome, basis, words, reach, department=None, override="", new_duty=False) -> None:
    """提两人合议: the first ruler proposes, a second one decides, with five working days more."""
    rulings.check(s, outcome, department, override)
    rulings.to_panel(s)


@step("confirm_ruling")
def confirm_ruling(s: Stepping, *, is_right, words) -> None:
    """合议裁定: what the first ruler proposed, or back to where it was, with why."""
    proposed = rulings.proposed(s.case)
    if is_right != "yes":
        s.case.dispute = DisputeState.OBJECTED
        s.case.disputes.filter(is_open=True).update(state=DisputeState.OBJECTED)
        return
    rulings.check(s, proposed.outcome, proposed.department, proposed.override)
    s.says |= {"outcome": proposed.outcome, "department": proposed.department and proposed.department.pk}
    if proposed.override:
        s.words["override"] = proposed.override
    rulings.give(s, proposed, second=s.officer)


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


@step("split")
def split(s: Stepping, *, points, department, days, words) -> None:
    """拆分: some of what is asked goes to a unit that decides it itself; number, caller and clock stay one."""
    rows = {a.no: a for a in s.case.asks.all()}
    present = {h.department_id for h in s.holdings if h.role == Holding.Role.LEAD}
    rules.check_split(s.case, points, rows, department, present, days)
    for no in points:
        rows[no].department, rows[no].outcome, rows[no].basis = department, "", ""
        rows[no].save()
    held = next((h for h in s.holdings if h.role == Holding.Role.ASSIST and h.department_id == department.pk), None)
    if held and held.outcome:  # it has spoken in general; of these points it has not
        held.outcome = ""
        held.save(update_fields=["outcome"])
    clocks.start_assist(s, held or holdings.add_assist(s, department), days)
    s.hold("assists_open")
