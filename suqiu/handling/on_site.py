"""When was it written down on the spot, and what do its photos show?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

from suqiu.cases import files
from suqiu.cases.advance import Stepping
from suqiu.cases.models import Attachment

from . import photos, rules
from .models import PhotoFact


def here_since(s: Stepping) -> datetime:
    """The earliest moment at which this department could have gone."""
    return max(s.holding.since, s.case.dispatched_at)


def noted_at(s: Stepping, recorded_at: datetime | None) -> datetime | None:
    """The time on the phone stands in the line, beside the line's own time, which is when we received it."""
    if recorded_at is None:
        return None
    held, is_ahead = rules.held_on_phone(recorded_at, s.at, here_since(s))
    s.says["recorded_at"] = held
    if is_ahead:
        s.says["phone_ahead"] = True
    return held


def keep_photos(
    s: Stepping, uploads, kind: str, shots: Sequence[rules.Shot | None] = (), *, stated_at: datetime | None = None
) -> list[PhotoFact]:
    """A paper may come with them, but only a picture is a photo. What a picture does not say of itself, the phone may."""
    found = []
    for upload, shot in zip_longest(uploads or (), list(shots)[: len(uploads or ())]):
        kept = files.keep(s, upload, kind)
        if kept.mime not in files.PICTURES:
            continue
        s.hold("photo")
        if shot:
            _fill(kept, shot)
        found.append(photos.look_at(kept, at=s.at, stated_at=stated_at))
    return found


def _fill(kept: Attachment, shot: rules.Shot) -> None:
    """Time and place each by itself: many phones write the time into the picture and leave out the place."""
    if kept.taken_at is None:
        kept.taken_at = shot.taken_at
    if kept.longitude is None:
        kept.longitude, kept.latitude = shot.longitude, shot.latitude
    kept.facts_from = kept.facts_from or "phone"
    kept.save(update_fields=["taken_at", "longitude", "latitude", "facts_from"])
