"""What else is there at the desk? One's own bell, the matters catalogue, and in the demo city what was sent out."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.models import DemandType
from suqiu.directory.models import Department, EvidenceClass, Notice
from suqiu.directory.queries import catalogue_now
from suqiu.gateways.models import Message
from suqiu.speech import listed

from . import registry
from .paging import paged, whole_number
from .shell import desk_form, desk_page, see_other, to_case, when

POWERS = {"city": gettext_lazy("市"), "county": gettext_lazy("县（区）"), "town": gettext_lazy("乡镇（街道）")}
DUTY_OF_TOWNS = "town"
ADDRESS = re.compile(r"(https?://[\x21-\x7e]+)")


@desk_form
def notices(request: HttpRequest) -> HttpResponse:
    """提醒: read ones stay to be found again; marking twice is marking once."""
    own = Notice.objects.filter(officer=request.user)
    if request.too_big:
        raise request.too_big
    if request.method == "POST":
        marked = own.filter(read_at=None)
        if "id" in request.POST:
            marked = marked.filter(pk=whole_number(request.POST["id"]))
        marked.update(read_at=timezone.now())
        return see_other(reverse("desk:notices"))
    now = timezone.now()
    page, pager = paged(request, own)
    shown = [
        {
            "pk": n.pk,
            "text": n.text,
            "at": when(n.at, now),
            "is_read": n.read_at is not None,
            "url": to_case(n.case_number) if n.case_number else "",
        }
        for n in page
    ]
    return render(
        request,
        "desk/notices.html",
        {"notices": shown, "pager": pager, "has_unread": any(not n["is_read"] for n in shown)},
    )


@desk_page
def mailbox(request: HttpRequest) -> HttpResponse:
    """发件箱: in the demo city no message leaves the house; here it can be read. Nowhere else does this page exist."""
    if not settings.DEMO:
        raise Http404
    number, now = request.GET.get("number", "").strip(), timezone.now()
    found = Message.objects.filter(case_number=number) if number else Message.objects.all()
    page, pager = paged(request, found, number=number)
    shown = [
        {
            "to": m.to_masked,
            "channel": m.get_channel_display(),
            "status": m.get_status_display(),
            "body": _linked(m.body),
            "at": when(m.at, now),
            "number": m.case_number,
            "why": m.why,
        }
        for m in page
    ]
    return render(request, "desk/mailbox.html", {"messages_sent": shown, "pager": pager, "number": number})


@desk_page
def catalogue(request: HttpRequest) -> HttpResponse:
    """派单目录, to read: whose duty each item is, who has the power, and what a reply must rest on."""
    version, words = catalogue_now(), request.GET.get("q", "").strip()[:40]
    items, owners = list(registry.matters().values()), _owners()
    names = {m.code: m.name for m in items}
    shown: dict[str, list[dict[str, Any]]] = {}
    for m in items:
        if m.level == 3 and (not words or words in m.name or words in m.code):
            shown.setdefault(m.code[:2], []).append(_item(m, names, owners))
    groups = [{"code": code, "name": names.get(code, code), "items": found} for code, found in shown.items()]
    context = {
        "groups": groups,
        "words": words,
        "version": version,
        "since": version.valid_from if version else None,
        "total": sum(len(g["items"]) for g in groups),
    }
    return render(request, "desk/catalogue.html", context)


def _linked(body: str) -> SafeString:
    """Addresses as links: in Chinese text no space stands before them."""
    parts = ADDRESS.split(body)  # text, address, text, ...
    return format_html_join(
        "", "{}", ((format_html('<a href="{}">{}</a>', p, p) if n % 2 else p,) for n, p in enumerate(parts))
    )


def _item(m: registry.Item, names: dict[str, str], owners: dict[str, str]) -> dict[str, Any]:
    types = dict(DemandType.choices)
    return {
        "code": m.code,
        "path": names.get(m.code[:4], ""),
        "name": m.name,
        "owner": owners.get(m.owner_duty, m.owner_duty),
        "power": POWERS.get(m.power, m.power),
        "evidence": EvidenceClass(m.evidence_class).label if m.evidence_class else "",
        "types": listed(types.get(t, t) for t in m.types.split("|")),
    }


def _owners() -> dict[str, str]:
    """Duty -> the city's department that has it; a duty of towns is said as such."""
    order = {Department.Kind.CITY_BUREAU: 0, Department.Kind.UTILITY: 1, Department.Kind.DISCIPLINE: 2}
    found: dict[str, str] = {}
    for unit in sorted(registry.units().values(), key=lambda u: order.get(u.kind, 9)):
        found.setdefault(unit.duty, unit.name)
    return found | {DUTY_OF_TOWNS: _("乡镇（街道）")}
