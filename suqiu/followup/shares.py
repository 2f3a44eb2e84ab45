"""Which closed cases are looked at again: a place that somebody goes and sees, a caller who is asked a month later?"""

from __future__ import annotations

from datetime import datetime, timedelta

from suqiu.cases.models import Case, Verdict
from suqiu.cases.sampling import LOOK_BACK, ON_SPOT, is_drawn
from suqiu.directory.models import EvidenceClass

from .models import LookBack, SpotCheck

ASKED_AFTER = timedelta(days=30)
STILL_OF = (Verdict.SOLVED, Verdict.HALF)  # who never said it was solved is not asked whether it still is


def draw(case: Case, verdict: str, at: datetime) -> None:
    """At the moment of closing, in the same transaction; nothing of it stands in the line."""
    if case.evidence_class == EvidenceClass.ON_SITE and is_drawn(case, ON_SPOT):
        SpotCheck.objects.create(case=case, cycle=case.cycle, drawn_at=at)
    if verdict in STILL_OF and is_drawn(case, LOOK_BACK):
        LookBack.objects.create(case=case, cycle=case.cycle, ask_from=at + ASKED_AFTER)
