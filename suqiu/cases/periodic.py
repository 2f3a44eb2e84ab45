"""What does the worker do by the clock? Steps of the system whose time has come, the nightly seal, the daily digest, the rescue."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.gateways import outbox, seals
from suqiu.gateways.wordings import said

from . import breaches, calendars, journal, own_data, searching, secrecy_bells, taking_out
from .advance import SYSTEM
from .flow import BY_NAME
from .models import Case, Clock, ClockKind

log = logging.getLogger("suqiu.periodic")
ROWS_A_PAGE = 200
# When this clock runs out, the system takes this step from these states.
AT_THE_END = {
    ClockKind.SIGN_IN: ("sign_in", "S"),
    ClockKind.SETTLE: ("settle", "A"),
    ClockKind.PAUSE: ("resume", "W"),
    ClockKind.FIRST_SEES: ("first_sees", "V"),
    ClockKind.MEETING: ("not_come", "WSHVFLG"),
}


@app.periodic(cron="* * * * * */10")
@app.task(name="rescue", queueing_lock="rescue", pass_context=True)
async def rescue(context, timestamp: int) -> None:
    """A job whose worker was killed runs again."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(name="run_out", queueing_lock="run_out")
def run_out(timestamp: int) -> None:
    steps_of_the_system(timezone.now())


def steps_of_the_system(now) -> int:
    """Takes the system's steps whose clock has run out: by indexed due time, page by page; a refused one holds up nobody."""
    taken, last = 0, (now - timedelta(days=36500), 0)
    while True:
        due = Clock.objects.filter(kind__in=AT_THE_END, stopped_at=None, paused_at=None, due_at__lte=now)
        due = due.filter(Q(due_at__gt=last[0]) | Q(due_at=last[0], pk__gt=last[1]))
        page = list(due.order_by("due_at", "id").select_related("case")[:ROWS_A_PAGE])
        if not page:
            return taken
        for clock in page:
            taken += _take(clock, now)
        last = (page[-1].due_at, page[-1].pk)


def _take(clock: Clock, now) -> bool:
    name, states = AT_THE_END[clock.kind]
    if clock.case.state not in states:
        return False
    try:
        import_string(BY_NAME[name].action)(
            case=clock.case, by=SYSTEM, at=max(clock.due_at, clock.anchor_at), key=f"clock:{clock.pk}"
        )
    except Refused as refused:
        log.warning("clock %s of %s: %s", clock.kind, clock.case.number, refused)
        return False
    return True


@app.periodic(cron="*/10 * * * *")
@app.task(name="follow_calendar", queueing_lock="follow_calendar")
def follow_calendar(timestamp: int) -> None:
    """Running clocks follow a calendar that was loaded anywhere, or whose loading was cut short."""
    calendars.recompute_all(timezone.now())


@app.periodic(cron="5 0 * * *")
@app.task(name="seal_yesterday", queueing_lock="seal_yesterday")
def seal_yesterday(timestamp: int) -> None:
    """Seals every day since the last seal, so that a worker that was down catches up."""
    from .models import Seal

    yesterday = timezone.localdate() - timedelta(days=1)
    last = Seal.objects.order_by("-day").values_list("day", flat=True).first()
    day = (
        max(last, yesterday - timedelta(days=30)) if last else yesterday
    )  # the last one again: its file may have been lost
    while day <= yesterday:
        _row, text = journal.seal(day)
        if text:
            seals.keep(day, text)
        day += timedelta(days=1)


@app.periodic(cron="15 3 * * *")
@app.task(name="clear_sessions", queueing_lock="clear_sessions")
def clear_sessions(timestamp: int) -> None:
    call_command("clearsessions")


@app.periodic(cron="20 * * * *")
@app.task(name="expire_exports", queueing_lock="expire_exports")
def expire_exports(timestamp: int) -> None:
    """A file that was taken out and is past its hours is deleted."""
    taking_out.expire(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="ring_terms_of_secrecy", queueing_lock="ring_terms_of_secrecy")
def ring_terms_of_secrecy(timestamp: int) -> None:
    """Breaches and citizens' requests whose term runs out ring those who must act."""
    now = timezone.now()
    secrecy_bells.ring_terms_of_breaches(breaches.HANDLERS, now)
    secrecy_bells.ring_terms_of_requests(own_data.ANSWERERS, own_data.SECONDS, now)


@app.periodic(cron="40 2 * * *")
@app.task(name="index_words", queueing_lock="index_words")
def index_words(timestamp: int) -> None:
    """Cases cut by an earlier version are cut anew, so that a search finds them."""
    for _count in searching.catch_up():
        pass


@app.periodic(cron="30 8 * * *")
@app.task(name="daily_digest", queueing_lock="daily_digest")
def daily_digest(timestamp: int) -> None:
    """Each handler's morning letter: how many cases are in his hands, and what falls due today."""
    today, now = timezone.localdate(), timezone.now()
    for officer in Officer.objects.filter(is_active=True).exclude(email="").iterator():
        mine = Case.objects.open().filter(lead_officer=officer).order_by("next_due_at", "id")
        numbers = list(mine.values_list("number", "next_due_at"))
        if not numbers:
            continue
        due = [n for n, at in numbers if at and timezone.localtime(at).date() <= today]
        told = {"count": len(numbers), "due": len(due), "where": f"{settings.SITE_ADDRESS}/desk/"}
        body = said("morning_letter", **told, list="\n".join(due[:20])).rstrip()
        outbox.write(key=f"digest:{today}:{officer.pk}", channel="email", to=officer.email, body=body, at=now)
