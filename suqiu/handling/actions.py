"""办理: speak with the person, go and look, promise and keep, answer every ask; someone else reviews before it goes out."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from suqiu.cases import clocks, disputes, events, holdings
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Ask, ClockKind, Holding
from suqiu.directory.models import EvidenceClass
from suqiu.directory.queries import substitute_of
from suqiu.errors import Refused

from . import new_times, on_site, photo_rules, promises, rules
from .hard_cases import ask_to_hang, hang, off_ledger, recheck  # noqa: F401 - steps of this room
from .meetings import call_meeting, confirm_meeting, invite, meet, not_come, take_outcome  # noqa: F401 - steps of this room
from .models import Contact, Extension, Reply, SiteVisit
from .new_times import ask_new_time, decide_new_time, take_new_time  # noqa: F401 - steps of this room
from .photos import doubt, place_of, unexplained


@step("sign_in")
def sign_in(s: Stepping) -> None:
    """签收: a handler who signs has it, with his substitute, unless somebody is named already; stops no other clock."""
    s.lead.signed_at = s.at
    s.lead.save(update_fields=["signed_at"])
    clocks.stop(s, ClockKind.SIGN_IN)
    if s.officer and s.lead.officer is None and "handler@lead" in s.relations:
        holdings.name_officer(s, s.lead, s.officer, substitute_of(s.officer))


@step("assign")
def assign(s: Stepping, *, officer, substitute=None) -> None:
    for who in (officer, substitute):
        if who and not (who.is_active and s.lead.department_id in who.departments_as()):
            raise Refused(_("%(who)s 不在本单位") % {"who": who}, status=422, field="officer")
    if substitute == officer:
        raise Refused(_("B 岗要是另一个人"), status=422, field="substitute")
    holdings.name_officer(s, s.lead, officer, substitute)


@step("contact")
def contact(s: Stepping, *, way, outcome, words, minutes=None, recorded_at=None) -> None:
    """`recorded_at`: when it was written down on a phone without a signal. The clock stops when we receive it.

    Attempts count by the hour of their receipt; where only the phone knows of different hours, the line says so to whoever judges.
    """
    holding = s.holding
    Contact.objects.create(
        case=s.case,
        holding=holding,
        officer=s.officer,
        cycle=s.case.cycle,
        at=s.at,
        recorded_at=on_site.noted_at(s, recorded_at),
        way=way,
        outcome=outcome,
        minutes=minutes,
    )
    own = Contact.objects.filter(
        case=s.case, cycle=s.case.cycle, holding__department_id=holding.department_id, at__gte=holding.since
    )
    received = rules.is_reached(own.values_list("at", "way", "outcome"))
    if received or rules.is_reached(own.values_list(Coalesce(F("recorded_at"), F("at")), "way", "outcome")):
        if not received:
            s.says["hours_by_phone"] = True
        s.hold("contact")
        clocks.stop(s, ClockKind.CONTACT)
    elif s.case.state != "G":
        s.says["still_unreached"] = True


@step("visit")
def visit(
    s: Stepping,
    *,
    visited_at,
    place,
    words,
    position=None,
    before=(),
    after=(),
    why="",
    recorded_at=None,
    shots=None,
    **taps,
) -> None:
    """到现场: the officer who records is the one who went. Ends the right to return.

    `recorded_at`: when it was written down on a phone without a signal; `shots`: what the phone knows of each photo
    (kind -> rules.Shot or None, in the order of the files); `taps`: found and met, of rules.FOUND and rules.MET.
    """
    rules.check_visited_at(visited_at, s.at, on_site.here_since(s))
    s.says |= rules.checked_taps(taps)
    lon, lat, accuracy = position or (None, None, None)
    metres = photo_rules.metres(position and (lon, lat), place_of(s.case))
    SiteVisit.objects.create(
        case=s.case, holding=s.holding, officer=s.officer, cycle=s.case.cycle, visited_at=visited_at,
        recorded_at=on_site.noted_at(s, recorded_at), received_at=s.at, place=place, longitude=lon, latitude=lat, accuracy=accuracy,
        metres=metres,
    )  # fmt: skip
    s.holding.has_visited = True
    s.holding.save(update_fields=["has_visited"])
    s.hold("visit")
    facts = []
    for kind, uploads in (("before", before), ("after", after)):
        facts += on_site.keep_photos(s, uploads, kind, (shots or {}).get(kind, ()), stated_at=visited_at)
    doubt(s, facts, metres=metres, accuracy=accuracy, why=why)


@step("explain")
def explain(s: Stepping, *, words) -> None:
    """说明出入: one sentence to whoever judges. What was found stays found; every reader sees both."""
    open_ones = unexplained(s)
    lines = list(open_ones.values_list("line_no", flat=True))
    if not lines:
        raise Refused(_("本单位这一轮没有要说明的出入"))
    open_ones.update(explained_at=s.at, explained_line=s.line_no)
    s.says["explains"] = lines


@step("file_outcome")
def file_outcome(s: Stepping, *, words) -> None:
    """协办 gives its outcome to the lead; it is released when the case closes."""
    take_outcome(s, words)


@step("promise")
def promise(s: Stepping, *, what, due_at) -> None:
    rules.check_future(due_at, s.at, "due_at")
    promises.make(s, what, due_at)


@step("keep")
def keep(s: Stepping, *, promise, words) -> None:
    promises.check_open(s, promise)
    promises.keep(s, promise)
    new_times.forget(s, promise)


@step("renegotiate")
def renegotiate(s: Stepping, *, promise, due_at, words) -> None:
    """改期: with the citizen's yes."""
    promises.check_open(s, promise)
    rules.check_future(due_at, s.at, "due_at")
    new_times.put_off(s, promise, due_at)
    new_times.forget(s, promise)


@step("ask_extension")
def ask_extension(s: Stepping, *, days, words) -> None:
    term = clocks.running(s.case, ClockKind.UNIT) or clocks.running(s.case, ClockKind.REDO)
    rules.check_extension(days, Extension.objects.filter(case=s.case).exists(), clocks.is_past(term, s.at))
    Extension.objects.create(case=s.case, asked_by=s.officer, asked_at=s.at, days=days)
    s.hold("extension_asked")
    clocks.start(s, ClockKind.EXTENSION)


@step("decide_extension")
def decide_extension(s: Stepping, *, is_upheld, words) -> None:
    extension = Extension.objects.select_for_update().get(case=s.case)
    extension.is_granted, extension.decided_at = is_upheld == "yes", s.at
    extension.save()
    s.drop("extension_asked")
    clocks.stop(s, ClockKind.EXTENSION)
    if extension.is_granted:
        clocks.extend(s, extension.days)


@step("draft_reply")
def draft_reply(s: Stepping, *, reply, account, asks, to_others="", basis="", plan="", plan_on=None) -> None:
    """拟答复: answers, declines with a basis, or plans every ask; the class of the matter says what it must rest on.

    Who was merged into this case gets `to_others`: words of their own, that tell nothing of this caller.
    """
    rules.check_two_texts(reply, account)
    rules.check_to_others(s.case, to_others, events.waiting(s.case).count())
    rows, others = _split(s)
    rules.check_others(others, asks, s.case.cycle)
    rules.check_asks(rows, asks)
    is_planned = any(asks[a.no]["outcome"] == Ask.Outcome.PLANNED for a in rows)
    today = timezone.localtime(s.at).date()
    rules.check_plan(plan_on, today, needs=is_planned or s.case.evidence_class == EvidenceClass.PLAN)
    for kind, given in (("legal_basis", basis), ("plan", plan), ("plan_date", plan_on)):
        (s.hold if given else s.drop)(kind)  # what an earlier draft rested on does not carry this one
    for ask in rows:
        ask.outcome, ask.basis, ask.cycle = asks[ask.no]["outcome"], asks[ask.no].get("basis", ""), s.case.cycle
        ask.save()
    s.says["asks"] = [[a.no, a.outcome] for a in sorted([*rows, *others], key=lambda a: a.no)]
    s.lead.has_replied = True
    s.lead.save(update_fields=["has_replied"])
    Reply.objects.create(
        case=s.case, holding=s.lead, cycle=s.case.cycle, line_no=s.line_no, author=s.officer, drafted_at=s.at,
        basis=basis, plan=plan, plan_on=plan_on,
    )  # fmt: skip
    if s.case.first_department_id != s.case.lead_department_id:
        s.drop("first_saw")
        clocks.start(s, ClockKind.FIRST_SEES, holding=s.first)


def _split(s: Stepping) -> tuple[list[Ask], list[Ask]]:
    """(the lead's points, those of units that still assist)."""
    assisting = {h.department_id for h in s.holdings if h.role == Holding.Role.ASSIST}
    rows = list(s.case.asks.select_related("department"))
    others = [a for a in rows if a.department_id in assisting]
    return [a for a in rows if a not in others], others


@step("decide_asks")
def decide_asks(s: Stepping, *, asks, words) -> None:
    """定拆出的点: by the unit to which they were given, in its own name."""
    rows = list(s.case.asks.filter(department=s.holding.department))
    rules.check_split_asks(rows, asks)
    for ask in rows:
        ask.outcome, ask.basis, ask.cycle = asks[ask.no]["outcome"], asks[ask.no].get("basis", ""), s.case.cycle
        ask.save()
    s.says["asks"] = [[a.no, a.outcome] for a in rows]
    take_outcome(s, words)


@step("first_sees")
def first_sees(s: Stepping) -> None:
    s.hold("first_saw")
    clocks.stop(s, ClockKind.FIRST_SEES)


@step("approve")
def approve(s: Stepping, *, words="") -> None:
    """审核通过: the reply goes out, the answer's clocks stop, the follow-up's starts. What was planned becomes a promise."""
    reply = Reply.objects.filter(case=s.case).order_by("-id").first()
    reply.approved_by, reply.approved_at = s.officer, s.at
    reply.save()
    disputes.lapse(s)
    clocks.stop(
        s, ClockKind.UNIT, ClockKind.OUTER, ClockKind.REDO, ClockKind.CONTACT, ClockKind.FIRST_SEES, ClockKind.EXTENSION, ClockKind.EVENT
    )  # fmt: skip
    clocks.start(s, ClockKind.FOLLOW_UP)
    if reply.plan_on:
        promises.make(s, reply.plan or _("按计划办成"), clocks.close_of(reply.plan_on))


@step("send_back")
def send_back(s: Stepping, *, words) -> None:
    clocks.stop(s, ClockKind.FIRST_SEES)
    s.drop("first_saw")
