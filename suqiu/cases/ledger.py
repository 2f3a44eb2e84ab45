"""难题台账: how does a hard case come onto the ledger, what has to be new each month, and how does it come off?"""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory.models import Officer
from suqiu.errors import Refused

from . import clocks, holdings
from .advance import Stepping, open_cycle
from .models import ClockKind, Content, Cycle, Hanging

RECHECK_EVERY = timedelta(days=30)
PLAN_AT_MOST = timedelta(days=366)  # ours: what takes longer is asked for again, with a leader's signature each year


def ask(s: Stepping, plan: str, plan_on: date, officer: Officer) -> Hanging:
    """What will be done, by which day, and who is responsible; not on the ledger before a leader has signed."""
    check_day(plan_on, timezone.localtime(s.at).date())
    if not (officer.is_active and s.lead.department_id in officer.departments_as()):
        raise Refused(_("%(who)s 不在主办单位，不能由他负责") % {"who": officer}, status=422, field="officer")
    return Hanging.objects.create(case=s.case, plan=plan, plan_on=plan_on, officer=officer, asked_at=s.at)


def put_on(s: Stepping, hanging: Hanging) -> None:
    """Signed: the answer's clocks stop (each keeps its anchor), the plan's day and a monthly look take their place."""
    hanging.signed_by, hanging.signed_at = s.officer, s.at
    hanging.save()
    clocks.stop_running(s, but=(ClockKind.PROMISE, ClockKind.HAND_OVER, ClockKind.MEETING))  # still owed, hard or not
    clocks.start_until(s, ClockKind.PLAN, clocks.close_of(hanging.plan_on))
    clocks.start_until(s, ClockKind.RECHECK, s.at + RECHECK_EVERY)


def next_month(s: Stepping) -> None:
    clocks.stop(s, ClockKind.RECHECK)
    clocks.start_until(s, ClockKind.RECHECK, s.at + RECHECK_EVERY)


def take_off(s: Stepping) -> None:
    """The term of a redo runs. Where a leader put it there, the cycle has its verdict: a new one opens."""
    s.case.hangings.exclude(signed_at=None).filter(ended_at=None).update(ended_at=s.at)
    clocks.stop(s, ClockKind.PLAN, ClockKind.RECHECK)
    s.drop("hang_asked")
    if not Cycle.objects.filter(case=s.case, no=s.case.cycle, ended_at=None).exists():
        open_cycle(s, "leader")
        s.case.dispatched_at = s.at
        holdings.into_cycle(s)
        clocks.start(s, ClockKind.CONTACT, holding=s.lead)
    clocks.start(s, ClockKind.REDO, holding=s.lead)


def check_day(plan_on: date, today: date) -> None:
    if plan_on <= today:
        raise Refused(_("计划的日期要在今天之后"), status=422, field="plan_on")
    if plan_on > today + PLAN_AT_MOST:
        raise Refused(_("计划最长一年；一年办不成的，到期再申请、再由领导签"), status=422, field="plan_on")


def check_is_new(s: Stepping, words: str) -> None:
    """A month's fact is of this month: neither the plan once more nor what an earlier month said."""
    said = Content.objects.filter(case=s.case, removed_at=None).filter(
        line_no__in=s.case.lines.filter(step__in=("recheck", "ask_to_hang", "hang", "decide")).values("no")
    )
    if not _told(words) or _told(words) in {_told(body) for body in said.values_list("body", flat=True)}:
        raise Refused(
            _("和以前写过的一样。请写上次以来做了的事：做了什么、哪天、到哪一步"), status=422, field="words"
        )  # fmt: skip


def _told(words: str) -> str:
    """Without spaces and signs: a copy with another full stop is a copy."""
    return re.sub(r"[\W_]+", "", words).casefold()
