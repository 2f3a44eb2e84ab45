"""替来电人办: once he has proved who he is, an operator does for him what his own page would let him do, and it is marked so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import rules
from suqiu.cases.advance import Actor
from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.intake import callers
from suqiu.intake.caller_limits import told_on
from suqiu.intake.models import ProofTry
from suqiu.intake.rules import can_appeal

from .. import context, looks, queries
from ..asked_before import open_promises
from ..limits.notes import shown as limit_note
from ..queries import Opened
from ..seats import Seat
from ..shell import desk_form, desk_page, see_other, to_case, when
from . import told
from .caller_forms import CallerStepForm, ProofForm

PROVED = "desk.caller"  # {"number", "way", "until"}: the one caller on the line
MINUTES = 20
KEPT = "desk.caller_step"  # {"number", "step", "values"}: typed into a step when the proof was over meanwhile
KEPT_LIMIT = 10_000  # characters of one field
STEPS = {  # in the order in which they are offered: what the button says, and what will happen
    "attempt": (gettext_lazy("替他评价"), gettext_lazy("照他说的点，不替他选，不劝。没解决就重办")),
    "settle": (gettext_lazy("他说答到点上了"), gettext_lazy("这件就了结了，算他认可了答复")),
    "not_answered": (gettext_lazy("他说没答到点上"), gettext_lazy("转给该管的单位办，时限接着走")),
    "resume": (gettext_lazy("替他补充"), gettext_lazy("记下他补充的，时限接着走")),
    "take_new_time": (gettext_lazy("他同意新时间"), gettext_lazy("原来的约定换成单位另提的时间")),
    "ask_new_time": (gettext_lazy("替他请改时间"), gettext_lazy("单位会答行不行；答应以前，原来约的照算")),
    "appeal": (
        gettext_lazy("替他申诉"),
        gettext_lazy("没经手过这件的另一位工作人员来审，结果和理由会告诉他。每次决定可以申诉一次"),
    ),
    "caller_adds": (gettext_lazy("替他补充或催办"), gettext_lazy("办理的人看得到，时限不变")),
    "withdraw": (
        gettext_lazy("替他撤回"),
        gettext_lazy("念给他听：撤回以后就不再办了，也不能恢复；没解决不用撤，可以催"),
    ),
}
DANGEROUS = {"withdraw"}


# ---- proving


@desk_form
def caller(request: HttpRequest) -> HttpResponse:
    seat = _seat(request)
    if request.method != "POST" or request.too_big:
        form = ProofForm(initial={"number": (request.GET.get("number") or _kept(request).get("number", ""))[:40]})
        return _proof_page(request, form, request.too_big.status if request.too_big else 200)
    form = ProofForm(request.POST)
    if not form.is_valid():
        return _proof_page(request, form, 422)
    said = form.cleaned_data
    number = callers.plain_number(said["number"])[:24]
    try:
        case = callers.prove(by=request.user, number=number, way=said["way"], said=said["said"], at=seat.now)
    except Refused as no:
        form.add_error(None, f"{no.reason}。{no.who_can}" if no.who_can else no.reason)
        return _proof_page(request, form, no.status)
    if case is None:
        form.add_error(None, _("对不上：编号、号码或查询码有一个不对。请他再念一遍"))
        return _proof_page(request, form, 422)
    if not Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        form.add_error(None, _("核对上了，但这件要由别人接：请转给班长或受理审核员"))
        return _proof_page(request, form, 403)
    until = seat.now + timedelta(minutes=MINUTES)
    request.session[PROVED] = {"number": case.number, "way": said["way"], "until": until.isoformat()}
    kept = _kept(request)
    if kept.get("number") == case.number:
        return see_other(reverse("desk:caller_step", args=[case.number, kept["step"]]))
    request.session.pop(KEPT, None)  # another caller
    return see_other(reverse("desk:caller_case", args=[case.number]))


def _proof_page(request: HttpRequest, form: ProofForm, status: int) -> HttpResponse:
    context = {"form": form, "has_kept_words": bool(_kept(request))}
    return render(request, "desk/phone/caller.html", context, status=status)


def _kept(request: HttpRequest) -> dict[str, Any]:
    return request.session.get(KEPT) or {}


def _keep(request: HttpRequest, number: str, name: str) -> None:
    """His words wait until he is proved once more; the same is kept of a case that exists and of one that does not."""
    values = {n: v[:KEPT_LIMIT] for n, v in request.POST.items() if n not in ("key", "seen", "csrfmiddlewaretoken")}
    request.session[KEPT] = {"number": number, "step": name, "values": values}


def _seat(request: HttpRequest) -> Seat:
    callers.check_person(request.user)
    return context.seat(request)


def _proved(request: HttpRequest, number: str, now: datetime) -> dict[str, Any] | None:
    kept = request.session.get(PROVED)
    if not kept or kept["number"] != number or parse_datetime(kept["until"]) < now:
        return None
    return kept


def _ask_again(number: str) -> HttpResponse:
    """Not proved, or a while ago: says the same of every number."""
    return see_other(reverse("desk:caller"))


# ---- his case


@desk_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    seat = _seat(request)
    if not (proved := _proved(request, number, seat.now)):
        return _ask_again(number)
    opened = queries.open_case(number, seat)
    looks.at_page(opened.case, request.user, seat.now)
    return _case_page(request, opened, proved)


def _case_page(request: HttpRequest, opened: Opened, proved: dict, status: int = 200) -> HttpResponse:
    found = opened.case
    shown = {
        "case": {"number": found.spoken_number, "title": found.title, "url": to_case(found.number)},
        "who": {"name": found.person.masked_name, "phone": found.person.masked_phone},
        "way": ProofTry.Way(proved["way"]).label,
        "until": when(parse_datetime(proved["until"]), opened.now),
        "story": told.story(found, opened.seat),
        "steps": [_offered(name, opened) for name in STEPS if _is_open(name, opened)],
        "code_url": reverse("desk:caller_code", args=[found.number]) if found.person.phone_sealed else "",
        "key": str(uuid4()),
        "limit": limit_note(limit, opened.seat, opened.now) if (limit := told_on(found)) else None,
        "limit_url": reverse("desk:caller_limit", args=[found.number]),
    }
    return render(request, "desk/phone/caller_case.html", shown, status=status)


def _is_open(name: str, opened: Opened) -> bool:
    case = opened.case
    if rules.refusal(BY_NAME[name], case, "citizen", set()) or not opened.held:
        return False
    if name == "appeal":
        return can_appeal(case, opened.now, opened.last("decide_appeal"))
    if name == "ask_new_time":
        return bool(open_promises(opened))
    return name != "caller_adds" or case.state != "W"  # while he is asked, his answer is the step that goes on


def _offered(name: str, opened: Opened) -> dict[str, Any]:
    label, note = STEPS[name]
    url = reverse("desk:caller_step", args=[opened.case.number, name])
    return {"name": name, "label": label, "note": note, "url": url, "is_danger": name in DANGEROUS}


# ---- his steps


@desk_form
def step(request: HttpRequest, number: str, name: str) -> HttpResponse:
    row = BY_NAME.get(name)
    seat = _seat(request)
    if row is None or name not in STEPS:
        raise Http404
    if not _proved(request, number, seat.now):
        if request.method == "POST" and not request.too_big:
            _keep(request, number, name)
        return _ask_again(number)
    opened = queries.open_case(number, seat)
    if request.method != "POST" or request.too_big:
        looks.at_page(opened.case, request.user, seat.now)
        if not _is_open(name, opened):
            return _step_page(request, opened, row, None, 409, _out_of_turn(opened))
        form = CallerStepForm(row, opened)
        kept = _kept(request)
        if (kept.get("number"), kept.get("step")) == (number, name):
            form.initial |= request.session.pop(KEPT)["values"]
        return _step_page(request, opened, row, form, request.too_big.status if request.too_big else 200)
    form = CallerStepForm(row, opened, request.POST)
    if not form.is_valid():
        return _step_page(request, opened, row, form, form.status)
    try:
        _take(opened, row, form)
    except Refused as no:
        if no.field and form.field_of(no.field):
            form.add_error(no.field, no.reason)
            return _step_page(request, opened, row, form, no.status)
        form.show_line(Case.objects.get(pk=opened.case.pk).line_no)
        said = {"title": _("没有记下"), "reason": no.reason, "state": no.state, "who_can": no.who_can}
        return _step_page(request, opened, row, form, no.status, said)
    messages.success(request, _("替来电人记下了「%(step)s」") % {"step": row.label})
    return see_other(reverse("desk:caller_case", args=[number]))


def _take(opened: Opened, row: Step, form: CallerStepForm) -> None:
    officer = opened.seat.officer
    import_string(row.action)(
        case=opened.case, by=Actor("citizen", officer), at=opened.now, key=form.keyed(officer),
        seen=form.cleaned_data["seen"], **form.said(),
    )  # fmt: skip


def _out_of_turn(opened: Opened) -> dict[str, Any]:
    return {
        "title": _("现在不用这样做"),
        "reason": _("这件到了现在这一步，用不着这样做了"),
        "state": opened.case.get_state_display(),
        "who_can": _("回他的诉求看现在到哪一步"),
    }


def _step_page(
    request: HttpRequest,
    opened: Opened,
    row: Step,
    form: CallerStepForm | None,
    status: int,
    refused: dict | None = None,
) -> HttpResponse:
    found = opened.case
    shown = {
        "case": {
            "number": found.spoken_number,
            "title": found.title,
            "url": reverse("desk:caller_case", args=[found.number]),
        },
        "step": _offered(row.name, opened),
        "form": form,
        "refused": refused,
        "story": told.story(found, opened.seat),
    }
    return render(request, "desk/phone/caller_step.html", shown, status=status)


# ---- a lost code


@desk_form
def code(request: HttpRequest, number: str) -> HttpResponse:
    """补发查询码: to the number he left, never to the screen."""
    seat = _seat(request)
    if request.method != "POST" or not _proved(request, number, seat.now):
        return _ask_again(number)
    if request.too_big:
        raise request.too_big
    found = queries.find(number, seat).case
    is_sent = callers.replace_code(case=found, by=request.user, at=seat.now, key=request.POST.get("key", "")[:36])
    if is_sent:
        messages.success(request, _("新的查询码发到他登记的号码上了，原来的不能用了"))
    return see_other(reverse("desk:caller_case", args=[number]))
