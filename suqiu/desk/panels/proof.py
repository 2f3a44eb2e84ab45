"""On what must the reply rest, what of it is there, and who supplies the rest?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from suqiu.cases import rules
from suqiu.cases.flow import BY_NAME, EVIDENCE_OF_CLASS, SUPPLIED_BY_FORM, SUPPLIED_BY_STEP, WAYS
from suqiu.cases.models import Holding, Line, State
from suqiu.speech import joined

from .. import wording
from ..queries import Opened
from ..shell import when
from .links import step_url

PROVEN_BY = {
    "contact": ("contact", "meet"),
    "visit": ("visit", "meet"),
    "photo": ("visit", "meet"),
    "assists": ("file_outcome",),
    "first_saw": ("first_sees",),
    "legal_basis": ("draft_reply",),
    "plan": ("draft_reply",),
    "plan_date": ("draft_reply",),
}


def evidence(opened: Opened, allowed: set[str]) -> dict[str, Any] | None:
    """What the reply on this matter must rest on: done with when and who, missing with the step that supplies it."""
    case = opened.case
    if not case.evidence_class or opened.is_past or opened.state not in "SHVFLG":
        return None
    kinds = list(EVIDENCE_OF_CLASS[case.evidence_class])
    if any(h.role == Holding.Role.ASSIST for h in opened.open_holdings):
        kinds.append("assists")
    if case.first_department_id != case.lead_department_id and case.state == State.IN_REVIEW:
        kinds.append("first_saw")
    missing = set(rules.missing_evidence(BY_NAME["draft_reply"], case)) | set(
        rules.missing_evidence(BY_NAME["approve"], case)
    )
    rows = [_proof(kind, kind not in missing, opened, allowed) for kind in kinds]
    return {
        "class_label": case.get_evidence_class_display(),
        "needed": len(rows),
        "held": sum(r["done"] for r in rows),
        "rows": rows,
    }


def _proof(kind: str, is_held: bool, opened: Opened, allowed: set[str]) -> dict[str, Any]:
    row = {
        "done": is_held,
        "label": rules.evidence_label(kind),
        "fact": "",
        "who": "",
        "step_url": "",
        "step_label": "",
    }
    if is_held:
        line = next((ln for ln in reversed(opened.in_cycle(*PROVEN_BY.get(kind, ()))) if _proves(kind, ln)), None)
        if line:
            row |= {"fact": _proof_fact(kind, line, opened), "who": wording.who(line)}
        return row
    if kind in SUPPLIED_BY_FORM:
        row["fact"] = _("写答复时填")
    name = SUPPLIED_BY_STEP.get(kind, "draft_reply" if kind in SUPPLIED_BY_FORM else "")
    if name in allowed and kind not in SUPPLIED_BY_FORM:
        row |= {"step_url": step_url(opened, name), "step_label": BY_NAME[name].label}
    return row


def _proves(kind: str, line: Line) -> bool:
    return kind != "photo" or any(name.startswith("file:") for name in line.contents)


def _proof_fact(kind: str, line: Line, opened: Opened) -> str:
    said = [when(line.at, opened.now)]
    if kind == "contact" and line.step == "contact":
        said.append(str(dict(WAYS).get(line.says.get("way"), "")))
        if minutes := line.says.get("minutes"):
            said.append(_("%(n)s 分钟") % {"n": minutes})
    if kind == "visit" and line.step == "visit":
        said = [when(datetime.fromisoformat(line.says["visited_at"]), opened.now), opened.texts(line).get("place", "")]
        if line.says.get("accuracy"):
            said.append(_("手机定位，误差 %(n)d 米") % {"n": line.says["accuracy"]})
    if kind in ("contact", "visit"):
        said.append(wording.recorded(line, opened))
    if kind == "photo":
        said.append(_("%(n)d 张") % {"n": sum(name.startswith("file:") for name in line.contents)})
    if kind in ("legal_basis", "plan"):
        said = [opened.texts(line).get("basis" if kind == "legal_basis" else "plan", "")]
    return joined(said)
