"""回访: the hotline or the citizen himself; his answer is the highest standard, and the rule acts on it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import CITIZEN, SYSTEM, Actor, Stepping, end_cycle, open_cycle, step
from suqiu.cases.models import Case, ClockKind, Holding, Line, Verdict
from suqiu.citizens.contact import token_hash
from suqiu.directory.models import Officer
from suqiu.errors import Refused

from . import rules
from .models import Attempt, Link


@step("attempt")
def _attempt(s: Stepping, *, outcome, way, contacted="", is_true="", solved="", satisfied="", words="") -> None:
    if s.officer and any(
        h.department_id in s.officer.departments_as() for h in s.case.holdings.exclude(level=Holding.Level.CITY)
    ):
        raise Refused(_("承办过这件的单位不能回访"), status=403)
    if outcome == "answered" and not solved and s.by.kind == "officer":
        raise Refused(_("接通了，请问清「解决了吗」"), status=422, field="solved")
    row = Attempt(case=s.case, cycle=s.case.cycle, line_no=s.line_no, by=s.officer, at=s.at, way=way, outcome=outcome)
    row.contacted, row.is_true, row.solved, row.satisfied = contacted, is_true, solved, satisfied
    if outcome != "answered":
        row.next_at = rules.next_attempt(s.at, rules.preferred_hour(s.case.person.preferred_time))
    row.save()
    tries = s.case.attempts.filter(cycle=s.case.cycle)
    if rules.is_unanswered(tries.values_list("at", "way", "outcome")):
        s.hold("three_attempts")
    if outcome == "answered" and solved:
        s.hold("answered")
        clocks.stop(s, ClockKind.FOLLOW_UP)
        if rules.verdict_of(solved, satisfied, s.case.cycle) == "confirm":
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


def _act_on(case: Case, latest: Attempt, line: Line) -> None:
    if latest.outcome == "answered":
        verdict = rules.verdict_of(latest.solved, latest.satisfied, case.cycle)
        if verdict == "close":
            close(case=case, by=SYSTEM, at=line.at, verdict=Verdict.SOLVED)
        elif verdict == "redo":
            redo(case=case, by=SYSTEM, at=line.at)
        elif verdict == "refer_up":
            refer_up(case=case, by=SYSTEM, at=line.at)
        return
    if "three_attempts" in case.evidence_held and "answered" not in case.evidence_held:
        close_unanswered(case=case, by=SYSTEM, at=line.at)


@step("close_unanswered")
def close_unanswered(s: Stepping) -> None:
    """没回访到: three attempts at different hours, two ways; its own verdict, never counted solved or satisfied."""
    _close(s, Verdict.UNANSWERED)


@step("close")
def close(s: Stepping, *, verdict, words="") -> None:
    if s.by.kind == "officer" and verdict not in (Verdict.SOLVED, Verdict.HALF):
        raise Refused(_("人工只能按来电人的回答办结"), status=422, field="verdict")
    if s.by.kind == "officer":
        _check_follows_answer(s, verdict)
    _close(s, verdict)


@step("redo")
def redo(s: Stepping, *, words="") -> None:
    """重办: a new cycle with the same lead; evidence starts from nothing; at most two, then a leader."""
    if s.case.cycle > rules.REDOS_AT_MOST:
        raise Refused(_("已经重办过两次，这次要报市领导定"), who_can=_("请用「报领导」"))
    end_cycle(s, _last_answer(s))
    start_again(s, "redo")


@step("refer_up")
def refer_up(s: Stepping) -> None:
    end_cycle(s, "no")
    clocks.stop(s)
    clocks.start(s, ClockKind.LEADER)


@step("find_lawful")
def find_lawful(s: Stepping, *, basis, words) -> None:
    """认定依法办了: the first of two persons; a unit never finds this of itself."""
    s.hold("lawful_found")


@step("close_lawful")
def close_lawful(s: Stepping, *, words) -> None:
    _close(s, Verdict.LAWFUL_UNSOLVED)


@step("decide")
def decide(s: Stepping, *, choice, plan_on, words) -> None:
    """领导定: another cycle of its own, with a date; or the hard-case ledger."""
    if plan_on <= timezone.localtime(s.at).date():
        raise Refused(_("日期要在今天之后"), status=422, field="plan_on")
    due = clocks.close_of(plan_on)
    clocks.stop(s)
    if choice == "hang":
        s.to = "G"
        clocks.start_until(s, ClockKind.PLAN, due)
        clocks.start_until(s, ClockKind.RECHECK, s.at + timedelta(days=30))
        return
    open_cycle(s, "leader")
    s.case.dispatched_at = s.at
    _fresh(s)
    clocks.start_until(s, ClockKind.REDO, due, holding=s.lead)
    clocks.start(s, ClockKind.CONTACT, holding=s.lead)


def start_again(s: Stepping, why: str) -> None:
    open_cycle(s, why)
    s.case.dispatched_at = s.at
    _fresh(s)
    clocks.stop(s)
    clocks.start(s, ClockKind.REDO, holding=s.lead)
    clocks.start(s, ClockKind.CONTACT, holding=s.lead)


@transaction.atomic
def make_link(*, case: Case, at: datetime) -> str:
    """The one-time link of this cycle. Returns the token, which is stored only as a keyed hash; a later call makes a new token."""
    token = secrets.token_urlsafe(18)
    values = {"token_hash": token_hash(token), "made_at": at, "expires_at": at + timedelta(days=rules.LINK_DAYS)}
    Link.objects.update_or_create(case=case, cycle=case.cycle, defaults=values)
    return token


@transaction.atomic
def tap(*, link: Link, name: str, value: str, at: datetime) -> Link:
    """One tap, saved at once. A later tap on the same question replaces it until he is done."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    if link.used_at:
        raise Refused(_("您已经答完了，谢谢。要改的话请打 12345"))
    link.answers = {**link.answers, name: value}
    link.tapped_at = at
    link.save()
    return link


@transaction.atomic
def finish_link(*, link: Link, at: datetime) -> Line | None:
    """What was tapped becomes one attempt by the citizen: half an answer is an answer."""
    link = Link.objects.select_for_update().get(pk=link.pk)
    if link.used_at or not link.answers or link.case.state != "F" or link.case.cycle != link.cycle:
        return None
    link.used_at = at
    link.save()
    return attempt(case=link.case, by=CITIZEN, at=at, outcome="answered", way="online", **link.answers)


def _close(s: Stepping, verdict: str) -> None:
    s.case.verdict = verdict
    end_cycle(s, verdict)
    clocks.stop(s)
    holdings.end_all(s)


def _fresh(s: Stepping) -> None:
    """A new cycle: nobody has visited, replied or returned in it."""
    for holding in s.holdings:
        holding.has_returned = False
        holding.cycle = s.case.cycle
        holding.save(update_fields=["has_returned", "cycle"])


def _last_answer(s: Stepping) -> str:
    last = s.case.attempts.filter(cycle=s.case.cycle, outcome="answered").order_by("-id").first()
    return last.solved if last else ""


def _check_follows_answer(s: Stepping, verdict: str) -> None:
    """A second person may not turn a half into a solved."""
    answer = _last_answer(s)
    if answer == "half" and verdict != Verdict.HALF:
        raise Refused(_("来电人说的是「解决了一半」，不能按解决了办结"), status=422, field="verdict")
    if answer == "no":
        raise Refused(_("来电人说没解决，不能办结"))
