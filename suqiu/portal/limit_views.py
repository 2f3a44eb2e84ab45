"""限制和申诉: what a caller reads of a limit on him, by whom by post it was judged, and his one objection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.intake import caller_limits
from suqiu.intake.models import CallerLimit

from . import again, proof, told
from .fields import Words
from .forms import KeyedForm
from .marked import marked
from .nothing_lost import FormRequest, form_page
from .shell import page, see_other, token_lost, when

Stands = CallerLimit.Stands
TOLD = {
    Stands.RUNNING: gettext_lazy("再为这件事来电，我们照样登记、给编号，由系统把上次的答复告诉您"),
    Stands.IDLE: gettext_lazy("这件又在办了，限制停着"),
    Stands.APPEALED: gettext_lazy("您的申诉在审，审的时候限制停着"),
    Stands.LIFTED: gettext_lazy("您的申诉成立，限制撤销了"),
    Stands.ENDED: gettext_lazy("限制到期了，没有了"),
}


class AppealForm(KeyedForm):
    words = Words(
        label=gettext_lazy("为什么不同意"), widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("还没有写")},
    )  # fmt: skip


@form_page
def limit(request: FormRequest, number: str) -> HttpResponse:
    if not proof.knows(request, number):
        return again.ask(request, number)
    case = Case.objects.select_related("person").get(pk=proof.id_or_404(request, number))
    found, now = caller_limits.told_on(case), timezone.now()
    if found is None:
        raise Http404
    if request.method != "POST" or request.too_big:
        no = _refused(request.too_big) if request.too_big else None
        return _page(request, case, found, AppealForm(), now, 413 if no else 200, no)
    form = AppealForm(request.POST)
    if request.is_token_lost:
        return _page(request, case, found, form, now, 403, token_lost())
    if not form.is_valid():
        return _page(request, case, found, form, now, 422)
    try:
        caller_limits.appeal(limit=found, by=None, at=now, words=form.cleaned_data["words"])
    except Refused as no:
        if no.field in form.fields:
            form.add_error(no.field, no.reason)
        said = None if no.field in form.fields else _refused(no)
        return _page(request, case, caller_limits.told_on(case), form, now, no.status, said)
    messages.success(request, _("收到您的申诉。没有经手过的第三个人来审，审的时候限制停着"))
    return see_other("limit", number)


def note(case: Case, now: datetime) -> dict[str, str] | None:
    """For the page of his case: that there is one, and where he reads it and objects."""
    found = caller_limits.told_on(case)
    if found is None or found.stands(now) == Stands.ENDED:
        return None
    return {"text": _short(found, now), "url": reverse("portal:limit", args=[case.number])}


def _short(found: CallerLimit, now: datetime) -> str:
    told_of = {"until": when(found.until, now), "now": TOLD[found.stands(now)]}
    return _("这件事有一条限制，到 %(until)s。%(now)s") % told_of


def _refused(no: Refused) -> dict[str, Any]:
    return {"title": _("还没有收下"), "reason": no.reason, "who_can": no.who_can or _("拿不准就打 12345")}


def _page(
    request: HttpRequest,
    case: Case,
    found: CallerLimit,
    form: AppealForm,
    now: datetime,
    status: int,
    no: dict | None = None,
) -> HttpResponse:
    stands = found.stands(now)
    can = stands in (Stands.RUNNING, Stands.IDLE) and not found.appealed_at
    shown = {
        "case": told.heading(case),
        "now": TOLD[stands],
        "facts": _facts(found, now),
        "form": form if can else None,
        "refused": no,
    }
    return page(request, "portal/limit.html", shown, status)


def _facts(found: CallerLimit, now: datetime) -> list[dict[str, str]]:
    """Of the officers nothing but that they were two, and a third."""
    due = _("%(when)s 前告诉您结果") % {"when": when(found.appeal_due_at, now)} if found.appeal_due_at else ""
    rows = (
        (_("原因"), found.get_ground_display()),
        (_("提请的理由"), marked(found.words)),
        (_("第二个人认定的理由"), marked(found.decision)),
        (_("限制到"), when(found.until, now)),
        (_("您的申诉"), marked(found.appeal)),
        (_("申诉的结果"), marked(found.judgement) if found.judged_at else due),
    )
    return [{"label": label, "said": said} for label, said in rows if said]
