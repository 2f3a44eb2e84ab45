"""May this step be taken now? Pure: a row, the columns of a case, and the relations of who asks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.models import Role
from suqiu.errors import Refused
from suqiu.speech import listed, noted

from .flow import EVIDENCE_LABELS, EVIDENCE_OF_CLASS, SUPPLIED_BY_FORM, Step
from .models import Case, Holding, State

RELATIONS = {
    "hotline": gettext_lazy("热线中心"),
    "city": gettext_lazy("市热线中心"),
    "county": gettext_lazy("县（区）中心"),
    "lead": gettext_lazy("主办单位"),
    "assist": gettext_lazy("协办单位"),
    "first": gettext_lazy("首办单位"),
    "last": gettext_lazy("最后的主办单位"),
    "superior": gettext_lazy("上一级中心"),
    "named": gettext_lazy("被指的单位"),
}
BY_NOBODY = {"citizen": gettext_lazy("来电人本人"), "system": gettext_lazy("系统按规则")}


@dataclass(frozen=True)
class Refusal:
    """Why a step is refused: kind is state, person, dispute, evidence or outsider."""

    kind: str
    reason: str
    who_can: str = ""

    @property
    def is_about_evidence(self) -> bool:
        return self.kind == "evidence"

    def error(self, case: Case) -> Refused:
        status = {"person": 403, "outsider": 403, "evidence": 422}.get(self.kind, 409)
        return Refused(self.reason, state=case.get_state_display(), who_can=self.who_can, status=status)


def refusal(
    row: Step, case: Case, actor: str, held: set[str], *, is_third_party: bool = False, mind_evidence: bool = True
) -> Refusal | None:
    """None when the row allows it. Order: state, person, dispute, evidence: the first that fails is the one to tell."""
    if case.state not in row.start:
        states = listed(str(State(s).label) for s in row.start)
        return Refusal(
            "state", _("「%(step)s」要在 %(states)s 时做") % {"step": row.label, "states": states}, who_can(row)
        )
    if not is_allowed(row, actor, held):
        return not_yours(row)
    if row.is_handling and is_third_party:
        return Refusal("outsider", _("第三方人员只记录，不能办理、裁定或办结"), _("请本单位的正式工作人员来做"))
    if row.dispute is not None and case.dispute not in row.disputes:
        return Refusal("dispute", _dispute_reason(row, case), _("等争议有了结果，或由上一级中心审"))
    lacking = missing_evidence(row, case) if mind_evidence else []
    if lacking:
        what = listed(str(evidence_label(k)) for k in lacking)
        return Refusal("evidence", _("还差：%(what)s") % {"what": what}, _("补上就能做"))
    return None


def not_yours(row: Step) -> Refusal:
    return Refusal("person", _("「%(step)s」不由您来做") % {"step": row.label}, who_can(row))


def is_allowed(row: Step, actor: str, held: set[str]) -> bool:
    """An officer acting for the caller counts as the caller and as himself."""
    return actor in row.who or bool(held & set(row.who))


def missing_evidence(row: Step, case: Case) -> list[str]:
    """Kinds of evidence this row needs and this cycle does not hold. Columns only."""
    needed: list[str] = []
    for kind in row.evidence:
        needed += EVIDENCE_OF_CLASS.get(case.evidence_class, ()) if kind == "class" else (kind,)
    return [k for k in needed if not _holds(k, case)]


def missing_from_others(row: Step, case: Case) -> list[str]:
    """What another step must supply first; what the row's own form asks for is not missing yet."""
    return [k for k in missing_evidence(row, case) if k not in SUPPLIED_BY_FORM]


def _holds(kind: str, case: Case) -> bool:
    """Some kinds are held by default, and lacking only while something is awaited."""
    if kind == "assists":
        return "assists_open" not in case.evidence_held
    if kind == "family_signed":
        return "family_waits" not in case.evidence_held
    if kind == "first_saw":
        return case.first_department_id == case.lead_department_id or kind in case.evidence_held
    if kind == "handed_over":
        return case.first_department_id != case.lead_department_id or kind in case.evidence_held
    return kind in case.evidence_held


def evidence_label(kind: str) -> str:
    return EVIDENCE_LABELS.get(kind, kind)


def who_can(row: Step) -> str:
    """Who may take the step, in the words of the hotline: 主办单位的经办人."""
    by_relation: dict[str, list[str]] = {}
    for word in row.who:
        role, _at, relation = word.partition("@")
        if not relation:
            by_relation.setdefault(str(BY_NOBODY[role]), [])
        else:
            by_relation.setdefault(str(RELATIONS[relation]), []).append(str(Role(role).label))
    parts = [
        _("%(where)s的%(roles)s") % {"where": w, "roles": listed(dict.fromkeys(r))} if r else w
        for w, r in by_relation.items()
    ]
    return _("能做的是：%(who)s") % {"who": noted(parts)}


def lead_of(holdings: list[Holding]) -> Holding:
    """The deepest open lead."""
    return max((h for h in holdings if h.role == "lead" and h.until is None), key=lambda h: h.DEPTH[h.level])


def _dispute_reason(row: Step, case: Case) -> str:
    if case.dispute and "" in row.disputes:
        return _("有一项争议还没有结：%(dispute)s") % {"dispute": case.get_dispute_display()}
    return _("现在没有要审的退单") if row.dispute == "returned" else _("现在没有等着裁定的异议")
