"""Which page of a long list is wanted, and how does one turn it?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from suqiu.errors import Refused

ROWS_A_PAGE = 50


def paged(request: HttpRequest, rows: Any, **kept: str) -> tuple[Page, dict[str, str]]:
    """The page that `?page=` names, and what the template shows to turn it; `kept`: what stays in the address."""
    number = whole_number(request.GET.get("page", "1"))
    paginator = Paginator(rows, ROWS_A_PAGE)
    try:
        page = paginator.page(number)
    except EmptyPage:
        raise Http404 from None
    span = {"first": page.start_index(), "last": page.end_index(), "total": paginator.count}
    kept = {name: value for name, value in kept.items() if value}
    return page, {
        "sentence": _("第 %(first)d 到 %(last)d 条，共 %(total)d 条") % span,
        "previous_url": f"?{urlencode({'page': number - 1, **kept})}" if page.has_previous() else "",
        "next_url": f"?{urlencode({'page': number + 1, **kept})}" if page.has_next() else "",
    }


def whole_number(text: str) -> int:
    if not text.isdecimal() or len(text) > 12:
        raise Refused(_("这里要一个数"), status=400)
    return int(text)
