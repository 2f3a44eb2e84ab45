"""What does the worker send?"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from . import outbox
from .models import Message


@app.task(name="send")
def send(*, message_id: int) -> None:
    outbox.send_now(message_id)


@app.periodic(cron="* * * * *")
@app.task(name="send_waiting", queueing_lock="send_waiting")
def send_waiting(timestamp: int) -> None:
    """What failed before, or was written while no worker ran: one page of rows at a time."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=timezone.now())
    for pk in (
        Message.objects.filter(due, status=Message.Status.WAITING).order_by("id").values_list("pk", flat=True)[:500]
    ):
        outbox.send_now(pk)
