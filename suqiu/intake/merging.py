"""并单: many callers, one event. One case is handled for all; each keeps his number, his clock, his answer, his rating and his way out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, events, holdings
from suqiu.cases.advance import SYSTEM, Actor, Stepping, step
from suqiu.cases.models import Ask, Case, Clock, ClockKind, Content, DemandType, Event, Line, State
from suqiu.directory.models import Area, Officer
from suqiu.directory.queries import city
from suqiu.errors import Refused

from . import merge_rules, rules
from .models import Membership

OWN_CLOCKS = (
    ClockKind.OUTER,
    ClockKind.REDO,
    ClockKind.PROMISE,
    ClockKind.HAND_OVER,
)  # run on: what he was told by law
TAKEN_OVER = ("demand_type", "routing_class", "area_id")  # what an event gives to a case that was not accepted yet
ANSWERS = (ClockKind.OUTER, ClockKind.REDO)


def merge(*, case: Case, by: Actor | Officer, into: Case | None = None, at: datetime | None = None, **fields) -> Line:
    """并单, and the lead's due time with it: both or neither."""
    at = at or timezone.now()
    with transaction.atomic():
        _hold(case, into)
        line = _merge(case=case, by=by, into=into, at=at, **fields)
        sweep(case.event.lead, at)
        into.refresh_from_db()
        return line


@step("merge")
def _merge(s: Stepping, *, into, words) -> None:
    into = Case.objects.select_related("event__lead", "area").get(pk=into.pk)
    merge_rules.check_merge(s.case, into)
    led = list(events.led_by(s.case).values_list("pk", flat=True))
    kept = {"state": s.case.state, "event": s.case.event_id, "led": led}
    kept |= {name: getattr(s.case, name) for name in TAKEN_OVER}
    s.says["alike"] = alike = likeness(s.case, into)
    event = _event_for(s.case, into, s.at)
    Membership.objects.filter(event__in=led, ended_at=None).update(since=s.at)
    Event.objects.filter(pk__in=led).update(lead=into)
    Membership.objects.create(
        event=event,
        case=s.case,
        merged_by=s.officer,
        merged_at=s.at,
        since=s.at,
        line_no=s.line_no,
        alike=alike,
        before=kept,
    )
    s.case.event = event
    s.says |= {"event": event.pk, "lead": into.number}
    clocks.stop_running(s, but=OWN_CLOCKS)
    if s.case.state == State.RECEIVED:
        _accept_with(s, into)


merge.row = _merge.row


def unmerge(*, case: Case, by: Actor | Officer, at: datetime | None = None, **fields) -> Line:
    """撤并: by the hotline, or by the system when the lead is taken back by its own caller."""
    at = at or timezone.now()
    with transaction.atomic():
        lead = _held_lead(case)
        line = _unmerge(case=case, by=by, at=at, **fields)
        sweep(lead, at)
        sweep(case, at)
        case.refresh_from_db()
        return line


@step("unmerge")
def _unmerge(s: Stepping, *, words) -> None:
    undo(s, Membership.Ending.UNDONE)


unmerge.row = _unmerge.row


def undo(s: Stepping, why: str) -> None:
    """Back to the state before, with the clocks he had then, each from its own anchor."""
    own = end_membership(s.case, s.at, why)
    s.to = own.before["state"]
    s.case.event_id = own.before["event"]
    clocks.run_again(s, stopped_by="merge")
    if s.to == State.RECEIVED:
        s.case.demand_type, s.case.routing_class = own.before["demand_type"], own.before["routing_class"]
        s.case.area = Area.objects.filter(pk=own.before["area_id"]).first()
        clocks.stop(s, ClockKind.OUTER)
    _led_again(s, own)


def end_membership(case: Case, at: datetime, why: str) -> Membership:
    own = Membership.objects.get(case=case, ended_at=None)
    own.ended_at, own.ending = at, why
    own.save(update_fields=["ended_at", "ending"])
    return own


@step("lead_event")
def lead_event(s: Stepping, *, event=None) -> None:
    """作主件: it is handled for others too, and is due when the first of them is due."""
    if event and s.case.event_id is None:
        s.case.event = event
    s.says["waiting"] = events.waiting(s.case).count()
    clocks.stop(s, ClockKind.EVENT)
    earliest = _earliest(s.case)
    if earliest:
        clocks.start_as(s, ClockKind.EVENT, earliest)


@step("event_answered")
def event_answered(s: Stepping, *, approved: Line) -> None:
    """随并答复: the reply that was written for everybody; from here on he is asked, and answers, for himself."""
    lead = Case.objects.select_related("lead_department", "lead_officer", "first_department").get(pk=approved.case_id)
    own = Membership.objects.get(case=s.case, ended_at=None)
    if s.case.event.lead_id != lead.pk or own.since > approved.at:
        raise Refused(_("这份答复不是给这一件的"))
    s.words["reply"] = reply_to_others(approved)
    s.says |= {"lead": lead.number, "lead_line": approved.no, "department": lead.lead_department_id}
    end_membership(s.case, s.at, Membership.Ending.ANSWERED)
    _take_on_lead(s, lead)
    _answer_asks(s, lead)
    clocks.stop(s)
    clocks.start(s, ClockKind.FOLLOW_UP)


def answer_members(approved: Line, at: datetime) -> int:
    """Everybody who waits for this reply, each in a transaction of his own; a second run finds nobody. Returns how many."""
    waiting = events.waiting(approved.case).filter(memberships__ended_at=None, memberships__since__lte=approved.at)
    done = 0
    for case in list(waiting.order_by("received_at", "id")):
        try:
            event_answered(case=case, by=SYSTEM, at=at, key=f"event:{approved.pk}:{case.pk}", approved=approved)
            done += 1
        except Refused:  # left meanwhile: he is answered on his own
            continue
    return done


def answer_left_over(at: datetime) -> int:
    """Members whose lead was answered and whose own answer was cut short. For the worker, every minute."""
    leads = Case.objects.filter(state__in="FC", leads__members__state=State.MERGED).distinct()
    lines = (lead.lines.filter(step="approve").order_by("-no").first() for lead in leads)
    return sum(answer_members(line, max(at, line.at)) for line in lines if line)


def hand_on(lead: Case, at: datetime) -> None:
    """The lead's caller took his case back: the one that waits longest goes back to where it was, and leads the others."""
    heir = events.waiting(lead).order_by("received_at", "id").first()
    if heir is None:
        return
    _unmerge(case=heir, by=SYSTEM, at=at, words=_("主件的来电人撤回了，这件接着作主件"))
    events.led_by(lead).update(lead=heir)
    Membership.objects.filter(event__lead=heir, ended_at=None).update(since=at)
    sweep(heir, at)


def likeness(one: Case, other: Case) -> int:
    """0 to 100, of titles, places and the callers' words."""
    told = dict(Content.objects.filter(case__in=(one, other), line_no=1, name="text").values_list("case", "body"))
    texts = [f"{c.title}，{c.place}，{told.get(c.pk, '')[:400]}" for c in (one, other)]
    return merge_rules.percent_alike(*texts)


def reply_to_others(approved: Line) -> str:
    """What was written for everybody in the draft that this line approved."""
    draft = approved.case.lines.filter(step="draft_reply", no__lt=approved.no).order_by("-no").first()
    found = Content.objects.filter(case=approved.case, line_no=draft.no, name="to_others", removed_at=None).first()
    if found is None:
        raise Refused(_("主件没有写给其他来电人的答复"))
    return found.body


# ---- which event


def _event_for(case: Case, into: Case, at: datetime) -> Event:
    """The event the case belongs to already, if it can follow (a known event, or its own callers); else the lead's; else a new one."""
    if case.event and case.event.lead_id in (None, case.pk, into.pk):
        return _led(case.event, into)
    if into.event and into.event.lead_id in (None, into.pk):
        return _led(into.event, into)
    return Event.objects.create(title=into.title[:80], lead=into, opened_at=min(case.received_at, into.received_at, at))


def _led(event: Event, lead: Case) -> Event:
    event.lead = lead
    event.save(update_fields=["lead"])
    return event


def _led_again(s: Stepping, own: Membership) -> None:
    """What it led before, it leads again: its own callers come back with it."""
    mine = Event.objects.filter(pk__in=own.before["led"])
    mine.update(lead=s.case)
    Membership.objects.filter(event__in=mine, ended_at=None).update(since=s.at)


def _accept_with(s: Stepping, into: Case) -> None:
    """Merged before anybody accepted it: accepted with the event, his own term from his own call."""
    s.case.demand_type = s.case.demand_type or into.demand_type or DemandType.HELP
    s.case.routing_class = "accept"
    s.case.area = s.case.area or into.area or city()
    if not clocks.running(s.case, ClockKind.OUTER):
        clocks.start(s, ClockKind.OUTER, anchor_at=rules.anchor_of(s.case))


# ---- who answers for a member once there is an answer


def _take_on_lead(s: Stepping, lead: Case) -> None:
    """Who handled it for all answers for each; a first department that a member has already stays named."""
    for held in [h for h in s.holdings if h.role == "assist"]:
        holdings.end_assist(s, held)
    own = sorted((h for h in s.holdings if h.role == "lead" and h.level != "city"), key=lambda h: -h.DEPTH[h.level])
    for held in own:
        holdings.end_lead(s, held)
    theirs = list(lead.holdings.filter(until=None, role="lead").select_related("department", "officer"))
    for held in sorted((h for h in theirs if h.level != "city"), key=lambda h: h.DEPTH[h.level]):
        holdings.open_lead(s, held.department, held.officer)
    s.case.matter = s.case.matter or lead.matter
    s.case.evidence_class = s.case.evidence_class or lead.evidence_class
    s.case.dispatched_at = s.case.dispatched_at or s.at


def _answer_asks(s: Stepping, lead: Case) -> None:
    """As the lead's asks were: planned if any is, declined if all are."""
    if not s.case.asks.exists():
        Ask.objects.create(case=s.case, no=1, text=s.case.title)
    decided = list(lead.asks.values_list("outcome", "basis"))
    outcomes = {outcome for outcome, _basis in decided}
    outcome = Ask.Outcome.PLANNED if Ask.Outcome.PLANNED in outcomes else Ask.Outcome.ANSWERED
    basis = ""
    if outcomes == {Ask.Outcome.DECLINED}:
        outcome, basis = Ask.Outcome.DECLINED, decided[0][1]
    s.case.asks.update(outcome=outcome, basis=basis, cycle=s.case.cycle)


# ---- the lead's due time


def _earliest(lead: Case) -> Clock | None:
    """The term that runs out first among those who wait; none where the lead's own does."""
    theirs = Clock.objects.filter(case__in=events.waiting(lead), kind__in=ANSWERS, stopped_at=None)
    first, own = theirs.order_by("due_at", "id").first(), clocks.running(lead, ClockKind.OUTER)
    return None if first and own and own.due_at <= first.due_at else first


def sweep(lead: Case | None, at: datetime) -> None:
    """A line on the lead where it begins to lead, or its due time moves: not one for each caller."""
    if lead is None:
        return
    lead = Case.objects.select_related("event").get(pk=lead.pk)
    if lead.state not in lead_event.row.start:
        return
    first, running = _earliest(lead), clocks.running(lead, ClockKind.EVENT)
    event = events.led_by(lead).order_by("pk").first() if lead.event_id is None else None
    if event or (first and first.due_at) != (running and running.due_at):
        lead_event(case=lead, by=SYSTEM, at=at, event=event)


# ---- who waits for whom


def _hold(*cases: Case | None) -> None:
    """All of them, in one order, so that two who join the same cases never wait for each other."""
    wanted = [case.pk for case in cases if case]
    list(Case.objects.filter(Q(pk__in=wanted)).order_by("pk").select_for_update().values_list("pk"))


def _held_lead(case: Case) -> Case | None:
    """The case and its lead, both held; refused where the lead changed while we waited."""
    lead = events.lead_of(Case.objects.select_related("event__lead").get(pk=case.pk))
    _hold(case, lead)
    now = events.lead_of(Case.objects.select_related("event__lead").get(pk=case.pk))
    if (now and now.pk) != (lead and lead.pk):
        raise Refused(_("刚刚有人动过这件的并单，请刷新再看"))
    return lead


def held_with_heir(case: Case) -> None:
    """For a withdrawal: the case, its lead, and who would lead after it."""
    found = Case.objects.select_related("event__lead").get(pk=case.pk)
    heir = events.waiting(found).order_by("received_at", "id").first()
    _hold(found, events.lead_of(found), heir)
