"""How often has this caller asked for the same, and what came of it each time?"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases.families import SIGNED_FROM
from suqiu.cases.families import family as family_of
from suqiu.cases.models import Case, State, Verdict
from suqiu.intake.caller_limits import of_person
from suqiu.intake.limit_rules import CALLS_WANTED, is_spared, may_decide
from suqiu.intake.models import CallerLimit

from ..limits.notes import shown
from ..queries import Opened
from ..shell import to_case, when


def family(opened: Opened) -> dict[str, Any] | None:
    """For the hotline alone: a unit reads of the one case it has. None where he asks for the first time."""
    if opened.is_past or not opened.seat.is_hotline or not opened.case.person.phone_sealed:
        return None
    found = family_of(opened.case, Case.objects.visible_to(opened.seat.officer))
    if len(found) < 2:
        return None
    nth = [case.pk for case in found].index(opened.case.pk) + 1
    text = ngettext(
        "同一个来电人，同一件事，一共 %(n)d 次，这是第 %(nth)d 次",
        "同一个来电人，同一件事，一共 %(n)d 次，这是第 %(nth)d 次",
        len(found),
    ) % {"n": len(found), "nth": nth}
    limits = of_person([opened.case.person_id], opened.now) if opened.case.is_caller_limited else []
    return {
        "text": text,
        "note": _("第三次起，要市领导签批才能办结") if len(found) >= SIGNED_FROM else "",
        "rows": [_row(case, opened) for case in found if case.pk != opened.case.pk],
        "limit": _limit(opened, found, limits),
        "propose_url": "" if limits else _propose_url(opened, found),
    }


def _limit(opened: Opened, found: list[Case], limits: list[CallerLimit]) -> dict[str, str] | None:
    """A limit about this very thing: that there is one, why, and until when; for who may decide about it, where."""
    limit = next((x for x in limits if x.case_id in {c.pk for c in found}), None)
    return shown(limit, opened.seat, opened.now) if limit else None


def _propose_url(opened: Opened, found: list[Case]) -> str:
    """Offered where it could be: whether it can, the page says."""
    case = opened.case
    may = may_decide(opened.seat.officer) and len(found) >= CALLS_WANTED and case.state == State.CLOSED
    return reverse("desk:limit_propose", args=[case.number]) if may and not is_spared(case) else ""


def _row(case: Case, opened: Opened) -> dict[str, str]:
    return {
        "title": case.title,
        "url": to_case(case.number),
        "at": when(case.received_at, opened.now),
        "stands": str(Verdict(case.verdict).label if case.verdict else State(case.state).label),
    }
