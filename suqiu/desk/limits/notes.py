"""What does somebody who has this caller before him read of a limit? That it is there, why, until when, and what it leaves open."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.intake.limit_rules import may_judge
from suqiu.intake.models import CallerLimit

from ..seats import Seat
from ..shell import when

Stands = CallerLimit.Stands


def shown(limit: CallerLimit, seat: Seat, now: datetime) -> dict[str, str]:
    stands = limit.stands(now)
    said = {"ground": limit.get_ground_display(), "until": when(limit.until, now), "stands": stands.label}
    return {
        "text": _("这个来电人为这件事有一条限制（%(stands)s）：%(ground)s，到 %(until)s") % said,
        "note": _does(stands),
        "url": reverse("desk:limit", args=[limit.pk]) if may_judge(seat.officer) else "",
    }


def _does(stands: str) -> str:
    if stands == Stands.RUNNING:
        return _("照常登记。说了新情况、别的事、紧急的事，照常受理；先登记的，系统看过没有新情况才照上次的答复告诉他")
    return _("现在照常受理")
