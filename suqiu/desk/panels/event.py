"""Is this case handled for others too, or with another one; and might it be?"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import events
from suqiu.cases.models import State
from suqiu.speech import sentences

from ..queries import Opened
from ..shell import when


def event(opened: Opened) -> dict[str, Any] | None:
    """`text`, and `url` of the page with all callers where there is one that this officer may open."""
    if opened.is_past:
        return None
    case, lead = opened.case, events.lead_of(opened.case)
    if lead:
        return _of_member(opened, lead)
    if not case.callers_with_it:
        return None
    text = ngettext(
        "办这件，等于办 %(n)d 个来电人的同一件事", "办这件，等于办 %(n)d 个来电人的同一件事", case.callers_with_it + 1
    ) % {"n": case.callers_with_it + 1}
    waiting = _("其中 %(n)d 个在等这件的答复") % {"n": case.callers_waiting} if case.callers_waiting else ""
    return {
        "text": sentences([text, waiting]),
        "url": reverse("desk:event_callers", args=[case.number]),
        "label": _("看来电人"),
    }


def _of_member(opened: Opened, lead) -> dict[str, Any]:
    """For the hotline: where it went. A unit that held it before reads that it is handled elsewhere, and not for whom."""
    own = (
        _("他自己的时限到 %(when)s") % {"when": when(opened.case.next_due_at, opened.now)}
        if opened.case.next_due_at
        else ""
    )
    if not opened.seat.is_hotline:
        return {"text": sentences([_("和别人反映的同一件事一起办，这里不用办"), own]), "url": "", "label": ""}
    said = {"number": lead.number, "state": State(lead.state).label, "who": lead.lead_department or _("热线中心")}
    text = _("并在 %(number)s 下面一起办：%(state)s，在%(who)s") % said
    return {
        "text": sentences([text, own]),
        "url": reverse("desk:event_callers", args=[lead.number]),
        "label": _("看主件和来电人"),
    }
