"""How do tests come by a caller who asked three times for the same thing, and by a limit on him?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from suqiu.cases.models import Case
from suqiu.directory.models import Officer
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit
from tests.cast import MONDAY, Cast

DAY = timedelta(days=1)
SAID = "电梯坏了三天，老人下不了楼，请派人来修。"


def asked_three_times(cast: Cast, *, at: datetime = MONDAY, **columns) -> Case:
    """Answered once, called again, answered a third time; the third answer was looked at and signed by a leader."""
    cast.closed(at=at - 20 * DAY)
    cast.case(at=at - 12 * DAY)
    third = cast.sent(at=at - 6 * DAY, **columns)
    cast.ask_back(third, at=at - 5 * DAY, solved="yes", satisfied="5")
    cast.do("sign_family", third, cast.leader, at=at - 4 * DAY, is_upheld="yes", words="门机板三次都试过，好的")
    assert third.state == "C"
    return third


def propose(cast: Cast, case: Case, *, at: datetime, by: Officer | None = None, **more) -> CallerLimit:
    given = {
        "ground": "again",
        "words": "三次都是同一部电梯，三次都修好并试过",
        "until": timezone.localtime(at + 14 * DAY).date(),
    }
    key = more.pop("key", f"limit-{case.number}-{at:%m%d%H%M}")
    return caller_limits.propose(case=case, by=by or cast.shift_lead, at=at, key=key, **(given | more))


def decide(cast: Cast, limit: CallerLimit, *, at: datetime, by: Officer | None = None, yes: bool = True) -> CallerLimit:
    words = "看了三次的记录" if yes else "第三次说的是另一部电梯"
    return caller_limits.decide(limit=limit, by=by or cast.intake_reviewer, at=at, is_agreed=yes, words=words)


def limited(cast: Cast, case: Case, *, at: datetime, **more) -> CallerLimit:
    """Proposed by the shift lead, agreed to by the intake reviewer."""
    return decide(cast, propose(cast, case, at=at, **more), at=at)
