"""What was answered to the citizen, point by point, and with which pictures?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import Attachment

from .marked import filled, marked, noted
from .queries import CasePage
from .shell import when
from .story import body

OUTCOMES = {
    "answered": gettext_lazy("办了"),
    "declined": gettext_lazy("不能办，有依据"),
    "planned": gettext_lazy("列入计划"),
    "": gettext_lazy("还没有答"),
}


def reply(page: CasePage, now: datetime) -> dict[str, str] | None:
    """The latest approved reply; or the answer given at once; or the right way he was told."""
    if sent := page.reply:
        by = {"who": marked(str(sent.holding.department)), "when": when(sent.approved_at, now)}
        return {"text": marked(body(page.reply_text)), "note": filled(_("%(who)s，%(when)s 答复"), **by)}
    for step, name, notes in (
        ("event_answered", "reply", ()),
        ("answer_again", "answer", ("source",)),
        ("answer_at_once", "answer", ("source",)),
        ("divert", "words", ("way", "basis")),
    ):
        line = next((ln for ln in reversed(page.lines) if ln.step == step), None)
        if line:
            told = [marked(body(page.text(line, n))) for n in notes]
            return {"text": marked(body(page.text(line, name))), "note": noted([*told, when(line.at, now)])}
    return None


def asks(page: CasePage) -> list[dict[str, Any]]:
    shown = []
    for row in page.case.ask_rows:
        outcome = row["outcome"] if page.are_asks_answered else ""
        note = marked(row["basis"]) if outcome == "declined" else ""
        shown.append(
            {"text": marked(row["text"]), "label": OUTCOMES[outcome], "is_done": outcome == "answered", "note": note}
        )
    return shown


def pictures(files: list[Attachment], label: str) -> list[dict[str, Any]]:
    return [_picture(f, label) for f in files]


def _picture(f: Attachment, label: str) -> dict[str, Any]:
    if f.removed_at:
        return {"is_withheld": True, "reason": _("依法删除了"), "label": label}
    url = reverse("portal:file", args=[f.pk])
    is_picture = f.mime.startswith("image/")
    taken = timezone.localtime(f.taken_at) if f.taken_at else None
    shown = {"label": label, "at": taken, "name": f.name, "fact": marked(f.name)}
    return shown | {"url": url, "thumb_url": url if is_picture else ""}
