"""Can this form be taken as it stands: complete, still true, and from somebody else than who did the step before?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import chain
from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.speech import listed

from . import rules
from .flow import ANY_STEP, BY_NAME, Field, Step
from .models import Case, Line

if TYPE_CHECKING:
    from .advance import Stepping

QUESTIONS = {  # evidence that one decision uses up
    "appeal", "correction", "extension_asked", "hang_asked", "to_ask_withdrawn", "new_time_asked", "new_time_offered",
}  # fmt: skip
LINE_LIMIT = 200  # characters of what is written in one line


def take_fields(s: Stepping, fields: dict[str, Any]) -> None:
    """What the row asks for goes into the line (ids, enumerations, times) or, as words, beside it."""
    missing = [f for f in s.row.asks if f.is_required and fields.get(f.name) in (None, "", [])]
    if missing and s.by.kind != "system":
        raise Refused(
            _("还缺：%(what)s") % {"what": listed(str(f.label) for f in missing)}, status=422, field=missing[0].name
        )
    for f in s.row.asks:
        value = fields.get(f.name)
        if value in (None, "", []) or f.kind in ("photos", "asks", "place"):
            continue
        if s.by.kind == "officer":
            _check_value(f, value)
        if f.is_words:
            s.words[f.name] = str(value)
        else:
            s.says[f.name] = chain.plain(value)


def _check_value(f: Field, value: Any) -> None:
    """What a form of ours would not send: refused here too, whatever the door."""
    reason = ""
    if f.kind == "choice" and f.choices and value not in dict(f.choices):
        reason = _("「%(label)s」没有这个选项")
    elif f.kind == "matter" and not value.evidence_class:
        reason = _("「%(label)s」要选到最末一级：它定答复凭什么")
    elif f.kind == "number" and not 0 <= value <= 9999:
        reason = _("「%(label)s」的数不对")
    elif f.kind == "line" and len(str(value)) > LINE_LIMIT:
        reason = _("「%(label)s」只写一行，最多 %(limit)d 个字")
    if reason:
        raise Refused(reason % {"label": f.label, "limit": LINE_LIMIT}, status=422, field=f.name)


def check_fresh(case: Case, seen: int, row: Step) -> None:
    """Somebody changed the state, or took this very step, after the form was opened."""
    before = case.lines.filter(no=seen).values_list("columns", flat=True).first() or {}
    dispute = before.get("dispute")
    for line in case.lines.filter(no__gt=seen).select_related("officer").order_by("no"):
        if line.columns["state"] != before.get("state") or _is_overtaken(row, line, dispute):
            named = {
                "who": _name(line),
                "when": f"{timezone.localtime(line.at):%H:%M}",
                "step": BY_NAME[line.step].label,
            }
            reason = _("您打开之后，%(who)s 在 %(when)s 已经走了「%(step)s」") % named
            raise Refused(reason, state=case.get_state_display(), who_can=_("刷新看现在的情况；您写的字还在"))
        dispute = line.columns["dispute"]


def _is_overtaken(row: Step, line: Line, dispute: str | None) -> bool:
    """This very step was taken, and it ended what the form was for, or called others in: two sides' views are no such thing."""
    calls_in = any(f.kind in ("departments", "points") for f in row.asks)
    ended = line.columns["dispute"] != dispute or bool(QUESTIONS & set(row.evidence))
    return line.step == row.name and (calls_in or ended)


def check_other_person(row: Step, case: Case, officer: Officer) -> None:
    """The last author of each of these steps may not decide on it; where any step counts, nobody who had a part in it."""
    for name in row.not_by:
        lines = case.lines.filter(officer=officer) if name == ANY_STEP else case.lines.filter(step=name)
        last = lines.order_by("-no").first()
        if last and last.officer_id == officer.pk:
            raise Refused(
                _("「%(step)s」是您做的，这一步要换一个人") % {"step": BY_NAME[last.step].label},
                state=case.get_state_display(), who_can=_("请同岗的另一位同事来做"), status=403,
            )  # fmt: skip


def _name(line: Line) -> str:
    return line.officer.full_name if line.officer else {"citizen": _("来电人"), "system": _("系统")}[line.actor]


def check_evidence_at_end(s: Stepping) -> None:
    """A row that needs what its own form supplies (legal basis, plan) is checked after the function has taken it."""
    if "class" not in s.row.evidence:
        return
    lacking = rules.missing_evidence(s.row, s.case)
    if lacking:
        raise Refused(
            _("还差：%(what)s") % {"what": listed(str(rules.evidence_label(k)) for k in lacking)},
            state=s.case.get_state_display(), who_can=_("补上以后再交，写的内容还在"), status=422,
        )  # fmt: skip
