"""What lies before who rules: both statements side by side, the line of the catalogue, what was ruled before, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from suqiu.cases.flow import RETURN_GROUNDS, RULED, YES_NO
from suqiu.cases.models import Case, Clock, ClockKind, Content, Dispute, Line
from suqiu.cases.visibility import IN_RULING, about, relations
from suqiu.directory.queries import owner_of
from suqiu.dispatch import queries as dispatch
from suqiu.dispatch.models import Precedent
from suqiu.errors import Refused
from suqiu.speech import joined

from .. import panels, registry
from ..queries import Opened, find
from ..seats import Seat
from ..shell import to_case, when

SAID = ("return_case", "decide_return", "object", "state_view", "to_panel", "rule", "confirm_ruling")


@dataclass
class Sheet:
    """One question of whose it is, as one officer may read it. `is_named`: he sees the question and nothing else of the case."""

    opened: Opened
    dispute: Dispute
    disputes: list[Dispute]
    is_named: bool
    words: dict[int, dict[str, str]] = field(default_factory=dict)  # line -> name -> text

    @property
    def case(self) -> Case:
        return self.opened.case

    @property
    def lines(self) -> list[Line]:
        return self.opened.lines

    def of(self, *steps: str) -> list[Line]:
        """Lines of this objection, oldest first."""
        return [ln for ln in self.lines if ln.step in steps and ln.no >= self.dispute.line_no]


def open_sheet(number: str, seat: Seat) -> Sheet:
    """Who sees the case sees this; so does, while it is open, the unit that was named, of an open case alone. Else 404."""
    opened, is_named = _found(number, seat)
    disputes = list(opened.case.disputes.select_related("holding__department", "belongs_to").order_by("id"))
    asked = [d for d in disputes if d.is_objection and (opened.until is None or d.opened_at <= opened.until)]
    if not asked:
        raise Refused(
            _("这件没有单位提过异议"), state=opened.case.get_state_display(), who_can=_("由承办单位的负责人提裁定")
        )
    lines = opened.case.lines.filter(step__in=SAID).select_related("officer", "department").order_by("no")
    opened.lines = [ln for ln in lines if opened.until is None or ln.at <= opened.until]
    sheet = Sheet(opened, asked[-1], disputes, is_named)
    for no, name, body in Content.objects.filter(
        case=opened.case, line_no__in=[ln.no for ln in opened.lines], removed_at=None
    ).values_list("line_no", "name", "body"):
        sheet.words.setdefault(no, {})[name] = body
    return sheet


def is_for_the_named(number: str, seat: Seat) -> bool:
    return bool(seat.units) and _named(seat).filter(number=number).exists()


def waiting_for(seat: Seat):
    """Open objections that name a unit of his: the cases, the oldest first."""
    return (
        _named(seat).select_related("area__parent__parent", "matter", "lead_department").order_by("next_due_at", "id")
    )


def _found(number: str, seat: Seat) -> tuple[Opened, bool]:
    try:
        return find(number, seat), False
    except Http404:
        case = (
            _named(seat)
            .filter(number=number)
            .select_related(
                "area__parent__parent",
                "matter",
                "lead_department",
                "lead_officer",
                "first_department",
                "about_department",
            )
        )
        found = case.first() if seat.units else None
        if found is None:
            raise
    found.kept_asks, found.kept_files, found.kept_looks = (
        list(found.asks.values("no", "text", "outcome", "basis", "department")),
        [],
        [],
    )
    opened = Opened(found, seat)
    opened.holdings = list(found.holdings.select_related("department", "officer", "substitute"))
    opened.held = relations(seat.officer, found, opened.holdings)
    return opened, True


def _named(seat: Seat):
    """Fails closed: open, not confidential, named, and not about him."""
    named = Case.objects.filter(dispute__in=IN_RULING, disputes__is_open=True, disputes__belongs_to__in=seat.units)
    return named.exclude(secrecy__in=("confidential", "anonymous")).exclude(about(seat.officer))


# ---- what is shown


def shown(sheet: Sheet) -> dict[str, Any]:
    opened, case = sheet.opened, sheet.case
    return {
        "case": _heading(sheet),
        "lead": str(case.lead_department or ""),
        "first": str(case.first_department or ""),
        "is_open": sheet.dispute.is_open,
        "dispute": sheet.dispute.get_state_display(),
        "asks": [a["text"] for a in case.kept_asks] if opened.sees_original else [],
        "hops": case.hops,
        "lost": dispatch.lost_of(sheet.disputes, opened.now),
        "clock": _clock(sheet),
        "sides": _sides(sheet),
        "returns": _returns(sheet),
        "duty": _duty(case),
        "precedents": told(dispatch.of_case(case), opened),
        "proposal": _proposal(sheet),
        "result": _result(sheet),
    }


def _heading(sheet: Sheet) -> dict[str, Any]:
    """The unit named reads what it is about and in which area: not the place, which may be the caller's door."""
    told = panels.heading(sheet.opened)
    if not sheet.is_named:
        return told
    area = sheet.case.area
    return told | {"url": "", "place": area.full_name if area else ""}


def _clock(sheet: Sheet) -> dict[str, Any] | None:
    clock = Clock.objects.filter(case=sheet.case, kind=ClockKind.RULING, stopped_at=None).first()
    return panels.face(clock, sheet.opened.now) | {"fact": when(clock.due_at, sheet.opened.now)} if clock else None


def _sides(sheet: Sheet) -> list[dict[str, Any]]:
    """The objector; the unit he names; then whoever else said something, each with the newest word."""
    objection = sheet.of("object")[0]
    sides = [_side(sheet, objection, _("提异议"))]
    views = {ln.department_id: ln for ln in sheet.of("state_view")}
    named = sheet.dispute.belongs_to
    if named and (line := views.pop(named.pk, None)):
        sides.append(_side(sheet, line, _("被指的单位")))
    elif named:
        is_hidden = sheet.case.is_confidential
        note = _("保密件，不问它") if is_hidden else _("还没有说明") if sheet.dispute.is_open else _("没有说明")
        sides.append({"who": str(named), "role": _("被指的单位"), "words": "", "basis": "", "note": note})
    return sides + [_side(sheet, line, _("派单的")) for line in views.values()]


def _side(sheet: Sheet, line: Line, role: str) -> dict[str, Any]:
    said = sheet.words.get(line.no, {})
    by = joined([str(line.officer or ""), when(line.at, sheet.opened.now)])
    return {
        "who": str(line.department or ""),
        "role": role,
        "words": said.get("words", "") or _("文字依法删除了"),
        "basis": said.get("basis", ""),
        "note": by,
    }


def _returns(sheet: Sheet) -> list[dict[str, str]]:
    """What went before: who returned it, on which ground, and what was said to that."""
    grounds, found = dict(RETURN_GROUNDS), []
    for line in sheet.lines:
        said = sheet.words.get(line.no, {})
        if line.step == "return_case":
            what = joined([str(grounds.get(line.says.get("ground"), "")), said.get("basis", "")])
        elif line.step == "decide_return":
            what = joined([_("准退") if line.says.get("is_upheld") == "yes" else _("不准退"), said.get("words", "")])
        else:
            continue
        found.append({"who": str(line.department or ""), "what": what, "at": when(line.at, sheet.opened.now)})
    return found


def _duty(case: Case) -> dict[str, str]:
    """The line of the catalogue that the case was sent by."""
    matter = case.matter
    owner = owner_of(matter, case.area) if matter and case.area else None
    return {"code": matter.code if matter else "", "matter": str(matter or ""), "owner": str(owner or "")}


def told(found: list[Precedent], opened: Opened) -> list[dict[str, Any]]:
    """Precedents as they are cited; the case itself is linked for who may see it."""
    may = (
        set(
            Case.objects.visible_to(opened.seat.officer)
            .filter(pk__in=[p.case_id for p in found])
            .values_list("pk", flat=True)
        )
        if found
        else set()
    )
    return [cite(p, opened.seat, p.case_id in may) for p in found]


def cite(p: Precedent, seat: Seat, may_open: bool) -> dict[str, Any]:
    return {
        "to": registry.unit_name(p.department_id) or str(p.department),
        "matter": str(p.matter),
        "code": p.matter.code,
        "reach": str(p.area) if p.area else _("全市"),
        "reason": p.reason,
        "basis": p.basis,
        "by": joined([str(p.ruled_by), str(p.second) if p.second else ""]),
        "at": when(p.ruled_at, seat.now),
        "url": to_case(p.case.number) if may_open else "",
        "number": p.case.spoken_number if may_open else "",
    }


def _proposal(sheet: Sheet) -> dict[str, str] | None:
    """What the first of the two put down, as long as the second has not answered."""
    lines = sheet.of("to_panel")
    return _ruled(sheet, lines[-1]) if lines and sheet.case.dispute == "panel" else None


def _result(sheet: Sheet) -> dict[str, str] | None:
    lines = [ln for ln in sheet.of("rule", "confirm_ruling") if ln.says.get("outcome")]
    if sheet.dispute.is_open or not lines:
        return None
    line = lines[-1]
    if line.step == "rule":
        return _ruled(sheet, line)
    proposal = _ruled(sheet, sheet.of("to_panel")[-1])
    return proposal | {"by": joined([proposal["by"], str(line.officer)]), "at": when(line.at, sheet.opened.now)}


def _ruled(sheet: Sheet, line: Line) -> dict[str, str]:
    said = sheet.words.get(line.no, {})
    return {
        "outcome": str(dict(RULED).get(line.says.get("outcome"), "")),
        "to": registry.unit_name(line.says.get("department")) or str(sheet.dispute.holding.department),
        "basis": said.get("basis", ""),
        "reason": said.get("words", ""),
        "new_duty": str(dict(YES_NO)["yes"]) if line.says.get("new_duty") else "",
        "by": str(line.officer),
        "at": when(line.at, sheet.opened.now),
    }
