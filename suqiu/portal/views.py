"""The citizen's door: say it, keep number and code, look it up, check the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Case
from suqiu.doors import FormRequest, form_page
from suqiu.errors import Refused
from suqiu.intake.actions import receive

from . import expected, locks, numbers, proof, queries, receipts, told
from .forms import SubmitForm, TrackForm, VerifyForm
from .shell import page, see_other

SHOWN_ONCE = "portal.code"  # {"number", "code"} between handing in and the one page that shows the code


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/home.html", {"number": numbers.shown(queries.answers(timezone.now()))})


# ---- hand in


@form_page
def submit(request: FormRequest) -> HttpResponse:
    if request.too_big:
        return _submit_page(request, SubmitForm(), request.too_big.status, _refused(request.too_big))
    if request.method != "POST" or request.POST.get("begin"):
        request.session.setdefault(
            "portal.begun", True
        )  # the session stands before the posting, so that two presses share it
        return _submit_page(request, SubmitForm(initial={"words": request.POST.get("words", "")}))
    form = SubmitForm(request.POST, request.FILES)
    if not form.is_valid():
        return _submit_page(request, form, 422)
    try:
        _hand_in(request, form, timezone.now())
    except Refused as no:
        field = form.OF_REFUSAL.get(no.field, no.field)
        form.add_error(field if field in form.fields else None, no.reason)
        return _submit_page(request, form, no.status)
    except locks.TooMany:
        return _submit_page(request, form, 429, _too_many_handed_in())
    return see_other("submitted")


def _hand_in(request: HttpRequest, form: SubmitForm, now: datetime) -> None:
    """The case and the session's memory of it in one transaction: a second press finds both or neither.

    Two presses at the same moment: the one that comes second finds the key taken, and gets the answer of the first.
    """
    key = form.keyed()
    if not Case.objects.filter(key=key).exists():
        locks.note_submission(request, now)
    try:
        _receive(request, form, key, now)
    except IntegrityError:
        _receive(request, form, key, now)


@transaction.atomic
def _receive(request: HttpRequest, form: SubmitForm, key: str, now: datetime) -> None:
    case, code = receive(demand=form.demand(get_language() or "zh-hans"), by=CITIZEN, at=now, key=key)
    if code or request.session.get(SHOWN_ONCE, {}).get("number") != case.number:
        request.session[SHOWN_ONCE] = {"number": case.number, "code": code}
        proof.remember(request, case)
        request.session.save()
        request.session.modified = False


def _submit_page(
    request: HttpRequest, form: SubmitForm, status: int = 200, refused: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"form": form, "refused": refused, "has_lost_files": bool(request.FILES)}
    return page(request, "portal/submit.html", context, status)


def _refused(no: Refused) -> dict[str, Any]:
    return {"title": _("没有收下"), "reason": no.reason, "who_can": _("写不了也可以说：打 12345")}


def _too_many_handed_in() -> dict[str, Any]:
    reason = _("从您这个网络地址，一小时里交上来的太多了。过一小时再交；写的字都在下面")
    return {"title": _("现在收不下"), "reason": reason, "who_can": _("急的打 12345，白天黑夜都有人接")}


@never_cache
@require_safe
def submitted(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(SHOWN_ONCE)
    if not kept or not proof.knows(request, kept["number"]):
        return see_other("home")
    if kept["code"]:
        request.session[SHOWN_ONCE] = {"number": kept["number"], "code": ""}
    case = Case.objects.get(pk=proof.id_or_404(request, kept["number"]))
    now = timezone.now()
    context = {
        "case": told.heading(case),
        "code": told.in_fours(kept["code"]),
        "promises": expected.promises(case, now),
        "receipt": {"code": told.short_head(case.head), "download_url": told.receipt_url(case)},
        "is_anonymous": case.secrecy == "anonymous",
    }
    return page(request, "portal/submitted.html", context)


# ---- look up


@form_page
def track(request: FormRequest) -> HttpResponse:
    if request.method != "POST" or request.too_big:
        form = TrackForm(initial={"number": request.GET.get("number", "")[:40]})
        return page(request, "portal/track.html", {"form": form}, 413 if request.too_big else 200)
    form = TrackForm(request.POST)
    if not form.is_valid():
        return page(request, "portal/track.html", {"form": form}, 422)
    answer = _prove(request, form)
    return (
        see_other("case", answer.number)
        if isinstance(answer, Case)
        else page(request, "portal/track.html", {"form": form}, answer)
    )


def _prove(request: HttpRequest, form: TrackForm) -> Case | int:
    """The case, or the status of the refusal that now stands on the form: one and the same for a wrong code and no such number."""
    try:
        case = proof.prove(request, form.cleaned_data["number"], form.cleaned_data["code"], timezone.now())
    except locks.TooMany as lock:
        wait = _("试错太多次了，请等 %(n)d 分钟再试。急的打 12345，说出编号和留的电话") % {"n": lock.minutes}
        form.add_error(None, wait)
        return 429
    if case is None:
        form.add_error(None, _("编号和查询码对不上，请两样都再核对一遍。忘了就打 12345，说出编号和留的电话"))
        return 422
    return case


# ---- the receipt


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    case = Case.objects.get(pk=proof.id_or_404(request, number))
    response = HttpResponse(receipts.written(case, timezone.now()), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{case.number}.json"'
    return response


@form_page
def verify(request: FormRequest) -> HttpResponse:
    if request.method != "POST" or request.too_big:
        form = VerifyForm(initial={"number": request.GET.get("number", "")[:40]})
        return _verify_page(request, form, 413 if request.too_big else 200)
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _verify_page(request, form, 422)
    given = form.cleaned_data["receipt"]
    if given is None:
        answer = _prove(request, form)
        if not isinstance(answer, Case):
            return _verify_page(request, form, answer)
        given = {"number": answer.number, "head": form.cleaned_data["head"]}
    return _verify_page(request, form, 200, receipts.check(given["number"], given["head"], timezone.now()))


def _verify_page(
    request: HttpRequest, form: VerifyForm, status: int, result: receipts.Checked | None = None
) -> HttpResponse:
    return page(request, "portal/verify.html", {"form": form, "result": result, "how": receipts.how()}, status)
