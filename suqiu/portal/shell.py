"""What does every page of the portal carry? City, large mode, no traces in shared caches; and forms too big to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from suqiu.errors import Refused

from .areas import city_name

LARGE_COOKIE = "large"
YEAR = 365 * 86400
Page = Callable[..., HttpResponse]


class FormRequest(HttpRequest):
    """A request to a page with a form; `too_big`: why its body could not be read."""

    too_big: Refused | None


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Renders a page of the portal; `?large=1` is remembered in a cookie, `?large=0` forgotten."""
    asked = request.GET.get("large")
    is_large = asked == "1" if asked in ("0", "1") else request.COOKIES.get(LARGE_COOKIE) == "1"
    shown = {"city": {"name": city_name()}, "is_large": is_large} | (context or {})
    response = render(request, template, shown, status=status)
    if asked == "1":
        response.set_cookie(LARGE_COOKIE, "1", max_age=YEAR, samesite="Lax", httponly=True)
    elif asked == "0":
        response.delete_cookie(LARGE_COOKIE, samesite="Lax")
    return response


def form_page(view: Page) -> Page:
    """A page with a form. A posting too big to read comes to the view empty, with `request.too_big` saying why.

    The body is read here, before the form's own token is looked for, since reading is what fails.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def read_first(request: HttpRequest, *args, **named) -> HttpResponse:
        request.too_big = None
        if request.method == "POST" and (refused := _unreadable(request)):
            request.too_big = refused
            request._post, request._files = QueryDict(), MultiValueDict()  # nothing to do but to show the form again
            return view(request, *args, **named)
        return protected(request, *args, **named)

    return read_first


def _unreadable(request: HttpRequest) -> Refused | None:
    try:
        _read = request.POST
    except RequestDataTooBig:
        return Refused(
            _("写的内容太长，没有收下。请删短一些，长的材料拍照或存成 PDF 附上。按浏览器的返回，写的字还在"), status=413
        )
    except (TooManyFieldsSent, TooManyFilesSent):
        return Refused(_("文件太多，一次最多 9 个。按浏览器的返回，写的字还在"), status=413)
    except MultiPartParserError:
        return Refused(_("传到一半断了，没有收下。按浏览器的返回，写的字还在，请再交一次"), status=400)
    return None


def when(moment: datetime, now: datetime) -> str:
    """今天 16:00 · 明天 09:00 · 11 月 26 日 17:00; with the year when it is another one."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    clock = f"{local:%H:%M}"
    near = {0: _("今天 %s"), 1: _("明天 %s")}.get((local.date() - today).days)
    if near:
        return near % clock
    return f"{day(local, now)} {clock}"


def day(moment: datetime | date, now: datetime) -> str:
    """11 月 26 日, of a moment in city time or of a day."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    same_year = local.year == timezone.localtime(now).year
    return date_format(local, _("n 月 j 日") if same_year else _("Y 年 n 月 j 日"))


def see_other(name: str, *args: str, at: str = "") -> HttpResponse:
    """303 to a page of the portal: what was handed in is not handed in again by a reload."""
    return HttpResponse(status=303, headers={"Location": reverse(f"portal:{name}", args=args) + at})
