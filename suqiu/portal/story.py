"""What happened to the case, as its citizen may read it; who looked at his telephone; does the record hold?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import AS_TOLD, ATTEMPTS, BY_NAME, CAME, CONTACT_OUTCOMES, SOLVED, STILL, STILL_HARD, WAYS
from suqiu.cases.models import Case, Content, Line, Verdict
from suqiu.speech import spoken

from .forms import ONLY_HURRY
from .marked import joined, marked, quoted
from .queries import CasePage

LOOKED_FOR = {
    "first_contact": gettext_lazy("首次联系您"),
    "before_visit": gettext_lazy("上门前"),
    "follow_up": gettext_lazy("回访"),
    "verify": gettext_lazy("核实身份"),
    "other": gettext_lazy("其他"),
}


def journal(page: CasePage) -> list[dict[str, Any]]:
    """Newest first: what the table of steps tells the citizen, the fact, who by department, his own words."""
    return [_told(line, page) for line in reversed(page.lines)]


def _told(line: Line, page: CasePage) -> dict[str, Any]:
    parts = [FACTS[line.step](line, page)] if line.step in FACTS else []
    parts += [quoted(t) for t in _his_words(line, page)]
    photos = sum(name.startswith("file:") for name in line.contents)
    if photos:
        parts.append(_("附 %(n)d 个文件") % {"n": photos})
    return {
        "no": line.no,
        "verb": BY_NAME[line.step].told,
        "fact": joined(parts),
        "who": _who(line),
        "at": timezone.localtime(line.at),
    }


def _his_words(line: Line, page: CasePage) -> list[str]:
    """What he was told or wrote; of a mere hurry nothing, since he wrote nothing."""
    found = [page.text(line, name) for name in ("text", "words") if line.step != "divert"]
    return [body(t) for t in found if t and not (line.says.get("is_hurry") and t.body in _only_hurry())]


@cache
def _only_hurry() -> frozenset[str]:
    said = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.add(str(ONLY_HURRY))
    return frozenset(said)


def _who(line: Line) -> str:
    if line.actor == "citizen":
        return _("您") if not line.officer_id else _("您（工作人员代记）")
    return marked(str(line.department)) if line.department else ""


def _labelled(choices: tuple, key: str) -> Callable[[Line, CasePage], str]:
    labels = dict(choices)
    return lambda line, page: str(labels.get(line.says.get(key), ""))


def _department(line: Line, page: CasePage) -> str:
    names = {h.department_id: str(h.department) for h in page.holdings}
    return marked(names.get(line.says.get("department"), ""))


def _contact(line: Line, page: CasePage) -> str:
    said = [_labelled(WAYS, "way")(line, page), _labelled(CONTACT_OUTCOMES, "outcome")(line, page)]
    if minutes := line.says.get("minutes"):
        said.append(_("%(n)s 分钟") % {"n": minutes})
    return joined(said)


def _promised(line: Line, page: CasePage) -> str:
    made = next((c.promise for c in page.clocks if c.promise and c.promise.pk == line.says.get("promise")), None)
    return marked(made.what) if made else ""


def _hour(line: Line, page: CasePage) -> str:
    return _("改到 %(when)s") % {"when": spoken(datetime.fromisoformat(line.says["due_at"]))}


def _hour_answered(line: Line, page: CasePage) -> str:
    if line.says.get("is_accepted") == "yes":
        return _hour(line, page)
    return _("另提 %(when)s") % {"when": spoken(datetime.fromisoformat(line.says["due_at"]))}


def _decided(line: Line, page: CasePage) -> str:
    return {"yes": _("同意"), "no": _("不同意")}.get(line.says.get("is_upheld"), "")


def _appeal_decided(line: Line, page: CasePage) -> str:
    """In the words of what he appealed against: the way he was told, or how it was closed."""
    if line.says.get("is_upheld") != "yes":
        kept = {"C": _("不成立，维持办结"), "Q": _("不成立，撤回照旧")}
        return kept.get(line.columns["state"], _("不成立，维持原来的告知"))
    if line.columns["state"] == "R":
        return _("成立，重新受理")
    return _("成立，回到原来的单位再办一轮") if line.columns["state"] == "H" else _("成立，派给单位办")


def _attempted(line: Line, page: CasePage) -> str:
    said = _labelled(SOLVED, "solved")(line, page)
    return _("您说：%(said)s") % {"said": said} if said else _labelled(ATTEMPTS, "outcome")(line, page)


def _days(line: Line, page: CasePage) -> str:
    return _("%(n)s 个工作日") % {"n": line.says.get("days")}


FACTS: dict[str, Callable[[Line, CasePage], str]] = {
    "dispatch": _department,
    "send_on": _department,
    "contact": _contact,
    "promise": _promised,
    "keep": _promised,
    "renegotiate": _promised,
    "call_meeting": _promised,
    "ask_new_time": _hour,
    "decide_new_time": _hour_answered,
    "take_new_time": _hour,
    "decide_return": _decided,
    "rule": _department,
    "confirm_ruling": _department,
    "decide_extension": _decided,
    "ask_extension": _days,
    "decide_appeal": _appeal_decided,
    "event_answered": lambda line, page: _department(line, page),
    "caller_adds": lambda line, page: _("催办") if line.says.get("is_hurry") else "",
    "attempt": _attempted,
    "meet": lambda line, page: str(dict(CAME).get(line.says.get("came"), "")),
    "confirm_meeting": _labelled((("yes", gettext_lazy("您认可")), ("no", gettext_lazy("您不认可"))), "agrees"),
    "recheck": _labelled(STILL_HARD, "still"),
    "recheck_on_spot": _labelled(AS_TOLD, "as_told"),
    "look_back": _labelled(STILL, "still"),
    "close": _labelled(Verdict.choices, "verdict"),
}


def body(content: Content | None) -> str:
    if content is None:
        return ""
    return _("（依法删除了）") if content.removed_at else content.body


# ---- who looked, and does the record hold


def looks(page: CasePage) -> list[dict[str, Any]]:
    return [
        {
            "at": timezone.localtime(look.at),
            "who": _viewer(look.officer, page.case),
            "reason": LOOKED_FOR.get(look.reason, _("其他")),
        }
        for look in page.looks
    ]


def _viewer(officer, case: Case) -> str:
    """Post and surname; of a confidential case only the kind of post, since those who look must not be exposed either."""
    return marked((officer.post or _("工作人员")) if case.is_confidential else officer.shown_to_citizen)
