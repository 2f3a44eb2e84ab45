"""解决了吗? The one-time link: each tap is saved at once, half an answer is an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import BY_NAME
from suqiu.citizens.contact import token_hash
from suqiu.doors import day
from suqiu.errors import Refused
from suqiu.followup.actions import finish_link
from suqiu.followup.links import tap
from suqiu.followup.models import Link
from suqiu.intake.demand import clean_words

from . import answered, proof, queries, told
from .forms import RateWordsForm
from .nothing_lost import FormRequest, form_page
from .shell import page, see_other, token_lost

WORDS_LIMIT = 2000
QUESTIONS = {  # the first alone until it is answered
    "solved": gettext_lazy("解决了吗？"),
    "satisfied": gettext_lazy("您满意吗？"),
    "contacted": gettext_lazy("单位联系过您吗？"),
    "is_true": gettext_lazy("答复说的是真的吗？"),
}
CHOICES = {f.name: f.choices for f in BY_NAME["attempt"].asks}


@form_page
def rate(request: FormRequest, token: str) -> HttpResponse:
    link = Link.objects.select_related("case").filter(token_hash=token_hash(token)).first()
    now = timezone.now()
    if link is None:
        return page(
            request, "portal/rate.html", {"expired": _("没有这个链接，可能少抄了一位，或者后来又发了新的")}, 404
        )
    if link.used_at:
        return page(
            request,
            "portal/rate.html",
            {"case": told.heading(link.case), "done": _("%(day)s记下了") % {"day": day(link.used_at, now)}},
        )
    if over := _over(link, now):
        return page(request, "portal/rate.html", {"case": told.heading(link.case), "expired": over}, 410)
    if request.method != "POST" or request.too_big:
        proof.remember(request, link.case, proof.LINKED)
        return _rate_page(request, link, 413 if request.too_big else 200, request.too_big and request.too_big.reason)
    if request.is_token_lost:
        return _rate_page(request, link, 403, token_lost()["reason"])
    try:
        return _answered(request, link, token, now)
    except Refused as no:
        return _rate_page(request, link, no.status, no.reason)


def _over(link: Link, now: datetime) -> str:
    if link.expires_at < now:
        return _("链接到 %(day)s为止有效") % {"day": day(link.expires_at, now)}
    if link.case.state != "F" or link.cycle != link.case.cycle:
        return _("这件事后来又往前走了，这个链接问的是之前那一轮")
    return ""


def _answered(request: HttpRequest, link: Link, token: str, now: datetime) -> HttpResponse:
    """One tap, or the last words and the end."""
    if "finish" in request.POST:
        if words := clean_words(request.POST.get("words", ""), WORDS_LIMIT):
            link = tap(link=link, name="words", value=words, at=now)
        if not link.answers:
            raise Refused(_("还没有点。请先说解决了没有"), status=422)
        finish_link(link=link, at=now)
        return see_other("rate", token)
    name = next((n for n in QUESTIONS if n in request.POST), "")
    if request.POST.get(name) not in dict(CHOICES.get(name, ())):
        raise Refused(_("没有看懂点的是哪个，请再点一次"), status=422)
    tap(link=link, name=name, value=request.POST[name], at=now)
    return see_other("rate", token, at=f"#question-{_after(name)}")


def _after(name: str) -> str:
    names = list(QUESTIONS)
    return names[min(names.index(name) + 1, len(names) - 1)]


def _rate_page(request: HttpRequest, link: Link, status: int, problem: str | None) -> HttpResponse:
    found = queries.read(link.case_id)
    is_begun = "solved" in link.answers
    words = request.POST.get("words") or link.answers.get("words", "")
    context = {
        "case": told.heading(link.case),
        "reply": answered.reply(found, timezone.now()),
        "attachments": answered.pictures(found.sent_files, _("办理后")),
        "questions": [_question(name, link, request.path) for name in QUESTIONS if is_begun or name == "solved"],
        "words_form": RateWordsForm(initial={"words": words}) if is_begun else None,
        "words_url": request.path,
        "saved": is_begun,
        "problem": problem,
    }
    return page(request, "portal/rate.html", context, status)


def _question(name: str, link: Link, url: str) -> dict[str, Any]:
    chosen = link.answers.get(name)
    choices = [{"value": value, "label": label, "is_chosen": value == chosen} for value, label in CHOICES[name]]
    return {
        "title": QUESTIONS[name],
        "name": name,
        "url": url,
        "choices": choices,
        "note": "" if name == "solved" else _("可不答"),
    }
