"""What does handling do by the clock?"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .photos import AT_A_TIME, forget_removed, look_at_rest


@app.periodic(cron="* * * * *")
@app.task(name="look_at_photos", queueing_lock="look_at_photos")
def look_at_photos(timestamp: int) -> None:
    """Pictures that came in by another door than a visit, or before pictures were looked at."""
    while look_at_rest(at=timezone.now()) == AT_A_TIME:
        pass
    forget_removed()
