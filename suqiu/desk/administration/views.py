"""The administrator's desk: the city's own tables, each as a list, a form for one row, and a sheet out and in; and every change of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import changes, office, rules
from suqiu.directory.models import Change, Officer
from suqiu.directory.tabular import Given, Table, Wrong, after, difference, shown
from suqiu.doors import Page
from suqiu.errors import Refused

from .. import registry
from ..shell import DeskRequest, desk_form, desk_page, see_other
from . import effects, files, showing
from .forms import ChangeForm, RefusalForm, RowForm, UploadForm
from .tables import BY_NAME, TABLES, table_named

ROWS_A_PAGE = 50
CHANGES_SHOWN = 8
WRONG_SHOWN = 200


def administrators(view: Page) -> Page:
    def only(request: DeskRequest, *args: Any, **named: Any) -> HttpResponse:
        if not rules.may_administer(request.user):
            raise Refused(_("这里是系统管理员的"), who_can=_("请找热线中心的系统管理员"), status=403)
        return view(request, *args, **named)

    return only


def deciders(view: Page) -> Page:
    """Administrators, and whoever may be the second person for some table."""

    def only(request: DeskRequest, *args: Any, **named: Any) -> HttpResponse:
        if not may_see_changes(request.user):
            raise Refused(_("变更由系统管理员提，班长、市领导做第二人"), status=403)
        return view(request, *args, **named)

    return only


def may_see_changes(officer: Officer) -> bool:
    return rules.may_administer(officer) or any(rules.may_second(officer, table) for table in rules.SECONDS)


# ---- what there is


@desk_page
@administrators
def home(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    latest = Change.objects.select_related("by").order_by("-id")[:CHANGES_SHOWN]
    context = {
        "tables": [{"label": t.label, "note": t.note, "icon": t.icon, "url": _to_table(t), "count": len(t.stands())} for t in TABLES],
        "changes": [showing.change_line(c, BY_NAME, now) for c in latest],
        "is_setting_up": changes.is_setting_up(),
    }  # fmt: skip
    return render(request, "desk/administration/home.html", context)


@desk_page
@administrators
def table(request: DeskRequest, name: str) -> HttpResponse:
    found, words = table_named(name), request.GET.get("q", "").strip().casefold()[:60]
    names, stands = showing.Names(), found.stands()
    rows = [row for _key, row in sorted(stands.items()) if not words or showing.is_found(found, row, words, names)]
    page, pager = _paged(request, rows, words)
    context = {
        "table": _head(found),
        "columns": [c.label for c in found.columns],
        "rows": [{"cells": showing.cells(found, row, names), "url": showing.row_address(found, row)} for row in page],
        "total": len(rows),
        "words": request.GET.get("q", "").strip()[:60],
        "pager": pager,
        "adds": found.name != "messages",
        "issues_passwords": found.name == "officers",
    }
    return render(request, "desk/administration/table.html", context)


@desk_page
@administrators
def file(request: DeskRequest, name: str) -> HttpResponse:
    """The table as a sheet, to be changed and handed back. Taking it out is noted: some of them name people."""
    found = table_named(name)
    rows = [row for _key, row in sorted(found.stands().items())]
    office.write(act="export", by=request.user, at=timezone.now(), table=found.name, count=len(rows), format="xlsx")
    return as_file(files.write(found, rows), f"{found.label} {timezone.localdate()}.xlsx")


def as_file(body: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(body, content_type=files.XLSX, headers=headers)


def _head(found: Table) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "note": found.note,
        "url": _to_table(found),
        "removes": found.removes,
        "is_version": found.is_version,
    }


def _to_table(found: Table) -> str:
    return reverse("desk:administration_table", args=[found.name])


def _paged(request: HttpRequest, rows: list, words: str) -> tuple[Any, dict[str, str]]:
    number = request.GET.get("page", "1")
    if not number.isdecimal() or len(number) > 6:
        raise Refused(_("这里要一个数"), status=400)
    paginator = Paginator(rows, ROWS_A_PAGE)
    if int(number) not in paginator.page_range:
        raise Http404
    page, tail = paginator.page(int(number)), f"&q={quote(words)}" if words else ""
    span = {"first": page.start_index(), "last": page.end_index(), "total": paginator.count}
    return page, {
        "sentence": _("第 %(first)d 到 %(last)d 条，共 %(total)d 条") % span,
        "previous_url": f"?page={page.number - 1}{tail}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}{tail}" if page.has_next() else "",
    }


# ---- one row, or a whole sheet: both become a change


@desk_form
@administrators
def row(request: DeskRequest, name: str) -> HttpResponse:
    """One row: as it stands, or a new one. What is handed in is shown as a change first."""
    found = table_named(name)
    stands, key = found.stands(), tuple(request.GET["key"].split("~")) if "key" in request.GET else None
    if key is not None and key not in stands:
        raise Http404
    row = stands[key] if key else None
    if request.method != "POST" or request.too_big:
        return _row_page(request, found, row, RowForm(found, row), request.too_big)
    form = RowForm(found, row, request.POST)
    is_removed = "remove" in request.POST and bool(row) and bool(found.removes)
    if is_removed:
        for column in found.columns:
            form.fields.pop(column.name, None)
    if not form.is_valid():
        return _row_page(request, found, row, form)
    given = Given(0, dict(row), is_removed=True) if is_removed else form.given()
    if row is None and _key(found, given) in stands:
        form.add_error(None, _("已经有这一条了，请到表里找它来改"))
        return _row_page(request, found, row, form)
    rows, wrong = difference(found.columns, found.keys, stands, [given])
    return _proposed(request, found, stands, rows, wrong, form, lambda: _row_page(request, found, row, form))


def _key(found: Table, given: Given) -> tuple[str, ...]:
    return tuple(str(given.values.get(k) or "") for k in found.keys)


def _row_page(
    request: DeskRequest, found: Table, row: dict | None, form: RowForm, refused: Refused | None = None
) -> HttpResponse:
    shown = (
        dict(zip((c.name for c in found.columns), showing.cells(found, row, showing.Names()), strict=True))
        if row
        else {}
    )
    fixed = [shown[k] for k in found.keys] if row else []
    context = {
        "table": _head(found),
        "form": form,
        "fixed": fixed,
        "is_new": row is None,
        "refused": refused,
        "officer": row["username"] if row and found.name == "officers" else "",
    }
    status = refused.status if refused else form.status if form.is_bound else 200
    return render(request, "desk/administration/row.html", context, status=status)


@desk_form
@administrators
def upload(request: DeskRequest, name: str) -> HttpResponse:
    """A sheet comes back: its difference becomes a change, unless a row of it cannot be."""
    found = table_named(name)
    if request.method != "POST" or request.too_big:
        return _upload_page(request, found, UploadForm(found), refused=request.too_big)
    form = UploadForm(found, request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, found, form)
    try:
        given, wrong = files.read(form.cleaned_data["file"], found)
    except Refused as refused:
        form.add_error("file", str(refused.reason))
        return _upload_page(request, found, form, status=refused.status)
    stands = found.stands()
    rows, more = difference(found.columns, found.keys, stands, given)
    wrong = sorted([*wrong, *more], key=lambda w: w.line)
    return _proposed(request, found, stands, rows, wrong, form, lambda: _upload_page(request, found, form, wrong, rows))


def _upload_page(
    request: DeskRequest,
    found: Table,
    form: UploadForm,
    wrong: list[Wrong] = (),
    rows: list = (),
    refused: Refused | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "table": _head(found),
        "form": form,
        "wrong": list(wrong[:WRONG_SHOWN]),
        "wrong_count": len(wrong),
        "counted": showing.counted(list(rows)),
        "headings": files.headings(found),
        "refused": refused,
    }
    status = status or (refused.status if refused else form.status if form.is_bound else 200)
    return render(request, "desk/administration/upload.html", context, status=status)


def _proposed(
    request: DeskRequest,
    found: Table,
    stands: dict,
    rows: list[dict[str, Any]],
    wrong: list[Wrong],
    form: ChangeForm,
    again: Callable[[], HttpResponse],
) -> HttpResponse:
    """Kept as a change to be looked at; or the form again, with every row that cannot be and why."""
    lines = {tuple(r["key"]): r["line"] for r in rows}
    if not wrong:
        reasons = found.check(after(stands, rows), rows)
        wrong += [Wrong(lines.get(tuple(key), 0), shown(key), reason) for key, reason in reasons]
    if wrong:
        for one in wrong[:5] if isinstance(form, RowForm) else ():
            form.add_error(None, one.reason)
        if not isinstance(form, RowForm):
            form.add_error(None, _("文件里有 %(n)d 处不对，一行也没有改。改好再交") % {"n": len(wrong)})
        return again()
    try:
        with transaction.atomic():
            change = _propose(request, found, stands, rows, form)
    except Refused as refused:
        form.add_error(None, f"{refused.reason}。{refused.who_can}" if refused.who_can else str(refused.reason))
        return again()
    return see_other(reverse("desk:administration_change", args=[change.pk]))


def _propose(request: DeskRequest, found: Table, stands: dict, rows: list, form: ChangeForm) -> Change:
    by, options = request.user, form.options()
    digest = hashlib.sha256(repr((rows, options)).encode()).hexdigest()[:16]
    upload = form.cleaned_data.get("file")
    draft = Change(table=found.name, rows=rows, options=options, by=by)
    effects.check(draft)
    return changes.propose(
        table=found, rows=rows, by=by, at=timezone.now(), key=f"{by.pk}:{form.cleaned_data['key']}:{digest}",
        options=options, effects=effects.of(found, stands, rows, options), source=upload.name if upload else "",
    )  # fmt: skip


# ---- changes


@desk_page
@deciders
def change_list(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    found = Change.objects.select_related("by").order_by("-id")
    if not rules.may_administer(request.user):
        mine = [t for t in rules.SECONDS if rules.may_second(request.user, t)]
        found = found.filter(table__in=mine).exclude(state=Change.State.DRAFT)
    page, pager = _paged(request, found, "")
    context = {"changes": [showing.change_line(c, BY_NAME, now) for c in page], "pager": pager}
    return render(request, "desk/administration/changes.html", context)


@desk_form
@deciders
def change(request: DeskRequest, pk: int) -> HttpResponse:
    """What would change, row by row, and which open cases with it; the buttons of whose turn it is."""
    found = get_object_or_404(Change.objects.select_related("by", "second"), pk=pk)
    is_shown = rules.may_second(request.user, found.table) and found.state != Change.State.DRAFT
    if not (rules.may_administer(request.user) or is_shown):
        raise Http404
    if request.too_big:
        raise request.too_big
    form = RefusalForm(request.POST if "refuse" in request.POST else None)
    if request.method != "POST":
        return _change_page(request, found, form)
    try:
        _decide(request, found)
    except Refused as refused:
        if refused.field:
            form.is_valid()
            form.add_error("words", str(refused.reason))
        return _change_page(request, Change.objects.select_related("by", "second").get(pk=pk), form, refused)
    return see_other(request.path)


def _decide(request: DeskRequest, found: Change) -> None:
    given = {"change": found, "by": request.user, "at": timezone.now()}
    if "refuse" in request.POST:
        changes.refuse(**given, words=request.POST.get("words", ""))
    elif "drop" in request.POST:
        changes.drop(**given)
    else:
        seen = request.POST.get("state", "")
        changes.confirm(**given, table=BY_NAME[found.table], seen=seen, check=effects.check)
        transaction.on_commit(registry.forget)


def _change_page(
    request: DeskRequest, found: Change, form: RefusalForm, refused: Refused | None = None
) -> HttpResponse:
    kept = BY_NAME[found.table]
    context = {
        "change": found,
        "at": showing.when(found.at, timezone.now()),
        "table": _head(kept),
        "may_table": rules.may_administer(request.user),
        "counted": showing.counted(found.rows),
        "rows": showing.change_rows(found, kept),
        "hidden": max(len(found.rows) - showing.ROWS_SHOWN, 0),
        "options": showing.options(found, kept),
        "effects": showing.effects(found.effects),
        "has_measure": found.table in effects.MEASURED,
        "turn": showing.whose_turn(found, request.user),
        "form": form,
        "refused": refused,
    }
    return render(request, "desk/administration/change.html", context, status=refused.status if refused else 200)
