"""How does a case change hands? Opening and ending holdings, with the case's columns kept in step."""

from __future__ import annotations

from suqiu.directory.models import Department, Officer

from .advance import Stepping
from .models import ClockKind, Holding


def open_lead(s: Stepping, department: Department, officer: Officer | None = None) -> Holding:
    """A new deepest lead. Its unit becomes `first` if nobody is yet: centres pass on, they do not answer."""
    holding = _open(s, department, Holding.Role.LEAD, officer)
    if not department.is_centre and s.first is None:
        _open(s, department, Holding.Role.FIRST, officer)
        s.case.first_department = department
    _show_lead(s)
    return holding


def end_lead(s: Stepping, holding: Holding) -> None:
    """The lead climbs one level; `first` stays where it is, answerable to the caller to the end."""
    holding.until = s.at
    holding.save(update_fields=["until"])
    s.holdings.remove(holding)
    _show_lead(s)


def add_assist(s: Stepping, department: Department) -> Holding:
    return _open(s, department, Holding.Role.ASSIST, None)


def end_assist(s: Stepping, holding: Holding) -> None:
    holding.until = s.at
    holding.save(update_fields=["until"])
    s.holdings.remove(holding)
    show_assists(s)


def show_assists(s: Stepping) -> None:
    """Nothing is awaited once each department that was given a term has given its outcome."""
    silent = [h.pk for h in s.holdings if h.role == Holding.Role.ASSIST and not h.outcome]
    if not s.case.clocks.filter(kind=ClockKind.ASSIST, holding__in=silent).exists():
        s.drop("assists_open")


def name_officer(s: Stepping, holding: Holding, officer: Officer, substitute: Officer | None) -> None:
    """Names who in the unit has it, on every open holding of that unit (lead and first alike)."""
    for held in s.holdings:
        if held.department_id == holding.department_id and held.until is None:
            held.officer, held.substitute = officer, substitute
            held.save(update_fields=["officer", "substitute"])
    _show_lead(s)


def into_cycle(s: Stepping) -> None:
    """A new cycle: nobody has returned it in this one."""
    for holding in s.holdings:
        holding.has_returned, holding.cycle = False, s.case.cycle
        holding.save(update_fields=["has_returned", "cycle"])


def end_all(s: Stepping) -> None:
    """Closure releases everybody, `first` too."""
    for holding in s.holdings:
        holding.until = s.at
        holding.save(update_fields=["until"])
    s.holdings.clear()


def reopen(s: Stepping, hotline: Department) -> None:
    """An appeal upheld: the city holds it again."""
    _open(s, hotline, Holding.Role.LEAD, None)
    _show_lead(s)


def take_up_again(s: Stepping) -> None:
    """Whoever led it and whoever was first when it ended hold it again, with what they had done; helpers are asked anew."""
    ended = s.case.holdings.filter(until=s.case.closed_at).exclude(role=Holding.Role.ASSIST)
    rows = ended.select_related("department", "officer", "substitute").order_by("id")
    # one lead per level and one first: who handed it on in the same moment had it no more
    last = {(row.role, row.level if row.role == Holding.Role.LEAD else ""): row for row in rows}
    for was in last.values():
        officer, substitute = (who if who and who.is_active else None for who in (was.officer, was.substitute))
        again = _open(s, was.department, was.role, officer)
        again.substitute = substitute
        for name in ("signed_at", "has_visited", "has_replied"):
            setattr(again, name, getattr(was, name))
        again.save()
    _show_lead(s)


def _open(s: Stepping, department: Department, role: str, officer: Officer | None) -> Holding:
    holding = Holding(case=s.case, department=department, role=role, level=department.level, officer=officer)
    holding.cycle, holding.since = s.case.cycle, s.at
    holding.save(force_insert=True)
    s.holdings.append(holding)
    return holding


def _show_lead(s: Stepping) -> None:
    lead = s.lead
    s.case.lead_department, s.case.lead_officer = lead.department, lead.officer
