"""A handler rings the caller from the street: the exchange puts them through, the number is never shown, the look is written first."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.directory.models import OfficeLine
from suqiu.errors import Refused
from suqiu.gateways import telephony

from .. import context, looks
from ..queries import Opened, open_case
from ..shell import see_other
from . import phone
from .phone import phone_form

REASON = "before_visit"
PRESSED_AGAIN_WITHIN = timedelta(days=1)  # a form is not open for longer: a session ends after twelve hours


@phone_form
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Rings his own telephone first, then the caller's. Pressed twice, it rings once."""
    to_form = reverse("desk:site_contact", args=[number])
    if request.method != "POST":
        return see_other(to_form)
    if request.too_big:
        raise request.too_big
    opened = open_case(number, context.seat(request))
    told = _put_through(opened, request.POST.get("key", "")[:36])
    if phone.is_from_store(request):
        return JsonResponse({"told": told})
    messages.success(request, told)
    return see_other(to_form)


def _put_through(opened: Opened, key: str) -> str:
    officer, case, person = opened.seat.officer, opened.case, opened.case.person
    if not opened.may_ring:
        reason = _("您现在不能联系这件的来电人")
        raise Refused(reason, who_can=_("热线中心和正在办这件的单位能打"), status=403)
    if not person.phone_sealed:
        raise Refused(_("来电人没有留电话"), who_can=_("到现场当面说，或请热线中心在网上告诉他"), status=422)
    lately = OfficeLine.objects.filter(by_id=officer.pk, at__gte=opened.now - PRESSED_AGAIN_WITHIN)
    is_again = bool(key) and lately.filter(act="reveal", says__key=key).exists()
    if not is_again:
        looks.at_contact(
            case=case,
            by=officer,
            reason=REASON,
            words="" if opened.sees_contact else _("经总机中转，没有看到姓名和号码"),
            at=opened.now,
            key=key,
        )
        _dial(person.phone, officer.username, f"{case.number}-{uuid4().hex[:8]}")
    name = (person.masked_name if opened.sees_contact else "") or _("来电人")
    return _("热线总机先响您的电话，接起来就转给%(name)s，号码不显示。说完在这里记一笔") % {"name": name}


def _dial(to: str, seat: str, reference: str) -> None:
    try:
        telephony.dial(to=to, seat=seat, reference=reference)
    except telephony.NotDialled as error:
        reason = _("热线总机现在接不上，没有拨出去")
        raise Refused(reason, who_can=_("过几分钟再打；急用请热线中心代打"), status=503) from error
