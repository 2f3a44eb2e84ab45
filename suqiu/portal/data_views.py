"""我的信息: which data of his are kept and until when, who looked at them, and what he asks: correct them, delete them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases import own_data, retaining
from suqiu.cases.models import Case, DataRequest, Look
from suqiu.doors import day
from suqiu.errors import Refused

from . import again, proof, told
from .fields import Line, Words
from .forms import KeyedForm
from .nothing_lost import FormRequest, form_page
from .shell import page, see_other, token_lost, when

LOOKS_SHOWN = 50
NAMED = (Look.What.CONTACT, Look.What.FILE, Look.What.PRINT, Look.What.EXPORT)  # each of these is told with who it was


class CorrectForm(KeyedForm):
    """What stands in a field masked and comes back so changes nothing."""

    name = Line(label=gettext_lazy("称呼或姓名"), required=False, max_length=60)
    preferred_time = Line(label=gettext_lazy("什么时候方便接电话"), required=False, max_length=60)
    words = Words(
        label=gettext_lazy("哪里不对，该是什么"), required=False, help_text=gettext_lazy("换号码请打 12345，当面核实"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class DeleteForm(KeyedForm):
    """Beside the other form on one page: its fields have ids of their own."""

    words = Words(label=gettext_lazy("想说的话"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data=None, files=None, *, initial: dict[str, Any] | None = None):
        super().__init__(data, files, initial=initial)
        self.auto_id = "id_delete_%s"


@form_page
def data(request: FormRequest, number: str) -> HttpResponse:
    if not proof.knows(request, number):
        return again.ask(request, number)
    case = Case.objects.select_related("person").get(pk=proof.id_or_404(request, number))
    if request.too_big:
        return _page(request, case, {}, 413, _refused(request.too_big))
    if request.method != "POST":
        return _page(request, case, {})
    kind = DataRequest.Kind.DELETE if "delete" in request.POST else DataRequest.Kind.CORRECT
    form = DeleteForm(request.POST) if kind == DataRequest.Kind.DELETE else CorrectForm(request.POST)
    if request.is_token_lost:
        return _page(request, case, {kind: form}, 403, token_lost())
    if not form.is_valid():
        return _page(request, case, {kind: form}, 422)
    said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    try:
        own_data.ask(case=case, kind=kind, at=timezone.now(), key=form.keyed(), **said)
    except Refused as no:
        if no.field not in form.fields:
            return _page(request, case, {kind: form}, no.status, _refused(no))
        form.add_error(no.field, no.reason)
        return _page(request, case, {kind: form}, no.status)
    messages.success(request, _("收到了，%(n)d 个工作日内答复您，在这一页看") % {"n": own_data.TERM.amount})
    return see_other("data", number)


def _refused(no: Refused) -> dict[str, Any]:
    return {"title": _("还没有收下"), "reason": no.reason, "who_can": no.who_can or _("拿不准就打 12345")}


def _page(
    request: HttpRequest, case: Case, given: dict[str, Any], status: int = 200, refused: dict | None = None
) -> HttpResponse:
    person, now, kind = case.person, timezone.now(), DataRequest.Kind
    start = {"name": person.masked_name, "preferred_time": person.preferred_time}
    asked = list(case.data_requests.order_by("-id")[:20])
    open_kinds = {r.kind for r in asked if r.is_open}
    shown = {
        "case": told.heading(case),
        "kept": _kept(case),
        "until": _until(case, now),
        "looks": _looks(case),
        "counted": _counted(case),
        "requests": [_request(r, now) for r in asked],
        "correct": None if kind.CORRECT in open_kinds or person.removed_at else given.get(kind.CORRECT) or CorrectForm(initial=start),
        "delete": None if kind.DELETE in open_kinds or person.removed_at else given.get(kind.DELETE) or DeleteForm(),
        "refused": refused,
    }  # fmt: skip
    return page(request, "portal/data.html", shown, status)


def _kept(case: Case) -> list[dict[str, str]]:
    """By kind, masked as everywhere: who looks over his shoulder learns no number."""
    person, gone = case.person, _("已经删除了")
    if person.removed_at:
        return [{"label": _("姓名和电话"), "said": gone}]
    return [
        {"label": _("称呼或姓名"), "said": person.masked_name or _("没留")},
        {"label": _("电话"), "said": person.masked_phone or _("没留")},
        {"label": _("方便接听"), "said": person.preferred_time or _("没留")},
        {"label": _("地点"), "said": case.place or _("没留")},
        {"label": _("您写的话、照片"), "said": _("在「我的诉求」里，原样")},
    ]


def _until(case: Case, now) -> list[str]:
    """What the law wants kept, and until when: said before he asks."""
    contact, whole = (retaining.keeps_until(case, deed) for deed in (retaining.PERSON, retaining.WHOLE))
    if contact is None or whole is None:
        return [_("这件还在办，办完以前要凭这些信息告诉您结果；办完就可以要求删除。")]
    return [
        _("姓名和电话最晚 %(day)s 自动忘掉；您现在就可以要求删除。") % {"day": day(contact, now)},
        _("内容和照片是公务档案，依法留到 %(day)s，到期自动删除。在那以前删的只是姓名和电话。")
        % {"day": day(whole, now)},
    ]


def _looks(case: Case) -> list[dict[str, Any]]:
    """Post and surname, never more."""
    looks = Look.objects.filter(case=case, what__in=NAMED).select_related("officer__department").order_by("-id")
    return [{"at": k.at, "who": k.officer.shown_to_citizen, "what": k.get_what_display()} for k in looks[:LOOKS_SHOWN]]


def _counted(case: Case) -> list[dict[str, Any]]:
    rows = (
        Look.objects.filter(case=case)
        .order_by()
        .values("what")
        .annotate(n=Count("pk"), who=Count("officer", distinct=True))
    )
    order = list(Look.What)
    return [
        {"label": Look.What(r["what"]).label, "n": r["n"], "who": r["who"]}
        for r in sorted(rows, key=lambda r: order.index(r["what"]))
    ]


def _request(r: DataRequest, now) -> dict[str, Any]:
    return {
        "what": r.get_kind_display(),
        "state": r.get_state_display() if not r.is_open else _("%(when)s 前答复您") % {"when": when(r.due_at, now)},
        "is_open": r.is_open,
        "at": when(r.asked_at, now),
        "answer": "" if r.is_open else r.answer,
        "basis": "" if r.is_open else r.basis,
    }


def url(case: Case) -> str:
    return reverse("portal:data", args=[case.number])
