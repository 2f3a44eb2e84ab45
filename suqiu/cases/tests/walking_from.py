"""Where may a random walk begin? With a plain call, or with what takes many steps to come to."""

from __future__ import annotations

from datetime import datetime, timedelta

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.models import Case
from suqiu.intake import actions as intake
from suqiu.intake.demand import Demand
from tests.cast import Cast

DAY = timedelta(days=1)


def _called(cast: Cast, at: datetime) -> Case:
    demand = Demand(text="电梯坏了三天", phone=cast.caller_phone, channel="phone")
    return intake.receive(demand=demand, by=CITIZEN, at=at, key=f"walk-{at.timestamp()}")[0]


def called_again(cast: Cast, at: datetime) -> Case:
    """He was answered about the same last week."""
    cast.closed(at=at - 7 * DAY, text="电梯坏了三天")
    return _called(cast, at)


def _called_often(cast: Cast, at: datetime) -> Case:
    """Twice before about the same, and once in the system before this one."""
    demand = Demand(text="电梯坏了三天", phone=cast.caller_phone, channel="phone")
    for n in (9, 8):
        intake.receive(demand=demand, by=CITIZEN, at=at - n * DAY, key=f"before-{n}")
    intake.archive(demand=demand, by=SYSTEM, at=at - 90 * DAY, key="before")
    return _called(cast, at)


def _objected(cast: Cast, at: datetime) -> Case:
    case = cast.in_hand(at=at - timedelta(hours=9))
    cast.object(case, at=at - timedelta(hours=7), belongs_to="C-MARKET")
    return case


def _closed_a_month_ago(cast: Cast, at: datetime) -> Case:
    return cast.closed(at=at - 35 * DAY)


def _rung_twice_in_vain(cast: Cast, at: datetime) -> Case:
    case = cast.sent(at=at - 7 * DAY)
    for hours in (20, 10):
        cast.do("attempt", case, cast.caller_back, at=at - timedelta(hours=hours), outcome="no_answer", way="phone")
    return case


def _answered_the_third_time(cast: Cast, at: datetime) -> Case:
    """The third case about the same: closed only with a leader's signature."""
    for n in (19, 18):
        cast.case(at=at - n * DAY, text="电梯坏了三天")
    return cast.sent(at=at - DAY, text="电梯坏了三天")


def _three_times_no(cast: Cast, at: datetime) -> Case:
    """Redone twice, and still not solved: it lies with a leader."""
    case = cast.sent(at=at - 28 * DAY)
    for week in (3, 2, 1):
        then = at - week * 7 * DAY
        cast.ask_back(case, at=then, solved="no", satisfied="1")
        if week > 1:
            cast.prove(case, at=then)
            cast.reply(case, at=then)
            cast.do("approve", case, cast.reviewer(), at=then + timedelta(hours=7))
    return case


BEGINNINGS = (
    _called_often, _called, _three_times_no, called_again, _called, _objected, _rung_twice_in_vain, _called,
    _closed_a_month_ago, _called_often, _answered_the_third_time, _called,
)  # fmt: skip
