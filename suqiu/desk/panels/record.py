"""What was replied, what was handed in, how often was the caller asked, and does the journal hold?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import ATTEMPTS, WAYS
from suqiu.cases.journal import is_unbroken
from suqiu.speech import joined

from .. import wording
from ..queries import Opened, last_sealed_day
from ..shell import when

FILE_LABELS = {
    "demand": gettext_lazy("来电人交的"),
    "before": gettext_lazy("办理前"),
    "after": gettext_lazy("办理后"),
    "proof": gettext_lazy("凭据"),
}


def replies(opened: Opened) -> list[dict[str, Any]]:
    """Newest first; a draft is sent when an approval follows it before the next draft."""
    found: list[dict[str, Any]] = []
    for line in opened.lines:
        texts = opened.texts(line)
        if line.step == "draft_reply":
            note = _("%(who)s 写，%(when)s") % {"who": wording.who(line), "when": when(line.at, opened.now)}
            found.append(
                {
                    "text": texts.get("reply", ""),
                    "to_others": texts.get("to_others", ""),
                    "account": texts.get("account", ""),
                    "note": note,
                    "is_sent": False,
                    "basis": texts.get("basis", ""),
                    "plan": texts.get("plan", ""),
                    "back": "",
                }
            )
        elif line.step == "event_answered":
            note = _("随主件答复，%(when)s 发出") % {"when": when(line.at, opened.now)}
            found.append(_of_event(texts.get("reply", ""), note))
        elif line.step == "approve" and found:
            found[-1]["is_sent"] = True
            found[-1]["note"] += _("；%(who)s 审，%(when)s 发出") % {
                "who": wording.who(line),
                "when": when(line.at, opened.now),
            }
        elif line.step == "send_back" and found:
            found[-1]["back"] = texts.get("words", "")
    return found[::-1]


def _of_event(text: str, note: str) -> dict[str, Any]:
    """Written for everybody who called about it, by the unit that handled the lead."""
    return {
        "text": text,
        "to_others": "",
        "account": "",
        "note": note,
        "is_sent": True,
        "basis": "",
        "plan": "",
        "back": "",
    }


def attachments(opened: Opened) -> list[dict[str, Any]]:
    found = []
    for f in opened.files:
        url = reverse("desk:file", args=[f["id"]])
        is_picture = f["mime"].startswith("image/")
        taken = datetime.fromisoformat(f["taken_at"]) if f["taken_at"] else None
        at = timezone.localtime(taken) if taken and timezone.is_aware(taken) else None
        found.append(
            {
                "label": FILE_LABELS.get(f["kind"], ""),
                "name": f["name"],
                "at": at,
                "fact": "",
                "url": url,
                "thumb_url": url if is_picture else "",
            }
        )
    return found


def journal_foot(opened: Opened) -> dict[str, Any] | None:
    """How many lines, whether they follow each other to the head of the case, and the last seal over them."""
    if opened.is_past or not opened.lines:
        return None
    sealed, last = last_sealed_day(), timezone.localtime(opened.lines[-1].at).date()
    return {
        "count": len(opened.lines),
        "is_whole": is_unbroken(opened.lines, opened.case),
        "sealed_on": sealed if sealed and sealed >= last else None,
    }


def tries(opened: Opened) -> list[dict[str, str]]:
    """The attempts of this cycle, newest first: who follows up sees when and how the last ones went."""
    found = []
    for line in reversed(opened.in_cycle("attempt")):
        outcome = dict(ATTEMPTS).get(line.says.get("outcome"), "")
        found.append(
            {
                "at": when(line.at, opened.now),
                "who": wording.who(line),
                "outcome": joined([dict(WAYS).get(line.says.get("way")), outcome]),
            }
        )
    return found
