"""Which case is this, how does it stand, and in whose hands is it?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases.models import DisputeState, State, Urgency, Verdict
from suqiu.doors import day
from suqiu.followup import rules as follow_up
from suqiu.intake.channels import assisted
from suqiu.speech import joined, sentences

from ..lacking import lacking
from ..queries import Opened
from ..shell import to_case, when
from ..worklist import hidden_title


def heading(opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "number": case.spoken_number,
        "plain_number": case.number,
        "title": title(opened),
        "url": to_case(case.number),
        "type": case.get_demand_type_display() or case.type_as_written,
        "place": _place(opened),
        "matter": str(case.matter) if case.matter else "",
        "chips": _chips(opened),
    }


def title(opened: Opened) -> str:
    return opened.case.title if opened.sees_original else hidden_title(opened.case.matter_id)


def _place(opened: Opened) -> str:
    case = opened.case
    area = case.area.full_name if case.area else case.area_as_written
    place = case.place if opened.sees_original else ""
    return place if place.startswith(area) else " ".join(filter(None, (area, place)))


def _chips(opened: Opened) -> list[dict[str, str]]:
    case, found = opened.case, []
    if case.urgency != Urgency.NORMAL:
        kind = "over" if case.urgency == Urgency.CRITICAL else "soon"
        found.append({"label": case.get_urgency_display(), "kind": kind, "icon": "triangle-alert"})
    if case.is_confidential:
        found.append({"label": case.get_secrecy_display(), "kind": "lock", "icon": "lock"})
    if case.channel == assisted.name:
        found.append({"label": str(assisted.label), "kind": "", "icon": "user"})
    if opened.is_past:
        return found
    if case.cycle > 1:
        found.append(
            {
                "label": _("重办第 %(n)d 次") % {"n": case.cycle - 1},
                "kind": "over" if case.is_open else "",
                "icon": "rotate-ccw",
            }
        )
    if case.dispute:
        found.append({"label": DisputeState(case.dispute).label, "kind": "soon", "icon": "scale"})
    if case.state == State.HUNG:
        found.append({"label": _("挂账"), "kind": "hang", "icon": "archive"})
    if case.about_department and (opened.seat.is_hotline or opened.seat.roles.get("discipline")):
        found.append({"label": _("反映 %(who)s") % {"who": case.about_department}, "kind": "soon", "icon": "flag"})
    return found


def sentence(opened: Opened) -> dict[str, str]:
    """The state, then whose hands it is in, then what is lacking: as a person would say it."""
    case, state = opened.case, State(opened.state)
    if opened.is_past:
        lost = _("%(when)s以后不在您单位，您看到的是到那时为止的") % {"when": when(opened.until, opened.now)}
        return {"state": sentences([state.label]), "rest": " " + sentences([lost]), "level": ""}
    held = _holder(opened) if case.is_open else _ending(opened)
    lack, _icon = lacking(_columns(opened), opened.now)
    rest = sentences([held, lack if case.is_open and lack != str(state.label) else ""])
    rest = _("，%(rest)s") % {"rest": rest} if held else (_("。") + rest).rstrip()
    is_late = bool(case.next_due_at and case.next_due_at < opened.now)
    return {
        "state": str(state.label),
        "rest": rest,
        "level": "hung" if state == State.HUNG else "over" if is_late and case.is_open else "",
    }


def _columns(opened: Opened):
    """The case as a row of a list would have it."""
    case = opened.case
    tried = opened.in_cycle("attempt")
    case.next_attempt = None
    if tried and case.state == State.FOLLOW_UP:
        case.next_attempt = next_attempt(opened)
    return case


def next_attempt(opened: Opened) -> datetime | None:
    """When to try again, as the follow-up's rule has it; only after an attempt that reached nobody."""
    last = (opened.in_cycle("attempt") or [None])[-1]
    if last is None or last.says.get("outcome") == "answered":
        return None
    if last.says.get("next_at"):  # he named it himself
        return datetime.fromisoformat(last.says["next_at"])
    return follow_up.next_attempt(last.at, follow_up.preferred_hour(opened.case.person.preferred_time))


def _holder(opened: Opened) -> str:
    case, seat = opened.case, opened.seat
    if case.lead_officer_id == seat.officer.pk:
        return _("在您手里")
    if case.lead_department_id in seat.units | seat.centres:
        return (
            _("在您单位，经办人 %(who)s") % {"who": case.lead_officer}
            if case.lead_officer
            else _("在您单位，还没定经办人")
        )
    if case.lead_department and case.lead_officer:
        return _("在%(where)s %(who)s 手里") % {"where": case.lead_department, "who": case.lead_officer}
    return _("在%(where)s") % {"where": case.lead_department} if case.lead_department else ""


def _ending(opened: Opened) -> str:
    case = opened.case
    said = [Verdict(case.verdict).label] if case.verdict else []
    if case.closed_at:
        said.append(day(case.closed_at, opened.now))
    return joined(said)
