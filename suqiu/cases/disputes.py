"""When does a dispute (争议) end without anybody deciding it?"""

from __future__ import annotations

from . import clocks
from .advance import Stepping
from .models import ClockKind, DisputeState


def lapse(s: Stepping) -> None:
    """Who has answered the caller has taken it on, and of a case that is over nobody asks whose it is."""
    if s.case.dispute:
        s.case.disputes.filter(is_open=True).update(state=DisputeState.LAPSED, is_open=False, decided_at=s.at)
        s.case.dispute = ""
        clocks.stop(s, ClockKind.RULING, ClockKind.RETURN_REVIEW)
