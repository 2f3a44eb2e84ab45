"""Which tables has the city, what stands in each, and how does it leave as a sheet?"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from suqiu.directory import changes, office
from suqiu.directory.models import Change

from ..paging import paged
from ..shell import DeskRequest, desk_page
from . import files, showing
from .gate import administrators
from .tables import BY_NAME, FIXED, TABLES, table_named

CHANGES_SHOWN = 8


@desk_page
@administrators
def home(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    latest = Change.objects.select_related("by").order_by("-id")[:CHANGES_SHOWN]
    context = {
        "tables": [{"label": t.label, "note": t.note, "icon": t.icon, "url": showing.to_table(t), "count": len(t.stands())} for t in TABLES],
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
    page, pager = paged(request, rows, q=words)
    context = {
        "table": showing.head(found),
        "columns": [c.label for c in found.columns],
        "rows": [{"cells": showing.cells(found, row, names), "url": showing.row_address(found, row)} for row in page],
        "total": len(rows),
        "words": request.GET.get("q", "").strip()[:60],
        "pager": pager,
        "adds": found.name not in FIXED,
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
    return files.answer(files.write(found, rows), f"{found.label} {timezone.localdate()}.xlsx")
