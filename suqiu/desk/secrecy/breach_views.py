"""泄露事件: anybody may report that data got out; the hotline tells those concerned and the authority, and two persons close it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import breaches, leaks
from suqiu.cases.models import Breach, Case
from suqiu.errors import Refused

from ..paging import paged
from ..shell import DeskRequest, desk_form, see_other
from .forms import AuthorityForm, BreachForm, FindingForm, WordsForm
from .showing import at, button, facts, pressed, typed, who

State = Breach.State
CHIPS = {State.OPEN: "over", State.CLOSING: "soon", State.CLOSED: "ok"}


@desk_form
def breach_list(request: DeskRequest) -> HttpResponse:
    if not breaches.may_report(request.user):
        raise Refused(_("您不能报泄露事件"), status=403)
    if request.too_big:
        raise request.too_big
    start = {"numbers": request.GET.get("number", "")[:40]}
    form = BreachForm(request.POST) if request.method == "POST" else BreachForm(initial=start)
    if request.method != "POST" or not form.is_valid():
        return _list_page(request, form, 200 if request.method != "POST" else form.status)
    given = {"key": form.keyed(request.user), "words": form.cleaned_data["words"], "numbers": form.given()}
    try:
        made = breaches.report(by=request.user, at=timezone.now(), **given)
    except Refused as no:
        if no.field not in form.fields:
            raise
        form.add_error(no.field, no.reason)
        return _list_page(request, form, no.status)
    return see_other(reverse("desk:breach", args=[made.pk]))


@desk_form
def one(request: DeskRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if request.too_big:
        raise request.too_big
    said = request.POST if request.method == "POST" else None
    authority = AuthorityForm(said if said and "authority_told" in said else None)
    finding = FindingForm(said if said and "ask" in said else None)
    words = WordsForm(said if said and "back" in said else None)
    forms = {"authority": authority, "finding": finding, "words": words}
    if said is None:
        return _page(request, found, forms)
    given = {"breach": found, "by": request.user, "at": timezone.now()}
    deeds = {
        "tell": lambda: breaches.tell(**given),
        "authority_told": lambda: breaches.tell_authority(**given, authority=typed(authority, "authority")),
        "ask": lambda: breaches.ask_to_close(**given, finding=typed(finding, "finding")),
        "close": lambda: breaches.close(**given),
        "back": lambda: breaches.back(**given, words=typed(words, "words")),
    }
    return pressed(request, deeds, lambda no: _page(request, _found(request, pk), forms, no))


def _seen(request: DeskRequest):
    """Those who handle them see all but what is about themselves; anybody else what he reported."""
    every = Breach.objects.select_related("by", "told_by", "authority_told_by", "asked_by", "closed_by")
    if not breaches.may_handle(request.user):
        return every.filter(by=request.user)
    hidden = Case.objects.exclude(pk__in=Case.objects.visible_to(request.user).values("pk"))
    return every.exclude(pk__in=Breach.cases.through.objects.filter(case__in=hidden).values("breach"))


def _found(request: DeskRequest, pk: int) -> Breach:
    found = _seen(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _list_page(request: DeskRequest, form: BreachForm, status: int) -> HttpResponse:
    page, pager = paged(request, _seen(request))
    shown = {
        "title": _("泄露事件"),
        "note": _("来电人的信息流出去了：马上报。24 小时内报告主管部门，72 小时内告诉本人，两个人结案"),
        "rows": [_row(b) for b in page],
        "empty": _("没有泄露事件"),
        "pager": pager,
        "form": form,
        "form_title": _("报一件"),
        "submit": _("现在报"),
    }
    return render(request, "desk/secrecy/list.html", shown, status=status)


def _row(b: Breach) -> dict[str, Any]:
    return {
        "url": reverse("desk:breach", args=[b.pk]),
        "what": _("%(no)s 号") % {"no": b.pk},
        "words": b.words[:60],
        "state": b.get_state_display(),
        "kind": CHIPS[b.state],
        "who": who(b.by),
        "at": at(b.at),
    }


def _page(request: DeskRequest, b: Breach, forms: dict[str, Any], no: Refused | None = None) -> HttpResponse:
    shown = {
        "title": _("泄露事件 %(no)s 号") % {"no": b.pk},
        "back": {"url": reverse("desk:breaches"), "label": _("泄露事件")},
        "state": b.get_state_display(),
        "kind": CHIPS[b.state],
        "facts": _facts(b),
        "links": _cases(request, b),
        "buttons": _buttons(request, b, forms) if breaches.may_handle(request.user) else [],
        "turn": _turn(request, b),
        "refused": no,
    }
    return render(request, "desk/secrecy/one.html", shown, status=no.status if no else 200)


def _facts(b: Breach) -> list[dict[str, Any]]:
    told = _("%(at)s，%(who)s：发了 %(n)d 条短信，%(m)d 位没留号码") % {
        "at": at(b.told_at), "who": who(b.told_by), "n": b.told_count, "m": b.untold_count,
    }  # fmt: skip
    reported = f"{at(b.authority_told_at)} {who(b.authority_told_by)}：{b.authority}"
    return facts(
        (_("谁报的"), f"{who(b.by)} {at(b.at)}"),
        (_("情况"), b.words),
        (_("告诉本人"), told if b.told_at else _late(b.tell_by)),
        (_("报告主管部门"), reported if b.authority_told_at else _late(b.authority_by)),
        (_("查明的结果"), b.finding),
        (_("提请结案"), f"{who(b.asked_by)} {at(b.asked_at)}" if b.asked_by else ""),
        (_("结案"), f"{who(b.closed_by)} {at(b.closed_at)}" if b.closed_by else ""),
    )


def _late(due) -> str:
    said = _("还没有，%(when)s 前要做") % {"when": at(due)}
    return said if timezone.now() <= due else _("过了时限：%(when)s 前就该做") % {"when": at(due)}


def _cases(request: DeskRequest, b: Breach) -> list[dict[str, str]]:
    """To who saw it, for those who may ask that; else the numbers alone."""
    may = leaks.may_read(request.user)
    return [
        {
            "label": case.spoken_number,
            "url": f"{reverse('desk:leak')}?number={case.number}" if may else "",
            "note": _("谁看过") if may else "",
        }
        for case in b.cases.order_by("pk")
    ]


def _buttons(request: DeskRequest, b: Breach, forms: dict[str, Any]) -> list[dict]:
    if b.state == State.CLOSING and b.asked_by_id != request.user.pk:
        return [
            button(None, "close", _("同意，结案")),
            button(forms["words"], "back", _("还不能结，退回去"), "x", is_danger=True),
        ]
    if b.state != State.OPEN:
        return []
    found = []
    if not b.told_at:
        n = b.cases.count()
        found.append(
            button(None, "tell", ngettext("给 %(n)d 位来电人发短信", "给 %(n)d 位来电人发短信", n) % {"n": n}, "send")
        )
    if not b.authority_told_at:
        found.append(button(forms["authority"], "authority_told", _("已经报告了"), "flag"))
    if b.told_at and b.authority_told_at:
        found.append(button(forms["finding"], "ask", _("提请结案")))
    return found


def _turn(request: DeskRequest, b: Breach) -> str:
    if b.state == State.CLOSING:
        return _("等另一个人同意结案；提请的人和报告的人不能")
    if b.state == State.OPEN and not breaches.may_handle(request.user):
        return _("收到了。热线中心的班长、督办员、市领导在处置")
    return ""
