"""How does a case walk at random through the table of steps? Whoever may do something does it; what nobody did yet draws them."""

from __future__ import annotations

import random
from collections import Counter
from copy import copy
from datetime import timedelta

from django.utils.module_loading import import_string

from suqiu.cases import calendars, events, periodic, rules
from suqiu.cases.advance import CITIZEN, Actor
from suqiu.cases.flow import STEPS, Step
from suqiu.cases.models import Case, Clock, Holding, Line
from suqiu.cases.visibility import named_in_dispute, relations
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.errors import Refused
from suqiu.intake import merging
from suqiu.worktime.actions import load_year
from suqiu.worktime.models import CalendarDay
from tests.cast import MONDAY, Cast, drawn_of_a_hundred, photo

from .must_hold import Watch
from .walking_from import BEGINNINGS, DAY, called_again
from .walking_values import CENTRE, COUNTY_UNITS, UNITS, Typing

TAKEN_BY_THE_RULE = {"receive", "archive", "close_unanswered", "lead_event", "event_answered", "not_come"}
WEIGHTS = {  # what people do often, and what ends a walk early
    **dict.fromkeys("draft_reply approve attempt".split(), 30),
    **dict.fromkeys("accept dispatch send_on sign_in contact visit".split(), 10),
    **dict.fromkeys(
        "resume first_sees decide_return decide_extension decide_new_time take_new_time meet off_ledger decide hang review_answer".split(),
        6,
    ),
    **dict.fromkeys(
        "return_case ask_to_hang appeal decide_appeal ask_withdrawn confirm_correction not_answered close_lawful refer_up".split(),
        5,
    ),
    **dict.fromkeys("tell_hand_over find_lawful redo close divert suspect send_up".split(), 4),
    "merge": 1.5,
    "answer_again": 6,
    "sign_family": 60,
    **dict.fromkeys("caller_adds promise ask_caller answer_at_once correct assign file_outcome".split(), 0.4),
    **dict.fromkeys("rule confirm_ruling decide_asks".split(), 8),
    **dict.fromkeys("object state_view to_panel split".split(), 2),
    "withdraw": 0.1,
    "invite": 3,
    "confirm_meeting": 3,
    "explain": 2,
}
HOTLINE = "hw01 bz01 bz02 sl01 sl02 pd01 pd02 hf01 hf02 db01 db02 ld01 cd01 cd02".split()
POSTS = "jb1 jb2 sh fz".split()
DRAWN_TO = {0: 8, 1: 4, 2: 2}  # so many times more likely, what was taken so seldom in all walks before


class City:
    """Rows that all walks share, read once. Every closed case is drawn, so that a walk goes on behind a closing."""

    def __init__(self):
        drawn_of_a_hundred(100)
        names = [*HOTLINE, *(f"{u.lower()}-{p}" for u in (*UNITS, "C-HEALTH", *COUNTY_UNITS) for p in POSTS)]
        names += [f"{CENTRE.lower()}-pd{n}" for n in (1, 2)]
        self.people = {o.username: o for o in Officer.objects.filter(username__in=names).select_related("department")}
        self.units = Department.objects.select_related("area__parent").in_bulk(
            ["HOTLINE", *UNITS, "C-HEALTH", CENTRE, *COUNTY_UNITS]
        )
        self.areas = list(Area.objects.filter(code__in=("510802001", "510824100")))
        self.matters = [
            Matter.objects.filter(level=3, evidence_class=c).order_by("code")[0]
            for c in ("on_site", "explanation", "plan")
        ]
        self.picture = photo().read()
        self.taken: Counter = Counter()  # in all walks so far
        self.beside: Counter = Counter()  # the same of the cases beside them


class Walk(Typing):
    """One case on its way, and everybody who waits for it or whom it waits for."""

    def __init__(self, city: City, seed: str):
        self.city, self.seed, self.dice = city, seed, random.Random(seed)
        self.now = MONDAY + timedelta(hours=self.dice.randrange(160))
        begin = BEGINNINGS[int(seed.split("-")[-1]) % len(BEGINNINGS)]
        self.case = begin(Cast(), self.now)
        self.watch = Watch(self.case)
        self.taken: list[str] = [begin.__name__]
        self.promised, self.is_over, self.was_answered = False, False, begin is called_again
        self.lead: Case | None = None  # the case that this one is merged into
        self.refused: set[str] = set()  # since the last step that was taken
        self.others: list[Watch] = []  # those who were merged into this one
        self.check()

    def parting(self, number: int) -> Walk:
        """The same walk up to here, with dice of its own from here on."""
        other = copy(self)
        other.seed = f"{self.seed}.{number}"
        other.dice, other.case = random.Random(other.seed), Case.objects.get(pk=self.case.pk)
        other.taken, other.refused, other.watch = list(self.taken), set(self.refused), self.watch.parting()
        other.others = [watch.parting() for watch in self.others]
        return other

    def go(self, steps: int) -> None:
        for _step in range(steps):
            self.now += timedelta(minutes=self.dice.choice((7, 40, 150, 600, 1600)))
            self.what_happens_meanwhile()
            choices = self.choices()
            if self.refused >= {row.name for row, _by in choices}:  # nobody can do anything any more
                self.is_over = True
                return
            row, by = self.dice.choices(choices, [self.weight(row) for row, _by in choices])[0]
            if self.take(row, by):
                self.check()

    def what_happens_meanwhile(self) -> None:
        if self.case.state == "C" and self.dice.random() < 0.3:
            self.now += 32 * DAY
        if self.dice.random() < 0.15:
            self.the_worker_comes()
        if self.dice.random() < 0.02:
            self.a_calendar_is_loaded()
        if self.case.state == "M" and self.dice.random() < 0.3:
            self.the_lead_is_answered()
        if self.case.state in "RDSH" and len(self.others) < 2 and self.dice.random() < 0.06:
            self.another_is_merged()
        if self.others and self.dice.random() < 0.3:
            self.another_rates()

    def the_worker_comes(self) -> None:
        """And leaves no clock behind that has run out and could never end."""
        periodic.steps_of_the_system(self.now)
        for kind, (_name, states) in periodic.AT_THE_END.items():
            late = Clock.objects.filter(kind=kind, stopped_at=None, paused_at=None, due_at__lte=self.now)
            assert not late.filter(case__state__in=states).exists(), kind
        self.case.refresh_from_db()
        self.check()

    def a_calendar_is_loaded(self) -> None:
        """One of the next weekdays becomes a holiday, in a year that may have had no calendar yet."""
        day = (self.now + timedelta(days=self.dice.randint(1, 20))).date()
        day -= timedelta(days=max(0, day.weekday() - 4))
        known = CalendarDay.objects.filter(day__year=day.year).exclude(day=day)
        days = [*known.values_list("day", "is_working", "name"), (day, False, "放假")]
        load_year(year=day.year, days=days, source="通知")
        calendars.recompute_all(self.now)
        self.case.refresh_from_db()
        self.check()

    def the_lead_is_answered(self) -> None:
        """Somebody handles the other case to its reply; everybody who was merged into it is answered."""
        cast, lead = Cast(), self.lead
        lead.refresh_from_db()
        cast.prove(lead, at=self.now)
        cast.reply(lead, at=self.now, to_others="同一件事办好了。")
        self.now += timedelta(hours=7)
        waiting = events.waiting(lead).count()
        line = cast.do("approve", lead, cast.reviewer(), at=self.now)
        assert merging.answer_members(line, self.now) == waiting >= 1 and merging.answer_members(line, self.now) == 0
        self.case.refresh_from_db()
        self.check()

    def another_is_merged(self) -> None:
        """Somebody else called about the same; from here on he waits for this one."""
        cast = Cast()
        cast.caller_phone = f"1390000{1000 + len(self.others)}"
        other = cast.accepted(at=self.now - timedelta(hours=3), text=f"我们楼电梯不动了，第 {len(self.others)} 家")
        try:
            cast.do("merge", other, cast.operator, at=self.now, into=self.case, words="同一部电梯")
        except Refused:  # secret, about somebody, or redone for its own caller alone
            assert Case.objects.get(pk=other.pk).state == "D"
        self.others.append(Watch(other))
        self.check()

    def another_rates(self) -> None:
        """Who was answered with this one says for himself how it was; nobody else's answer changes by that."""
        other = Case.objects.get(pk=self.dice.choice(self.others).pk)
        if other.state != "F" or other.attempts.exists():
            return
        before = list(self.case.attempts.values_list("pk", "satisfied"))
        Cast().citizen("attempt", other, at=self.now, outcome="answered", way="online", solved="yes", satisfied="4")
        assert (other.state, other.verdict, other.attempts.get().satisfied) == ("C", "solved", "4")
        assert list(self.case.attempts.values_list("pk", "satisfied")) == before
        self.check()

    def check(self) -> None:
        for watch in (self.watch, *self.others):
            watch.check()
        self.city.taken.update(self.watch.fresh)

    def beside(self) -> list[str]:
        """Steps of the other cases of this walk: of whom it waits for, of who waits for it, of what was there before."""
        return list(Line.objects.exclude(case=self.case.pk).values_list("step", flat=True))

    def choices(self) -> list[tuple[Step, Actor | Officer]]:
        """Every row that allows somebody to take it now, each with one who may."""
        holdings = self.holdings()
        here = {h.department_id for h in holdings} | {named_in_dispute(self.case)}
        people = [o for o in self.city.people.values() if o.department_id in here]
        self.dice.shuffle(people)
        self.promised = self.watch.known & {"promise", "call_meeting", "approve"} and self.case.promises.exists()
        held_by = {o: relations(o, self.case, holdings) for o in people}
        found: list[tuple[Step, Actor | Officer]] = []
        for row in STEPS:
            if row.name in TAKEN_BY_THE_RULE or self.case.state not in row.start:
                continue
            may: list[Actor | Officer] = [CITIZEN] if "citizen" in row.who else []
            may += [o for o, held in held_by.items() if rules.is_allowed(row, "officer", held)][:1]
            if row.name in ("keep", "renegotiate", "ask_new_time") and not self.promised:
                continue
            if row.name == "answer_again" and not self.earlier():
                continue
            if may and not rules.refusal(row, self.case, *self._stands(may[0], held_by), mind_evidence=False):
                found += [] if rules.missing_from_others(row, self.case) else [(row, may[0])]
        return found

    def earlier(self) -> Case | None:
        """What the same caller was answered before, by a unit."""
        return Case.objects.filter(person=self.case.person_id, state="C").first() if self.was_answered else None

    def holdings(self) -> list[Holding]:
        found = list(self.case.holdings.all())
        for held in found:
            held.department = self.city.units[held.department_id]
        return found

    def weight(self, row: Step) -> float:
        """What is already proven is seldom proven again."""
        is_done = row.name in self.case.evidence_held and (row.name != "visit" or "photo" in self.case.evidence_held)
        drawn_to = DRAWN_TO.get(self.city.taken[row.name], 1)
        if row.name in self.refused:  # asked for in vain as things stand: seldom asked for again
            drawn_to = 0.2
        return 0.5 if is_done else WEIGHTS.get(row.name, 1) * drawn_to

    def take(self, row: Step, by: Actor | Officer) -> bool:
        """False when it was refused: out loud, and without a trace."""
        before = self.case.line_no
        try:
            typed = {f.name: self.value(row, f) for f in row.asks}
            import_string(row.action)(case=self.case, by=by, at=self.now, **typed)
        except Refused as no:
            assert str(no.reason) and no.status in (403, 409, 422), no
            assert Case.objects.values_list("line_no", flat=True).get(pk=self.case.pk) == before
            self.refused.add(row.name)
            return False
        self.taken.append(row.name)
        self.refused.clear()
        if row.name == "approve":  # the worker is there at once
            merging.answer_left_over(self.now)
            self.case.refresh_from_db()
        return True

    @staticmethod
    def _stands(by: Actor | Officer, held_by: dict) -> tuple[str, set[str]]:
        return ("citizen", set()) if by is CITIZEN else ("officer", held_by[by])
