"""Does it hold whatever people do? Random legal walks through the table of steps, each checked after every step."""

from __future__ import annotations

import random
from collections import Counter
from copy import copy
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils.module_loading import import_string

from suqiu.cases import calendars, journal, periodic, rules
from suqiu.cases.advance import CITIZEN, Actor, columns, reactions_muted
from suqiu.cases.flow import STEPS, Field, Step
from suqiu.cases.models import DISPATCHED_STATES, OPEN_STATES, Case, Clock, Cycle, Holding, Share
from suqiu.cases.visibility import named_in_dispute, relations
from suqiu.directory.models import Area, Department, Matter, Officer
from suqiu.errors import Refused
from suqiu.intake import actions as intake
from suqiu.intake import merging
from suqiu.intake.demand import Demand
from suqiu.worktime.actions import load_year
from suqiu.worktime.models import CalendarDay
from suqiu.worktime.queries import calendar_changed
from tests.cast import MONDAY, Cast, photo

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
UNITS = ("C-HOUSING", "C-MARKET", "C-FIRE")
CENTRE, COUNTY_UNITS = "K-510824", ("B-510824-HOUSING", "B-510824-MARKET")
HOTLINE = "hw01 bz01 bz02 sl01 sl02 pd01 pd02 hf01 hf02 db01 db02 ld01 cd01 cd02".split()
POSTS = "jb1 jb2 sh fz".split()


@pytest.fixture(autouse=True)
def calendar_as_it_was():
    yield
    calendar_changed()


class City:
    """Rows that all walks share, read once. Every closed case is drawn, so that a walk goes on behind a closing."""

    def __init__(self):
        Share.objects.update(percent=100)
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


class Walk:
    """One case on its way, and what must never change about it."""

    def __init__(self, city: City, seed: str):
        self.city, self.seed, self.dice = city, seed, random.Random(seed)
        self.now = MONDAY + timedelta(hours=self.dice.randrange(160))
        demand = Demand(text="电梯坏了三天", phone="13812342217", channel="phone")
        for n in range(2 if self.dice.random() < 0.6 else 0):  # he has called twice about the same
            intake.receive(demand=demand, by=CITIZEN, at=self.now - timedelta(days=9 - n), key=f"before-{seed}-{n}")
        self.case, _code = intake.receive(demand=demand, by=CITIZEN, at=self.now, key=f"walk-{seed}")
        self.taken: list[str] = ["receive"]
        self.first = ""
        self.verdicts: dict[int, str] = {}
        self.known: set[str] = set()  # names of the steps taken so far, those of the rule too
        self.checked, self.line, self.promised, self.is_over = 0, None, False, False
        self.lead: Case | None = None  # the case that this one is merged into

    def parting(self, number: int) -> Walk:
        """The same walk up to here, with dice of its own from here on."""
        other = copy(self)
        other.seed = f"{self.seed}.{number}"
        other.dice, other.case = random.Random(other.seed), Case.objects.get(pk=self.case.pk)
        other.taken, other.known, other.verdicts = list(self.taken), set(self.known), dict(self.verdicts)
        return other

    def go(self, steps: int) -> None:
        for _step in range(steps):
            self.now += timedelta(minutes=self.dice.choice((7, 40, 150, 600, 1600)))
            if self.dice.random() < 0.15:
                periodic.steps_of_the_system(self.now)
                self.case.refresh_from_db()
            if self.dice.random() < 0.02:
                self.a_calendar_is_loaded()
            if self.case.state == "M" and self.dice.random() < 0.3:
                self.the_lead_is_answered()
            choices = self.choices()
            if not choices:
                self.is_over = True
                return
            row, by = self.dice.choices(choices, [self.weight(row) for row, _by in choices])[0]
            if self.take(row, by):
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
        line = cast.do("approve", lead, cast.reviewer(), at=self.now)
        assert merging.answer_members(line, self.now) == 1 and merging.answer_members(line, self.now) == 0
        self.case.refresh_from_db()
        self.check()

    def choices(self) -> list[tuple[Step, Actor | Officer]]:
        """Every row that allows somebody to take it now, each with one who may."""
        holdings = self.holdings()
        here = {h.department_id for h in holdings} | {named_in_dispute(self.case)}
        people = [o for o in self.city.people.values() if o.department_id in here]
        self.dice.shuffle(people)
        self.promised = self.known & {"promise", "call_meeting", "approve"} and self.case.promises.exists()
        held_by = {o: relations(o, self.case, holdings) for o in people}
        found: list[tuple[Step, Actor | Officer]] = []
        for row in STEPS:
            if row.name in TAKEN_BY_THE_RULE or self.case.state not in row.start:
                continue
            may: list[Actor | Officer] = [CITIZEN] if "citizen" in row.who else []
            may += [o for o, held in held_by.items() if rules.is_allowed(row, "officer", held)][:1]
            if row.name in ("keep", "renegotiate", "ask_new_time") and not self.promised:
                continue
            if may and not rules.refusal(row, self.case, *self._stands(may[0], held_by), mind_evidence=False):
                found += [] if rules.missing_from_others(row, self.case) else [(row, may[0])]
        return found

    def holdings(self) -> list[Holding]:
        found = list(self.case.holdings.all())
        for held in found:
            held.department = self.city.units[held.department_id]
        return found

    def weight(self, row: Step) -> float:
        """What is already proven is seldom proven again."""
        is_done = row.name in self.case.evidence_held and (row.name != "visit" or "photo" in self.case.evidence_held)
        return 0.5 if is_done else WEIGHTS.get(row.name, 1)

    @staticmethod
    def _stands(by: Actor | Officer, held_by: dict) -> tuple[str, set[str]]:
        return ("citizen", set()) if by is CITIZEN else ("officer", held_by[by])

    def take(self, row: Step, by: Actor | Officer) -> bool:
        """False when it was refused: out loud, and without a trace."""
        before = self.case.line_no
        try:
            import_string(row.action)(
                case=self.case, by=by, at=self.now, **{f.name: self.value(row, f) for f in row.asks}
            )
        except Refused as no:
            assert str(no.reason) and no.status in (403, 409, 422), no
            assert Case.objects.values_list("line_no", flat=True).get(pk=self.case.pk) == before
            return False
        self.taken.append(row.name)
        return True

    def value(self, row: Step, field: Field):
        if not field.is_required and self.dice.random() < (0.1 if field.name == "after" else 0.4):
            return None
        if (row.name, field.name) == ("attempt", "outcome"):
            return self.dice.choice(("answered", "answered", "answered", "no_answer"))
        if (row.name, field.name) == ("invite", "phone"):
            return "13900001234"
        made = getattr(self, f"_{field.kind}", None)
        return made(row, field) if made else f"{field.label} {self.dice.randrange(1000)}"

    def _choice(self, row, field):
        if (row.name, field.name) == ("contact", "outcome") and self.dice.random() < 0.6:
            return "connected"
        return self.dice.choice(field.choices)[0]

    def _number(self, row, field):
        return self.dice.randint(1, 7)

    def _yes(self, row, field):
        return self.dice.random() < 0.5

    def _moment(self, row, field):
        return self.now if field.name == "visited_at" else self.now + timedelta(hours=self.dice.randint(2, 60))

    def _day(self, row, field):
        return (self.now + timedelta(days=self.dice.randint(2, 90))).date()

    def _matter(self, row, field):
        return self.dice.choice(self.city.matters)

    def _area(self, row, field):
        return self.dice.choice(self.city.areas)

    def _department(self, row, field):
        if field.name == "about_department":
            return None
        return self.city.units[self.dice.choice(COUNTY_UNITS if row.name == "send_on" else (*UNITS, CENTRE))]

    def _departments(self, row, field):
        return [self.city.units[self.dice.choice((*UNITS, "C-HEALTH"))]]

    def _officer(self, row, field):
        post = {"officer": "jb1", "substitute": "jb2"}[field.name]
        return self.city.people.get(f"{self.case.lead_department_id.lower()}-{post}")

    def _anyone(self, row, field):
        return None

    def _photos(self, row, field):
        return [SimpleUploadedFile("现场.jpg", self.city.picture)]

    def _place(self, row, field):
        return (105.8, 32.4, 10.0)

    def _case(self, row, field):
        """What others called about too, in the hands of a unit; or what he was answered before."""
        if field.name == "earlier":
            return Cast().closed(at=self.now - timedelta(days=5), text="电梯坏了三天")
        self.lead = Cast().in_hand(at=self.now - timedelta(hours=5))
        return self.lead

    def _asks(self, row, field):
        outcome = self.dice.choice(
            ({"outcome": "answered"}, {"outcome": "declined", "basis": "条例"}, {"outcome": "planned"})
        )
        is_own = row.name == "draft_reply"
        return {ask.no: outcome for ask in self.case.asks.all() if (ask.department_id is None) == is_own}

    def _points(self, row, field):
        return [self.dice.choice([a.no for a in self.case.asks.all()] or [1])]

    def _promise(self, row, field):
        return self.case.promises.filter(kept_at=None, replaced_by=None).first() or self.case.promises.first()

    # ---- what must hold

    def check(self) -> None:
        case = Case.objects.get(pk=self.case.pk)
        lines = list(case.lines.filter(no__gt=self.checked).order_by("no"))
        self.known |= {line.step for line in lines}
        self.checked, line = case.line_no, lines[-1] if lines else self.line
        self.line = line
        assert (line.no, line.hash, line.columns) == (case.line_no, case.head, columns(case))
        self._somebody_answers(case)
        self._clocks_are_anchored(case)
        self._nothing_is_rewritten(case)
        if case.state == "C":
            assert case.verdict and case.closed_at
            assert case.evidence_class or case.verdict in ("answered", "unrated")
        else:
            assert case.verdict == ""
        assert (case.closed_at is None) == (case.state in OPEN_STATES or case.state in "AM")

    def _somebody_answers(self, case: Case) -> None:
        held = list(case.holdings.filter(until=None))
        leads = [h for h in held if h.role == "lead"]
        firsts = [h.department_id for h in held if h.role == "first"]
        if case.state not in OPEN_STATES and case.state not in "AM":
            assert held == []
            return
        assert case.lead_department_id == max(leads, key=lambda h: Holding.DEPTH[h.level]).department_id
        assert len({h.level for h in leads}) == len(leads)
        assert firsts in ([], [case.first_department_id])
        if case.state in DISPATCHED_STATES:
            assert len(firsts) == 1
        if self.known & {"return_case", "object"}:
            disputes = list(case.disputes.filter(is_open=True).values_list("state", flat=True))
            assert disputes == ([case.dispute] if case.dispute else [])

    def _clocks_are_anchored(self, case: Case) -> None:
        running = list(Clock.objects.filter(case=case, stopped_at=None))
        for clock in running:
            assert clock.anchor in self.known and clock.anchor_at <= clock.due_at, clock.kind
            assert clock.explanation and clock.explanation[0][0] in ("from", "recomputed"), clock.kind
            assert (clock.paused_at is None) or case.state in "WA", clock.kind
        if case.state in "CQXZ":
            asked = {"follow_up"} if case.state == "Q" else set()
            assert {c.kind for c in running} <= {"promise", "appeal"} | asked
        elif case.state not in "W":
            assert {c.kind for c in running} - {"promise"}, "nothing presses on an open case"
        ticking = [(c.due_at, c.pk, c.kind) for c in running if c.paused_at is None and c.kind != "promise"]
        assert (case.next_due_at, case.next_due_kind) == ((min(ticking)[0], min(ticking)[2]) if ticking else (None, ""))

    def _nothing_is_rewritten(self, case: Case) -> None:
        if self.first:
            assert case.first_department_id == self.first  # named to the caller to the end
        self.first = case.first_department_id or ""
        if case.cycle == 1 and case.state in "RWDSHVA":
            return
        cycles = list(Cycle.objects.filter(case=case).order_by("no").values_list("no", "verdict", "ended_at"))
        ended = {no: verdict for no, verdict, ended_at in cycles if ended_at}
        assert self.verdicts.items() <= ended.items()
        self.verdicts = ended
        assert [no for no, *_rest in cycles] == list(range(1, case.cycle + 1))

    def check_at_end(self) -> None:
        report = journal.verify(number=self.case.number)
        assert (report.chains, report.findings) == (1, [])
        with connection.cursor() as cursor:  # what the database would say at commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if self.case.state == "Q":
            assert {ln.actor for ln in self.case.lines.filter(step="withdraw")} == {"citizen"}


def walk(one: Walk, lengths: tuple[int, ...], taken: Counter) -> int:
    """Goes on for lengths[0] steps, and from there in four ways for the rest. Returns how many whole walks that were.

    Walks that share their beginning walk it once: each is taken back to where the next one parts from it.
    """
    calendar_changed()  # what an earlier walk loaded is gone
    with transaction.atomic():
        try:
            one.go(lengths[0])
            if len(lengths) == 1 or one.is_over:
                one.check_at_end()
        except Exception as error:
            error.add_note(f"seed {one.seed}: {' '.join(one.taken)} at {datetime.isoformat(one.now)}")
            raise
        if len(lengths) == 1 or one.is_over:
            taken.update(one.case.lines.values_list("step", flat=True))
            walks = 1
        else:
            walks = sum(walk(one.parting(number), lengths[1:], taken) for number in range(4))
        transaction.set_rollback(True)
    return walks


def test_a_hundred_and_fifty_walks(db):
    city, taken, walks, seed = City(), Counter(), 0, 0
    while walks < 150:
        with transaction.atomic(), reactions_muted():
            walks += walk(Walk(city, str(seed)), (5, 5, 4), taken)
            transaction.set_rollback(True)
        seed += 1
    assert taken["receive"] == walks and sum(taken.values()) > 1500
    never = {s.name for s in STEPS} - set(taken)
    assert len(never) < 12, never  # they go everywhere, not round in a circle
    assert not never & {"merge", "unmerge", "event_answered", "sign_family"}  # and into an event and out of it


@pytest.mark.long
def test_a_thousand_long_walks(db):
    city, taken = City(), Counter()
    for seed in range(1000):
        with transaction.atomic(), reactions_muted():
            walk(Walk(city, f"long-{seed}"), (40,), taken)
            transaction.set_rollback(True)
    assert {s.name for s in STEPS} - set(taken) <= {"archive"}
