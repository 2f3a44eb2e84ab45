"""How does a unit get a case? Its clocks run from this moment, never from sign-in."""

from __future__ import annotations

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import Stepping
from suqiu.cases.models import ClockKind, Holding
from suqiu.directory.models import Department

UNIT_CLOCKS = (ClockKind.UNIT, ClockKind.CONTACT, ClockKind.SIGN_IN)


def give(s: Stepping, department: Department) -> Holding:
    """The answer is due at the end of what is left of the term, and never before a working day is over."""
    case = s.case
    case.dispatched_at = s.at
    _no_longer_assists(s, department)
    holding = holdings.open_lead(s, department)
    clocks.start(s, ClockKind.CONTACT, holding=holding)
    _start_answer(s, holding)
    clocks.start(s, ClockKind.SIGN_IN, holding=holding)
    if s.first.department_id != department.pk:
        clocks.start(s, ClockKind.HAND_OVER, holding=s.first)
    elif clocks.running(case, ClockKind.HAND_OVER):
        s.hold("handed_over")  # it came back before the caller was told: he still is to be told
    return holding


def _start_answer(s: Stepping, holding: Holding) -> None:
    """In a redo, or off the ledger, no outer clock runs: the redo's term goes over to who has it now."""
    redo = clocks.running(s.case, ClockKind.REDO)
    if clocks.running(s.case, ClockKind.OUTER) or redo is None:
        clocks.start_unit(s, holding)
        return
    clocks.stop(s, ClockKind.REDO)
    clocks.start_until(s, ClockKind.REDO, clocks.at_least_a_day(s.at, redo.due_at), holding=holding)


def _no_longer_assists(s: Stepping, department: Department) -> None:
    """Who leads owes no outcome to himself."""
    for holding in [h for h in s.holdings if h.role == Holding.Role.ASSIST and h.department_id == department.pk]:
        clocks.stop(s, ClockKind.ASSIST, holding=holding)
        holdings.end_assist(s, holding)
