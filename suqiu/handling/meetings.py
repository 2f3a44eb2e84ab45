"""网下办、吹哨报到: who is called to the place, who came and with what power, and does the citizen agree?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from suqiu.cases import clocks, holdings
from suqiu.cases.advance import Stepping, step
from suqiu.cases.models import ClockKind, Holding, Promise
from suqiu.cases.telling import in_callers_language
from suqiu.citizens.contact import encrypt, mask_phone, normal_phone
from suqiu.errors import Refused

from . import on_site, promises, rules
from .models import Guest, Meeting, MeetingPart, SiteVisit
from .photos import doubt


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
    promises.make(s, spoken(meeting), meets_at)
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
        take_outcome(s, words)
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
    _stop_waiting(s, meeting)
    clocks.refresh(s.case)


def _stop_waiting(s: Stepping, meeting: Meeting) -> int:
    running = s.case.clocks.filter(kind=ClockKind.MEETING, anchor_at=meeting.meets_at, stopped_at=None)
    return running.update(stopped_at=s.at, stopped_by=s.row.name)


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


def promised_by(promise: Promise) -> Meeting | None:
    """The meeting whose hour it is, as long as nobody has said how it went: what has taken place is not moved any more."""
    found = Meeting.objects.filter(case=promise.case_id, called_by=promise.department_id, meets_at=promise.due_at)
    return found.exclude(parts__filed_at__isnull=False).first()


def move(s: Stepping, meeting: Meeting, meets_at: datetime) -> None:
    """The clock of those who were called moves with it: who does not come then is written down then."""
    is_awaited = _stop_waiting(s, meeting)
    meeting.meets_at = meets_at
    meeting.save(update_fields=["meets_at"])
    if is_awaited:
        clocks.start(s, ClockKind.MEETING, anchor_at=meets_at)


def spoken(meeting: Meeting) -> str:
    """As it is promised to the citizen: in his language, whoever called it."""
    with in_callers_language(meeting.case):
        said = {"when": rules.spoken(meeting.meets_at), "n": meeting.parts.count(), "place": meeting.place}
        return _("%(when)s，%(n)d 家单位到 %(place)s") % said


def _meeting(s: Stepping) -> Meeting:
    """The one called last in this cycle."""
    return Meeting.objects.select_for_update().filter(case=s.case, cycle=s.case.cycle).order_by("-id").first()


def take_outcome(s: Stepping, words: str) -> None:
    """What a department that was called in has come to; its clock ends, and the lead sees it."""
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
    own = s.case.promises.filter(department=meeting.called_by, due_at=meeting.meets_at)
    for kept in own.filter(kept_at=None, replaced_by=None):
        promises.keep(s, kept)
