"""What would a change do, and whose turn is it? The list of changes, each of them, and its buttons."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from suqiu.directory import changes, rules
from suqiu.directory.models import Change
from suqiu.errors import Refused

from .. import registry
from ..paging import paged
from ..shell import DeskRequest, desk_form, desk_page, see_other
from . import effects, showing
from .forms import RefusalForm
from .gate import deciders
from .tables import BY_NAME


@desk_page
@deciders
def change_list(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    found = Change.objects.select_related("by").order_by("-id")
    if not rules.may_administer(request.user):
        mine = [t for t in rules.SECONDS if rules.may_second(request.user, t)]
        found = found.filter(table__in=mine).exclude(state=Change.State.DRAFT)
    page, pager = paged(request, found)
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
        "table": showing.head(kept),
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
