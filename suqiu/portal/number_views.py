"""Is this his number? Six digits by SMS: they confirm the number of a case, and open the case of who lost its query code."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from suqiu.cases.models import Case
from suqiu.citizens import confirming
from suqiu.citizens.contact import index_of
from suqiu.errors import Refused
from suqiu.gateways import outbox, wordings
from suqiu.intake import caller_limits

from . import again, locks, proof, told
from .nothing_lost import FormRequest, form_page
from .proof_forms import CodeForm, LostCodeForm
from .shell import page, see_other, token_lost

log = logging.getLogger("suqiu.portal")
ASKED = "portal.asked"  # the number for which a lost code was asked in this session


# ---- the number of a case he knows


@form_page
def number(request: FormRequest, number: str) -> HttpResponse:
    """确认号码: the code in, or one more message."""
    if not proof.knows(request, number):
        return again.ask(request, number)
    case, now = Case.objects.select_related("person").get(pk=proof.id_or_404(request, number)), timezone.now()
    if request.method != "POST" or request.too_big:
        return _page(request, case, CodeForm(initial={"back": request.GET.get("back", "")}), now)
    form = CodeForm(request.POST)
    if request.is_token_lost:
        return _page(request, case, form, now, 403, token_lost())
    if "again" in request.POST:
        return _sent_again(request, case, form, now)
    if not form.is_valid():
        return _page(request, case, form, now, 422)
    return _judged(request, case, form, now)


def _judged(request: HttpRequest, case: Case, form: CodeForm, now: datetime) -> HttpResponse:
    try:
        if confirming.confirm(subject=case.number, code=form.cleaned_data["sms"], at=now):
            messages.success(request, _("号码核实了"))
            caller_limits.look_later(case, now)
            return _back(case, form.cleaned_data["back"])
    except Refused as no:
        form.add_error("sms", no.reason)
        return _page(request, case, form, now, no.status)
    left = confirming.tries_left(subject=case.number)
    form.add_error("sms", _("验证码不对，还能试 %(n)d 次") % {"n": left})
    return _page(request, case, form, now, 422)


def _sent_again(request: HttpRequest, case: Case, form: CodeForm, now: datetime) -> HttpResponse:
    try:
        locks.note_message(request, now)
        send(case, now)
    except Refused as no:
        return _page(
            request, case, form, now, no.status, {"title": _("还没有发"), "reason": no.reason, "who_can": no.who_can}
        )
    except locks.TooMany as lock:
        return _page(request, case, form, now, 429, too_many_messages(lock))
    messages.success(request, _("又发了一条，以最后一条为准"))
    return see_other("number", case.number)


def too_many_messages(lock: locks.TooMany) -> dict[str, Any]:
    reason = _("这会儿要的验证码太多了，请等 %(n)d 分钟") % {"n": lock.minutes}
    return {"title": _("还没有发"), "reason": reason, "who_can": _("打 12345，请话务员核实号码")}


def _back(case: Case, where: str) -> HttpResponse:
    return see_other("submitted") if where == "submitted" else see_other("case", case.number)


def _page(
    request: HttpRequest, case: Case, form: CodeForm, now: datetime, status: int = 200, refused: dict | None = None
) -> HttpResponse:
    context = {
        "case": told.heading(case),
        "form": form,
        "refused": refused,
        "number": told.number(case),
        "wait": confirming.seconds_to_wait(subject=case.number, at=now),
        "url": told.number_url(case),
    }
    return page(request, "portal/number.html", context, status)


# ---- the message


def send_first(request: HttpRequest, case: Case, now: datetime) -> None:
    """After handing in. What keeps the message from going never keeps the demand: the case then says that its number is unconfirmed."""
    if not confirming.can_get_codes(case.person.phone):
        return
    try:
        locks.note_message(request, now)
        send(case, now)
    except (Refused, locks.TooMany, DatabaseError, OSError) as why:
        log.warning("no code sent for %s: %s", case.number, why)


@transaction.atomic
def send(case: Case, now: datetime) -> None:
    """Writes the message; sent by the worker. Refuses what cannot be sent, or comes too often."""
    phone = case.person.phone
    if not confirming.can_get_codes(phone):
        raise Refused(_("这个号码收不了短信"), who_can=_("打 12345，请话务员核实号码"), status=422)
    sent = confirming.new_code(subject=case.number, phone=phone, at=now)
    with translation.override(case.language):
        body = wordings.said("phone_code", code=sent.code, number=case.number)
    outbox.write(key=f"phone-code:{sent.pk}", channel="sms", to=phone, body=body, at=now, case_number=case.number)


# ---- who lost the query code: number and telephone, then the code


@form_page
def lost_code(request: FormRequest) -> HttpResponse:
    """忘了查询码: one and the same answer, whether or not number and telephone belong together."""
    if request.method != "POST" or request.too_big:
        return page(
            request,
            "portal/lost_code.html",
            {"form": LostCodeForm(initial={"number": request.GET.get("number", "")[:40]})},
        )
    form = LostCodeForm(request.POST)
    if request.is_token_lost:
        return page(request, "portal/lost_code.html", {"form": form, "refused": token_lost()}, 403)
    if not form.is_valid():
        return page(request, "portal/lost_code.html", {"form": form}, 422)
    number, phone, now = form.cleaned_data["number"], form.cleaned_data["phone"], timezone.now()
    try:
        locks.note_message(request, now)
    except locks.TooMany as lock:
        return page(request, "portal/lost_code.html", {"form": form, "refused": too_many_messages(lock)}, 429)
    _send_if_his(number, phone, now)
    request.session[ASKED] = number
    return see_other("found_code")


def _send_if_his(number: str, phone: str, now: datetime) -> None:
    case = Case.objects.select_related("person").filter(number=number).first()
    if case is None or not phone or case.person.phone_index != index_of(phone):
        return
    try:
        send(case, now)
    except Refused as no:  # told to nobody: it would tell that the two belong together
        log.info("no code sent for a lost query code of %s: %s", number, no.reason)


@form_page
def found_code(request: FormRequest) -> HttpResponse:
    """The code of the message opens the case, and confirms its number."""
    number = request.session.get(ASKED, "")
    if not number:
        return see_other("lost_code")
    if request.method != "POST" or request.too_big:
        return _found_page(request, CodeForm(), number)
    form = CodeForm(request.POST)
    if request.is_token_lost:
        return _found_page(request, form, number, 403, token_lost())
    if not form.is_valid():
        return _found_page(request, form, number, 422)
    try:
        case = proof.prove_by_message(request, number, form.cleaned_data["sms"], timezone.now())
    except locks.TooMany as lock:
        form.add_error("sms", _("试错太多次了，请等 %(n)d 分钟再试。急的打 12345") % {"n": lock.minutes})
        return _found_page(request, form, number, 429)
    if case is None:
        form.add_error("sms", _("验证码不对，或者过了时间。编号和电话对不上的，收不到短信"))
        return _found_page(request, form, number, 422)
    del request.session[ASKED]
    return see_other("case", case.number)


def _found_page(request: HttpRequest, form: CodeForm, number: str, status: int = 200, refused: dict | None = None):
    return page(request, "portal/found_code.html", {"form": form, "number": number, "refused": refused}, status)
