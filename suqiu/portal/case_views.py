"""One case, as its citizen sees it: what comes next, his own steps, his pictures, and the one-time link that asks him."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.cases import rules
from suqiu.cases.advance import CITIZEN
from suqiu.cases.files import PICTURES, for_view
from suqiu.cases.flow import BY_NAME, Step
from suqiu.cases.models import Attachment, Case
from suqiu.doors import FormRequest, form_page
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import proof, queries, story, told, turns
from .forms import StepForm
from .shell import page, see_other


@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    found, now = queries.read(proof.id_or_404(request, number)), timezone.now()
    main, more = turns.offered(found, now)
    context = {
        "case": told.heading(found.case),
        "next_thing": told.next_thing(found, now),
        "asked": told.asked(found),
        "stages": told.stages(found),
        "reply": told.reply(found, now),
        "attachments": told.pictures(found.sent_files, _("办理后")),
        "own_pictures": told.pictures(found.own_files, _("您交的")),
        "promises": told.promises(found, now),
        "workings": told.workings(found),
        "holder": told.holder(found),
        "asks": told.asks(found),
        "journal": story.journal(found),
        "looks": story.looks(found),
        "contact_looks": found.case.contact_looks,
        "page_looks": found.case.page_looks,
        "receipt": told.receipt(found, now),
        "actions": main,
        "more_actions": more,
    }
    return page(request, "portal/case.html", context)


# ---- his own steps


@form_page
def step(request: FormRequest, number: str, name: str) -> HttpResponse:
    row = BY_NAME.get(name)
    if row is None or name not in turns.TURNS:
        raise Http404
    case = Case.objects.get(pk=proof.id_or_404(request, number))
    if request.too_big:
        return _step_page(
            request, case, row, StepForm(row, initial={"seen": case.line_no}), 413, _refused(request.too_big, case)
        )
    if request.method != "POST":
        return _opened(request, case, row)
    form = StepForm(row, request.POST, request.FILES)
    if not form.is_valid():
        return _step_page(request, case, row, form, 422)
    try:
        _take(case, row, form, timezone.now())
    except Refused as no:
        return _not_taken(request, Case.objects.get(pk=case.pk), row, form, no)
    return see_other("case", number)


def _opened(request: HttpRequest, case: Case, row: Step) -> HttpResponse:
    no = rules.refusal(row, case, CITIZEN.kind, set())
    if no:
        return _step_page(request, case, row, None, 409, _out_of_turn(case, _("到了现在这一步，用不着这样做了")))
    is_hurry = row.name == "caller_adds" and "hurry" in request.GET
    form = StepForm(row, initial={"seen": case.line_no, "is_hurry": is_hurry})
    return _step_page(request, case, row, form, 200, is_hurry=is_hurry)


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


def _out_of_turn(case: Case, reason: str) -> dict[str, Any]:
    return {
        "title": _("现在不用这样做了"),
        "state": told.state_told(queries.read(case.pk)),
        "reason": reason,
        "who_can": _("回「我的诉求」看现在到哪一步"),
    }


def _step_page(
    request, case: Case, row: Step, form: StepForm | None, status: int, refused: dict | None = None, **more
) -> HttpResponse:
    step = turns.described(row.name, **more) | {
        "draft": f"{row.name}-{case.number}" if form and "words" in form.fields else ""
    }
    context = {
        "case": told.heading(case),
        "step": step,
        "form": form,
        "refused": refused,
        "has_lost_files": bool(request.FILES),
    }
    return page(request, "portal/step.html", context, status)


# ---- files


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture as it may be seen (upright, without place or device), or a paper as a download. Never kept by shared caches."""
    found = queries.file_for(pk, *proof.ids_for_files(request))
    if found is None:
        raise Http404
    try:
        with storage.read(found.path) as kept:
            data = kept.read()
    except FileNotFoundError:
        raise Http404 from None
    return _sent(found, data)


def _sent(found: Attachment, data: bytes) -> HttpResponse:
    is_picture = found.mime in PICTURES
    response = HttpResponse(
        for_view(data) if is_picture else data, content_type="image/jpeg" if is_picture else found.mime
    )
    name = f"{found.name.rsplit('.', 1)[0]}.jpg" if is_picture else found.name
    way = "inline" if is_picture else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
