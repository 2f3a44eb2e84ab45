"""What does intake do by the clock, or after a page has answered?"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from suqiu.cases.models import Case, Line

from . import caller_limits, calls, known_events, merging
from .models import KnownEvent


@app.task(name="send_all_clear", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_all_clear(*, known_event_id: int) -> None:
    """Everybody recorded under the event hears that it is over; each message is written once by its key."""
    with transaction.atomic():
        known_events.tell_all_clear(KnownEvent.objects.select_related("event").get(pk=known_event_id))


@app.task(name="answer_members", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def answer_members(*, line_id: int) -> None:
    """Each in a transaction of his own: one that fails holds up nobody, and a second run finds only who is left."""
    merging.answer_members(Line.objects.select_related("case").get(pk=line_id), timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="answer_left_over", queueing_lock="answer_left_over")
def answer_left_over(timestamp: int) -> None:
    merging.answer_left_over(timezone.now())


@app.task(name="answer_under_limit", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def answer_under_limit(*, case_id: int) -> None:
    caller_limits.answer(Case.objects.select_related("person").get(pk=case_id), timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="drop_old_call_drafts", queueing_lock="drop_old_call_drafts")
def drop_old_call_drafts(timestamp: int) -> None:
    calls.drop_old(timezone.now())
