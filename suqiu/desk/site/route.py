"""In what order does he go today? First what is due within a day, then always to the nearest: places in, an order with reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

SOON = timedelta(days=1)
EARTH = 6_371_000  # metres
# Two places of which only the areas are known: how many digits of the area's code they share -> metres, for the order alone.
ROUGHLY = ((12, 300), (9, 2_500), (6, 20_000), (4, 70_000), (0, 200_000))


@dataclass(frozen=True)
class Spot:
    """A place: degrees (WGS84) where they are known, and the code of the area."""

    longitude: float | None
    latitude: float | None
    area: str = ""

    @property
    def is_exact(self) -> bool:
        return self.longitude is not None and self.latitude is not None


@dataclass(frozen=True)
class Stop:
    """Somewhere to go: what it is for, where, and when the next clock runs out."""

    key: Any
    spot: Spot
    due_at: datetime | None = None


@dataclass(frozen=True)
class Leg:
    """A stop in its turn. `why`: due (its time is near) or near (the nearest one left); `metres` from where one is before,
    None where nobody knows; `shared`: digits of the area's code in common with it, where there are no metres."""

    key: Any
    why: str
    metres: int | None
    shared: int


def in_order(stops: Iterable[Stop], start: Spot, now: datetime) -> list[Leg]:
    left = list(stops)
    urgent = [s for s in left if s.due_at is not None and s.due_at < now + SOON]
    urgent.sort(key=lambda s: (s.due_at, s.key))
    others = [s for s in left if s not in urgent]
    found, at = [], start
    while urgent or others:
        stop = urgent[0] if urgent else _nearest(others, at)
        (urgent if urgent else others).remove(stop)
        is_due = stop.due_at is not None and stop.due_at < now + SOON
        found.append(Leg(stop.key, "due" if is_due else "near", metres(at, stop.spot), shared(at, stop.spot)))
        at = stop.spot
    return found


def metres(a: Spot, b: Spot) -> int | None:
    """As the crow flies; None where one of them is known by its area alone."""
    if not (a.is_exact and b.is_exact):
        return None
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    across = sin(radians(b.longitude - a.longitude) / 2) ** 2 * cos(lat_a) * cos(lat_b)
    return round(2 * EARTH * asin(min(1.0, sqrt(sin((lat_b - lat_a) / 2) ** 2 + across))))


def shared(a: Spot, b: Spot) -> int:
    """How much of their areas' codes two places share: 12 the village, 9 the town, 6 the county, 4 the city."""
    return next((n for n, _far in ROUGHLY if n and len(a.area) >= n and a.area[:n] == b.area[:n]), 0)


def _nearest(stops: Sequence[Stop], at: Spot) -> Stop:
    return min(stops, key=lambda s: (_far(at, s.spot), s.due_at is None, s.due_at or datetime.max, s.key))


def _far(a: Spot, b: Spot) -> int:
    exact = metres(a, b)
    return exact if exact is not None else dict(ROUGHLY)[shared(a, b)]
