"""What does a citizen's page rest on? One read of a case, the same number of queries however long its life; and the home page's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from suqiu.cases import events
from suqiu.cases.models import (
    Ask,
    Attachment,
    Case,
    Clock,
    ClockKind,
    Content,
    Hanging,
    Holding,
    Line,
    Look,
    Promise,
    Seal,
    Verdict,
)
from suqiu.followup.models import Attempt, LookBack
from suqiu.handling.models import Reply

LOOKS_SHOWN = 50
DAYS_COUNTED = 30
NUMBER_SECONDS = 600

# What a citizen may read beside the journal: his own words, and what was written to him. All else stays inside.
WRITTEN_TO_HIM = {
    ("receive", "text"),
    ("ask_caller", "words"),
    ("answer_at_once", "answer"),
    ("answer_at_once", "source"),
    ("answer_again", "answer"),
    ("answer_again", "source"),
    ("event_answered", "reply"),
    ("divert", "words"),
    ("divert", "way"),
    ("divert", "basis"),
    ("ask_extension", "words"),
    ("decide_extension", "words"),
    ("decide_appeal", "words"),
    ("decide_new_time", "words"),
}
HIS_OWN = {
    "caller_adds",
    "resume",
    "not_answered",
    "appeal",
    "ask_new_time",
    "withdraw",
    "attempt",
    "confirm_meeting",
    "look_back",
}  # by himself, or by an officer for him
NAMES_READ = ("text", "words", "answer", "source", "way", "basis", "reply")


@dataclass
class CasePage:
    """A case with all that its citizen may see of it."""

    case: Case
    lines: list[Line]
    texts: dict[tuple[int, str], Content]
    clocks: list[Clock]
    replies: list[Reply]
    files: list[Attachment]
    looks: list[Look]
    holdings: list[Holding]
    hangings: list[Hanging]

    def text(self, line: Line, name: str) -> Content | None:
        """A text beside this line, if it is one that he may read."""
        is_his = line.step in HIS_OWN and line.actor == "citizen" and name == "words"
        return self.texts.get((line.no, name)) if is_his or (line.step, name) in WRITTEN_TO_HIM else None

    def last(self, step: str) -> Line | None:
        return next((line for line in reversed(self.lines) if line.step == step), None)

    def open_promises(self, now: datetime) -> list[Promise]:
        """What a unit has promised and is still to come."""
        given = {c.promise.pk: c.promise for c in self.clocks if c.promise}
        return [p for p in given.values() if not p.kept_at and not p.replaced_by_id and p.due_at > now]

    @property
    def reply(self) -> Reply | None:
        """The latest that was approved."""
        return next((r for r in reversed(self.replies) if r.approved_at), None)

    @property
    def lead(self) -> Case | None:
        """The case that is handled for this one, while it waits with others."""
        return events.lead_of(self.case)

    @property
    def reply_text(self) -> Content | None:
        return self.texts.get((self.reply.line_no, "reply")) if self.reply else None

    @property
    def are_asks_answered(self) -> bool:
        """A draft writes the outcome of each ask before anybody has approved it: until then nothing is said of them."""
        if not self.replies:
            return self.case.state == "A" or any(line.step == "event_answered" for line in self.lines)
        return self.case.state == "A" or bool(self.replies[-1].approved_at)

    @property
    def sent_files(self) -> list[Attachment]:
        """Pictures taken after the work, once a reply that rests on them is out."""
        return [f for f in self.files if f.kind == "after" and self.reply and f.line_no < self.reply.line_no]

    @property
    def own_files(self) -> list[Attachment]:
        return [f for f in self.files if f.kind == "demand"]


def is_meeting_to_confirm(page: CasePage) -> bool:
    """Some unit wrote down what came of the last meeting, and he has not said what he thinks of it."""
    called = next((ln.no for ln in reversed(page.lines) if ln.step == "call_meeting"), 0)
    since = {ln.step for ln in page.lines if ln.no > called and ln.columns["cycle"] == page.case.cycle}
    return "meet" in since and "confirm_meeting" not in since


def outcomes(page: CasePage) -> list[dict[str, str]]:
    """What each unit wrote down of the last meeting, for his yes or no alone; the form it was written in said that he reads it."""
    called = next((ln.no for ln in reversed(page.lines) if ln.step == "call_meeting"), 0)
    lines = [ln for ln in page.lines if ln.step == "meet" and ln.no > called]
    found = [(ln, page.texts.get((ln.no, "words"))) for ln in lines]
    return [
        {"who": str(ln.department), "said": text.body if text and not text.removed_at else ""} for ln, text in found
    ]


def read(pk: int) -> CasePage:
    case = _cases().get(pk=pk)
    texts = Content.objects.filter(case=pk, name__in=NAMES_READ)
    return CasePage(
        case=case,
        lines=list(Line.objects.filter(case=pk).select_related("department").order_by("no")),
        texts={(c.line_no, c.name): c for c in texts},
        clocks=list(_clocks(case)),
        replies=list(Reply.objects.filter(case=pk).select_related("holding__department").order_by("id")),
        files=list(Attachment.objects.filter(case=pk, kind__in=("demand", "after")).order_by("id")),
        looks=list(_looks(pk)[:LOOKS_SHOWN]),
        holdings=list(Holding.objects.filter(case=pk).select_related("department").order_by("id")),
        hangings=list(Hanging.objects.filter(case=pk).order_by("id")),
    )


def _cases():
    """With its asks, its looks counted, and the last seal, in one query."""
    asks = Ask.objects.filter(case=OuterRef("pk")).order_by("no")
    looks = Look.objects.filter(case=OuterRef("pk")).order_by().values("case")
    return Case.objects.select_related(
        "person", "lead_department", "first_department", "filing__department", "event__lead__lead_department"
    ).annotate(
        ask_rows=ArraySubquery(asks.values(row=JSONObject(no="no", text="text", outcome="outcome", basis="basis"))),
        page_looks=_counted(looks, "page"),
        contact_looks=_counted(looks, "contact"),
        look_back_from=Subquery(_look_backs().values("ask_from")[:1]),
        sealed_on=Subquery(Seal.objects.order_by("-day").values("day")[:1]),
    )


def _look_backs():
    return LookBack.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"), answered_at=None)


def _counted(looks, what: str):
    counted = looks.filter(what=what).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _clocks(case: Case):
    """This cycle's clocks, and the promises of all cycles."""
    mine = Clock.objects.filter(case=case).filter(Q(cycle=case.cycle) | Q(kind=ClockKind.PROMISE))
    return mine.select_related("promise__department").order_by("due_at", "id")


def _looks(pk: int):
    return Look.objects.filter(case=pk, what=Look.What.CONTACT).select_related("officer__department").order_by("-id")


def file_for(pk: int, own: set[int], sent: set[int]) -> Attachment | None:
    """An attachment if it is the citizen's own, or a picture of the work under a reply that is out."""
    out = Reply.objects.filter(case=OuterRef("case"), line_no__gt=OuterRef("line_no")).exclude(approved_at=None)
    may = Q(kind="demand", case__in=own) | (Q(kind="after", case__in=sent) & Exists(out))
    return Attachment.objects.filter(may, pk=pk, removed_at=None).first()


def last_seal() -> date | None:
    return Seal.objects.order_by("-day").values_list("day", flat=True).first()


# ---- the home page's number


@dataclass(frozen=True)
class Answers:
    """Of the last thirty days: who was reached and answered, who of them said solved, and whom nobody reached."""

    reached: int
    solved: int
    not_reached: int


def answers(now: datetime) -> Answers:
    """Counted by people's own answers, never by closures: a "no" opens another round and would drop out of the closed."""
    return cache.get_or_set("portal:answers", lambda: _count_answers(now), NUMBER_SECONDS)


def _count_answers(now: datetime) -> Answers:
    since = now - timedelta(days=DAYS_COUNTED)
    asked = Attempt.objects.filter(at__gt=since, at__lte=now, outcome="answered").exclude(solved="")
    last = asked.order_by("case_id", "cycle", "-id").distinct("case_id", "cycle").values_list("solved", flat=True)
    said = list(last)
    missed = Case.objects.filter(state="C", verdict=Verdict.UNANSWERED, closed_at__gt=since, closed_at__lte=now).count()
    return Answers(len(said), said.count("yes"), missed)
