"""What do people of the demo city call about? The hand-written problems, each told by several people in their own words."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "guangyuan"
LETTERS = "ABCDEF"
THEMES = ("livelihood", "family", "street", "business")
# A telling that names the caller's own doorstep is spoken by somebody: it gets no opening of another voice.
GREETINGS = ("喂", "你好", "您好", "大姐", "同志", "（")


@dataclass(frozen=True)
class MatterFacts:
    """What the plan must know of an item of the catalogue before there is a database."""

    duty: str
    power: str
    evidence_class: str


@dataclass(frozen=True)
class Problem:
    """One kind of problem: what is told, what is asked, and what the staff note, find and reply."""

    title: str
    tellings: tuple[str, ...]
    asks: tuple[str, ...]
    matter: str = ""
    type: str = ""
    urgency: str = "normal"
    where: str = "any"
    contact: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    reply: tuple[str, ...] = ()
    basis: str = ""
    plan: str = ""
    unsolved: str = ""
    language: str = "zh-hans"
    kind: str = "citizen"
    use: str = ""  # the way it takes; empty: any life that fits
    reason: str = ""  # "class/reason" of telling the caller another way; empty: as its use says
    way: str = ""  # whom to turn to, where it is not for the city
    told: str = ""  # what the caller is told, where it is not for the city
    about: str = ""  # the department complained of
    unit: str = ""  # the department that must get it
    county: str = ""
    town: str = ""
    event: str = ""  # one happening told by many
    days: int = 0  # an event: so many days before the last morning
    hour: int = 0
    minutes: int = 0

    @property
    def facts(self) -> MatterFacts:
        return matters().get(self.matter, MatterFacts("", "", ""))


@cache
def problems() -> tuple[Problem, ...]:
    """The 450 everyday ones, in the order of their files."""
    return tuple(p for letter in LETTERS for p in read(f"problems/{letter}.toml"))


@cache
def specials() -> tuple[Problem, ...]:
    return read("specials.toml")


@cache
def of_the_holiday() -> tuple[Problem, ...]:
    return read("holiday.toml", use="holiday")


@cache
def events() -> tuple[Problem, ...]:
    return read("events.toml")


@cache
def questions() -> tuple[Problem, ...]:
    """What a hotline answers while the caller is still on the line: no unit ever sees it."""
    return tuple(p for name in THEMES for p in read(f"questions/{name}.toml", type="consult", use="question"))


@cache
def english() -> tuple[Problem, ...]:
    return read("english.toml", language="en")


def all_problems() -> tuple[Problem, ...]:
    return problems() + specials() + events() + english() + questions() + of_the_holiday()


@cache
def words() -> dict[str, list]:
    """What citizens and staff say beside the matter itself, by the name of the list."""
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


@cache
def matters() -> dict[str, MatterFacts]:
    found = {}
    for file in sorted((HERE / "matters").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found |= {
                r["code"]: MatterFacts(r["owner_duty"], r["power"], r["evidence_class"])
                for r in csv.DictReader(lines)
                if r["level"] == "3"
            }
    return found


def read(name: str, **common: str) -> tuple[Problem, ...]:
    rows = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["problem"]
    return tuple(Problem(**common, **{k: tuple(v) if isinstance(v, list) else v for k, v in r.items()}) for r in rows)
