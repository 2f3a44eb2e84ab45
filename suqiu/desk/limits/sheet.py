"""What stands on the pages of limits? Facts, the calls it is about, whose turn it is, and how many there were."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.cases import families
from suqiu.cases.models import Case, State, Verdict
from suqiu.directory.models import Officer
from suqiu.intake import caller_limits, limit_rules
from suqiu.intake.models import CallerLimit

from ..secrecy.showing import at, button, facts, who
from ..shell import to_case
from .forms import ReasonForm

Stands = CallerLimit.Stands
CHIPS = {Stands.PROPOSED: "soon", Stands.APPEALED: "soon", Stands.RUNNING: "hang", Stands.LIFTED: "ok"}


def row(limit: CallerLimit, now: datetime) -> dict[str, Any]:
    stands = limit.stands(now)
    return {
        "url": reverse("desk:limit", args=[limit.pk]),
        "what": limit.case.title,
        "number": limit.case.spoken_number,
        "words": limit.get_ground_display(),
        "state": stands.label,
        "kind": CHIPS.get(stands, ""),
        "who": who(limit.proposed_by),
        "at": _("到 %(when)s") % {"when": at(limit.until)},
    }


def show_labels() -> list[tuple[str, str]]:
    return [
        ("all", _("全部")),
        ("waiting", _("等人定的")),
        ("running", _("在走的")),
        ("over", _("没同意、撤销、到期的")),
    ]


def counted(now: datetime) -> list[dict[str, Any]]:
    """Each with what it is a part of, so that nobody sees the small number alone."""
    n = caller_limits.counts(now)
    return [
        {"label": label, "n": n[name]}
        for name, label in (
            ("proposed", _("一共提请")),
            ("agreed", _("第二人同意")),
            ("refused", _("第二人不同意")),
            ("waiting", _("等第二人")),
            ("lapsed", _("没人定，过期")),
            ("running", _("现在在走")),
            ("appealed", _("申诉过")),
            ("pending", _("申诉在审")),
            ("lifted", _("申诉成立，撤销")),
            ("answered", _("系统照上次答复的来电")),
        )
    ]


def heading(case: Case) -> dict[str, str]:
    return {
        "number": case.spoken_number,
        "title": case.title,
        "url": to_case(case.number),
        "who": f"{case.person.masked_name} {case.person.masked_phone}",
    }


def calls(case: Case, officer: Officer) -> list[dict[str, str]]:
    """Every time he asked for it, as far as this officer may see: on what the three decide."""
    seen: QuerySet[Case] = Case.objects.visible_to(officer)
    return [
        {
            "label": f"{each.spoken_number} {each.title}",
            "url": to_case(each.number),
            "note": f"{at(each.received_at)} {Verdict(each.verdict).label if each.verdict else State(each.state).label}",
        }
        for each in families.family(case, seen)
    ]


def facts_of(limit: CallerLimit) -> list[dict[str, Any]]:
    appealed = at(limit.appealed_at)
    if limit.appealed_through:
        appealed = _("%(when)s，%(who)s在电话里替他记的") % {"when": appealed, "who": who(limit.appealed_through)}
    due = "" if not limit.appeal_due_at or limit.judged_at else at(limit.appeal_due_at)
    return facts(
        (_("限制谁"), f"{limit.case.person.masked_name} {limit.case.person.masked_phone}"),
        (_("哪件事"), f"{limit.case.spoken_number} {limit.case.title}"),
        (_("原因"), limit.get_ground_display()),
        (_("限制到"), at(limit.until)),
        (_("提请"), f"{who(limit.proposed_by)} {at(limit.proposed_at)}"),
        (_("提请的理由"), limit.words),
        (_("认定"), f"{who(limit.decided_by)} {at(limit.decided_at)}" if limit.decided_by else ""),
        (_("认定的理由"), limit.decision),
        (_("来电人申诉"), appealed),
        (_("他说"), limit.appeal),
        (_("申诉什么时候前要有结果"), due),
        (_("审申诉"), f"{who(limit.judged_by)} {at(limit.judged_at)}" if limit.judged_by else ""),
        (_("审申诉的理由"), limit.judgement),
    )


def buttons(limit: CallerLimit, officer: Officer, form: ReasonForm, now: datetime) -> list[dict[str, Any]]:
    stands = limit.stands(now)
    if stands == Stands.PROPOSED and officer.pk != limit.proposed_by_id and limit_rules.may_decide(officer):
        other = {"name": "refuse", "label": _("不同意")}
        return [button(form, "agree", _("同意限制，告诉来电人"), "users") | {"other": other}]
    if stands == Stands.APPEALED and officer.pk not in (limit.proposed_by_id, limit.decided_by_id):
        other = {"name": "keep", "label": _("申诉不成立，维持")}
        return [button(form, "lift", _("申诉成立，撤销限制"), "circle-check") | {"other": other}]
    return []


def turn(limit: CallerLimit, officer: Officer, now: datetime) -> str:
    stands = limit.stands(now)
    mine = bool(buttons(limit, officer, ReasonForm(), now))
    if stands == Stands.PROPOSED:
        return _("您是第二个人：把每次来电看一遍再定") if mine else _("等班长、受理审核员、督办员中的另一个人认定")
    if stands == Stands.APPEALED:
        return (
            _("您是第三个人：看他说的对不对。审的时候限制停着")
            if mine
            else _("等没有提请、也没有认定的第三个人审；限制停着")
        )
    if stands == Stands.RUNNING:
        return _("再为这件事来电：照样登记、给编号，系统把上次的答复告诉他。有新情况、别的事、紧急的词，照常受理")
    return ""
