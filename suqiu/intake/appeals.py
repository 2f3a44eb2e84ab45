"""申诉: against which decision may he appeal, and what does an upheld appeal lead to?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.cases import clocks, holdings, reopening
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import ClockKind, State
from suqiu.directory.queries import hotline
from suqiu.errors import Refused

from . import merging, rules
from .models import Membership


@step("appeal")
def appeal(s: Stepping, *, words) -> None:
    """申诉: against what he was told, how it was closed, or with whom it was merged; once against each such decision, by himself."""
    rules.check_appeal(s.case, s.at, s.case.lines.filter(step="decide_appeal").order_by("-no").first())
    if s.case.state == State.MERGED:  # as long as he waits with the others
        _check_merge_not_judged(s)
    s.hold("appeal")
    clocks.start(s, ClockKind.APPEAL)


@step("decide_appeal")
def decide_appeal(s: Stepping, *, is_upheld, words) -> None:
    """审申诉: by somebody who had no part in the case. What an upheld one leads to depends on what he appealed against."""
    s.drop("appeal")
    clocks.stop(s, ClockKind.APPEAL)
    if is_upheld == "yes":
        UPHELD[s.case.state](s)


def _take_in_anew(s: Stepping) -> None:
    s.drop("suspect")
    s.to = State.RECEIVED
    s.case.routing_class = ""
    holdings.reopen(s, hotline())
    clocks.start(s, ClockKind.ACCEPT)


def _handle_again(s: Stepping) -> None:
    reopening.reopen(s, "reopened")


def _was_not_his_will(s: Stepping) -> None:
    reopening.reopen(s, "not_his_will")
    s.hold("not_his_will")


def _goes_alone(s: Stepping) -> None:
    merging.undo(s, Membership.Ending.APPEAL)


UPHELD = {  # by the state appealed against
    State.DIVERTED: _take_in_anew,
    State.CLOSED: _handle_again,
    State.WITHDRAWN: _was_not_his_will,
    State.MERGED: _goes_alone,
}


def _check_merge_not_judged(s: Stepping) -> None:
    """Once for each time he was merged."""
    merged = s.case.lines.filter(step="merge").latest("no")
    if s.case.lines.filter(step="decide_appeal", no__gt=merged.no).exists():
        raise Refused(_("并单的事已经申诉过一次，结果不变。有新情况可以补充上来"))
