"""What do all views of the desk share? A signed-in officer, forms too big to read, and how a moment is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from suqiu.directory.models import Officer
from suqiu.errors import Refused

Page = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request at the desk; `too_big`: why its body could not be read."""

    user: Officer
    too_big: Refused | None


def desk_page(view: Page) -> Page:
    """A page that only shows: signed in, never kept by a cache."""
    return login_required(never_cache(require_safe(view)))


def form_page(view: Page, methods: tuple[str, ...] = ("GET", "HEAD", "POST")) -> Page:
    """A page with a form. A posting too big to read comes to the view empty, with `request.too_big` saying why.

    The body is read here, before the form's own token is looked for, since reading is what fails.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @never_cache
    @require_http_methods(methods)
    @wraps(view)
    def read_first(request: HttpRequest, *args, **named) -> HttpResponse:
        request.too_big = None
        if request.method == "POST" and (refused := _unreadable(request)):
            request.too_big = refused
            request._post, request._files = QueryDict(), MultiValueDict()  # nothing to do but to show the form again
            return view(request, *args, **named)
        return protected(request, *args, **named)

    return read_first


def desk_form(view: Page) -> Page:
    """A page with a form, for who is signed in."""
    return login_required(form_page(view))


def is_fragment(request: HttpRequest) -> bool:
    """Asked by a script that puts the answer into the page that is open."""
    return request.headers.get("HX-Request") == "true"


def see_other(address: str) -> HttpResponse:
    """303: what was posted is not posted again by a reload."""
    return HttpResponse(status=303, headers={"Location": address})


def to_case(number: str, at: str = "") -> str:
    return reverse("desk:case", args=[number]) + at


def when(moment: datetime, now: datetime) -> str:
    """今天 16:00 · 明天 09:00 · 11 月 26 日 17:00; with the year when it is another one."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    near = {0: _("今天 %s"), 1: _("明天 %s"), -1: _("昨天 %s")}.get((local.date() - today).days)
    return near % f"{local:%H:%M}" if near else f"{day(local, now)} {local:%H:%M}"


def day(moment: datetime | date, now: datetime) -> str:
    """11 月 26 日, of a moment in city time or of a day."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    same_year = local.year == timezone.localtime(now).year
    return date_format(local, _("n 月 j 日") if same_year else _("Y 年 n 月 j 日"))


def _unreadable(request: HttpRequest) -> Refused | None:
    try:
        _read = request.POST
    except RequestDataTooBig:
        return Refused(
            _("写的内容太长，没有收下。请删短一些，长的材料作为附件。按浏览器的返回，写的字还在"), status=413
        )
    except (TooManyFieldsSent, TooManyFilesSent):
        return Refused(_("文件太多，一次最多 9 个。按浏览器的返回，写的字还在"), status=413)
    except MultiPartParserError:
        return Refused(_("传到一半断了，没有收下。按浏览器的返回，写的字还在，请再交一次"), status=400)
    return None
