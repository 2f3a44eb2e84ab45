"""How does one edit a table? One row on a form, or a whole sheet: both become a change to be looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.directory import changes
from suqiu.directory.models import Change
from suqiu.directory.tabular import Given, Table, Wrong, after, difference, shown
from suqiu.errors import Refused

from ..shell import DeskRequest, desk_form, see_other
from . import effects, files, showing
from .forms import ChangeForm, RowForm, UploadForm
from .gate import administrators
from .tables import table_named

WRONG_SHOWN = 200


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
        "table": showing.head(found),
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
        "table": showing.head(found),
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
