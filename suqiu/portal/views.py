"""The citizen's door: say it, keep number and code, look it up, check the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suqiu.cases.advance import CITIZEN
from suqiu.cases.models import Case
from suqiu.citizens import confirming
from suqiu.errors import Refused
from suqiu.intake import shown_code
from suqiu.intake.actions import receive
from suqiu.intake.shown_code import AT_PORTAL

from . import again, expected, locks, number_views, numbers, proof, queries, receipts, told
from .forms import SubmitForm
from .nothing_lost import FormRequest, form_page
from .proof_forms import CodeForm, TrackForm, VerifyForm
from .shell import page, see_other, token_lost


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/home.html", {"number": numbers.shown(queries.answers(timezone.now()))})


# ---- hand in

FOLDED = {"where": ("area", "place"), "secrecy": ("secrecy",), "more": ("name", "on_behalf", "has_consent")}


@form_page
def submit(request: FormRequest) -> HttpResponse:
    if request.too_big:
        return _submit_page(request, SubmitForm(), request.too_big.status, _refused(request.too_big))
    if request.method != "POST" or request.POST.get("begin"):
        request.session.setdefault(
            "portal.begun", True
        )  # the session stands before the posting, so that two presses share it
        return _submit_page(request, _begun(request))
    form = SubmitForm(request.POST, request.FILES)
    if request.is_token_lost:
        return _submit_page(request, form, 403, token_lost())
    if not form.is_valid():
        return _submit_page(request, form, 422)
    now = timezone.now()
    try:
        case = _hand_in(request, form, now)
    except Refused as no:
        field = form.OF_REFUSAL.get(no.field, no.field)
        form.add_error(field if field in form.fields else None, no.reason)
        return _submit_page(request, form, no.status)
    except locks.TooMany:
        return _submit_page(request, form, 429, _too_many_handed_in())
    if case:
        number_views.send_first(request, case, now)
    return see_other("submitted")


def _begun(request: HttpRequest) -> SubmitForm:
    """An empty form, or one begun on the home page, or by who fears that his number leaked. The first thing to type has the caret."""
    words, leaked = request.POST.get("words", ""), request.GET.get("leak", "")[:24]
    secrecy = "general"
    if leaked and proof.knows(request, leaked):
        words, secrecy = _("编号 %(number)s：我觉得有人把我的电话泄露了。") % {"number": leaked}, "confidential"
    form = SubmitForm(initial={"words": words, "secrecy": secrecy})
    form.fields["phone" if words else "words"].widget.attrs["autofocus"] = True
    return form


def _hand_in(request: HttpRequest, form: SubmitForm, now: datetime) -> Case | None:
    """The case and the session's memory of it in one transaction: a second press finds both or neither. Gives back a case that is new.

    Two presses at the same moment: the one that comes second finds the key taken, and gets the answer of the first.
    """
    key = form.keyed()
    if not Case.objects.filter(key=key).exists():
        locks.note_submission(request, now)
    try:
        return _receive(request, form, key, now)
    except IntegrityError:
        return _receive(request, form, key, now)


@transaction.atomic
def _receive(request: HttpRequest, form: SubmitForm, key: str, now: datetime) -> Case | None:
    case, code = receive(demand=form.demand(get_language() or "zh-hans"), by=CITIZEN, at=now, key=key)
    if code or shown_code.number_in(request.session, AT_PORTAL) != case.number:
        shown_code.keep(request.session, AT_PORTAL, number=case.number, code=code, at=now)
        proof.remember(request, case)
        request.session.save()
        is_new = request.COOKIES.get(settings.SESSION_COOKIE_NAME) != request.session.session_key
        request.session.modified = is_new  # a new one still needs its cookie: the old session ended while he typed
    return case if code else None


def _submit_page(
    request: HttpRequest, form: SubmitForm, status: int = 200, refused: dict[str, Any] | None = None
) -> HttpResponse:
    context = {"form": form, "refused": refused, "has_lost_files": bool(request.FILES)}
    context |= {f"{name}_fields": [form[f] for f in fields] for name, fields in FOLDED.items()}
    context |= {f"has_{name}_errors": any(f in form.errors for f in fields) for name, fields in FOLDED.items()}
    return page(request, "portal/submit.html", context, status)


def _refused(no: Refused) -> dict[str, Any]:
    return {"title": _("没有收下"), "reason": no.reason, "who_can": _("写不了也可以说：打 12345")}


def _too_many_handed_in() -> dict[str, Any]:
    reason = _("从您这里，一小时里交上来的太多了。过一会再交；写的字都在下面")
    return {"title": _("现在收不下"), "reason": reason, "who_can": _("急的打 12345，白天黑夜都有人接")}


@never_cache
@require_safe
def submitted(request: HttpRequest) -> HttpResponse:
    number, now = shown_code.number_in(request.session, AT_PORTAL), timezone.now()
    if not number or not proof.knows(request, number):
        return see_other("home")
    case = Case.objects.select_related("person").get(pk=proof.id_or_404(request, number))
    context = {
        "case": told.heading(case),
        "code": receipts.in_fours(shown_code.code_in(request.session, AT_PORTAL, now)),
        "number": told.number(case),
        "form": CodeForm(initial={"back": "submitted"}),
        "wait": confirming.seconds_to_wait(subject=case.number, at=now),
        "url": told.number_url(case),
        "promises": expected.promises(case, now),
        "receipt": {"code": receipts.short_head(case.head), "download_url": receipts.receipt_url(case)},
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
    if request.is_token_lost:
        return page(request, "portal/track.html", {"form": form, "refused": token_lost()}, 403)
    if not form.is_valid():
        return page(request, "portal/track.html", {"form": form}, 422)
    answer = _prove(request, form)
    if not isinstance(answer, Case):
        return page(request, "portal/track.html", {"form": form}, answer)
    step = again.kept_step(request, answer.number)
    return see_other("step", answer.number, step) if step else see_other("case", answer.number)


def _prove(request: HttpRequest, form: TrackForm) -> Case | int:
    """The case, or the status of the refusal that now stands on the form: one and the same for a wrong code and no such number."""
    try:
        case = proof.prove(request, form.cleaned_data["number"], form.cleaned_data["code"], timezone.now())
    except locks.TooMany as lock:
        wait = _("试错太多次了，请等 %(n)d 分钟再试。等不及就用手机收验证码，或者打 12345") % {"n": lock.minutes}
        form.add_error(None, wait)
        return 429
    if case is None:
        form.add_error(None, _("编号和查询码对不上，请两样都再核对一遍。忘了就用手机收验证码，或者打 12345"))
        return 422
    return case


# ---- the receipt


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    if not proof.knows(request, number):
        return again.ask(request, number)
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
    if request.is_token_lost:
        form.add_error(None, token_lost()["reason"])
        return _verify_page(request, form, 403)
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
