"""How does a case come back that was over? The same people hold it, in a cycle of its own; the cycle before keeps its verdict."""

from __future__ import annotations

from suqiu.directory.queries import city

from . import clocks, holdings
from .advance import Stepping, open_cycle
from .models import ClockKind, State


def reopen(s: Stepping, why: str) -> None:
    """To the unit that had it last, with a redo's term; where no unit ever had it, to dispatch with the outer clock anew;
    where nobody had accepted it yet, that comes first.
    """
    clocks.stop(s)
    open_cycle(s, why)
    s.case.verdict = ""
    holdings.take_up_again(s)
    if not s.case.routing_class:
        s.to = State.RECEIVED
        clocks.start(s, ClockKind.ACCEPT)
    elif s.lead.department.is_centre:
        _to_dispatch(s)
    else:
        _to_unit(s)


def _to_dispatch(s: Stepping) -> None:
    s.to = State.TO_DISPATCH
    s.case.asks.update(outcome="")
    s.case.area = s.case.area or city()
    clocks.start(s, ClockKind.OUTER)
    clocks.start_dispatch(s)


def _to_unit(s: Stepping) -> None:
    """Who has replied before does it again; who never came so far answers within a whole new term."""
    s.to = State.HANDLING
    s.case.dispatched_at = s.at
    if s.lead.has_replied:
        clocks.start(s, ClockKind.REDO, holding=s.lead)
    else:
        clocks.start(s, ClockKind.OUTER)
        clocks.start_unit(s, s.lead)
    clocks.start(s, ClockKind.CONTACT, holding=s.lead)
