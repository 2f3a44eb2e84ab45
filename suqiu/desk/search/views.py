"""Where was something like this before? Cases by what was said in them, newest first; a number opens its case."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases import searching
from suqiu.cases.models import Case
from suqiu.errors import Refused
from suqiu.language.words import plain

from .. import context, looks, row_markup, worklist
from ..shell import desk_page, see_other, to_case

LENGTH = 60


@desk_page
def search(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    if len(wanted) > LENGTH:
        raise Refused(_("要找的话太长了，最多 %(n)d 个字") % {"n": LENGTH}, who_can=_("留下最要紧的几个词"), status=422)
    if number := _number(request, wanted):
        return see_other(to_case(number))
    page = _page(request, wanted, _below(request)) if wanted else {"rows": [], "pager": {}}
    return render(
        request, "desk/search/search.html", {"wanted": wanted, "limit": LENGTH, "empty": _empty(wanted), **page}
    )


def _number(request: HttpRequest, wanted: str) -> str | None:
    """A case of this number that may be seen, however it was grouped."""
    number = re.sub(r"[\s-]", "", plain(wanted)).upper()
    if not number.isascii() or not re.search(r"\d{6}", number):
        return None
    return Case.objects.visible_to(request.user).filter(number=number).values_list("number", flat=True).first()


def _page(request: HttpRequest, wanted: str, below: int | None) -> dict[str, Any]:
    found = searching.find(request.user, wanted, below=below)
    looks.at_pieces(found.ids, request.user, context.seat(request).now)
    rows = worklist.rows(found.ids, context.seat(request))
    drawn = [row_markup.row(row | {"meta": [*row["meta"], found.pieces[row["pk"]]]}) for row in rows]
    more = f"{reverse('desk:search')}?{urlencode({'q': wanted, 'below': found.below})}" if found.below else ""
    n = len(drawn)
    said = ngettext("这一页 %(n)d 件，新的在前", "这一页 %(n)d 件，新的在前", n) % {"n": n}
    return {"rows": drawn, "pager": {"sentence": said, "next_url": more, "previous_url": ""}}


def _below(request: HttpRequest) -> int | None:
    written = request.GET.get("below", "")
    if not written:
        return None
    if not written.isascii() or not written.isdecimal() or len(written) > 18:
        raise Refused(_("没有这一页"), who_can=_("从头再查一次"), status=400)
    return int(written)


def _empty(wanted: str) -> dict[str, Any]:
    if not wanted:
        return {
            "title": _("找以前的诉求"),
            "note": _("写事情、地点或编号，比如：自来水 发黄。只找您能看到的"),
            "is_lost": False,
        }
    return {"title": _("没有找到"), "note": _("少写几个字，或换个说法。只找您能看到的诉求"), "is_lost": True}
