"""What does the follow-up do by the clock?"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .actions import finish_stopped
from .calls import finish_left
from .looking_back import send_due


@app.periodic(cron="*/5 * * * *")
@app.task(name="finish_stopped_links", queueing_lock="finish_stopped_links")
def finish_stopped_links(timestamp: int) -> None:
    """Who tapped an answer and then stopped has answered all the same."""
    finish_stopped(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="finish_left_calls", queueing_lock="finish_left_calls")
def finish_left_calls(timestamp: int) -> None:
    """A call left in the middle is written down as far as it went."""
    finish_left(at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="look_back", queueing_lock="look_back")
def look_back(timestamp: int) -> None:
    """Thirty days after a closing, whoever chance has drawn is asked whether it is still solved."""
    send_due(at=timezone.now())
