"""The follow-up caller's day: the next call comes by itself; four questions, each answer saved at once; then the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Line
from suqiu.directory.models import Role
from suqiu.errors import Refused
from suqiu.followup import calls, queries, rules
from suqiu.followup.models import FollowUpCall
from suqiu.intake.demand import clean_words

from .. import context, looks, panels, turns
from ..case_views import past
from ..queries import Opened, open_case
from ..seats import HOTLINE
from ..shell import desk_form, is_fragment, see_other, to_case, when
from . import script

CHOICES = (*rules.QUESTIONS, "outcome", "next")  # a button of one of these names is an answer


@desk_form
def next_call(request: HttpRequest) -> HttpResponse:
    """How many wait and from when; pressed, the best of them comes."""
    seat = context.seat(request)
    if not seat.has(HOTLINE, Role.FOLLOW_UP):
        raise Refused(_("回访电话由热线的回访员打"), who_can=_("请找热线中心的回访员"), status=403)
    if request.method == "POST" and not request.too_big:
        if served := calls.serve_next(by=request.user, at=seat.now):
            return see_other(_address(served.case.number))
        messages.info(request, _("刚才还有的，别人接走了"))
        return see_other(reverse("desk:call_next"))
    return render(request, "desk/calls/next.html", {"calls": _waiting(request.user, seat.now)})


def _waiting(officer: Any, now: datetime) -> dict[str, Any]:
    ready, later = queries.line_up(officer, now)
    mine = calls.begun(by=officer)
    return {
        "ready": len(ready),
        "wished": sum(one.is_wished for one in ready),
        "late": sum(bool(one.due_at and one.due_at < now) for one in ready),
        "later": len(later),
        "next_at": when(later[0].ring_from, now) if later else "",
        "is_night": not rules.is_calling_hour(now),
        "hours": {"from": rules.CALLING_HOURS[0], "to": rules.CALLING_HOURS[1]},
        "mine": {"title": mine.case.title, "url": _address(mine.case.number)} if mine else None,
        "without_number": queries.without_number(officer),
        "queue_url": reverse("desk:queue", args=["follow-up"]),
    }


@desk_form
def call(request: HttpRequest, number: str) -> HttpResponse:
    """One call. Without scripts each press is a posting and the page comes back; with them only what changed does."""
    opened = open_case(number, context.seat(request))
    if request.method != "POST" or request.too_big:
        if no := past() if opened.is_past else turns.refusal(BY_NAME["attempt"], opened):
            raise no.error(opened.case)
        looks.at_page(opened.case, request.user, opened.now)
        return _page(request, opened, _open_call(opened), refused=request.too_big)
    held = _named(request, opened)
    try:
        return _posted(request, opened, held)
    except Refused as no:
        return _refused(request, number, no)


def _posted(request: HttpRequest, opened: Opened, held: FollowUpCall | None) -> HttpResponse:
    said, at = request.POST, opened.now
    if "record" in said and held and held.ended_at:  # the second press of one button
        return _recorded(request, calls.record(call=held, at=at), at)
    if held is None or held.ended_at:
        held = calls.take(case=opened.case, by=request.user, at=at)
    if (words := clean_words(said.get("words", held.words), calls.WORDS_LIMIT)) != held.words:
        held = calls.note(call=held, words=words, at=at)
    if "put_back" in said:
        calls.put_back(call=held, at=at)
        return see_other(reverse("desk:call_next"))
    if "record" in said:
        return _recorded(request, calls.record(call=held, at=at), at)
    if "dial" in said:
        if not opened.sees_contact:
            raise Refused(_("您现在不能联系这位来电人"), who_can=_("热线中心的回访员能打"), status=403)
        held = calls.dial(call=held, at=at, key=said.get("key", "")[:36])
    elif name := next((n for n in CHOICES if n in said), ""):
        held = calls.tap(call=held, name=name, value=said[name], at=at, key=said.get("key", "")[:36])
    if is_fragment(request):
        return render(request, "desk/calls/_standing.html", _standing(opened, held))
    return see_other(_address(opened.case.number))


def _recorded(request: HttpRequest, line: Line, at: datetime) -> HttpResponse:
    """Written down: the next one comes by itself, while people may be rung."""
    messages.success(request, _("「回访」记下了：%(what)s") % {"what": _what_came(line)})
    served = calls.serve_next(by=request.user, at=at) if rules.is_calling_hour(at) else None
    address = _address(served.case.number) if served else reverse("desk:call_next")
    if is_fragment(request):
        return HttpResponse(headers={"X-Go-To": address})
    return see_other(address)


def _what_came(line: Line) -> str:
    case = line.case
    row = case.attempts.filter(line_no=line.no).first()
    if case.state == "F" and row and row.next_at:
        return _("下次 %(when)s") % {"when": when(row.next_at, line.at)}
    if case.state == "F":
        return _("交第二人定")
    return str(case.get_state_display())


def _named(request: HttpRequest, opened: Opened) -> FollowUpCall | None:
    """The call the page was about, if it is this officer's."""
    pk = request.POST.get("call", "")
    own = FollowUpCall.objects.filter(case=opened.case, officer=request.user)
    return own.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None


def _open_call(opened: Opened) -> FollowUpCall | None:
    return FollowUpCall.objects.select_related("officer").filter(case=opened.case, ended_at=None).first()


def _address(number: str) -> str:
    return reverse("desk:call", args=[number])


def _refused(request: HttpRequest, number: str, no: Refused) -> HttpResponse:
    """Beside the answers, which stay; with the case as it stands now."""
    opened = open_case(number, context.seat(request))
    if is_fragment(request):
        return render(request, "desk/calls/_refused.html", {"refused": _said(no, opened)}, status=no.status)
    return _page(request, opened, _open_call(opened), refused=no)


def _said(no: Refused, opened: Opened) -> dict[str, Any]:
    ways = [
        {"url": reverse("desk:call_next"), "label": _("打下一件")},
        {"url": to_case(opened.case.number), "label": _("看现在的情况")},
    ]
    title = _("现在还不能记")
    return {"title": title, "reason": no.reason, "state": no.state, "who_can": no.who_can, "ways": ways}


def _page(
    request: HttpRequest, opened: Opened, held: FollowUpCall | None, refused: Refused | None = None
) -> HttpResponse:
    is_mine = held is not None and held.officer_id == request.user.pk and held.cycle == opened.case.cycle
    is_other = held is not None and not is_mine and held.is_held(opened.now)
    mine = held if is_mine else None
    tried = script.tries(opened)
    shown = {
        "case": panels.heading(opened),
        "sentence": panels.sentence(opened),
        "caller": panels.caller(opened),
        "speaks": opened.case.language,
        "wish": opened.case.person.preferred_time,
        "reply": script.quote(opened),
        "tries": tried,
        "nth": len(tried) + 1,
        "questions": script.questions(opened, mine),
        "endings": script.endings(mine),
        "slots": script.slots(mine, opened.now),
        "held_by": {"who": held.officer.full_name, "since": timezone.localtime(held.opened_at)} if is_other else None,
        "own_words": request.POST.get("words") or (mine.words if mine else ""),
        "refused": _said(refused, opened) if refused else None,
        "attachments": [f for f in panels.attachments(opened) if f["thumb_url"]][-4:],
        "next_url": reverse("desk:call_next"),
        "url": _address(opened.case.number),
        **panels.demand(opened),
        **_standing(opened, mine),
    }
    response = render(request, "desk/calls/call.html", shown, status=refused.status if refused else 200)
    response["Cache-Control"] = "no-store, private"
    return response


def _standing(opened: Opened, held: FollowUpCall | None) -> dict[str, Any]:
    is_dialled = bool(held and held.dialled_at and not held.problem)
    return {
        "call": {
            "pk": held.pk if held else "",
            "key": str(uuid4()),
            "dialled_at": timezone.localtime(held.dialled_at) if held and is_dialled else None,
            "seconds": int((opened.now - held.dialled_at).total_seconds()) if held and is_dialled else 0,
            "has_problem": bool(held and held.problem),
        },
        "standing": script.standing(opened, held),
    }
