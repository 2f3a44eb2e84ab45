"""现在还好吗? Thirty days after the closing, by a one-time link: one tap. "No" opens it again without a new demand."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.advance import CITIZEN
from suqiu.cases.flow import STILL
from suqiu.citizens.contact import token_hash
from suqiu.doors import day
from suqiu.errors import Refused
from suqiu.followup.actions import look_back
from suqiu.followup.models import LookBack
from suqiu.followup.rules import LINK_DAYS
from suqiu.intake.demand import clean_words

from . import answered, queries, told
from .nothing_lost import FormRequest, form_page
from .shell import page, see_other, token_lost

WORDS_LIMIT = 2000
TITLE = gettext_lazy("办结一个月了，现在还好吗？")


@form_page
def still(request: FormRequest, token: str) -> HttpResponse:
    row = LookBack.objects.select_related("case").filter(token_hash=token_hash(token)).first()
    now = timezone.now()
    if row is None:
        return page(request, "portal/still.html", {"expired": _("没有这个链接，可能少抄了一位")}, 404)
    if row.answered_at:
        done = _("%(day)s记下了") % {"day": day(row.answered_at, now)}
        shown = {"case": told.heading(row.case), "done": done, "is_reopened": row.is_still_solved is False}
        return page(request, "portal/still.html", shown)
    if over := _over(row, now):
        return page(request, "portal/still.html", {"expired": over}, 410)
    if request.method != "POST" or request.too_big:
        return _asked(request, row, 413 if request.too_big else 200, request.too_big and request.too_big.reason)
    if request.is_token_lost:
        return _asked(request, row, 403, token_lost()["reason"])
    try:
        return _taken(request, row, token, now)
    except Refused as no:
        return _asked(request, row, no.status, no.reason)


def _over(row: LookBack, now: datetime) -> str:
    """Why the link is of no use any more; number and code still are."""
    if row.case.state != "C" or row.case.cycle != row.cycle:
        return _("这件事后来又往前走了，这个链接用不着了")
    until = row.sent_at + timedelta(days=LINK_DAYS)
    return _("链接到 %(day)s为止有效") % {"day": day(until, now)} if until < now else ""


def _taken(request: HttpRequest, row: LookBack, token: str, now: datetime) -> HttpResponse:
    said = request.POST.get("still", "")
    if said not in dict(STILL):
        raise Refused(_("没有看懂点的是哪个，请再点一次"), status=422)
    words = clean_words(request.POST.get("words", ""), WORDS_LIMIT)
    look_back(case=row.case, by=CITIZEN, at=now, key=f"look-back:{row.pk}", outcome="answered", still=said, words=words)
    return see_other("still", token)


def _asked(request: HttpRequest, row: LookBack, status: int, problem: str | None) -> HttpResponse:
    found = queries.read(row.case_id)
    question = {
        "title": TITLE,
        "name": "still",
        "url": request.path,
        "note": _("一点就记下"),
        "choices": [{"value": value, "label": label, "is_chosen": False} for value, label in STILL],
        "words_label": _("想说一句（可不写）"),
        "words": request.POST.get("words", ""),
    }
    shown = {
        "case": told.heading(row.case),
        "reply": answered.reply(found, timezone.now()),
        "question": question,
        "problem": problem,
    }
    return page(request, "portal/still.html", shown, status)
