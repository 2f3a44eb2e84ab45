"""Whom do exports, breaches and citizens' requests ring, and again when their term runs out? No word of a caller is in a bell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from suqiu.directory.models import Officer
from suqiu.directory.notices import ring
from suqiu.directory.queries import hotline

from .models import Breach, Case, DataRequest, ExportRequest
from .telling import officers_of

LAST_PART = 4  # so much of a term is left, one part in four, when it rings a second time


def export_asked(asked: ExportRequest, seconds: Iterable[str]) -> None:
    with override("zh-hans"):
        text = _("导出申请 %(no)s 号等第二人：%(who)s，%(n)d 件") % {
            "no": asked.pk,
            "who": asked.by,
            "n": asked.asked_for,
        }
        ring(officers=_others(seconds, asked.by_id), key=f"export:{asked.pk}", text=text, at=asked.at)


def breach_reported(breach: Breach, handlers: Iterable[str]) -> None:
    with override("zh-hans"):
        told = {"no": breach.pk, "authority": _moment(breach.authority_by), "caller": _moment(breach.tell_by)}
        text = _("泄露事件 %(no)s 号：%(authority)s 前报告主管部门，%(caller)s 前告诉本人") % told
        _ring_breach(breach, handlers, "reported", text, breach.at, but=breach.by_id)


def breach_closing(breach: Breach, handlers: Iterable[str], at: datetime) -> None:
    with override("zh-hans"):
        text = _("泄露事件 %(no)s 号提请结案，等第二人") % {"no": breach.pk}
        _ring_breach(breach, handlers, f"closing:{at.isoformat()}", text, at, but=breach.asked_by_id)


def data_asked(asked: DataRequest, answerers: Iterable[str]) -> None:
    with override("zh-hans"):
        told = {"what": asked.get_kind_display(), "when": _moment(asked.due_at)}
        _ring_request(asked, answerers, "asked", _("来电人提了：%(what)s，%(when)s 前答复") % told, asked.asked_at)


def data_second(asked: DataRequest, seconds: Iterable[str], at: datetime) -> None:
    with override("zh-hans"):
        _ring_request(asked, seconds, f"second:{at.isoformat()}", _("删除个人信息，等第二人"), at, but=asked.by_id)


def ring_terms_of_breaches(handlers: Iterable[str], now: datetime) -> None:
    """In the last quarter of a term, and once it is over; each rings once, a worker that was down catches up."""
    with override("zh-hans"):
        for breach in _open_breaches():
            if not breach.authority_told_at:
                _ring_term(breach, handlers, "authority", breach.authority_by, _("报告主管部门"), now)
            if not breach.told_at:
                _ring_term(breach, handlers, "tell", breach.tell_by, _("告诉本人"), now)


def ring_terms_of_requests(answerers: Iterable[str], seconds: Iterable[str], now: datetime) -> None:
    """The same of what citizens ask: whoever answers it, or, once it is answered, who must agree to that."""
    with override("zh-hans"):
        for asked in DataRequest.objects.filter(state__in=("waiting", "second")).select_related("case"):
            if part := _part(asked.asked_at, asked.due_at, now):
                told = {"what": asked.get_kind_display(), "when": _moment(asked.due_at)}
                text = (_("过了时限：%(what)s") if part == "over" else _("快到时限：%(what)s，%(when)s")) % told
                roles = seconds if asked.state == DataRequest.State.SECOND else answerers
                _ring_request(asked, roles, part, text, now, but=asked.by_id)


def _ring_term(breach: Breach, handlers: Iterable[str], which: str, due: datetime, what: str, now: datetime) -> None:
    if part := _part(breach.at, due, now):
        told = {"no": breach.pk, "what": what, "when": _moment(due)}
        said = (
            _("泄露事件 %(no)s 号过了时限：还没有%(what)s")
            if part == "over"
            else _("泄露事件 %(no)s 号：%(when)s 前要%(what)s")
        )
        _ring_breach(breach, handlers, f"{which}:{part}", said % told, now)


def _part(since: datetime, due: datetime, now: datetime) -> str:
    if now > due:
        return "over"
    return "soon" if now >= due - (due - since) / LAST_PART else ""


def _ring_breach(
    breach: Breach, roles: Iterable[str], what: str, text: str, at: datetime, but: int | None = None
) -> None:
    """Whom one of its cases is about is not rung: he does not see the breach either."""
    cases = breach.cases.all()
    n = cases.count()
    seeing = [o for o in _others(roles, but) if Case.objects.visible_to(o).filter(pk__in=cases).count() == n]
    ring(officers=seeing, key=f"breach:{breach.pk}:{what}", text=text, at=at)


def _ring_request(
    asked: DataRequest, roles: Iterable[str], what: str, text: str, at: datetime, but: int | None = None
) -> None:
    seeing = [o for o in _others(roles, but) if Case.objects.visible_to(o).filter(pk=asked.case_id).exists()]
    ring(officers=seeing, key=f"data:{asked.pk}:{what}", text=text, at=at, case_number=asked.case.number)


def _open_breaches() -> QuerySet[Breach]:
    return Breach.objects.filter(Q(authority_told_at=None) | Q(told_at=None)).exclude(state=Breach.State.CLOSED)


def _others(roles: Iterable[str], but: int | None) -> list[Officer]:
    """At the hotline in one of these posts, never staff of a contractor."""
    found = {o.pk: o for o in officers_of(hotline(), *roles)}
    return [o for o in found.values() if o.pk != but and not o.is_third_party]


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "m-d H:i")
