"""办理: speak with the person, go and look, promise and keep, answer every ask; someone else reviews before it goes out."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from suqiu.cases import clocks, disputes, events, holdings
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import Ask, ClockKind, Holding
from suqiu.citizens.contact import encrypt, mask_phone, normal_phone
from suqiu.directory.models import EvidenceClass
from suqiu.directory.queries import substitute_of
from suqiu.errors import Refused

from . import new_times, on_site, photo_rules, promises, rules
from .hard_cases import ask_to_hang, hang, off_ledger, recheck  # noqa: F401 - steps of this room
from .models import Contact, Extension, Guest, Meeting, MeetingPart, Reply, SiteVisit
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


@step("call_meeting")
def call_meeting(s: Stepping, *, meets_at, place, departments) -> None:
    """约网下办, of a town 吹哨报到: a time, a place, and who comes; the hour is a promise to the citizen."""
    rules.check_future(meets_at, s.at, "meets_at")
    rules.check_meeting(s.case, departments)
    lead = s.lead.department
    present = {h.department_id for h in s.holdings if h.until is None}
    meeting = Meeting.objects.create(case=s.case, called_by=lead, cycle=s.case.cycle, meets_at=meets_at, place=place)
    for department in {d.pk: d for d in (lead, *departments)}.values():
        MeetingPart.objects.create(meeting=meeting, department=department)
        if department.pk not in present:
            holdings.add_assist(s, department)
    s.drop("meeting")
    s.hold("meeting_called")
    with translation.override(s.case.language):  # the citizen reads it, whoever wrote it
        what = _("%(when)s，%(n)d 家单位到 %(place)s") % {
            "when": rules.spoken(meets_at),
            "n": meeting.parts.count(),
            "place": place,
        }
    promises.make(s, what, meets_at)
    clocks.start(s, ClockKind.MEETING, anchor_at=meets_at)


@step("meet")
def meet(s: Stepping, *, came, words, citizen_agrees=None, photos=(), why="") -> None:
    """记网下办: each department files its own outcome; the lead says what the citizen said."""
    meeting = _meeting(s)
    department = s.holding.department
    part = meeting.parts.filter(department=department).first()
    if part is None:
        raise Refused(_("%(who)s 不在这次网下办的名单里") % {"who": department})
    if part.filed_at and part.officer_id:
        raise Refused(_("%(who)s 已经记过这次的结果") % {"who": department})
    if part.filed_at:  # the system found it silent; its late word stands beside that, it does not replace it
        s.says["late"] = True
    if s.at < meeting.meets_at:
        raise Refused(_("约在 %(when)s，还没到时间") % {"when": rules.spoken(meeting.meets_at)})
    part.came, part.officer, part.filed_at = came, s.officer, s.at
    part.save()
    facts = on_site.keep_photos(s, photos, "after", stated_at=meeting.meets_at)
    doubt(s, facts, why=why)
    if s.holding.role == Holding.Role.ASSIST:
        _take_outcome(s, words)
    if department.pk == meeting.called_by_id:
        _lead_was_there(s, meeting, came, citizen_agrees)
    if not meeting.parts.filter(filed_at=None).exists():
        _all_filed(s, meeting)


@step("not_come")
def not_come(s: Stepping) -> None:
    """记没到场: by the worker's clock. Who says nothing when the hour has passed did not come, whoever called, and whoever has the case by now."""
    over = s.case.clocks.filter(kind=ClockKind.MEETING, stopped_at=None, due_at__lte=s.at)
    meetings = list(Meeting.objects.filter(case=s.case, meets_at__in=over.values("anchor_at")))
    if not meetings:
        raise Refused(_("没有到了时间的网下办"))
    silent = MeetingPart.objects.filter(meeting__in=meetings, filed_at=None)
    s.says["departments"] = sorted(set(silent.values_list("department_id", flat=True)))
    silent.update(came="no", filed_at=s.at)
    for meeting in meetings:
        _all_filed(s, meeting)


def _all_filed(s: Stepping, meeting: Meeting) -> None:
    if "meeting_called" in s.case.evidence_held:  # what another unit called proves nothing for the one that has it now
        s.hold("meeting")
    s.case.clocks.filter(kind=ClockKind.MEETING, anchor_at=meeting.meets_at, stopped_at=None).update(
        stopped_at=s.at, stopped_by=s.row.name
    )
    clocks.refresh(s.case)


@step("invite")
def invite(s: Stepping, *, whom, phone) -> None:
    """请外单位到场: one message with place and hour. Of the number only the message knows; of the case he learns nothing."""
    meeting = _meeting(s)
    if meeting.meets_at <= s.at:
        raise Refused(
            _("约的时间 %(when)s 已经过了") % {"when": rules.spoken(meeting.meets_at)}, who_can=_("先重新约时间")
        )
    number = rules.checked_mobile(normal_phone(phone))
    rules.check_tells_nobody(meeting.place, s.case.person.name)
    s.words["phone"] = mask_phone(number)
    Guest.objects.create(
        meeting=meeting, line_no=s.line_no, whom=whom, phone_sealed=encrypt(number), phone_masked=mask_phone(number)
    )


@step("confirm_meeting")
def confirm_meeting(s: Stepping, *, agrees, words="") -> None:
    """本人认可网下办: by his own code, whatever the unit wrote down of his words; both stand side by side."""
    meeting = _meeting(s)
    if agrees not in ("yes", "no"):
        raise Refused(_("请点一个：认可，或者不认可"), status=422, field="agrees")
    if not meeting.parts.exclude(filed_at=None).exists():
        raise Refused(_("还没有单位记下结果，记了以后您再说"))
    if meeting.confirmed_at:
        raise Refused(_("您已经说过了，记着呢"))
    meeting.confirmed_at, meeting.is_confirmed = s.at, agrees == "yes"
    meeting.save(update_fields=["confirmed_at", "is_confirmed"])


@step("file_outcome")
def file_outcome(s: Stepping, *, words) -> None:
    """协办 gives its outcome to the lead; it is released when the case closes."""
    _take_outcome(s, words)


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
    """改期: with the citizen's yes; the old promise stays as it was, replaced by the new one."""
    promises.check_open(s, promise)
    rules.check_future(due_at, s.at, "due_at")
    promises.put_off(s, promise, due_at)
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
    _take_outcome(s, words)


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


def _meeting(s: Stepping) -> Meeting:
    """The one called last in this cycle."""
    return Meeting.objects.select_for_update().filter(case=s.case, cycle=s.case.cycle).order_by("-id").first()


def _take_outcome(s: Stepping, words: str) -> None:
    holding = s.holding
    holding.outcome = words
    holding.save(update_fields=["outcome"])
    clocks.stop(s, ClockKind.ASSIST, holding=holding)
    holdings.show_assists(s)


def _lead_was_there(s: Stepping, meeting: Meeting, came: str, citizen_agrees: str | None) -> None:
    meeting.citizen_agrees = {"yes": True, "no": False}.get(citizen_agrees)
    meeting.save()
    if came == "no":
        return
    s.hold("visit", "contact")
    s.holding.has_visited = True
    s.holding.save(update_fields=["has_visited"])
    clocks.stop(s, ClockKind.CONTACT)
    SiteVisit.objects.create(
        case=s.case, holding=s.holding, officer=s.officer, cycle=s.case.cycle, visited_at=meeting.meets_at, received_at=s.at, place=meeting.place
    )  # fmt: skip
    for kept in s.case.promises.filter(due_at=meeting.meets_at, kept_at=None, replaced_by=None):
        promises.keep(s, kept)
