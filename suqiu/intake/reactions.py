"""What follows steps of the case for the caller and for the hotline?"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from suqiu.cases import events
from suqiu.cases.flow import BY_NAME, STILL_HARD
from suqiu.cases.models import Case, ClockKind, Content, Line, State, Verdict
from suqiu.cases.telling import (
    in_callers_language,
    is_overtaken,
    officers_of,
    tell_officers,
    tracking_address,
    with_duty,
)
from suqiu.cases.telling import tell_caller as send
from suqiu.directory.queries import hotline
from suqiu.gateways import outbox
from suqiu.gateways.wordings import said

from . import caller_limits
from .known_events import tell_one
from .models import KnownEvent

WORDS_SENT = 200  # of what was written to him; the page has the rest


def tell_caller_received(line: Line) -> None:
    """Under a known event he is promised word of its end; who was being recorded while it ended has it at once."""
    known = KnownEvent.objects.filter(event=line.case.event_id).select_related("event").first()
    with in_callers_language(line.case):
        promised = said("part_known_event", event=known.event.title) if known else ""
        send(line, said("received", **_names(line), promised=promised))
    if known and known.ended_at and known.all_clear and line.case.person.phone_sealed:
        tell_one(known, line.case)


def tell_caller(line: Line) -> None:
    """The step in the caller's words, what was said to him with it, and where to see more."""
    with in_callers_language(line.case):
        send(line, said("moved_on", **_names(line), details="".join(_details(line))))


def tell_event(line: Line) -> None:
    """Who waits with a lead hears what becomes of it: more days for its unit, or while it hangs plan, day, each month's news.

    Under his own number; and of words that name the lead's caller nothing, only the step.
    """
    if line.step == "decide" and line.says.get("choice") != "hang":
        return
    if line.step == "decide_extension" and line.says.get("is_upheld") != "yes":
        return
    for case in events.waiting(line.case).select_related("person"):
        if case.person.phone_sealed:
            with in_callers_language(case):
                details = "".join(_details(line))
                is_safe = not line.case.person.is_named_in(details)
                body = said("moved_on", **_names(line, case), details=details if is_safe else "")
            outbox.write(
                key=f"event:{line.pk}:{case.pk}", channel="sms", to=case.person.phone, body=body, at=line.at,
                case_number=case.number,
            )  # fmt: skip


def tell_ruled(line: Line) -> None:
    """The caller hears of a ruling when it moved his case; whose it stayed is no news to him."""
    if line.columns["state"] == State.TO_SIGN and not is_overtaken(line):
        tell_caller(line)


def tell_new_term(line: Line) -> None:
    """The caller is told when the term he was promised moved; the clocks between departments are not his concern."""
    if any(kind == ClockKind.OUTER for kind, _before, _now in line.says["moved"]):
        tell_caller(line)


def ring_intake(line: Line) -> None:
    if line.actor != "officer" and not is_overtaken(line):
        at_city = hotline()
        tell_officers(line, with_duty(line.case, at_city, officers_of(at_city, "intake_reviewer", "shift_lead")))


def ring_dispatchers(line: Line) -> None:
    """The dispatchers of the level that holds it, and of the level above when a unit asks."""
    case = line.case
    if is_overtaken(line):
        return
    levels = case.holdings.filter(until=None, role="lead", level__in=("city", "county")).select_related("department")
    deepest = max(levels, key=lambda h: h.DEPTH[h.level], default=None)
    if deepest:
        tell_officers(line, with_duty(case, deepest.department, officers_of(deepest.department, "dispatcher")))


def ring_dispatchers_anew(line: Line) -> None:
    """What was over goes to dispatch again."""
    if line.columns["state"] == "D":
        ring_dispatchers(line)


def ring_if_anothers(line: Line) -> None:
    """A correction after which the catalogue names another unit: the dispatchers look."""
    if line.says.get("owner"):
        at_city = hotline()
        tell_officers(line, officers_of(at_city, "dispatcher"), what=_("更正后按目录该换单位"))


def tell_withdrawn(line: Line) -> None:
    """Whoever did not take it back himself learns of it, and what he can do."""
    with in_callers_language(line.case):
        send(line, said("moved_on", **_names(line), details=said("part_withdrawn")))


def ring_second_person(line: Line) -> None:
    if line.step == "correct" and not line.says.get("waits"):
        return
    had_part = set() if line.step == "correct" else set(line.case.lines.values_list("officer", flat=True))
    seconds = officers_of(hotline(), "shift_lead", "intake_reviewer")
    tell_officers(line, [o for o in seconds if o.pk not in had_part | {line.officer_id}])


def look_at_limit(line: Line) -> None:
    """Taken down and numbered like every other; what may follow under a limit is a job of its own."""
    caller_limits.look_later(line.case, line.at)


def answer_event(line: Line) -> None:
    """The reply of a lead is out: a job answers everybody who waits with it, one after the other."""
    from .tasks import answer_members

    if events.waiting(line.case).exists():
        answer_members.configure(lock=f"event:{line.case_id}").defer(line_id=line.pk)


def _names(line: Line, case: Case | None = None) -> dict[str, str]:
    told, case = str(BY_NAME[line.step].told), case or line.case
    return {"number": case.number, "where": tracking_address(case), "told": told}


def _details(line: Line) -> list[str]:
    """What this line adds for the caller: who has it now, what was asked, decided or promised."""
    case = line.case
    if (
        line.step in ("dispatch", "send_on", "rule", "confirm_ruling")
        and case.lead_department
        and not case.lead_department.is_centre
    ):
        return [_hand_over(line)]
    if line.step == "hang" or line.says.get("choice") == "hang":
        return _on_ledger(line)
    if line.step == "recheck":
        done = _words(line, "words")[:WORDS_SENT].rstrip("。. ")
        return [said("part_recheck", still=dict(STILL_HARD)[line.says["still"]], done=done)]
    if line.step in (
        "ask_caller",
        "divert",
        "answer_at_once",
        "answer_again",
        "decide_extension",
        "decide_appeal",
        "decide",
        "close_lawful",
    ):
        words = Content.objects.filter(
            case=case, line_no=line.no, name__in=("words", "answer"), removed_at=None
        ).first()
        return [words.body[:WORDS_SENT].rstrip("。. ") + _("。")] if words else []
    if line.step == "promise":
        told = {"who": case.lead_department, "what": _words(line, "what"), "when": _moment(line.says["due_at"])}
        return [said("part_promise", **told)]
    if line.step == "decide_new_time":
        name = "part_new_time" if line.says["is_accepted"] == "yes" else "part_other_time"
        return [said(name, when=_moment(line.says["due_at"]))]
    if line.step == "new_calendar":
        due = next(now for kind, _before, now in line.says["moved"] if kind == ClockKind.OUTER)
        return [said("part_new_term", when=_moment(due))]
    if line.step == "close":
        return [said("part_verdict", verdict=Verdict(case.verdict).label)] if case.verdict else []
    return []


def _on_ledger(line: Line) -> list[str]:
    """What will be done, and by which day: as the leader signed it, never his note to the unit."""
    hanging = line.case.hangings.filter(signed_at=line.at).first()
    if hanging is None:
        return []
    day = date_format(hanging.plan_on, "Y-m-d")
    return [said("part_ledger", plan=hanging.plan[:WORDS_SENT].rstrip("。. "), when=day)]


def _moment(written: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(written)), "Y-m-d H:i")


def _hand_over(line: Line) -> str:
    case = line.case
    if case.first_department_id and case.first_department_id != case.lead_department_id:
        return said("part_new_lead", lead=case.lead_department, first=case.first_department)
    return said("part_lead", lead=case.lead_department)


def _words(line: Line, name: str) -> str:
    found = Content.objects.filter(case=line.case, line_no=line.no, name=name, removed_at=None).first()
    return found.body if found else ""
