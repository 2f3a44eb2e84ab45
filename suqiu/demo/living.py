"""How is one case lived? The words of its life are done one after the other, each somewhat later, until the last morning."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from suqiu.cases.advance import CITIZEN, SYSTEM, Actor
from suqiu.cases.flow import BY_NAME
from suqiu.cases.models import Case, Line, Look
from suqiu.cases.periodic import AT_THE_END
from suqiu.citizens.contact import code_hash
from suqiu.directory.models import Department, Officer

from .ground import Ground
from .moments import after
from .pace import NIGHT, is_awake, pace
from .plan import SEED, Planned
from .problems import words

ACTS_IN = {state for _name, states in AT_THE_END.values() for state in states}
TURNS = (("hw01", 38), ("hw02", 36), ("hw03", 26))
LOOKS_BEFORE = {"contact": "first_contact", "visit": "before_visit", "attempt": "follow_up"}
LOOKS_OF_HUNDRED = {"contact": 55, "visit": 20, "attempt": 50}
PAGES_OF_HUNDRED = 22
KEPT_OF_HUNDRED = 88
WORD = re.compile(r"(?P<name>\w+)(?::(?P<argument>[\w,-]+))?(?:/(?P<chance>\d+))?")


class Enough(Exception):
    """The last morning has come: the case stays as it is."""


class Living:
    """A case on its way through its life. The deeds (see deeds/) take the steps through `step`."""

    def __init__(self, planned: Planned, ground: Ground, until: datetime) -> None:
        self.planned, self.ground, self.until = planned, ground, until
        self.problem, self.life, self.place = planned.problem, planned.life, planned.place
        self.rng = planned.rng()
        self.case: Case
        self.now = planned.received_at
        self.variant = (
            0 if self.problem.use == "story" else self.rng.randrange(2)
        )  # which of two notes, findings, replies
        self.desk = self.rng.choice(("jb1", "jb2")) if not self.life.unit else "jb1"
        self.delay = ""
        self.looks: list[Look] = []
        self.said: dict[str, int] = {}
        self.exchange = ["", ""]  # what was asked back, and what he will answer
        self.promised = ["", ""]  # what was promised, and how it will be kept
        self.mistake = ""  # the ground on which the wrong unit gives it back
        self.visits = 0
        self.calls = 0  # how often a unit has spoken with him in the first cycle
        self.meets_at = self.now

    # ---- the words of its life

    def live(self, deeds: dict) -> Case:
        """From receipt to the end of its table or to the last morning, whichever comes first."""
        deeds["receive"](self, "")
        if self.problem.use != "archive":
            self._tell_code()
        try:
            for name, argument in self._words():
                deeds[name](self, argument)
                if "family_waits" in self.case.evidence_held:
                    deeds["sign_family"](self, "")
            self._keep_word(deeds)
        except Enough:
            pass
        finally:
            self.ground.announce_holidays()
        self.let_system_act(self.until)
        Look.objects.bulk_create(sorted(self.looks, key=lambda look: (look.at, look.what)))
        return self.case

    def _words(self):
        for written in self.life.table.split():
            if written.startswith("+"):
                self.delay = written[1:]
                continue
            found = WORD.fullmatch(written)
            if found["chance"] is None or self.rng.randrange(100) < int(found["chance"]):
                yield found["name"], found["argument"] or ""
            self.delay = ""

    def _keep_word(self, deeds: dict) -> None:
        """A date that stood in the reply is mostly kept, also after the case is closed."""
        if self.case.state == "C" and self.rng.randrange(100) < KEPT_OF_HUNDRED:
            deeds["keep_plan"](self, "")

    def _tell_code(self) -> None:
        """The query code of a demo case follows from the seed, so that it can be printed beside the accounts."""
        Case.objects.filter(pk=self.case.pk).update(query_code_hash=code_hash(code_of(self.planned.key)))
        self.case.query_code_hash = code_hash(code_of(self.planned.key))

    def picture(self) -> int:
        """The number of a scene that no other visit shows."""
        return self.rng.randrange(10**9)

    # ---- time

    def moment(self, deed: str, delay: str = "") -> datetime:
        """When the next deed is done. The system does first what was due by then; nothing is done after the last morning."""
        chosen = delay or self.delay or pace(deed, self.problem.urgency)
        self.delay = ""
        at = after(self.now, chosen, self.rng, self.ground.calendar)
        return self.come_to(at if is_awake(deed, self.problem) else self._after_the_night(at))

    def come_to(self, at: datetime) -> datetime:
        at = max(at, self.now + timedelta(seconds=20))
        if at >= self.until:
            raise Enough
        self.let_system_act(at)
        return at

    def _after_the_night(self, at: datetime) -> datetime:
        local = timezone.localtime(at)
        if NIGHT[1] <= local.hour < NIGHT[0]:
            return at
        morning = local.replace(hour=NIGHT[1], minute=0) + timedelta(days=local.hour >= NIGHT[0])
        return morning + timedelta(minutes=self.rng.randrange(25, 110))

    def let_system_act(self, moment: datetime) -> None:
        """What the worker would have done by then: a clock has run out, and a step of the system follows."""
        case = self.case
        while case.next_due_at and case.next_due_at <= moment and case.state in ACTS_IN:
            due = case.clocks.filter(kind__in=AT_THE_END, stopped_at=None, paused_at=None, due_at__lte=moment)
            fit = [c for c in due.order_by("due_at", "id") if case.state in AT_THE_END[c.kind][1]]
            if not fit:
                return
            self.take(AT_THE_END[fit[0].kind][0], SYSTEM, max(fit[0].due_at, self.now))

    def working_time(self, moment: datetime) -> datetime:
        """Some time on that day while offices are open, whether it is a working day or not."""
        return timezone.localtime(moment).replace(hour=9, minute=30) + timedelta(minutes=self.rng.randrange(450))

    def day_in(self, low: int, high: int, since: datetime | None = None) -> date:
        """A working day so many working days from then, or from now."""
        day = timezone.localtime(since or self.now).date()
        for _n in range(self.rng.randint(low, high)):
            day = self.ground.calendar.next_working_day(day)
        return day

    # ---- steps

    def step(self, name: str, by: Officer | Actor, at: datetime, **fields) -> Line:
        """One step of the table, with a look at the case before it now and then."""
        if isinstance(by, Officer):
            self._look(name, by, at)
        return self.take(name, by, at, **fields)

    def take(self, name: str, by: Officer | Actor, at: datetime, **fields) -> Line:
        line = import_string(BY_NAME[name].action)(case=self.case, by=by, at=at, **fields)
        self.now = at
        return line

    def _look(self, name: str, by: Officer, at: datetime) -> None:
        seen_at = max(at - timedelta(seconds=self.rng.randrange(40, 400)), self.case.received_at)
        if self.rng.randrange(100) < PAGES_OF_HUNDRED:
            self.looks.append(Look(case=self.case, officer=by, at=seen_at, what=Look.What.PAGE))
        if self.case.is_confidential or not self.planned.caller:
            return
        if self.rng.randrange(100) < LOOKS_OF_HUNDRED.get(name, 0):
            known = Look(case=self.case, officer=by, at=seen_at, what=Look.What.CONTACT, reason=LOOKS_BEFORE[name])
            if self.rng.randrange(100) < 4:
                known.reason, known.words = "other", self.say("look_other")
            self.looks.append(known)

    # ---- who

    @property
    def lead(self) -> Department:
        return self.ground.departments[self.case.lead_department_id]

    @property
    def handler(self) -> Officer:
        return self.of_lead(self.desk)

    def of_lead(self, post: str) -> Officer:
        return self.ground.of_unit(self.lead.code, post)

    def hotline(self, *logins: str, but: Officer | None = None) -> Officer:
        fit = [name for name in logins if but is None or name != but.username]
        return self.ground.officer(self.rng.choice(fit))

    def operator(self) -> Officer:
        names, shares = zip(*TURNS, strict=True)
        return self.ground.officer(self.rng.choices(names, shares)[0])

    def citizen(self) -> Actor:
        """The caller himself on the web; by telephone an operator acts for him."""
        return CITIZEN if self.planned.channel == "web" else Actor("citizen", self.operator())

    def author_of(self, *steps: str) -> Officer | None:
        last = self.case.lines.filter(step__in=steps).order_by("-no").first()
        return last.officer if last else None

    # ---- words

    def say(self, name: str, **filled) -> str:
        """One of the sentences of that list; the same one not twice in a case while there are others."""
        said = self.pick(name)
        return self.fill(said, **filled)

    def pick(self, name: str) -> Any:
        """The list in the caller's language where there is one."""
        pool = words().get(f"{name}_{self.problem.language}") or words()[name]
        start = self.said.setdefault(name, self.rng.randrange(len(pool)))
        self.said[name] = start + 1
        return pool[start % len(pool)]

    def fill(self, text: str, **filled) -> str:
        for name, value in filled.items():
            text = text.replace("{" + name + "}", value)
        return text

    def of_problem(self, texts: tuple[str, ...], turn: int = 0) -> str:
        return texts[(self.variant + turn) % len(texts)] if texts else ""

    def spoken(self, day: date) -> str:
        if self.problem.language == "en":
            return f"{day.day} {day:%B}"
        return f"{day.month}月{day.day}日"


def code_of(key: str) -> str:
    """Eight digits from the seed and the key of the case."""
    return f"{int(sha256(f'{SEED} code {key}'.encode()).hexdigest(), 16) % 10**8:08d}"
