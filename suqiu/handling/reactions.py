"""Whom in the units does a step concern?"""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format

from suqiu.cases.models import Holding, Line
from suqiu.cases.telling import is_overtaken, officers_of, tell_officers, with_duty
from suqiu.citizens.contact import decrypt
from suqiu.directory.queries import hotline
from suqiu.gateways import outbox
from suqiu.gateways.wordings import said

from .models import Guest


def ring_unit(line: Line) -> None:
    """A new case: the unit's handlers and reviewer, its duty officer at night; a county centre's dispatchers."""
    case = line.case
    if is_overtaken(line) or not case.lead_department:
        return
    roles = ("dispatcher",) if case.lead_department.is_centre else ("handler", "reviewer")
    tell_officers(line, with_duty(case, case.lead_department, officers_of(case.lead_department, *roles)))


def ring_holders(line: Line) -> None:
    """Everybody in whose hands it is now: the named officers, else the unit's handlers."""
    held = (
        Holding.objects.filter(case=line.case, until=None).exclude(level="city").select_related("department", "officer")
    )
    found = []
    for holding in held:
        found += [holding.officer] if holding.officer else officers_of(holding.department, "handler")
    tell_officers(line, [o for o in found if o.pk != line.officer_id])


def ring_called(line: Line) -> None:
    """Who was called to a meeting hears that its hour moved."""
    if line.says.get("meeting"):
        ring_holders(line)


def ring_reopened(line: Line) -> None:
    """What was over is theirs again."""
    if line.columns["state"] == "H":
        ring_holders(line)


def ring_released(line: Line) -> None:
    """Who had it in hand when the caller took it back need not go on."""
    held = Holding.objects.filter(case=line.case, until=line.at).exclude(level="city")
    found = []
    for holding in held.select_related("department", "officer"):
        found += [holding.officer] if holding.officer else officers_of(holding.department, "handler")
    tell_officers(line, found)


def ring_officer(line: Line) -> None:
    officer = line.case.lead_officer
    targets = [officer] if officer else officers_of(line.case.lead_department, "handler")
    tell_officers(line, [o for o in targets if o.pk != line.officer_id])


def tell_guests(line: Line) -> None:
    """Outsiders who are asked to come: place and hour, and nothing else. Not even which case, nor whose."""
    found = Guest.objects.filter(meeting__case=line.case_id, line_no=line.no).select_related("meeting")
    for guest in found:
        moment = date_format(timezone.localtime(guest.meeting.meets_at), "Y-m-d H:i")
        body = said("guest_invited", when=moment, where=guest.meeting.place)
        outbox.write(key=f"guest:{guest.pk}", channel="sms", to=decrypt(guest.phone_sealed), body=body, at=line.at)
        guest.phone_sealed = b""  # the message has it; a second run has nothing to send
        guest.save(update_fields=["phone_sealed"])


def ring_reviewers(line: Line) -> None:
    if not is_overtaken(line):
        tell_officers(line, [o for o in officers_of(line.case.lead_department, "reviewer") if o.pk != line.officer_id])


def ring_supervisors(line: Line) -> None:
    """Who was called and did not come is seen by who looks over all of them."""
    tell_officers(line, officers_of(hotline(), "supervisor"))
