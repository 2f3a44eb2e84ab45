"""How many of the closed cases are looked at again, and which? Chance draws them: nobody can choose, and nobody can know beforehand.

The number that decides is made of the head of the case's own chain (which holds salts nobody can guess) under the server's key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from suqiu.cases.models import Case, Verdict
from suqiu.directory.models import EvidenceClass

from .models import LookBack, Share, SpotCheck

ON_SPOT, LOOK_BACK = "on_spot", "look_back"
OURS = {ON_SPOT: 5, LOOK_BACK: 10}  # of a hundred; ours: no published figure says how many
ASKED_AFTER = timedelta(days=30)
STILL_OF = (Verdict.SOLVED, Verdict.HALF)  # who never said it was solved is not asked whether it still is


def percent(kind: str) -> int:
    own = Share.objects.filter(kind=kind).values_list("percent", flat=True).first()
    return OURS[kind] if own is None else own


def draw(case: Case, verdict: str, at: datetime) -> None:
    """At the moment of closing, in the same transaction; nothing of it stands in the line."""
    if case.evidence_class == EvidenceClass.ON_SITE and is_drawn(case, ON_SPOT):
        SpotCheck.objects.create(case=case, cycle=case.cycle, drawn_at=at)
    if verdict in STILL_OF and is_drawn(case, LOOK_BACK):
        LookBack.objects.create(case=case, cycle=case.cycle, ask_from=at + ASKED_AFTER)


def is_drawn(case: Case, kind: str) -> bool:
    return lot(case, kind) % 10_000 < percent(kind) * 100


def lot(case: Case, kind: str) -> int:
    said = f"{kind}:{case.number}:{case.cycle}:{case.head}"
    return int.from_bytes(salted_hmac("suqiu.followup.lot", said, algorithm="sha256").digest()[:8], "big")
