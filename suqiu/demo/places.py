"""Where does it happen? A real village or community of the area table, weighted as people live there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from random import Random

from .problems import HERE

# How many of a hundred callers live there, and where its seat lies (degrees, WGS84, to about a kilometre).
COUNTIES = {
    "510802": (42.0, 105.845, 32.434),
    "510824": (22.0, 105.935, 31.732),
    "510823": (12.0, 105.525, 32.288),
    "510821": (9.0, 106.290, 32.229),
    "510822": (7.0, 105.239, 32.586),
    "510811": (4.5, 105.963, 32.323),
    "510812": (3.5, 105.890, 32.644),
}
URBAN, RURAL = "社区", "村"
TOWNS = ("街道", "镇", "乡")  # reserves and state farms have areas too, but nobody calls from there
TOWN_SPREAD, VILLAGE_SPREAD, STEP = 0.16, 0.02, 0.0016  # degrees: town from seat, village from town, case from village


@dataclass(frozen=True)
class Place:
    """A village or community with all above it."""

    code: str
    name: str
    name_en: str
    town: str
    town_name: str
    town_name_en: str
    county: str
    county_name: str
    county_name_en: str
    longitude: float
    latitude: float

    @property
    def spoken(self) -> str:
        return f"{self.county_name}{self.town_name}{self.name}"

    @property
    def spoken_en(self) -> str:
        return f"{self.name_en}, {self.town_name_en}, {self.county_name_en}"

    @property
    def is_urban(self) -> bool:
        return self.name.endswith(URBAN)


@cache
def places() -> tuple[Place, ...]:
    with (HERE / "areas.csv").open(encoding="utf-8", newline="") as lines:
        areas = {r["code"]: r for r in csv.DictReader(lines)}
    villages = [a for a in areas.values() if a["kind"] == "village" and a["name"].endswith((URBAN, RURAL))]
    found = [_place(a, areas) for a in villages if areas[a["parent"]]["name"].endswith(TOWNS)]
    return tuple(sorted(found, key=lambda p: p.code))


@cache
def towns_with_office() -> frozenset[str]:
    """The towns whose own office takes cases: only these can get what is a town's duty."""
    with (HERE / "departments.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(r["area"] for r in csv.DictReader(lines) if r["kind"] == "town")


@cache
def choices(where: str, county: str = "", town: str = "", town_office: bool = False) -> tuple[list[Place], list[float]]:
    """The places that fit, and how likely each is: the county's weight shared among its fitting villages."""
    ending = {"urban": (URBAN,), "rural": (RURAL,)}.get(where, (URBAN, RURAL))
    fit = [p for p in places() if p.name.endswith(ending) and p.code.startswith(town or county)]
    fit = [p for p in fit if not town_office or p.town in towns_with_office()]
    many: dict[str, float] = {}
    for p in fit:
        many[p.county] = many.get(p.county, 0) + _people(p)
    return fit, [COUNTIES[p.county][0] * _people(p) / many[p.county] for p in fit]


def pick(rng: Random, where: str, county: str = "", town: str = "", town_office: bool = False) -> Place:
    fit, weights = choices(where, county, town, town_office)
    return rng.choices(fit, weights)[0]


def spot(place: Place, rng: Random) -> tuple[float, float]:
    """Longitude and latitude of one case: near its village, to the metre that a map click gives."""
    near = (place.longitude + rng.uniform(-STEP, STEP), place.latitude + rng.uniform(-STEP, STEP))
    return round(near[0], 6), round(near[1], 6)


def _people(place: Place) -> float:
    """A community has about three times the callers of a village."""
    return 3.0 if place.is_urban else 1.0


def _place(area: dict, areas: dict[str, dict]) -> Place:
    town = areas[area["parent"]]
    county = areas[town["parent"]]
    _weight, lon, lat = COUNTIES[county["code"]]
    spread = 0.03 if town["name"].endswith("街道") else TOWN_SPREAD
    east, north = _offset(town["code"], spread)
    more_east, more_north = _offset(area["code"], VILLAGE_SPREAD)
    return Place(
        area["code"], area["name"], area["name_en"], town["code"], town["name"], town["name_en"],
        county["code"], county["name"], county["name_en"], lon + east + more_east, lat + north + more_north,
    )  # fmt: skip


def _offset(code: str, spread: float) -> tuple[float, float]:
    """Always the same shift for the same code: the area table has no coordinates."""
    drawn = sha256(code.encode()).digest()
    return tuple((int.from_bytes(drawn[i : i + 4], "big") / 2**32 * 2 - 1) * spread for i in (0, 4))
