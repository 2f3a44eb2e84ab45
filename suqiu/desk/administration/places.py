"""Where in the rail stand the administrator's pages, a unit's hand-over, and one's own password?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.directory import rules

from . import hand_over


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """By the grants of who asks, which are read already: no query of its own."""
    officer, group = request.user, _("管理")
    found = []
    if rules.may_administer(officer):
        found.append(_place("administration", _("管理"), "shield-check", group, request.path))
    if rules.may_administer(officer) or any(rules.may_second(officer, t) for t in rules.SECONDS):
        found.append(_place("administration_changes", _("变更"), "history", group, request.path))
    if hand_over.units(officer):
        found.append(_place("cases_of_officers", _("交接"), "handshake", group, request.path))
    return [*found, _place("own_password", _("换密码"), "key-round", _("资料"), request.path)]


def _place(name: str, label: str, icon: str, group: str, path: str) -> dict[str, Any]:
    url = reverse(f"desk:{name}")
    return {"label": label, "url": url, "icon": icon, "group": group, "current": path == url, "count": 0}
