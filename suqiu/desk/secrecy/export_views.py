"""导出: who wants to take out what, who agrees, and the file for its asker alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import exports, taking_out
from suqiu.cases.models import ExportRequest
from suqiu.errors import Refused
from suqiu.speech import listed

from ..paging import paged
from ..shell import DeskRequest, desk_form, see_other
from .forms import ExportForm, WordsForm
from .showing import at, button, facts, pressed, typed, who

State = ExportRequest.State
CHIPS = {State.WAITING: "soon", State.MADE: "ok"}
MIMES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@desk_form
def export_list(request: DeskRequest) -> HttpResponse:
    """His own applications, and for who may agree all of them; below, the form for another."""
    _check_may_open(request)
    if request.too_big:
        raise request.too_big
    form = ExportForm(request.POST) if request.method == "POST" else ExportForm()
    if request.method != "POST" or not form.is_valid():
        return _list_page(request, form, 200 if request.method != "POST" else form.status)
    said = {k: v for k, v in form.cleaned_data.items() if k != "key"}
    try:
        asked = taking_out.ask(by=request.user, at=timezone.now(), key=form.keyed(request.user), **said)
    except Refused as no:
        if no.field not in form.fields:
            raise
        form.add_error(no.field, no.reason)
        return _list_page(request, form, no.status)
    return see_other(reverse("desk:export", args=[asked.pk]))


@desk_form
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """What is asked for and why; the buttons of whose turn it is."""
    found = _found(request, pk)
    if request.too_big:
        raise request.too_big
    form = WordsForm(request.POST if "refuse" in request.POST else None)
    if request.method != "POST":
        return _page(request, found, form)
    given = {"request": found, "by": request.user, "at": timezone.now()}
    deeds = {
        "agree": lambda: taking_out.agree(**given),
        "refuse": lambda: taking_out.refuse(**given, words=typed(form, "words")),
    }
    return pressed(request, deeds, lambda no: _page(request, _found(request, pk), form, no))


@desk_form
def file(request: DeskRequest, pk: int) -> HttpResponse:
    """By a press of a button alone: taking it is an act, not a look."""
    found = _found(request, pk)
    if request.method != "POST":
        return see_other(reverse("desk:export", args=[pk]))
    data = taking_out.take(request=found, by=request.user, at=timezone.now())
    answer = HttpResponse(data, content_type=MIMES[found.format])
    answer["Content-Disposition"] = f'attachment; filename="export-{found.pk}.{found.format}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


def _check_may_open(request: DeskRequest) -> None:
    if not taking_out.may_open(request.user):
        raise Refused(_("您不能导出"), who_can=_("请本单位的审核人、负责人，或热线中心的班长申请"), status=403)


def _found(request: DeskRequest, pk: int) -> ExportRequest:
    _check_may_open(request)
    found = _seen(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _seen(request: DeskRequest):
    every = ExportRequest.objects.select_related("by__department", "second")
    return every if exports.may_second(request.user) else every.filter(Q(by=request.user))


def _list_page(request: DeskRequest, form: ExportForm, status: int) -> HttpResponse:
    page, pager = paged(request, _seen(request))
    shown = {
        "title": _("导出"),
        "note": _("一个人申请，另一个人同意，做一次，两天后删除。每一行都写着谁拿走的"),
        "rows": [_row(r) for r in page],
        "empty": _("还没有人申请过"),
        "pager": pager,
        "form": form if taking_out.may_ask(request.user) else None,
        "form_title": _("申请一份"),
        "submit": _("交给第二人"),
    }
    return render(request, "desk/secrecy/list.html", shown, status=status)


def _row(r: ExportRequest) -> dict[str, Any]:
    n = r.count or r.asked_for
    return {
        "url": reverse("desk:export", args=[r.pk]),
        "what": ngettext("%(n)d 件", "%(n)d 件", n) % {"n": n},
        "words": r.why,
        "state": r.get_state_display(),
        "kind": CHIPS.get(r.state, ""),
        "who": who(r.by),
        "at": at(r.at),
    }


def _page(request: DeskRequest, r: ExportRequest, form: WordsForm, no: Refused | None = None) -> HttpResponse:
    is_second = r.state == State.WAITING and r.by_id != request.user.pk and exports.may_second(request.user)
    can_take = r.state == State.MADE and r.by_id == request.user.pk and timezone.now() < r.expires_at
    shown = {
        "title": _("导出申请 %(no)s 号") % {"no": r.pk},
        "back": {"url": reverse("desk:exports"), "label": _("导出")},
        "state": r.get_state_display(),
        "kind": CHIPS.get(r.state, ""),
        "facts": _facts(r),
        "buttons": [
            button(None, "agree", _("同意，现在导出")),
            button(form, "refuse", _("不同意"), "x", is_danger=True),
        ]
        if is_second
        else [],
        "take_url": reverse("desk:export_file", args=[r.pk]) if can_take else "",
        "turn": _turn(request, r, is_second),
        "refused": no,
    }
    return render(request, "desk/secrecy/one.html", shown, status=no.status if no else 200)


def _facts(r: ExportRequest) -> list[dict[str, Any]]:
    days = f"{r.since or '…'} — {r.until or '…'}" if r.since or r.until else _("全部")
    return facts(
        (_("谁要"), f"{who(r.by)} {r.by.department}"),
        (_("用途"), r.why),
        (_("收到的日子"), days),
        (_("要哪几栏"), listed(exports.LABELS[c] for c in r.columns)),
        (_("申请时有多少件"), r.asked_for),
        (_("第二人"), f"{who(r.second)} {at(r.decided_at)}" if r.second else ""),
        (_("不同意的理由"), r.words),
        (_("导出了多少件"), r.count or ""),
        (_("文件到什么时候"), at(r.expires_at)),
        (_("下载过几次"), r.taken or ""),
        (_("文件摘要"), r.sha256[:16]),
    )


def _turn(request: DeskRequest, r: ExportRequest, is_second: bool) -> str:
    if is_second:
        return _("您是第二人：看清用途和范围，再决定。按申请人的权限导，姓名电话遮住")
    if r.state == State.WAITING:
        return _("等班长、督办员或市领导中的另一位同意")
    return ""
