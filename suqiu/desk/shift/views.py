"""班长台: what threatens to slip between two shifts, who is here, and what the leaving lead tells the coming one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from suqiu.directory.models import Role
from suqiu.errors import Refused

from .. import context, worklist
from ..seats import HOTLINE, Seat
from ..shell import desk_form, desk_page, see_other, when
from . import actions, queries


@desk_page
def board(request: HttpRequest) -> HttpResponse:
    return _board(request, _lead(request))


@desk_form
def hand_over(request: HttpRequest) -> HttpResponse:
    """写交班: kept as written, with the figures of the moment."""
    seat = _lead(request)
    if request.too_big:
        return _board(request, seat, status=request.too_big.status, refused=request.too_big)
    if request.method != "POST":
        return see_other(reverse("desk:shift"))
    said = request.POST
    try:
        actions.write(
            by=request.user, at=seat.now, key=said.get("key", ""), text=said.get("text", ""),
            stood=queries.figures(seat.now),
        )  # fmt: skip
    except Refused as no:
        return _board(request, seat, status=no.status, refused=no, text=said.get("text", ""))
    messages.success(request, _("交班写好了，等接班的班长看"))
    return see_other(reverse("desk:shift"))


@desk_form
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """接班: read by somebody else than who wrote it, once."""
    seat = _lead(request)
    if request.too_big:
        raise request.too_big
    if request.method != "POST":
        return see_other(reverse("desk:shift"))
    try:
        actions.read(pk=pk, by=request.user, at=seat.now, answer=request.POST.get("answer", ""))
    except Refused as no:
        return _board(request, seat, status=no.status, refused=no)
    messages.success(request, _("您接班了"))
    return see_other(reverse("desk:shift"))


def _lead(request: HttpRequest) -> Seat:
    seat = context.seat(request)
    if not seat.has(HOTLINE, Role.SHIFT_LEAD):
        raise Http404
    return seat


def _board(
    request: HttpRequest, seat: Seat, *, status: int = 200, refused: Refused | None = None, text: str = ""
) -> HttpResponse:
    waiting, near = queries.unaccepted(seat), queries.near_limit(seat)
    kept = queries.notes()
    rows = {row["pk"]: row for row in worklist.rows([*waiting.ids, *near.ids], seat)}
    shown = {
        "sections": [
            _section(
                _("网上来的，还没受理"), _("两小时内要受理；来得最早的在前"), "/desk/queue/to-accept/", waiting, rows
            ),
            _section(_("派出去快到时限的"), _("24 小时内到期，还没签收或没答复"), "", near, rows),
        ],
        "ages": queries.ages(waiting.ages),
        "drafts": [
            d | {"since": when(d["begun_at"], seat.now), "saved": when(d["saved_at"], seat.now)}
            for d in queries.drafts()
        ],
        "people": queries.people(seat.now),
        "notes": [_note(n, request, seat) for n in kept],
        "form": {
            "key": str(uuid4()),
            "text": text,
            "draft": f"hand-over:{request.user.pk}:{kept[0].pk if kept else 0}",
        },
        "refused": refused,
    }
    return render(request, "desk/shift/board.html", shown, status=status)


def _section(title: str, note: str, url: str, found: queries.Found, rows: dict[int, dict]) -> dict[str, Any]:
    return {
        "title": title,
        "note": note,
        "url": url,
        "total": found.said,
        "rows": [rows[pk] for pk in found.ids if pk in rows],
    }


def _note(note: Any, request: HttpRequest, seat: Seat) -> dict[str, Any]:
    return {
        "pk": note.pk,
        "text": note.text,
        "by": note.written_by.full_name,
        "at": when(note.written_at, seat.now),
        "stood": queries.said_of(note.stood),
        "read_by": note.read_by.full_name if note.read_by else "",
        "read_at": when(note.read_at, seat.now) if note.read_at else "",
        "answer": note.answer,
        "can_read": note.read_by is None and note.written_by_id != request.user.pk,
    }
