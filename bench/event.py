"""One broken pipe and two hundred callers: a case in a unit's hands with everybody who called merged into it, by the real steps."""

from __future__ import annotations

from django.utils import timezone

from suqiu.cases.advance import CITIZEN, reactions_muted
from suqiu.cases.models import Case
from suqiu.directory.models import Officer
from suqiu.intake import actions
from suqiu.intake.demand import Demand

CALLERS = 200


def of_many(lead: Case, callers: int = CALLERS) -> str:
    """The number of the lead, with so many callers waiting for its answer."""
    now, operator = timezone.now(), Officer.objects.get(username="hw01")
    with reactions_muted():
        for n in range(callers):
            demand = Demand(
                text=f"水管爆了，第 {n} 个来电", phone=f"1590000{n:04d}", channel="phone", area_code=lead.area_id or ""
            )
            case, _code = actions.receive(demand=demand, by=CITIZEN, at=now, key=f"bench-event-{lead.pk}-{n}")
            actions.merge(case=case, by=operator, at=now, into=lead, words="同一处水管")
    return lead.number
