"""难题台账: what is planned for his hard case, by which day, and what was done month by month, as its citizen may read it?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.flow import STILL_HARD
from suqiu.cases.models import Line
from suqiu.doors import day

from .marked import marked
from .queries import CasePage
from .story import body


def shown(page: CasePage, now: datetime) -> dict[str, Any] | None:
    """The plan that a leader signed last: nothing before a signature. `checks`, newest first."""
    signed = [h for h in page.hangings if h.signed_at]
    if not signed:
        return None
    hanging = signed[-1]
    said = _("计划 %(when)s 前办成") if hanging.ended_at is None else _("不在难题台账上了；当时计划 %(when)s 前办成")
    return {
        "plan": marked(hanging.plan),
        "when": said % {"when": day(hanging.plan_on, now)},
        "is_late": hanging.ended_at is None and hanging.plan_on < timezone.localtime(now).date(),
        "checks": [_check(ln, page) for ln in reversed(page.lines) if _is_of(ln, hanging.signed_at)],
    }


def _is_of(line: Line, since: datetime) -> bool:
    """Of this plan; what was written before the form said that he reads it is not shown."""
    return line.step == "recheck" and line.at >= since and "still" in line.says


def _check(line: Line, page: CasePage) -> dict[str, Any]:
    return {
        "at": timezone.localtime(line.at),
        "said": dict(STILL_HARD)[line.says["still"]],
        "words": marked(body(page.texts.get((line.no, "words")))),
        "who": marked(str(line.department)) if line.department else "",
    }
