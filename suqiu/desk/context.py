"""What does every page of the desk carry around its work? Who sits here, what waits for him, and his bell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.directory.models import Officer, Role, Setting

from . import registry
from .queues import Waiting, counts
from .seats import COUNTY, DISCIPLINE, HOTLINE, UNIT, Seat, seat_of

GROUPS = {
    HOTLINE: gettext_lazy("热线中心"),
    COUNTY: gettext_lazy("县（区）中心"),
    UNIT: gettext_lazy("本单位"),
    DISCIPLINE: gettext_lazy("纪检监察"),
}
SECONDS_KEPT = 15


def shell(request: HttpRequest) -> dict[str, Any]:
    """For pages under /desk/ only; at most two queries, and none for what a page does not show."""
    if not request.path.startswith("/desk/") or not isinstance(getattr(request, "user", None), Officer):
        return {}
    return {
        "city": {"name": registry.city_name()},
        "me": SimpleLazyObject(lambda: _me(request.user)),
        "rail": SimpleLazyObject(lambda: _rail(request)),
        "bell_count": SimpleLazyObject(lambda: request.user.notices.filter(read_at=None).count()),
        "bell_url": reverse("desk:notices"),
        "loading": _loading(),
    }


def seat(request: HttpRequest) -> Seat:
    """The seat of who asks, worked out once a request."""
    if not hasattr(request, "_seat"):
        request._seat = seat_of(request.user, timezone.now())
    return request._seat


def waiting(request: HttpRequest) -> list[Waiting]:
    """The counts of who asks, read once a request."""
    if not hasattr(request, "_waiting"):
        request._waiting = counts(seat(request))
    return request._waiting


def _me(officer: Officer) -> dict[str, str]:
    return {"name": officer.full_name, "post": officer.post, "unit": registry.unit_name(officer.department_id)}


def _rail(request: HttpRequest) -> list[dict[str, Any]]:
    return [*_pages(request), *(_shown(w, request.path) for w in waiting(request)), *_reference(request)]


def _pages(request: HttpRequest) -> list[dict[str, Any]]:
    found = [_page("today", _("今天要动"), "house", request.path)]
    if seat(request).has(HOTLINE, Role.OPERATOR):
        found.append(_page("intake", _("电话登记"), "phone", request.path))
    return found


def _reference(request: HttpRequest) -> list[dict[str, Any]]:
    found = [_page("catalogue", _("派单目录"), "list", request.path, _("资料"))]
    if settings.DEMO:
        found.append(_page("mailbox", _("发件箱（演示）"), "message-square", request.path, _("资料")))
    return found


def _page(name: str, label: str, icon: str, path: str, group: str = "") -> dict[str, Any]:
    url = reverse(f"desk:{name}")
    return {"label": label, "url": url, "icon": icon, "group": group, "current": path == url, "count": 0}


def _shown(w: Waiting, path: str) -> dict[str, Any]:
    queue = w.queue
    return {
        "label": queue.label,
        "url": queue.url,
        "icon": queue.icon,
        "group": GROUPS[queue.place],
        "count": w.count,
        "is_late": bool(w.late),
        "current": path == queue.url,
    }


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
