"""回访: the hotline or the citizen himself; his answer is the highest standard, and the rule acts on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks
from suqiu.cases.advance import CITIZEN, SYSTEM, Actor, Stepping, step
from suqiu.cases.models import Case, ClockKind, Holding, Line, Verdict
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from . import rules
from .links import is_asking
from .looking_again import ask_withdrawn, check_never_held, look_back, recheck_on_spot  # noqa: F401 - steps of this room
from .models import Attempt, Link
from .verdicts import close, close_lawful, close_unanswered, decide, find_lawful, mind_family, redo, refer_up  # noqa: F401 - and these


@step("attempt")
def _attempt(
    s: Stepping, *, outcome, way, contacted="", is_true="", solved="", satisfied="", words="", first=None, next_at=None
) -> None:
    if s.officer:
        check_never_held(s.case, s.officer)
    if s.officer and s.by.kind == "officer":  # what the caller says himself waits for nobody
        check_free(s.case, s.officer, s.at)
        s.case.calls.filter(ended_at=None, officer=s.officer).update(ended_at=s.at, words="")
    verdict = rules.verdict_of(solved, satisfied, s.case.cycle)
    if outcome == "answered" and verdict == "wait" and s.by.kind == "officer":
        raise Refused(_("接通了，请问清「解决了吗」"), status=422, field="solved")
    given = {"contacted": contacted, "is_true": is_true, "solved": solved, "satisfied": satisfied}
    for name, value in given.items():
        if value:
            rules.check_answer(name, value)
    row = Attempt(case=s.case, cycle=s.case.cycle, line_no=s.line_no, by=s.officer, at=s.at, way=way, outcome=outcome)
    row.contacted, row.is_true, row.solved, row.satisfied = contacted, is_true, solved, satisfied
    if first:
        row.first = s.says["first"] = first
    if outcome != "answered":
        row.next_at = next_at or rules.next_attempt(s.at, rules.preferred_hour(s.case.person.preferred_time))
    if next_at:  # the time he named himself
        s.says["next_at"] = next_at
    row.save()
    tries = s.case.attempts.filter(cycle=s.case.cycle)
    if rules.is_unanswered(tries.values_list("at", "way", "outcome")):
        s.hold("three_attempts")
        mind_family(s)
    if outcome == "answered" and verdict != "wait":
        s.hold("answered")
        clocks.stop(s, ClockKind.FOLLOW_UP)
        if verdict in ("close", "confirm"):
            mind_family(s)
        if verdict == "confirm" and not clocks.running(s.case, ClockKind.CONFIRM):
            clocks.start(s, ClockKind.CONFIRM)


def attempt(*, case: Case, by: Actor | Officer, at: datetime | None = None, key: str | None = None, **fields) -> Line:
    """Records one attempt, and lets the rule act on it in the same transaction: two lines, both or neither."""
    with transaction.atomic():
        line = _attempt(case=case, by=by, at=at, key=key, **fields)
        latest = case.attempts.filter(line_no=line.no).first()
        if case.state == "F" and latest and case.line_no == line.no:
            _act_on(case, latest, line)
        return line


attempt.row = _attempt.row


def check_free(case: Case, officer: Officer, at: datetime) -> None:
    """Whoever is ringing the caller has the case for now: nobody else asks him the same meanwhile, whatever the door."""
    others = case.calls.select_related("officer").filter(ended_at=None, cycle=case.cycle).exclude(officer=officer)
    call = others.first()
    if call and call.is_held(at):
        said = {"who": call.officer.full_name, "when": f"{timezone.localtime(call.opened_at):%H:%M}"}
        raise Refused(_("%(who)s 从 %(when)s 起正在打这件") % said, who_can=_("打下一件，或者等他记下、放回"))


def _act_on(case: Case, latest: Attempt, line: Line) -> None:
    if "family_waits" in case.evidence_held:
        return _redo_at_least(case, latest, line)
    if latest.outcome == "answered":
        verdict = rules.verdict_of(latest.solved, latest.satisfied, case.cycle)
        if verdict == "close":
            close(case=case, by=SYSTEM, at=line.at, verdict=Verdict.SOLVED)
        elif verdict == "redo":
            redo(case=case, by=SYSTEM, at=line.at)
        elif verdict == "refer_up":
            refer_up(case=case, by=SYSTEM, at=line.at)
        return
    if "three_attempts" not in case.evidence_held or "answered" in case.evidence_held:
        return
    tapped = Link.objects.filter(case=case, cycle=case.cycle, used_at=None).exclude(answers={}).first()
    if tapped:  # he did answer, and only did not press the last button
        finish_link(link=tapped, at=line.at)
        case.refresh_from_db()
    if case.state == "F" and "answered" not in case.evidence_held:
        close_unanswered(case=case, by=SYSTEM, at=line.at)


def _redo_at_least(case: Case, latest: Attempt, line: Line) -> None:
    """It waits for a leader's signature: nothing is closed meanwhile. A "no" needs nobody's."""
    if latest.outcome != "answered":
        return
    verdict = rules.verdict_of(latest.solved, latest.satisfied, case.cycle)
    if verdict in ("redo", "refer_up"):
        {"redo": redo, "refer_up": refer_up}[verdict](case=case, by=SYSTEM, at=line.at)


def sign_family(*, case: Case, by: Actor | Officer, at: datetime | None = None, **fields) -> Line:
    """签批重复件, and what follows from the caller's own answer: both or neither."""
    with transaction.atomic():
        line = _sign_family(case=case, by=by, at=at, **fields)
        latest = _deciding(case)
        if case.state != "F" or latest is None or case.line_no != line.no:
            return line
        if line.says["is_upheld"] == "yes":
            _act_on(case, latest, line)
        elif "answered" in case.evidence_held:
            (redo if case.cycle <= rules.REDOS_AT_MOST else refer_up)(case=case, by=SYSTEM, at=line.at)
        return line


def _deciding(case: Case) -> Attempt | None:
    """What he said last; where he never said anything, the last attempt. Ringing again in vain takes back no answer."""
    tries = list(case.attempts.filter(cycle=case.cycle).order_by("-id"))
    said = (a for a in tries if a.outcome == "answered" and rules.verdict_of(a.solved, a.satisfied, a.cycle) != "wait")
    return next(said, tries[0] if tries else None)


@step("sign_family")
def _sign_family(s: Stepping, *, is_upheld, words) -> None:
    """Signed, it may be closed as the caller said. Not signed, it is handled once more; who was not reached is rung again."""
    s.drop("family_waits")
    if is_upheld == "yes":
        s.hold("family_signed")
    else:
        s.drop("lawful_found", "three_attempts")
    if s.case.state == "F":
        clocks.stop(s, ClockKind.LEADER)


sign_family.row = _sign_family.row


@step("remind")
def remind(s: Stepping, *, words="") -> None:
    """催办: rings whoever holds it below the city's own centre; not again before they could have read it."""
    if all(h.level == Holding.Level.CITY for h in s.holdings):
        raise Refused(_("这件还在热线中心，没有单位可催"), who_can=_("先派出去"))
    last = s.case.lines.filter(step="remind").order_by("-no").first()
    if last and s.at < last.at + rules.REMIND_AGAIN_AFTER:
        said = _("%(when)s 已经催过，隔 %(hours)d 小时再催") % {
            "when": f"{timezone.localtime(last.at):%H:%M}",
            "hours": rules.REMIND_AGAIN_AFTER // timedelta(hours=1),
        }
        raise Refused(said, state=s.case.get_state_display())


@transaction.atomic
def finish_link(*, link: Link, at: datetime) -> Line | None:
    """What was tapped becomes one attempt by the citizen: half an answer is an answer."""
    Case.objects.select_for_update().get(pk=link.case_id)  # the case before the link, as every step does
    link = Link.objects.select_for_update().get(pk=link.pk)
    if link.used_at or not link.answers or not is_asking(link):
        return None
    link.used_at = at
    link.save()
    return attempt(case=link.case, by=CITIZEN, at=at, outcome="answered", way="online", **link.answers)


def finish_stopped(*, at: datetime) -> int:
    """Who tapped and went away has answered: his taps become an attempt. Returns how many. For the worker, every few minutes."""
    stopped = Link.objects.filter(used_at=None, tapped_at__lte=at - rules.STOPPED_AFTER, case__state="F")
    return sum(finish_link(link=link, at=at) is not None for link in stopped.order_by("id"))
