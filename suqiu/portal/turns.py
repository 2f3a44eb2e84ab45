"""Which steps may the citizen take now, under which words, and has the case moved since he looked?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suqiu.cases import rules
from suqiu.cases.advance import CITIZEN
from suqiu.cases.flow import BY_NAME, SATISFIED
from suqiu.cases.models import Case
from suqiu.intake.rules import can_appeal

from . import queries
from .queries import CasePage


@dataclass(frozen=True)
class Turn:
    """One of his steps: what the button says, what will happen then, and where the button stands."""

    label: Any
    note: Any
    icon: str
    submit_label: Any = ""
    is_main: bool = False
    is_danger: bool = False
    is_at_thumb: bool = True
    is_offered: bool = True  # as a button; else by five taps of its own


TURNS = {  # in the order in which they are offered
    "attempt": Turn(
        _("评价"),
        _("先说解决了没有，其余可以不答。没解决就重办；办理的单位看不到也改不了您的回答"),
        "star",
        _("交上去"),
        is_main=True,
    ),
    "settle": Turn(
        _("答到点上了"), _("这件就了结了，算您认可了答复"), "check", _("答到点上了，了结"), is_offered=False
    ),
    "not_answered": Turn(
        _("没答到点上"), _("转给该管的单位办，时限接着走"), "rotate-ccw", _("转给单位办"), is_offered=False
    ),
    "resume": Turn(_("补充情况"), _("写了就接着办，时限接着走"), "pencil", _("补充好了，接着办"), is_main=True),
    "confirm_meeting": Turn(
        _("网下办认可吗"),
        _("各单位在现场定的都写在下面。认可不认可由您自己说，单位不能替您说"),
        "users",
        _("交上去"),
        is_main=True,
    ),
    "look_back": Turn(
        _("现在还好吗"), _("说又坏了就接着办，还是这个编号，不用另提"), "history", _("交上去"), is_main=True
    ),
    "appeal": Turn(
        _("申诉"),
        _("没经手过这件的另一位工作人员来看，结果和理由都会告诉您。每次决定可以申诉一次"),
        "scale",
        _("交上申诉"),
    ),
    "take_new_time": Turn(
        _("新时间可以"),
        _("约定改到单位提的时间；原来的约定留在记录里，看得到"),
        "calendar",
        _("可以，就这个时间"),
        is_main=True,
    ),
    "ask_new_time": Turn(
        _("请改时间"),
        _("写上您方便的时间，单位会答行不行。答应以前，原来约的照算"),
        "calendar",
        _("请他们改"),
        is_at_thumb=False,
    ),
    "caller_adds": Turn(_("补充情况"), _("办理的人看得到，记录里也有。时限不变"), "plus", _("补充上去")),
    "withdraw": Turn(
        _("撤回诉求"),
        _("撤回以后就不再办了，也不能恢复；要办得重新提一件。没解决不用撤，可以催"),
        "x",
        _("撤回，不办了"),
        is_danger=True,
        is_at_thumb=False,
    ),
}
HURRY = Turn(
    _("到哪一步了？"), _("下面是现在的情形。催一下，办理的人看得到，记录里也有；可以什么都不写"), "bell", _("催一下")
)
LEVELS = SATISFIED  # 满意度五级, of an answer given at once
LEADS_TO = {level: "settle" if level in "543" else "not_answered" for level, _label in LEVELS}
THANKS = {
    "settle": _("记下了，这件了结。又发生了可以另提一件，写上这件的编号"),
    "not_answered": _("记下了，转给该管的单位办。还想知道什么，点「补充情况」写上"),
}


def offered(page: CasePage, now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(under the thumb, the rest of the page): what the table of steps lets a citizen do in this state."""
    thumb: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for name, turn in TURNS.items():
        if not turn.is_offered or not _is_open(name, page, now):
            continue
        url = reverse("portal:step", args=[page.case.number, name])
        is_at_thumb = turn.is_at_thumb and (name != "appeal" or page.case.state == "X")
        (thumb if is_at_thumb and len(thumb) < 2 else rest).append(_button(turn, url))
        if name == "caller_adds":
            (thumb if len(thumb) < 2 else rest).append(_button(HURRY, f"{url}?hurry=1"))
    return thumb, rest


def rating(page: CasePage) -> dict[str, Any] | None:
    """Five taps, none chosen beforehand, while an answer given at once waits for his word."""
    if page.case.state != "A":
        return None
    choices = [{"value": value, "label": label} for value, label in LEVELS]
    url = reverse("portal:rate_answer", args=[page.case.number])
    return {"url": url, "choices": choices, "key": uuid4(), "seen": page.case.line_no}


def _is_open(name: str, page: CasePage, now: datetime) -> bool:
    if rules.refusal(BY_NAME[name], page.case, CITIZEN.kind, set()):
        return False
    if name == "appeal" and page.case.state == "M":
        merged = max(line.no for line in page.lines if line.step == "merge")
        judged = any(line.step == "decide_appeal" and line.no > merged for line in page.lines)
        return "appeal" not in page.case.evidence_held and not judged
    if name == "appeal":
        return can_appeal(page.case, now, page.last("decide_appeal"))
    if name == "ask_new_time":
        return bool(page.open_promises(now))
    if name == "confirm_meeting":
        return queries.is_meeting_to_confirm(page)
    if name == "look_back":
        return page.case.look_back_from is not None and page.case.look_back_from <= now
    return name != "caller_adds" or page.case.state != "W"  # while he is asked, his answer is the step that goes on


def _button(turn: Turn, url: str) -> dict[str, Any]:
    return {"label": turn.label, "url": url, "icon": turn.icon, "is_main": turn.is_main}


def described(name: str, *, is_hurry: bool = False) -> dict[str, Any]:
    turn = HURRY if is_hurry else TURNS[name]
    return {"label": turn.label, "note": turn.note, "submit_label": turn.submit_label, "is_danger": turn.is_danger}


def has_moved(case: Case, seen: int) -> bool:
    """Has the state changed since that line? (The step's own refusal would name the officer; the citizen is not told names.)"""
    before = case.lines.filter(no=seen).values_list("columns__state", flat=True).first()
    return case.line_no > seen and before != case.state
