"""Who has to know of an objection, and of what was ruled?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.cases.models import Line
from suqiu.cases.telling import is_overtaken, officers_of, tell_officers
from suqiu.cases.visibility import IN_RULING, named_in_dispute
from suqiu.directory.models import Department
from suqiu.directory.notices import ring
from suqiu.directory.queries import hotline


def ring_rulers(line: Line) -> None:
    """All but who has just written; nothing once it is ruled."""
    if line.case.dispute in IN_RULING:
        tell_officers(line, [o for o in officers_of(hotline(), "ruler") if o.pk != line.officer_id])


def ring_named(line: Line) -> None:
    """The unit that is named sees the question and both statements, and nothing of the caller: so nothing of him rings."""
    code = named_in_dispute(line.case)
    if not code:
        return
    unit = Department.objects.get(pk=code)
    text = _("%(who)s 认为 %(number)s 该归您单位办，请在裁定前说明看法") % {
        "who": line.department,
        "number": line.case.number,
    }
    ring(
        officers=officers_of(unit, "unit_leader", "reviewer"), key=f"line:{line.pk}", text=text, at=line.at,
        case_number=line.case.number,
    )  # fmt: skip


def ring_parties(line: Line) -> None:
    """Who objected hears how it ended, whether it still has the case or not."""
    if is_overtaken(line):
        return
    dispute = line.case.disputes.filter(is_objection=True).select_related("holding__department").last()
    if dispute:
        tell_officers(line, officers_of(dispute.holding.department, "unit_leader", "reviewer"))
