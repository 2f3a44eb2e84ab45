"""What is to be done today, and what stands in each queue?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suqiu.cases.models import DemandType, Urgency

from . import context, registry, worklist
from .queues import BY_NAME, Queue
from .shell import desk_page

ROWS_OF_A_QUEUE = 5  # on the page of the day


@desk_page
def today(request: HttpRequest) -> HttpResponse:
    seat = context.seat(request)
    todo = [w for w in context.waiting(request) if w.queue.is_todo and w.count]
    todo.sort(key=lambda w: not w.late)  # stable: what is late comes first
    found = worklist.first_of([w.queue for w in todo], seat, ROWS_OF_A_QUEUE)
    sections = [
        {
            "title": w.queue.label,
            "note": w.queue.note,
            "url": w.queue.url,
            "total": w.count,
            "rows": found[w.queue.name],
        }
        for w in todo
        if w.queue.name in found
    ]
    shown = {"today": {"sentence": _today(todo)}, "sections": sections, "empty": _all_done(seat)}
    return render(request, "desk/today.html", shown)


def _today(todo: list) -> str:
    late = sum(w.late for w in todo)
    said = _("%(n)d 件要动") % {"n": sum(w.count for w in todo)}
    return _("%(said)s，%(late)d 件超时") % {"said": said, "late": late} if late else said


def _all_done(seat) -> dict[str, str]:
    if not seat.all_roles:
        return {"title": _("您还没有岗位"), "note": _("账号能登录，但没有授权。请找本单位管理员")}
    return {"title": _("要动的都动了"), "note": _("新的来了，左边的队列会有数")}


@desk_page
def queue(request: HttpRequest, name: str) -> HttpResponse:
    found, seat = BY_NAME.get(name), context.seat(request)
    if found is None or not seat.has(found.place, *found.roles):
        raise Http404
    wanted = worklist.read(request.GET, seat)
    page = worklist.page_of(found, seat, wanted)
    shown = {
        "queue": {"label": found.label, "sentence": found.note, "url": found.url},
        "filters": _chips(found, wanted, page.counts),
        "totals": _totals(page),
        "search": _search(wanted),
        "groups": _groups(page.rows, wanted, seat),
        "pager": _pager(found, wanted, page),
        "empty": _empty(found, wanted),
        "order": wanted.order,
    }
    return render(request, "desk/worklist.html", shown)


def _address(found: Queue, wanted: worklist.Wanted, **changed: Any) -> str:
    values = {"show": wanted.show, "order": wanted.order, **wanted.chosen, "page": 1} | changed
    plain = {"show": "all", "order": "due", "page": 1}
    query = {name: value for name, value in values.items() if value != plain.get(name)}
    return f"{found.url}?{urlencode(query)}" if query else found.url


def _chips(found: Queue, wanted: worklist.Wanted, counts: dict[str, int]) -> list[dict[str, Any]]:
    chips = [
        {
            "label": label,
            "count": counts[f"n_{show}"],
            "url": _address(found, wanted, show=show),
            "is_current": show == wanted.show,
        }
        for show, (label, _where) in worklist.SHOWS.items()
    ]
    return [c for c in chips if c["count"] or c["is_current"]]


def _totals(page: worklist.Page) -> str:
    return _("第 %(first)d 到 %(last)d 件，共 %(total)d 件") % _span(page) if page.rows else ""


def _span(page: worklist.Page) -> dict[str, int]:
    return {"first": page.first, "last": page.last, "total": page.total}


def _search(wanted: worklist.Wanted) -> dict[str, Any]:
    """The form of filters: small lists, no script needed."""
    counties = [(a.code, a.name) for a in registry.areas().values() if a.kind == "county"]
    chosen_area = wanted.chosen.get("area", "")
    if chosen_area and chosen_area not in dict(counties):
        counties.append((chosen_area, registry.area_name(chosen_area)))
    matters = [(m.code, m.name) for m in registry.matters().values() if m.level == 1]
    chosen_matter = registry.matter_named(wanted.chosen.get("matter", ""))
    if chosen_matter and chosen_matter.level > 1:
        matters.append((chosen_matter.code, chosen_matter.name))
    lists = [
        ("area", _("区划"), counties),
        ("type", _("类型"), DemandType.choices),
        ("urgency", _("紧急程度"), Urgency.choices),
        ("matter", _("事项"), matters),
    ]
    return {
        "lists": [{"name": n, "label": label, "options": _marked(options, wanted.chosen.get(n, ""))} for n, label, options in lists],
        "title": wanted.chosen.get("title", ""),
        "show": wanted.show if wanted.show != "all" else "",
        "order": wanted.order if wanted.order != "due" else "",
        "is_open": bool(wanted.chosen),
    }  # fmt: skip


def _marked(options, chosen: str) -> list[tuple[str, str, bool]]:
    return [(value, str(label), value == chosen) for value, label in options]


def _groups(rows: list[dict[str, Any]], wanted: worklist.Wanted, seat) -> list[dict[str, Any]]:
    if wanted.order == "due":
        return worklist.grouped(rows, seat.now)
    return [{"title": _("按收到时间"), "note": "", "rows": rows}] if rows else []


def _pager(found: Queue, wanted: worklist.Wanted, page: worklist.Page) -> dict[str, str]:
    is_more = page.last < page.total and page.rows
    return {
        "sentence": _totals(page),
        "previous_url": _address(found, wanted, page=wanted.page - 1) if wanted.page > 1 else "",
        "next_url": _address(found, wanted, page=wanted.page + 1) if is_more else "",
    }


def _empty(found: Queue, wanted: worklist.Wanted) -> dict[str, Any]:
    if wanted.chosen or wanted.show != "all" or wanted.page > 1:
        return {"title": _("这样筛，一件也没有"), "note": "", "url": found.url, "label": _("看全部"), "is_lost": True}
    return {"title": _("这里现在没有要动的"), "note": "", "url": "", "label": "", "is_lost": False}
