"""What belongs to the call that is being typed? Known events, open cases that may be the same thing, places, items of the catalogue, the unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from suqiu.cases.models import Case, Content, State
from suqiu.cases.visibility import CONFIDENTIAL
from suqiu.citizens.models import Person
from suqiu.directory.models import Area, Matter
from suqiu.intake.models import KnownEvent
from suqiu.language.likeness import likeness, pairs, shared_words, weights

from .. import registry
from ..seats import Seat
from ..shell import to_case, when
from ..targets import suggestion

LOOKED_AT = 200  # the newest open cases of the county that are compared
BACK = timedelta(days=60)
CASES_SHOWN, MATTERS_SHOWN, AREAS_SHOWN, EVENTS_SHOWN = 4, 4, 3, 3
ALIKE, MATTER_ALIKE = 0.16, 0.1  # below that nothing is said
WORDS_READ = 2000
LIKELY_TYPES = ("help", "complaint", "report", "suggest", "consult", "praise")  # of what an item may be; a proposal
KINDS_OF_PLACE = ("街道", "区", "县", "镇", "乡")


@dataclass
class Typed:
    """What stands on the form so far."""

    words: str = ""
    place: str = ""
    area: str = ""
    matter: int | None = None
    phone: str = ""
    event: int | None = None
    about: str = ""

    @property
    def said(self) -> str:
        return f"{self.place}，{self.words[:WORDS_READ]}"


@dataclass
class Found:
    events: list[dict[str, Any]] = field(default_factory=list)
    areas: list[dict[str, Any]] = field(default_factory=list)
    matters: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    target: dict[str, Any] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.areas or self.matters or self.cases or self.target)


def read(data) -> Typed:
    """From a posting; what is no number is nothing."""
    matter, event = data.get("matter", "")[:12], data.get("event", "")
    area = data.get("area", "")
    return Typed(
        words=data.get("words", ""),
        place=data.get("place", "")[:200],
        area=area if area in registry.areas() else "",
        matter=int(matter) if matter.isdecimal() and int(matter) in registry.matters() else None,
        phone=data.get("phone", "")[:40],
        event=int(event) if event.isdecimal() and len(event) < 12 else None,
        about=data.get("about_department", "")[:40],
    )


def found(typed: Typed, seat: Seat) -> Found:
    """All of it, in the same few queries however much there is."""
    said = pairs(typed.said)
    areas = [] if typed.area else places_in(typed.said)
    likely = typed.area or (areas[0].code if areas else "")
    events = events_for(typed, likely, seat)
    alike = similar(typed, likely, seat) if len(said) >= 3 else []
    return Found(
        events=events,
        areas=[_area(a) for a in areas[:AREAS_SHOWN]],
        matters=[] if typed.matter else matters_for(said, typed.said, alike),
        cases=[_case(case, score, typed, seat) for score, case in alike[:CASES_SHOWN] if score >= ALIKE],
        target=target(typed),
    )


# ---- open cases that may be the same thing


def similar(typed: Typed, area: str, seat: Seat) -> list[tuple[float, Case]]:
    """Open cases of the same county, newest first, by what they have in common with the words; (likeness, case), the likest first.

    One query over the index of receipt: what is compared is bounded, however many cases there are.
    """
    code = _county(area)
    cases = Case.objects.visible_to(seat.officer).open().filter(received_at__gte=seat.now - BACK)
    if code:
        cases = cases.filter(area__code__startswith=code)
    if seat.roles.get("hotline") == {"operator"}:
        cases = cases.exclude(secrecy__in=CONFIDENTIAL)
    told = Content.objects.filter(case=OuterRef("pk"), line_no=1, name="text", removed_at=None)
    rows = list(
        cases.order_by("-received_at", "-id")
        .only("number", "title", "place", "area", "matter", "state", "received_at", "person", "event", "next_due_at")
        .annotate(told=Subquery(told.values(t=Substr("body", 1, 160))[:1]))[:LOOKED_AT]
    )
    if not rows:
        return []
    own = set(Person.objects.by_phone(typed.phone).values_list("pk", flat=True)) if typed.phone else set()
    said, titles = pairs(typed.said), [pairs(f"{c.title}，{c.place}") for c in rows]
    texts = [title | pairs(c.told or "") for c, title in zip(rows, titles, strict=True)]
    weight = weights([*texts, said])
    scored = []
    for case, title, text in zip(rows, titles, texts, strict=True):
        score = max(likeness(said, title, weight), likeness(said, text, weight))
        if score >= ALIKE / 2:
            score += 0.04 * (bool(area) and case.area_id == area) + 0.08 * (case.person_id in own)
            score += 0.05 * (typed.matter is not None and case.matter_id == typed.matter)
        case.is_his = case.person_id in own
        scored.append((score, case))
    scored.sort(key=lambda pair: (-pair[0], -pair[1].pk))
    return [(score, case) for score, case in scored[:20] if score >= ALIKE / 2]


def _county(area: str) -> str:
    """Towns of one county are neighbours; for the city as a whole nothing is narrowed down."""
    place = registry.areas().get(area)
    if place is None or place.kind == Area.Kind.CITY:
        return ""
    return place.parent if place.kind == Area.Kind.TOWN else place.code


def _case(case: Case, score: float, typed: Typed, seat: Seat) -> dict[str, Any]:
    why = [_("同一个号码报过")] if case.is_his else []
    if case.area_id and case.area_id == typed.area:
        why.append(_("同一个乡镇（街道）"))
    if typed.matter and case.matter_id == typed.matter:
        why.append(_("同一个事项"))
    return {
        "number": case.number,
        "title": case.title,
        "url": to_case(case.number),
        "state": State(case.state).label,
        "at": when(case.received_at, seat.now),
        "place": case.place or registry.area_name(case.area_id),
        "why": why,
        "shared": shared_words(typed.said, f"{case.place}，{case.title}，{case.told or ''}"),
        "is_his": case.is_his,
    }


# ---- places


def places_in(said: str) -> list[registry.Place]:
    """Areas named in the words, with or without 区, 县, 镇; a town before its county, the longest name first."""
    hits: list[tuple[bool, int, registry.Place]] = []
    spoken = registry.spoken_areas()
    for place in registry.areas().values():
        name = spoken.get(place.code, place.name)
        if place.kind == Area.Kind.CITY:
            continue
        names = [n for n in (name, _bare(name)) if len(n) >= 2 and n in said]
        if names:
            hits.append((place.kind == Area.Kind.TOWN, max(map(len, names)), place))
    counties = {p.code for is_town, _n, p in hits if not is_town}
    hits.sort(key=lambda h: (not (h[0] and h[2].parent in counties), not h[0], -h[1], h[2].code))
    return [place for _town, _n, place in hits]


def _bare(name: str) -> str:
    kind = next((k for k in KINDS_OF_PLACE if name.endswith(k)), "")
    return name[: -len(kind)] if kind and len(name) - len(kind) >= 2 else name


def _area(place: registry.Place) -> dict[str, Any]:
    county = registry.areas().get(place.parent)
    is_town = place.kind == Area.Kind.TOWN and county
    return {"code": place.code, "name": place.name, "of": county.name if is_town else ""}


# ---- items of the catalogue


def matters_for(said: set[str], words: str, alike: list[tuple[float, Case]]) -> list[dict[str, Any]]:
    """Items whose name the words touch, and those that cases alike were given."""
    items = {pk: m for pk, m in registry.matters().items() if m.level == 3}
    spoken = registry.spoken_matters()
    names = {pk: pairs(spoken.get(pk, "")) for pk in items}
    weight = weights(names.values())
    votes: dict[int, float] = defaultdict(float)
    for score, case in alike[:8]:
        if case.matter_id in items and score >= ALIKE:
            votes[case.matter_id] += score
    scored = [
        (likeness(said & weight.keys(), name, weight) + min(votes.get(pk, 0.0), 0.6), pk) for pk, name in names.items()
    ]
    best = sorted((s for s in scored if s[0] >= MATTER_ALIKE), key=lambda s: (-s[0], items[s[1]].code))
    return [_matter(items[pk], pk in votes, words) for _score, pk in best[:MATTERS_SHOWN]]


def _matter(item: registry.Item, is_by_cases: bool, words: str) -> dict[str, Any]:
    return {
        "pk": item.pk,
        "name": item.name,
        "code": item.code,
        "type": next((t for t in LIKELY_TYPES if t in item.types.split("|")), ""),
        "shared": shared_words(words, registry.spoken_matters().get(item.pk, ""), 3),
        "is_by_cases": is_by_cases,
    }


# ---- known events


def events_for(typed: Typed, area: str, seat: Seat) -> list[dict[str, Any]]:
    """Those in force whose place or words are met; the one already taken always."""
    rows = KnownEvent.objects.open(seat.now).select_related("event", "area", "made_by").annotate(
        callers=Count("event__members", distinct=True)
    )  # fmt: skip
    hits = [(strength, known) for known in rows[:100] if (strength := _meets(known, typed, area))]
    hits.sort(key=lambda hit: (-hit[0], -hit[1].pk))
    return [_event(known, typed, seat) for _s, known in hits[:EVENTS_SHOWN]]


def _meets(known: KnownEvent, typed: Typed, area: str) -> int:
    """0: not at all; more is better."""
    if known.pk == typed.event:
        return 9
    words = [w for w in known.words.split() if w and w in typed.said]
    is_here = (
        bool(area)
        and known.area.kind != Area.Kind.CITY
        and (area.startswith(known.area_id) or known.area_id.startswith(area))
    )
    is_everywhere = known.area.kind == Area.Kind.CITY and not known.words
    is_matter = typed.matter is not None and typed.matter == known.matter_id
    titled = len(pairs(known.event.title) & pairs(typed.said)) >= 2
    if area and not is_here and known.area.kind != Area.Kind.CITY:
        return 0  # it happened somewhere else
    if not (words or titled or is_matter or is_here or (is_everywhere and len(typed.words) > 3)):
        return 0
    return 1 + 3 * bool(words) + 2 * is_here + is_matter + 2 * titled


def _event(known: KnownEvent, typed: Typed, seat: Seat) -> dict[str, Any]:
    return {
        "pk": known.pk,
        "title": known.event.title,
        "text": known.text,
        "area": registry.area_name(known.area_id),
        "until": when(known.valid_until, seat.now),
        "by": known.made_by.full_name,
        "callers": known.callers,
        "is_taken": known.pk == typed.event,
    }


# ---- the unit


def target(typed: Typed) -> dict[str, Any] | None:
    """派给谁: whose duty the catalogue says it is, once place and item are known."""
    if not (typed.area and typed.matter):
        return None
    matter = Matter.objects.filter(pk=typed.matter).first()
    area = Area.objects.select_related("parent__parent").filter(pk=typed.area).first()
    case = Case(area=area, about_department_id=typed.about or None)
    offered = suggestion(case, matter, from_city=True)
    return {"code": offered.code, "name": registry.unit_name(offered.code) if offered.code else "", "why": offered.why}
