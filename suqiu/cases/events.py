"""Whose cases are one event (同一事件) with this one, and which of them wait for its answer?"""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Case, Event, State


def led_by(lead: Case) -> QuerySet[Event]:
    """The events it answers for; several, where events were merged."""
    return Event.objects.filter(lead=lead)


def members(lead: Case) -> QuerySet[Case]:
    """Everybody who belongs to these events, merged, answered with it, or recorded under a known event; not the lead."""
    return Case.objects.filter(event__lead=lead).exclude(pk=lead.pk)


def waiting(lead: Case) -> QuerySet[Case]:
    """Those merged into it that have no answer yet."""
    return members(lead).filter(state=State.MERGED)


def lead_of(case: Case) -> Case | None:
    """The case that is handled for this one; None where it goes its own way."""
    if case.state != State.MERGED or case.event is None:
        return None
    return case.event.lead
