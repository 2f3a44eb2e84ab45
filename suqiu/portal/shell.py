"""What does every page of the portal carry? City, large mode, no traces in shared caches; and forms too big to read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.doors import day
from suqiu.intake.shown_code import drop_over

from .areas import city_name
from .proof import known

LARGE_COOKIE = "large"
YEAR = 365 * 86400


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Renders a page of the portal; `?large=1` is remembered in a cookie, `?large=0` forgotten."""
    drop_over(request.session, timezone.now())
    asked = request.GET.get("large")
    is_large = asked == "1" if asked in ("0", "1") else request.COOKIES.get(LARGE_COOKIE) == "1"
    shown = {"city": {"name": city_name()}, "is_large": is_large, "known": known(request)} | (context or {})
    response = render(request, template, shown, status=status)
    if asked == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=YEAR, samesite="Lax", httponly=True)
    elif asked == "0":
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response


def when(moment: datetime, now: datetime) -> str:
    """今天 16:00 · 明天 09:00 · 11 月 26 日 17:00; with the year when it is another one."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    clock = f"{local:%H:%M}"
    near = {0: _("今天 %s"), 1: _("明天 %s")}.get((local.date() - today).days)
    if near:
        return near % clock
    return f"{day(local, now)} {clock}"


def see_other(name: str, *args: str, at: str = "") -> HttpResponse:
    """303 to a page of the portal: what was handed in is not handed in again by a reload."""
    return HttpResponse(status=303, headers={"Location": reverse(f"portal:{name}", args=args) + at})


def token_lost() -> dict[str, Any]:
    """The refusal that stands above a form whose page was open too long, or came without its cookie."""
    reason = _("这一页打开太久，或者浏览器没有带上凭证。写的都在，看一遍，再交一次")
    return {"title": _("还没有收下"), "reason": reason, "who_can": _("再按一次就行；不行就打 12345")}
