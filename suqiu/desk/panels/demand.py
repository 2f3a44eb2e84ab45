"""What does the caller want, in his words and point by point?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Ask, Line
from suqiu.speech import joined

from .. import registry, wording
from ..queries import Opened
from ..shell import when

OUTCOMES = {
    "": ("open", gettext_lazy("还没有答")),
    Ask.Outcome.ANSWERED: ("answered", gettext_lazy("办了")),
    Ask.Outcome.DECLINED: ("declined", gettext_lazy("不能办，有依据")),
    Ask.Outcome.PLANNED: ("planned", gettext_lazy("列入计划")),
}


def demand(opened: Opened) -> dict[str, Any]:
    """His words oldest first; or, of a confidential case, the rewritten ones."""
    rewritten = next((t["rewritten"] for ln in reversed(opened.lines) if "rewritten" in (t := opened.texts(ln))), "")
    if not opened.sees_original:
        return {"words": [], "rewritten": rewritten or _("还没有改写"), "asks": asks(opened)}
    said = [
        ln
        for ln in opened.lines
        if ln.step in ("receive", "archive", "caller_adds", "resume", "not_answered", "appeal", "ask_new_time")
    ]
    words = [{"text": text, "note": _said_at(ln, opened)} for ln in said if (text := _spoken(opened.texts(ln)))]
    return {"words": words, "rewritten": "", "asks": asks(opened)}


def _spoken(texts: dict[str, str]) -> str:
    return texts.get("text") or texts.get("words", "")


def _said_at(line: Line, opened: Opened) -> str:
    if line.step in ("receive", "archive"):
        return _("%(when)s，%(channel)s") % {
            "when": when(line.at, opened.now),
            "channel": wording.CHANNELS.get(line.says.get("channel"), line.says.get("channel", "")),
        }
    hurry = _("，催办") if line.says.get("is_hurry") else ""
    return _("%(when)s，%(step)s") % {"when": when(line.at, opened.now), "step": BY_NAME[line.step].label} + hurry


def asks(opened: Opened) -> list[dict[str, str]]:
    found = []
    for ask in opened.case.kept_asks:
        outcome, label = OUTCOMES[ask["outcome"]] if not opened.is_past else ("open", "")
        note = ask["basis"] if outcome == "declined" else ""
        if ask.get("department"):
            label = joined([registry.unit_name(ask["department"]), str(label)])
        found.append({"text": ask["text"], "outcome": outcome, "label": label, "note": note})
    return found
