"""Who may see a case, and in what relation does a person stand to it? The one choke point for pages, counts, exports, files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from suqiu.directory.models import Department, Officer, Role
from suqiu.directory.queries import stood_in_for

if TYPE_CHECKING:
    from .models import Case, Holding

HOTLINE_ROLES = (
    Role.OPERATOR,
    Role.SHIFT_LEAD,
    Role.INTAKE_REVIEWER,
    Role.DISPATCHER,
    Role.FOLLOW_UP,
    Role.SUPERVISOR,
    Role.RULER,
    Role.LEADER,
)
HOTLINE_CONFIDENTIAL = (
    Role.SHIFT_LEAD,
    Role.INTAKE_REVIEWER,
    Role.DISPATCHER,
    Role.FOLLOW_UP,
    Role.SUPERVISOR,
    Role.LEADER,
)
UNIT_ROLES = (Role.HANDLER, Role.REVIEWER, Role.UNIT_LEADER)
CONFIDENTIAL = ("confidential", "anonymous")
IN_RULING = ("objected", "panel")  # states of a dispute: an objection that waits for a ruling


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: Officer) -> CaseQuerySet:
        """The cases this officer may see at all. Fails closed: no grant, nothing."""
        if not getattr(user, "is_active", False) or not getattr(user, "pk", None):
            return self.none()
        may = Q(pk__in=[])
        for seen in (_as_hotline(user), _as_centre(user), _as_unit(user), _as_discipline(user)):
            may |= seen
        return self.filter(may).exclude(about(user))

    def open(self) -> CaseQuerySet:
        from .models import OPEN_STATES

        return self.filter(state__in=OPEN_STATES)


def about(user: Officer) -> Q:
    """A demand about a department or a person is invisible to them (被反映人), whatever their grants."""
    return Q(about_officer=user) | Q(about_department__in=_own_bureaus(user), about_department__isnull=False)


def is_about(user: Officer, case: Case) -> bool:
    """The same of one case in hand."""
    return case.about_officer_id == user.pk or case.about_department_id in _own_bureaus(user)


def _own_bureaus(user: Officer) -> set[str]:
    return (user.departments_as() | {user.department_id}) - {g.department_id for g in user.hotline_grants()}


def _as_hotline(user: Officer) -> Q:
    may = Q(pk__in=[])
    for grant in user.hotline_grants():
        if grant.role not in HOTLINE_ROLES:
            continue
        here = Q() if grant.area is None or grant.area.kind == "city" else Q(area__code__startswith=grant.area_id)
        if grant.role in HOTLINE_CONFIDENTIAL:
            may |= here if here else ~Q(pk=None)
        else:
            taken = Exists(_model("Line").objects.filter(case=OuterRef("pk"), no=1, actor="officer", officer=user))
            may |= here & (~Q(secrecy__in=CONFIDENTIAL) | Q(taken))
        if grant.role == Role.RULER:
            may |= here & Q(dispute__in=IN_RULING)  # a confidential one too, as long as it waits for him
    return may


def _as_centre(user: Officer) -> Q:
    centres = {g.department_id for g in user.grants_now() if g.department.kind == Department.Kind.COUNTY_CENTRE}
    return Q(_held_by(centres)) if centres else Q(pk__in=[])


def _as_unit(user: Officer) -> Q:
    units = {g.department_id for g in user.grants_now() if not g.department.is_centre and g.role in UNIT_ROLES}
    if not units:
        return Q(pk__in=[])
    reviewed = user.departments_as(Role.REVIEWER) & units
    mine = Q(officer=user) | Q(substitute=user) | Q(officer__in=stood_in_for(user))
    named = Q(Exists(_holdings().filter(until=None, department__in=units).filter(mine)))
    named |= Q(_held_by(reviewed, open_only=True))
    return (~Q(secrecy__in=CONFIDENTIAL) & Q(_held_by(units))) | (Q(secrecy__in=CONFIDENTIAL) & named)


def _as_discipline(user: Officer) -> Q:
    if not user.has_role(Role.DISCIPLINE):
        return Q(pk__in=[])
    return Q(about_department__isnull=False) | Q(about_officer__isnull=False)


def _held_by(departments: Iterable[str], open_only: bool = False) -> Exists:
    held = _holdings().filter(department__in=departments)
    return Exists(held.filter(until=None) if open_only else held)


def _holdings():
    return _model("Holding").objects.filter(case=OuterRef("pk"))


def _model(name: str):
    return apps.get_model("cases", name)


def relations(user: Officer, case: Case, holdings: list[Holding]) -> set[str]:
    """How this officer stands to this case, as "role@relation" words that the table of steps uses.

    relation: hotline · city, county (its dispatcher now) · lead, assist, first (of the holding department) · superior
    (the centre one level above the lead) · last (led it when it closed) · named (whose the objector says it is, while the
    objection is open; of a confidential case nobody is). `holdings` are those of the case.
    Nobody stands in any relation to a demand about himself or his department.
    """
    found: set[str] = set()
    if is_about(user, case):
        return found
    named = named_in_dispute(case)
    for grant in user.grants_now():
        for relation in _relations_of(grant.department, case, holdings):
            found.add(f"{grant.role}@{relation}")
        if named and grant.department_id == named:
            found.add(f"{grant.role}@named")
    return found


def named_in_dispute(case: Case) -> str:
    """The department that the open objection names; asked only while there is one."""
    if case.dispute not in IN_RULING or case.secrecy in CONFIDENTIAL:
        return ""
    open_now = _model("Dispute").objects.filter(case=case.pk, is_open=True)
    return open_now.values_list("belongs_to_id", flat=True).first() or ""


def _relations_of(department: Department, case: Case, holdings: list[Holding]) -> set[str]:
    present = [h for h in holdings if h.until is None]
    found = {h.role for h in present if h.department_id == department.pk and h.role != "lead"}
    leads = sorted((h for h in present if h.role == "lead"), key=lambda h: h.DEPTH[h.level])
    if department.kind == Department.Kind.HOTLINE:
        found.add("hotline")
    if leads and leads[-1].department_id == department.pk:
        found |= {"lead"} if not department.is_centre else {leads[-1].level}
    if case.closed_at and any(
        h.role == "lead" and h.until == case.closed_at and h.department_id == department.pk for h in holdings
    ):
        found.add("last")
    if len(leads) > 1 and leads[-2].department_id == department.pk:
        found.add("superior")
    return found


def sees_contact(user: Officer, case: Case, relation_words: set[str]) -> bool:
    """Contact data may be revealed to the hotline and to present holders; of a confidential case to the hotline only."""
    relations_held = {w.split("@")[1] for w in relation_words if not w.startswith(f"{Role.DISCIPLINE}@")}  # he reads
    if case.is_confidential:
        return any(w in relation_words for w in (f"{r}@hotline" for r in HOTLINE_CONFIDENTIAL))
    return bool(relations_held & {"hotline", "lead", "assist", "first"})


def may_be_put_through(case: Case, relation_words: set[str]) -> bool:
    """中转联系: who holds a confidential case speaks with the caller through the exchange, and learns neither name nor number."""
    words = (f"{role}@{relation}" for role in UNIT_ROLES for relation in ("lead", "assist"))
    return case.secrecy == "confidential" and any(w in relation_words for w in words)


def sees_original(case: Case, relation_words: set[str]) -> bool:
    """The caller's own words of a confidential case stay with the hotline; units, and who rules between them, read the rewritten text."""
    is_hotline = any(w.endswith("@hotline") and w != f"{Role.RULER}@hotline" for w in relation_words)
    return not case.is_confidential or is_hotline
