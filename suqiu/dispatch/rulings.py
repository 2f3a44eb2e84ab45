"""裁定: what does it take, and what follows from it for the case, for the next such case, and for the catalogue?"""

from __future__ import annotations

from dataclasses import dataclass

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import Stepping
from suqiu.cases.models import Case, ClockKind, Content, Dispute, DisputeState, Holding, State
from suqiu.directory import changes, tables
from suqiu.directory.models import Area, Change, Department, Officer
from suqiu.directory.queries import centre_of

from . import giving, rules
from .models import Precedent

PANEL_DAYS = 5  # working days more for two
NOT_CARRIED = (  # another's visit is no proof of the next one's work
    "contact visit photo meeting meeting_called legal_basis plan plan_date hang_asked first_saw"
).split()


@dataclass(frozen=True)
class Ruling:
    """What a ruler says: stays or moves and to whom, on what basis, why, and how far it reaches."""

    outcome: str
    department: Department | None
    basis: str
    reason: str
    reach: str
    override: str
    new_duty: bool
    by: Officer | None


def open_dispute(case: Case) -> Dispute:
    return case.disputes.select_related("holding", "belongs_to").get(is_open=True)


def check(s: Stepping, outcome: str, department: Department | None, override: str) -> None:
    dispute = open_dispute(s.case)
    parties = {dispute.holding.department_id, s.lead.department_id, dispute.belongs_to_id, department and department.pk}
    own = s.officer.departments_as() | {s.officer.department_id} if s.officer else set()
    rules.check_ruler({d for d in own if not _is_hotline(s, d)}, parties - {None})
    rules.check_ruling(s.case, outcome, department, override)


def _is_hotline(s: Stepping, code: str) -> bool:
    return code in {g.department_id for g in s.officer.hotline_grants()}


def to_panel(s: Stepping) -> None:
    """Once: back from a panel it has no more time than it had."""
    s.case.dispute = DisputeState.PANEL
    s.case.disputes.filter(is_open=True).update(state=DisputeState.PANEL)
    is_first = not s.case.lines.filter(step="to_panel", no__gt=open_dispute(s.case).line_no).exists()
    clock = clocks.running(s.case, ClockKind.RULING)
    if is_first and clock:
        clocks.lengthen(clock, PANEL_DAYS)
        clock.save()
        clocks.refresh(s.case)


def proposed(case: Case) -> Ruling:
    """What the first ruler put down, as it stands in the journal."""
    line = case.lines.filter(step="to_panel").select_related("officer").order_by("-no").first()
    said = line.says
    words = dict(Content.objects.filter(case=case, line_no=line.no).values_list("name", "body"))
    named = Department.objects.filter(pk=said.get("department")).first()
    return Ruling(
        said["outcome"], named, words.get("basis", ""), words.get("words", ""), said["reach"],
        words.get("override", ""), bool(said.get("new_duty")), by=line.officer,
    )  # fmt: skip


def give(s: Stepping, ruling: Ruling, second: Officer | None = None) -> None:
    """The dispute ends; who is named can neither return nor object; the next such case will know."""
    clocks.stop(s, ClockKind.RULING)
    s.case.disputes.filter(is_open=True).update(state=DisputeState.RULED, is_open=False, decided_at=s.at)
    s.case.dispute = ""
    if ruling.outcome == "moves":
        _move(s, ruling.department)
    s.lead.is_ruled = True
    s.lead.save(update_fields=["is_ruled"])
    change = _ask_catalogue(s, ruling) if ruling.new_duty and s.case.matter else None
    if s.case.matter:
        _keep(s, ruling, second, change)


def _keep(s: Stepping, ruling: Ruling, second: Officer | None, change: Change | None) -> None:
    Precedent.objects.create(
        matter=s.case.matter, area=_reach(s.case, ruling), department=s.lead.department, basis=ruling.basis,
        reason=ruling.reason, ruled_by=ruling.by, second=second, ruled_at=s.at, case=s.case, line_no=s.line_no, change=change,
    )  # fmt: skip


def _reach(case: Case, ruling: Ruling) -> Area | None:
    return case.area.county if ruling.reach == "area" and case.area else None


def _move(s: Stepping, department: Department) -> None:
    """The earlier lead's clocks stop; `first` stays where it is; contact is made anew."""
    s.to = State.TO_SIGN
    s.drop(*NOT_CARRIED)
    clocks.stop(s, *giving.UNIT_CLOCKS, holding=s.lead)
    clocks.stop(s, ClockKind.FIRST_SEES)
    holdings.end_lead(s, s.lead)
    _set_centre(s, department)
    s.case.hops += 1
    giving.give(s, department)


def _set_centre(s: Stepping, department: Department) -> None:
    """The centre above is the one of the unit's own county; a department of the city has none."""
    county = department.area.county
    needed = centre_of(county) if county and county.is_through_centre else None
    held = next((h for h in s.holdings if h.role == Holding.Role.LEAD and h.level == Holding.Level.COUNTY), None)
    if held and held.department_id != (needed and needed.pk):
        clocks.stop(s, ClockKind.SUB_TERM, holding=held)
        holdings.end_lead(s, held)
        held = None
    if needed and held is None:
        holdings.open_lead(s, needed)


def _ask_catalogue(s: Stepping, ruling: Ruling) -> Change | None:
    """提请改目录: whose duty the item is from now on; a second person brings the new version into force."""
    stands = tables.catalogue()
    old = stands.get((s.case.matter.code,))
    if old is None or old["owner_duty"] == s.lead.department.duty:
        return None
    rows = [
        {
            "kind": "change",
            "line": 0,
            "key": [old["code"]],
            "old": old,
            "new": old | {"owner_duty": s.lead.department.duty},
        }
    ]
    note = f"裁定 {s.case.number}：{ruling.reason}"[:500]
    return changes.propose_ruled(
        table=tables.CATALOGUE, rows=rows, by=s.officer, at=s.at, key=f"ruling:{s.case.pk}:{s.line_no}", note=note
    )
