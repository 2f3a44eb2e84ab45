"""难题台账: what stands above the form of who signs, and of who says each month what was done?"""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from suqiu.cases.models import Hanging
from suqiu.speech import sentences

from .queries import Opened


def of_hang(opened: Opened) -> dict[str, Any]:
    """What the leader is asked to sign: the unit's plan, its day, and who is responsible."""
    asked = opened.case.hangings.filter(signed_at=None).select_related("officer").last()
    return {"why": _planned(asked)} if asked else {}


def of_recheck(opened: Opened) -> dict[str, Any]:
    """The plan that was signed, and what was said of it last."""
    hanging = opened.case.hangings.exclude(signed_at=None).select_related("officer").last()
    if hanging is None:
        return {}
    last = opened.last("recheck")
    said = opened.texts(last).get("words", "") if last else ""
    return {"why": sentences([_planned(hanging), _("上次写的：%(said)s") % {"said": said} if said else ""])}


def _planned(hanging: Hanging) -> str:
    told = {"plan": hanging.plan.rstrip("。. "), "when": date_format(hanging.plan_on, "Y-m-d")}
    who = _("由 %(who)s 负责") % {"who": hanging.officer} if hanging.officer else ""
    return sentences([_("办法：%(plan)s，%(when)s 前办成") % told, who])
