"""受理: a citizen's words become a case, are answered at once, sent the right way, corrected, or withdrawn by him alone."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, events, files, holdings, recounting, reopening, sampling
from suqiu.cases.advance import Actor, Stepping, end_cycle, finish, open_case, open_cycle, step
from suqiu.cases.models import Ask, Case, ClockKind, Holding, Line, NumberCounter, Secrecy, State, Urgency, Verdict
from suqiu.citizens.contact import code_hash
from suqiu.citizens.models import Person
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.directory.queries import city, hotline, number_prefix, owner_of
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import known_events, merge_rules, merging, repeats, rules
from .demand import Demand, clean_words, title_from
from .merging import event_answered, lead_event, merge, unmerge  # noqa: F401  rows of the table find them here
from .models import Correction, Membership
from .repeats import answer_again  # noqa: F401  the same

CODE_DIGITS = 8


@storage.together()
@transaction.atomic
def receive(
    *,
    demand: Demand,
    by: Actor | Officer,
    at: datetime,
    key: str,
    with_clocks: bool = True,
    says: dict | None = None,
    words: dict[str, str] | None = None,
) -> tuple[Case, str]:
    """登记. The case and its query code, shown once. The same key again gives the same case, and no code.

    `says`, `words`: what else stands on the line and beside it (how somebody agreed that another files for him).
    """
    if found := _received_before(key):
        return found, ""
    text = clean_words(demand.text)
    rules.check_demand(text, demand)
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    at_city = hotline()
    case = _new_case(demand, text, at, key, code)
    case.lead_department = at_city
    if demand.known_event:
        case.event = known_events.usable(demand.known_event, at).event
    said = {"channel": demand.channel, "kind": demand.kind} | (says or {})
    s = open_case(case=case, by=by, at=at, says=said, words={"text": text} | (words or {}), key=key)
    s.holdings.append(_city_holding(case, at_city, at))
    open_cycle(s, "received")
    if with_clocks:
        clocks.start(s, ClockKind.ACCEPT, anchor_at=case.received_at)
    for upload in demand.files:
        files.keep(s, upload, "demand")
    finish(s, key)
    return case, code


@transaction.atomic
def archive(*, demand: Demand, by: Actor | Officer, at: datetime, key: str) -> Case:
    """历史导入: searchable, with its own date; no queue, no clock, no verdict, nothing follows."""
    if found := _received_before(key):
        return found
    text = clean_words(demand.text)
    rules.check_demand(text, demand)
    case = _new_case(demand, text, demand.received_at or at, key, "")
    case.is_date_known = demand.received_at is not None
    s = open_case(
        case=case, by=by, at=at, says={"channel": demand.channel}, words={"text": text}, key=key, step_name="archive"
    )  # fmt: skip
    finish(s, key)
    return case


@step("accept")
def accept(
    s: Stepping,
    *,
    demand_type,
    area,
    urgency,
    secrecy,
    matter=None,
    ask_lines="",
    about_department=None,
    about_officer=None,
) -> None:
    case = s.case
    case.demand_type, case.area, case.routing_class = demand_type, area, "accept"
    case.urgency, case.secrecy, case.matter = urgency, secrecy, matter
    case.about_officer = about_officer
    case.about_department = about_department or rules.unit_of_whom(about_officer)
    case.evidence_class = matter.evidence_class if matter else ""
    rules.check_secrecy(case)
    for no, text in enumerate(rules.ask_lines(ask_lines) or [rules.only_ask(case)], 1):
        Ask.objects.create(case=case, no=no, text=text)
    clocks.stop(s, ClockKind.ACCEPT)
    anchor = rules.anchor_of(case)
    clocks.start(s, ClockKind.OUTER, anchor_at=anchor)
    clocks.start(s, ClockKind.DISPATCH, anchor_at=anchor)


@step("ask_caller")
def ask_caller(s: Stepping, *, words) -> None:
    """The only pause there is: capped at so many working days a case."""
    left = rules.pause_left(s.case, s.at)
    if left <= 0:
        raise Refused(_("等补充的时间已经用完（每件最多 5 个工作日）"), state=s.case.get_state_display())
    s.says["from_state"] = s.case.state
    clocks.pause(s)
    clocks.start_until(s, ClockKind.PAUSE, rules.pause_ends(s.at, left))


@step("resume")
def resume(s: Stepping, *, words="") -> None:
    asked = s.case.lines.filter(step="ask_caller").order_by("-no").first()
    s.to = asked.says["from_state"]
    wait = clocks.running(s.case, ClockKind.PAUSE)
    clocks.stop(s, ClockKind.PAUSE)
    clocks.resume(s, min(s.at, wait.due_at))


@step("caller_adds")
def caller_adds(s: Stepping, *, words, is_hurry=False, photos=()) -> None:
    """A comment, a photo, a reminder: changes no clock."""
    s.words["words"] = clean_words(words)
    for upload in photos or ():
        files.keep(s, upload, "demand")


@step("answer_at_once")
def answer_at_once(s: Stepping, *, answer, source) -> None:
    merge_rules.check_goes_alone(events.waiting(s.case).count())
    repeats.give_answer(s)


@step("review_answer")
def review_answer(s: Stepping, *, is_right, words) -> None:
    """抽查: a wrong answer goes to a department with the first clock."""
    if "answer_reviewed" in s.case.evidence_held:
        raise Refused(_("这份答复已经有人抽查过了"))
    s.hold("answer_reviewed")
    if is_right == "no":
        s.to = State.TO_DISPATCH
        _back_to_dispatch(s)


@step("not_answered")
def not_answered(s: Stepping, *, satisfied="", words="") -> None:
    settle = clocks.running(s.case, ClockKind.SETTLE)
    if clocks.is_past(settle, s.at):
        raise Refused(_("评价期已过。您可以另提一件，写上这件的编号"))
    _back_to_dispatch(s)


@step("settle")
def settle(s: Stepping, *, satisfied="") -> None:
    """By the caller: answered, on five levels. By the rule after five working days: unrated, its own verdict."""
    s.case.verdict = Verdict.UNRATED if s.by.kind == "system" else Verdict.ANSWERED
    end_cycle(s, s.case.verdict)
    _let_go(s)


@step("suspect")
def suspect(s: Stepping, *, words) -> None:
    s.hold("suspect")


@step("divert")
def divert(s: Stepping, *, routing_class, reason, basis, way, words) -> None:
    """A refusal always names the reason, the legal basis and the right channel, and can be appealed."""
    rules.check_divert(s, routing_class, reason)
    merge_rules.check_goes_alone(events.waiting(s.case).count())
    s.case.routing_class = routing_class
    _let_go(s)


@step("appeal")
def appeal(s: Stepping, *, words) -> None:
    """申诉: against what he was told, how it was closed, or with whom it was merged; once against each such decision, by himself."""
    rules.check_appeal(s.case, s.at, s.case.lines.filter(step="decide_appeal").order_by("-no").first())
    if s.case.state == State.MERGED:  # as long as he waits with the others
        _check_merge_not_judged(s)
    s.hold("appeal")
    clocks.start(s, ClockKind.APPEAL)


@step("decide_appeal")
def decide_appeal(s: Stepping, *, is_upheld, words) -> None:
    """审申诉: by somebody who had no part in the case. What an upheld one leads to depends on what he appealed against."""
    s.drop("appeal")
    clocks.stop(s, ClockKind.APPEAL)
    if is_upheld == "yes":
        UPHELD[s.case.state](s)


def _take_in_anew(s: Stepping) -> None:
    s.drop("suspect")
    s.to = State.RECEIVED
    s.case.routing_class = ""
    holdings.reopen(s, hotline())
    clocks.start(s, ClockKind.ACCEPT)


def _handle_again(s: Stepping) -> None:
    reopening.reopen(s, "reopened")


def _was_not_his_will(s: Stepping) -> None:
    reopening.reopen(s, "not_his_will")
    s.hold("not_his_will")


def _goes_alone(s: Stepping) -> None:
    merging.undo(s, Membership.Ending.APPEAL)


UPHELD = {  # by the state appealed against
    State.DIVERTED: _take_in_anew,
    State.CLOSED: _handle_again,
    State.WITHDRAWN: _was_not_his_will,
    State.MERGED: _goes_alone,
}


@step("correct")
def correct(s: Stepping, *, words, rewritten="", **wanted) -> None:
    """更正: the old value stays in the journal; clocks are recomputed from their first anchors. A longer term and less secrecy wait
    for a second person; more secrecy, and whom it is about, never wait.
    """
    case = s.case
    if wanted.get("about_officer") and not wanted.get("about_department"):
        wanted["about_department"] = rules.unit_of_whom(wanted["about_officer"])
    new = {name: value for name, value in wanted.items() if value not in (None, "") and getattr(case, name) != value}
    if not new:
        raise Refused(_("没有改动。请至少改一项"), status=422)
    if "correction" in case.evidence_held:
        raise Refused(_("还有一项更正在等第二人复核"))
    rules.check_correction(case, new)
    rules.check_newly_secret(case, new, rewritten, has_left_hotline=_has_left_hotline(case))
    rules.check_about_is_no_holder(new, {h.department_id for h in s.holdings if h.level != "city"})
    plain_old, plain_new = rules.plain_columns({n: getattr(case, n) for n in new}), rules.plain_columns(new)
    is_longer = rules.is_longer(case, new, s.at) or rules.is_less_secret(case, new)
    rules.check_does_not_wait(new, case, waits=is_longer)
    s.says |= {"old": plain_old, "new": plain_new, "waits": is_longer}
    Correction.objects.create(
        case=case, by=s.officer, at=s.at, old=plain_old, new=plain_new, is_waiting=is_longer, is_applied=not is_longer
    )
    if is_longer:
        s.hold("correction")
    else:
        _apply(s, new)


@step("confirm_correction")
def confirm_correction(s: Stepping, *, is_right, words) -> None:
    correction = s.case.corrections.filter(is_waiting=True).latest("id")
    correction.is_waiting, correction.is_applied = False, is_right == "yes"
    correction.save()
    s.drop("correction")
    if correction.is_applied:
        s.says["new"] = correction.new
        _apply(s, _rows(correction.new))


@step("new_calendar")
def new_calendar(s: Stepping) -> None:
    """The clocks that run keep their own terms; only the days they are counted over are new."""
    moved = recounting.after_calendar(s)
    if not moved:
        raise Refused(_("日历变了，这件的时限没有变"))
    s.says["moved"] = moved


def withdraw(*, case: Case, by: Actor | Officer, at: datetime | None = None, **fields) -> Line:
    """撤单: by the caller only; who waited with him goes on waiting for another lead, in the same transaction."""
    at = at or timezone.now()
    with transaction.atomic():
        merging.held_with_heir(case)
        lead = events.lead_of(Case.objects.select_related("event__lead").get(pk=case.pk))
        line = _withdraw(case=case, by=by, at=at, **fields)
        merging.hand_on(case, at)
        merging.sweep(lead, at)
        return line


@step("withdraw")
def _withdraw(s: Stepping, *, words="") -> None:
    """撤单: by the caller only. Of those that a unit has already spoken with, some are asked whether it was their own will."""
    if s.case.state == State.MERGED:
        merging.end_membership(s.case, s.at, Membership.Ending.WITHDRAWN)
    end_cycle(s, "withdrawn")
    _let_go(s)
    can_be_asked = s.case.person.phone_sealed and s.case.lines.filter(step__in=rules.SPOKEN).exists()
    if can_be_asked and sampling.is_drawn(s.case, sampling.WITHDRAWN_ASKED):
        s.hold("to_ask_withdrawn")
        clocks.start(s, ClockKind.FOLLOW_UP)


withdraw.row = _withdraw.row


def _check_merge_not_judged(s: Stepping) -> None:
    """Once for each time he was merged."""
    merged = s.case.lines.filter(step="merge").latest("no")
    if s.case.lines.filter(step="decide_appeal", no__gt=merged.no).exists():
        raise Refused(_("并单的事已经申诉过一次，结果不变。有新情况可以补充上来"))


def _received_before(key: str) -> Case | None:
    """The case of this key. Two submissions of one form at once wait for each other here, so that the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"receive:{key}"])
    return Case.objects.filter(key=key).first()


def next_number(at: datetime) -> str:
    """Prefix + yymmdd + the day's count, four digits that may grow. Waits for others of the same day, never skips for long."""
    day = timezone.localtime(at).date()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {NumberCounter._meta.db_table} (day, last) VALUES (%s, 1)"
            f" ON CONFLICT (day) DO UPDATE SET last = {NumberCounter._meta.db_table}.last + 1 RETURNING last",
            [day],
        )
        return f"{number_prefix()}{day:%y%m%d}{cursor.fetchone()[0]:04d}"


def _new_case(demand: Demand, text: str, at: datetime, key: str, code: str) -> Case:
    case = Case(number=next_number(at), key=key, channel=demand.channel, kind=demand.kind, received_at=at)
    case.query_code_hash = code_hash(code) if code else ""
    case.person = _person(demand)
    case.title = (clean_words(demand.title, 1000) or title_from(text))[:120]
    case.area = Area.objects.filter(code=demand.area_code).first() if demand.area_code else None
    case.secrecy = demand.secrecy or (Secrecy.CONFIDENTIAL if demand.demand_type == "report" else Secrecy.GENERAL)
    case.urgency = Urgency.NORMAL
    for name in "place longitude latitude area_as_written type_as_written language source_system source_number source_due_at demand_type".split():
        setattr(case, name, getattr(demand, name))
    return case


def _person(demand: Demand) -> Person:
    """Two calls from one number are one person; a name given later does not overwrite the first."""
    known = (
        Person.objects.by_phone(demand.phone).order_by("id").first() if demand.secrecy != Secrecy.ANONYMOUS else None
    )
    if known:
        if demand.is_phone_confirmed and not known.is_phone_confirmed:
            known.is_phone_confirmed = True
            known.save(update_fields=["is_phone_confirmed"])
        return known
    person = Person(
        is_phone_confirmed=demand.is_phone_confirmed, preferred_time=demand.preferred_time, language=demand.language
    )
    person.name, person.phone = demand.name, demand.phone
    person.save()
    return person


def _city_holding(case: Case, at_city: Department, at: datetime) -> Holding:
    return Holding.objects.create(
        case=case, department=at_city, role=Holding.Role.LEAD, level=Holding.Level.CITY, since=at
    )


def _back_to_dispatch(s: Stepping) -> None:
    """The outer clock runs on without the answered gap; the dispatch clock starts anew."""
    clocks.stop(s, ClockKind.SETTLE)
    clocks.resume(s)
    s.case.asks.update(outcome="")
    if not s.case.area:
        s.case.area = city()
    clocks.start(s, ClockKind.DISPATCH)


def _let_go(s: Stepping) -> None:
    clocks.stop(s)
    holdings.end_all(s)
    s.case.dispute = ""
    s.case.disputes.filter(is_open=True).update(is_open=False, decided_at=s.at)


def _has_left_hotline(case: Case) -> bool:
    return case.holdings.exclude(level=Holding.Level.CITY).exists()


def _apply(s: Stepping, new: dict) -> None:
    if rules.is_newly_secret(s.case, new):
        s.case.asks.filter(text=s.case.title).update(text=rules.SECRET_ASK)
    for name, value in new.items():
        setattr(s.case, name, value)
    if "matter" in new and "evidence_class" not in new:
        s.case.evidence_class = new["matter"].evidence_class
    recounting.after_correction(s)
    if {"area", "matter"} & set(new):
        _say_whose_it_is_now(s)


def _say_whose_it_is_now(s: Stepping) -> None:
    """Another place or item may be another's duty. The unit keeps it until a dispatcher decides; the line says whose it would be."""
    case = s.case
    if not (case.dispatched_at and case.matter and case.area):
        return
    owner = owner_of(case.matter, case.area)
    if owner and owner.pk != case.lead_department_id:
        s.says["owner"] = owner.pk


def _rows(new: dict) -> dict:
    """Ids in a stored correction back to rows."""
    found = dict(new)
    if "area" in found:
        found["area"] = Area.objects.get(pk=found["area"])
    if "matter" in found:
        found["matter"] = Matter.objects.get(pk=found["matter"])
    if "about_department" in found:
        found["about_department"] = Department.objects.get(pk=found["about_department"])
    if "about_officer" in found:
        found["about_officer"] = Officer.objects.get(pk=found["about_officer"])
    return found
