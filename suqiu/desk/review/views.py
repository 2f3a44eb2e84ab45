"""The reviewer's one screen: what was asked, what would go out, on what it rests; then send it or send it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import State
from suqiu.cases.rules import Refusal
from suqiu.errors import Refused
from suqiu.speech import sentences

from .. import context, looks, panels, turns
from ..case_views import past, take_step
from ..forms import StepForm
from ..queries import Opened, open_case
from ..queues import BY_NAME as QUEUE
from ..queues import in_queue
from ..seats import Seat
from ..shell import desk_form, see_other, to_case
from . import sheet

DECISIONS = ("approve", "send_back")
QUEUE_READ = 200  # so many of the queue are known, for the next and the one before


@desk_form
def review(request: HttpRequest, number: str) -> HttpResponse:
    seat = context.seat(request)
    opened = open_case(number, seat)
    if no := _refusal(opened):
        raise no.error(opened.case)
    if request.method != "POST" or request.too_big:
        looks.at_page(opened.case, request.user, opened.now)
        return _page(request, opened, refused=request.too_big)
    row = BY_NAME.get(request.POST.get("decision", "")) if request.POST.get("decision") in DECISIONS else None
    if row is None:
        raise Http404
    form = _form(row, opened, request.POST)
    if not form.is_valid():
        return _page(request, opened, form=form, status=form.status)
    onward = _position(seat, number)["next_url"]
    try:
        take_step(opened, row, form)
    except Refused as no:
        return _not_taken(request, number, row, no)
    messages.success(request, _("「%(step)s」记下了") % {"step": row.label})
    return see_other(onward or QUEUE["to-review"].url)


def _refusal(opened: Opened) -> Refusal | None:
    """Sending back needs no evidence: who may not even do that has no business here."""
    return past() if opened.is_past else turns.refusal(BY_NAME["send_back"], opened)


def _form(row: Step, opened: Opened, data: Any = None) -> StepForm:
    form = StepForm(row, opened, data)
    form.auto_id = f"{row.name}_%s"
    return form


def _not_taken(request: HttpRequest, number: str, row: Step, no: Refused) -> HttpResponse:
    """The words stay; if the reply has moved on meanwhile, the page says who moved it."""
    fresh = open_case(number, context.seat(request))
    if fresh.case.state != State.IN_REVIEW:
        raise no
    form = _form(row, fresh, request.POST)
    form.is_valid()
    form.show_line(fresh.case.line_no)
    return _page(request, fresh, form=form, status=no.status, refused=no)


def _page(
    request: HttpRequest,
    opened: Opened,
    form: StepForm | None = None,
    status: int = 200,
    refused: Refused | None = None,
) -> HttpResponse:
    laid = sheet.sheet(opened)
    is_grave = any(h.is_grave for h in laid["hints"])
    shown = {
        "case": panels.heading(opened),
        "sentence": panels.sentence(opened),
        "caller": panels.caller(opened),
        **panels.demand(opened),
        **laid,
        "waiting": opened.case.callers_waiting,
        "decisions": [
            _decision(name, opened, laid["hints"], form) for name in (DECISIONS[::-1] if is_grave else DECISIONS)
        ],
        "is_grave": is_grave,
        "position": _position(opened.seat, opened.case.number),
        "refused": _said(refused, opened) if refused else None,
        "url": reverse("desk:review", args=[opened.case.number]),
    }
    response = render(request, "desk/review/review.html", shown, status=refused.status if refused else status)
    response["Cache-Control"] = "no-store, private"
    return response


def _decision(name: str, opened: Opened, hints: list, given: StepForm | None) -> dict[str, Any]:
    row = BY_NAME[name]
    form = given if given and given.row.name == name else _form(row, opened)
    if name == "send_back" and hints and not form.is_bound:
        form.initial["words"] = "\n".join(h.about for h in hints)
    no = turns.refusal(row, opened)
    return turns.described(row, opened) | {
        "form": form,
        "is_open": form.is_bound,
        "refused": sentences([no.reason, no.who_can]) if no else "",
    }


def _position(seat: Seat, number: str) -> dict[str, Any]:
    """Where this one stands among those that wait for a reviewer, by the time left."""
    queue = QUEUE["to-review"]
    numbers = list(
        in_queue(queue, seat)
        .order_by(F("next_due_at").asc(nulls_last=True), "id")
        .values_list("number", flat=True)[:QUEUE_READ]
    )
    if number not in numbers:
        return {
            "queue": queue.label,
            "queue_url": queue.url,
            "nth": 0,
            "of": len(numbers),
            "previous_url": "",
            "next_url": "",
        }
    nth = numbers.index(number)
    near = [reverse("desk:review", args=[n]) for n in numbers]
    return {
        "queue": queue.label, "queue_url": queue.url, "nth": nth + 1, "of": len(numbers),
        "previous_url": near[nth - 1] if nth else "", "next_url": near[nth + 1] if nth + 1 < len(near) else "",
    }  # fmt: skip


def _said(no: Refused, opened: Opened) -> dict[str, Any]:
    ways = [{"url": to_case(opened.case.number), "label": _("看现在的情况")}]
    return {"title": _("现在还不能定"), "reason": no.reason, "state": no.state, "who_can": no.who_can, "ways": ways}
