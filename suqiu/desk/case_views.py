"""One case at the desk: its page, any plain step, the caller's number for a reason, its files."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suqiu.cases.advance import Actor
from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import Attachment
from suqiu.cases.rules import Refusal
from suqiu.directory.models import Matter
from suqiu.dispatch import queries as dispatch
from suqiu.doors import file_answer
from suqiu.errors import Refused

from . import context, looks, panels, turns, wording
from .event.alike import alike
from .forms import StepForm
from .queries import Opened, find, open_case
from .ruling.sheet import is_for_the_named, told
from .shell import desk_form, desk_page, is_fragment, see_other, to_case
from .targets import suggestion

WITH_REPLY = {
    "approve",
    "send_back",
    "first_sees",
    "attempt",
    "close",
    "redo",
    "refer_up",
    "find_lawful",
    "close_lawful",
    "review_answer",
    "sign_family",
}


ALIKE_SHOWN = 3
WITH_FAMILY = {"sign_family", "dispatch", "close", "close_lawful", "answer_at_once", "answer_again"}


@desk_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    seat = context.seat(request)
    try:
        opened = open_case(number, seat)
    except Http404:
        if is_for_the_named(number, seat):  # he sees the question whose it is, and no more of the case
            return see_other(reverse("desk:ruling", args=[number]))
        raise
    looks.at_page(opened.case, request.user, opened.now)
    return _case_page(request, opened)


def _case_page(request: HttpRequest, opened: Opened, status: int = 200, **more: Any) -> HttpResponse:
    allowed, refused = turns.offered(opened)
    shown = {
        "case": panels.heading(opened),
        "position": {"queue": _("今天要动"), "queue_url": reverse("desk:today")},
        "sentence": panels.sentence(opened),
        "clocks": [] if opened.is_past else panels.clocks(opened),
        **panels.demand(opened),
        "event": panels.event(opened),
        "family": panels.family(opened),
        "alike": alike(opened, ALIKE_SHOWN) if _may_join(opened, allowed) else [],
        "evidence": panels.evidence(opened, {s["name"] for s in allowed}),
        "attachments": panels.attachments(opened),
        "shots": panels.shots(opened),
        "has_meeting": bool(opened.in_cycle("call_meeting")),
        "explain_url": panels.step_url(opened, "explain") if any(s["name"] == "explain" for s in allowed) else "",
        "replies": panels.replies(opened),
        "journal": wording.journal(opened),
        "journal_foot": panels.journal_foot(opened),
        "steps_allowed": allowed,
        "steps_refused": refused,
        "caller": panels.caller(opened) | {"key": str(uuid4())},
        "holdings": panels.holdings(opened),
        "dispute": panels.dispute(opened),
        "promises": panels.promises(opened),
        "looks": panels.looks(opened),
    }
    response = render(request, "desk/case.html", shown | more, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _may_join(opened: Opened, allowed: list[dict[str, Any]]) -> bool:
    """Looked for while it still can be joined at no loss: before a unit has it."""
    return opened.case.state in "RD" and any(s["name"] == "merge" for s in allowed)


# ---- any plain step


@desk_form
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    row = BY_NAME.get(name)
    if row is None or not row.is_offered:
        raise Http404
    opened = open_case(number, context.seat(request))
    if request.too_big:
        return _step_page(request, opened, row, StepForm(row, opened), request.too_big.status, _said(request.too_big))
    if request.method != "POST":
        looks.at_page(opened.case, request.user, opened.now)
        return _opened(request, opened, row)
    form = StepForm(row, opened, request.POST, request.FILES)
    if "look" in request.POST:
        return _step_page(request, opened, row, _with_target(form), 200)
    if not form.is_valid():
        return _step_page(request, opened, row, form, 200 if is_fragment(request) else form.status)
    try:
        take_step(opened, row, form)
    except Refused as no:
        return _not_taken(request, opened, row, form, no)
    messages.success(request, _("「%(step)s」记下了") % {"step": row.label})
    return see_other(_after(opened))


def _after(opened: Opened) -> str:
    """Back to the case; to the day's page where the step took it out of sight."""
    try:
        find(opened.case.number, opened.seat)
    except Http404:
        return reverse("desk:today")
    return to_case(opened.case.number)


def _opened(request: HttpRequest, opened: Opened, row: Step) -> HttpResponse:
    no = past() if opened.is_past else turns.refusal(row, opened) or turns.in_other_hands(row, opened)
    if no is None:
        return _step_page(request, opened, row, StepForm(row, opened), 200)
    error = no.error(opened.case)
    return _step_page(request, opened, row, None, error.status, _said(error, opened, row))


def past() -> Refusal:
    return Refusal("person", _("这件已经不在您单位，只能看到那时为止的记录"), _("现在办这件的单位能做"))


def take_step(opened: Opened, row: Step, form: StepForm) -> None:
    """Calls the step's action with what the form says; raises Refused."""
    officer = opened.seat.officer
    by = Actor("citizen", officer) if row.name in turns.RECORDED_FOR_CALLER else officer
    import_string(row.action)(
        case=opened.case, by=by, at=opened.now, key=form.keyed(officer), seen=form.cleaned_data["seen"], **form.said()
    )


def _not_taken(request: HttpRequest, opened: Opened, row: Step, form: StepForm, no: Refused) -> HttpResponse:
    """Said beside the field it names, or above the form; what was typed stays, and the form now stands at the last line."""
    fresh = open_case(opened.case.number, opened.seat)
    if field := form.field_of(no.field):
        form.add_error(field, no.reason)
    else:
        form.show_line(fresh.case.line_no)
    if is_fragment(request):
        shown = _said(no, fresh, row) | {"line_no": fresh.case.line_no}
        return render(request, "desk/_step_refused.html", {"refused": shown}, status=no.status)
    form.opened = fresh
    return _step_page(request, fresh, row, form, no.status, None if field else _said(no, fresh, row))


def _said(no: Refused, opened: Opened | None = None, row: Step | None = None) -> dict[str, Any]:
    ways = []
    if opened and row:
        ways = [
            {"url": panels.step_url(opened, name), "label": BY_NAME[name].label}
            for name in turns.supplying(row, opened)
        ]
        ways.append({"url": to_case(opened.case.number), "label": _("看现在的情况")})
    title = _("现在还不能%(step)s") % {"step": row.label} if row else _("没有收下")
    return {"title": title, "reason": no.reason, "state": no.state, "who_can": no.who_can, "ways": ways}


def _with_target(form: StepForm) -> StepForm:
    """按目录找单位: the form again, as typed, with the unit that the catalogue names for the matter chosen."""
    chosen = form.data.get("matter", "")
    matter = Matter.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    found = suggestion(form.opened.case, matter, from_city=form.row.name == "dispatch")
    typed = {name: form.data[name] for name in form.fields if name in form.data}
    again = StepForm(form.row, form.opened)
    again.initial |= typed | {"department": found.code, "why": found.why}
    return again


def _step_page(
    request: HttpRequest, opened: Opened, row: Step, form: StepForm | None, status: int, refused: dict | None = None
) -> HttpResponse:
    officer, case = opened.seat.officer, opened.case
    shown = {
        "step": turns.described(row, opened)
        | {
            "url": reverse("desk:step", args=[case.number, row.name]),
            "draft": f"{officer.pk}-{case.number}-{row.name}" if form and row.asks else "",
            "why": form.initial.get("why", "") if form else "",
        },
        "form": form,
        "refused": refused,
        "case": panels.heading(opened),
        "sentence": panels.sentence(opened),
        **panels.demand(opened),
        "evidence": panels.evidence(opened, set()),
        "family": panels.family(opened) if row.name in WITH_FAMILY else None,
        "replies": panels.replies(opened)[:1] if row.name in WITH_REPLY else [],
        "tries": panels.tries(opened) if row.name == "attempt" else [],
        "has_lost_files": bool(request.FILES),
        "can_look": row.name == "dispatch",
        "precedents": _precedents(opened, form) if row.name in ("dispatch", "send_on") else [],
    }
    return render(request, "desk/step.html", shown, status=status)


def _precedents(opened: Opened, form: StepForm | None) -> list[dict[str, Any]]:
    """How such a case was ruled before: of the matter that is chosen on the form, else of the case's own."""
    chosen = str((form.initial.get("matter") if form else "") or opened.case.matter_id or "")
    matter = Matter.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    return told(dispatch.precedents(matter.code, opened.case.area), opened) if matter else []


# ---- the caller's number


@desk_form
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Shows name and number once, on the page that answers; the look is written first. Asked for again, it is the page without them."""
    if request.method != "POST":
        return see_other(to_case(number))
    if request.too_big:
        raise request.too_big
    opened = open_case(number, context.seat(request))
    if not opened.sees_contact:
        raise Refused(
            _("您现在不能看来电人的联系方式"),
            who_can=_("热线中心和正在办这件的单位能看；保密件只有热线中心能看"),
            status=403,
        )
    said = request.POST
    looks.at_contact(
        case=opened.case,
        by=request.user,
        reason=said.get("reason", ""),
        words=said.get("words", ""),
        at=opened.now,
        key=said.get("key", "")[:36],
    )
    person = opened.case.person
    opened = open_case(number, opened.seat)
    caller = panels.caller(opened) | {
        "revealed": person.phone or _("没留电话"),
        "revealed_name": person.name,
        "is_number": bool(person.phone),
    }
    return _case_page(request, opened, caller=caller)


# ---- files


@desk_page
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture as it may be seen (upright, without place or device), or a paper as a download; the look is written."""
    found = Attachment.objects.filter(pk=pk, removed_at=None).select_related("case").first()
    if found is None:
        raise Http404
    opened = open_case(found.case.number, context.seat(request))
    if not opened.sees_file(found.kind, found.line_no):
        raise Http404
    answer = file_answer(found, "no-store, private")
    looks.at_file(opened.case, request.user, opened.now, found.pk)
    return answer
