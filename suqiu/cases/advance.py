"""How does a case move? One decorator: locks the case, asks the table, runs the room's function, writes the line, sets off what follows.

    @step("sign_in")
    def sign_in(s: Stepping) -> None: ...

makes `sign_in(case=..., by=..., at=..., key=None, seen=None, **fields) -> Line`: one use case, one transaction, one line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from suqiu.directory import chain
from suqiu.directory.models import Officer
from suqiu.errors import Refused
from suqiu.gateways import storage

from . import asking, rules, searching
from .flow import BEFORE, BY_NAME, STAY, Step
from .models import OPEN_STATES, Case, Content, Cycle, Holding, Line
from .visibility import relations

PAUSED_FROM = BY_NAME["ask_caller"].start
ENDED = "XCQZ"  # states in which a case has a time of closing; answered at once (A) still waits for the caller
OUTLIVES_CYCLE = {"correction", "new_time_asked", "new_time_offered"}  # questions that a redo does not answer
_are_reactions_muted: ContextVar[bool] = ContextVar("reactions_muted", default=False)


@dataclass(frozen=True)
class Actor:
    """Who takes a step. An officer may act for the caller (kind citizen with an officer): both stay on the line."""

    kind: str  # officer | citizen | system
    officer: Officer | None = None


CITIZEN = Actor("citizen")
SYSTEM = Actor("system")


@dataclass
class Stepping:
    """A step being taken: the locked case, who, when, and what will be written."""

    row: Step
    case: Case
    by: Actor
    at: datetime
    holdings: list[Holding]
    relations: set[str]
    says: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # name in the line -> salted digest
    to: str = ""
    acts_for: str | None = None  # the department in whose name the officer acts, as it stood when the step began

    @property
    def line_no(self) -> int:
        return self.case.line_no + 1

    @property
    def officer(self) -> Officer | None:
        return self.by.officer

    @property
    def lead(self) -> Holding:
        """The deepest open lead: it owns the state."""
        return rules.lead_of(self.holdings)

    @property
    def first(self) -> Holding | None:
        return next((h for h in self.holdings if h.role == "first" and h.until is None), None)

    @property
    def holding(self) -> Holding:
        """The open holding on whose behalf the officer acts: lead before assist before first."""
        own = self.officer.departments_as() if self.officer else set()
        mine = [h for h in self.holdings if h.until is None and h.department_id in own]
        order = {"lead": 0, "assist": 1, "first": 2}
        return min(mine, key=lambda h: (order[h.role], -h.DEPTH[h.level]), default=self.lead)

    def hold(self, *kinds: str) -> None:
        """Adds kinds of evidence to those held in this cycle."""
        self.case.evidence_held = sorted(set(self.case.evidence_held) | set(kinds))

    def drop(self, *kinds: str) -> None:
        self.case.evidence_held = sorted(set(self.case.evidence_held) - set(kinds))


def step(name: str) -> Callable:
    """Binds a room's function to its row of the table."""
    row = BY_NAME[name]

    def bind(function: Callable[..., None]) -> Callable[..., Line]:
        @functools.wraps(function)
        def take(
            *,
            case: Case,
            by: Actor | Officer,
            at: datetime | None = None,
            key: str | None = None,
            seen: int | None = None,
            **fields,
        ) -> Line:
            with storage.together(), transaction.atomic():
                locked = Case.objects.select_for_update().get(pk=case.pk)
                if key and (done := Line.objects.filter(key=key).first()):
                    return _same_answer(done, locked, row)
                s = _open(row, locked, by, at or timezone.now(), seen)
                asking.take_fields(s, fields)
                function(s, **{k: v for k, v in fields.items() if v is not None})
                line = _finish(s, key)
            _refresh(case, s.case)
            return line

        take.row = row
        return take

    return bind


def open_case(
    *,
    case: Case,
    by: Actor | Officer,
    at: datetime,
    says: dict,
    words: dict[str, str],
    key: str | None,
    step_name: str = "receive",
) -> Stepping:
    """The first step of a new, unsaved case; the caller finishes it with `finish`."""
    row, actor = BY_NAME[step_name], _actor(by)
    held = relations(actor.officer, case, []) if actor.officer else set()
    if not rules.is_allowed(row, actor.kind, held):
        raise rules.not_yours(row).error(case)
    case.state, case.line_no = row.to, 0
    case.save(force_insert=True)
    acts_for = actor.officer.department_id if actor.officer else None
    return Stepping(row, case, actor, at, [], held, says=says, words=words, to=row.to, acts_for=acts_for)


def finish(s: Stepping, key: str | None = None) -> Line:
    return _finish(s, key)


@contextmanager
def reactions_muted():
    """Nothing follows the steps taken inside (the demo city and history import)."""
    token = _are_reactions_muted.set(True)
    try:
        yield
    finally:
        _are_reactions_muted.reset(token)


def are_reactions_muted() -> bool:
    """For the few acts that tell somebody and are no step of a case."""
    return _are_reactions_muted.get()


def _actor(by: Actor | Officer) -> Actor:
    return by if isinstance(by, Actor) else Actor("officer", by)


def _open(row: Step, case: Case, by: Actor | Officer, at: datetime, seen: int | None) -> Stepping:
    actor = _actor(by)
    all_holdings = list(case.holdings.select_related("department", "officer"))
    held = relations(actor.officer, case, all_holdings) if actor.officer else set()
    holdings = [h for h in all_holdings if h.until is None]
    if seen is not None and seen < case.line_no:
        asking.check_fresh(case, seen, row)
    refusal = rules.refusal(
        row, case, actor.kind, held, is_third_party=bool(actor.officer and actor.officer.is_third_party)
    )
    if refusal and not (refusal.is_about_evidence and "class" in row.evidence):
        raise refusal.error(case)
    if actor.kind == "citizen" and actor.officer and not any(word.endswith("@hotline") for word in held):
        raise rules.not_yours(row).error(case)  # only the hotline speaks for the caller, never a unit
    if row.not_by and actor.officer:
        asking.check_other_person(row, case, actor.officer)
    s = Stepping(row, case, actor, at, holdings, held, to=row.to[0])
    if actor.officer:
        s.acts_for = s.holding.department_id if row.is_handling and holdings else actor.officer.department_id
    return s


def _finish(s: Stepping, key: str | None) -> Line:
    case, no = s.case, s.line_no
    asking.check_evidence_at_end(s)
    _set_state(s)
    contents = [_content(case, no, name, body) for name, body in s.words.items() if body]
    Content.objects.bulk_create(contents)
    line = Line(case=case, no=no, step=s.row.name, actor=s.by.kind, officer=s.by.officer, at=s.at, key=key)
    line.department_id = s.acts_for
    line.says, line.columns = chain.plain(s.says), columns(case)
    line.contents = {c.name: chain.digest(c.salt, c.body.encode()) for c in contents} | s.files
    line.prev = case.head
    line.hash = chain.link(hashed(line, case.number))
    case.line_no, case.head = no, line.hash
    case.save()
    line.save(force_insert=True)
    searching.note(line, case, s.words)
    _follow(s.row.name, line)
    return line


def columns(case: Case) -> dict[str, Any]:
    """The chained columns as the line holds them and as the database trigger compares them."""
    return {name: chain.plain(getattr(case, name)) for name in Case.CHAINED}


def hashed(line: Line, number: str) -> dict[str, Any]:
    """The parts of a line that its hash covers."""
    own = ("no", "step", "actor", "officer_id", "department_id", "at", "says", "columns", "contents", "prev")
    return {"case": number} | {f: getattr(line, f) for f in own}


def _set_state(s: Stepping) -> None:
    case = s.case
    allowed = PAUSED_FROM if s.row.to == BEFORE else s.row.to
    if s.to not in allowed:
        raise AssertionError(f"{s.row.name} may lead to {allowed}, not {s.to}")
    if s.to == STAY:
        return
    case.state = s.to
    if case.state in ENDED and case.closed_at is None:
        case.closed_at = s.at
    if case.state in OPEN_STATES:
        case.closed_at = None


def _content(case: Case, no: int, name: str, body: str) -> Content:
    return Content(case=case, line_no=no, name=name, body=body, salt=chain.new_salt())


def _follow(name: str, line: Line) -> None:
    if are_reactions_muted():
        return
    from .tasks import react

    for reaction in import_string(settings.REACTIONS).get(name, ()):
        dotted = f"{reaction.__module__}.{reaction.__name__}"
        react.configure(lock=f"{line.case_id}:{dotted}").defer(line_id=line.pk, reaction=dotted)


def _same_answer(done: Line, case: Case, row: Step) -> Line:
    """What is asked twice with one key is answered identically; another step under the same key is refused."""
    if done.case_id != case.pk or done.step != row.name:
        raise Refused(_("这份表单已经用过了，请刷新页面"))
    return done


def _refresh(given: Case, locked: Case) -> None:
    """The caller's object shows what is now in the database."""
    for f in Case._meta.concrete_fields:
        setattr(given, f.attname, getattr(locked, f.attname))


def open_cycle(s: Stepping, why: str) -> None:
    """A redo opens the next cycle; the old one keeps its verdict, and evidence starts from nothing."""
    case = s.case
    if why != "received":
        case.cycle += 1
    Cycle.objects.create(case=case, no=case.cycle, opened_at=s.at, why=why)
    case.evidence_held = sorted(OUTLIVES_CYCLE & set(case.evidence_held))


def end_cycle(s: Stepping, verdict: str) -> None:
    """The first verdict of a cycle stays: what a leader decides later is the case's, not the cycle's."""
    Cycle.objects.filter(case=s.case, no=s.case.cycle, ended_at=None).update(ended_at=s.at, verdict=verdict)
