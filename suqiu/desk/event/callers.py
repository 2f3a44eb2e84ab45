"""Who called about this event, how does each of them stand, and what does he still wait for?"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import events
from suqiu.cases.models import Case, State, Verdict
from suqiu.intake.models import Membership
from suqiu.speech import joined

from .. import registry
from ..queries import Opened
from ..seats import Seat
from ..shell import to_case, when
from ..worklist import hidden_title

WAITS = {  # what he still waits for; what is not here, its state says
    "M": gettext_lazy("随主件答复"),
    "F": gettext_lazy("答复到了，等他自己评"),
    "A": gettext_lazy("当场答复过，等他说答到点上没有"),
    "R": gettext_lazy("受理"),
    "D": gettext_lazy("派单"),
}


def seen(opened: Opened) -> QuerySet[Case]:
    """Those of them that this officer may see, the one that waits longest first."""
    return events.members(opened.case).visible_to(opened.seat.officer).order_by("received_at", "id")


def rows(page, seat: Seat) -> list[dict[str, Any]]:
    return [_row(case, seat) for case in page]


def _row(case: Case, seat: Seat) -> dict[str, Any]:
    is_hidden = case.is_confidential and not seat.is_hotline
    return {
        "number": case.number,
        "title": hidden_title(case.matter_id) if is_hidden else case.title,
        "url": to_case(case.number),
        "at": when(case.received_at, seat.now),
        "place": "" if is_hidden else case.place or registry.area_name(case.area_id),
        "waits": _waits(case),
        "is_over": not case.is_open and case.state != State.MERGED and case.state != State.ANSWERED,
        "due": when(case.next_due_at, seat.now) if case.next_due_at and case.state == State.MERGED else "",
        "is_late": bool(case.next_due_at and case.next_due_at < seat.now and case.state == State.MERGED),
    }


def _waits(case: Case) -> str:
    if case.verdict:
        return str(Verdict(case.verdict).label)
    return str(WAITS.get(case.state, State(case.state).label))


def counts(opened: Opened) -> dict[str, Any]:
    """How many there are, how they stand, and how many went their own way: two queries, whoever may see them."""
    found = Counter(dict(events.members(opened.case).order_by().values_list("state").annotate(n=Count("pk"))))
    left = (
        Membership.objects.filter(event__lead=opened.case).exclude(ending__in=("", Membership.Ending.ANSWERED)).count()
    )
    stands = [
        _("%(label)s %(n)d 件") % {"label": State(state).label, "n": found[state]}
        for state in State.values
        if found[state]
    ]
    return {"all": sum(found.values()), "waiting": found[State.MERGED], "stands": joined(stands), "left": left}
