"""What is a caller told about his cases? What comes next and by when, what was promised, what happened: in the words of his own page."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case, Clock, ClockKind, Content, Line, Promise, State, Verdict
from suqiu.cases.telling import BY_WHEN
from suqiu.citizens.models import Person
from suqiu.directory import office
from suqiu.directory.models import Officer
from suqiu.handling.models import Reply
from suqiu.intake.caller_limits import of_person
from suqiu.speech import joined, quoted, sentences

from ..limits.notes import shown as limit_note
from ..seats import Seat
from ..shell import to_case, when

STATES = {  # how it stands, said to him
    "R": gettext_lazy("收到了，正在看归谁管"),
    "W": gettext_lazy("正等您补充情况"),
    "D": gettext_lazy("受理了，正在派单"),
    "S": gettext_lazy("派给%(lead)s了"),
    "H": gettext_lazy("%(lead)s正在办"),
    "V": gettext_lazy("%(lead)s写好了答复，正在审核"),
    "F": gettext_lazy("%(lead)s说办好了，等您说解决了没有"),
    "L": gettext_lazy("报到市领导那里了"),
    "G": gettext_lazy("列入了难题台账，按计划办"),
    "M": gettext_lazy("和别人反映的同一件事一起办"),
    "A": gettext_lazy("当场答复过您，等您说答到点上没有"),
    "X": gettext_lazy("告诉过您该走的途径"),
    "C": gettext_lazy("已经办结：%(verdict)s"),
    "Q": gettext_lazy("您自己撤回了"),
    "Z": gettext_lazy("是以前的诉求，存了档"),
}
READ_TO_HIM = {  # what was written to him, or by him; all else stays inside
    "receive": ("text",),
    "ask_caller": ("words",),
    "answer_at_once": ("answer", "source"),
    "answer_again": ("answer", "source"),
    "divert": ("words", "way", "basis"),
    "ask_extension": ("words",),
    "decide_extension": ("words",),
    "decide_appeal": ("words",),
    "decide_new_time": ("words",),
}
HIS_OWN = ("caller_adds", "resume", "not_answered", "appeal", "withdraw", "attempt", "ask_new_time")
EARLIER_SHOWN = 10


def earlier(ids: list[int], seat: Seat) -> list[dict[str, Any]]:
    """Each case with what to tell him; three queries however many."""
    cases = Case.objects.filter(pk__in=ids).select_related("lead_department").order_by("-received_at", "-id")
    awaited = _awaited(ids)
    promised = _promised(ids)
    return [_earlier(case, awaited[case.pk], promised.get(case.pk), seat) for case in cases]


def _awaited(ids: list[int]) -> dict[int, list[Clock]]:
    found: dict[int, list[Clock]] = defaultdict(list)
    kinds = [*BY_WHEN, ClockKind.PROMISE]
    running = Clock.objects.filter(case__in=ids, kind__in=kinds, stopped_at=None, paused_at=None)
    for clock in running.select_related("promise__department").order_by("due_at", "id"):
        found[clock.case_id].append(clock)
    return found


def _promised(ids: list[int]) -> dict[int, Promise]:
    latest = Promise.objects.filter(case__in=ids).order_by("case_id", "-id").distinct("case_id")
    return {p.case_id: p for p in latest.select_related("department")}


def _earlier(case: Case, clocks: list[Clock], promise: Promise | None, seat: Seat) -> dict[str, Any]:
    return {
        "number": case.number,
        "spoken": case.spoken_number,
        "title": case.title,
        "url": to_case(case.number),
        "at": when(case.received_at, seat.now),
        "state": State(case.state).label,
        "is_open": case.is_open,
        "is_late": bool(case.is_open and case.next_due_at and case.next_due_at < seat.now),
        "tell": sentence(case, clocks, seat.now),
        "promise": _of_promise(promise, seat.now) if promise and not _is_told(promise, clocks, seat.now) else "",
    }


def just_registered(case: Case, seat: Seat) -> list[str]:
    """What to read to him while he is still on the line: the answer once more and until when he may say no; or what comes next."""
    if case.state != State.ANSWERED:
        return [sentence(case, _awaited([case.pk])[case.pk], seat.now)]
    answer = Content.objects.filter(case=case, name="answer", removed_at=None).order_by("-line_no").first()
    settle = case.clocks.filter(kind=ClockKind.SETTLE, stopped_at=None).first()
    no = (
        _("要是没答到点上，%(when)s 前说一声，就转给单位办") % {"when": when(settle.due_at, seat.now)} if settle else ""
    )
    return [sentences([part]) for part in (answer.body if answer else "", no) if part]


def _is_told(promise: Promise, clocks: list[Clock], now: datetime) -> bool:
    """It is what the sentence names already."""
    ahead = _ahead(clocks, now)
    return ahead is not None and ahead.promise_id == promise.pk


def _ahead(clocks: list[Clock], now: datetime) -> Clock | None:
    return next((c for c in clocks if c.due_at >= now), None)


def sentence(case: Case, clocks: list[Clock], now: datetime) -> str:
    """派给住建局了。6 月 9 日 17:00 前有人联系您。What is past its term is said as such."""
    verdict = Verdict(case.verdict).label if case.verdict else ""
    stands = str(STATES[case.state]) % {"lead": case.lead_department or "", "verdict": verdict}
    if not (case.is_open or case.state == State.MERGED) or not clocks:
        return sentences([stands])
    ahead = _ahead(clocks, now)
    if ahead is None:
        return sentences([stands, _("原定 %(when)s 前%(what)s，已经过了") % _what(clocks[-1], now)])
    return sentences([stands, _due(ahead, now)])


def _due(clock: Clock, now: datetime) -> str:
    said = _what(clock, now)
    return (_("%(when)s 前：%(what)s") if clock.promise else _("%(when)s 前%(what)s")) % said


def _what(clock: Clock, now: datetime) -> dict[str, Any]:
    said = clock.promise.what.rstrip("。. ") if clock.promise else BY_WHEN[clock.kind]
    return {"when": when(clock.due_at, now), "what": said}


def _of_promise(promise: Promise, now: datetime) -> str:
    said = {"who": promise.department, "when": when(promise.due_at, now), "what": promise.what.rstrip("。. ")}
    if promise.kept_at:
        return _("%(who)s答应过：%(what)s，做到了") % said
    if promise.due_at < now:
        return _("%(who)s答应 %(when)s 前：%(what)s，过了时间还没做到") % said
    return _("%(who)s答应 %(when)s 前：%(what)s") % said


# ---- one case, as its citizen's page tells it


def story(case: Case, seat: Seat) -> dict[str, Any]:
    """How it stands, the reply, what was promised, and what happened, newest first."""
    lines = list(Line.objects.filter(case=case).select_related("department", "officer").order_by("-no"))
    texts = {(c.line_no, c.name): c.body for c in Content.objects.filter(case=case, removed_at=None)}
    clocks = _awaited([case.pk])[case.pk]
    promise = _promised([case.pk]).get(case.pk)
    return {
        "sentence": sentence(case, clocks, seat.now),
        "due": [_due(c, seat.now) for c in clocks if c.due_at >= seat.now][1:],
        "promise": _of_promise(promise, seat.now) if promise and not _is_told(promise, clocks, seat.now) else "",
        "asked": _asked(case, lines, texts),
        "reply": _reply(case, lines, texts),
        "journal": [_told(line, texts, seat) for line in lines],
    }


def _asked(case: Case, lines: list[Line], texts: dict) -> str:
    asked = next((ln for ln in lines if ln.step == "ask_caller"), None)
    return texts.get((asked.no, "words"), "") if asked and case.state == State.WAITING else ""


def _reply(case: Case, lines: list[Line], texts: dict) -> str:
    """The latest reply that is out, or the answer given at once, or the way he was told."""
    sent = Reply.objects.filter(case=case).exclude(approved_at=None).order_by("-id").first()
    if sent:
        return texts.get((sent.line_no, "reply"), "")
    for step, name in (
        ("event_answered", "reply"),
        ("answer_again", "answer"),
        ("answer_at_once", "answer"),
        ("divert", "words"),
    ):
        line = next((ln for ln in lines if ln.step == step), None)
        if line:
            return texts.get((line.no, name), "")
    return ""


def _told(line: Line, texts: dict, seat: Seat) -> dict[str, Any]:
    names = READ_TO_HIM.get(line.step, ())
    if line.step in HIS_OWN and line.actor == "citizen":
        names = ("words",)
    said = [quoted(texts[line.no, name]) for name in names if texts.get((line.no, name))]
    return {
        "no": line.no,
        "verb": BY_NAME[line.step].told,
        "fact": joined(said),
        "who": _who(line, seat.officer),
        "at": timezone.localtime(line.at),
    }


def _who(line: Line, officer: Officer) -> str:
    if line.actor == "citizen":
        return _("来电人（代办）") if line.officer_id else _("来电人")
    return str(line.department) if line.department else ""


def caller_of(number: str, seat: Seat) -> dict[str, Any]:
    """Masked name and number, and his earlier cases with what to tell him. Written into the office journal before it is shown."""
    people = list(Person.objects.by_phone(number).order_by("id"))
    cases = Case.objects.visible_to(seat.officer).filter(person__in=people).order_by("-id")
    ids = list(cases.values_list("pk", flat=True)[:EARLIER_SHOWN])
    seen = set(cases.order_by().values_list("person", flat=True).distinct())
    total = cases.count() if len(ids) == EARLIER_SHOWN else len(ids)
    office.write(act="look_up", by=seat.officer, at=seat.now, found=len(ids))
    people = [p for p in people if p.pk in seen]  # of a case kept from this operator not even the name is said
    known = next((p for p in people if p.name_sealed), people[0] if people else None)
    return {
        "name": known.masked_name if known else "",
        "phone": known.masked_phone if known else "",
        "preferred_time": known.preferred_time if known else "",
        "total": total,
        "cases": earlier(ids, seat),
        "prove_url": reverse("desk:caller"),
        "limits": [limit_note(x, seat, seat.now) for x in of_person([p.pk for p in people], seat.now)],
    }
