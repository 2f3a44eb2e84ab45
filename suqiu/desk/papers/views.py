"""交办单 and the case on paper, in the official layout: masked like the screen, marked with who printed it and when, recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import Look
from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from .. import context, panels
from ..queries import Opened, open_case
from ..shell import desk_form
from . import layout

PAPERS: dict[str, tuple[Any, Callable[[Opened], dict[str, Any]]]] = {
    "order": (gettext_lazy("交办单"), layout.order),
    "case": (gettext_lazy("诉求工单"), layout.whole),
    "meeting": (gettext_lazy("网下办会办单"), layout.meeting),
}


@desk_form
def paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Asked for by a link, it says what will be on it and that it is recorded; the press of the button makes and records it."""
    if paper not in PAPERS:
        raise Http404
    title, of = PAPERS[paper]
    opened = open_case(number, context.seat(request))
    if request.too_big:
        raise request.too_big
    if paper == "order" and not layout.was_dispatched(opened):
        raise Refused(_("还没派出，没有交办单"), state=opened.case.get_state_display(), who_can=_("派单以后再打"))
    if paper == "meeting" and not layout.was_called(opened):
        raise Refused(_("这一轮没有约过网下办"), state=opened.case.get_state_display(), who_can=_("约了以后再打"))
    shown = {"title": title, "number": opened.case.spoken_number, "case_number": number, "paper": paper}
    if request.method != "POST":
        return render(request, "desk/papers/ask.html", shown | {"key": str(uuid4()), "subject": panels.title(opened)})
    no = _record(opened, request.user, paper, request.POST.get("key", "")[:36])
    printed = layout.mark(request.user, opened.now, no)
    response = render(request, "desk/papers/paper.html", shown | of(opened) | {"mark": printed})
    response["Cache-Control"] = "no-store, private"
    return response


def _record(opened: Opened, by: Officer, paper: str, key: str) -> int:
    """The look and its line in the office journal, in one transaction. Returns the number of that line: it stands on the paper."""
    with transaction.atomic():
        Look.objects.create(case=opened.case, officer=by, at=opened.now, what=Look.What.PRINT, reason=paper)
        line = office.write(act="print", by=by, at=opened.now, case=opened.case.number, paper=paper, key=key)
    return line.no
