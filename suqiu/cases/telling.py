"""How are people told of a line? Officers by bell, and by SMS when it cannot wait; the caller by SMS in his language."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.models import Department, Officer
from suqiu.directory.notices import ring
from suqiu.directory.queries import officers_as, on_duty
from suqiu.gateways import outbox
from suqiu.gateways.wordings import said

from .flow import BY_NAME
from .models import Case, ClockKind, Line, Urgency

BY_WHEN = {  # what a running clock means to the citizen; kinds that are not here are the offices' own affair
    ClockKind.ACCEPT: gettext_lazy("告诉您受不受理"),
    ClockKind.DISPATCH: gettext_lazy("派到该管的单位"),
    ClockKind.SUB_TERM: gettext_lazy("由县里派到承办单位"),
    ClockKind.CONTACT: gettext_lazy("有人联系您"),
    ClockKind.OUTER: gettext_lazy("书面答复您"),
    ClockKind.REDO: gettext_lazy("重新办过并答复您"),
    ClockKind.CONFIRM: gettext_lazy("另一位工作人员定要不要重办"),
    ClockKind.LEADER: gettext_lazy("市领导定怎么办"),
    ClockKind.PLAN: gettext_lazy("按计划办成"),
    ClockKind.RECHECK: gettext_lazy("再核一次，告诉您做了什么"),
    ClockKind.APPEAL: gettext_lazy("告诉您申诉的结果"),
}


def is_overtaken(line: Line) -> bool:
    """A later line changed the state: what this one would have asked for is no longer wanted."""
    return line.case.lines.filter(no__gt=line.no).exclude(columns__state=line.columns["state"]).exists()


def tell_officers(line: Line, officers: Iterable[Officer], *, what: str = "") -> None:
    """A bell for each; an SMS too when the case is urgent. Never a word of the caller in either."""
    case, label = line.case, what or str(BY_NAME[line.step].label)
    text = _("%(label)s：%(title)s") % {"label": label, "title": _safe_title(case)}
    officers = [o for o in officers if Case.objects.visible_to(o).filter(pk=case.pk).exists()]
    told = ring(officers=officers, key=f"line:{line.pk}", text=text, at=line.at, case_number=case.number)
    if case.urgency == Urgency.NORMAL:
        return
    for officer in told:
        body = said("officer_urgent", urgency=case.get_urgency_display(), number=case.number, label=label)
        outbox.write(
            key=f"officer:{line.pk}:{officer.pk}",
            channel="sms",
            to=officer.phone,
            body=body,
            at=line.at,
            case_number=case.number,
        )


def tell_caller(line: Line, body: str, *, key: str = "") -> None:
    """One SMS in the caller's language; nothing where there is no number."""
    person = line.case.person
    if person.phone_sealed:
        outbox.write(
            key=key or f"caller:{line.pk}",
            channel="sms",
            to=person.phone,
            body=body,
            at=line.at,
            case_number=line.case.number,
        )


def in_callers_language(case: Case):
    return translation.override(case.language)


def tracking_address(case: Case) -> str:
    return f"{settings.SITE_ADDRESS}/track/?number={case.number}"


def officers_of(department: Department | None, *roles: str) -> list[Officer]:
    return [o for role in roles for o in officers_as(role, department)] if department else []


def with_duty(case: Case, department: Department | None, officers: list[Officer]) -> list[Officer]:
    """When life is in danger the roster is woken too, whatever the hour."""
    woken = on_duty(department, timezone.now()) if department and case.urgency == Urgency.CRITICAL else None
    return [*officers, woken] if woken else officers


def _safe_title(case: Case) -> str:
    """The title of a confidential case says more than a bell should."""
    return _("保密件") if case.is_confidential else case.title
