"""How long must somebody wait who has guessed too often? One soft lock for passwords, query codes and telephone numbers.

Where the tries are kept, and of whom they are counted, is each door's own affair; what locks, and for how long, is said here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)  # so many wrong tries within it, and then as long to wait


class TooMany(Exception):
    """Too many tries; `minutes` to wait."""

    def __init__(self, minutes: int):
        super().__init__(f"{minutes} minutes to wait")
        self.minutes = minutes


def locked_until(times: Sequence[datetime], most: int) -> datetime | None:
    """`times`, newest first. The newest `most` of them close together lock for a window from the last one on."""
    if len(times) < most or times[0] - times[most - 1] > WINDOW:
        return None
    return times[0] + WINDOW


def minutes_until(until: datetime, at: datetime) -> int:
    """Whole minutes still to wait, the one that has begun included; 0 when the lock is over."""
    return max(math.ceil((until - at).total_seconds() / 60), 0)
