"""What must hold after every step of a case? Asked of the rows that are there, never of the program that wrote them."""

from __future__ import annotations

from copy import copy

from django.db import connection

from suqiu.cases import journal
from suqiu.cases.advance import columns, hashed
from suqiu.cases.flow import EVIDENCE_OF_CLASS
from suqiu.cases.models import DISPATCHED_STATES, Case, Clock, Content, Cycle, Holding, Line
from suqiu.directory import chain
from suqiu.intake.models import Membership

SAID_AT_ONCE = ("answered", "unrated")  # verdicts of what no unit ever handled
OVER = "XCQZ"


class Watch:
    """One case, watched from its first line on: what it must always be, and what must never change about it."""

    def __init__(self, case: Case):
        self.pk, self.number, self.person, self.code = case.pk, case.number, case.person_id, case.query_code_hash
        self.first = ""
        self.verdicts: dict[int, str] = {}
        self.known: set[str] = set()  # names of the steps taken so far, those of the rule too
        self.no, self.head, self.columns = 0, "", {}
        self.fresh: list[str] = []  # names of the steps taken since the last check

    def parting(self) -> Watch:
        other = copy(self)
        other.known, other.verdicts = set(self.known), dict(self.verdicts)
        return other

    def check(self) -> None:
        case = Case.objects.get(pk=self.pk)
        assert (case.number, case.person_id, case.query_code_hash) == (self.number, self.person, self.code)
        self._chain_goes_on(case)
        self._somebody_answers(case)
        self._clocks_are_anchored(case)
        self._nothing_is_rewritten(case)
        self._closed_with_its_evidence(case)
        self._is_found_by_its_caller(case)

    def _chain_goes_on(self, case: Case) -> None:
        lines = list(case.lines.filter(no__gt=self.no).order_by("no"))
        self.fresh = [line.step for line in lines]
        for line in lines:
            assert (line.no, line.prev) == (self.no + 1, self.head)
            assert line.hash == chain.link(hashed(line, case.number)), line.step
            self.no, self.head, self.columns = line.no, line.hash, line.columns
            self.known.add(line.step)
        assert (self.no, self.head, self.columns) == (case.line_no, case.head, columns(case))

    def _somebody_answers(self, case: Case) -> None:
        held = list(case.holdings.filter(until=None))
        leads = [h for h in held if h.role == "lead"]
        firsts = [h.department_id for h in held if h.role == "first"]
        if case.state in OVER:
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
        if case.state in OVER:
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

    def _closed_with_its_evidence(self, case: Case) -> None:
        assert (case.closed_at is None) == (case.state not in OVER)
        if case.state != "C":
            assert case.verdict == ""
            return
        assert case.verdict
        if case.verdict in SAID_AT_ONCE:
            return
        assert case.evidence_class, "closed, and nobody knows what would have proved it"
        proof, kinds = proof_of(case)
        assert set(kinds) <= proof, (case.evidence_class, kinds, sorted(proof))

    def _is_found_by_its_caller(self, case: Case) -> None:
        """Merged or not: his own term runs, the case he waits for is alive, and what he was answered is his."""
        if case.state == "M":
            own = Membership.objects.select_related("event__lead").get(case=case, ended_at=None)
            assert own.event_id == case.event_id and own.event.lead_id not in (None, case.pk)
            assert own.event.lead.state not in OVER + "AFM", own.event.lead.state
            assert case.clocks.filter(kind__in=("outer", "redo"), stopped_at=None).exists()
            return
        assert not Membership.objects.filter(case=case, ended_at=None).exists()
        if "event_answered" in self.known:
            told = Line.objects.filter(case=case, step="event_answered").values_list("no", flat=True)
            words = Content.objects.filter(case=case, line_no__in=told, name="reply").exclude(body="")
            assert words.count() == len(told)

    def check_at_end(self) -> None:
        report = journal.verify(number=self.number)
        assert (report.chains, report.findings) == (1, [])
        with connection.cursor() as cursor:  # what the database would say at commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        withdrawn = Line.objects.filter(case=self.pk, step="withdraw").values_list("actor", flat=True)
        assert set(withdrawn) <= {"citizen"}


def proof_of(case: Case) -> tuple[set[str], tuple[str, ...]]:
    """What is held, and what its class asks for; of a case answered with others, the proof is the one of the case that was handled."""
    answered = case.lines.filter(step__in=("event_answered", "approve"), no__lte=case.line_no).order_by("-no").first()
    if answered is None or answered.step == "approve":
        return set(case.evidence_held), EVIDENCE_OF_CLASS[case.evidence_class]
    sent = Line.objects.get(case__number=answered.says["lead"], no=answered.says["lead_line"])
    return set(sent.columns["evidence_held"]), EVIDENCE_OF_CLASS[sent.columns["evidence_class"]]
