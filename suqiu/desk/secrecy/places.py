"""Where in the rail stand exports, the leak report, breaches and citizens' requests?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.cases import breaches, leaks, own_data, taking_out


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """By the grants of who asks, which are read already: no query of its own."""
    officer, found = request.user, []
    if taking_out.may_open(officer):
        found.append(_place("exports", _("导出"), "download", request.path))
    if leaks.may_read(officer):
        found.append(_place("leak", _("谁看过"), "eye", request.path))
    if breaches.may_report(officer):
        found.append(_place("breaches", _("泄露事件"), "triangle-alert", request.path))
    if own_data.may_answer(officer) or own_data.may_second(officer):
        found.append(_place("data_requests", _("个人信息请求"), "user", request.path))
    return found


def _place(name: str, label: str, icon: str, path: str) -> dict[str, Any]:
    url = reverse(f"desk:{name}")
    return {"label": label, "url": url, "icon": icon, "group": _("保密"), "current": path == url, "count": 0}
