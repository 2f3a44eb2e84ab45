"""What does every page of the desk carry around its work? Who sits here, what waits for him, and his bell."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.models import Officer, Role, Setting
from suqiu.intake.limit_rules import may_judge as may_judge_limits
from suqiu.intake.shown_code import drop_over

from . import queues, registry, row_markup, statements, views_kept
from .administration.places import places as administration
from .queues import Waiting
from .seats import COUNTY, DISCIPLINE, HOTLINE, UNIT, Seat, seat_of
from .secrecy.places import places as secrecy
from .statements import Count, Statement

GROUPS = {
    HOTLINE: gettext_lazy("热线中心"),
    COUNTY: gettext_lazy("县（区）中心"),
    UNIT: gettext_lazy("本单位"),
    DISCIPLINE: gettext_lazy("纪检监察"),
}
SECONDS_KEPT = 15


def shell(request: HttpRequest) -> dict[str, Any]:
    """For pages under /desk/ only; at most three queries, and none for what a page does not show."""
    if not request.path.startswith("/desk/") or not isinstance(getattr(request, "user", None), Officer):
        return {}
    return {
        "city": {"name": registry.city_name()},
        "me": SimpleLazyObject(lambda: _me(request.user)),
        "rail": SimpleLazyObject(lambda: _drawn(rail(request))),
        "bell_count": SimpleLazyObject(lambda: request.user.notices.filter(read_at=None).count()),
        "bell_url": reverse("desk:notices"),
        "loading": _loading(),
        "screen_mark": _mark(request.user),
    }


def seat(request: HttpRequest) -> Seat:
    """The seat of who asks, worked out once a request."""
    if not hasattr(request, "_seat"):
        request._seat = seat_of(request.user, timezone.now())
        drop_over(request.session, request._seat.now)
    return request._seat


def counted(request: HttpRequest, more: dict[str, Statement | None] | None = None) -> dict[str, Count]:
    """Everything that this page counts, in one query: rail, saved views, and what the page itself adds when it is the first to ask."""
    if not hasattr(request, "_counted"):
        sits = seat(request)
        asked = queues.asked(sits) | views_kept.asked(_views(request), sits) | (more or {})
        request._counted = statements.counts(asked, sits.now)
    return request._counted


def waiting(request: HttpRequest) -> list[Waiting]:
    """The counts of who asks, read once a request."""
    return queues.told(seat(request), counted(request))


def _views(request: HttpRequest) -> list[views_kept.View]:
    """The saved views of who asks, read once a request."""
    if not hasattr(request, "_views"):
        request._views = views_kept.of(seat(request))
    return request._views


def _mark(officer: Officer) -> str:
    """Whose screen this is and when: on every page, so that no page can be forgotten."""
    return f"{whose(officer)} {timezone.localtime():%Y-%m-%d %H:%M}"


def whose(officer: Officer) -> str:
    return f"{officer.full_name} {officer.username}"


def _me(officer: Officer) -> dict[str, str]:
    return {"name": officer.full_name, "post": officer.post, "unit": registry.unit_name(officer.department_id)}


def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """Where who asks can go: pages, queues with their counts, saved views, reference."""
    shown = (_shown(w, request.path) for w in waiting(request))
    saved = (_saved(v, counted(request), request) for v in _views(request))
    return [*_pages(request), *shown, *saved, *secrecy(request), *administration(request), *_reference(request)]


def _pages(request: HttpRequest) -> list[dict[str, Any]]:
    found, sits = [_page("today", _("今天要动"), "house", request.path)], seat(request)
    if sits.sees_cases:
        found.append(_page("search", _("查找"), "search", request.path))
    if sits.has(HOTLINE, Role.OPERATOR):
        found.append(_page("intake", _("电话登记"), "phone", request.path))
    if sits.has(HOTLINE, Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER):
        found.append(_page("caller", _("替来电人办"), "user", request.path))
        found.append(_page("events", _("突发口径"), "megaphone", request.path))
    if sits.has(HOTLINE, Role.OPERATOR, Role.SHIFT_LEAD, Role.INTAKE_REVIEWER) or sits.has(UNIT, Role.HANDLER):
        found.append(_page("file_for", _("线下代办"), "pencil", request.path))
    if sits.has(HOTLINE, Role.SHIFT_LEAD):
        found.append(_page("shift", _("班长台"), "users", request.path))
    if sits.has(HOTLINE, Role.FOLLOW_UP):
        found.append(_page("call_next", _("回访电话"), "phone", request.path))
    if sits.has(UNIT, Role.HANDLER):
        found.append(_page("site", _("今天去现场"), "map-pin", request.path))
    return found


def _reference(request: HttpRequest) -> list[dict[str, Any]]:
    found, sits = [_page("catalogue", _("派单目录"), "list", request.path, _("资料"))], seat(request)
    if sits.sees_cases:
        found.append(_page("rulings", _("裁定和先例"), "scale", request.path, _("资料")))
    if sits.has(HOTLINE, Role.SUPERVISOR, Role.LEADER):
        found.append(_page("overrides", _("破例派给乡镇"), "triangle-alert", request.path, _("资料")))
    if may_judge_limits(request.user):
        found.append(_page("limits", _("限制来电"), "ban", request.path, _("资料")))
    if settings.DEMO:
        found.append(_page("mailbox", _("发件箱（演示）"), "message-square", request.path, _("资料")))
    return found


def _page(name: str, label: str, icon: str, path: str, group: str = "") -> dict[str, Any]:
    url = reverse(f"desk:{name}")
    return {"label": label, "url": url, "icon": icon, "group": group, "current": path == url, "count": ""}


def _shown(w: Waiting, path: str) -> dict[str, Any]:
    queue = w.queue
    return {
        "label": str(queue.label),
        "url": queue.url,
        "icon": queue.icon,
        "group": str(GROUPS[queue.place]),
        "count": w.said if w.count else "",
        "is_late": bool(w.late),
        "current": path == queue.url,
    }


def _saved(view: views_kept.View, found: dict[str, Count], request: HttpRequest) -> dict[str, Any]:
    count = found.get(view.column, Count())
    return {
        "label": view.name,
        "url": view.url,
        "icon": "star",
        "group": _("存的视图"),
        "count": count.said if count.n else "",
        "is_late": bool(count.late),
        "current": request.get_full_path() == view.url,
        "is_data": True,
    }


def _drawn(entries: list[dict[str, Any]]) -> SafeString:
    """The rail, drawn here: thirty entries of two fragments cost more than the counts in them."""
    parts = []
    for group, found in groupby(entries, key=lambda e: e["group"]):
        heading = f'<h2 class="rail-group">{escape(group)}</h2>' if group else ""
        parts.append(f"{heading}<ul>{''.join(map(_entry, found))}</ul>")
    return mark_safe("".join(parts))


def _entry(e: dict[str, Any]) -> str:
    current = ' aria-current="page"' if e["current"] else ""
    late = '<span class="for-ears">{}</span>'.format(escape(_("，有超期的"))) if e.get("is_late") else ""
    count = (
        f'<span class="rail-count{" rail-count-late" if late else ""}">{e["count"]}{late}</span>' if e["count"] else ""
    )
    said_in = row_markup.said_in(e["label"]) if e.get("is_data") else ""
    label = f"<span{said_in}>{escape(e['label'])}</span>"
    return f'<li><a href="{escape(e["url"])}"{current}>{row_markup.icon(e["icon"])}{label}{count}</a></li>'


def _loading() -> dict[str, int] | None:
    """While the worker still brings in the demo city: how far it is."""
    if not settings.DEMO:
        return None
    return cache.get_or_set("desk:loading", _read_loading, SECONDS_KEPT) or None


def _read_loading() -> dict[str, int]:
    kept = Setting.objects.filter(key="demo").values_list("value", flat=True).first()
    if not isinstance(kept, dict) or kept.get("done", 0) >= kept.get("of", 0):
        return {}
    return {"done": kept["done"], "of": kept["of"]}
