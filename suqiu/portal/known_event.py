"""Was his demand recorded under an event that everybody calls about? Then what he was promised: word when it is over, and where it comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.citizens import confirming
from suqiu.intake.models import KnownEvent

from .marked import filled, marked
from .shell import when


def told(case: Case, now: datetime) -> dict[str, Any] | None:
    """`text`, and `is_over`; None for a demand of its own. An SMS is promised only where one can arrive."""
    if not case.event_id:
        return None
    known = KnownEvent.objects.filter(event=case.event_id).select_related("event").first()
    if known is None:
        return None
    event, phone = marked(known.event.title), case.person.masked_phone
    if known.ended_at:
        said = {"event": event, "when": when(known.ended_at, now), "words": marked(known.all_clear)}
        text = filled(_("「%(event)s」%(when)s结束了。%(words)s"), **said)
    elif not case.person.phone_sealed:
        text = filled(_("「%(event)s」还没有恢复。您没有留电话，恢复以后这一页会写明"), event=event)
    elif not confirming.can_get_codes(case.person.phone):
        text = filled(
            _("「%(event)s」还没有恢复。%(phone)s 收不到短信，恢复以后这一页会写明"), event=event, phone=phone
        )
    else:
        text = filled(_("「%(event)s」恢复后，会发短信到 %(phone)s 告诉您，不用再打来问"), event=event, phone=phone)
    return {"text": text, "is_over": bool(known.ended_at)}
