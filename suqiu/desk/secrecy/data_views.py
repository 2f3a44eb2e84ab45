"""个人信息请求: what a citizen asks of his data, answered by one, a deletion confirmed by another."""

from __future__ import annotations

from typing import Any

from django.db.models import Case as Choice
from django.db.models import Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import own_data, retaining
from suqiu.cases.models import Case, DataRequest
from suqiu.citizens.contact import mask_name
from suqiu.errors import Refused

from ..paging import paged
from ..shell import DeskRequest, desk_form, desk_page, to_case
from .forms import AnswerForm
from .showing import at, button, facts, pressed, typed, who

State, Kind = DataRequest.State, DataRequest.Kind
CHIPS = {State.WAITING: "soon", State.SECOND: "soon", State.DONE: "ok"}


@desk_page
def request_list(request: DeskRequest) -> HttpResponse:
    """What waits first, by its term."""
    waits = Choice(When(state__in=(State.WAITING, State.SECOND), then=Value(0)), default=Value(1))
    page, pager = paged(request, _seen(request).annotate(waits=waits).order_by("waits", "due_at", "id"))
    shown = {
        "title": _("个人信息请求"),
        "note": _("来电人要更正或删除自己的信息：15 个工作日内答复，删除要两个人"),
        "rows": [_row(r) for r in page],
        "empty": _("没有请求"),
        "pager": pager,
    }
    return render(request, "desk/secrecy/list.html", shown)


@desk_form
def one(request: DeskRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if request.too_big:
        raise request.too_big
    is_answering = {"grant", "decline"} & set(request.POST)
    form = AnswerForm(request.POST if is_answering else None)
    if request.method != "POST":
        return _page(request, found, form)
    given = {"request": found, "by": request.user, "at": timezone.now()}

    def answered(is_granted: bool) -> None:
        own_data.answer(**given, is_granted=is_granted, words=typed(form, "words"), basis=typed(form, "basis"))

    deeds = {
        "grant": lambda: answered(True),
        "decline": lambda: answered(False),
        "confirm": lambda: own_data.confirm(**given),
        "back": lambda: own_data.send_back(**given),
    }
    return pressed(request, deeds, lambda no: _page(request, _found(request, pk), form, no))


def _seen(request: DeskRequest):
    """Of the cases he may see, as everywhere."""
    if not (own_data.may_answer(request.user) or own_data.may_second(request.user)):
        raise Refused(_("个人信息请求由班长和受理审核员答复"), status=403)
    mine = Case.objects.visible_to(request.user).values("pk")
    return DataRequest.objects.filter(case__in=mine).select_related("case__person", "by", "second")


def _found(request: DeskRequest, pk: int) -> DataRequest:
    found = _seen(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _row(r: DataRequest) -> dict[str, Any]:
    return {
        "url": reverse("desk:data_request", args=[r.pk]),
        "what": r.get_kind_display(),
        "words": r.case.spoken_number,
        "state": r.get_state_display(),
        "kind": "over" if r.is_open and r.due_at < timezone.now() else CHIPS.get(r.state, ""),
        "who": _("%(when)s 前答复") % {"when": at(r.due_at)} if r.is_open else who(r.by),
        "at": at(r.asked_at),
    }


def _page(request: DeskRequest, r: DataRequest, form: AnswerForm, no: Refused | None = None) -> HttpResponse:
    shown = {
        "title": r.get_kind_display(),
        "back": {"url": reverse("desk:data_requests"), "label": _("个人信息请求")},
        "state": r.get_state_display(),
        "kind": CHIPS.get(r.state, ""),
        "facts": _facts(r),
        "links": [{"label": r.case.spoken_number, "url": to_case(r.case.number), "note": r.case.get_state_display()}],
        "buttons": _buttons(request, r, form),
        "turn": _turn(request, r),
        "refused": no,
    }
    return render(request, "desk/secrecy/one.html", shown, status=no.status if no else 200)


def _facts(r: DataRequest) -> list[dict[str, Any]]:
    until = retaining.keeps_until(r.case, retaining.WHOLE)
    return facts(
        (_("什么时候提的"), at(r.asked_at)),
        (_("最晚什么时候答复"), at(r.due_at)),
        (_("原话"), r.words),
        (_("姓名改成"), mask_name(r.name) if r.name_sealed else ""),
        (_("方便时间改成"), r.preferred_time),
        (_("依法留到"), f"{timezone.localtime(until):%Y-%m-%d}" if until and r.kind == Kind.DELETE else ""),
        (_("答复"), f"{r.answer}（{who(r.by)} {at(r.answered_at)}）" if r.by else ""),
        (_("依据"), r.basis),
        (_("会删掉"), _scope(r) if r.state == State.SECOND else ""),
        (_("第二人"), f"{who(r.second)} {at(r.decided_at)}" if r.second else ""),
    )


def _scope(r: DataRequest) -> str:
    return _("姓名、电话、内容和附件") if r.is_whole else _("姓名和电话；内容依法留到期满")


def _buttons(request: DeskRequest, r: DataRequest, form: AnswerForm) -> list[dict]:
    if r.state == State.SECOND and r.by_id != request.user.pk and own_data.may_second(request.user):
        return [
            button(None, "confirm", _("同意，现在删"), "x", is_danger=True),
            button(None, "back", _("不同意，重新答复"), "x"),
        ]
    if r.state == State.WAITING and own_data.may_answer(request.user):
        grant = _("可以删，交第二人") if r.kind == Kind.DELETE else _("照着更正")
        return [button(form, "grant", grant) | {"other": {"name": "decline", "label": _("不能办，写了依据")}}]
    return []


def _turn(request: DeskRequest, r: DataRequest) -> str:
    if r.state == State.SECOND:
        return _("删除不能反悔，要另一个人同意：班长、受理审核员或市领导")
    return ""
