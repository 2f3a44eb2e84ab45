"""Who asks, who answers for it, and who has looked?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.models import Holding, Look, Secrecy
from suqiu.citizens import confirming
from suqiu.speech import labelled, noted

from .. import looks as looking
from .. import registry
from ..queries import Opened


def caller(opened: Opened) -> dict[str, Any]:
    """Masked. The number shows only in the answer to a reveal, and only to who may see it."""
    person, case = opened.case.person, opened.case
    if person.removed_at:
        return {"name": _("（依法删除了）"), "phone": "", "note": "", "reveal_url": ""}
    is_hidden = case.is_confidential and not opened.sees_original
    if is_hidden or case.secrecy == Secrecy.ANONYMOUS:
        note = _("匿名，没有留联系方式") if case.secrecy == Secrecy.ANONYMOUS else _("保密件：联系来电人请经热线中心")
        return {"name": "", "phone": "", "note": note, "reveal_url": ""}
    return {
        "name": person.masked_name or _("没留姓名"),
        "phone": person.masked_phone if opened.sees_contact else "",
        "note": noted(
            [_unconfirmed(opened), labelled(_("方便接听"), person.preferred_time) if person.preferred_time else ""]
        ),
        "reveal_url": reverse("desk:reveal", args=[case.number])
        if opened.sees_contact and (person.phone_sealed or person.name_sealed)
        else "",
        "reveal_reasons": [
            {"value": value, "label": label} for value, label in looking.REASONS.items() if value != "other"
        ],
    }


def _unconfirmed(opened: Opened) -> str:
    """A number that its owner has not confirmed may be anybody's: said before somebody rings it."""
    person, case = opened.case.person, opened.case
    if not opened.sees_contact or not person.phone_sealed:
        return ""
    is_his = confirming.is_confirmed(person=person, subject=case.number, is_by_form=case.channel == "web")
    return "" if is_his else _("未核实号码")


def holdings(opened: Opened) -> list[dict[str, str]]:
    """Who answers now, the deepest first; of a case that is over, who held it to the end, then who had it before."""
    shown = (not opened.is_past and opened.open_holdings) or opened.holdings
    last = _to_the_end(shown, opened.until)
    order = {Holding.Role.LEAD: 0, Holding.Role.FIRST: 1, Holding.Role.ASSIST: 2}
    shown = sorted(shown, key=lambda h: (h not in last, order[h.role], -h.DEPTH[h.level], -h.since.timestamp(), h.pk))
    deepest = next((h for h in shown if h.role == Holding.Role.LEAD and h in last), None)
    return [
        {
            "role": _role_of(h, deepest, last),
            "kind": "accent" if h is deepest else "",
            "department": registry.unit_name(h.department_id) or str(h.department),
            "officer": _people(h),
        }
        for h in shown
    ]


def _to_the_end(holdings: list[Holding], until: datetime | None) -> list[Holding]:
    """Those that were open at the end: now, when this officer's unit lost it, or when it was closed."""
    ended = [h.until for h in holdings if h.until]
    end = until or (max(ended) if ended and len(ended) == len(holdings) else None)
    return [h for h in holdings if h.until is None or (end and h.until >= end)]


def _role_of(h: Holding, deepest: Holding | None, last: list[Holding]) -> str:
    if h.role != Holding.Role.LEAD or h is deepest:
        return str(h.get_role_display())
    return _("上级") if h in last else _("先前主办")


def _people(h: Holding) -> str:
    if not h.officer:
        return ""
    return _("%(a)s，B 岗 %(b)s") % {"a": h.officer, "b": h.substitute} if h.substitute else str(h.officer)


def looks(opened: Opened) -> list[dict[str, Any]]:
    """Who looked, newest first: shown to staff too, since everybody who looks is seen."""
    if opened.is_past:
        return []
    found = []
    for k in opened.case.kept_looks:
        reason = looking.REASONS.get(k["reason"], "")
        found.append({
            "at": timezone.localtime(datetime.fromisoformat(k["at"])),
            "who": k["who"],
            "what": Look.What(k["what"]).label,
            "reason": k["words"] or reason,
        })  # fmt: skip
    return found
