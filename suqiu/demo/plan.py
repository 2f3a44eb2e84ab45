"""Which 2,000 cases are there? Who tells what, from where, when, and which life follows: all from one seed, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from django.utils import timezone

from .life import BEFORE_HOLIDAY, IN_HOLIDAY, Life
from .lives import AT_ONCE, EVERYDAY, LIVES, TOLD_BY_MANY, WAITING
from .moments import holiday, last_morning, received, weight
from .people import Caller, Callers
from .places import Place, pick, spot
from .problems import Problem, english, events, of_the_holiday, problems, questions, specials
from .stories import Chapter, chapters
from .telling import tell

SEED = "guangyuan"
SIZE = 2000
DAYS = 120
FIRST = 260  # loaded before the first page is shown
CALLERS = 1300
CHANNELS = (("phone", 74), ("web", 26))
NEWEST = timedelta(days=14)
FEWER = 0.5
LONG_BEFORE = (380, 700)  # days: the cases of the old system
CORNERS = ("{n}栋{m}单元", "{n}栋楼下", "{n}号门前", "大门旁", "菜市场后门", "小学对面", "公交站边", "{n}栋与{m}栋之间")
RURAL_CORNERS = ("{n}组", "{n}组水井旁", "{n}组公路边", "村委会下方", "{n}组堰塘边", "{n}组院坝", "村口桥头")


@dataclass(frozen=True)
class Planned:
    """One case to come."""

    key: str
    life: Life
    turn: int  # the how-manieth of its life
    problem: Problem
    telling: int
    text: str
    place: Place
    corner: str
    longitude: float
    latitude: float
    caller: Caller | None  # None: anonymous
    channel: str
    received_at: datetime

    @property
    def where(self) -> str:
        """Below the town, which the case names as its area."""
        if self.problem.language == "en":
            return f"{self.place.name_en}, {self.corner}"
        return self.place.name + self.corner

    def rng(self) -> Random:
        """A source of its own, so that no case changes another."""
        return Random(f"{SEED} life {self.key}")


@lru_cache(maxsize=2)
def plan(day: date) -> tuple[Planned, ...]:
    """The whole city in the order in which it is loaded: covering lives, what waits for somebody, the newest, then the past."""
    rng = Random(f"{SEED} plan")
    drawn = _draw_lives(rng)
    callers = Callers(Random(f"{SEED} callers"), CALLERS)
    made = [_planned(number, *row, day, callers) for number, row in enumerate(drawn)]
    made += [_of_story(number, chapter, day) for number, chapter in enumerate(chapters(), len(made))]
    return tuple(sorted(made, key=lambda planned: _order(planned, day)))


def _draw_lives(rng: Random) -> list[tuple[Life, Problem, int, int]]:
    """(life, its turn, problem, telling): each telling at most once."""
    deck = [(p, n) for p in (*problems(), *specials(), *of_the_holiday()) for n in range(len(p.tellings))]
    rng.shuffle(deck)
    found = [(life, n, *_take(deck, life)) for life in LIVES for n in range(life.count)]
    found += [
        (life, 0, *_take(deck, life)) for life in LIVES if life.weight
    ]  # the rare ones once, whatever chance says
    for problem in events():
        found += [(_one_of(TOLD_BY_MANY, rng), 0, problem, n) for n in range(len(problem.tellings))]
    found += [(_everyday(p, rng), 0, p, 0) for p in english()]
    found += [(_everyday(p, rng), 0, p, n) for p in questions() for n in range(len(p.tellings))]
    rest = sorted([row for row in deck if not row[0].use], key=lambda row: not _needs_no_unit(row[0]))
    return found + [(_everyday(p, rng), 0, p, n) for p, n in rest[: SIZE - len(found) - len(chapters())]]


def _take(deck: list, life: Life) -> tuple[Problem, int]:
    for at, (problem, number) in enumerate(deck):
        if life.suits(problem):
            del deck[at]
            return problem, number
    raise LookupError(f"no telling is left for the life: {life.name}")


def _needs_no_unit(problem: Problem) -> bool:
    """Whether it can be answered at once: half of what is accepted is."""
    return any(life.suits(problem) for life in AT_ONCE)


def _everyday(problem: Problem, rng: Random) -> Life:
    return _one_of([x for x in EVERYDAY if x.weight and x.suits(problem)], rng)


def _one_of(lives: Sequence[Life], rng: Random) -> Life:
    return rng.choices(lives, [x.weight for x in lives])[0]


def _planned(
    number: int, life: Life, turn: int, problem: Problem, telling: int, day: date, callers: Callers
) -> Planned:
    rng = Random(f"{SEED} case {number}")
    at = _received_at(life, problem, day, rng)
    channel = life.channel or _channel(problem, rng)
    place = _place(life, problem, rng)
    longitude, latitude = spot(place, rng)
    return Planned(
        key=f"demo-{number:04d}", life=life, turn=turn, problem=problem, telling=telling,
        text=tell(problem, telling, place, channel, rng), place=place, corner=corner(place, problem, rng),
        longitude=longitude, latitude=latitude, caller=_caller(number, problem, place, callers, rng),
        channel="import" if problem.use == "archive" else channel, received_at=at,
    )  # fmt: skip


def _of_story(number: int, chapter: Chapter, day: date) -> Planned:
    rng = Random(f"{SEED} case {number}")
    longitude, latitude = spot(chapter.place, Random(f"{SEED} {chapter.story} {chapter.corner}"))
    return Planned(
        key=f"demo-{number:04d}", life=chapter.life, turn=0, problem=chapter.problem, telling=0,
        text=tell(chapter.problem, 0, chapter.place, chapter.channel, rng), place=chapter.place, corner=chapter.corner,
        longitude=longitude, latitude=latitude, caller=chapter.caller, channel=chapter.channel,
        received_at=chapter.received_at(day),
    )  # fmt: skip


def _received_at(life: Life, problem: Problem, day: date, rng: Random) -> datetime:
    end = last_morning(day)
    if problem.event:
        begin = received(day - timedelta(days=problem.days), rng).replace(hour=problem.hour, minute=0)
        return begin + timedelta(minutes=rng.randrange(problem.minutes))
    if problem.use == "archive":
        return received(day - timedelta(days=rng.randint(*LONG_BEFORE)), rng)
    if life.ago in (IN_HOLIDAY, BEFORE_HOLIDAY):
        return received(_by_holiday(life, day, rng), rng)
    if life.ago.endswith("h"):
        low, high = (float(n) for n in life.ago[:-1].split("-"))
        return (end - timedelta(hours=rng.uniform(low, high))).replace(microsecond=0)
    if life.ago:
        low, high = (int(n) for n in life.ago[:-1].split("-"))
        return received(day - timedelta(days=rng.randint(low, high)), rng)
    return _some_time(day, rng)


def _by_holiday(life: Life, day: date, rng: Random) -> date:
    free = holiday(day, DAYS)
    days = free if life.ago == IN_HOLIDAY else [free[0] - timedelta(days=n) for n in range(2, 7)]
    return days[int(rng.random() * len(days))]  # one draw, however many days there are


def _some_time(day: date, rng: Random) -> datetime:
    """Any day but the last two; fewer in the last fortnight, which has what waits for somebody besides."""
    days = [day - timedelta(days=n) for n in range(DAYS, 1, -1)]
    shares = [weight(d) * (FEWER if day - d <= NEWEST else 1) for d in days]
    return received(rng.choices(days, shares)[0], rng)


def _place(life: Life, problem: Problem, rng: Random) -> Place:
    county = life.county or problem.county
    return pick(rng, problem.where, county, problem.town, town_office=problem.facts.duty == "town")


def _channel(problem: Problem, rng: Random) -> str:
    if problem.use == "malicious" or problem.urgency == "critical":
        return "phone"
    names, weights = zip(*CHANNELS, strict=True)
    return rng.choices(names, weights)[0]


def corner(place: Place, problem: Problem, rng: Random) -> str:
    """A question has none: it happens nowhere."""
    if problem.use == "question":
        return ""
    if problem.language == "en":
        return f"building {rng.randint(1, 18)}"
    return rng.choice(CORNERS if place.is_urban else RURAL_CORNERS).format(n=rng.randint(1, 9), m=rng.randint(10, 16))


def _caller(number: int, problem: Problem, place: Place, callers: Callers, rng: Random) -> Caller | None:
    if problem.language == "en":
        return callers.foreigner(number)
    if problem.type == "report" and rng.random() < 0.16:
        return None
    return callers.someone(place)


def _order(planned: Planned, day: date) -> tuple:
    """What covers the flow, what waits for somebody or came in tonight, the newest days, then the rest from the beginning."""
    on = timezone.localtime(planned.received_at).date()
    if planned.turn < planned.life.first:
        return 0, 0, planned.received_at, planned.key
    if planned.life in WAITING or on == day:
        return 1, 0, planned.received_at, planned.key
    if day - on <= NEWEST:
        return 2, (day - on).days, planned.received_at, planned.key
    return 3, 0, planned.received_at, planned.key
