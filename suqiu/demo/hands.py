"""Who does what in the stories beside the plan? One hand for each step, in office hours, and never before the step that went before."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

from django.utils import timezone
from django.utils.module_loading import import_string

from suqiu.cases.advance import CITIZEN, SYSTEM
from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case, Clock
from suqiu.cases.periodic import AT_THE_END
from suqiu.citizens.contact import code_hash
from suqiu.intake import actions, merging
from suqiu.intake.demand import Demand, title_from

from . import pictures
from .ground import Ground
from .living import code_of
from .moments import last_morning
from .people import Caller, Callers
from .plan import SEED
from .problems import HERE

KEY = "demo-beside-"
FIRST_NUMBER = 31  # of the telephone numbers: the plan and the storm begin elsewhere, so that nobody has two
CALLERS = 200
OPENS = time(9, 0)
GAP = timedelta(minutes=7)


@dataclass(frozen=True)
class Thing:
    """What is complained of, where, and what is said of it at each step."""

    title: str
    text: str
    matter: str
    unit: str
    town: str
    place: str
    longitude: float
    latitude: float
    asks: tuple[str, ...]
    type: str = "complaint"
    contact: str = ""
    finding: str = ""
    account: str = ""
    reply: str = ""
    basis: str = ""

    def in_words(self, text: str) -> Thing:
        """As another call has it."""
        return replace(self, text=text, title=title_from(text))


def rows(section: str) -> list[dict[str, Any]]:
    """What is written down of each story of that section."""
    return tomllib.loads((HERE / "beside.toml").read_text(encoding="utf-8"))[section]


@cache
def things(section: str) -> tuple[tuple[Thing, dict[str, Any]], ...]:
    """Each story of that section, and what it has besides."""
    return tuple(_thing(row) for row in rows(section))


def _thing(row: dict[str, Any]) -> tuple[Thing, dict[str, Any]]:
    own = {name: row.pop(name) for name in Thing.__dataclass_fields__ if name in row}
    return Thing(**own | {"asks": tuple(own["asks"])}), row


class Hands:
    def __init__(self, day, ground: Ground) -> None:
        self.ground, self.until = ground, last_morning(day)
        self.day = day
        self.callers = Callers(Random(f"{SEED} beside"), CALLERS, FIRST_NUMBER)
        self.numbers = self.callers.numbers

    # ---- when

    def at(self, days: float, hours: float = 0) -> datetime:
        """So many days ago and so many hours after nine; when offices are closed, on the next day they are open."""
        calendar, day = self.ground.calendar, self.day - timedelta(days=days)
        open_on = day if calendar.is_working(day) else calendar.next_working_day(day)
        if open_on >= self.day:
            open_on = day
        return self.around_the_clock((self.day - open_on).days, hours)

    def around_the_clock(self, days: float, hours: float = 0) -> datetime:
        """As `at`, on whatever day: callers and the hotline do not wait for offices."""
        morning = datetime.combine(self.day - timedelta(days=days), OPENS, timezone.get_default_timezone())
        return min(morning + timedelta(hours=hours), self.until - timedelta(minutes=1))

    # ---- who

    def caller(self, name: str = "", phone: str = "") -> Caller:
        return Caller(name or self.callers._name(), phone or next(self.numbers))

    # ---- what

    def call(self, key: str, thing: Thing, at: datetime, caller: Caller | None = None, text: str = "") -> Case:
        caller = caller or self.caller()
        demand = self.demand(thing, caller, text)
        demand.channel, demand.is_phone_confirmed = "phone", True
        by = self.ground.officer("hw02" if crc32(key.encode()) % 2 else "hw01")
        case, _code = actions.receive(demand=demand, by=by, at=at, key=KEY + key)
        return self.with_code(case)

    def demand(self, thing: Thing, caller: Caller, text: str = "") -> Demand:
        return Demand(
            text=text or thing.text, title=thing.title, name=caller.name, phone=caller.phone, area_code=thing.town,
            place=thing.place, longitude=thing.longitude, latitude=thing.latitude,
        )  # fmt: skip

    def with_code(self, case: Case) -> Case:
        """The query code follows from the key, as that of every demo case."""
        case.query_code_hash = code_hash(code_of(case.key))
        Case.objects.filter(pk=case.pk).update(query_code_hash=case.query_code_hash)
        return case

    def do(self, name: str, case: Case, by: str, at: datetime, **fields: Any):
        """`by`: a login, "citizen" or "system". What the clock owed by then is done first."""
        case.refresh_from_db()
        self.let_system_act(case, at)
        return self._take(name, case, by, at, fields)

    def _take(self, name: str, case: Case, by: str, at: datetime, fields: dict[str, Any]):
        last = case.lines.order_by("-no").first()
        actor = {"citizen": CITIZEN, "system": SYSTEM}.get(by) or self.ground.officer(by)
        at = min(max(at, last.at + GAP), self.until - timedelta(minutes=1))
        return import_string(BY_NAME[name].action)(case=case, by=actor, at=at, **fields)

    def let_system_act(self, case: Case, at: datetime) -> None:
        while clock := self._run_out(case, at):
            step = AT_THE_END[clock.kind][0]
            import_string(BY_NAME[step].action)(case=case, by=SYSTEM, at=clock.due_at)

    def _run_out(self, case: Case, at: datetime) -> Clock | None:
        due = case.clocks.filter(kind__in=AT_THE_END, stopped_at=None, paused_at=None, due_at__lte=at)
        return next((c for c in due.order_by("due_at", "id") if case.state in AT_THE_END[c.kind][1]), None)

    def accept(self, case: Case, thing: Thing, at: datetime, by: str = "hw01") -> None:
        known = {"matter": self.ground.matters[thing.matter]} if thing.matter else {}
        self.do(
            "accept", case, by, at, demand_type=thing.type, urgency="normal", secrecy="general",
            area=self.ground.areas[thing.town], ask_lines="\n".join(thing.asks), **known,
        )  # fmt: skip

    def tell_again(self, case: Case, thing: Thing, at: datetime, earlier: Case) -> None:
        """Nothing new in it: while he speaks he is told what he was answered before."""
        self.accept(case, thing, at + timedelta(minutes=6))
        self.do("answer_again", case, "hw01", at + timedelta(minutes=18), earlier=earlier)

    def to_unit(self, case: Case, thing: Thing, at: datetime) -> None:
        """Accepted while he speaks, dispatched at once, signed for within the hour."""
        self.accept(case, thing, at + timedelta(minutes=5))
        self.dispatch(case, thing, at + timedelta(minutes=40))

    def dispatch(self, case: Case, thing: Thing, at: datetime, **more: Any) -> None:
        department, matter = self.ground.departments[thing.unit], self.ground.matters[thing.matter]
        self.do("dispatch", case, "pd01", at, matter=matter, department=department, **more)
        self.do("sign_in", case, f"{thing.unit.lower()}-jb1", at + timedelta(minutes=35))

    def handler(self, case: Case) -> str:
        return f"{case.lead_department_id.lower()}-jb1"

    def contact(self, case: Case, thing: Thing, at: datetime) -> None:
        said = {"way": "phone", "outcome": "connected", "minutes": 4, "words": thing.contact}
        self.do("contact", case, self.handler(case), at, **said)

    def visit(self, case: Case, thing: Thing, at: datetime, words: str = "") -> None:
        """Arrived half an hour after what was done last; the picture is taken before it is written down."""
        last = case.lines.order_by("-no").first()
        seen, place = max(at, last.at) + timedelta(minutes=30), (thing.longitude, thing.latitude)
        number = crc32(f"{case.key} {case.cycle}".encode())
        self.do(
            "visit", case, self.handler(case), seen + timedelta(minutes=20), visited_at=seen, place=thing.place,
            words=words or thing.finding, position=(*place, 18.0), before=[pictures.photo(number, False, seen, *place)],
            after=[pictures.photo(number, True, seen + timedelta(minutes=15), *place)],
        )  # fmt: skip

    def reply(self, case: Case, thing: Thing, at: datetime, reply: str = "", **more: Any) -> None:
        """Written, reviewed by another, and given to everybody who waits with it."""
        asks = {a.no: {"outcome": "answered"} for a in case.asks.all()}
        written = {"reply": reply or thing.reply, "account": thing.account, "asks": asks, "basis": thing.basis}
        self.do("draft_reply", case, self.handler(case), at, **written, **more)
        case.refresh_from_db()
        if case.first_department_id != case.lead_department_id:
            self.do("first_sees", case, f"{case.first_department_id.lower()}-jb1", at + timedelta(minutes=50))
        line = self.do("approve", case, f"{case.lead_department_id.lower()}-sh", at + timedelta(hours=2))
        merging.answer_members(line, line.at + timedelta(minutes=1))

    def answer(self, case: Case, thing: Thing, at: datetime, reply: str = "", **more: Any) -> None:
        case.refresh_from_db()
        self.contact(case, thing, at)
        self.visit(case, thing, at + timedelta(hours=1))
        self.reply(case, thing, at + timedelta(hours=4), reply, **more)

    def ask(self, case: Case, at: datetime, solved: str = "yes", satisfied: str = "5", words: str = "") -> None:
        answers = {"contacted": "yes", "is_true": "yes", "solved": solved, "satisfied": satisfied, "words": words}
        self.do("attempt", case, "hf01", at, outcome="answered", way="phone", **answers)

    def in_vain(self, case: Case, at: datetime, way: str = "phone") -> None:
        self.do("attempt", case, "hf02", at, outcome="no_answer", way=way, words="")
