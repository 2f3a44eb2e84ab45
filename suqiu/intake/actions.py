"""受理: a citizen's words become a case, are answered at once, sent the right way, corrected, or withdrawn by him alone."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, events, files, holdings, sampling
from suqiu.cases.advance import Actor, Stepping, end_cycle, finish, open_case, open_cycle, step
from suqiu.cases.models import Ask, Case, ClockKind, Holding, Line, NumberCounter, Secrecy, State, Urgency, Verdict
from suqiu.citizens.contact import code_hash
from suqiu.citizens.models import Person
from suqiu.directory.models import Area, Department, Officer
from suqiu.directory.queries import city, hotline, number_prefix
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import known_events, merge_rules, merging, repeats, rules
from .appeals import appeal, decide_appeal  # noqa: F401 - rows of the table find these, and the next, here
from .corrections import confirm_correction, correct, new_calendar  # noqa: F401
from .demand import Demand, clean_words, title_from
from .merging import event_answered, lead_event, merge, unmerge  # noqa: F401  rows of the table find them here
from .models import Membership
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
