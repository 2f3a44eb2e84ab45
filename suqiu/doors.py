"""What do both doors need? Whether a form could be read at all, from where it came, which day is meant, and how a file is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from suqiu.cases.files import PICTURES, for_view
from suqiu.cases.models import Attachment
from suqiu.errors import Refused
from suqiu.gateways import storage

Page = Callable[..., HttpResponse]


class FormRequest(HttpRequest):
    """A request to a page with a form; `too_big`: why its body could not be read."""

    too_big: Refused | None


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


def address_of(request: HttpRequest) -> str:
    """The visitor's address. Behind proxies that the city names (TRUSTED_PROXIES), the last address they were told."""
    direct = request.META.get("REMOTE_ADDR", "")
    if direct in settings.TRUSTED_PROXIES:
        return request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() or direct
    return direct


def day(moment: datetime | date, now: datetime) -> str:
    """11 月 26 日, of a moment in city time or of a day; with the year when it is another one."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    same_year = local.year == timezone.localtime(now).year
    return date_format(local, _("n 月 j 日") if same_year else _("Y 年 n 月 j 日"))


def file_answer(found: Attachment, cache: str) -> HttpResponse:
    """A picture as it may be seen (upright, without place or device), or a paper as a download; `cache`: who may keep it."""
    try:
        with storage.read(found.path) as kept:
            data = kept.read()
    except FileNotFoundError:
        raise Http404 from None
    is_picture = found.mime in PICTURES
    response = HttpResponse(
        for_view(data) if is_picture else data, content_type="image/jpeg" if is_picture else found.mime
    )
    name = f"{found.name.rsplit('.', 1)[0]}.jpg" if is_picture else found.name
    way = "inline" if is_picture else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = cache
    return response


def _unreadable(request: HttpRequest) -> Refused | None:
    try:
        _read = request.POST
    except RequestDataTooBig:
        reason = _("写的内容太长，没有收下。请删短一些，长的材料拍照或存成 PDF 附上。按浏览器的返回，写的字还在")
        return Refused(reason, status=413)
    except (TooManyFieldsSent, TooManyFilesSent):
        return Refused(_("文件太多，一次最多 9 个。按浏览器的返回，写的字还在"), status=413)
    except MultiPartParserError:
        return Refused(_("传到一半断了，没有收下。按浏览器的返回，写的字还在，请再交一次"), status=400)
    return None
