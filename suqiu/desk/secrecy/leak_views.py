"""泄露查询: a number in, and everyone who saw that case, when and what of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import leaks
from suqiu.cases.models import Case
from suqiu.speech import joined

from .. import registry
from ..paging import paged
from ..shell import desk_page
from .showing import at, who


@desk_page
def leak(request: HttpRequest) -> HttpResponse:
    leaks.check_may_read(request.user)
    wanted = request.GET.get("number", "").strip()[:40]
    shown: dict[str, Any] = {"wanted": wanted, "not_recorded": leaks.NOT_RECORDED}
    if not wanted:
        return render(request, "desk/secrecy/leak.html", shown)
    number = wanted.replace(" ", "").replace("-", "").upper()
    case = Case.objects.visible_to(request.user).filter(number=number).first()
    if case is None:
        return render(request, "desk/secrecy/leak.html", shown | {"is_lost": True}, status=404)
    report = leaks.report(case=case, by=request.user, at=timezone.now())
    page, pager = paged(request, leaks.looks(case), number=case.number)
    spans = leaks.Spans(case)
    shown |= {
        "number": case.spoken_number,
        "viewers": [_viewer(v) for v in report.viewers],
        "looks": [{"at": at(k.at), "who": who(k.officer), "saw": leaks.saw(k, spans)} for k in page],
        "pager": pager,
        "letters": [_letter(m) for m in report.letters],
        "chained": leaks.chained_said(report.chained),
        "report_url": f"{reverse('desk:breaches')}?{urlencode({'number': case.number})}",
    }
    return render(request, "desk/secrecy/leak.html", shown)


def _viewer(v: leaks.Viewer) -> dict[str, Any]:
    counted = [f"{label} ×{n}" for label, n in leaks.explained(v.looks)]
    if v.steps:
        counted.append(ngettext("办过 %(n)d 步", "办过 %(n)d 步", v.steps) % {"n": v.steps})
    if v.bells:
        counted.append(_("铃声 %(n)d 次，只有编号和一句话") % {"n": v.bells})
    return {
        "who": who(v.officer),
        "login": v.officer.username,
        "unit": joined([registry.unit_name(v.officer.department_id), v.officer.post]),
        "has_contact": v.has_contact,
        "counted": joined(counted),
        "first": at(v.first),
        "last": at(v.last),
    }


def _letter(message) -> dict[str, Any]:
    return {
        "to": message.to_masked,
        "channel": message.get_channel_display(),
        "state": message.get_status_display(),
        "at": at(message.at),
    }
