"""What does the worker do for a case? One job per line and reaction, in the order of the lines, at least once."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .models import Line

log = logging.getLogger("suqiu.reactions")


@app.task(name="react", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def react(*, line_id: int, reaction: str) -> None:
    """Calls one reaction; it is idempotent and does nothing when a later line has overtaken it."""
    line = Line.objects.select_related("case", "case__person", "officer").get(pk=line_id)
    with transaction.atomic():
        import_string(reaction)(line)
