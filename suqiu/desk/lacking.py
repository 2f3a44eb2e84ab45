"""What does a case still lack, or whom does it wait for? In the words of its row, from columns alone."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import rules
from suqiu.cases.flow import BY_NAME as STEP
from suqiu.speech import listed

from .shell import when

LACKS = {
    "R": (gettext_lazy("还没受理"), "circle-dashed"),
    "W": (gettext_lazy("等来电人补充"), "hourglass"),
    "D": (gettext_lazy("还没派出"), "circle-dashed"),
    "S": (gettext_lazy("等签收"), "hourglass"),
    "L": (gettext_lazy("等领导定"), "hourglass"),
    "G": (gettext_lazy("挂账，每月复核"), "archive"),
    "A": (gettext_lazy("等来电人评价"), "hourglass"),
    "C": (gettext_lazy("已办结"), "circle-check"),
    "Q": (gettext_lazy("已撤单"), "circle-check"),
    "X": (gettext_lazy("已告知途径"), "circle-check"),
    "M": (gettext_lazy("已并单"), "circle-check"),
    "Z": (gettext_lazy("已归档"), "archive"),
}
ASKED = (  # a question that waits for an answer comes before all else
    ("correction", gettext_lazy("更正待复核")),
    ("extension_asked", gettext_lazy("延期待审")),
    ("hang_asked", gettext_lazy("挂账待签")),
    ("family_waits", gettext_lazy("重复件待领导签")),
    ("lawful_found", gettext_lazy("依法办结待第二人")),
    ("appeal", gettext_lazy("申诉待审")),
)


def lacking(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    """What is missing, or whom the case waits for; and the icon that says so. Columns only."""
    if c.dispute == "returned":
        return _("退单待审"), "scale"
    for kind, words in ASKED:
        if kind in c.evidence_held:
            return str(words), "hourglass"
    if c.state in LACKS:
        words, icon = LACKS[c.state]
        return str(words), icon
    return {"H": _of_handling, "V": _of_review, "F": _of_follow_up}[c.state](c, now)


def _of_handling(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    lacks = rules.missing_from_others(STEP["draft_reply"], c)
    if lacks:
        return _("差：%(what)s") % {"what": listed(rules.evidence_label(k) for k in lacks)}, "circle-dashed"
    return _("证据齐，可以答复"), "circle-check"


def _of_review(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    if rules.missing_from_others(STEP["approve"], c):
        return _("等首办单位看答复"), "hourglass"
    return _("答复等审核"), "file-text"


def _of_follow_up(c: SimpleNamespace, now: datetime) -> tuple[str, str]:
    if "answered" in c.evidence_held:
        return _("等第二人定"), "hourglass"
    if c.next_attempt:
        return _("下次回访 %(when)s") % {"when": when(c.next_attempt, now)}, "phone"
    return _("还没回访过"), "circle-dashed"
