"""The phone desk: a caller on the line becomes a case in one form, and hears number and query code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case
from suqiu.directory.models import Department, Role
from suqiu.errors import Refused
from suqiu.intake import calls, shown_code
from suqiu.intake.actions import receive
from suqiu.intake.callers import may_act_for_callers
from suqiu.intake.known_events import is_usable, may_announce
from suqiu.intake.models import CallDraft

from .. import context, queries, registry
from ..event.alike import alike
from ..seats import HOTLINE, Seat
from ..shell import desk_form, desk_page, see_other, to_case, when
from . import suggestions, told
from .forms import ACCEPT, ANSWER, DISPATCH, EVENT, REGISTER, IntakeForm

DRAFTS_SHOWN, ALIKE_SHOWN = 5, 3


@desk_form
def intake(request: HttpRequest) -> HttpResponse:
    seat = operator_seat(request)
    if request.too_big or request.method != "POST":
        refused = _said(request.too_big) if request.too_big else None
        return _opened(request, seat, request.too_big.status if refused else 200, refused)
    form = IntakeForm(request.POST, can_dispatch=can_dispatch(seat))
    if "look" in request.POST:
        return _look_up(request, form, seat)
    if "seek" in request.POST or "take" in request.POST:
        return _intake_page(request, _with_taken(form, request.POST.get("take", "")), seat, 200)
    if not form.is_valid():
        return _intake_page(request, form, seat, form.status)
    try:
        _register(request, form, seat.now)
    except Refused as no:
        form.add_error(form.field_of(no.field), _reason(no))
        if no.field == "event":  # over meanwhile: any other way is open again
            form.data = form.data.copy()
            form.data["event"] = ""
        return _intake_page(request, form, seat, no.status)
    return see_other(reverse("desk:intake_saved"))


def operator_seat(request: HttpRequest) -> Seat:
    seat = context.seat(request)
    if not seat.has(HOTLINE, Role.OPERATOR):
        raise Refused(_("电话登记由话务员做"), who_can=_("热线中心的话务员"), status=403)
    return seat


def can_dispatch(seat: Seat) -> bool:
    """Also a dispatcher of the city, and no outsider: then one press registers, accepts and dispatches."""
    return seat.officer.is_at_hotline_as(Role.DISPATCHER) and not seat.officer.is_third_party


def _with_taken(form: IntakeForm, taken: str) -> IntakeForm:
    """Without a script: the form as typed, with the suggestion that was pressed (event:7, matter:12)."""
    name, _colon, value = taken.partition(":")
    if name in ("event", "area", "matter"):
        form.data = form.data.copy()
        form.data[name] = "" if name == "event" and form.data.get(name) == value else value
    form.errors.clear()
    return form


def _reason(no: Refused) -> str:
    return " ".join(str(part) for part in (no.reason, no.who_can) if part)


# ---- registering


def _register(request: HttpRequest, form: IntakeForm, now: datetime) -> None:
    """Two presses at the same moment: the one that comes second finds the key taken, and gets the answer of the first."""
    try:
        _receive(request, form, now)
    except IntegrityError:
        _receive(request, form, now)


@transaction.atomic
def _receive(request: HttpRequest, form: IntakeForm, now: datetime) -> None:
    """The case, what follows at once, the end of the draft, and the session's memory of the code: all or nothing."""
    key = form.keyed(request.user)
    language = "zh-hans"  # of the call, not of the operator's screen
    case, code = receive(demand=form.demand(language), by=request.user, at=now, key=key)
    for n, (step, given) in enumerate(_following(form, case), 1):
        import_string(BY_NAME[step].action)(case=case, by=request.user, at=now, key=key + "+" * n, **given)
    calls.drop(by=request.user, key=form.cleaned_data["key"])
    if code:
        shown_code.keep(request.session, shown_code.AT_DESK, number=case.number, code=code, at=now)
        request.session.save()
        request.session.modified = False


def _following(form: IntakeForm, case: Case) -> list[tuple[str, dict[str, Any]]]:
    """The steps taken in the same breath, each with its fields."""
    said, then = form.cleaned_data, form.cleaned_data["then"]
    if then == REGISTER:
        return []
    if then == EVENT:
        known = said["event"]
        source = _("突发口径：%(event)s（%(who)s发布）") % {"event": known.event.title, "who": known.made_by.full_name}
        return [(ANSWER, {"answer": known.text, "source": source})]
    if then == DISPATCH:
        return [(ACCEPT, form.taken(ACCEPT)), (DISPATCH, _target(form))]
    return [(then, form.taken(then))]


def _target(form: IntakeForm) -> dict[str, Any]:
    """To whom: the one chosen on the form, or the one the catalogue names for place and item."""
    said = form.cleaned_data
    department = said.get("department")
    if department is None:
        typed = suggestions.Typed(area=said["area"].pk, matter=said["matter"].pk)
        typed.about = said["about_department"].pk if said["about_department"] else ""
        found = suggestions.target(typed) or {"code": "", "why": ""}
        department = Department.objects.filter(pk=found["code"]).first() if found["code"] else None
        if department is None:
            raise Refused(found["why"] or _("目录里没有对应的单位，请自己选"), status=422, field="department")
    return {"matter": said["matter"], "department": department}


@desk_page
def saved(request: HttpRequest) -> HttpResponse:
    seat = context.seat(request)
    code = shown_code.code_in(request.session, shown_code.AT_DESK, seat.now)
    if not code:
        return see_other(reverse("desk:intake"))
    cases = Case.objects.visible_to(request.user).select_related("lead_department", "event")
    case = cases.filter(number=shown_code.number_in(request.session, shown_code.AT_DESK)).first()
    if case is None:
        return see_other(reverse("desk:intake"))
    shown = {
        "case": {
            "number": case.spoken_number,
            "title": case.title,
            "url": to_case(case.number),
            "state": case.get_state_display(),
        },
        "code": f"{code[:4]} {code[4:]}",
        "until": when(shown_code.until(request.session, shown_code.AT_DESK), seat.now),
        "tell": told.just_registered(case, seat),
        "event": case.event.title if case.event else "",
        "alike": _alike(case, seat),
        "join_url": reverse("desk:event_join", args=[case.number]),
        "has_number": bool(case.person.phone_sealed),
        "drafts": CallDraft.objects.filter(officer=request.user).count(),
    }
    return render(request, "desk/phone/saved.html", shown)


def _alike(case: Case, seat: Seat) -> list[dict[str, Any]]:
    """While he is still on the line: others who said the same, into whose case this one may go."""
    if case.state not in "RD":
        return []
    return alike(queries.open_case(case.number, seat), ALIKE_SHOWN)


# ---- who calls


def _look_up(request: HttpRequest, form: IntakeForm, seat: Seat) -> HttpResponse:
    """What this number asked before, masked as everywhere; the look-up is a line in the office journal."""
    form.errors.clear()
    number = form.number_given
    if not number:
        form.add_error("phone", _("先写下完整的来电号码，再查"))
        return _intake_page(request, form, seat, 422)
    return _intake_page(request, form, seat, 200, caller=told.caller_of(number, seat))


# ---- the page


def _opened(request: HttpRequest, seat: Seat, status: int, refused: dict | None) -> HttpResponse:
    """A new call, or the one that was interrupted: ?call= names it; without it the latest is taken up again."""
    own = CallDraft.objects.filter(officer=request.user)
    wanted = request.GET.get("call", "")
    kept = own.filter(key=wanted).first() if wanted else own.first()
    if wanted == "new" or kept is None:
        form = IntakeForm(can_dispatch=can_dispatch(seat))
        return _intake_page(request, form, seat, status, refused)
    values = calls.read(kept) | {"key": kept.key}
    if not is_usable(values.get("event", ""), seat.now):
        values.pop("event", None)
    form = IntakeForm(can_dispatch=can_dispatch(seat), initial=values)
    return _intake_page(
        request, form, seat, status, refused, restored=when(kept.saved_at, seat.now), revision=kept.revision
    )


def _intake_page(
    request: HttpRequest, form: IntakeForm, seat: Seat, status: int, refused: dict | None = None, **more: Any
) -> HttpResponse:
    values = {name: form[name].value() or "" for name in form.fields}
    key = values["key"]
    shown = {
        "form": form,
        "refused": refused,
        "caller": None,
        "found": suggestions.found(suggestions.read({n: str(v) for n, v in values.items()}), seat),
        "drafts": _drafts(request, seat, key),
        "revision": _revision(request, key) if form.is_bound else 0,
        "is_posted": form.is_bound,
        "restored": "",
        "can_dispatch": form.can_dispatch,
        "may_announce": may_announce(seat.officer),
        "may_act": may_act_for_callers(seat.officer),
        "city": {"name": registry.city_name()},
    }
    return render(request, "desk/phone/desk.html", shown | more, status=status)


def _revision(request: HttpRequest, key: str) -> int:
    """Of the draft that a refused form was kept under."""
    kept = CallDraft.objects.filter(officer=request.user, key=key).values_list("revision", flat=True)
    return kept.first() or 0


def _drafts(request: HttpRequest, seat: Seat, key: str) -> list[dict[str, Any]]:
    """Other calls half written down."""
    found = []
    for kept in CallDraft.objects.filter(officer=request.user).exclude(key=key)[:DRAFTS_SHOWN]:
        words = calls.read(kept).get("words", "").strip()
        found.append(
            {
                "key": kept.key,
                "url": f"{reverse('desk:intake')}?call={kept.key}",
                "words": words[:24] or _("还没有写内容"),
                "at": when(kept.saved_at, seat.now),
            }
        )
    return found


def _said(no: Refused) -> dict[str, Any]:
    return {"title": _("没有收下"), "reason": no.reason, "state": "", "who_can": ""}
