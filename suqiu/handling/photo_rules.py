"""Where do the facts of a visit not agree (出入)? Numbers in, words out; a doubt asks for one sentence and blocks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from django.utils.translation import gettext_lazy as _

EARTH = 6_371_000  # metres
FAR = 300  # metres, beyond the phone's own accuracy; ours: indoors a good phone is 80 m off
DRIFT = 120  # minutes between the photo's time and the stated one, either way; ours: a visit lasts
KINDS = {
    "far": _("离诉求的地点远"),
    "drift": _("照片的时间和说的不一致"),
    "used": _("照片以前用过"),
    "edited": _("照片改过"),
    "bare": _("照片没有时间也没有地点"),
}


@dataclass(frozen=True)
class Known:
    """What one photo's facts say, as far as anybody knows."""

    metres: int | None
    drift_minutes: int | None
    is_edited: bool
    is_used: bool
    is_bare: bool


def metres(a: tuple[float, float] | None, b: tuple[float, float] | None) -> int | None:
    """As the crow flies between two places (longitude, latitude in degrees); None where one is not known."""
    if a is None or b is None:
        return None
    lat_a, lat_b = radians(a[1]), radians(b[1])
    across = sin(radians(b[0] - a[0]) / 2) ** 2 * cos(lat_a) * cos(lat_b)
    return round(2 * EARTH * asin(min(1.0, sqrt(sin((lat_b - lat_a) / 2) ** 2 + across))))


def drift(taken_at: datetime | None, stated_at: datetime | None) -> int | None:
    """Minutes by which the photo is later than stated; negative: it is older."""
    if taken_at is None or stated_at is None:
        return None
    return round((taken_at - stated_at).total_seconds() / 60)


def is_far(distance: int | None, accuracy: float | None = None) -> bool:
    return distance is not None and distance > FAR + (accuracy or 0)


def is_adrift(minutes: int | None) -> bool:
    return minutes is not None and abs(minutes) > DRIFT


def doubts(photos: Iterable[Known], distance: int | None = None, accuracy: float | None = None) -> list[str]:
    """The kinds in which this visit does not agree with itself; `distance`: of the phone at the moment of recording."""
    photos = list(photos)
    found = {
        "far": is_far(distance, accuracy) or any(is_far(p.metres) for p in photos),
        "drift": any(is_adrift(p.drift_minutes) for p in photos),
        "used": any(p.is_used for p in photos),
        "edited": any(p.is_edited for p in photos),
        "bare": any(p.is_bare for p in photos),
    }
    return [kind for kind, is_so in found.items() if is_so]
