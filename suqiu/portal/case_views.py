"""One case, as its citizen sees it: what comes next, his own steps, his pictures, and the one-time link that asks him."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.cases import rules
from suqiu.cases.advance import CITIZEN
from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import Case
from suqiu.doors import file_answer
from suqiu.errors import Refused
from suqiu.speech import spoken

from . import (
    again,
    answered,
    data_views,
    known_event,
    ledger,
    limit_views,
    promised,
    proof,
    queries,
    receipts,
    story,
    told,
    turns,
)
from .forms import StepForm
from .nothing_lost import POSTS_ONLY, FormRequest, form_page
from .shell import page, see_other, token_lost


@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    if not proof.knows(request, number):
        return again.ask(request, number)
    return _case_page(request, number)


def _case_page(request: HttpRequest, number: str, status: int = 200, problem: str = "") -> HttpResponse:
    found, now = queries.read(proof.id_or_404(request, number)), timezone.now()
    main, more = turns.offered(found, now)
    context = {
        "problem": problem,
        "rating": turns.rating(found),
        "number": told.number(found.case),
        "number_url": told.number_url(found.case),
        "leak_url": told.leak_url(found),
        "data_url": data_views.url(found.case),
        "case": told.heading(found.case),
        "next_thing": told.next_thing(found, now),
        "known_event": known_event.told(found.case, now),
        "filed_for": told.filed_for(found, now),
        "limit": limit_views.note(found.case, now),
        "asked": told.asked(found),
        "stages": told.stages(found),
        "reply": answered.reply(found, now),
        "attachments": answered.pictures(found.sent_files, _("办理后")),
        "own_pictures": answered.pictures(found.own_files, _("您交的")),
        "ledger": ledger.shown(found, now),
        "promises": promised.promises(found, now),
        "workings": promised.workings(found),
        "holder": told.holder(found),
        "asks": answered.asks(found),
        "journal": story.journal(found),
        "looks": story.looks(found),
        "contact_looks": found.case.contact_looks,
        "page_looks": found.case.page_looks,
        "receipt": receipts.shown(found, now),
        "actions": main,
        "more_actions": more,
    }
    return page(request, "portal/case.html", context, status)


def _rate_answer(request: FormRequest, number: str) -> HttpResponse:
    """答到点上没有? Five levels of an answer given at once, one tap: the first three settle it, the last two send it on."""
    if not proof.knows(request, number):
        return again.ask(request, number)
    case, level = Case.objects.get(pk=proof.id_or_404(request, number)), request.POST.get("satisfied", "")
    if request.is_token_lost or level not in dict(turns.LEVELS):
        return _case_page(request, number, 403 if request.is_token_lost else 422, _("没有记下点的是哪个，请再点一次"))
    row = BY_NAME[turns.LEADS_TO[level]]
    form = StepForm(
        row, {"key": request.POST.get("key", ""), "seen": request.POST.get("seen", "")} | {"satisfied": level}
    )
    if not form.is_valid():
        return _case_page(request, number, 422, _("没有记下点的是哪个，请再点一次"))
    try:
        _take(case, row, form, timezone.now())
    except Refused as no:
        return _not_taken(request, Case.objects.get(pk=case.pk), row, form, no)
    messages.success(request, turns.THANKS[row.name])
    return see_other("case", number)


rate_answer = form_page(_rate_answer, POSTS_ONLY)


# ---- his own steps


@form_page
def step(request: FormRequest, number: str, name: str) -> HttpResponse:
    row = BY_NAME.get(name)
    if row is None or name not in turns.TURNS:
        raise Http404
    if not proof.knows(request, number):
        return again.ask(request, number, name)
    case = Case.objects.get(pk=proof.id_or_404(request, number))
    if request.too_big:
        return _step_page(
            request, case, row, _form(row, case, initial={"seen": case.line_no}), 413, _refused(request.too_big, case)
        )
    if request.method != "POST":
        return _opened(request, case, row)
    form = _form(row, case, request.POST, request.FILES, is_hurry=_is_hurry(request, row))
    if request.is_token_lost:
        return _step_page(request, case, row, form, 403, token_lost())
    if not form.is_valid():
        if rules.refusal(row, case, CITIZEN.kind, set()):
            return _step_page(request, case, row, form, 409, _not_now(case))
        return _step_page(request, case, row, form, 422)
    try:
        _take(case, row, form, timezone.now())
    except Refused as no:
        return _not_taken(request, Case.objects.get(pk=case.pk), row, form, no)
    if form.said().get("is_hurry"):
        messages.success(request, told.hurried(queries.read(case.pk), timezone.now()))
    return see_other("case", number)


def _opened(request: HttpRequest, case: Case, row: Step) -> HttpResponse:
    no = rules.refusal(row, case, CITIZEN.kind, set())
    if no:
        return _step_page(request, case, row, None, 409, _not_now(case))
    words = again.kept_words(request, case.number, row.name)
    form = _form(row, case, initial={"seen": case.line_no, "words": words}, is_hurry=_is_hurry(request, row))
    return _step_page(request, case, row, form, 200)


def _form(row: Step, case: Case, *given, **more) -> StepForm:
    asks_promise = any(f.kind == "promise" for f in row.asks)
    promises = case.promises.filter(kept_at=None, replaced_by=None, due_at__gt=timezone.now()) if asks_promise else ()
    return StepForm(row, *given, promises=list(promises), **more)


def _is_hurry(request: HttpRequest, row: Step) -> bool:
    return row.name == "caller_adds" and "hurry" in request.GET


def _take(case: Case, row: Step, form: StepForm, now: datetime) -> None:
    import_string(row.action)(
        case=case, by=CITIZEN, at=now, key=form.keyed(), seen=form.cleaned_data["seen"], **form.said()
    )


def _not_taken(request: HttpRequest, case: Case, row: Step, form: StepForm, no: Refused) -> HttpResponse:
    """Refused at a field: said under it. Because something happened meanwhile: said without naming any officer."""
    if turns.has_moved(case, form.cleaned_data["seen"]):
        return _step_page(request, case, row, form, 409, _out_of_turn(case, _("您打开这一页以后，事情往前走了一步")))
    if no.field in form.fields:
        form.add_error(no.field, no.reason)
        return _step_page(request, case, row, form, no.status)
    return _step_page(request, case, row, form, no.status, _refused(no, case))


def _refused(no: Refused, case: Case) -> dict[str, Any]:
    return {
        "title": _("现在还不能这样做"),
        "reason": no.reason,
        "who_can": _("拿不准就打 12345，说编号 %(number)s") % {"number": case.spoken_number},
    }


def _not_now(case: Case) -> dict[str, Any]:
    return _out_of_turn(case, _("到了现在这一步，用不着这样做了"))


def _out_of_turn(case: Case, reason: str) -> dict[str, Any]:
    return {
        "title": _("现在不用这样做了"),
        "state": told.state_told(queries.read(case.pk)),
        "reason": reason,
        "who_can": _("回「我的诉求」看现在到哪一步"),
    }


def _step_page(
    request, case: Case, row: Step, form: StepForm | None, status: int, refused: dict | None = None
) -> HttpResponse:
    step = (
        turns.described(row.name, is_hurry=_is_hurry(request, row))
        | _hour_offered(case, row)
        | {"draft": f"{row.name}-{case.number}" if form and "words" in form.fields else ""}
    )
    context = {
        "case": told.heading(case),
        "step": step,
        "form": form,
        "refused": refused,
        "has_lost_files": bool(request.FILES),
        "outcomes": queries.outcomes(queries.read(case.pk)) if row.name == "confirm_meeting" else None,
        "standing": told.standing(queries.read(case.pk), timezone.now()) if row.name == "caller_adds" else None,
    }
    return page(request, "portal/step.html", context, status)


def _hour_offered(case: Case, row: Step) -> dict[str, Any]:
    """Which hour he is asked to agree to."""
    line = case.lines.filter(step="decide_new_time").order_by("-no").first() if row.name == "take_new_time" else None
    if line is None or "due_at" not in line.says:
        return {}
    told = _("单位提的是 %(when)s。原来的约定留在记录里，看得到")
    return {"note": told % {"when": spoken(datetime.fromisoformat(line.says["due_at"]))}}


# ---- files


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture as it may be seen (upright, without place or device), or a paper as a download. Never kept by shared caches."""
    found = queries.file_for(pk, *proof.ids_for_files(request))
    if found is None:
        raise Http404
    return file_answer(found, "private, max-age=3600")
