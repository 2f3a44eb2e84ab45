"""What does a hotline do when three hundred people call about one outage? It says at once what is known, and sends out what is not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from random import Random

from django.utils import timezone

from suqiu.cases.models import Case, Event
from suqiu.intake import known_events
from suqiu.intake.models import KnownEvent

from .ground import Ground
from .life import Life
from .lives import STORM, STORM_BEFORE
from .people import Callers
from .places import Place, choices, spot
from .plan import SEED, Planned, corner
from .problems import HERE, Problem

KEY = "demo-storm-"
NIGHT_BEFORE = timedelta(days=1)
ANNOUNCED_AFTER = timedelta(minutes=9)  # the shift leader writes what is known, and every operator has it
ANNOUNCER = "bz01"
EARLY, LATE = 1.2, 3.4  # how the calls are spread: most in the first hour
FIRST_NUMBER = 41  # of the callers, apart from those of the plan


@dataclass(frozen=True)
class Storm:
    """The file: what happens, what is known of it, and how people tell it."""

    problem: Problem
    title: str
    area: str
    known: str
    words: str
    calls: int
    at: time
    minutes: int
    until_hours: int

    def begins(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day - NIGHT_BEFORE, self.at))


@cache
def storm() -> Storm:
    told = tomllib.loads((HERE / "storm.toml").read_text(encoding="utf-8"))
    problem = {k: tuple(v) if isinstance(v, list) else v for k, v in told.pop("problem").items()}
    at = time.fromisoformat(told.pop("at"))
    return Storm(problem=Problem(use="storm", event=told["title"], **problem), at=at, **told)


@lru_cache(maxsize=2)
def calls(day: date) -> tuple[Planned, ...]:
    """The calls in the order in which they come in; each telling goes round, at another place each time."""
    known, rng = storm(), Random(f"{SEED} storm")
    minutes = sorted(known.minutes * rng.betavariate(EARLY, LATE) for _n in range(known.calls))
    callers = Callers(Random(f"{SEED} storm callers"), known.calls, FIRST_NUMBER)
    tellings, spots = _shuffled(known, rng), _spots(known, rng)
    return tuple(
        _call(n, minute, tellings[n], spots[n], callers, day, rng) for n, minute in enumerate(minutes)
    )  # fmt: skip


def _shuffled(known: Storm, rng: Random) -> list[int]:
    """As often each as the number of calls asks for."""
    order: list[int] = []
    while len(order) < known.calls:
        round_ = list(range(len(known.problem.tellings)))
        rng.shuffle(round_)
        order += round_
    return order[: known.calls]


def _spots(known: Storm, rng: Random) -> list[tuple[Place, str]]:
    """So many doors, none twice."""
    fit, weights = choices("any", known.area)
    found: dict[tuple[str, str], tuple[Place, str]] = {}
    while len(found) < known.calls:
        place = rng.choices(fit, weights)[0]
        door = corner(place, known.problem, rng)
        found.setdefault((place.code, door), (place, door))
    return list(found.values())


def _call(number: int, minute: float, telling: int, door: tuple, callers: Callers, day: date, rng: Random) -> Planned:
    known, (place, where) = storm(), door
    at = (known.begins(day) + timedelta(minutes=minute)).replace(microsecond=0)
    words = known.problem.tellings[telling].replace("{place}", place.spoken).replace("{corner}", where)
    longitude, latitude = spot(place, rng)
    return Planned(
        key=f"{KEY}{number:03d}", life=_life(at, day, rng), turn=0, problem=known.problem, telling=telling, text=words,
        place=place, corner=where, longitude=longitude, latitude=latitude, caller=callers.someone(place), channel="phone",
        received_at=at,
    )  # fmt: skip


def _life(at: datetime, day: date, rng: Random) -> Life:
    lives = STORM if at >= announced_at(day) else STORM_BEFORE
    return rng.choices(lives, [life.weight for life in lives])[0]


def announced_at(day: date) -> datetime:
    return storm().begins(day) + ANNOUNCED_AFTER


def announce(day: date, ground: Ground) -> KnownEvent:
    """What is known, as the shift leader writes it; the first case that came in leads the event."""
    known, at = storm(), announced_at(day)
    announced = known_events.announce(
        by=ground.officer(ANNOUNCER), at=at, key=KEY + "known", title=known.title, text=known.known, words=known.words,
        area=ground.areas[known.area], valid_until=at + timedelta(hours=known.until_hours),
        matter=ground.matters[known.problem.matter],
    )  # fmt: skip
    first = Case.objects.filter(key__startswith=KEY).order_by("received_at", "id").first()
    Event.objects.filter(pk=announced.event_id).update(lead=first, opened_at=known.begins(day))
    return announced
