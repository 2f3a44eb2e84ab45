"""What does the follow-up do by the clock?"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .actions import finish_stopped


@app.periodic(cron="*/5 * * * *")
@app.task(name="finish_stopped_links", queueing_lock="finish_stopped_links")
def finish_stopped_links(timestamp: int) -> None:
    """Who tapped an answer and then stopped has answered all the same."""
    finish_stopped(at=timezone.now())
