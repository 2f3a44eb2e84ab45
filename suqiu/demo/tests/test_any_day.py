"""Are the stories beside the plan told whole on whatever day the demo is started: after a weekend, after the long holidays?"""

from __future__ import annotations

from datetime import date

import pytest

from suqiu.cases.models import Case, Line
from suqiu.demo import build
from suqiu.demo.moments import last_morning
from suqiu.directory.models import Setting
from suqiu.intake.models import CallerLimit

DAYS = {
    "a Thursday after the Spring Festival": date(2026, 2, 26),  # 19 and 18 days before were a weekend
    "two weeks after the National Day": date(2026, 10, 22),
}


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS.keys())
def test_they_are_told_to_their_end(db, day):
    build.lay_ground(day)
    Setting.objects.create(key="demo", value={"day": day.isoformat(), "done": 0, "of": 2000})
    made, until = build.build_beside(day), last_morning(day)
    assert len(made) == Case.objects.count() == 58 and not Line.objects.filter(at__gte=until).exists()
    limits = CallerLimit.objects.all()
    assert sorted(limit.stands(until) for limit in limits) == ["lifted", "refused", "running"]
    for limit in limits:
        acts = [at for at in (limit.proposed_at, limit.decided_at, limit.appealed_at, limit.judged_at) if at]
        assert acts == sorted(acts) and acts[-1] < until
