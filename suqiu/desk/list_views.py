"""What is to be done today, and what stands in each queue?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suqiu.cases.models import OPEN_STATES, DemandType, State, Urgency
from suqiu.errors import Refused
from suqiu.speech import sentences

from . import batch, context, filters, registry, views_kept, worklist
from .queues import BY_NAME, Queue
from .seats import Seat
from .shell import desk_form, desk_page, see_other, to_case
from .statements import Count

ROWS_OF_A_QUEUE = 5  # on the page of the day
ADDRESS_LIMIT = 600
ICONS = {"sign_in": "check", "assign": "user", "remind": "bell"}


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
    return _list(request, _queue(request, name), request.GET)


@desk_form
def take(request: HttpRequest, name: str) -> HttpResponse:
    """A step for all that are ticked: each its own step. Where one is refused, the list comes back and says which, and why."""
    found, seat = _queue(request, name), context.seat(request)
    if request.too_big:
        raise request.too_big
    back = request.POST.get("back", "")[:ADDRESS_LIMIT]
    if request.method != "POST":
        return see_other(found.url)
    try:
        row, ticked, fields = batch.read(request.POST, found, seat)
    except Refused as no:
        return _list(request, found, QueryDict(back), status=no.status, refused={"said": no, "rows": []})
    outcome = batch.take(row, ticked, seat, request.POST.get("key", "")[:36], fields)
    if outcome.done:
        messages.success(request, _done(row.label, len(outcome.done)))
    if not outcome.refused:
        return see_other(f"{found.url}?{back}" if back else found.url)
    refused = {"rows": outcome.refused, "step": row}
    return _list(request, found, QueryDict(back), status=outcome.status, refused=refused)


@desk_form
def views(request: HttpRequest, name: str) -> HttpResponse:
    """The filters of this list kept under a name, or a kept one taken away."""
    found, seat = _queue(request, name), context.seat(request)
    if request.too_big:
        raise request.too_big
    if request.method != "POST":
        return see_other(found.url)
    said, back = request.POST, request.POST.get("back", "")[:ADDRESS_LIMIT]
    if said.get("drop", "").isdecimal():
        views_kept.drop(seat=seat, pk=int(said["drop"][:18]))
        return see_other(found.url)
    shared = said.get("is_shared") == "1"
    try:
        kept = views_kept.keep(
            seat=seat, queue=found, name=said.get("name", ""), query=back, is_shared=shared, at=seat.now
        )
    except Refused as no:
        if no.status != 422:
            raise
        typed = {"name": said.get("name", "")[:60], "is_shared": shared, "error": no.reason}
        return _list(request, found, QueryDict(back), status=422, saving=typed)
    messages.success(request, _("存下了「%(name)s」，在左边") % {"name": kept.name})
    return see_other(f"{found.url}?{kept.query}" if kept.query else found.url)


def _queue(request: HttpRequest, name: str) -> Queue:
    found = BY_NAME.get(name)
    if found is None or not context.seat(request).has(found.place, *found.roles):
        raise Http404
    return found


def _done(label: Any, n: int) -> str:
    return ngettext("「%(step)s」：%(n)d 件记下了", "「%(step)s」：%(n)d 件记下了", n) % {"step": label, "n": n}


def _list(
    request: HttpRequest, found: Queue, query: QueryDict, *, status: int = 200,
    refused: dict[str, Any] | None = None, saving: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    seat = context.seat(request)
    wanted = filters.read(query, seat)
    counts = context.counted(request, worklist.chips(found, seat, wanted))
    steps = batch.offered(found, seat)
    ticked = {number for number, _title, _no in (refused or {}).get("rows", [])}
    page = worklist.page_of(found, seat, wanted, ticked if steps else None)
    shown = {
        "queue": {"label": found.label, "sentence": found.note, "url": found.url, "name": found.name},
        "filters": _chips(found, wanted, counts),
        "search": _search(wanted),
        "groups": _groups(page.rows, wanted, seat),
        "pager": _pager(found, wanted, page, counts),
        "empty": _empty(found, wanted),
        "order": filters.ORDERS[wanted.order][0],
        "batch": _batch(request, steps, seat, page),
        "refused": _refused(refused),
        "back": _back(wanted),
        "saving": saving or {},
        "own_views": [v for v in context._views(request) if v.is_own and v.queue.name == found.name],
    }
    return render(request, "desk/worklist.html", shown, status=status)


def _batch(request: HttpRequest, steps: list, seat: Seat, page: worklist.Page) -> dict[str, Any] | None:
    if not steps or not page.rows:
        return None
    names = [row.name for row in steps]
    said = request.POST if request.method == "POST" else {}
    return {
        "steps": [{"name": row.name, "label": row.label, "icon": ICONS[row.name]} for row in steps],
        "key": str(uuid4()),
        "people": batch.colleagues(seat) if "assign" in names else [],
        "officer": said.get("officer", ""),
        "has_words": "remind" in names,
        "words": said.get("words", ""),
    }


def _refused(refused: dict[str, Any] | None) -> dict[str, Any] | None:
    if refused is None:
        return None
    if "said" in refused:
        no = refused["said"]
        return {"title": _("没有收下"), "reason": no.reason, "who_can": no.who_can, "rows": []}
    rows = [
        {
            "number": number,
            "title": title,
            "url": to_case(number),
            "reason": sentences([no.reason, no.who_can]),
            "state": no.state,
        }
        for number, title, no in refused["rows"]
    ]
    n, label = len(rows), refused["step"].label
    title = ngettext("%(n)d 件没有「%(step)s」", "%(n)d 件没有「%(step)s」", n) % {"n": n, "step": label}
    return {"title": title, "rows": rows}


def _back(wanted: filters.Wanted) -> str:
    place = {name: str(c) for name, c in (("after", wanted.after), ("before", wanted.before)) if c}
    return "&".join(part for part in (views_kept.plain(wanted), urlencode(place)) if part)


def _address(found: Queue, wanted: filters.Wanted, **changed: Any) -> str:
    values = {"show": wanted.show, "order": wanted.order, **wanted.chosen} | changed
    plain = {"show": "all", "order": "due"}
    query = {name: value for name, value in values.items() if value != plain.get(name)}
    return f"{found.url}?{urlencode(query)}" if query else found.url


def _chips(found: Queue, wanted: filters.Wanted, counts: dict[str, Count]) -> list[dict[str, Any]]:
    chips = [
        {
            "label": label,
            "count": counts[f"show:{show}"].n,
            "said": counts[f"show:{show}"].said,
            "url": _address(found, wanted, show=show),
            "is_current": show == wanted.show,
        }
        for show, (label, _where) in filters.SHOWS.items()
    ]
    return [c for c in chips if c["count"] or c["is_current"]]


def _search(wanted: filters.Wanted) -> dict[str, Any]:
    """The form of filters: small lists, no script needed."""
    chosen = wanted.chosen
    lists = [
        ("state", _("状态"), registry.choice_options("open", _states())),
        ("area", _("区划"), _with(registry.county_options(), chosen.get("area"), registry.area_name)),
        ("type", _("类型"), registry.choice_options("type", DemandType.choices)),
        ("urgency", _("紧急程度"), registry.choice_options("urgency", Urgency.choices)),
        ("matter", _("事项"), _with(registry.top_matter_options(), chosen.get("matter"), _matter_name)),
    ]
    return {
        "lists": [
            {"name": n, "label": label, "options": registry.with_chosen(options, chosen.get(n))}
            for n, label, options in lists
        ],
        "text": chosen.get("text", ""),
        "show": wanted.show if wanted.show != "all" else "",
        "orders": [(name, label, name == wanted.order) for name, (label, *_more) in filters.ORDERS.items()],
        "is_open": bool(chosen) or wanted.order != "due",
    }


def _states() -> list[tuple[str, Any]]:
    return [(value, label) for value, label in State.choices if value in OPEN_STATES]


def _with(options: SafeString, code: str | None, name_of: Callable[[str], str]) -> SafeString:
    """A town or a matter of a lower level, chosen through an address: it stands in the list as well."""
    if not code or f'value="{code}"' in options:
        return options
    return options + format_html('<option value="{}">{}</option>', code, name_of(code))


def _matter_name(code: str) -> str:
    found = registry.matter_named(code)
    return found.name if found else code


def _groups(rows: list[dict[str, Any]], wanted: filters.Wanted, seat: Seat) -> list[dict[str, Any]]:
    if wanted.order == "due":
        return worklist.grouped(rows, seat.now)
    return [{"title": _("按收到时间"), "note": "", "rows": rows}] if rows else []


def _pager(found: Queue, wanted: filters.Wanted, page: worklist.Page, counts: dict[str, Count]) -> dict[str, str]:
    total = counts[f"show:{wanted.show}"]
    span = {"first": page.place + 1, "last": page.place + len(page.rows), "total": total.said}
    previous = _address(found, wanted, before=page.before) if page.before and page.place else ""
    return {
        "sentence": _("第 %(first)d 到 %(last)d 件，共 %(total)s 件") % span if page.rows else "",
        "previous_url": previous if page.place > worklist.ROWS_A_PAGE or not previous else _address(found, wanted),
        "next_url": _address(found, wanted, after=page.after) if page.after else "",
    }


def _empty(found: Queue, wanted: filters.Wanted) -> dict[str, Any]:
    if wanted.chosen or wanted.show != "all" or wanted.after or wanted.before:
        return {"title": _("这样筛，一件也没有"), "note": "", "url": found.url, "label": _("看全部"), "is_lost": True}
    return {"title": _("这里现在没有要动的"), "note": "", "url": "", "label": "", "is_lost": False}
